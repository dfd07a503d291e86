//! Breaches: recorded in one action, told to the authority in time or with a reason, to the person by
//! letter, and kept in a register.

mod clock;
mod decisions;
mod letters;
mod pages;
mod paging;

use chrono::{DateTime, Duration, Utc};
use guichet::db::conn::Conn;
use guichet::db::mails;
use guichet::domain::actor::Role;
use guichet::worker::alerts::sweep;
use guichet::workflow::mails::{self as verbs, Outcome};
use serde_json::{Value, json};

use crate::letters::desk::Desk;
use crate::support::cases::LoggedCase;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn record() -> Value {
    json!({
        "nature": "The answer of one person was released to another: canari-breach.",
        "categories_of_persons": "customers", "approximate_persons": 1,
        "categories_of_records": "orders and addresses", "approximate_records": 12,
        "contact": "dpo@maison.example",
        "consequences": "The other person knows the orders of two years.",
        "measures": "The file was deleted; the recipient has confirmed it.",
        "cause": "=two requests with one name", "remedy": "A second person compares the reference.",
        "reasons": "",
    })
}

/// The register of the desk, or a place below.
fn register(desk: &Desk, end: &str) -> String {
    format!("/api/v1/controllers/{}/breaches{end}", desk.controller.id)
}

/// Makes the first event of a case a breach, with nothing else said.
async fn breach(desk: &Desk, case: &LoggedCase) -> (String, Value) {
    let body = json!({ "event_version": 1 });
    let found = desk.client().verb(case, "breaches", body).await.expect(201).json::<Value>();
    (register(desk, &format!("/{}", found["id"].as_str().unwrap())), found)
}

