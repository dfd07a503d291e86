//! Letters in a browser: begun on the page of a case, written beside what they lack, sent, printed.

use guichet::domain::actor::Role;
use serde_json::{Value, json};

use super::queue::HOSTILE;
use super::{browser, token};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::cases::LoggedCase;
use crate::support::client::{Answer, Client};

/// The value of the first field of this name on a page.
fn value(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\"")).nth(1);
    let rest = rest.unwrap_or_else(|| panic!("no {name}: {page}"));
    rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

struct Desk<'a> {
    browser: Client<'a>,
    case: String,
}

impl Desk<'_> {
    /// Begins a letter on the page of the case; answers the path of its page.
    async fn begin(&self, letter: &str) -> String {
        let page = self.browser.get(&self.case).await.expect(200);
        let csrf = token(&page, "/sign-out");
        let fields = [("csrf", csrf.as_str()), ("version", "1"), ("letter", letter)];
        let begun = self.browser.post_form(&format!("{}/letters", self.case), &fields).await;
        begun.expect(303).header("location").unwrap().to_owned()
    }

    /// Fills the form of a letter as its page stands now.
    async fn write(&self, path: &str, what: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.browser.get(path).await.expect(200);
        let csrf = token(&page, "/sign-out");
        let version = value(&page.text(), "letter_version");
        let mut all = vec![("csrf", csrf.as_str()), ("letter_version", version.as_str())];
        all.extend([("do", what), ("delivery", "registered_letter"), ("message_id", "RK-1")]);
        all.extend_from_slice(fields);
        self.browser.post_form(path, &all).await
    }
}

async fn desk<'a>(app: &'a TestApp, names: Value) -> (Desk<'a>, User, LoggedCase) {
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app
        .log_case(&dpo, &controller, |body| {
            body["subject"]["names"] = names;
            body["subject"]["postal_address"] = json!("2 rue d'Ici\n69001 Lyon");
            body["language"] = json!("fr");
        })
        .await;
    let browser = browser(app, &dpo).await;
    (Desk { browser, case: format!("/requests/{}", case.id) }, dpo, case)
}

