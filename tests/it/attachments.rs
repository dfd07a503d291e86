//! Files that a person attaches to messages: what is taken, where it stands, and how it is given out.
//! Tests that try an attack of the security catalogue are named by its id.

mod api;

use guichet::db::controllers::Controller;
use guichet::domain::actor::Role;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::cases::LoggedCase;
use crate::support::client::{Answer, Client};
use crate::support::visit::{PLACE, token, visitor};

const WHOLE: usize = usize::MAX;

struct Scene {
    app: TestApp,
    controller: Controller,
    dpo: User,
    case: LoggedCase,
}

impl Scene {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let controller = app.controller("maison-exemple").await;
        let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
        let case = app.log_case(&dpo, &controller, |_| {}).await;
        Self { app, controller, dpo, case }
    }

    async fn person(&self) -> Client<'_> {
        let receipt = self.case.answer["receipt_secret"].as_str().unwrap();
        visitor(&self.app, &self.case.reference, receipt).await
    }

    /// How many files stand in the sealed folder, finished or not.
    fn kept(&self) -> usize {
        let entries = std::fs::read_dir(self.app.config().data_dir.join("sealed")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| !name.starts_with("instance.mark")).count()
    }

    async fn listed(&self) -> Vec<Value> {
        let path = format!("/api/v1/requests/{}/attachments", self.case.id);
        let listed: Value = self.app.as_user(&self.dpo).get(&path).await.expect(200).json();
        listed["attachments"].as_array().unwrap().clone()
    }

    async fn events(&self) -> usize {
        self.app.as_user(&self.dpo).events(&self.case).await.len()
    }
}

async fn attach(person: &Client<'_>, text: &str, files: &[(&str, &[u8])], length: usize) -> Answer {
    let path = format!("{PLACE}/messages");
    let csrf = token(&person.get(&path).await.expect(200), &path);
    let fields = [("csrf", csrf.as_str()), ("message", text)];
    person.post_files(&path, &fields, files, length).await
}

fn pdf(length: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.resize(length, b'.');
    bytes
}

#[actix_web::test]
async fn a_form_has_no_more_than_fifty_parts() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    let path = format!("{PLACE}/messages");
    let csrf = token(&person.get(&path).await.expect(200), &path);
    let send = async |parts: usize| {
        let mut fields = vec![("csrf", csrf.as_str()), ("message", "Fifty.")];
        fields.resize(parts - 1, ("x", ""));
        person.post_files(&path, &fields, &[("a.txt", b"Hello".as_slice())], WHOLE).await
    };
    send(51).await.expect(413);
    assert_eq!((scene.kept(), scene.events().await), (0, 1));
    send(50).await.expect(303);
    assert_eq!((scene.kept(), scene.listed().await.len()), (1, 1));
}

#[actix_web::test]
async fn a_person_sends_files_and_staff_fetch_them_and_nothing_is_rendered() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    let content = [pdf(200_000), b"canary-of-the-lease".to_vec()].concat();
    let files = [("bail à Rennes.pdf", content.as_slice()), ("note.txt", b"Hello".as_slice())];
    attach(&person, "My lease.", &files, WHOLE).await.expect(303);
    let page = person.get(&format!("{PLACE}/messages")).await.expect(200).text();
    assert!(page.contains("bail à Rennes.pdf") && page.contains("My lease."), "{page}");
    // Sealed, under the key of the case.
    for entry in std::fs::read_dir(scene.app.config().data_dir.join("sealed")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(19).any(|window| window == b"canary-of-the-lease"));
    }
    let mut listed = scene.listed().await;
    // Both came at one instant of the clock of the test.
    listed.sort_by_key(|file| file["name"].to_string());
    let shown = |file: &Value| (file["name"].clone(), file["size_bytes"].clone());
    let expected = [("bail à Rennes.pdf", content.len()), ("note.txt", 5)];
    let expected = expected.map(|(name, size)| (json!(name), json!(size)));
    assert_eq!(listed.iter().map(shown).collect::<Vec<_>>(), expected);
    let file = listed[0]["id"].as_str().unwrap();
    let staff = crate::pages::browser(&scene.app, &scene.dpo).await;
    let case = staff.get(&format!("/requests/{}", scene.case.id)).await.expect(200).text();
    assert!(case.contains("bail à Rennes.pdf"), "{case}");
    let api = scene.app.as_user(&scene.dpo);
    let own = format!("{PLACE}/attachments/{file}");
    for fetched in [
        person.get(&own).await,
        staff.get(&format!("/requests/{}/attachments/{file}", scene.case.id)).await,
        api.get(&format!("/api/v1/requests/{}/attachments/{file}", scene.case.id)).await,
    ] {
        let fetched = fetched.expect(200);
        assert!(fetched.body == content, "{} bytes", fetched.body.len());
        for (header, expected) in [
            ("content-type", "application/octet-stream"),
            ("content-disposition", "attachment; filename*=UTF-8''bail%20%C3%A0%20Rennes.pdf"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(fetched.header(header), Some(expected), "{header}");
        }
    }
    // Another case of the same controller opens nothing.
    let other = scene.app.log_case(&scene.dpo, &scene.controller, |_| {}).await;
    let receipt = other.answer["receipt_secret"].as_str().unwrap();
    let stranger = visitor(&scene.app, &other.reference, receipt).await;
    stranger.get(&own).await.expect(404);
    api.get(&format!("/api/v1/requests/{}/attachments/{file}", other.id)).await.expect(404);
    scene.app.assert_replays().await;
}

