//! What moves the dates of a case: questions and their answers, extensions, a corrected receipt.

mod no_reply;
mod remembered;
mod unidentified;

use chrono::{DateTime, Duration, Utc};
use guichet::db::controllers::Controller;
use guichet::domain::actor::Role;
use guichet::language::Language;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::cases::{LoggedCase, message};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A case received on Monday 23 November 2026, and its DPO; the clock stands on 30 November.
async fn case(app: &TestApp, controller: &Controller) -> (User, LoggedCase) {
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, controller, |_| ()).await;
    app.advance(Duration::days(7));
    (dpo, case)
}

async fn british(app: &TestApp) -> Controller {
    app.insert_controller("example-shop", |row| {
        row.country = "GB".to_owned();
        row.language = Language::En;
        row.regime = "UK-GDPR".to_owned();
        row.calendar = "GB-ENG".to_owned();
        row.time_zone = "Europe/London".to_owned();
    })
    .await
}

fn question(ground: &str, sent_at: &str) -> Value {
    json!({ "ground": ground, "message": message(at(sent_at)), "statement": "Why we ask" })
}

fn reply(ground: &str, received_at: &str, sufficient: bool) -> Value {
    json!({ "ground": ground, "received_at": received_at, "sufficient": sufficient })
}

#[actix_web::test]
async fn a_question_on_identity_stops_the_clock_until_a_sufficient_answer() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let (dpo, case) = case(&app, &controller).await;
    let client = app.as_user(&dpo);
    let asked = question("identity", "2026-11-24T08:00:00Z");
    let paused: Value = client.verb(&case, "pauses", asked.clone()).await.expect(200).json();
    assert_eq!(paused["open_pauses"], json!(["identity"]));
    assert_eq!((&paused["paused"], &paused["legal_on"]), (&json!(true), &Value::Null));
    assert_eq!(paused["due_on"], "2026-12-23", "the queue keeps the conservative date");
    assert_eq!(paused["dates"]["status"], "suspended");
    assert_eq!(paused["identity"]["doubt"], true);
    let twice = client.verb(&case, "pauses", asked).await.expect(409);
    assert_eq!(twice.json::<Value>()["reason"], "already-paused");

    let early = reply("identity", "2026-11-24T07:59:00Z", true);
    let early = client.verb(&case, "replies", early).await.expect(422);
    assert_eq!(early.problem().1, ["received_at: before-question"]);
    let late = reply("identity", "2026-12-24T07:59:00Z", true);
    let late = client.verb(&case, "replies", late).await.expect(422);
    assert_eq!(late.problem().1, ["received_at: in-future"]);
    let other = reply("clarification", "2026-11-25T08:00:00Z", true);
    let other = client.verb(&case, "replies", other).await.expect(409);
    assert_eq!(other.json::<Value>()["reason"], "not-paused");

    let poor = reply("identity", "2026-11-25T08:00:00Z", false);
    let poor: Value = client.verb(&case, "replies", poor).await.expect(200).json();
    assert_eq!(poor["open_pauses"], json!(["identity"]));
    let good = reply("identity", "2026-11-27T08:00:00Z", true);
    let good: Value = client.verb(&case, "replies", good).await.expect(200).json();
    assert_eq!((&good["paused"], &good["open_pauses"]), (&json!(false), &json!([])));
    // Three days more than 23 December: Saturday the 26th, hence Monday the 28th.
    assert_eq!(good["legal_on"], "2026-12-28");
    assert_eq!(good["dates"]["unrolled_on"], "2026-12-26");
    let kinds: Vec<_> = client.events(&case).await.iter().map(|it| it["kind"].clone()).collect();
    assert_eq!(kinds, ["RequestLogged", "RequestPaused", "ReplyInsufficient", "RequestResumed"]);
    app.assert_replays().await;
}

