//! A package on its way out: who may release it, how long it stands, and who hears of it. Tests that
//! try an attack of the security catalogue are named by its id.

mod callers;
mod compared;
mod held;
mod identifiers;
mod lapsed;
mod out_of_reach;
mod paper;
mod revocation;
mod several;
mod told;

use chrono::Duration;
use guichet::domain::actor::Role;
use guichet::domain::ids::FileId;
use guichet::domain::undo::TAKEN;
use guichet::mail::settings::Delivery;
use guichet::web::token::Credential;
use guichet::worker;
use guichet::worker::keeping;
use serde_json::{Value, json};

use crate::codes::sent;
use crate::collection::shop::Shop;
use crate::pages::browser;
use crate::support::builders::{PASSWORD, credential};
use crate::support::client::{Answer, Client};
use crate::support::visit::{PLACE, cookie, token, visitor};

/// A case whose answer is released, with what its person was given.
struct Released {
    shop: Shop,
    id: String,
    reference: String,
    receipt: String,
    search: Value,
    package: Value,
}

impl Released {
    /// Searched and built, and not released yet.
    async fn ready() -> Self {
        let shop = Shop::open_with(|config| config.mail = Delivery::KeptHere).await;
        let body = json!({
            "controller_id": shop.controller.id,
            "channel": "web",
            "rights": ["access"],
            "subject": {
                "names": ["Zoé Canari"],
                "identifiers": [{ "kind": "email", "value": "zoe.canari@example.org" }],
            },
        });
        let logged: Value = shop.dpo().post("/api/v1/requests", body).await.expect(201).json();
        let text = |place: &str| logged.pointer(place).unwrap().as_str().unwrap().to_owned();
        let id = text("/request/id");
        shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
        let search = shop.search(&id).await;
        let package = shop.package(&id, &search, "access", Some("essai")).await;
        let (reference, receipt) = (text("/request/reference"), text("/receipt_secret"));
        Self { shop, id, reference, receipt, search, package }
    }

    async fn new() -> Self {
        let case = Self::ready().await;
        case.release(&case.shop.dpo(), &case.package, None).await.expect(200);
        case
    }

    fn path(&self, end: &str) -> String {
        format!("/api/v1/requests/{}/{end}", self.id)
    }

    fn of(&self, package: &Value, end: &str) -> String {
        self.path(&format!("packages/{}{end}", package["id"].as_str().unwrap()))
    }

    async fn release(&self, by: &Client<'_>, package: &Value, reason: Option<&str>) -> Answer {
        let body = json!({ "reference": self.reference, "reason": reason });
        by.post(&self.of(package, "/release"), body).await
    }

    /// Where the person fetches a package.
    fn portal(&self, package: &Value) -> String {
        format!("{PLACE}/packages/{}", package["id"].as_str().unwrap())
    }

    async fn person(&self) -> Client<'_> {
        visitor(&self.shop.app, &self.reference, &self.receipt).await
    }

    async fn now(&self, package: &Value) -> Value {
        self.shop.dpo().get(&self.of(package, "")).await.expect(200).json()
    }

    /// The sealed file of a package, while there is one.
    async fn file(&self, package: &Value) -> Option<FileId> {
        let id = package["id"].as_str().unwrap().parse().unwrap();
        let read = self.shop.app.app.read(move |conn| {
            Ok(guichet::db::packages::by_id(conn, id)?.and_then(|row| row.file_id))
        });
        read.await.unwrap()
    }

    /// Whether a sealed file stands in the folder.
    fn stands(&self, file: FileId) -> bool {
        let mut folders = vec![self.shop.app.directory().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if name.contains(&file.to_string()) {
                    return true;
                }
                if path.is_dir() {
                    folders.push(path);
                }
            }
        }
        false
    }

    async fn events(&self, kind: &str) -> Vec<Value> {
        let events: Value = self.shop.dpo().get(&self.path("events")).await.expect(200).json();
        let events = events["events"].as_array().unwrap().iter();
        events.filter(|event| event["kind"] == kind).cloned().collect()
    }
}

