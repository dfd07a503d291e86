//! Staff record a document that came otherwise, on the page and through the API, and who may look.

use chrono::Duration;
use guichet::domain::actor::Role;
use guichet::worker;
use serde_json::{Value, json};

use super::{DOUBT, WHOLE, ask, card, files, listed, path, record, rows, scene, tasks};
use crate::pages::{browser, token};

#[actix_web::test]
async fn s_07_no_copy_without_a_doubt_and_none_an_hour_after_the_decision() {
    let (desk, case) = scene().await;
    let api = format!("/api/v1/requests/{}/identity-documents", case.id);
    let bytes = card();
    let card_of = [("card.jpg", bytes.as_slice())];
    let client = desk.client();
    for (fields, wrong) in [
        (vec![("channel", "letter")], "doubt: document-needs-doubt"),
        (vec![("channel", "letter"), ("doubt", "")], "doubt: document-needs-doubt"),
        (
            vec![("channel", "letter"), ("doubt", "habit"), ("reason", DOUBT)],
            "doubt: unknown-value",
        ),
        (vec![("channel", "letter"), ("doubt", "differs")], "reason: empty"),
        (vec![("channel", "letter"), ("doubt", "other"), ("reason", " \n")], "reason: empty"),
        (
            vec![("channel", "web"), ("doubt", "differs"), ("reason", DOUBT)],
            "channel: unknown-value",
        ),
        (vec![("doubt", "differs"), ("reason", DOUBT)], "channel: unknown-value"),
        (vec![("channel", "letter"), ("note", "x")], ": unknown-field"),
        (vec![("channel", "letter"), ("channel", "email")], "channel: twice"),
    ] {
        let refused = client.post_files(&api, &fields, &card_of, WHOLE).await.expect(422);
        assert_eq!(refused.problem().1, [wrong]);
    }
    let fields = [("channel", "in_person"), ("doubt", "differs"), ("reason", DOUBT)];
    let none = client.post_files(&api, &fields, &[], WHOLE).await.expect(422);
    assert_eq!(none.problem().1, ["files: document-missing"]);
    client.post(&api, json!({ "channel": "letter" })).await.expect(422);
    let text = [("card.txt", b"I am Zoe.".as_slice())];
    let kind = client.post_files(&api, &fields, &text, WHOLE).await.expect(422);
    assert_eq!(kind.problem().1, ["files: document-kind"]);
    let stale = client.with("if-match", "\"9\"");
    stale.post_files(&api, &fields, &card_of, WHOLE).await.expect(412);
    assert_eq!(
        (files(&desk), rows(&desk).await.len()),
        (0, 0),
        "nothing is kept of what is refused"
    );
    assert_eq!(desk.kinds(&case).await, ["RequestLogged"]);

    let taken = client.post_files(&api, &fields, &card_of, WHOLE).await.expect(201);
    let document: Value = taken.json();
    let known = client.case(&case).await;
    assert_eq!(known["identity"]["level"], "v0", "it raises no level by itself");
    assert_eq!(known["identity"]["doubt"], true, "and the doubt needs V2");
    let events = client.events(&case).await;
    assert_eq!(events[1]["detail"]["doubt"], "differs");
    assert_eq!(events[1]["words"]["doubt"], DOUBT);
    assert_eq!(files(&desk), 1);
    let failed = json!({ "methods": ["masked_document"], "reason": "Another birth date." });
    let unseen = client.verb(&case, "identity-decision", failed.clone()).await.expect(422);
    assert_eq!(unseen.problem().1, ["methods: method-not-recorded"]);
    client.get(&path(&case, &document)).await.expect(200);
    client.verb(&case, "identity-decision", failed).await.expect(200);
    assert!(rows(&desk).await[0].wrapped_key.is_none(), "without its key it opens for nobody");
    desk.app.advance(Duration::minutes(59));
    worker::drain(&desk.app.app).await.unwrap();
    assert_eq!(files(&desk), 0, "gone within the hour");
    client.get(&path(&case, &document)).await.expect(409);
    assert_eq!(listed(&desk, &case).await[0]["removal"], "decided");
    // The next one wants its own doubt: that there was one once is none.
    let again = client.post_files(&api, &[("channel", "letter")], &card_of, WHOLE).await;
    assert_eq!(again.expect(422).problem().1, ["doubt: document-needs-doubt"]);
    // Where a letter asks, the letter states it.
    ask(&desk, &case).await;
    let asked = client.post_files(&api, &[("channel", "letter")], &card_of, WHOLE).await;
    asked.expect(201);
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn nobody_looks_but_who_decides_on_identity_and_each_look_is_recorded() {
    let (desk, case) = scene().await;
    let document = record(&desk, &case, &card()).await;
    let own = path(&case, &document);
    let other = desk.app.controller("autre-exemple").await;
    for (controller, role, status) in [
        (&desk.controller, Role::Agent, 403),
        (&desk.controller, Role::DataOwner, 403),
        (&desk.controller, Role::Auditor, 403),
        (&desk.controller, Role::Admin, 403),
        (&other, Role::Dpo, 404),
        (&desk.controller, Role::Handler, 200),
    ] {
        let user = desk.app.user(&[(controller.id, role)]).await;
        let client = desk.app.as_user(&user);
        client.get(&own).await.expect(status);
        let pages = browser(&desk.app, &user).await;
        pages.get(own.trim_start_matches("/api/v1")).await.expect(status);
        let list = own.rsplit_once('/').unwrap().0;
        client.get(list).await.expect(status);
    }
    let looks = desk.kinds(&case).await;
    let looks = looks.iter().filter(|kind| *kind == "IdentityDocumentOpened").count();
    assert_eq!(looks, 2, "by the API and on the page, and no refused one");
    // Under another case it is not found.
    let second = super::log(&desk, "Ana Martin", "ana@personne.example").await;
    desk.client().get(&path(&second, &document)).await.expect(404);
    // Who may not look is not told on the page that there is one.
    let auditor = desk.app.user(&[(desk.controller.id, Role::Auditor)]).await;
    let page = browser(&desk.app, &auditor).await;
    let page = page.get(&format!("/requests/{}", case.id)).await.expect(200).text();
    assert!(!page.contains("identity-documents/"), "{page}");
}

#[actix_web::test]
async fn the_page_of_the_case_takes_one_and_shows_it() {
    let (desk, case) = scene().await;
    let pages = browser(&desk.app, &desk.dpo).await;
    let case_page = format!("/requests/{}", case.id);
    let action = format!("{case_page}/identity-documents");
    let version = |page: &str| {
        let after = page.split("name=\"version\" value=\"").nth(1).unwrap();
        after.split('"').next().unwrap().to_owned()
    };
    let shown = pages.get(&case_page).await.expect(200);
    let (csrf, seen) = (token(&shown, &action), version(&shown.text()));
    let bytes = card();
    let send = async |doubt: &str, reason: &str| {
        let fields = [
            ("csrf", csrf.as_str()),
            ("version", &seen),
            ("document_channel", "in_person"),
            ("document_doubt", doubt),
            ("document_reason", reason),
        ];
        pages.post_files(&action, &fields, &[("scan.jpg", &bytes)], WHOLE).await
    };
    let refused = send("", "").await.expect(422).text();
    assert!(refused.contains("only where there is a reason to doubt"), "{refused}");
    let refused = send("other", "").await.expect(422).text();
    assert!(refused.contains("value=\"other\" selected"), "what was chosen is kept: {refused}");
    assert_eq!((files(&desk), rows(&desk).await.len()), (0, 0));
    send("several_people", DOUBT).await.expect(303);
    let shown = pages.get(&case_page).await.expect(200).text();
    let link = format!("{action}/{}\" download", rows(&desk).await[0].id);
    assert!(shown.contains(&link), "{shown}");
    assert!(shown.contains("It can be looked at until 26 November 2026, 10:00"), "{shown}");
    assert!(shown.contains("Several people on file could be meant"), "{shown}");
    assert!(shown.contains(DOUBT), "the reason, for those who may read it");
    assert_eq!(tasks(&desk, &case).await[0].0, "check_identity_document");
}
