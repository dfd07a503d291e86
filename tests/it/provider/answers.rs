//! Who signs in and comes back: what it proves, and what it does not.

use actix_web::http::Method;
use chrono::Duration;
use guichet::db::conn::Conn;
use guichet::db::schema::portal_sessions;
use guichet::worker;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{BACK, CASE, Scene, back, back_with, begin, led_to, log, scene, scene_of, sign_in};
use crate::support::provider::{CLIENT, Provider, Reply, SECRET, sign};
use crate::support::visit::{PLACE, token, visitor, visitor_of};

/// Base64url without padding, as PKCE has it.
fn encoded(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

#[actix_web::test]
async fn who_signs_in_as_the_person_of_the_request_is_known() {
    let scene = scene().await;
    let person = scene.person().await;
    let begun = begin(&person).await;
    let asked: std::collections::HashMap<_, _> = begun.address.query_pairs().into_owned().collect();
    let redirect_uri =
        format!("{}t/maison-exemple/signed-in", scene.shop.app.config().base_url.as_str());
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("scope", "openid email"),
        ("code_challenge_method", "S256"),
        ("redirect_uri", &redirect_uri),
        ("ui_locales", "en"),
    ] {
        assert_eq!(asked[name], value, "{name}");
    }
    let claims = scene.provider.claims(&scene.shop.app, &begun.nonce);
    scene.provider.give(&sign(Algorithm::RS256, &claims));
    assert_eq!(led_to(&person.get(&back(&scene, &begun)).await), "case");
    assert_eq!(scene.level().await, "v1");

    let [call] = scene.provider.calls("/token").try_into().unwrap();
    assert_eq!(encoded(&Sha256::digest(&call.form["code_verifier"])), asked["code_challenge"]);
    assert_eq!((&*call.form["code"], &call.form["redirect_uri"]), ("abc", &redirect_uri));
    assert!(
        call.head.to_lowercase().contains("authorization: basic ") && !call.head.contains(SECRET)
    );

    let events = scene.events().await;
    let event = events.iter().find(|it| it["kind"] == "ProviderSignInConfirmed").unwrap();
    assert_eq!(event["detail"], json!({ "issuer": "127.0.0.1", "identifier": "email" }));
    assert_eq!(event["actor"], "subject");
    let words = event.to_string();
    assert!(words.contains("nari") && !words.contains("zoe.canari"), "{words}");
    assert!(scene.tasks().await.iter().all(|it| !it.starts_with("check_sign_in")));
    // Nothing is left to settle, and the page says so.
    let page = person.get(CASE).await.expect(200).text();
    assert!(page.contains("preparing the answer") && !page.contains("Sign in with"), "{page}");
    scene.shop.app.assert_replays().await;
}

#[actix_web::test]
async fn a_code_counts_once_and_within_ten_minutes() {
    let scene = scene().await;
    let person = scene.person().await;
    let begun = begin(&person).await;
    let claims = scene.provider.claims(&scene.shop.app, &begun.nonce);
    scene.provider.give(&sign(Algorithm::RS256, &claims));
    let again = back(&scene, &begun);
    assert_eq!(led_to(&person.get(&again).await), "case");
    assert_eq!(led_to(&person.get(&again).await), "sign-in?outcome=over");
    assert_eq!(scene.provider.calls("/token").len(), 1, "a code is redeemed once");

    let scene = self::scene().await;
    let person = scene.person().await;
    let begun = begin(&person).await;
    scene.shop.app.advance(Duration::minutes(10));
    let claims = scene.provider.claims(&scene.shop.app, &begun.nonce);
    scene.provider.give(&sign(Algorithm::RS256, &claims));
    assert_eq!(led_to(&person.get(&back(&scene, &begun)).await), "sign-in?outcome=over");
    // Nor does a clock that is set back bring it back.
    scene.shop.app.advance(Duration::minutes(-9));
    assert_eq!(led_to(&person.get(&back(&scene, &begun)).await), "sign-in?outcome=over");
    assert_eq!((scene.level().await, scene.provider.calls("/token").len()), (json!("v0"), 0));
}