#[actix_web::test]
async fn a_letter_is_begun_written_sent_and_printed() {
    let app = TestApp::start().await;
    let (desk, dpo, case) = desk(&app, json!(["Zoé Martin"])).await;
    let page = desk.browser.get(&desk.case).await.expect(200).text();
    assert!(page.contains("No letter was written yet.") && page.contains("Write a letter"));
    let path = desk.begin("REFUSE").await;
    let page = desk.browser.get(&path).await.expect(200).text();
    for shown in [
        "A refusal needs its legal ground.",
        "The letter must say the facts and the reasons (GDPR Art. 12(4))",
        "lang=\"fr\"",
        "Refus motivé",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    // What is missing stands beside its field.
    let (before, after) = page.split_once("id=\"reason-access\"").unwrap();
    assert!(!before.contains("The letter must say") && after.contains("id=\"told-access\""));
    assert!(after.contains("aria-describedby=\"told-access\""), "{after}");

    let thin = [
        ("rights", "access"),
        ("ground_access", "excessive_repetitive"),
        ("reason_access", "Trop."),
    ];
    let refused = desk.write(&path, "send", &thin).await.expect(422).text();
    assert!(refused.contains("The letter was not sent.") && refused.contains(">Trop.</textarea>"));
    assert!(refused.contains("name the facts of this case"), "{refused}");
    let fields = [
        ("rights", "access"),
        ("ground_access", "excessive_repetitive"),
        ("reason_access", "Quatrième demande depuis septembre,\r\nrien n'a changé."),
        ("subject_country", "ie"),
    ];
    // A country that there is not is told, and nothing that was typed is lost.
    let mut nowhere = fields;
    nowhere[3].1 = "zz";
    let refused = desk.write(&path, "save", &nowhere).await.expect(422).text();
    for kept in ["Give the country as two capital letters", "value=\"ZZ\"", "rien n&#39;a changé."]
    {
        assert!(refused.contains(kept), "{kept}: {refused}");
    }
    desk.write(&path, "save", &fields).await.expect(303);
    let page = desk.browser.get(&path).await.expect(200).text();
    assert!(
        page.contains("Nothing is missing.") && page.contains("Irish Data Protection"),
        "{page}"
    );
    // What only the writer should know stands there too.
    assert!(page.contains("whoever opened the request can read this letter"), "{page}");
    let draft = desk.browser.get(&format!("{path}/print")).await.expect(200).text();
    assert!(draft.contains("brouillon"), "{draft}");
    let sent = desk.write(&path, "send", &fields).await.expect(303);
    assert_eq!(sent.header("location"), Some(path.as_str()));
    let page = desk.browser.get(&path).await.expect(200).text();
    for shown in ["registered letter", "SHA-256 of what was sent", "November 2026"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("letter_version"), "what was sent cannot be written");

    let print = desk.browser.get(&format!("{path}/print")).await.expect(200);
    assert_eq!(print.header("content-language"), Some("fr"));
    let print = print.text();
    for shown in [
        "<html lang=\"fr\">",
        "class=\"window right\"",
        "<span>69001 Lyon</span>",
        "Quatrième demande",
        "/assets/letter.css",
    ] {
        assert!(print.contains(shown), "{shown}: {print}");
    }
    assert!(!print.contains("<script") && !print.contains("brouillon"), "{print}");
    let style = desk.browser.get("/assets/letter.css").await.expect(200).text();
    assert!(style.contains("@media print") && style.contains("size: A4"));
    let page = desk.browser.get(&desk.case).await.expect(200).text();
    assert!(page.contains("Refusal: registered letter.") && page.contains("RK-1"), "{page}");
    let shown = app.as_user(&dpo).case(&case).await;
    assert_eq!(shown["rights"][0]["decision"], "refused");
    app.assert_replays().await;
}

#[actix_web::test]
async fn every_letter_has_a_page_and_can_be_given_up() {
    let app = TestApp::start().await;
    let (desk, ..) = desk(&app, json!(["Zoé Martin"])).await;
    let french = desk.browser.with("cookie", "language=fr");
    for letter in guichet::domain::letter::Letter::ALL {
        let path = desk.begin(letter.name()).await;
        let page = french.get(&path).await.expect(200).text();
        assert_eq!(page.matches("<h1").count(), 1);
        assert!(!page.contains("[letter") && page.contains("letter_version"), "{page}");
        for id in page.split("aria-describedby=\"").skip(1) {
            let id = id.split('"').next().unwrap();
            assert_eq!(page.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
        }
        let gone = desk.write(&path, "give-up", &[]).await.expect(303);
        assert_eq!(gone.header("location"), Some(desk.case.as_str()));
        desk.browser.get(&path).await.expect(409);
    }
    let page = french.get(&desk.case).await.expect(200).text();
    assert_eq!(page.matches("<td>abandonnée</td>").count(), 14, "{page}");
}

#[actix_web::test]
async fn a_clock_runs_again_from_the_hour_that_was_typed() {
    let app = TestApp::start().await;
    let (desk, dpo, case) = desk(&app, json!(["Zoé Martin"])).await;
    let path = desk.begin("IDREQ").await;
    let page = desk.browser.get(&path).await.expect(200).text();
    let options = page.split("id=\"part-options\"").nth(1).unwrap();
    assert!(options.contains("- nous donner un détail"), "what is proposed stands there");
    let parts = [
        ("part_doubt", "Deux personnes portent ce nom dans la rue."),
        ("part_options", "- le numéro de client\r\n- un appel"),
        ("part_masking", "La photo et le numéro."),
        ("part_secure_channel", "Dans le portail."),
    ];
    desk.write(&path, "send", &parts).await.expect(303);
    app.advance(chrono::Duration::days(2));
    let desk = Desk { browser: browser(&app, &dpo).await, ..desk };
    let path = desk.begin("RESUME").await;
    let wrong = [("pause_ground", "identity"), ("replied_at", "hier")];
    desk.write(&path, "save", &wrong).await.expect(422);
    let future = [("pause_ground", "identity"), ("replied_at", "2026-11-25T10:01")];
    let refused = desk.write(&path, "send", &future).await.expect(422).text();
    assert!(refused.contains("This date lies in the future."), "{refused}");
    let fields = [("pause_ground", "identity"), ("replied_at", "2026-11-24T10:00")];
    desk.write(&path, "send", &fields).await.expect(303);
    let events = app.as_user(&dpo).events(&case).await;
    assert_eq!(events.last().unwrap()["detail"]["received_at"], "2026-11-24T09:00:00Z");
}

#[actix_web::test]
async fn a_letter_is_seen_and_sent_as_far_as_a_role_goes() {
    let app = TestApp::start().await;
    let (desk, _, case) = desk(&app, json!(["Zoé Martin"])).await;
    let controller = case.answer["request"]["controller_id"].as_str().unwrap().parse().unwrap();
    let path = desk.begin("REFUSE").await;
    let auditor = app.user(&[(controller, Role::Auditor)]).await;
    let auditor = browser(&app, &auditor).await;
    let page = auditor.get(&desk.case).await.expect(200).text();
    assert!(page.contains("<th scope=\"row\">Refusal</th>"), "{page}");
    auditor.get(&path).await.expect(403);
    auditor.get(&format!("{path}/print")).await.expect(403);
    let elsewhere = app.controller_ie().await;
    let stranger = app.user(&[(elsewhere.id, Role::Dpo)]).await;
    let stranger = browser(&app, &stranger).await;
    stranger.get(&path).await.expect(404);
    let handler = app.user(&[(controller, Role::Handler)]).await;
    let by_handler = Desk { browser: browser(&app, &handler).await, case: desk.case.clone() };
    let fields = [
        ("rights", "access"),
        ("ground_access", "out_of_scope"),
        ("reason_access", "Ces données ne sont pas personnelles."),
    ];
    by_handler.write(&path, "send", &fields).await.expect(403);
    let forged = [("csrf", "x"), ("letter_version", "1"), ("do", "give-up")];
    desk.browser.post_form(&path, &forged).await.expect(403);
    let csrf = token(&desk.browser.get(&path).await, "/sign-out");
    let stale = [
        ("csrf", csrf.as_str()),
        ("letter_version", "1"),
        ("do", "save"),
        ("rights", "access"),
        ("reason_access", "gardé"),
    ];
    let stale = desk.browser.post_form(&path, &stale).await.expect(409).text();
    assert!(
        stale.contains("Somebody else changed it meanwhile") && stale.contains(">gardé</textarea>")
    );
}

#[actix_web::test]
async fn hostile_words_stay_text_in_a_letter() {
    let app = TestApp::start().await;
    let (desk, ..) = desk(&app, json!(HOSTILE[..2])).await;
    let path = desk.begin("CLOSE-W").await;
    // What cannot be seen is refused, and the rest stays text.
    let words = HOSTILE.join("\n");
    let refused = desk.write(&path, "save", &[("part_withdrawn", &words)]).await.expect(422);
    assert!(refused.text().contains("a character that cannot be seen"), "{}", refused.text());
    let words = words.replace('\u{202e}', "");
    desk.write(&path, "save", &[("part_withdrawn", &words)]).await.expect(303);
    let page = desk.browser.get(&path).await.expect(200).text();
    let print = desk.browser.get(&format!("{path}/print")).await.expect(200).text();
    for page in [page, print] {
        assert!(page.contains("alert(1)") && page.contains("{{ 7*7 }}"), "{page}");
        for sign in ["<script>", "<img", "<b>", "'bold'", "onerror=alert(1)>"] {
            assert!(!page.contains(sign), "{sign}: {page}");
        }
        assert_eq!(page.matches("<textarea").count(), page.matches("</textarea>").count());
    }
}

#[actix_web::test]
async fn a_controller_words_a_letter_on_a_page() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let admin = app.user(&[(controller.id, Role::Admin)]).await;
    let browser_of_admin = browser(&app, &admin).await;
    let list = format!("/controllers/{}/letter-texts", controller.id);
    let home = browser_of_admin.get("/").await.expect(200).text();
    assert!(home.contains(&list), "{home}");
    let page = browser_of_admin.get(&list).await.expect(200).text();
    assert_eq!(page.matches("<td>standard text</td>").count(), 28, "{page}");
    let path = format!("{list}/CLOSE-W/fr");
    assert!(page.contains(&path));
    let page = browser_of_admin.get(&path).await.expect(200);
    let csrf = token(&page, "/sign-out");
    let page = page.text();
    for shown in ["{withdrawn}", "what the person said, how and when", "must stay in the text"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let post = async |what: &str, version: &str, text: &str| {
        let fields = [("csrf", csrf.as_str()), ("version", version), ("do", what), ("text", text)];
        browser_of_admin.post_form(&path, &fields).await
    };
    let refused = post("save", "0", "{withdrawn}\r\n{nope} </textarea><b>").await;
    let refused = refused.expect(422).text();
    for shown in ["The text was not saved.", "(line 2, character 1)", "put {reopening} back"] {
        assert!(refused.contains(shown), "{shown}: {refused}");
    }
    assert!(refused.contains("{nope}") && !refused.contains("<b>"), "what was typed stays");
    post("save", "0", "Bonjour. {withdrawn} {reopening}").await.expect(303);
    post("save", "0", "Encore. {withdrawn} {reopening}").await.expect(409);
    let page = browser_of_admin.get(&path).await.expect(200).text();
    assert!(
        page.contains("own text, version 1") && page.contains("Bonjour. {withdrawn}"),
        "{page}"
    );
    post("reset", "1", "").await.expect(303);
    let page = browser_of_admin.get(&path).await.expect(200).text();
    assert!(page.contains("<p>standard text</p>"), "{page}");

    let handler = app.user(&[(controller.id, Role::Handler)]).await;
    let handler = browser(&app, &handler).await;
    let page = handler.get(&path).await.expect(200);
    assert!(!page.text().contains("<textarea"));
    let csrf = token(&page, "/sign-out");
    let fields = [("csrf", csrf.as_str()), ("version", "2"), ("do", "reset")];
    handler.post_form(&path, &fields).await.expect(403);
    let elsewhere = app.controller_ie().await;
    let stranger = app.user(&[(elsewhere.id, Role::Admin)]).await;
    browser(&app, &stranger).await.get(&path).await.expect(404);
}

#[actix_web::test]
async fn a_page_tells_that_the_text_has_changed_and_shows_it_anew() {
    let app = TestApp::start().await;
    let (desk, dpo, case) = desk(&app, json!(["Zoé Martin"])).await;
    let path = desk.begin("CLOSE-W").await;
    let page = desk.browser.get(&path).await.expect(200);
    let csrf = token(&page, "/sign-out");
    let page = page.text();
    let controller = case.answer["request"]["controller_id"].as_str().unwrap();
    let text = format!("/api/v1/controllers/{controller}/letter-texts/CLOSE-W/fr");
    let words = json!({ "text": "{salutation} Nouvelle phrase. {withdrawn} {reopening}" });
    app.as_user(&dpo).with("if-match", "*").put(&text, words).await.expect(200);
    let send = async |page: &str| {
        let (version, text) = (value(page, "letter_version"), value(page, "text_version"));
        let mut fields = vec![("csrf", csrf.as_str()), ("do", "send"), ("delivery", "portal")];
        fields.extend([("letter_version", version.as_str()), ("text_version", text.as_str())]);
        fields.extend([("message_id", ""), ("part_withdrawn", "Au téléphone, ce matin.")]);
        desk.browser.post_form(&path, &fields).await
    };
    let refused = send(&page).await.expect(409).text();
    for shown in ["for this letter has changed meanwhile", "Nouvelle phrase.", "Au téléphone"] {
        assert!(refused.contains(shown), "{shown}: {refused}");
    }
    send(&refused).await.expect(303);
    let sent = desk.browser.get(&path).await.expect(200).text();
    assert!(sent.contains("Nouvelle phrase.") && sent.contains("ce matin"), "{sent}");
}
