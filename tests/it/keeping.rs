//! Keeping: the settings of a controller, the sweep that destroys, its preview, and the hold.

mod bytes;
mod pages;
mod put_away;
mod shorter;

use chrono::{DateTime, Duration, Utc};
use guichet::db::column::Instant;
use guichet::db::instance;
use guichet::domain::actor::Role;
use guichet::worker;
use guichet::worker::destroyed_keys::ledger_of;
use guichet::worker::keeping::sweep;
use serde_json::{Value, json};

use crate::audit::tree;
use crate::collection::shop::Shop;
use crate::letters::desk::Desk;
use crate::support::cases::LoggedCase;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Ends a case on the day on which every test begins, 23 November 2026.
async fn withdraw(desk: &Desk, case: &LoggedCase) {
    desk.client().verb(case, "withdrawal", json!({ "reason": "settled" })).await.expect(200);
}

async fn sweeps(desk: &Desk) {
    sweep(&desk.app.app).await.unwrap();
    worker::drain(&desk.app.app).await.unwrap();
}

async fn last(desk: &Desk, case: &LoggedCase) -> String {
    desk.kinds(case).await.pop().unwrap()
}

#[actix_web::test]
async fn a_case_is_destroyed_when_its_time_is_over_and_not_before() {
    let desk = Desk::new().await;
    let open = desk.case("en", json!(["access"])).await;
    let ended = desk.case("en", json!(["access"])).await;
    withdraw(&desk, &ended).await;
    desk.app.set_now(at("2031-11-23T08:59:59Z"));
    sweeps(&desk).await;
    assert_eq!(last(&desk, &ended).await, "RequestWithdrawn");
    desk.app.set_now(at("2031-11-23T09:00:00Z"));
    // What was restored and perhaps only looked at destroys nothing.
    let mute =
        |since: Option<Instant>| desk.app.app.write(move |conn| Ok(instance::mute(conn, since)?));
    mute(Some(Instant::from(desk.app.app.now()))).await.unwrap();
    sweeps(&desk).await;
    assert_eq!(last(&desk, &ended).await, "RequestWithdrawn");
    mute(None).await.unwrap();
    // Two machines at once, and again an hour later.
    let (one, two) = tokio::join!(sweep(&desk.app.app), sweep(&desk.app.app));
    one.and(two).unwrap();
    desk.app.advance(Duration::hours(1));
    sweeps(&desk).await;
    let kinds = desk.kinds(&ended).await;
    assert_eq!(kinds, ["RequestLogged", "RequestWithdrawn", "CaseKeyDestroyed"]);
    let events = desk.client().events(&ended).await;
    assert_eq!(events[2]["actor"], "worker");
    let case = desk.client().case(&ended).await;
    assert_eq!((&case["key_destroyed"], case.get("subject")), (&json!(true), None));
    // One that nobody has answered is kept, however old.
    assert_eq!(desk.client().case(&open).await["key_destroyed"], false);
    // It is counted as before, and stands in the list without a name.
    let list = desk.client().get("/api/v1/requests?status=all").await.expect(200).json::<Value>();
    assert_eq!(list["count"], 2);
    let row = list["requests"].as_array().unwrap().iter().find(|row| row["id"] == ended.id);
    assert_eq!(row.unwrap().get("subject_names"), None, "{list}");
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn an_answered_case_that_nobody_closed_is_closed_and_destroyed_and_the_ledger_knows_it() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["rectification"])).await;
    let seen = json!({ "level": "v1", "methods": ["in_person"] });
    desk.client().verb(&case, "identity-decision", seen).await.expect(200);
    let granted = json!({ "decision": "granted" });
    desk.client().verb(&case, "rights/rectification/decision", granted).await.expect(200);
    assert_eq!(desk.client().case(&case).await["status"], "answered");
    desk.app.set_now(at("2031-11-24T09:00:00Z"));
    sweeps(&desk).await;
    let kinds = desk.kinds(&case).await;
    assert_eq!(kinds[kinds.len() - 2..], ["RequestClosed", "CaseKeyDestroyed"]);
    desk.app.seal().await;
    desk.app.seal().await;
    let ledger = ledger_of(&desk.app.config().checkpoint_dir);
    let line =
        json!({ "case": case.id, "ended": { "kind": "RequestClosed", "ground": "answered" } });
    let listed = std::fs::read_to_string(ledger).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&listed).unwrap(), line);
    let tree = tree(&desk.controller);
    let kept = desk.app.kept(tree).await;
    let report = desk.app.verify(tree, &[kept]).await;
    assert!(report.is_whole(), "{report:?}");
}