#[actix_web::test]
async fn an_answer_counts_in_the_visit_that_asked_alone() {
    let scene = scene().await;
    let shop = &scene.shop;
    let person = scene.person().await;
    let begun = begin(&person).await;
    let claims = scene.provider.claims(&shop.app, &begun.nonce);
    scene.provider.give(&sign(Algorithm::RS256, &claims));
    let answer = back(&scene, &begun);
    let over = "sign-in?outcome=over";
    // Another visit to the same case, which began one of its own; a visit to another case.
    let elsewhere = scene.person().await;
    begin(&elsewhere).await;
    let zoe = json!([{ "kind": "email", "value": "zoe.canari@example.org" }]);
    let (other, reference, receipt) = log(shop, zoe).await;
    let stranger = visitor(&shop.app, &reference, &receipt).await;
    begin(&stranger).await;
    for client in [&elsewhere, &stranger] {
        assert_eq!(led_to(&client.get(&answer).await), over);
    }
    // Without a visit one is led to the entry, and nobody else's state ends what was begun.
    assert_eq!(led_to(&shop.app.anonymous().get(&answer).await), "");
    for query in ["", "?state=", "?state=x&code=abc", "?code=abc"] {
        assert_eq!(led_to(&person.get(&format!("{BACK}{query}")).await), over, "{query:?}");
    }
    let twice = format!("{answer}&state=x");
    assert_eq!(led_to(&person.get(&twice).await), over);
    assert_eq!(scene.provider.calls("/token").len(), 0);
    assert_eq!(led_to(&person.get(&answer).await), "case");
    assert_eq!(scene.level().await, "v1");
    let path = format!("/api/v1/requests/{other}");
    let other: Value = shop.dpo().get(&path).await.expect(200).json();
    assert_eq!(other["identity"]["level"], "v0");
}

#[actix_web::test]
async fn a_sealed_sign_in_opens_in_its_own_visit_alone() {
    use diesel::prelude::*;
    let scene = scene().await;
    let first = scene.person().await;
    begin(&first).await;
    let second = scene.person().await;
    // Whoever may write to the database moves what was begun to a visit of their own.
    let moved = scene.shop.app.app.write(|conn: &mut Conn| {
        let begun: Option<Vec<u8>> = portal_sessions::table
            .filter(portal_sessions::sealed_sign_in.is_not_null())
            .select(portal_sessions::sealed_sign_in)
            .first(conn)?;
        let all = diesel::update(portal_sessions::table);
        Ok(all.set(portal_sessions::sealed_sign_in.eq(begun)).execute(conn)?)
    });
    assert_eq!(moved.await.unwrap(), 2);
    first.get(&format!("{PLACE}/sign-in")).await.expect(200);
    second.get(&format!("{PLACE}/sign-in")).await.expect(500);
}

#[actix_web::test]
async fn another_provider_answers_for_nobody() {
    let scene = scene().await;
    let shop = &scene.shop;
    let failed = "sign-in?outcome=failed";
    let person = scene.person().await;
    let evil = Provider::start();
    // The issuer in the answer is another, or missing where the provider always says it (RFC 9207).
    for issuer in [Some(evil.issuer.as_str()), Some(""), None] {
        let begun = begin(&person).await;
        let claims = scene.provider.claims(&shop.app, &begun.nonce);
        scene.provider.give(&sign(Algorithm::RS256, &claims));
        let mut pairs = vec![("code", "abc"), ("state", begun.state.as_str())];
        pairs.extend(issuer.map(|issuer| ("iss", issuer)));
        assert_eq!(led_to(&person.get(&back_with(&pairs)).await), failed, "{issuer:?}");
    }
    assert_eq!(scene.provider.calls("/token").len(), 0, "no code leaves for the wrong place");
    // Set to another provider meanwhile, what was begun at the first counts no more.
    let begun = begin(&person).await;
    shop.app.set_provider(&shop.controller, &evil.issuer).await;
    evil.give(&sign(Algorithm::RS256, &evil.claims(&shop.app, &begun.nonce)));
    let pairs = [("code", "abc"), ("state", begun.state.as_str()), ("iss", evil.issuer.as_str())];
    assert_eq!(led_to(&person.get(&back_with(&pairs)).await), "sign-in?outcome=over");
    assert_eq!((evil.calls("/token").len(), scene.level().await), (0, json!("v0")));
}

