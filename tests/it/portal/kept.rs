//! What a person typed comes back, whatever kept it from being sent.

use actix_web::http::Method;
use chrono::Duration;

use super::{Scene, scene};
use crate::support::client::{Answer, Client};
use crate::support::visit::{PLACE, cookie, token, visitor};

const WORDS: &str = "I lived in <Rennes> & in Brest.\nThen in Lyon.";
const SHOWN: &str = "I lived in &#60;Rennes&#62; &#38; in Brest.\nThen in Lyon.";

fn messages() -> String {
    format!("{PLACE}/messages")
}

async fn csrf(person: &Client<'_>) -> String {
    token(&person.get(&messages()).await.expect(200), &messages())
}

#[actix_web::test]
async fn words_that_were_typed_when_the_visit_was_over_come_back_with_the_next_one() {
    let Scene { app, dpo, case, receipt, .. } = scene().await;
    let person = visitor(&app, &case.reference, &receipt).await;
    let csrf_before = csrf(&person).await;
    app.advance(Duration::hours(5));
    let fields = [("csrf", csrf_before.as_str()), ("message", WORDS)];
    let foreign = person.with("sec-fetch-site", "cross-site");
    foreign.post_form(&messages(), &fields).await.expect(403);
    for entry in [
        person.post_form(&messages(), &fields).await,
        person.post_files(&messages(), &fields, &[("a.txt", b"a")], usize::MAX).await,
    ] {
        let entry = entry.expect(200);
        let page = entry.text();
        assert!(page.contains("your message was not sent") && page.contains(SHOWN), "{page}");
        // Opened again, with a slip first: the words are in no address, and not lost.
        let action = format!("{PLACE}/");
        let sent = format!("form={}", cookie(&entry, "form").unwrap());
        let open = async |receipt: &str| -> Answer {
            let csrf = token(&entry, &action);
            let fields = [
                ("csrf", csrf.as_str()),
                ("reference", case.reference.as_str()),
                ("receipt", receipt),
                ("message", WORDS),
            ];
            app.anonymous().with("cookie", sent.clone()).post_form(&action, &fields).await
        };
        let slip = open("nothing of the kind").await.expect(422).text();
        assert!(slip.contains(SHOWN), "{slip}");
        let opened = open(&receipt).await.expect(200);
        let page = opened.text();
        assert!(page.contains("were not sent yet") && page.contains(SHOWN), "{page}");
        let again = format!("portal={}", cookie(&opened, "portal").unwrap());
        let again = app.anonymous().with("cookie", again);
        let csrf = token(&opened, &messages());
        again.post_form(&messages(), &[("csrf", &csrf), ("message", WORDS)]).await.expect(303);
    }
    let events = app.as_user(&dpo).events(&case).await;
    assert_eq!(events.iter().filter(|event| event["kind"] == "MessageReceived").count(), 2);
}

#[actix_web::test]
async fn words_beyond_fifty_messages_a_day_come_back() {
    let Scene { app, case, receipt, .. } = scene().await;
    let person = visitor(&app, &case.reference, &receipt).await;
    let csrf = csrf(&person).await;
    for number in 0..50 {
        let text = format!("Message {number}.");
        person.post_form(&messages(), &[("csrf", &csrf), ("message", &text)]).await.expect(303);
    }
    let refused = person.post_form(&messages(), &[("csrf", &csrf), ("message", WORDS)]).await;
    let refused = refused.expect(429);
    assert!(refused.header("retry-after").is_some());
    let page = refused.text();
    assert!(page.contains(SHOWN) && page.contains("send them tomorrow"), "{page}");
}

#[actix_web::test]
async fn words_beside_more_than_is_read_come_back() {
    let Scene { app, case, receipt, .. } = scene().await;
    let person = visitor(&app, &case.reference, &receipt).await;
    let csrf = csrf(&person).await;
    let fields = [("csrf", csrf.as_str()), ("message", WORDS)];
    let large = vec![b'.'; 65 << 20];
    let files = [("film.mp4", large.as_slice())];
    let refused = person.post_files(&messages(), &fields, &files, usize::MAX).await.expect(413);
    assert!(refused.text().contains(SHOWN), "{}", refused.text());
    let long = "word ".repeat(60_000);
    let fields = [("csrf", csrf.as_str()), ("message", long.as_str())];
    let refused = person.post_files(&messages(), &fields, &[], usize::MAX).await.expect(413);
    let told = refused.text();
    assert!(told.contains("word ".repeat(60_000).trim_end()), "{}", refused.body.len());
    assert!(told.contains("longer than 256 KB"), "it speaks of the text");
}