#[actix_web::test]
async fn an_event_becomes_a_breach_in_one_action_and_the_clock_runs_for_72_hours() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    desk.app.set_now(at("2026-12-24T17:30:00Z"));
    let (path, found) = breach(&desk, &case).await;
    assert_eq!(found["aware_at"], "2026-12-24T17:30:00.000000Z");
    // Over Christmas and a weekend: hours are hours.
    assert_eq!(found["limit_at"], "2026-12-27T17:30:00.000000Z");
    assert_eq!(
        (&found["kind"], &found["decision"]),
        (&json!("confidentiality"), &json!("undecided"))
    );
    let nature = found["record"]["nature"].as_str().unwrap();
    assert!(nature.contains(&case.reference) && nature.contains("entrée 1"), "{nature}");
    assert!(!nature.contains("RequestLogged"), "{nature}");
    assert_eq!(found["record"]["contact"], "dpo@maison.example");
    assert_eq!(found["missing"].as_array().unwrap().len(), 6, "{found}");
    let event = desk.client().events(&case).await.pop().unwrap();
    assert_eq!(event["kind"], "BreachRecorded");
    assert_eq!(event["detail"], json!({ "breach": found["id"], "of_version": 1 }));
    let none = desk.client().verb(&case, "breaches", json!({ "event_version": 99 })).await;
    assert_eq!(none.expect(422).problem().1, ["event_version: no-such-event"]);
    // What is learnt follows; the clock stays, unless awareness was earlier.
    let known = json!({ "kind": "confidentiality", "risk": "high", "record": record() });
    let changed: Value = desk.client().put(&path, known).await.expect(200).json();
    assert_eq!((&changed["missing"], &changed["limit_at"]), (&json!([]), &found["limit_at"]));
    let later = json!({ "aware_at": "2026-12-25T00:00:00Z", "record": record() });
    let wrong = desk.client().put(&path, later).await.expect(422).problem().1;
    assert_eq!(wrong, ["aware_at: in-future"]);
    desk.app.as_user(&desk.dpo).with("if-match", "\"1\"").put(&path, json!({})).await.expect(412);
    // Nobody's words stand in clear, and every step in the history of the controller.
    let texts = desk.app.event_texts().await;
    assert!(texts.contains("aware_at") && !texts.contains("canari-breach"), "{texts}");
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn the_authority_is_told_in_phases_and_a_late_notice_says_why() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let (path, _) = breach(&desk, &case).await;
    let notices = format!("{path}/notices");
    let notice = |sent_at: &str, late_reason: &str| {
        json!({
            "sent_at": sent_at, "authority": "CNIL", "reference": "N-4711",
            "late_reason": late_reason,
        })
    };
    let client = desk.client();
    let early = client.post(&notices, notice("2026-11-22T09:00:00Z", "")).await.expect(422);
    assert_eq!(early.problem().1, ["sent_at: before-aware"]);
    desk.app.set_now(at("2026-11-26T09:00:01Z"));
    // On the very limit it is in time; a second later it is late.
    let late = client.post(&notices, notice("2026-11-26T09:00:01Z", " ")).await.expect(422);
    assert_eq!(late.problem().1, ["late_reason: late-notice-needs-reason"]);
    assert_eq!(client.get(&path).await.expect(200).json::<Value>()["overdue"], true);
    let told = client.post(&notices, notice("2026-11-26T09:00:00Z", "")).await.expect(200);
    let told: Value = told.json();
    assert_eq!((&told["decision"], &told["overdue"]), (&json!("notified"), &json!(false)));
    assert_eq!(told["notices"][0]["late"], false);
    assert_eq!(told["notices"][0]["record"]["consequences"], "");
    // The rest follows (Article 33(4)): what was told first stays as it was told.
    client.put(&path, json!({ "risk": "risk", "record": record() })).await.expect(200);
    desk.app.advance(Duration::days(9));
    let phase = client.post(&notices, notice("2026-12-01T09:00:00Z", "")).await.expect(200);
    let phase: Value = phase.json();
    assert_eq!(phase["notified_at"], "2026-11-26T09:00:00.000000Z");
    let numbers: Vec<_> =
        phase["notices"].as_array().unwrap().iter().map(|it| &it["number"]).collect();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(phase["notices"][0]["record"]["consequences"], "");
    assert_eq!(phase["notices"][1]["record"]["approximate_records"], 12);
    let declined = client.post(&format!("{path}/no-notification"), json!({ "reason": "x" })).await;
    assert_eq!(declined.expect(409).json::<Value>()["reason"], "breach-notified");
    client.post(&format!("{path}/closing"), json!({})).await.expect(200);
    let closed = client.put(&path, json!({ "record": record() })).await.expect(409);
    assert_eq!(closed.json::<Value>()["reason"], "breach-closed");

    // A late one with its reason.
    let case = desk.case("en", json!(["access"])).await;
    let (path, _) = breach(&desk, &case).await;
    desk.app.advance(Duration::hours(73));
    let now = desk.app.app.now().to_rfc3339();
    let late = notice(&now, "The extent was known on Monday.");
    let told = client.post(&format!("{path}/notices"), late).await.expect(200);
    let told: Value = told.json();
    assert_eq!(told["notices"][0]["late"], true);
    assert_eq!(told["notices"][0]["late_reason"], "The extent was known on Monday.");
}

#[actix_web::test]
async fn no_notification_needs_an_unlikely_risk_and_a_reason() {
    let desk = Desk::new().await;
    let body = json!({ "risk": "high", "record": { "nature": "A disk was lost in a train." } });
    let found = desk.client().post(&register(&desk, ""), body).await.expect(201);
    let found: Value = found.json();
    let path = register(&desk, &format!("/{}", found["id"].as_str().unwrap()));
    let client = desk.client();
    let decline = format!("{path}/no-notification");
    let refused = client.post(&decline, json!({ "reason": "we hope" })).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "breach-risk");
    let closing = format!("{path}/closing");
    let undecided = client.post(&closing, json!({})).await.expect(409);
    assert_eq!(undecided.json::<Value>()["reason"], "breach-undecided");
    let known = json!({ "risk": "unlikely", "record": { "nature": "A disk was lost." } });
    client.put(&path, known).await.expect(200);
    let empty = client.post(&decline, json!({ "reason": "  " })).await.expect(422);
    assert_eq!(empty.problem().1, ["reason: empty"]);
    let reason = json!({ "reason": "It was encrypted, and the key is with us." });
    let declined: Value = client.post(&decline, reason).await.expect(200).json();
    assert_eq!(declined["decision"], "not_notified");
    let why = "It was encrypted, and the key is with us.";
    assert_eq!(declined["decision_reasons"][0]["reason"], why);
    // A new look at the risk opens the question again.
    let mut known = json!({ "risk": "high", "record": record() });
    known["record"]["nature"] = json!("The key was on the disk.");
    let again: Value = client.put(&path, known).await.expect(200).json();
    assert_eq!(again["decision"], "undecided");
    let notice = json!({ "sent_at": desk.app.app.now(), "authority": "CNIL" });
    client.post(&format!("{path}/notices"), notice).await.expect(200);
    let silent = client.post(&closing, json!({})).await.expect(422);
    assert_eq!(silent.problem().1, ["reason: persons-not-informed"]);
    let reason = json!({ "reason": "A notice in the press (Article 34(3)(c))." });
    let closed: Value = client.post(&closing, reason).await.expect(200).json();
    assert_ne!(closed["closed_at"], Value::Null);
    let empty = client.post(&register(&desk, ""), json!({})).await.expect(422);
    assert_eq!(empty.problem().1, ["record.nature: empty"]);
}

