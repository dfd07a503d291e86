//! The page of a case in a browser: what each role sees, and every form.

use guichet::domain::actor::Role;
use guichet::worker;
use serde_json::{Value, json};

use super::queue::HOSTILE;
use super::{browser, token};
use crate::collection::shop::Shop;
use crate::support::app::TestApp;
use crate::support::client::{Answer, Client};

/// The value of the first element of this name on a page.
fn value(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\"")).nth(1);
    let rest = rest.unwrap_or_else(|| panic!("no {name}: {page}"));
    let rest = rest.split("value=\"").nth(1).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// A browser on the page of one case.
struct Desk<'a> {
    browser: Client<'a>,
    path: String,
}

impl Desk<'_> {
    async fn page(&self) -> String {
        self.browser.get(&self.path).await.expect(200).text()
    }

    /// Fills a form of the page as it stands now.
    async fn post(&self, form: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.browser.get(&self.path).await.expect(200);
        let csrf = token(&page, "/sign-out");
        let version = value(&page.text(), "version");
        let mut all = vec![("csrf", csrf.as_str()), ("version", version.as_str())];
        all.extend_from_slice(fields);
        let path = format!("{}/{form}", self.path);
        self.browser.post_form(&path, &all).await
    }

    /// As [`Desk::post`], for a form that is carried out; the page that it leads back to.
    async fn done(&self, form: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(form, fields).await.expect(303);
        assert_eq!(answer.header("location"), Some(self.path.as_str()));
        self.page().await
    }
}

