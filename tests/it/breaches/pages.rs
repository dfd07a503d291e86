//! The register in a browser without script.

use guichet::domain::actor::Role;
use serde_json::json;

use crate::letters::desk::Desk;
use crate::pages::{browser, token};

#[actix_web::test]
async fn a_breach_is_recorded_on_the_page_of_its_case_told_closed_and_printed() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let reader = browser(&desk.app, &desk.dpo).await;
    let place = format!("/requests/{}", case.id);
    let shown = reader.get(&place).await.expect(200);
    assert!(shown.text().contains("Record an event of this case as a breach"));
    let csrf = token(&shown, "/sign-out");
    let post = async |path: &str, fields: &[(&str, &str)]| {
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        reader.post_form(path, &all).await
    };
    let breaches = format!("{place}/breaches");
    let wrong = [("version", "1"), ("event_version", "1"), ("aware_at", "yesterday")];
    post(&breaches, &wrong).await.expect(422);
    let right = [("version", "1"), ("event_version", "1"), ("aware_at", "2026-11-23T09:30")];
    let made = post(&breaches, &right).await.expect(303);
    let page = made.header("location").unwrap().to_owned();
    // An address of several lines is proposed in one.
    let admin = desk.app.user(&[(desk.controller.id, Role::Admin)]).await;
    let settings = format!("/api/v1/controllers/{}", desk.controller.id);
    let lines = json!({ "authority": "CNIL\n3 place de Fontenoy,\n75334 Paris" });
    desk.app.as_user(&admin).with("if-match", "*").patch(&settings, lines).await.expect(200);
    let shown = reader.get(&page).await.expect(200).text();
    assert!(shown.contains("value=\"CNIL, 3 place de Fontenoy, 75334 Paris\""), "{shown}");
    // Half past nine in Paris is half past eight in UTC; the limit follows.
    assert!(shown.contains("26 November 2026, 09:30"), "{shown}");
    assert!(shown.contains("GDPR Art. 33(3)(c)") && shown.contains(&case.reference), "{shown}");
    assert!(reader.get(&place).await.expect(200).text().contains(&page));

    let known = [
        ("do", "change"),
        ("version", "1"),
        ("kind", "confidentiality"),
        ("risk", "high"),
        ("aware_at", "2026-11-23T09:30"),
        ("nature", "<i>The answer</i> went to somebody else."),
        ("approximate_persons", "one"),
    ];
    let refused = post(&page, &known).await.expect(422).text();
    assert!(refused.contains("Approximate number of persons"), "{refused}");
    assert!(refused.contains("&#60;i&#62;The answer"), "{refused}");
    let mut known = known;
    known[6] = ("approximate_persons", "1");
    post(&page, &known).await.expect(303);
    post(&page, &known).await.expect(409);
    let close = [("do", "close"), ("version", "2"), ("close_reason", "")];
    let refused = post(&page, &close).await.expect(409).text();
    assert!(refused.contains("Nobody has decided yet."), "{refused}");
    let sent = [
        ("do", "notify"),
        ("version", "2"),
        ("sent_at", "2026-11-23T10:00"),
        ("authority", "CNIL\r\n3 place de Fontenoy,\r\n75334 Paris"),
        ("authority_reference", "N-4711"),
    ];
    post(&page, &sent).await.expect(303);
    let shown = reader.get(&page).await.expect(200).text();
    assert!(shown.contains("N-4711") && shown.contains("told"), "{shown}");
    // What a record says before it is closed is asked for, and named again where it is not there.
    assert!(shown.contains("Before the record is closed, write this above"), "{shown}");
    assert!(shown.contains("<li>Likely consequences</li>"), "{shown}");
    let reasoned = "The processor never answered.";
    let close = [("do", "close"), ("version", "3"), ("close_reason", reasoned)];
    let refused = post(&page, &close).await.expect(422).text();
    assert!(
        refused.contains("Every breach is documented before its record is closed"),
        "{refused}"
    );
    assert!(refused.contains("Likely consequences – ") && refused.contains(reasoned), "{refused}");
    // The clock is moved with a reason, and what was in time is late then.
    let moved = |reason: &'static str| {
        [
            ("do", "change"),
            ("version", "3"),
            ("risk", "high"),
            ("aware_at", "2026-11-19T09:30"),
            ("aware_reason", reason),
            ("nature", "<i>The answer</i> went to somebody else."),
        ]
    };
    let silent = post(&page, &moved("")).await.expect(422).text();
    assert!(silent.contains("Why “aware since” is changed – "), "{silent}");
    post(&page, &moved("A mail of the <b>day</b>.")).await.expect(303);
    let shown = reader.get(&page).await.expect(200).text();
    assert!(shown.contains("A mail of the &#60;b&#62;day"), "{shown}");
    assert!(shown.contains("No reason is written yet"), "{shown}");
    let list = format!("/controllers/{}/breaches", desk.controller.id);
    let shown = reader.get(&list).await.expect(200).text();
    assert!(shown.contains(&page) && shown.contains("a high risk"), "{shown}");
    let printed = reader.get(&format!("{list}/print")).await.expect(200).text();
    assert!(printed.contains("&#60;i&#62;The answer") && printed.contains("N-4711"), "{printed}");
    let csv = reader.get(&format!("{list}.csv")).await.expect(200);
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    for said in [&csv.text(), &printed] {
        assert!(said.contains("CNIL, 3 place de Fontenoy, 75334 Paris"), "{said}");
    }
    // One that no case knows; an auditor reads no words and sees no form.
    let lost = [("kind", "availability"), ("risk", "unassessed"), ("nature", "A disk broke.")];
    post(&list, &lost).await.expect(303);
    let auditor = desk.app.user(&[(desk.controller.id, Role::Auditor)]).await;
    let reader = browser(&desk.app, &auditor).await;
    let shown = reader.get(&page).await.expect(200).text();
    assert!(!shown.contains("The answer") && !shown.contains("textarea"), "{shown}");
    assert!(shown.contains("You may not read what is written here."), "{shown}");
    let agent = desk.app.user(&[(desk.controller.id, Role::Agent)]).await;
    browser(&desk.app, &agent).await.get(&list).await.expect(403);
}