#[actix_web::test]
async fn the_person_is_told_by_a_letter_that_takes_up_the_record() {
    let desk = Desk::new().await;
    let case = desk.case("fr", json!(["access"])).await;
    desk.identify(&case).await;
    let (letter, drafted) = desk.draft(&case, "BREACH-P").await;
    let fields: Vec<_> =
        drafted["findings"].as_array().unwrap().iter().map(|it| &it["field"]).collect();
    assert_eq!(fields, ["parts.nature", "parts.consequences", "parts.measures", "breach"]);
    let parts = json!({ "parts": {
        "nature": "Votre réponse a été remise à une autre personne.",
        "consequences": "Cette personne connaît vos commandes.", "measures": "Effacé",
    } });
    desk.client().put(&letter, &parts).await.expect(200);
    let refused = desk.send(&letter, "portal").await.expect(422);
    let told = ["parts.measures: letter-not-specific", "breach: letter-no-breach"];
    assert_eq!(refused.problem().1, told);
    let mut parts = parts;
    parts["parts"]["measures"] = json!("Le fichier a été effacé, ce que le destinataire confirme.");
    // One of another case, and one that is closed, is none that this letter could be about.
    let elsewhere = desk.case("en", json!(["access"])).await;
    let (_, elsewhere) = breach(&desk, &elsewhere).await;
    let (path, closed) = breach(&desk, &case).await;
    desk.client().put(&path, json!({ "risk": "unlikely", "record": record() })).await.expect(200);
    let reason = json!({ "reason": "Nothing was read." });
    desk.client().post(&format!("{path}/no-notification"), &reason).await.expect(200);
    desk.client().post(&format!("{path}/closing"), &reason).await.expect(200);
    for other in [&elsewhere, &closed] {
        parts["breach"] = other["id"].clone();
        desk.client().put(&letter, &parts).await.expect(200);
        let unknown = desk.send(&letter, "portal").await.expect(422);
        assert_eq!(unknown.problem().1, ["breach: letter-no-breach"]);
    }
    let body = json!({ "event_version": 3 });
    let found: Value = desk.client().verb(&case, "breaches", body).await.expect(201).json();
    let path = register(&desk, &format!("/{}", found["id"].as_str().unwrap()));
    let body = json!({ "event_version": 2 });
    let silent: Value = desk.client().verb(&case, "breaches", body).await.expect(201).json();
    let silent = register(&desk, &format!("/{}", silent["id"].as_str().unwrap()));
    parts["breach"] = found["id"].clone();
    desk.client().put(&letter, &parts).await.expect(200);
    desk.client().put(&path, json!({ "risk": "high", "record": record() })).await.expect(200);
    let sent: Value = desk.send(&letter, "portal").await.expect(200).json();
    let text = sent["text"].as_str().unwrap();
    for said in ["dpo@maison.example", "Cette personne connaît", "le destinataire confirme"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let found: Value = desk.client().get(&path).await.expect(200).json();
    assert_eq!(found["informed_at"], "2026-11-23T09:00:00.000000Z");
    // What a letter told is told: neither nothing nor something later takes its place.
    let handler = desk.app.user(&[(desk.controller.id, Role::Handler)]).await;
    let handler = desk.app.as_user(&handler).with("if-match", "*");
    let body = json!({ "risk": "high", "record": record(), "informed_at": null });
    let kept: Value = handler.put(&path, body).await.expect(200).json();
    assert_eq!(kept["informed_at"], "2026-11-23T09:00:00.000000Z");
    desk.app.advance(Duration::hours(2));
    let later = json!({ "record": record(), "informed_at": "2026-11-23T10:00:00Z" });
    let refused = handler.put(&path, later).await.expect(422);
    assert_eq!(refused.problem().1, ["informed_at: told-by-letter"]);
    // The letter was about that one alone.
    let other: Value = desk.client().get(&silent).await.expect(200).json();
    assert_eq!(other["informed_at"], Value::Null);
    desk.client().put(&silent, json!({ "record": record() })).await.expect(200);
    // The next one takes up what the record says.
    let (_, drafted) = desk.draft(&case, "BREACH-P").await;
    assert_eq!(drafted["content"]["parts"]["consequences"], record()["consequences"]);
    assert_eq!(drafted["findings"], json!([]));
}

#[actix_web::test]
async fn a_letter_that_changes_to_another_breach_takes_up_that_record() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let (first, one) = breach(&desk, &case).await;
    desk.client().put(&first, json!({ "record": record() })).await.expect(200);
    let body = json!({ "event_version": 2 });
    let two: Value = desk.client().verb(&case, "breaches", body).await.expect(201).json();
    let second = register(&desk, &format!("/{}", two["id"].as_str().unwrap()));
    let mut other = record();
    other["nature"] = json!("A letter went to an old address.");
    other["consequences"] = json!("Whoever lives there knows of the request.");
    desk.client().put(&second, json!({ "record": other })).await.expect(200);
    let (letter, drafted) = desk.draft(&case, "BREACH-P").await;
    let mut content = drafted["content"].clone();
    let (from, to, known) = match content["breach"] == one["id"] {
        true => (record(), other.clone(), &two),
        false => (other.clone(), record(), &one),
    };
    assert_eq!(content["parts"]["nature"], from["nature"]);
    content["breach"] = known["id"].clone();
    let written: Value = desk.client().put(&letter, &content).await.expect(200).json();
    assert_eq!(written["content"]["parts"]["nature"], to["nature"]);
    assert_eq!(written["content"]["parts"]["consequences"], to["consequences"]);
    // Words that somebody added to are not thrown away, and not left to speak of the wrong one.
    let mut content = written["content"].clone();
    let more = format!("{} We are sorry.", to["consequences"].as_str().unwrap());
    content["parts"]["consequences"] = json!(more);
    desk.client().put(&letter, &content).await.expect(200);
    content["breach"] = if known["id"] == one["id"] { &two } else { &one }["id"].clone();
    let refused = desk.client().put(&letter, &content).await.expect(422);
    assert_eq!(refused.problem().1, ["parts.consequences: letter-other-breach"]);
    content["parts"]["consequences"] = json!("We are sorry, and nothing follows from it for you.");
    let written: Value = desk.client().put(&letter, &content).await.expect(200).json();
    assert_eq!(written["content"]["parts"]["nature"], from["nature"]);
    assert_eq!(written["content"]["parts"]["consequences"], content["parts"]["consequences"]);
}