#[actix_web::test]
async fn the_provider_of_one_controller_proves_nothing_at_another() {
    let scene = scene().await;
    let shop = &scene.shop;
    let other = shop.app.controller("autre-maison").await;
    let evil = Provider::start();
    shop.app.set_provider(&other, &evil.issuer).await;
    let person = scene.person().await;
    let begun = begin(&person).await;
    evil.give(&sign(Algorithm::RS256, &evil.claims(&shop.app, &begun.nonce)));
    let answer = back(&scene, &begun).replace("maison-exemple", "autre-maison");
    assert_eq!(
        person.get(&answer).await.expect(303).header("location"),
        Some("/t/autre-maison/en/")
    );
    assert_eq!((evil.calls("/token").len(), scene.level().await), (0, json!("v0")));
    // Its own people do not sign in at ours either: no button without a visit to it.
    let page = visitor_of(&shop.app, "maison-exemple", &scene.reference, &scene.receipt).await;
    let page = page.get(CASE).await.expect(200).text();
    assert!(page.contains("Sign in with your"), "{page}");
}

#[actix_web::test]
async fn an_error_of_the_provider_leaves_a_plain_way_on() {
    let scene = scene().await;
    let person = scene.person().await;
    for (error, outcome, told) in [
        ("access_denied", "sign-in?outcome=denied", "You did not sign in."),
        ("server_error", "sign-in?outcome=failed", "did not work this time"),
        ("<script>", "sign-in?outcome=failed", "did not work this time"),
    ] {
        let begun = begin(&person).await;
        let pairs = [
            ("error", error),
            ("error_description", "https://evil.example/"),
            ("state", &begun.state),
            ("iss", &scene.provider.issuer),
        ];
        let led = led_to(&person.get(&back_with(&pairs)).await);
        assert_eq!(led, outcome);
        let page = person.get(&format!("{PLACE}/{led}")).await.expect(200);
        assert!(page.header("content-security-policy").unwrap().contains("form-action 'self'"));
        let page = page.text();
        assert!(page.contains(told) && page.contains("Try to sign in again"), "{page}");
        assert!(!page.contains("evil") && !page.contains("<script>"), "{page}");
        // A code can be asked for all the same.
        token(&person.get(CASE).await.expect(200), &format!("{PLACE}/code-request"));
    }
    assert!(scene.tasks().await.iter().all(|it| !it.starts_with("check_sign_in")));
    assert_eq!(scene.level().await, "v0");
}

#[actix_web::test]
async fn nothing_in_an_answer_leads_elsewhere() {
    let scene = scene().await;
    let person = scene.person().await;
    for name in ["redirect_uri", "return_to", "next", "outcome", "language"] {
        let begun = begin(&person).await;
        let pairs = [(name, "//evil.example/"), ("error", "x"), ("state", &begun.state)];
        let answer = person.get(&back_with(&pairs)).await.expect(303);
        assert_eq!(led_to(&answer), "sign-in?outcome=failed", "{name}");
    }
    let odd = person.get(&format!("{PLACE}/sign-in?outcome=//evil.example")).await;
    assert_eq!(led_to(&odd), "case");
}