#[actix_web::test]
async fn a_handler_who_makes_the_clock_later_is_told_who_may() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let (path, _) = super::breach(&desk, &case).await;
    let page = path.trim_start_matches("/api/v1").to_owned();
    desk.app.set_now(super::at("2026-11-25T09:00:00Z"));
    let handler = desk.app.user(&[(desk.controller.id, Role::Handler)]).await;
    let reader = browser(&desk.app, &handler).await;
    let shown = reader.get(&page).await.expect(200);
    let csrf = token(&shown, "/sign-out");
    let moved = |aware_at: &'static str| {
        [
            ("csrf", csrf.as_str()),
            ("do", "change"),
            ("version", "1"),
            ("kind", "confidentiality"),
            ("risk", "risk"),
            ("aware_at", aware_at),
            ("aware_reason", "Seen later"),
            ("nature", "Typed already"),
        ]
    };
    let refused = reader.post_form(&page, &moved("2026-11-24T12:00")).await.expect(422).text();
    assert!(refused.contains("only a data protection officer may enter it"), "{refused}");
    assert!(refused.contains("Typed already") && refused.contains("Seen later"), "{refused}");
    reader.post_form(&page, &moved("2026-11-20T12:00")).await.expect(303);
}

#[actix_web::test]
async fn a_closed_record_is_taken_up_again_on_its_page_by_a_dpo() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let (path, _) = super::breach(&desk, &case).await;
    let page = path.trim_start_matches("/api/v1").to_owned();
    let known = json!({ "risk": "unlikely", "record": super::record() });
    desk.client().put(&path, known).await.expect(200);
    let why = json!({ "reason": "Nothing was read." });
    desk.client().post(&format!("{path}/no-notification"), why).await.expect(200);
    let reader = browser(&desk.app, &desk.dpo).await;
    let button = "value=\"reopen\"";
    assert!(!reader.get(&page).await.expect(200).text().contains(button));
    desk.client().post(&format!("{path}/closing"), json!({})).await.expect(200);
    let handler = desk.app.user(&[(desk.controller.id, Role::Handler)]).await;
    let works = browser(&desk.app, &handler).await;
    assert!(!works.get(&page).await.expect(200).text().contains(button));

    let shown = reader.get(&page).await.expect(200);
    assert!(shown.text().contains(button) && !shown.text().contains("value=\"close\""));
    let csrf = token(&shown, "/sign-out");
    let reopen = |reason: &'static str| {
        [("csrf", csrf.as_str()), ("do", "reopen"), ("version", "4"), ("reopen_reason", reason)]
    };
    reader.post_form(&page, &reopen("")).await.expect(422);
    reader.post_form(&page, &reopen("A copy was found.")).await.expect(303);
    let shown = reader.get(&page).await.expect(200).text();
    assert!(shown.contains("A copy was found.") && shown.contains("value=\"close\""), "{shown}");
}