#[actix_web::test]
async fn the_time_of_a_case_that_was_answered_counts_from_its_closing() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["rectification"])).await;
    desk.identify(&case).await;
    let granted = json!({ "decision": "granted" });
    desk.client().verb(&case, "rights/rectification/decision", granted).await.expect(200);
    desk.app.set_now(at("2027-03-01T09:00:00Z"));
    let ground = json!({ "ground": "answered" });
    let closed: Value = desk.client().verb(&case, "closing", ground).await.expect(200).json();
    assert_eq!(closed["ended_at"], "2027-03-01T09:00:00.000000Z");
    desk.app.set_now(at("2032-03-01T08:59:59Z"));
    sweeps(&desk).await;
    assert_eq!(last(&desk, &case).await, "RequestClosed");
    desk.app.set_now(at("2032-03-01T09:00:00Z"));
    sweeps(&desk).await;
    assert_eq!(last(&desk, &case).await, "CaseKeyDestroyed");
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn a_hold_overrides_the_sweep_and_the_hand_until_it_is_lifted_with_a_reason() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    withdraw(&desk, &case).await;
    let handler = desk.app.user(&[(desk.controller.id, Role::Handler)]).await;
    let reason = json!({ "reason": "canari: she went to court" });
    desk.app.as_user(&handler).verb(&case, "hold", reason.clone()).await.expect(403);
    desk.client().verb(&case, "hold", json!({ "reason": "  " })).await.expect(422);
    let held: Value = desk.client().verb(&case, "hold", reason.clone()).await.expect(200).json();
    assert_eq!(held["held_at"], "2026-11-23T09:00:00.000000Z");
    let again = desk.client().verb(&case, "hold", reason.clone()).await.expect(409);
    assert_eq!(again.json::<Value>()["reason"], "already-on-hold");
    let destroy = json!({ "reference": case.reference });
    let refused = desk.client().verb(&case, "key-destruction", destroy).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "on-hold");
    desk.app.set_now(at("2036-01-01T09:00:00Z"));
    sweeps(&desk).await;
    assert_eq!(last(&desk, &case).await, "RequestHeld");
    // The preview names it, and says that it stays.
    let path = format!("/api/v1/controllers/{}/retention/preview", desk.controller.id);
    let preview: Value = desk.client().get(&path).await.expect(200).json();
    assert_eq!(preview["due"][0]["held_at"], "2026-11-23T09:00:00.000000Z");
    let lifted = json!({ "reason": "the court has decided" });
    let lifted: Value = desk.client().verb(&case, "hold-lifting", lifted).await.expect(200).json();
    assert_eq!(lifted["held_at"], Value::Null);
    let none = desk.client().verb(&case, "hold-lifting", reason.clone()).await.expect(409);
    assert_eq!(none.json::<Value>()["reason"], "not-on-hold");
    let events = desk.client().events(&case).await;
    assert_eq!(events[2]["words"]["reason"], "canari: she went to court");
    sweeps(&desk).await;
    assert_eq!(last(&desk, &case).await, "CaseKeyDestroyed");
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn settings_say_how_long_and_why_and_hold_for_what_ended_before() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    withdraw(&desk, &case).await;
    let path = format!("/api/v1/controllers/{}/retention", desk.controller.id);
    let found = desk.client().get(&path).await.expect(200);
    assert_eq!(found.header("etag"), Some("\"0\""));
    let defaults = json!({
        "case_months": 60, "working_copy_days": 30, "package_days": 30, "justification": null,
        "standard": true, "version": 0,
    });
    assert_eq!(found.json::<Value>(), defaults);
    let set = |months: u32, why: &str| {
        json!({
            "case_months": months, "working_copy_days": 7, "package_days": 30,
            "justification": why,
        })
    };
    let wrong = json!({
        "case_months": 0, "working_copy_days": 366, "package_days": 1, "justification": " ",
    });
    let (_, fields) = desk.client().put(&path, wrong).await.expect(422).problem();
    assert_eq!(
        fields,
        ["case_months: out-of-range", "working_copy_days: out-of-range", "justification: empty"]
    );
    let first = desk.client().put(&path, set(12, "our sector")).await.expect(200);
    assert_eq!(first.header("etag"), Some("\"1\""));
    let client = desk.app.as_user(&desk.dpo).with("if-match", "\"0\"");
    client.put(&path, set(13, "too late")).await.expect(412);
    let preview = async |days: u32| {
        let path = format!("{path}/preview?days={days}");
        desk.client().get(&path).await.expect(200).json::<Value>()
    };
    assert_eq!(preview(90).await["due"], json!([]));
    desk.app.set_now(at("2027-09-24T09:00:00Z"));
    assert_eq!(preview(30).await["due"], json!([]));
    let due = &preview(90).await["due"];
    let expected = json!([{
        "kept": "case_file", "request_id": case.id, "reference": case.reference,
        "package_id": null, "since": "2026-11-23T09:00:00.000000Z",
        "destroyed_from": "2027-11-23T09:00:00.000000Z", "setting": "case_months", "value": 12,
        "law": "GDPR Art. 5(1)(e), 17(3)(e), 82; Code civil art. 2224", "held_at": null,
        "open_breach": false,
    }]);
    assert_eq!(*due, expected);
    let csv = desk.client().get(&format!("{path}/preview?days=90&format=csv")).await.expect(200);
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    let text = csv.text();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("reference,kept,package_id,since,destroyed_from"), "{text}");
    assert!(lines[1].starts_with(&format!("{},case_file,,2026-11-23", case.reference)), "{text}");
    for query in ["days=0", "days=367", "days=x", "format=xml"] {
        desk.client().get(&format!("{path}/preview?{query}")).await.expect(422);
    }
    desk.app.set_now(at("2027-11-23T09:00:00Z"));
    sweeps(&desk).await;
    assert_eq!(last(&desk, &case).await, "CaseKeyDestroyed");
    assert!(desk.app.event_kinds().await.contains(&"RetentionReplaced".to_owned()));
    assert!(!desk.app.event_texts().await.contains("our sector"));
}

