//! The clock of a breach: moved with a reason, judged as it stands, and what it keeps meanwhile.

use guichet::domain::actor::Role;
use guichet::worker::keeping::sweep;
use serde_json::{Value, json};

use super::{at, breach, record, register};
use crate::letters::desk::Desk;

#[actix_web::test]
async fn the_clock_is_moved_with_a_reason_and_made_later_by_a_dpo_alone() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let (path, _) = breach(&desk, &case).await;
    desk.app.set_now(at("2026-11-25T09:00:00Z"));
    let handler = desk.app.user(&[(desk.controller.id, Role::Handler)]).await;
    let handler = desk.app.as_user(&handler).with("if-match", "*");
    let moved = |aware_at: &str, reason: &str| json!({ "aware_at": aware_at, "aware_reason": reason, "record": record() });
    let silent = handler.put(&path, moved("2026-11-22T10:00:00+01:00", " ")).await.expect(422);
    assert_eq!(silent.problem().1, ["aware_reason: awareness-needs-reason"]);
    let earlier = moved("2026-11-22T10:00:00+01:00", "canari: a mail of the day before");
    let earlier: Value = handler.put(&path, earlier).await.expect(200).json();
    assert_eq!(earlier["limit_at"], "2026-11-25T09:00:00.000000Z");
    let later = moved("2026-11-24T09:00:00Z", "The mail was about something else.");
    handler.put(&path, later.clone()).await.expect(403);
    let later: Value = desk.client().put(&path, later).await.expect(200).json();
    let changes = later["aware_changes"].as_array().unwrap();
    assert_eq!(changes.len(), 2);
    let first = json!({
        "before": "2026-11-23T09:00:00.000000Z", "after": "2026-11-22T09:00:00.000000Z",
        "changed_at": "2026-11-25T09:00:00.000000Z", "changed_by": changes[0]["changed_by"],
        "reason": "canari: a mail of the day before",
    });
    assert_eq!(changes[0], first);
    assert_eq!(changes[1]["changed_by"], json!(desk.dpo.id));
    // Said again, it is no change.
    desk.client().put(&path, moved("2026-11-24T09:00:00Z", "")).await.expect(200);
    let auditor = desk.app.user(&[(desk.controller.id, Role::Auditor)]).await;
    let read: Value = desk.app.as_user(&auditor).get(&path).await.expect(200).json();
    assert_eq!(read["aware_changes"][1]["reason"], Value::Null);
    assert!(!desk.app.event_texts().await.contains("canari"));
    // The register tells each change, by whom and why; the reason for whoever may read it.
    let by = &changes[0]["changed_by"].as_str().unwrap();
    let dpo = desk.dpo.id;
    let (one, two) = (
        format!(
            "2026-11-23T09:00:00.000000Z -> 2026-11-22T09:00:00.000000Z (2026-11-25T09:00:00.000000Z, {by})"
        ),
        format!(
            "2026-11-22T09:00:00.000000Z -> 2026-11-24T09:00:00.000000Z (2026-11-25T09:00:00.000000Z, {dpo})"
        ),
    );
    let cell = |text: String| {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let place = reader.headers().unwrap().iter().position(|it| it == "aware_changes").unwrap();
        reader.records().next().unwrap().unwrap()[place].to_owned()
    };
    let table = register(&desk, "?format=csv");
    let told = cell(desk.client().get(&table).await.expect(200).text());
    let (why, because) = ("canari: a mail of the day before", "The mail was about something else.");
    assert_eq!(told, format!("{one} {why}\n{two} {because}"));
    let told = cell(desk.app.as_user(&auditor).get(&table).await.expect(200).text());
    assert_eq!(told, format!("{one} [not shown]\n{two} [not shown]"));
    let notice = json!({ "sent_at": "2026-11-24T10:00:00Z", "authority": "CNIL" });
    desk.client().post(&format!("{path}/notices"), notice).await.expect(200);
    let after = desk.client().put(&path, moved("2026-11-24T11:00:00Z", "why not")).await;
    assert_eq!(after.expect(422).problem().1, ["aware_at: after-notice"]);
}