#[actix_web::test]
async fn somebody_else_is_left_to_a_person_and_a_second_one() {
    let scene = scene().await;
    let person = scene.person().await;
    let leo = json!({ "email": "leo@example.org" });
    let led = sign_in(&scene, &person, leo.clone()).await;
    assert_eq!(led, "sign-in?outcome=open");
    assert_eq!(scene.level().await, "v0");
    assert_eq!(scene.tasks().await, ["check_sign_in differs"]);
    let events = serde_json::to_string(&scene.events().await).unwrap();
    assert!(events.contains("differs") && !events.contains("leo@"), "{events}");
    // Once is enough, however often it is done.
    sign_in(&scene, &person, leo).await;
    let said = scene.events().await;
    let said = said.iter().filter(|it| it["kind"] == "ProviderSignInUnmatched").count();
    assert_eq!(said, 1);
    // Who then signs in as the right person is at V1, and an answer still needs V3.
    assert_eq!(sign_in(&scene, &person, json!({})).await, "case");
    assert_eq!(scene.level().await, "v1");
    let id = &scene.id;
    let search = scene.shop.search(id).await;
    let hand = format!(
        "/api/v1/requests/{id}/searches/{}/systems/paper/answer",
        search["id"].as_str().unwrap()
    );
    scene.shop.dpo().post(&hand, json!({ "outcome": "nothing_found" })).await.expect(200);
    let package = scene.shop.package(id, &search, "access", None).await;
    let release =
        format!("/api/v1/requests/{id}/packages/{}/release", package["id"].as_str().unwrap());
    let body = json!({ "reference": scene.reference });
    let refused = scene.shop.dpo().post(&release, body).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "needs-v3");
    scene.shop.app.assert_replays().await;
}

#[actix_web::test]
async fn what_the_provider_does_not_vouch_for_proves_nothing() {
    let zoe = json!({ "kind": "email", "value": "zoe.canari@example.org" });
    let number = json!({ "kind": "customer_no", "value": "C-1" });
    for (identifiers, claims, why) in [
        (json!([zoe]), json!({ "email_verified": false }), "nothing"),
        (json!([zoe]), json!({ "email_verified": "true" }), "nothing"),
        (json!([zoe]), json!({ "email": null }), "nothing"),
        // An account of one's own, with the customer number of somebody else beside it.
        (json!([zoe, number]), json!({}), "partly"),
        (json!([zoe, number]), json!({ "customer_number": "C-2" }), "differs"),
    ] {
        let scene = scene_of(identifiers.clone()).await;
        let person = scene.person().await;
        let led = sign_in(&scene, &person, claims.clone()).await;
        assert_eq!(led, "sign-in?outcome=open", "{identifiers} {claims}");
        assert_eq!(scene.level().await, "v0", "{identifiers} {claims}");
        assert_eq!(scene.tasks().await, [format!("check_sign_in {why}")]);
        assert!(!scene.has_event("ProviderSignInConfirmed").await);
    }
    let scene = scene_of(json!([zoe, number])).await;
    let person = scene.person().await;
    let both = json!({ "customer_number": "C-1" });
    assert_eq!(sign_in(&scene, &person, both).await, "case");
    assert_eq!(scene.level().await, "v1");
}

#[actix_web::test]
async fn the_address_on_file_counts_as_it_does_for_a_code() {
    let number = json!({ "kind": "ticket_no", "value": "1" });
    let zoe = json!({ "kind": "email", "value": "zoe.canari@example.org" });
    let scene = scene_of(json!([zoe, number])).await;
    let person = scene.person().await;
    assert_eq!(sign_in(&scene, &person, json!({})).await, "sign-in?outcome=open");
    // Looked up for a code, by all that was given, the one address is on file.
    let action = format!("{PLACE}/code-request");
    let csrf = token(&person.get(CASE).await.expect(200), &action);
    person.post_form(&action, &[("csrf", &csrf)]).await.expect(303);
    worker::drain(&scene.shop.app.app).await.unwrap();
    assert_eq!(sign_in(&scene, &person, json!({})).await, "case");
    assert_eq!(scene.level().await, "v1");
}

