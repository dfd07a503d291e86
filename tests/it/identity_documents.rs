//! The masked identity document, from the letter that asks for it to its end. Tests that try an attack
//! of the security catalogue are named by its id.

mod desk;
mod ends;
mod gone;
mod place;
mod reused;

use diesel::prelude::*;
use guichet::db::conn::Conn;
use guichet::db::identity_documents::IdentityDocument;
use guichet::db::schema::identity_documents;
use guichet::worker;
use serde_json::{Value, json};

use crate::letters::desk::Desk;
use crate::support::cases::LoggedCase;
use crate::support::client::{Answer, Client};
use crate::support::visit::{PLACE, token, visitor};

const WHOLE: usize = usize::MAX;
const DOUBT: &str = "Two people of this name live in the same street.";

/// A picture with something in it that stands nowhere else.
fn card() -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0 canari-document ".to_vec();
    bytes.resize(40_000, 7);
    bytes
}

/// A desk with a case in English, to which the person's e-mail address is known.
async fn scene() -> (Desk, LoggedCase) {
    let desk = Desk::new().await;
    let case = log(&desk, "Zoé Martin", "zoe@personne.example").await;
    (desk, case)
}

async fn log(desk: &Desk, name: &str, email: &str) -> LoggedCase {
    let logged = desk.app.log_case(&desk.dpo, &desk.controller, |body| {
        body["language"] = json!("en");
        body["rights"] = json!(["access"]);
        body["subject"] = json!({
            "names": [name], "identifiers": [{ "kind": "email", "value": email }],
        });
    });
    logged.await
}

/// Sends the letter that states the doubt.
async fn ask(desk: &Desk, case: &LoggedCase) {
    desk.app.advance(chrono::Duration::minutes(1));
    let path = desk.written(case, "IDREQ", json!({ "parts": { "doubt": DOUBT } })).await;
    desk.send(&path, "portal").await.expect(200);
}

async fn person<'a>(desk: &'a Desk, case: &LoggedCase) -> Client<'a> {
    let receipt = case.answer["receipt_secret"].as_str().unwrap();
    visitor(&desk.app, &case.reference, receipt).await
}

/// Hands files in on the portal; the token is that of any form of the visit.
async fn hand_in(person: &Client<'_>, files: &[(&str, &[u8])]) -> Answer {
    let messages = format!("{PLACE}/messages");
    let csrf = token(&person.get(&messages).await.expect(200), &messages);
    person.post_files(&format!("{PLACE}/identity-document"), &[("csrf", &csrf)], files, WHOLE).await
}

/// Records one as staff do who got it by post, on a doubt of their own.
async fn record(desk: &Desk, case: &LoggedCase, bytes: &[u8]) -> Value {
    let path = format!("/api/v1/requests/{}/identity-documents", case.id);
    let fields = [("channel", "letter"), ("doubt", "differs"), ("reason", DOUBT)];
    let files = [("card.jpg", bytes)];
    desk.client().post_files(&path, &fields, &files, WHOLE).await.expect(201).json()
}

fn path(case: &LoggedCase, document: &Value) -> String {
    let id = document["id"].as_str().unwrap();
    format!("/api/v1/requests/{}/identity-documents/{id}", case.id)
}

async fn listed(desk: &Desk, case: &LoggedCase) -> Vec<Value> {
    let path = format!("/api/v1/requests/{}/identity-documents", case.id);
    let listed: Value = desk.client().get(&path).await.expect(200).json();
    listed["documents"].as_array().unwrap().clone()
}

/// How many files stand in the sealed folder, finished or not.
fn files(desk: &Desk) -> usize {
    let folder = guichet::start::sealed_folder(desk.app.config());
    let names = std::fs::read_dir(folder).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !name.starts_with("instance.mark")).count()
}

async fn rows(desk: &Desk) -> Vec<IdentityDocument> {
    let read = |conn: &mut Conn| {
        let all = identity_documents::table.order(identity_documents::id);
        Ok(all.select(IdentityDocument::as_select()).load(conn)?)
    };
    desk.app.app.read(read).await.unwrap()
}

