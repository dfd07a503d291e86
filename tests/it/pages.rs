//! Pages in a browser: the session with its cookie and forms here, queue and case below.

mod case;
mod desk;
mod kept;
mod kept_by_another;
mod letters;
mod queue;
mod replies;
mod tasks;

use chrono::Duration;
use guichet::domain::actor::Role;
use guichet::language::Language;

use crate::support::app::TestApp;
use crate::support::builders::{PASSWORD, User};
use crate::support::client::{Answer, Client};

/// The hidden token of the first form that leads to `action`.
pub fn token(page: &Answer, action: &str) -> String {
    let text = page.text();
    let form = text.split(&format!("action=\"{action}\"")).nth(1).expect("the form");
    let value = form.split("name=\"csrf\" value=\"").nth(1).expect("its token");
    value.split('"').next().unwrap().to_owned()
}

/// The value of a cookie that an answer sets.
fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.headers.get_all("set-cookie");
    set.filter_map(|value| value.to_str().ok())
        .find_map(|value| value.strip_prefix(&format!("{name}=")))
        .map(|value| value.split(';').next().unwrap().to_owned())
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> Answer {
    let form = app.anonymous().get("/sign-in").await.expect(200);
    let browser =
        app.anonymous().with("cookie", format!("form={}", cookie(&form, "form").unwrap()));
    let csrf = token(&form, "/sign-in");
    let fields = [("csrf", csrf.as_str()), ("email", email), ("password", password)];
    browser.post_form("/sign-in", &fields).await
}

pub async fn browser<'a>(app: &'a TestApp, user: &User) -> Client<'a> {
    let answer = sign_in(app, &user.email, PASSWORD).await.expect(303);
    let session = cookie(&answer, "session").unwrap();
    app.anonymous().with("cookie", format!("session={session}"))
}

#[actix_web::test]
async fn the_page_of_an_error_speaks_the_language_of_the_account() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let roles = [(controller.id, Role::Handler)];
    let user = app.insert_user(&roles, |row| row.language = Language::Fr).await;
    let reader = browser(&app, &user).await;
    let unknown = "/requests/019aac8e-7a10-7c3e-9d2b-0c7f4f1d2a13";
    let page = reader.get(unknown).await.expect(404);
    assert_eq!(page.header("content-language"), Some("fr"));
    assert!(page.text().contains("Introuvable"), "{}", page.text());
    // What was chosen in this browser comes first.
    let session = cookie(&sign_in(&app, &user.email, PASSWORD).await, "session").unwrap();
    let chosen = app.anonymous().with("cookie", format!("session={session}; language=en"));
    assert!(chosen.get(unknown).await.expect(404).text().contains("Not found"));
}

#[actix_web::test]
async fn a_browser_signs_in_looks_and_signs_out() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let user = app.user(&[(controller.id, Role::DataOwner)]).await;
    let nobody = app.anonymous().get("/").await.expect(303);
    assert_eq!(nobody.header("location"), Some("/sign-in"));

    let signed = sign_in(&app, &user.email, PASSWORD).await.expect(303);
    assert_eq!(signed.header("location"), Some("/"));
    let set = signed.headers.get_all("set-cookie");
    let set: Vec<&str> = set.map(|value| value.to_str().unwrap()).collect();
    let session = set.iter().find(|set| set.starts_with("session=")).unwrap();
    assert!(session.contains("HttpOnly") && session.contains("SameSite=Lax"), "{session}");

    let browser = browser(&app, &user).await;
    let home = browser.get("/").await.expect(200);
    for shown in [user.name.as_str(), "Maison Exemple SAS", "Data owner"] {
        assert!(home.text().contains(shown), "{shown}: {}", home.text());
    }
    assert_eq!(home.header("cache-control"), Some("no-store"));

    let forged = browser.post_form("/sign-out", &[("csrf", "x")]).await;
    assert!(forged.expect(403).text().contains("no longer valid"));
    browser.get("/").await.expect(200);
    let csrf = token(&home, "/sign-out");
    browser.post_form("/sign-out", &[("csrf", &csrf)]).await.expect(303);
    browser.get("/").await.expect(303);
}

#[actix_web::test]
async fn t_19_with_https_the_cookie_belongs_to_this_host_alone() {
    let app = TestApp::start_with(|config| {
        config.base_url = "https://desk.example".parse().unwrap();
    })
    .await;
    let user = app.user(&[]).await;
    let form = app.anonymous().get("/sign-in").await.expect(200);
    let before = cookie(&form, "__Host-form").unwrap();
    let csrf = token(&form, "/sign-in");
    let fields = [("csrf", csrf.as_str()), ("email", &user.email), ("password", PASSWORD)];
    let browser = app.anonymous().with("cookie", format!("__Host-form={before}"));
    let signed = browser.post_form("/sign-in", &fields).await.expect(303);
    let session = cookie(&signed, "__Host-session").unwrap();
    let set = signed.headers.get_all("set-cookie");
    let attributes = ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"];
    let one = set
        .map(|value| value.to_str().unwrap())
        .find(|value| value.starts_with("__Host-session="))
        .unwrap();
    assert!(attributes.iter().all(|wanted| one.contains(wanted)), "{one}");
    assert!(!one.contains("Domain"), "{one}");
    assert_eq!(form.header("strict-transport-security"), Some("max-age=31536000"));
    // Without the prefix it is no session.
    let plain = app.anonymous().with("cookie", format!("session={session}"));
    plain.get("/").await.expect(303);
    let prefixed = app.anonymous().with("cookie", format!("__Host-session={session}"));
    prefixed.get("/").await.expect(200);
}