#[actix_web::test]
async fn a_question_says_why_and_when_it_left() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let (dpo, case) = case(&app, &controller).await;
    let client = app.as_user(&dpo);
    for (ground, code) in [
        ("identity", "pause-needs-doubt"),
        ("clarification", "pause-needs-volume"),
        ("fee", "pause-needs-fee-reason"),
    ] {
        let body = json!({ "ground": ground, "message": message(at("2026-11-24T08:00:00Z")) });
        let refused = client.verb(&case, "pauses", body).await.expect(422);
        assert_eq!(refused.problem().1, [format!("statement: {code}")]);
    }
    for (sent_at, code) in
        [("2026-11-23T08:59:59Z", "before-receipt"), ("2026-11-30T09:00:01Z", "in-future")]
    {
        let refused = client.verb(&case, "pauses", question("identity", sent_at)).await;
        assert_eq!(refused.expect(422).problem().1, [format!("message.sent_at: {code}")]);
    }
    for id in ["", "a b", "é", &"x".repeat(256)] {
        let mut body = question("identity", "2026-11-24T08:00:00Z");
        body["message"]["message_id"] = json!(id);
        let refused = client.verb(&case, "pauses", body).await.expect(422);
        assert_eq!(refused.problem().1, ["message.message_id: wrong-message-id"]);
    }
    let mut unknown = question("identity", "2026-11-24T08:00:00Z");
    unknown["message"]["sent_by"] = json!("me");
    let refused = client.verb(&case, "pauses", unknown).await.expect(422);
    assert_eq!(refused.problem().1, ["message.sent_by: unknown-field"]);
    assert_eq!(client.events(&case).await.len(), 1, "nothing was recorded");
}

#[actix_web::test]
async fn a_late_question_is_contestable_and_a_fee_stops_no_european_clock() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let (dpo, case) = case(&app, &controller).await;
    let client = app.as_user(&dpo);
    app.advance(Duration::days(1));
    // Five working days after Monday the 23rd is Monday the 30th.
    for (ground, sent_at, contestable) in
        [("fee", "2026-11-30T08:00:00Z", false), ("clarification", "2026-12-01T08:00:00Z", true)]
    {
        client.verb(&case, "pauses", question(ground, sent_at)).await.expect(200);
        let events = client.events(&case).await;
        assert_eq!(events.last().unwrap()["detail"]["contestable"], contestable);
        let found = client.case(&case).await;
        assert_eq!(found["paused"], ground != "fee", "{ground}");
        assert_eq!(found["legal_on"].is_null(), ground != "fee", "{ground}");
    }
    let only_paused: Value = client.get("/api/v1/requests?paused=true").await.json();
    assert_eq!(only_paused["count"], 1);
    let answered = reply("clarification", "2026-12-01T08:30:00Z", true);
    client.verb(&case, "replies", answered).await.expect(200);
    let found = client.case(&case).await;
    assert_eq!((&found["paused"], &found["open_pauses"]), (&json!(false), &json!(["fee"])));
    let paid = client.verb(&case, "replies", reply("fee", "2026-12-01T08:40:00Z", true)).await;
    assert_eq!(paid.expect(200).json::<Value>()["open_pauses"], json!([]));
    app.assert_replays().await;
}

#[actix_web::test]
async fn in_the_united_kingdom_the_clock_starts_again_with_identity() {
    let app = TestApp::start().await;
    let controller = british(&app).await;
    let (dpo, case) = case(&app, &controller).await;
    let client = app.as_user(&dpo);
    let asked = question("identity", "2026-11-24T08:00:00Z");
    client.verb(&case, "pauses", asked).await.expect(200);
    let answer = reply("identity", "2026-11-27T08:00:00Z", true);
    let found: Value = client.verb(&case, "replies", answer).await.expect(200).json();
    // 27 December is a Sunday and the 28th the substitute for Boxing Day.
    assert_eq!(found["legal_on"], "2026-12-29");
    app.assert_replays().await;
}

fn extension(sent_at: &str, until: Option<&str>) -> Value {
    json!({
        "ground": "complexity", "reason": "Eleven systems are searched", "until": until,
        "message": message(at(sent_at)),
    })
}

#[actix_web::test]
async fn the_period_is_extended_once_by_what_the_law_allows() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let (dpo, case) = case(&app, &controller).await;
    let client = app.as_user(&dpo);
    let sent = "2026-11-28T08:00:00Z";
    for (until, code) in
        [("2026-12-23", "until: until-not-later"), ("2027-02-24", "until: until-beyond-law")]
    {
        let refused = client.verb(&case, "extension", extension(sent, Some(until))).await;
        assert_eq!(refused.expect(422).problem().1, [code]);
    }
    let mut silent = extension(sent, None);
    silent["reason"] = json!("");
    client.verb(&case, "extension", silent).await.expect(422);
    assert_eq!(client.events(&case).await.len(), 1, "nothing was recorded");
    let announced = extension(sent, Some("2027-01-29"));
    let extended: Value = client.verb(&case, "extension", announced).await.expect(200).json();
    assert_eq!(extended["legal_on"], "2027-01-29");
    assert_eq!(extended["extended_at"], "2026-11-28T08:00:00.000000Z");
    assert_eq!(extended["dates"]["extended"], true);
    let again = client.verb(&case, "extension", extension(sent, None)).await.expect(409);
    assert_eq!(again.json::<Value>()["reason"], "already-extended");
    app.assert_replays().await;
}