/// The open tasks of a case, after every job that is due: kind and detail.
async fn tasks(desk: &Desk, case: &LoggedCase) -> Vec<(String, String)> {
    worker::drain(&desk.app.app).await.unwrap();
    let listed: Value = desk.client().get("/api/v1/tasks").await.expect(200).json();
    let own = listed["tasks"].as_array().unwrap().iter().filter(|it| it["request_id"] == case.id);
    let text = |task: &Value, field: &str| task[field].as_str().unwrap().to_owned();
    own.map(|task| (text(task, "kind"), text(task, "detail"))).collect()
}

fn kinds_of(tasks: &[(String, String)]) -> Vec<&str> {
    tasks.iter().map(|(kind, _)| kind.as_str()).collect()
}

#[actix_web::test]
async fn a_letter_asks_the_person_hands_in_and_the_decision_deletes() {
    let (desk, case) = scene().await;
    let visit = person(&desk, &case).await;
    let place = format!("{PLACE}/identity-document");
    for page in ["case", "messages"] {
        let page = visit.get(&format!("{PLACE}/{page}")).await.expect(200).text();
        assert!(!page.contains(&place), "nobody asked: {page}");
    }
    ask(&desk, &case).await;
    for page in ["case", "messages"] {
        let page = visit.get(&format!("{PLACE}/{page}")).await.expect(200).text();
        assert!(page.contains(&format!("href=\"{place}\"")), "{page}");
    }
    let page = visit.get(&place).await.expect(200).text();
    for told in ["72 hours", "Cover all the rest", "You would rather not?", "Copy for Maison"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let before = desk.client().case(&case).await;
    let bytes = card();
    hand_in(&visit, &[("carte-zoe-martin.jpg", &bytes)]).await.expect(303);
    let page = visit.get(&place).await.expect(200).text();
    assert!(page.contains("It has reached us") && page.contains("26 November 2026"), "{page}");

    // It raises no level and ends no pause; somebody of staff has to look at it now.
    let after = desk.client().case(&case).await;
    for unmoved in ["identity", "paused", "legal_on", "target_on"] {
        assert_eq!(after[unmoved], before[unmoved], "{unmoved}");
    }
    assert_eq!((&after["paused"], &after["identity"]["level"]), (&json!(true), &json!("v0")));
    let all = listed(&desk, &case).await;
    let [document] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((&document["channel"], &document["kind"]), (&json!("web"), &json!("jpeg")));
    assert_eq!(document["delete_by"], "2026-11-26T09:01:00Z");
    let due = ("check_identity_document".to_owned(), "2026-11-26T09:01:00+00:00".to_owned());
    assert!(tasks(&desk, &case).await.contains(&due));
    let awaits = desk.client().get("/api/v1/requests?waiting_for=us").await.expect(200);
    assert!(awaits.text().contains(&case.reference), "it waits for us");

    let looked = desk.client().get(&path(&case, document)).await.expect(200);
    assert_eq!(looked.body.as_ref(), bytes);
    let name = "attachment; filename*=UTF-8''identity-document.jpeg";
    assert_eq!(looked.header("content-disposition"), Some(name), "no name of the person's");
    assert_eq!(looked.header("content-type"), Some("application/octet-stream"));
    assert_eq!(
        looked.header("content-security-policy"),
        Some("sandbox; default-src 'none'"),
        "nothing of it runs"
    );

    // The doubt of the letter is stated: the decision need not repeat it.
    let decided = json!({ "level": "v3", "methods": ["masked_document"], "matched": "1990",
        "reason": "The birth year and the name are those on file." });
    desk.client().verb(&case, "identity-decision", decided).await.expect(200);
    let gone = desk.client().get(&path(&case, document)).await.expect(409);
    assert_eq!(gone.json::<Value>()["reason"], "document-removed");
    assert!(rows(&desk).await[0].wrapped_key.is_none(), "the key goes with the decision itself");
    assert!(!kinds_of(&tasks(&desk, &case).await).contains(&"check_identity_document"));
    assert_eq!(files(&desk), 0, "and the file with the next job");
    let kinds = desk.kinds(&case).await;
    assert_eq!(
        kinds[3..],
        [
            "IdentityDocumentReceived",
            "IdentityDocumentOpened",
            "IdentityDecided",
            "IdentityDocumentRemoved"
        ]
    );
    let events = desk.client().events(&case).await;
    assert_eq!(events[4]["actor"], format!("user:{}", desk.dpo.id), "who has looked");
    // Kept are who, when, by which method, and four characters.
    assert_eq!(events[5]["words"]["matched"], "1990");
    assert_eq!(events[6]["detail"]["why"], "decided");
    let kept = listed(&desk, &case).await;
    assert_eq!(kept[0]["removal"], "decided");
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn nothing_is_taken_that_nobody_asked_for_or_that_is_no_document() {
    let (desk, case) = scene().await;
    let visit = person(&desk, &case).await;
    let page = visit.get(&format!("{PLACE}/identity-document")).await.expect(200).text();
    assert!(page.contains("We have not asked you"), "{page}");
    assert!(!page.contains("type=\"file\""), "{page}");
    let bytes = card();
    let refused = hand_in(&visit, &[("card.jpg", &bytes)]).await.expect(409).text();
    assert!(refused.contains("Nobody has asked"), "{refused}");
    assert_eq!((files(&desk), rows(&desk).await.len()), (0, 0));

    ask(&desk, &case).await;
    let (long, text) = (vec![7; (10 << 20) + 1], b"Je suis Zoe Martin.".as_slice());
    let long = [b"\xff\xd8\xff".as_slice(), &long].concat();
    for (files_of_form, told) in [
        (vec![], "No file came"),
        (vec![("", b"".as_slice())], "No file came"),
        (vec![("card.txt", text)], "is a PDF or a picture"),
        (vec![("card.docx", b"PK\x03\x04\x14\0".as_slice())], "is a PDF or a picture"),
        (vec![("card.jpg", text)], "not what its name says"),
        (vec![("card.html", b"<!doctype html>".as_slice())], "not taken"),
        (vec![("card.jpg", b"".as_slice())], "A file is empty"),
        (vec![("card.jpg", long.as_slice())], "larger than 10 MB"),
        (vec![("a.jpg", bytes.as_slice()), ("b.jpg", &bytes)], "At most 1 files"),
    ] {
        let refused = hand_in(&visit, &files_of_form).await.expect(422).text();
        assert!(refused.contains(told), "{told}: {refused}");
        assert_eq!((files(&desk), rows(&desk).await.len()), (0, 0), "{told}");
    }
    let (place, forged) = (format!("{PLACE}/identity-document"), [("csrf", "another")]);
    let card_of = [("card.jpg", bytes.as_slice())];
    visit.post_files(&place, &forged, &card_of, WHOLE).await.expect(403);
    assert_eq!((files(&desk), rows(&desk).await.len()), (0, 0));
    for number in 0..4u8 {
        let side = [bytes.as_slice(), &[number]].concat();
        hand_in(&visit, &[("side.jpg", &side)]).await.expect(303);
    }
    let full = hand_in(&visit, &[("side.jpg", &bytes)]).await.expect(422).text();
    assert!(full.contains("at most four at a time"), "{full}");
    assert_eq!((files(&desk), rows(&desk).await.len()), (4, 4));
    assert_eq!(
        kinds_of(&tasks(&desk, &case).await),
        ["check_identity_document"],
        "one task for all sides"
    );
    // An answer that was enough ends the question, and with it what may be handed in.
    let reply = json!({ "ground": "identity", "received_at": desk.app.app.now(),
        "sufficient": true });
    desk.client().verb(&case, "replies", reply).await.expect(200);
    hand_in(&visit, &[("card.jpg", &bytes)]).await.expect(409);
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn a_visit_that_is_over_keeps_no_file() {
    let (desk, case) = scene().await;
    ask(&desk, &case).await;
    let visit = person(&desk, &case).await;
    let messages = format!("{PLACE}/messages");
    let csrf = token(&visit.get(&messages).await.expect(200), &messages);
    desk.app.advance(chrono::Duration::hours(5));
    let bytes = card();
    let place = format!("{PLACE}/identity-document");
    let form = [("csrf", csrf.as_str())];
    let late = visit.post_files(&place, &form, &[("card.jpg", &bytes)], WHOLE).await.expect(303);
    assert_eq!(late.header("location"), Some(format!("{PLACE}/").as_str()));
    assert_eq!((files(&desk), rows(&desk).await.len()), (0, 0));
}