#[actix_web::test]
async fn f_04_f_06_what_is_not_taken_is_told_in_words_and_leaves_nothing() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    let (most, more) = (pdf(10 << 20), pdf((10 << 20) + 1));
    for (files, told) in [
        (vec![("empty.pdf", b"".as_slice())], "A file is empty"),
        (vec![("long.pdf", more.as_slice())], "larger than 10 MB"),
        (
            vec![("page.html", b"<!doctype html>".as_slice())],
            "This kind of file is not taken. Send a PDF",
        ),
        (vec![("image.svg", b"<svg/>".as_slice())], "This kind of file is not taken"),
        (vec![("code.js", b"alert(1)".as_slice())], "This kind of file is not taken"),
        (vec![("page.pdf", b"<!doctype html>".as_slice())], "not what its name says"),
        (vec![("feed.txt", b"<?xml version='1.0'?>".as_slice())], "not what its name says"),
        // What shows at the end alone.
        (vec![("bill.docx", b"PK\x03\x04\x14\0 of another kind".as_slice())], "not what its name"),
        (vec![("old.csv", b"nom;ville\nZo\xe9;Rennes\n".as_slice())], "not written in UTF-8"),
        // One that is good beside one that is not: the message is taken as a whole, or not.
        (vec![("good.txt", b"Hello".as_slice()), ("bad.exe", b"MZ".as_slice())], "not taken"),
        (vec![("a.txt", b"a".as_slice()); 6], "At most 5 files"),
    ] {
        let refused = attach(&person, "As typed.", &files, WHOLE).await.expect(422).text();
        assert!(refused.contains(told) && refused.contains("As typed."), "{told}: {refused}");
        assert_eq!((scene.kept(), scene.events().await), (0, 1), "{told}");
    }
    attach(&person, "", &[("most.pdf", &most)], WHOLE).await.expect(303);
    assert_eq!(scene.kept(), 1);
    // A field of files that was left empty is none; then there must be words.
    attach(&person, " ", &[("", b"")], WHOLE).await.expect(422);
    attach(&person, "Words alone.", &[("", b"")], WHOLE).await.expect(303);
    assert_eq!(scene.kept(), 1);
}

#[actix_web::test]
async fn f_04_a_case_takes_so_many_files_and_bytes_and_no_more() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    attach(&person, "", &[("a.txt", b"a")], WHOLE).await.expect(303);
    let grow = |conn: &mut guichet::db::conn::Conn| {
        use diesel::prelude::*;
        use guichet::db::schema::files;
        let grown = files::size_bytes.eq((100 << 20) - 1);
        Ok(diesel::update(files::table).set(grown).execute(conn)?)
    };
    scene.app.app.write(grow).await.unwrap();
    attach(&person, "", &[("b.txt", b"b")], WHOLE).await.expect(303);
    let full = attach(&person, "", &[("c.txt", b"c")], WHOLE).await.expect(422).text();
    assert!(full.contains("takes no more files"), "{full}");
    assert_eq!(scene.kept(), 2);
}

#[actix_web::test]
async fn f_11_a_name_stands_in_no_address() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    let answer =
        attach(&person, "", &[("../zoe-martin-1990.pdf", &pdf(20))], WHOLE).await.expect(303);
    assert_eq!(answer.header("location"), Some("/t/maison-exemple/en/messages"));
    let page = person.get(&format!("{PLACE}/messages")).await.expect(200).text();
    assert!(page.contains("zoe-martin-1990.pdf") && !page.contains("../zoe"), "{page}");
    let links = page.split("href=\"").skip(1).map(|link| link.split('"').next().unwrap());
    assert!(links.into_iter().all(|link| !link.contains("zoe")), "{page}");
}

#[actix_web::test]
async fn f_13_an_upload_that_breaks_off_is_never_shown_as_received() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    let content = pdf(300_000);
    for step in 1..=4 {
        let cut = attach(&person, "Cut.", &[("lease.pdf", &content)], step * 65_536).await;
        assert_eq!(cut.status, 400, "{}", cut.text());
        assert_eq!((scene.kept(), scene.events().await), (0, 1), "at step {step}");
    }
    // A forged form leaves nothing either.
    let path = format!("{PLACE}/messages");
    let fields = [("csrf", "x"), ("message", "Forged.")];
    person.post_files(&path, &fields, &[("lease.pdf", &content)], WHOLE).await.expect(403);
    let foreign = person.with("sec-fetch-site", "cross-site");
    let csrf = token(&scene.person().await.get(&path).await, &path);
    let fields = [("csrf", csrf.as_str()), ("message", "Forged.")];
    foreign.post_files(&path, &fields, &[("lease.pdf", &content)], WHOLE).await.expect(403);
    assert_eq!((scene.kept(), scene.events().await), (0, 1));
    // What was sent whole is kept whole: its digest says so.
    attach(&person, "", &[("lease.pdf", &content)], WHOLE).await.expect(303);
    let digests: Vec<Vec<u8>> = scene
        .app
        .app
        .read(|conn| {
            use diesel::prelude::*;
            use guichet::db::schema::files;
            Ok(files::table.select(files::sha256).load(conn)?)
        })
        .await
        .unwrap();
    use sha2::Digest;
    assert_eq!(digests, [sha2::Sha256::digest(&content).to_vec()]);
}