#[actix_web::test]
async fn a_date_that_no_calendar_reaches_is_the_one_that_was_announced() {
    let app = TestApp::start().await;
    let swiss = app.insert_controller("maison-suisse", |row| {
        (row.regime, row.calendar) = ("CH-FADP".to_owned(), "CH".to_owned());
    });
    let (dpo, case) = case(&app, &swiss.await).await;
    let client = app.as_user(&dpo);
    let said = extension("2026-11-28T08:00:00Z", Some("9999-12-31"));
    let refused = client.verb(&case, "extension", said).await.expect(422);
    assert_eq!(refused.problem().1, ["until: outside-calendar"]);
    let drafted = client.verb(&case, "letters", json!({ "letter": "EXT" })).await.expect(201);
    let path = drafted.header("location").unwrap().to_owned();
    let mut content = drafted.json::<Value>()["content"].clone();
    content["until"] = json!("9999-12-31");
    let refused = client.with("if-match", "*").put(&path, content).await.expect(422);
    assert_eq!(refused.problem().1, ["until: outside-calendar"]);
}

#[actix_web::test]
async fn a_law_without_extensions_knows_none() {
    let app = TestApp::start().await;
    let controller = app
        .insert_controller("maison-quebec", |row| {
            row.country = "CA".to_owned();
            row.regime = "CA-QC".to_owned();
            row.calendar = "CA-QC".to_owned();
            row.time_zone = "America/Toronto".to_owned();
        })
        .await;
    let (dpo, case) = case(&app, &controller).await;
    let sent = extension("2026-11-28T08:00:00Z", None);
    let refused = app.as_user(&dpo).verb(&case, "extension", sent).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "no-extension");
}

#[actix_web::test]
async fn a_corrected_receipt_moves_every_date_and_keeps_its_evidence() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let (dpo, case) = case(&app, &controller).await;
    let client = app.as_user(&dpo);
    let correction = |at: &str| json!({ "received_at": at, "evidence": "The stamp" });
    for (received_at, code) in
        [("2026-12-01T09:00:00Z", "in-future"), ("2016-11-01T09:00:00Z", "too-old")]
    {
        let refused = client.verb(&case, "receipt-correction", correction(received_at)).await;
        assert_eq!(refused.expect(422).problem().1, [format!("received_at: {code}")]);
    }
    let silent = json!({ "received_at": "2026-11-19T15:40:00Z", "evidence": "\t" });
    client.verb(&case, "receipt-correction", silent).await.expect(422);
    let right = correction("2026-11-19T16:40:00+01:00");
    let moved: Value = client.verb(&case, "receipt-correction", right).await.expect(200).json();
    assert_eq!(moved["received_at"], "2026-11-19T15:40:00.000000Z");
    // 19 December is a Saturday.
    assert_eq!(moved["legal_on"], "2026-12-21");
    assert_eq!(moved["due_on"], moved["target_on"]);
    assert_eq!(client.events(&case).await[1]["words"], json!({ "evidence": "The stamp" }));
    let listed: Value = client.get("/api/v1/requests").await.json();
    assert_eq!(listed["requests"][0]["legal_on"], "2026-12-21");
    app.assert_replays().await;
}

#[actix_web::test]
async fn a_handler_may_make_the_receipt_earlier_and_a_dpo_alone_later() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let (dpo, case) = case(&app, &controller).await;
    let handler = app.user(&[(controller.id, Role::Handler)]).await;
    correct(&app, &handler, &case, "2026-11-18T09:00:00Z").await;
    let later = json!({ "received_at": "2026-11-19T09:00:00Z", "evidence": "The stamp" });
    app.as_user(&handler).verb(&case, "receipt-correction", later).await.expect(403);
    correct(&app, &dpo, &case, "2026-11-19T09:00:00Z").await;
}

#[actix_web::test]
async fn the_explanation_is_told_in_the_language_asked() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let (dpo, case) = case(&app, &controller).await;
    let path = format!("/api/v1/requests/{}/dates", case.id);
    let told = async |language: &str| -> (String, Value) {
        let client = app.as_user(&dpo).with("accept-language", language);
        let told: Value = client.get(&path).await.expect(200).json();
        let limit = told["rights"][0]["steps"].as_array().unwrap().iter();
        let limit = limit.clone().find(|step| step["rule"] == "deadline-limit").unwrap();
        (limit["text"].as_str().unwrap().to_owned(), limit["source"].clone())
    };
    let (english, source) = told("en").await;
    let (french, same_source) = told("fr-FR, en;q=0.5").await;
    assert!(english.contains("legal limit is 23 December 2026"), "{english}");
    assert!(french.contains("23 décembre 2026"), "{french}");
    assert_eq!(source, same_source);
}