#[actix_web::test]
async fn working_copies_and_packages_go_after_thirty_days_and_the_file_of_the_case_stays() {
    let shop = Shop::open().await;
    let app = &shop.app;
    let (id, reference) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let search = shop.search(&id).await;
    let released = shop.package(&id, &search, "access", Some("Classeur à venir")).await;
    shop.package(&id, &search, "portability", Some("Classeur à venir")).await;
    let path = |end: &str| format!("/api/v1/requests/{id}/{end}");
    let package = path(&format!("packages/{}", released["id"].as_str().unwrap()));
    let typed = json!({ "reference": reference });
    app.advance(Duration::days(1));
    shop.dpo().post(&format!("{package}/release"), typed).await.expect(200);
    shop.dpo().post(&path("withdrawal"), json!({ "reason": "fini" })).await.expect(200);
    let sealed = || {
        let folder = guichet::start::sealed_folder(app.config());
        std::fs::read_dir(folder).unwrap().count() - 1
    };
    assert!(sealed() > 3, "{} files", sealed());
    let swept = async || {
        sweep(&app.app).await.unwrap();
        worker::drain(&app.app).await.unwrap();
    };
    app.advance(Duration::days(30) - Duration::seconds(1));
    swept().await;
    let before = sealed();
    assert!(before > 3, "{before} files");
    // Somebody holds it over the day.
    shop.dpo().post(&path("hold"), json!({ "reason": "un litige" })).await.expect(200);
    app.advance(Duration::days(2));
    swept().await;
    assert_eq!(sealed(), before);
    shop.dpo().post(&path("hold-lifting"), json!({ "reason": "fini" })).await.expect(200);
    swept().await;
    assert_eq!(sealed(), 0);
    let gone = shop.dpo().get(&format!("{package}/content")).await;
    assert_eq!(gone.expect(409).json::<Value>()["reason"], "already-withdrawn");
    let shown: Value = shop.dpo().get(&package).await.expect(200).json();
    assert_eq!((&shown["state"], &shown["sha256"]), (&json!("ended"), &Value::Null));
    let events: Value = shop.dpo().get(&path("events")).await.expect(200).json();
    let kinds: Vec<_> = events["events"].as_array().unwrap().iter().map(|it| &it["kind"]).collect();
    assert!(kinds.ends_with(&[&json!("WorkingCopiesRemoved")]), "{kinds:?}");
    // Nothing is answered from what is gone; the case itself is read as before.
    let search = path(&format!("searches/{}", search["id"].as_str().unwrap()));
    let search: Value = shop.dpo().get(&search).await.expect(200).json();
    assert_eq!(search["systems"][1]["outcome"], "failed", "{search}");
    let case: Value = shop.dpo().get(&format!("/api/v1/requests/{id}")).await.expect(200).json();
    assert_eq!(case["subject"]["names"], json!(["Zoé Canari"]));
    swept().await;
    let events: Value = shop.dpo().get(&path("events")).await.expect(200).json();
    assert_eq!(events["events"].as_array().unwrap().len(), kinds.len());
    app.assert_replays().await;
}