#[actix_web::test]
async fn a_case_goes_from_receipt_to_release_in_a_browser() {
    let shop = Shop::open().await;
    let (id, reference) = shop.log("zoe.canari@example.org").await;
    let desk =
        Desk { browser: browser(&shop.app, &shop.dpo).await, path: format!("/requests/{id}") };
    let page = desk.page().await;
    for shown in [
        reference.as_str(),
        "Zoé Canari",
        "zoe.canari@example.org",
        "canari-note",
        "How these dates follow",
        "V0: not established",
        "Request logged: access, data portability",
        "Nothing was searched yet.",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert_eq!(page.matches("<h1").count(), 1);

    let page = desk.done("acknowledgement", &[]).await;
    assert!(page.contains("Receipt acknowledged.") && !page.contains("/acknowledgement\""));
    let page = desk.done("assignee", &[]).await;
    assert!(page.contains("Assigned to You.") && !page.contains("/assignee\""));

    let early = desk.post("searches", &[("scope", "full"), ("search_reason", "")]);
    let early = early.await.expect(409).text();
    assert!(early.contains("Identity is not settled yet"), "{early}");
    let fields = [("level", "v2"), ("methods", "in_person"), ("doubt", "hm")];
    let refused = desk.post("identity-decision", &fields).await.expect(422);
    let refused = refused.text();
    assert!(refused.contains("V2 needs two methods"), "{refused}");
    assert!(refused.contains(">hm</textarea>"), "{refused}");
    assert!(refused.contains("value=\"in_person\" checked"), "{refused}");
    let mut fields = fields.to_vec();
    fields.push(("methods", "known_facts"));
    let page = desk.done("identity-decision", &fields).await;
    assert!(page.contains("In person, Facts that only the customer knows"), "{page}");
    assert!(!page.contains("value=\"code_on_file\""), "no code was ever sent: {page}");
    assert!(page.contains("V2: two independent proofs"), "{page}");

    desk.done("searches", &[("scope", "full")]).await;
    worker::drain(&shop.app.app).await.unwrap();
    let page = desk.page().await;
    for shown in ["shop", "support", "searched completely", "waits for a person"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let search = value(&page, "search_id");
    let fields = [
        ("search_id", search.as_str()),
        ("right", "access"),
        ("incomplete_reason", "Classeur à venir"),
    ];
    desk.done("packages", &fields).await;
    worker::drain(&shop.app.app).await.unwrap();
    let page = desk.page().await;
    assert!(page.contains("ready to be looked at") && page.contains("incomplete"));
    let package = value(&page, "package_id");

    let fields = [("package_id", package.as_str()), ("reference", "7K4M-Q2XD-5")];
    let refused = desk.post("release", &fields).await.expect(422).text();
    assert!(refused.contains("value=\"7K4M-Q2XD-5\""), "{refused}");
    let fields = [("package_id", package.as_str()), ("reference", &reference)];
    let page = desk.done("release", &fields).await;
    assert!(page.contains("Granted in part"), "{page}");

    let content = format!("{}/packages/{package}/content", desk.path);
    assert!(page.contains(&content));
    let zip = desk.browser.get(&content).await.expect(200);
    assert!(zip.body.starts_with(b"PK"));
    assert!(zip.header("repr-digest").is_some());
    assert!(desk.page().await.contains("Package downloaded."));
}

#[actix_web::test]
async fn a_case_is_closed_or_withdrawn_with_a_reason() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let browser = browser(&app, &dpo).await;
    let mut desks = Vec::new();
    for _ in 0..2 {
        let case = app.log_case(&dpo, &controller, |_| ()).await;
        desks.push(Desk { browser: browser.clone(), path: format!("/requests/{}", case.id) });
    }
    let answered = [("ground", "answered"), ("closing_reason", "Tout est dit")];
    let refused = desks[0].post("closing", &answered).await.expect(422).text();
    assert!(refused.contains("no decision yet") && refused.contains(">Tout est dit</textarea>"));
    let fields = [("ground", "duplicate"), ("closing_reason", "Deux fois")];
    let page = desks[0].done("closing", &fields).await;
    assert!(page.contains("Closed: Duplicate of another request.") && page.contains("Deux fois"));

    let empty = [("withdrawal_reason", " ")];
    desks[1].post("withdrawal", &empty).await.expect(422);
    let fields = [("withdrawal_reason", "Par téléphone")];
    let page = desks[1].done("withdrawal", &fields).await;
    assert!(page.contains("Withdrawn by the person.") && page.contains("Par téléphone"));
    let french = browser.with("cookie", "language=fr");
    let page = french.get(&desks[1].path).await.expect(200).text();
    for shown in ["Retirée par la personne.", "Limite légale", "Historique"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}

#[actix_web::test]
async fn a_case_is_seen_by_its_own_staff_as_far_as_their_role_goes() {
    let app = TestApp::start().await;
    let (here, there) = (app.controller("maison-exemple").await, app.controller_ie().await);
    let dpo = app.user(&[(here.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, &here, |_| ()).await;
    app.as_user(&dpo).verb(&case, "notes", json!({ "note": "Elle a rappelé" })).await.expect(200);
    let path = format!("/requests/{}", case.id);
    let page = async |roles: &[_]| {
        let user = app.user(roles).await;
        browser(&app, &user).await.get(&path).await
    };
    page(&[(there.id, Role::Dpo)]).await.expect(404);
    page(&[(here.id, Role::Agent)]).await.expect(403);
    page(&[(here.id, Role::Admin)]).await.expect(403);
    app.anonymous().get(&path).await.expect(303);
    let auditor = page(&[(here.id, Role::Auditor)]).await.expect(200).text();
    assert!(auditor.contains("Note added.") && auditor.contains("You may not read who"));
    for hidden in ["Zoé", "Elle a rappelé", "/notes\"", "/closing\""] {
        assert!(!auditor.contains(hidden), "{hidden}: {auditor}");
    }
    let handler = page(&[(here.id, Role::Handler)]).await.expect(200).text();
    assert!(handler.contains("Zoé") && handler.contains("Elle a rappelé"));
    assert!(handler.contains("/notes\"") && !handler.contains("/closing\""));

    // A form of a role that may not, of another organisation, of another session, of a page
    // that is out of date.
    let post = async |roles: &[_], form: &str, token_of: &str| {
        let user = app.user(roles).await;
        let browser = browser(&app, &user).await;
        let csrf = match token_of {
            "own" => token(&browser.get("/").await, "/sign-out"),
            other => other.to_owned(),
        };
        let fields = [
            ("csrf", csrf.as_str()),
            ("version", "1"),
            ("note", "<b>gardé</b>"),
            ("ground", "mistake"),
            ("closing_reason", "x"),
        ];
        browser.post_form(&format!("{path}/{form}"), &fields).await
    };
    let handler = [(here.id, Role::Handler)];
    post(&handler, "notes", "forged").await.expect(403);
    post(&handler, "notes", "").await.expect(403);
    post(&[(there.id, Role::Dpo)], "notes", "own").await.expect(404);
    post(&[(here.id, Role::Auditor)], "notes", "own").await.expect(403);
    post(&[(here.id, Role::Auditor)], "searches", "own").await.expect(403);
    let stale = post(&handler, "notes", "own").await.expect(409).text();
    assert!(stale.contains("Somebody else changed it meanwhile"), "{stale}");
    assert!(stale.contains("gardé") && !stale.contains("<b>"), "{stale}");
    // Who did what meanwhile, and nothing that the page had shown already.
    let meanwhile = stale.split("Meanwhile:").nth(1).unwrap().split("</ul>").next().unwrap();
    assert!(meanwhile.contains("Note added.") && !meanwhile.contains("logged"), "{meanwhile}");
    let case: Value = app.as_user(&dpo).case(&case).await;
    assert_eq!((&case["version"], &case["status"]), (&json!(2), &json!("received")));
}

#[actix_web::test]
async fn hostile_words_stay_text_wherever_they_stand() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let words = HOSTILE.join("\n");
    let case = app
        .log_case(&dpo, &controller, |body| {
            body["subject"]["names"] = json!(HOSTILE[..2]);
            body["words"] = json!(words);
        })
        .await;
    let desk = Desk { browser: browser(&app, &dpo).await, path: format!("/requests/{}", case.id) };
    let mut pages = Vec::new();
    for text in HOSTILE {
        pages.push(desk.done("notes", &[("note", text)]).await);
        let fields = [("ground", "answered"), ("closing_reason", text)];
        pages.push(desk.post("closing", &fields).await.expect(422).text());
    }
    for page in pages {
        assert!(page.contains("alert(1)"), "{page}");
        assert!(page.contains("{{ 7*7 }}"), "the words are shown as they are");
        for sign in ["<script>", "<img", "<b>", "'bold'", "onerror=alert(1)>"] {
            assert!(!page.contains(sign), "{sign}: {page}");
        }
        let boxes = page.matches("<textarea").count();
        assert_eq!(page.matches("</textarea>").count(), boxes);
    }
}

#[actix_web::test]
async fn a_released_package_is_taken_back_before_the_form_for_a_breach() {
    let shop = Shop::open().await;
    let (id, reference) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let package = package["id"].as_str().unwrap();
    let desk =
        Desk { browser: browser(&shop.app, &shop.dpo).await, path: format!("/requests/{id}") };
    assert!(!desk.page().await.contains("/revocation\""), "nothing was released");
    let released = [("package_id", package), ("reference", reference.as_str())];
    let page = desk.done("release", &released).await;
    let (_, after) = page.split_once("/revocation\"").expect("the form");
    assert!(after.contains("What was fetched before stays fetched") && after.contains("/breaches"));

    let auditor = shop.app.user(&[(shop.controller.id, Role::Auditor)]).await;
    let reader =
        Desk { browser: browser(&shop.app, &auditor).await, path: format!("/requests/{id}") };
    assert!(!reader.page().await.contains("/revocation\""));
    let csrf = token(&reader.browser.get(&reader.path).await, "/sign-out");
    let path = format!("{}/revocation", desk.path);
    let fields = [("csrf", csrf.as_str()), ("package_id", package), ("revocation_reason", "x")];
    reader.browser.post_form(&path, &fields).await.expect(403);

    let blank = [("package_id", package), ("revocation_reason", " ")];
    let refused = desk.post("revocation", &blank).await.expect(422).text();
    assert!(refused.contains("Take a released package back"), "{refused}");
    let fields = [("package_id", package), ("revocation_reason", "Une page de trop")];
    let page = desk.done("revocation", &fields).await;
    assert!(page.contains("Une page de trop") && !page.contains("/revocation\""), "{page}");
    let print = format!("{}/packages/{package}/print", desk.path);
    desk.browser.get(&print).await.expect(409);
    let gone = desk.post("revocation", &fields).await.expect(409).text();
    assert!(gone.contains("This package is no more"), "{gone}");
    shop.app.assert_replays().await;
}