#[actix_web::test]
async fn lateness_follows_from_the_clock_as_it_stands() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let (path, _) = breach(&desk, &case).await;
    desk.app.set_now(at("2026-11-28T09:00:00Z"));
    let notice = |sent_at: &str, late_reason: &str| json!({ "sent_at": sent_at, "authority": "CNIL", "late_reason": late_reason });
    let send = async |body: Value, status: u16| {
        let answer = desk.client().post(&format!("{path}/notices"), body).await;
        answer.expect(status).json::<Value>()
    };
    let aware = async |at: &str| {
        let body = json!({ "aware_at": at, "aware_reason": "Learnt since.", "record": record() });
        desk.client().put(&path, body).await.expect(200).json::<Value>()
    };
    let told = send(notice("2026-11-26T08:00:00Z", ""), 200).await;
    assert_eq!((&told["late"], &told["notices"][0]["late"]), (&json!(false), &json!(false)));
    // Known an hour earlier, that notice was late; and why may follow in a phase.
    let earlier = aware("2026-11-23T07:59:59Z").await;
    assert_eq!((&earlier["late"], &earlier["notices"][0]["late"]), (&json!(true), &json!(true)));
    let closing = format!("{path}/closing");
    let silent = desk.client().post(&closing, json!({})).await.expect(422);
    assert_eq!(silent.problem().1, ["reason: late-notice-needs-reason"]);
    let phase = send(notice("2026-11-27T09:00:00Z", "Found in the logs."), 200).await;
    assert_eq!(phase["notices"][1]["late"], false);
    let csv = async || {
        let text = desk.client().get(&register(&desk, "?format=csv")).await.expect(200).text();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names = reader.headers().unwrap().clone();
        let row = reader.records().next().unwrap().unwrap();
        let cell = |name: &str| row[names.iter().position(|it| it == name).unwrap()].to_owned();
        ["late", "late_reason", "cause", "remedy"].map(cell)
    };
    let remedy = "A second person compares the reference.";
    let cause = "'=two requests with one name";
    assert_eq!(csv().await, ["true", "Found in the logs.", cause, remedy]);
    let later = aware("2026-11-23T08:00:00Z").await;
    assert_eq!((&later["late"], &later["notices"][0]["late"]), (&json!(false), &json!(false)));
    assert_eq!(csv().await, ["false", "", cause, remedy]);
    // What was sent before, and is recorded after, is the first.
    let before = send(notice("2026-11-25T09:00:00Z", ""), 200).await;
    assert_eq!(before["notified_at"], "2026-11-25T09:00:00.000000Z");
}

#[actix_web::test]
async fn what_is_not_said_of_the_persons_stays() {
    let desk = Desk::new().await;
    let told = json!({ "informed_at": "2026-11-23T09:00:00Z", "record": record() });
    let found = desk.client().post(&register(&desk, ""), told).await.expect(201);
    let found: Value = found.json();
    let path = register(&desk, &format!("/{}", found["id"].as_str().unwrap()));
    let put = async |body: Value| {
        desk.client().put(&path, body).await.expect(200).json::<Value>()["informed_at"].clone()
    };
    let known = json!("2026-11-23T09:00:00.000000Z");
    assert_eq!(put(json!({ "record": record() })).await, known);
    assert_eq!(put(json!({ "record": record(), "informed_at": null })).await, Value::Null);
}