#[actix_web::test]
async fn a_release_by_program_wants_a_password_of_the_last_five_minutes() {
    let case = Released::ready().await;
    let app = &case.shop.app;
    let dpo = case.shop.dpo.id;
    let call = async |credential: Credential, age: i64| {
        let at = app.app.now() - Duration::seconds(age);
        let token = app.front.tokens.issue(dpo, credential, at).unwrap();
        let client = app.anonymous().with("authorization", format!("Bearer {token}"));
        case.release(&client.with("if-match", "*"), &case.package, None).await
    };
    let old = call(credential(), 300).await.expect(401);
    assert_eq!(old.problem().0, "insufficient-user-authentication");
    let challenge = old.header("www-authenticate").unwrap();
    assert!(challenge.contains("error=\"insufficient_user_authentication\""), "{challenge}");
    assert!(challenge.contains("max_age=\"300\""), "{challenge}");
    // A key is nobody's password, however fresh.
    let key = json!({ "label": "import" });
    let key: Value = case.shop.dpo().post("/api/v1/api-keys", key).await.expect(201).json();
    let by_key = json!({ "api_key": key["api_key"] });
    let by_key: Value = app.anonymous().post("/api/v1/tokens", by_key).await.expect(200).json();
    let bearer = format!("Bearer {}", by_key["access_token"].as_str().unwrap());
    let client = app.anonymous().with("authorization", bearer).with("if-match", "*");
    case.release(&client, &case.package, None).await.expect(401);
    client.get(&case.path("packages")).await.expect(200);
    assert!(case.events("PackageReleased").await.is_empty());
    call(credential(), 299).await.expect(200);
}

#[actix_web::test]
async fn t_17_a_release_in_a_browser_asks_for_the_password_and_begins_a_new_session() {
    let case = Released::ready().await;
    let app = &case.shop.app;
    let old = browser(app, &case.shop.dpo).await;
    let page = format!("/requests/{}", case.id);
    let (release, step_up) = (format!("{page}/release"), format!("{page}/step-up"));
    app.advance(Duration::minutes(5));
    let post = async |browser: &Client<'_>| {
        let shown = browser.get(&page).await.expect(200);
        let csrf = token(&shown, &release);
        let version = shown.text().split("name=\"version\" value=\"").nth(1).unwrap().to_owned();
        let version = version.split('"').next().unwrap().to_owned();
        let fields = [
            ("csrf", csrf.as_str()),
            ("version", &version),
            ("package_id", case.package["id"].as_str().unwrap()),
            ("reference", &case.reference),
        ];
        browser.post_form(&release, &fields).await
    };
    let asked = post(&old).await.expect(303);
    assert_eq!(asked.header("location"), Some(step_up.as_str()));
    assert!(case.events("PackageReleased").await.is_empty());
    let csrf = token(&old.get(&step_up).await.expect(200), &step_up);
    let wrong = [("csrf", csrf.as_str()), ("password", "not my password at all")];
    let refused = old.post_form(&step_up, &wrong).await.expect(422);
    assert!(refused.text().contains("role=\"alert\""), "{}", refused.text());
    old.post_form(&step_up, &[("csrf", "x"), ("password", PASSWORD)]).await.expect(403);
    let proved = old.post_form(&step_up, &[("csrf", csrf.as_str()), ("password", PASSWORD)]).await;
    let session = cookie(&proved.expect(303), "session").unwrap();
    let gone = old.get(&page).await.expect(303);
    assert_eq!(gone.header("location"), Some("/sign-in"), "the old session is over");
    let fresh = app.anonymous().with("cookie", format!("session={session}"));
    let released = post(&fresh).await.expect(303);
    assert_eq!(released.header("location"), Some(page.as_str()));
    assert_eq!(case.events("PackageReleased").await.len(), 1);
}

#[actix_web::test]
async fn a_15_who_prepared_an_answer_does_not_release_it_where_four_eyes_are_wanted() {
    let case = Released::ready().await;
    let shop = &case.shop;
    let admin = shop.app.user(&[(shop.controller.id, Role::Admin)]).await;
    let settings = format!("/api/v1/controllers/{}", shop.controller.id);
    let change = json!({ "four_eyes": true });
    let changed = shop.app.as_user(&admin).with("if-match", "*").patch(&settings, change).await;
    assert_eq!(changed.expect(200).json::<Value>()["four_eyes"], true);
    assert_four_eyes(&case, &shop.dpo(), "who had it built").await;
    let answering = colleague(shop).await;
    let search = case.search["id"].as_str().unwrap();
    let answer = case.path(&format!("searches/{search}/systems/paper/answer"));
    answering.post(&answer, json!({ "outcome": "nothing_found" })).await.expect(200);
    let package = shop.package(&case.id, &case.search, "access", None).await;
    let refused = case.release(&answering, &package, None).await.expect(409);
    assert!(refused.text().contains("four-eyes"), "who answered: {}", refused.text());
    let withholding = colleague(shop).await;
    let body = json!({
        "search_id": case.search["id"], "system": "shop", "table": "customers",
        "extent": "column", "column": "name", "exemption": "security",
    });
    withholding.post(&case.path("withholdings"), body).await.expect(201);
    worker::drain(&shop.app.app).await.unwrap();
    let refused = case.release(&withholding, &package, None).await.expect(409);
    assert!(refused.text().contains("four-eyes"), "who withheld: {}", refused.text());
    // What somebody else withholds later makes nobody forget.
    let body = json!({
        "search_id": case.search["id"], "system": "shop", "table": "orders",
        "extent": "column", "column": "total", "exemption": "security",
    });
    shop.dpo().post(&case.path("withholdings"), body).await.expect(201);
    worker::drain(&shop.app.app).await.unwrap();
    for prepared in [&withholding, &answering] {
        let refused = case.release(prepared, &package, None).await.expect(409);
        assert!(refused.text().contains("four-eyes"), "{}", refused.text());
    }
    let other = colleague(shop).await;
    case.release(&other, &package, None).await.expect(200);
    shop.app.assert_replays().await;
}