#[actix_web::test]
async fn the_end_of_a_line_counts_once() {
    let Scene { app, dpo, case, receipt, .. } = scene().await;
    let person = visitor(&app, &case.reference, &receipt).await;
    let csrf = csrf(&person).await;
    let typed = "a\r\n".repeat(5_000);
    let fields = [("csrf", csrf.as_str()), ("message", typed.as_str())];
    person.post_form(&messages(), &fields).await.expect(303);
    person.post_files(&messages(), &fields, &[], usize::MAX).await.expect(303);
    let beyond = format!("{typed}a");
    let fields = [("csrf", csrf.as_str()), ("message", beyond.as_str())];
    person.post_form(&messages(), &fields).await.expect(422);
    let events = app.as_user(&dpo).events(&case).await;
    let stored = events.last().unwrap()["words"]["message"].as_str().unwrap().to_owned();
    assert_eq!(stored, "a\n".repeat(5_000));
}

#[actix_web::test]
async fn the_page_of_a_wrong_code_can_be_loaded_again() {
    let Scene { app, case, receipt, .. } = scene().await;
    let code = format!("{PLACE}/code");
    let nobody = app.anonymous().get(&code).await.expect(303);
    assert_eq!(nobody.header("location"), Some("/t/maison-exemple/en/"));
    let person = visitor(&app, &case.reference, &receipt).await;
    let again = person.get(&code).await.expect(303);
    assert_eq!(again.header("location"), Some("/t/maison-exemple/en/case"));
}

#[actix_web::test]
async fn a_file_is_taken_whose_name_stands_in_extended_letters_alone() {
    let Scene { app, case, receipt, .. } = scene().await;
    let person = visitor(&app, &case.reference, &receipt).await;
    let csrf = csrf(&person).await;
    for (name, shown) in [
        ("UTF-8''bail%20%C3%A0%20Rennes.txt", "bail à Rennes.txt"),
        ("iso-8859-1''d%E9m%E9nagement.txt", "déménagement.txt"),
    ] {
        let body = format!(
            "--EDGE\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n\
             --EDGE\r\ncontent-disposition: form-data; name=\"files\"; filename*={name}\r\n\
             content-type: text/plain\r\n\r\nHello\r\n--EDGE--\r\n"
        );
        let kind = [("content-type", "multipart/form-data; boundary=EDGE")];
        let path = messages();
        person.send(Method::POST, &path, Some(body.into()), &kind).await.expect(303);
        let page = person.get(&path).await.expect(200).text();
        assert!(page.contains(shown), "{shown}: {page}");
    }
}

#[actix_web::test]
async fn the_entry_gives_back_what_was_typed_when_it_refuses_but_never_the_secret() {
    let Scene { app, case, receipt, .. } = scene().await;
    let action = format!("{PLACE}/");
    let form = app.anonymous().get(&action).await.expect(200);
    let csrf = token(&form, &action);
    let fields = [
        ("csrf", csrf.as_str()),
        ("reference", case.reference.as_str()),
        ("receipt", receipt.as_str()),
        ("message", WORDS),
    ];
    let held = |page: &Answer| {
        let text = page.text();
        assert!(text.contains(SHOWN) && text.contains(&case.reference), "{text}");
        assert!(!text.contains(&receipt) && !text.contains(&receipt.replace('-', "")), "{text}");
    };
    // A form of another browser, which can be filled in at once.
    let old = app.anonymous().post_form(&action, &fields).await.expect(403);
    held(&old);
    assert!(old.text().contains("opened too long ago"), "{}", old.text());
    let fresh = format!("form={}", cookie(&old, "form").unwrap());
    let csrf = token(&old, &action);
    let browser = app.anonymous().with("cookie", fresh);
    let wrong = "0000-0000-0000-0000-0000-0000";
    let tried = |receipt| {
        let fields = [
            ("csrf", csrf.as_str()),
            ("reference", case.reference.as_str()),
            ("receipt", receipt),
            ("message", WORDS),
        ];
        let (browser, action) = (&browser, &action);
        async move { browser.post_form(action, &fields).await }
    };
    let mut last = tried(wrong).await;
    for _ in 0..40 {
        last = tried(wrong).await;
        if last.status == 429 {
            break;
        }
    }
    let refused = last.expect(429);
    assert!(refused.header("retry-after").is_some());
    assert!(refused.text().contains("too many tries"), "{}", refused.text());
    held(&refused);
}