#[actix_web::test]
async fn what_was_said_of_the_contact_counts_after_a_sign_in() {
    let scene = scene().await;
    // Said in another case of the same person, before anybody looked it up for this one.
    let zoe = json!([{ "kind": "email", "value": "zoe.canari@example.org" }]);
    let (other, ..) = log(&scene.shop, zoe).await;
    let path = format!("/api/v1/requests/{other}/contact-condition");
    let body = json!({ "condition": "unsafe", "reason": "She said so on the phone." });
    scene.shop.dpo().post(&path, body).await.expect(200);
    worker::drain(&scene.shop.app.app).await.unwrap();
    let person = scene.person().await;
    assert_eq!(sign_in(&scene, &person, json!({})).await, "case");
    assert_eq!(scene.case().await["identity"]["contact"], Value::Null);
    worker::drain(&scene.shop.app.app).await.unwrap();
    let identity = scene.case().await["identity"].clone();
    assert_eq!((&identity["level"], &identity["contact"]), (&json!("v1"), &json!("unsafe")));
}

#[actix_web::test]
async fn a_visit_by_call_code_proves_itself_by_a_sign_in() {
    let scene = scene().await;
    let path = format!("/api/v1/requests/{}/call-code", scene.id);
    let make = scene.shop.dpo().send(Method::POST, &path, None, &[]).await;
    let made: Value = make.expect(201).json();
    let code = made["call_code"].as_str().unwrap();
    let person = visitor(&scene.shop.app, &scene.reference, code).await;
    assert_eq!(sign_in(&scene, &person, json!({})).await, "case");
    assert_eq!(scene.level().await, "v1");
    let proved = scene.shop.app.app.read(|conn: &mut Conn| {
        use diesel::prelude::*;
        Ok(portal_sessions::table.select(portal_sessions::is_proved).load::<bool>(conn)?)
    });
    assert_eq!(proved.await.unwrap(), [true]);
}

#[actix_web::test]
async fn nobody_begins_too_often_or_without_the_form() {
    let scene = scene().await;
    let person = scene.person().await;
    let action = format!("{PLACE}/sign-in-request");
    person.post_form(&action, &[("csrf", "forged")]).await.expect(403);
    let csrf = token(&person.get(CASE).await.expect(200), &action);
    let mut refused = 0;
    for _ in 0..12 {
        refused += usize::from(person.post_form(&action, &[("csrf", &csrf)]).await.status == 429);
    }
    assert!(refused >= 1);
}

#[actix_web::test]
async fn a_provider_that_misbehaves_costs_seconds_and_nothing_else() {
    let scene: Scene = scene().await;
    let person = scene.person().await;
    let private = "http://169.254.169.254/latest/";
    let inner = format!("{}/jwks", scene.provider.issuer);
    for (reply, seconds) in [
        (Reply::Huge(100 * 1024 * 1024), 3),
        (Reply::Redirect(private.to_owned()), 3),
        (Reply::Redirect(inner), 3),
        (Reply::Json(500, json!({})), 3),
        (Reply::Json(400, json!({ "error": "invalid_grant" })), 3),
        (Reply::Json(200, json!({ "access_token": "x" })), 3),
        (Reply::Raw("nothing of HTTP\r\n\r\n".to_owned()), 3),
        (Reply::Raw(format!("HTTP/1.1 200 X\r\nx: {}\r\n\r\n", "a".repeat(100_000))), 3),
        (Reply::Hang, 8),
    ] {
        scene.shop.app.advance(Duration::seconds(1));
        let begun = begin(&person).await;
        scene.provider.reply("/token", reply);
        let began = std::time::Instant::now();
        let answer = person.get(&back(&scene, &begun)).await;
        assert_eq!(led_to(&answer), "sign-in?outcome=failed");
        assert!(began.elapsed().as_secs() < seconds, "{:?}", began.elapsed());
    }
    assert!(scene.provider.calls("/jwks").is_empty(), "no redirect is followed");
    assert_eq!((scene.level().await, scene.tasks().await.len()), (json!("v0"), 0));
}