#[actix_web::test]
async fn an_open_breach_keeps_its_case_from_being_destroyed() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let (path, _) = breach(&desk, &case).await;
    desk.client().put(&path, json!({ "record": record() })).await.expect(200);
    desk.client().verb(&case, "withdrawal", json!({ "reason": "settled" })).await.expect(200);
    desk.app.set_now(at("2032-01-01T09:00:00Z"));
    sweep(&desk.app.app).await.unwrap();
    let destroyed = async || desk.client().case(&case).await["key_destroyed"].clone();
    assert_eq!(destroyed().await, false);
    // Nor is it announced: the preview goes by the same rule.
    let announced = async || {
        let preview = format!("/api/v1/controllers/{}/retention/preview", desk.controller.id);
        let preview: Value = desk.client().get(&preview).await.expect(200).json();
        preview["due"][0]["open_breach"].clone()
    };
    assert_eq!(announced().await, true);
    let page = crate::pages::browser(&desk.app, &desk.dpo).await;
    let page = page.get(&format!("/controllers/{}/retention", desk.controller.id)).await;
    assert!(page.expect(200).text().contains("open breach: stays"));
    let typed = json!({ "reference": case.reference });
    let refused = desk.client().verb(&case, "key-destruction", typed).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "breach-open");
    let reason = json!({ "reason": "Nothing but the name of a street." });
    desk.client().post(&format!("{path}/no-notification"), &reason).await.expect(200);
    desk.client().post(&format!("{path}/closing"), &reason).await.expect(200);
    assert_eq!(announced().await, false);
    sweep(&desk.app.app).await.unwrap();
    assert_eq!(destroyed().await, true);
}

#[actix_web::test]
async fn one_event_has_one_clock_and_nobody_knew_of_a_message_before_it_left() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    desk.app.advance(chrono::Duration::hours(2));
    let told = json!({ "message": "Which account do you mean?" });
    desk.client().verb(&case, "messages", told).await.expect(200);
    let events = desk.client().events(&case).await;
    let sent = events.iter().find(|event| event["kind"] == "MessageSent").unwrap();
    let of = |aware_at: &str| json!({ "event_version": sent["version"], "aware_at": aware_at });
    let before = desk.client().verb(&case, "breaches", of("2020-01-01T00:00:00Z")).await;
    assert_eq!(before.expect(422).problem().1, ["aware_at: before-event"]);
    let now = desk.app.app.now().to_rfc3339();
    desk.client().verb(&case, "breaches", of(&now)).await.expect(201);
    let again = desk.client().verb(&case, "breaches", of(&now)).await.expect(422);
    assert_eq!(again.problem().1, ["event_version: breach-recorded"]);
}

#[actix_web::test]
async fn what_the_authority_still_lacks_is_written_or_left_out_for_a_reason() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let (path, _) = breach(&desk, &case).await;
    let notice = json!({ "authority": "CNIL", "sent_at": desk.app.app.now().to_rfc3339() });
    let told: Value =
        desk.client().post(&format!("{path}/notices"), notice).await.expect(200).json();
    assert!(!told["missing"].as_array().unwrap().is_empty(), "{told}");
    let mut known = json!({ "record": record() });
    known["record"]["approximate_records"] = Value::Null;
    desk.client().put(&path, known).await.expect(200);
    let close = format!("{path}/closing");
    let refused = desk.client().post(&close, json!({})).await.expect(422);
    assert_eq!(refused.problem().1, ["reason: breach-lacks-elements"]);
    let reason = json!({ "reason": "The processor never answered; nobody else knows." });
    desk.client().post(&close, reason).await.expect(200);
}

#[actix_web::test]
async fn facts_effects_and_measures_are_written_before_any_record_is_closed() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let (path, _) = breach(&desk, &case).await;
    let reason = json!({ "reason": "Nothing but the name of a street was on the list." });
    let declined = desk.client().post(&format!("{path}/no-notification"), &reason).await;
    declined.expect(200);
    // A reason takes the place of neither.
    let close = format!("{path}/closing");
    let refused = desk.client().post(&close, &reason).await.expect(422);
    let lacking = ["consequences", "measures"];
    assert_eq!(
        refused.problem().1,
        lacking.map(|name| format!("record.{name}: breach-undocumented"))
    );
    let mut known = json!({ "risk": "unlikely", "record": record() });
    known["record"]["measures"] = json!(" ");
    desk.client().put(&path, &known).await.expect(200);
    let refused = desk.client().post(&close, &reason).await.expect(422);
    assert_eq!(refused.problem().1, ["record.measures: breach-undocumented"]);
    known["record"]["measures"] = record()["measures"].clone();
    let open: Value = desk.client().put(&path, &known).await.expect(200).json();
    assert_eq!(open["decision"], "not_notified");
    desk.client().post(&close, json!({})).await.expect(200);
}