#[actix_web::test]
async fn the_dpos_are_told_a_day_before_the_limit_and_at_it_once_each() {
    let desk = Desk::new().await;
    desk.app.user(&[(desk.controller.id, Role::Handler)]).await;
    let body = json!({ "record": { "nature": "A list went astray." } });
    for _ in 0..2 {
        desk.client().post(&register(&desk, ""), &body).await.expect(201);
    }
    let newest = desk.client().post(&register(&desk, ""), &body).await.expect(201);
    let id = newest.json::<Value>()["id"].as_str().unwrap().to_owned();
    let reason = json!({ "reason": "Nothing but names of streets." });
    let path = register(&desk, &format!("/{id}/no-notification"));
    desk.client().post(&path, reason).await.expect(200);
    let mailed = async || {
        sweep(&desk.app.app, false).await.unwrap();
        let all = desk.app.app.read(|conn| Ok(mails::newest(conn, 100)?)).await.unwrap();
        let key = desk.app.app.vault().staff_key().clone();
        let (ctx, ids) = (desk.app.ctx(), all.iter().map(|it| it.id).collect::<Vec<_>>());
        let taken = move |conn: &mut Conn| {
            ids.iter().try_for_each(|id| verbs::settle(conn, &ctx, *id, &Outcome::Sent))
        };
        desk.app.app.write(taken).await.unwrap();
        let open = |mail| verbs::open(&key, mail).unwrap();
        all.iter().map(open).collect::<Vec<_>>()
    };
    desk.app.set_now(at("2026-11-25T08:59:59Z"));
    assert_eq!(mailed().await.len(), 0);
    desk.app.set_now(at("2026-11-25T09:00:00Z"));
    let near = mailed().await;
    // Two breaches with one limit, and one DPO; the decided one alerts nobody.
    assert_eq!(near.len(), 2);
    let link = format!("controllers/{}/breaches", desk.controller.id);
    for mail in &near {
        assert_eq!(mail.to.text(), desk.dpo.email);
        assert!(mail.text.contains("26 November 2026, 10:00"), "{}", mail.text);
        assert!(mail.text.contains(&link), "{}", mail.text);
        assert!(!mail.text.contains("astray"), "{}", mail.text);
    }
    assert_eq!(mailed().await.len(), 2);
    desk.app.set_now(at("2026-11-26T09:00:00Z"));
    assert_eq!(mailed().await.len(), 4);
    desk.app.advance(Duration::days(3));
    assert_eq!(mailed().await.len(), 4);
}