#[actix_web::test]
async fn t_21_a_form_of_another_site_or_browser_is_refused() {
    let app = TestApp::start().await;
    let user = app.user(&[]).await;
    let form = app.anonymous().get("/sign-in").await.expect(200);
    let csrf = token(&form, "/sign-in");
    let fields = [("csrf", csrf.as_str()), ("email", &user.email), ("password", PASSWORD)];
    // Without the cookie that the form was shown with, or with another browser's.
    app.anonymous().post_form("/sign-in", &fields).await.expect(403);
    let other = app.anonymous().get("/sign-in").await.expect(200);
    let other = format!("form={}", cookie(&other, "form").unwrap());
    let stranger = app.anonymous().with("cookie", other);
    stranger.post_form("/sign-in", &fields).await.expect(403);
    // From another site, whatever else is right.
    let own = format!("form={}", cookie(&form, "form").unwrap());
    let own = app.anonymous().with("cookie", own);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
    ] {
        own.with(name, value).post_form("/sign-in", &fields).await.expect(403);
    }
    own.with("sec-fetch-site", "same-origin")
        .with("origin", "null")
        .post_form("/sign-in", &fields)
        .await
        .expect(303);
}

#[actix_web::test]
async fn t_17_a_sign_in_makes_a_new_session_and_ends_the_one_before() {
    let app = TestApp::start().await;
    let user = app.user(&[]).await;
    let first = browser(&app, &user).await;
    first.get("/").await.expect(200);
    // The browser still holds the first session when it signs in again.
    let form = first.get("/sign-in").await.expect(200);
    let cookies = first.with("cookie", format!("form={}", cookie(&form, "form").unwrap()));
    let csrf = token(&form, "/sign-in");
    let fields = [("csrf", csrf.as_str()), ("email", &user.email), ("password", PASSWORD)];
    let signed = cookies.post_form("/sign-in", &fields).await.expect(303);
    let second = cookie(&signed, "session").unwrap();
    first.get("/").await.expect(303);
    let second = app.anonymous().with("cookie", format!("session={second}"));
    second.get("/").await.expect(200);
}

#[actix_web::test]
async fn a_session_ends_when_idle_and_after_twelve_hours() {
    let app = TestApp::start().await;
    let user = app.user(&[]).await;
    let idle = browser(&app, &user).await;
    app.advance(Duration::minutes(29));
    idle.get("/").await.expect(200);
    app.advance(Duration::minutes(29));
    idle.get("/").await.expect(200);
    app.advance(Duration::minutes(30));
    idle.get("/").await.expect(303);

    let busy = browser(&app, &user).await;
    for _ in 0..35 {
        app.advance(Duration::minutes(20));
        busy.get("/").await.expect(200);
    }
    app.advance(Duration::minutes(20));
    busy.get("/").await.expect(303);
}

#[actix_web::test]
async fn t_23_a_one_time_password_leads_to_its_change_alone() {
    let app = TestApp::start().await;
    let user = app.insert_user(&[], |row| row.must_change_password = true).await;
    let here = browser(&app, &user).await;
    let elsewhere = browser(&app, &user).await;
    let turned = here.get("/").await.expect(303);
    assert_eq!(turned.header("location"), Some("/password"));
    let csrf = token(&here.get("/password").await.expect(200), "/password");
    let change = async |present: &str, new: &str, again: &str| {
        let fields =
            [("csrf", csrf.as_str()), ("present", present), ("new", new), ("again", again)];
        here.post_form("/password", &fields).await
    };
    let own = "a quiet heron by the pond";
    for (present, new, again, told) in [
        (PASSWORD, own, "something else", "in two ways"),
        (PASSWORD, "too short", "too short", "at least 15"),
        (PASSWORD, PASSWORD, PASSWORD, "is the present one"),
        ("not my password", own, own, "not your present password"),
    ] {
        let refused = change(present, new, again).await.expect(422);
        assert!(refused.text().contains(told), "{told}: {}", refused.text());
    }
    change(PASSWORD, own, own).await.expect(303);
    here.get("/").await.expect(200);
    elsewhere.get("/password").await.expect(303);
    sign_in(&app, &user.email, PASSWORD).await.expect(422);
    sign_in(&app, &user.email, own).await.expect(303);
}

#[actix_web::test]
async fn the_language_is_the_readers_choice() {
    let app = TestApp::start().await;
    let french = app.anonymous().with("accept-language", "fr-FR,fr;q=0.9");
    assert!(french.get("/sign-in").await.text().contains("Mot de passe"));
    let fields = [("language", "en"), ("back", "/sign-in")];
    let chosen = french.post_form("/language", &fields).await.expect(303);
    assert_eq!(chosen.header("location"), Some("/sign-in"));
    let chosen = cookie(&chosen, "language").unwrap();
    let english = french.with("cookie", format!("language={chosen}"));
    assert!(english.get("/sign-in").await.text().contains("E-mail address"));
    let fields = [("language", "xx"), ("back", "/sign-in")];
    french.post_form("/language", &fields).await.expect(422);
}

#[actix_web::test]
async fn the_style_sheet_is_asked_for_and_not_sent_again() {
    let app = TestApp::start().await;
    let style = app.anonymous().get("/assets/guichet.css").await.expect(200);
    assert!(style.text().contains("light-dark("));
    let tag = style.header("etag").unwrap();
    let again = app.anonymous().with("if-none-match", tag);
    again.get("/assets/guichet.css").await.expect(304);
    let missing = app.anonymous().get("/nowhere").await.expect(404);
    assert!(missing.text().contains("<h1>Not found</h1>"));
}