#[actix_web::test]
async fn an_instant_is_taken_as_the_page_shows_it() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    desk.app.set_now(super::at("2026-11-23T09:10:30Z"));
    let told = json!({ "message": "Which account do you mean?" });
    desk.client().verb(&case, "messages", told).await.expect(200);
    let events = desk.client().events(&case).await;
    let sent = events.iter().find(|event| event["kind"] == "MessageSent").unwrap();
    let sent = sent["version"].to_string();
    desk.app.set_now(super::at("2026-11-23T09:12:40Z"));
    let reader = browser(&desk.app, &desk.dpo).await;
    let place = format!("/requests/{}", case.id);
    let csrf = token(&reader.get(&place).await.expect(200), "/sign-out");
    let post = async |path: &str, fields: &[(&str, &str)]| {
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        reader.post_form(path, &all).await
    };
    let version = desk.client().case(&case).await["version"].to_string();
    // The minute of the message, which left in its thirtieth second.
    let new =
        [("version", version.as_str()), ("event_version", &sent), ("aware_at", "2026-11-23T10:10")];
    let made = post(&format!("{place}/breaches"), &new).await.expect(303);
    let page = made.header("location").unwrap().to_owned();
    let api = format!("/api/v1{page}");
    let read = async || desk.client().get(&api).await.expect(200).json::<serde_json::Value>();
    assert_eq!(read().await["aware_at"], "2026-11-23T09:10:30.000000Z");
    let minute = "2026-11-23T10:10";
    let change = [
        ("do", "change"),
        ("version", "1"),
        ("risk", "risk"),
        ("nature", "What left then."),
        ("aware_at", minute),
        ("informed_at", minute),
    ];
    post(&page, &change).await.expect(303);
    assert_eq!(read().await["informed_at"], "2026-11-23T09:10:30.000000Z");
    let early = [
        ("do", "notify"),
        ("version", "2"),
        ("sent_at", "2026-11-23T10:09"),
        ("authority", "CNIL"),
    ];
    post(&page, &early).await.expect(422);
    let notice = [("do", "notify"), ("version", "2"), ("sent_at", minute), ("authority", "CNIL")];
    post(&page, &notice).await.expect(303);
    assert_eq!(read().await["notified_at"], "2026-11-23T09:10:30.000000Z");
    // What the record said then is unfolded below the notice, whatever it says now.
    let change = [
        ("do", "change"),
        ("version", "3"),
        ("risk", "risk"),
        ("nature", "All of it."),
        ("aware_at", minute),
    ];
    post(&page, &change).await.expect(303);
    let shown = reader.get(&page).await.expect(200).text();
    let (_, below) = shown.split_once("<summary>What the record said then").expect("a folded list");
    assert!(below.contains("What left then."), "{below}");
    let list = format!("/controllers/{}/breaches/print", desk.controller.id);
    let printed = reader.get(&list).await.expect(200).text();
    assert!(printed.contains("<details open><summary>What the record said then"), "{printed}");
    // Whoever may not read it is shown no list.
    let auditor = desk.app.user(&[(desk.controller.id, Role::Auditor)]).await;
    let hidden = browser(&desk.app, &auditor).await.get(&page).await.expect(200).text();
    assert!(!hidden.contains("What the record said then"), "{hidden}");
}
