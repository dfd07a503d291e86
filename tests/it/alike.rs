//! Nothing outside tells a known person from an unknown one: not the answers, and not their times.
//! `TEST_TRIES=2000 cargo test --test it alike -- --nocapture` prints medians and the distance of the
//! distributions. What can be held without a clock is held in `codes::on_file`: both histories grow
//! alike, both codes have the same columns, and asking for one reads no history.

use std::collections::BTreeSet;
use std::io::Write;
use std::time::{Duration, Instant};

use guichet::db::column::Instant as At;
use guichet::db::portal_sessions::{self, PortalSession};
use guichet::domain::ids::RequestId;
use guichet::mail::settings::Delivery;
use guichet::vault::secret::Token;
use guichet::worker;
use serde_json::{Value, json};

use crate::collection::shop::Shop;
use crate::support::client::{Answer, Client};
use crate::support::visit::PLACE;

const CSRF: &str = "the token of the visit";

/// How many tries each: enough to see a look-up in the request path.
const TRIES: usize = 30;

fn tries() -> usize {
    std::env::var("TEST_TRIES").ok().and_then(|tries| tries.parse().ok()).unwrap_or(TRIES)
}

async fn log(shop: &Shop, email: &str) -> RequestId {
    let body = json!({
        "controller_id": shop.controller.id, "channel": "web", "rights": ["access"],
        "subject": { "identifiers": [{ "kind": "email", "value": email }] },
    });
    let logged: Value = shop.dpo().post("/api/v1/requests", body).await.expect(201).json();
    logged["request"]["id"].as_str().unwrap().parse().unwrap()
}

/// A browser with a visit that has just begun.
async fn visit<'a>(shop: &'a Shop, request: RequestId) -> Client<'a> {
    let (token, now) = (Token::random(), shop.app.app.now());
    let row = PortalSession {
        token_hash: token.hash().bytes().to_vec(),
        controller_id: shop.controller.id,
        request_id: request,
        csrf_token: CSRF.to_owned(),
        created_at: At::from(now),
        seen_at: At::from(now),
        expires_at: At::from(now + chrono::Duration::hours(1)),
        is_proved: true,
        sealed_sign_in: None,
    };
    shop.app.app.write(move |conn| Ok(portal_sessions::insert(conn, &row)?)).await.unwrap();
    shop.app.anonymous().with("cookie", format!("portal={}", token.shown()))
}

async fn timed(person: &Client<'_>, page: &str, fields: &[(&str, &str)]) -> (Duration, Answer) {
    let begun = Instant::now();
    let answer = person.post_form(&format!("{PLACE}/{page}"), fields).await;
    (begun.elapsed(), answer)
}

/// What somebody outside sees of an answer beside its words: status, headers, length.
fn outside(answer: &Answer) -> String {
    let mut headers: Vec<String> =
        answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.retain(|header| !header.starts_with("date") && !header.starts_with("x-request-id"));
    headers.sort();
    format!("{} {} {headers:?}", answer.status, answer.body.len())
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The largest distance between the two distributions (Kolmogorov and Smirnov), of sorted times.
fn distance(one: &[Duration], other: &[Duration]) -> f64 {
    let share = |times: &[Duration], at: &Duration| {
        times.partition_point(|time| time <= at) as f64 / times.len() as f64
    };
    let all = one.iter().chain(other);
    all.map(|at| (share(one, at) - share(other, at)).abs()).fold(0.0, f64::max)
}

#[actix_web::test]
async fn e_01_known_and_unknown_get_the_same_answer_in_about_the_same_time() {
    let shop = Shop::open_with(|config| config.mail = Delivery::KeptHere).await;
    let known = log(&shop, "zoe.canari@example.org").await;
    let unknown = log(&shop, "nobody@example.org").await;
    let tries = tries();
    // By page: the times of the known and of the unknown, and what either looks like.
    let mut times = [(Vec::new(), Vec::new()), (Vec::new(), Vec::new())];
    let mut seen: [BTreeSet<String>; 2] = [BTreeSet::new(), BTreeSet::new()];
    for round in 0..tries {
        // Three an hour and ten a day for each case.
        shop.app.advance(chrono::Duration::hours(3));
        let order = if round % 2 == 0 { [known, unknown] } else { [unknown, known] };
        for request in order {
            let person = visit(&shop, request).await;
            let (asked_in, asked) = timed(&person, "code-request", &[("csrf", CSRF)]).await;
            worker::drain(&shop.app.app).await.unwrap();
            let guess = [("csrf", CSRF), ("code", "0000 0000")];
            let (typed_in, typed) = timed(&person, "code", &guess).await;
            for (page, (taken, answer)) in
                [(asked_in, asked), (typed_in, typed)].into_iter().enumerate()
            {
                seen[page].insert(outside(&answer));
                let (of_known, of_unknown) = &mut times[page];
                if request == known { of_known.push(taken) } else { of_unknown.push(taken) }
            }
        }
    }
    for (seen, status) in seen.iter().zip(["303", "422"]) {
        assert_eq!(seen.len(), 1, "{seen:#?}");
        assert!(seen.iter().all(|it| it.starts_with(status)), "{seen:?}");
    }
    for (page, (of_known, of_unknown)) in ["code-request", "code"].iter().zip(&mut times) {
        let (one, other) = (median(of_known), median(of_unknown));
        let (distance, tried) = (distance(of_known, of_unknown), tries as f64);
        let significant = 1.628 * (2.0 / tried).sqrt();
        writeln!(
            std::io::stdout(),
            "{page}, {tries} tries each: medians {one:?} known, {other:?} unknown; \
             KS distance {distance:.4}, significant at 0.01 from {significant:.4}"
        )
        .unwrap();
        // A look-up in the request path would take many milliseconds. Few tries on a busy machine say
        // no more; many are held to the test.
        assert!(
            one.abs_diff(other) < Duration::from_millis(5).max(one),
            "{page}: {one:?} {other:?}"
        );
        if tries >= 2_000 {
            assert!(distance < significant, "{page}: {distance} is significant");
        }
    }
}