#[actix_web::test]
async fn what_went_wrong_once_has_one_record_also_once_that_is_closed() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let (path, found) = breach(&desk, &case).await;
    desk.client().put(&path, json!({ "risk": "unlikely", "record": record() })).await.expect(200);
    let reason = json!({ "reason": "Nothing was read." });
    desk.client().post(&format!("{path}/no-notification"), &reason).await.expect(200);
    desk.client().post(&format!("{path}/closing"), json!({})).await.expect(200);
    desk.app.advance(chrono::Duration::days(3));
    let again = json!({ "event_version": 1 });
    let again = desk.client().verb(&case, "breaches", again).await.expect(422);
    assert_eq!(again.problem().1, ["event_version: breach-recorded-closed"]);
    let told = again.text();
    let id = found["id"].as_str().unwrap();
    assert!(told.contains(id) && told.contains("23 November 2026"), "{told}");
    let all: Value = desk.client().get(&register(&desk, "")).await.expect(200).json();
    assert_eq!(all["breaches"].as_array().unwrap().len(), 1);
    assert_eq!(desk.client().events(&case).await.len(), 2, "nothing was recorded anew");
}

#[actix_web::test]
async fn a_dpo_takes_up_a_record_that_was_closed_with_a_reason() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let (path, open) = breach(&desk, &case).await;
    let reopening = format!("{path}/reopening");
    let reason = json!({ "reason": "The recipient had made a copy." });
    let refused = desk.client().post(&reopening, &reason).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "breach-not-closed");
    desk.client().put(&path, json!({ "risk": "unlikely", "record": record() })).await.expect(200);
    let why = json!({ "reason": "Nothing was read." });
    desk.client().post(&format!("{path}/no-notification"), &why).await.expect(200);
    desk.client().post(&format!("{path}/closing"), json!({})).await.expect(200);
    let refused = desk.client().post(&reopening, json!({ "reason": " " })).await.expect(422);
    assert_eq!(refused.problem().1, ["reason: empty"]);
    let handler = desk.app.user(&[(desk.controller.id, Role::Handler)]).await;
    let works = desk.app.as_user(&handler).with("if-match", "*");
    works.post(&reopening, &reason).await.expect(403);

    desk.app.advance(chrono::Duration::days(4));
    let again: Value = desk.client().post(&reopening, &reason).await.expect(200).json();
    assert_eq!((&again["closed_at"], &again["decision"]), (&json!(null), &json!("not_notified")));
    assert_eq!(again["limit_at"], open["limit_at"], "the clock is that of the one breach");
    let reasons = again["decision_reasons"].as_array().unwrap().iter();
    let reasons: Vec<_> = reasons.map(|it| (&it["decision"], &it["reason"])).collect();
    assert_eq!(reasons.last().unwrap(), &(&json!("reopened"), &reason["reason"]), "{reasons:?}");
    // What is new in it may ask for the authority after all.
    let known = json!({ "risk": "risk", "record": again["record"] });
    let changed: Value = desk.client().put(&path, known).await.expect(200).json();
    assert_eq!((&changed["decision"], &changed["overdue"]), (&json!("undecided"), &json!(true)));
    let kinds = desk.app.event_kinds().await;
    assert!(kinds.contains(&"BreachReopened".to_owned()), "{kinds:?}");
}