/// Another DPO, changing whatever version there is.
async fn colleague(shop: &Shop) -> Client<'_> {
    let user = shop.app.user(&[(shop.controller.id, Role::Dpo)]).await;
    shop.app.as_user(&user).with("if-match", "*")
}

async fn assert_four_eyes(case: &Released, by: &Client<'_>, why: &str) {
    let refused = case.release(by, &case.package, None).await.expect(409);
    assert!(refused.text().contains("four-eyes"), "{why}: {}", refused.text());
}

#[actix_web::test]
async fn t_14_the_way_to_a_package_is_the_portal_and_each_download_is_told_to_who_is_on_file() {
    let case = Released::new().await;
    let shop = &case.shop;
    let before = sent(shop).await.len();
    let link = case.portal(&case.package);
    let nobody = shop.app.anonymous().get(&link).await.expect(303);
    assert_eq!(nobody.header("location"), Some("/t/maison-exemple/en/"));
    let (_, other_reference) = shop.log("other@example.org").await;
    assert_ne!(other_reference, case.reference);
    let person = case.person().await;
    person.get(&link).await.expect(200);
    // A second fetch in this visit, and others within the hour, cause no second mail.
    person.get(&link).await.expect(200);
    shop.app.advance(Duration::minutes(20));
    person.get(&link).await.expect(200);
    let mails = sent(shop).await;
    assert_eq!(mails.len(), before + 1, "{mails:?}");
    // Nobody hides behind it: another browser is another download, at once.
    case.person().await.get(&link).await.expect(200);
    assert_eq!(sent(shop).await.len(), before + 2);
    let (to, text) = &mails[0];
    assert_eq!(to, "zoe.canari@example.org");
    assert!(text.contains("télécharger") && text.contains("écrivez-nous tout de suite"), "{text}");
    for personal in ["Zoé", "Canari", case.reference.as_str(), "access"] {
        assert!(!text.contains(personal), "{personal}: {text}");
    }
    shop.app.advance(Duration::minutes(41));
    case.person().await.get(&link).await.expect(200);
    assert_eq!(sent(shop).await.len(), before + 3);
    let downloads = case.events("PackageDownloaded").await;
    let noticed: Vec<bool> =
        downloads.iter().map(|event| event["detail"]["noticed"] == true).collect();
    assert_eq!(noticed, [true, false, true, true]);
    // Staff who look at it are no download of the person's.
    shop.dpo().get(&case.of(&case.package, "/content")).await.expect(200);
    assert_eq!(sent(shop).await.len(), before + 3);
}

#[actix_web::test]
async fn t_14_special_data_is_handed_out_at_v2_alone() {
    let case = Released::new().await;
    let shop = &case.shop;
    let link = case.portal(&case.package);
    case.person().await.get(&link).await.expect(200);
    // The ticket is special: what was enough for the release is wanted at each download.
    shop.dpo().post(&case.path("reopening"), json!({ "reason": "encore" })).await.expect(200);
    shop.identify(&case.id, "v1", &["in_person"]).await;
    case.person().await.get(&link).await.expect(404);
    shop.identify(&case.id, "v2", &["in_person", "known_facts"]).await;
    case.person().await.get(&link).await.expect(200);
}

