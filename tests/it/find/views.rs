//! The views of the queue by whom a request waits for: what stands in them, and along which index.

use chrono::Duration;
use guichet::db::migrations;
use guichet::db::url::DatabaseUrl;
use guichet::domain::actor::Role;
use serde_json::{Value, json};

use crate::migrations::place::Place;
use crate::support::app::TestApp;
use crate::support::cases::message;
use crate::support::client::Client;
use crate::support::visit::{PLACE, token, visitor};

/// As `db/queue.rs` writes them: a range of one index, in its order, whatever else is asked.
#[test]
fn each_view_of_open_requests_follows_an_index() {
    let place = Place::sqlite();
    migrations::up(&mut place.conn()).unwrap();
    let DatabaseUrl::Sqlite(path) = &place.url else { panic!("SQLite explains itself here") };
    let conn = rusqlite::Connection::open(path).unwrap();
    for (column, index) in [
        ("awaits_person", "requests_awaiting"),
        ("extended", "requests_extended"),
        ("level", "requests_by_level"),
    ] {
        for order in ["", " ORDER BY queue_rank, due_on, id"] {
            let query = format!(
                "EXPLAIN QUERY PLAN SELECT * FROM requests WHERE controller_id = ?1 \
                 AND ended_at IS NULL AND {column} = ?2{order} LIMIT ?3"
            );
            let mut statement = conn.prepare(&query).unwrap();
            let mut rows = statement.raw_query();
            let mut plan = Vec::new();
            while let Some(row) = rows.next().unwrap() {
                plan.push(row.get::<_, String>(3).unwrap());
            }
            let expected =
                format!("SEARCH requests USING INDEX {index} (controller_id=? AND {column}=?)");
            assert_eq!(plan, [expected], "{query}");
        }
    }
}

async fn found(client: &Client<'_>, query: &str) -> Vec<String> {
    let page: Value = client.get(&format!("/api/v1/requests?{query}")).await.expect(200).json();
    let rows = page["requests"].as_array().unwrap().iter();
    let mut found: Vec<String> =
        rows.map(|row| row["reference"].as_str().unwrap().to_owned()).collect();
    assert_eq!(page["count"], found.len(), "{query}");
    found.sort();
    found
}

#[actix_web::test]
async fn a_request_waits_for_whoever_acts_next() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let client = app.as_user(&dpo);
    let asked = app.log_case(&dpo, &controller, |_| ()).await;
    let fee = app.log_case(&dpo, &controller, |_| ()).await;
    let extended = app.log_case(&dpo, &controller, |_| ()).await;
    app.advance(Duration::days(1));
    let now = app.ctx().now;
    let question = |ground: &str| json!({ "ground": ground, "statement": "Two people have this name", "message": message(now) });
    for case in [&asked, &fee] {
        client.verb(case, "acknowledgement", json!({})).await.expect(200);
    }
    client.verb(&asked, "pauses", question("identity")).await.expect(200);
    // A fee stops no clock under the GDPR, and waits for the person all the same.
    client.verb(&fee, "pauses", question("fee")).await.expect(200);
    let more = json!({
        "message": message(now), "ground": "complexity",
        "reason": "Eleven systems hold what was asked for, three of them on paper.",
    });
    client.verb(&extended, "extension", more).await.expect(200);
    let sorted = |mut all: Vec<String>| {
        all.sort();
        all
    };
    let both = sorted(vec![asked.reference.clone(), fee.reference.clone()]);
    assert_eq!(found(&client, "waiting_for=person").await, both);
    assert_eq!(found(&client, "waiting_for=us").await, std::slice::from_ref(&extended.reference));
    assert_eq!(found(&client, "extended=true").await, std::slice::from_ref(&extended.reference));
    assert_eq!(found(&client, "extended=false").await, both);
    app.advance(Duration::hours(1));
    let answered = json!({
        "ground": "identity", "received_at": app.ctx().now, "sufficient": true, "note": "She came by.",
    });
    client.verb(&asked, "replies", answered).await.expect(200);
    assert_eq!(found(&client, "waiting_for=person").await, std::slice::from_ref(&fee.reference));
    let page = crate::pages::browser(&app, &dpo).await.get("/").await.expect(200).text();
    for link in [
        "href=\"/?level=v0\">Identity open: 3<",
        "href=\"/?waiting_for=us\">Waiting for us: 2<",
        "href=\"/?waiting_for=person\">Waiting for the person: 1<",
        "href=\"/?extended=true\">Extended: 1<",
    ] {
        assert!(page.contains(link), "{link}: {page}");
    }
    // Once the person has written, staff say whether that is enough.
    let receipt = fee.answer["receipt_secret"].as_str().unwrap();
    let person = visitor(&app, &fee.reference, receipt).await;
    let action = format!("{PLACE}/messages");
    let csrf = token(&person.get(&action).await.expect(200), &action);
    person.post_form(&action, &[("csrf", &csrf), ("message", "Enough?")]).await.expect(303);
    assert_eq!(found(&client, "waiting_for=person").await, Vec::<String>::new());
    let reply = json!({ "ground": "fee", "received_at": app.ctx().now, "sufficient": false });
    client.verb(&fee, "replies", reply).await.expect(200);
    assert_eq!(found(&client, "waiting_for=person").await, std::slice::from_ref(&fee.reference));
    client.verb(&fee, "withdrawal", json!({ "reason": "Asked" })).await.expect(200);
    assert_eq!(found(&client, "waiting_for=person").await, Vec::<String>::new());
    // What has ended says since when, and not until when it was due.
    let browser = crate::pages::browser(&app, &dpo).await;
    let page = browser.get("/?status=withdrawn").await.expect(200).text();
    let ended = "ended on</span><span class=\"date\">24 November 2026<";
    assert!(page.contains(ended), "{page}");
    app.assert_replays().await;
}