#[actix_web::test]
async fn the_register_is_read_by_roles_and_as_csv_without_formulas() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let (path, _) = breach(&desk, &case).await;
    desk.client().put(&path, json!({ "risk": "risk", "record": record() })).await.expect(200);
    let auditor = desk.app.user(&[(desk.controller.id, Role::Auditor)]).await;
    let all: Value = desk.app.as_user(&auditor).get(&register(&desk, "")).await.expect(200).json();
    assert_eq!(
        (&all["breaches"][0]["record"], &all["breaches"][0]["risk"]),
        (&Value::Null, &json!("risk"))
    );
    let csv = |answer: crate::support::client::Answer| {
        let text = answer.expect(200).text();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names = reader.headers().unwrap().clone();
        let row = reader.records().next().unwrap().unwrap();
        names.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect::<Vec<_>>()
    };
    let cell = |row: &[(String, String)], name: &str| {
        row.iter().find(|(found, _)| found == name).unwrap().1.clone()
    };
    let table = register(&desk, "?format=csv");
    let row = csv(desk.client().get(&table).await);
    assert_eq!(cell(&row, "reference"), case.reference);
    assert!(cell(&row, "nature").contains("canari-breach"));
    assert!(cell(&row, "cause").starts_with("'=two"), "{row:?}");
    assert_eq!(cell(&row, "not_shown"), "");
    // What is recorded and hidden says so; what is not recorded stays empty.
    let hidden = csv(desk.app.as_user(&auditor).get(&table).await);
    let mut named = Vec::new();
    for ((column, seen), (_, shown)) in row.iter().zip(&hidden) {
        if shown == "[not shown]" {
            assert!(!seen.is_empty(), "{column}");
            named.push(column.as_str());
        } else if column != "not_shown" {
            assert_eq!(seen, shown, "{column}");
        }
    }
    assert!(named.contains(&"nature") && named.contains(&"cause"), "{named:?}");
    assert_eq!((cell(&hidden, "late_reason"), cell(&row, "late_reason")), Default::default());
    assert_eq!(cell(&hidden, "not_shown").split(' ').collect::<Vec<_>>(), named);
    let french = desk.app.as_user(&auditor).with("accept-language", "fr");
    assert_eq!(cell(&csv(french.get(&table).await), "nature"), "[non visible]");
    // The register outlives the case.
    let notice = json!({ "sent_at": desk.app.app.now(), "authority": "CNIL" });
    desk.client().post(&format!("{path}/notices"), notice).await.expect(200);
    desk.client().post(&format!("{path}/closing"), json!({})).await.expect(200);
    desk.client().verb(&case, "withdrawal", json!({ "reason": "settled" })).await.expect(200);
    let destroy = json!({ "reference": case.reference });
    desk.client().verb(&case, "key-destruction", destroy).await.expect(200);
    let found: Value = desk.client().get(&path).await.expect(200).json();
    assert_eq!(found["record"]["measures"], record()["measures"]);
}