async fn correct(app: &TestApp, dpo: &User, case: &LoggedCase, received_at: &str) -> Value {
    let body = json!({ "received_at": received_at, "evidence": "The stamp" });
    app.as_user(dpo).verb(case, "receipt-correction", body).await.expect(200).json()
}

#[actix_web::test]
async fn whether_an_extension_stands_is_what_the_dates_say() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let (dpo, in_time) = case(&app, &controller).await;
    let client = app.as_user(&dpo);
    let notice = extension("2026-11-28T08:00:00Z", None);
    client.verb(&in_time, "extension", notice).await.expect(200);
    app.set_now(at("2026-12-03T09:00:00Z"));
    // The month of the earlier receipt had ended before the notice.
    let found = correct(&app, &dpo, &in_time, "2026-10-19T09:00:00Z").await;
    assert_eq!((&found["extended_at"], &found["dates"]["extended"]), (&Value::Null, &json!(false)));
    let again = extension("2026-12-02T08:00:00Z", None);
    let again = client.verb(&in_time, "extension", again).await.expect(422);
    assert_eq!(again.problem().1, ["message.sent_at: notice-too-late"]);

    let late = app.log_case(&dpo, &controller, |_| ()).await;
    app.set_now(at("2027-02-01T09:00:00Z"));
    let mut notice = extension("2027-01-30T08:00:00Z", None);
    notice["record_late"] = json!(true);
    // Two letters may carry one instant.
    for _ in 0..2 {
        let found = client.verb(&late, "extension", notice.clone()).await.expect(200);
        assert_eq!(found.json::<Value>()["extended_at"], Value::Null);
    }
    let found = correct(&app, &dpo, &late, "2027-01-12T09:00:00Z").await;
    assert_eq!(found["extended_at"], "2027-01-30T08:00:00.000000Z");
    assert_eq!(found["dates"]["extended"], true);
    let again = extension("2027-01-31T08:00:00Z", None);
    let again = client.verb(&late, "extension", again).await.expect(409);
    assert_eq!(again.json::<Value>()["reason"], "already-extended");
    app.assert_replays().await;
}

#[actix_web::test]
async fn a_receipt_lies_before_all_that_was_sent_about_it() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let (dpo, asked) = case(&app, &controller).await;
    let client = app.as_user(&dpo);
    let told = app.log_case(&dpo, &controller, |_| ()).await;
    let extended = app.log_case(&dpo, &controller, |_| ()).await;
    app.set_now(at("2026-12-02T09:00:00Z"));
    let sent = "2026-12-01T08:00:00Z";
    client.verb(&asked, "pauses", question("identity", sent)).await.expect(200);
    client.verb(&extended, "extension", extension(sent, None)).await.expect(200);
    let message = json!({ "message": message(at(sent)) });
    client.verb(&told, "acknowledgement", message).await.expect(200);
    for case in [&asked, &told, &extended] {
        let body = json!({ "received_at": "2026-12-01T08:00:01Z", "evidence": "The stamp" });
        let refused = client.verb(case, "receipt-correction", body).await.expect(422);
        assert_eq!(refused.problem().1, ["received_at: before-receipt"]);
        correct(&app, &dpo, case, sent).await;
    }
    app.assert_replays().await;
}

#[actix_web::test]
async fn a_right_that_stands_still_hides_no_limit_of_another() {
    let app = TestApp::start().await;
    let controller = british(&app).await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let both = |body: &mut Value| body["rights"] = json!(["access", "erasure"]);
    let case = app.log_case(&dpo, &controller, both).await;
    app.advance(Duration::days(1));
    let pause = json!({
        "ground": "clarification",
        "statement": "Nine years of orders are held.",
        "message": message(app.ctx().now),
    });
    app.as_user(&dpo).verb(&case, "pauses", pause).await.expect(200);
    app.advance(Duration::days(69));
    let dpo = app.as_user(&dpo);
    let shown = dpo.case(&case).await;
    let erasure = &shown["rights"].as_array().unwrap()[1];
    assert_eq!(shown["overdue"], json!(true), "{shown}");
    assert_eq!(shown["legal_on"], erasure["dates"]["legal_on"]);
    let late = dpo.get("/api/v1/requests?overdue=true").await.expect(200).text();
    assert!(late.contains(&case.reference), "{late}");
    app.assert_replays().await;
}