#[actix_web::test]
async fn attachments_go_with_the_key_of_the_case() {
    let scene = Scene::new().await;
    let person = scene.person().await;
    attach(&person, "", &[("lease.pdf", &pdf(1000))], WHOLE).await.expect(303);
    let client = scene.app.as_user(&scene.dpo);
    let reason = json!({ "reason": "She called." });
    client.verb(&scene.case, "withdrawal", reason).await.expect(200);
    let reference = json!({ "reference": scene.case.reference });
    client.verb(&scene.case, "key-destruction", reference).await.expect(200);
    guichet::worker::drain(&scene.app.app).await.unwrap();
    assert_eq!(scene.kept(), 0);
    let path = format!("/api/v1/requests/{}/attachments", scene.case.id);
    client.get(&path).await.expect(409);
}

#[actix_web::test]
async fn staff_send_files_that_the_person_fetches_once_identity_is_settled() {
    let scene = Scene::new().await;
    let staff = crate::pages::browser(&scene.app, &scene.dpo).await;
    let case = format!("/requests/{}", scene.case.id);
    let action = format!("{case}/messages");
    let send = async |text: &str, files: &[(&str, &[u8])]| {
        let page = staff.get(&case).await.expect(200);
        let version = page.text().split("name=\"version\" value=\"").nth(1).unwrap().to_owned();
        let version = version.split('"').next().unwrap();
        let csrf = token(&page, &action);
        let fields = [("csrf", csrf.as_str()), ("version", version), ("message", text)];
        staff.post_files(&action, &fields, files, WHOLE).await
    };
    // Limits and kinds as on the person's side; the words stay.
    let before = (scene.kept(), scene.events().await);
    let six: Vec<(&str, &[u8])> = vec![("a.txt", b"a".as_slice()); 6];
    let refused = send("Voici la copie", &six).await.expect(422).text();
    assert!(refused.contains("At most 5 files") && refused.contains("Voici la copie</textarea>"));
    send("x", &[("page.html", b"<script>")]).await.expect(422);
    send("x", &[("photo.png", b"no picture")]).await.expect(422);
    send(" ", &[]).await.expect(422);
    staff.post_files(&action, &[("csrf", "forged")], &six, WHOLE).await.expect(403);
    assert_eq!((scene.kept(), scene.events().await), before);

    let content = [pdf(100_000), b"canary-of-the-copy".to_vec()].concat();
    let done = send("Voici la copie", &[("copie à lire.pdf", content.as_slice())]).await;
    assert_eq!(done.expect(303).header("location"), Some(case.as_str()));
    let listed = scene.listed().await;
    assert_eq!(
        (&listed[0]["name"], &listed[0]["from"]),
        (&json!("copie à lire.pdf"), &json!("staff"))
    );
    let own = format!("{PLACE}/attachments/{}", listed[0]["id"].as_str().unwrap());
    let person = scene.person().await;
    let page = person.get(&format!("{PLACE}/messages")).await.expect(200).text();
    assert!(page.contains("Voici la copie") && page.contains("Files came with this"), "{page}");
    assert!(!page.contains("lire.pdf"), "{page}");
    person.get(&own).await.expect(404);
    let api = scene.app.as_user(&scene.dpo);
    let decision = json!({ "level": "v1", "methods": ["in_person"] });
    api.verb(&scene.case, "identity-decision", decision).await.expect(200);
    let page = person.get(&format!("{PLACE}/messages")).await.expect(200).text();
    assert!(page.contains("copie à lire.pdf") && !page.contains("Files came with this"), "{page}");
    let fetched = person.get(&own).await.expect(200);
    assert!(fetched.body == content, "{} bytes", fetched.body.len());
    assert_eq!(fetched.header("content-security-policy"), Some("sandbox; default-src 'none'"));
    let page = staff.get(&case).await.expect(200).text();
    assert!(page.contains("copie à lire.pdf") && page.contains("to the person"), "{page}");
    let other = scene.app.log_case(&scene.dpo, &scene.controller, |_| {}).await;
    let receipt = other.answer["receipt_secret"].as_str().unwrap();
    let stranger = visitor(&scene.app, &other.reference, receipt).await;
    stranger.get(&own).await.expect(404);
    scene.app.assert_replays().await;
}