#[actix_web::test]
async fn t_15_a_download_that_is_cut_a_hundred_times_is_whole_and_told_once() {
    let case = Released::new().await;
    let shop = &case.shop;
    let link = case.portal(&case.package);
    let person = case.person().await;
    let whole = person.get(&link).await.expect(200).body;
    let before = sent(shop).await.len();
    for tried in 1..=100 {
        // Cut after half of what is left, at another place each time.
        let half = whole.len() / 2 + tried;
        let first = person.with("range", format!("bytes=0-{}", half - 1)).get(&link).await;
        let rest = person.with("range", format!("bytes={half}-")).get(&link).await;
        let joined = [first.expect(206).body, rest.expect(206).body].concat();
        assert_eq!(joined, whole, "try {tried}");
    }
    assert_eq!(case.events("PackageDownloaded").await.len(), 1);
    assert_eq!(sent(shop).await.len(), before);
}

#[actix_web::test]
async fn t_16_what_is_over_is_nowhere_to_be_fetched_and_gone_from_the_disk() {
    for how in ["revoked", "closed", "expired"] {
        let case = Released::new().await;
        let shop = &case.shop;
        let link = case.portal(&case.package);
        let file = case.file(&case.package).await.unwrap();
        assert!(case.stands(file), "the test looks in the right place");
        case.person().await.get(&link).await.expect(200);
        match how {
            "revoked" => {
                let reason = json!({ "reason": "Une page d'autrui" });
                let path = case.of(&case.package, "/revocation");
                shop.dpo().post(&path, reason.clone()).await.expect(200);
                shop.dpo().post(&path, reason).await.expect(409);
            }
            "closed" => {
                let ground = json!({ "ground": "answered" });
                shop.dpo().post(&case.path("closing"), ground).await.expect(200);
                // Nobody can fetch it from now on; it goes once that cannot be undone any more.
                case.person().await.get(&link).await.expect(404);
                shop.dpo().get(&case.of(&case.package, "/content")).await.expect(409);
                assert!(case.stands(file));
                shop.app.advance(TAKEN);
            }
            _ => {
                shop.app.advance(Duration::days(30) - Duration::seconds(1));
                case.person().await.get(&link).await.expect(200);
                keeping::sweep(&shop.app.app).await.unwrap();
                assert!(case.stands(file), "a second too early");
                shop.app.advance(Duration::seconds(2));
                keeping::sweep(&shop.app.app).await.unwrap();
                keeping::sweep(&shop.app.app).await.unwrap();
                assert_eq!(case.events("PackageRetired").await.len(), 1);
            }
        }
        worker::drain(&shop.app.app).await.unwrap();
        case.person().await.get(&link).await.expect(404);
        shop.dpo().get(&case.of(&case.package, "/content")).await.expect(409);
        assert!(!case.stands(file), "{how}");
        let state = if how == "closed" { "ended" } else { how };
        assert_eq!(case.now(&case.package).await["state"], state);
        shop.app.assert_replays().await;
    }
}

#[actix_web::test]
async fn an_answer_is_given_anew_with_a_reason_and_the_old_one_is_dead() {
    let case = Released::new().await;
    let shop = &case.shop;
    let old = case.file(&case.package).await.unwrap();
    shop.app.advance(Duration::days(31));
    keeping::sweep(&shop.app.app).await.unwrap();
    worker::drain(&shop.app.app).await.unwrap();
    assert!(!case.stands(old));
    let anew = shop.package(&case.id, &case.search, "access", Some("essai")).await;
    let silent = case.release(&shop.dpo(), &anew, None).await.expect(409);
    assert!(silent.text().contains("reissue-needs-reason"), "{}", silent.text());
    case.release(&shop.dpo(), &anew, Some("Elle le demande")).await.expect(200);
    case.person().await.get(&case.portal(&anew)).await.expect(200);
    case.person().await.get(&case.portal(&case.package)).await.expect(404);
    shop.app.advance(Duration::days(29));
    case.person().await.get(&case.portal(&anew)).await.expect(200);
    // Within its thirty days too, another takes its place.
    let third = shop.package(&case.id, &case.search, "access", Some("essai")).await;
    let file = case.file(&anew).await.unwrap();
    case.release(&shop.dpo(), &third, Some("Encore")).await.expect(200);
    worker::drain(&shop.app.app).await.unwrap();
    assert!(!case.stands(file));
    assert_eq!(case.now(&anew).await["state"], "superseded");
    case.person().await.get(&case.portal(&anew)).await.expect(404);
    case.person().await.get(&case.portal(&third)).await.expect(200);
    let events = case.events("PackageReleased").await;
    assert_eq!(events.last().unwrap()["words"]["reason"], "Encore");
    shop.app.assert_replays().await;
}
