//! What staff had typed when their session was over comes back to them, and to nobody else.

use chrono::Duration;
use guichet::domain::actor::Role;

use super::{browser, cookie, token};
use crate::support::app::TestApp;
use crate::support::builders::{PASSWORD, User};
use crate::support::cases::LoggedCase;
use crate::support::client::{Answer, Client};

pub(super) const WORDS: &str = "She called.\nHer <file> is in Rennes.";
pub(super) const SHOWN: &str = "She called.\nHer &#60;file&#62; is in Rennes.";

/// What the sign-in page holds back.
pub(super) fn held(page: &Answer) -> Option<String> {
    let text = page.text();
    let value = text.split("name=\"kept\" value=\"").nth(1)?;
    Some(value.split('"').next().unwrap().to_owned())
}

/// Signs in on a page that holds something back.
pub(super) async fn sign_in(
    app: &TestApp,
    page: &Answer,
    who: &User,
    password: &str,
    kept: &str,
) -> Answer {
    let form = format!("form={}", cookie(page, "form").unwrap());
    let csrf = token(page, "/sign-in");
    let fields =
        [("csrf", csrf.as_str()), ("email", &who.email), ("password", password), ("kept", kept)];
    app.anonymous().with("cookie", form).post_files("/sign-in", &fields, &[], usize::MAX).await
}

pub(super) struct Scene {
    pub app: TestApp,
    pub user: User,
    pub other: User,
    pub case: LoggedCase,
}

pub(super) async fn scene() -> Scene {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let roles = [(controller.id, Role::Dpo)];
    let (user, other) = (app.user(&roles).await, app.user(&roles).await);
    let case = app.log_case(&user, &controller, |_| {}).await;
    Scene { app, user, other, case }
}

pub(super) async fn form<'a>(desk: &Client<'a>, page: &str, action: &str) -> (String, String) {
    let page = desk.get(page).await.expect(200);
    let text = page.text();
    let form = text.split(&format!("action=\"{action}\"")).nth(1).expect("the form");
    let version = form.split("name=\"version\" value=\"").nth(1).unwrap_or("\"");
    (token(&page, action), version.split('"').next().unwrap().to_owned())
}

#[actix_web::test]
async fn words_of_a_session_that_was_over_come_back_after_the_sign_in_and_are_sent_on_demand() {
    let Scene { app, user, other, case } = scene().await;
    let page = format!("/requests/{}", case.id);
    let action = format!("{page}/notes");
    let desk = browser(&app, &user).await;
    let (csrf, version) = form(&desk, &page, &action).await;
    app.advance(Duration::hours(1));
    // Others begin sessions, and what is over is forgotten.
    browser(&app, &other).await;
    let fields = [("csrf", csrf.as_str()), ("version", version.as_str()), ("note", WORDS)];
    let over = desk.post_form(&action, &fields).await.expect(200);
    let text = over.text();
    assert!(text.contains("what you had typed was not sent") && !text.contains("Rennes"), "{text}");
    let kept = held(&over).unwrap();

    // A slip keeps it; another person, and a seal that was touched, get none of it.
    let slip = sign_in(&app, &over, &user, "not the password at all", &kept).await.expect(422);
    assert_eq!(held(&slip).unwrap(), kept);
    let strange = sign_in(&app, &over, &other, PASSWORD, &kept).await.expect(303);
    assert_eq!(strange.header("location"), Some("/"));
    let mut altered = kept.clone().into_bytes();
    altered[40] ^= 1;
    let altered = String::from_utf8(altered).unwrap();
    sign_in(&app, &over, &user, PASSWORD, &altered).await.expect(303);

    let back = sign_in(&app, &over, &user, PASSWORD, &kept).await.expect(200);
    let text = back.text();
    assert!(text.contains(SHOWN) && text.contains("Add a note"), "{text}");
    assert!(text.contains(&format!("href=\"{page}\"")), "{text}");
    let notes = async || {
        let events = app.as_user(&user).events(&case).await;
        events.iter().filter(|event| event["kind"] == "NoteAdded").count()
    };
    assert_eq!(notes().await, 0, "nothing is sent by itself");
    let session = format!("session={}", cookie(&back, "session").unwrap());
    let csrf = token(&back, &action);
    let fields = [("csrf", csrf.as_str()), ("version", version.as_str()), ("note", WORDS)];
    let again = app.anonymous().with("cookie", session);
    again.post_form(&action, &fields).await.expect(303);
    assert_eq!(notes().await, 1);
    app.advance(Duration::hours(13));
    sign_in(&app, &over, &user, PASSWORD, &kept).await.expect(303);
}

#[actix_web::test]
async fn every_form_with_words_gains_it_and_nothing_else_does() {
    let Scene { app, user, case, .. } = scene().await;
    let page = format!("/requests/{}", case.id);
    let desk = browser(&app, &user).await;
    let (csrf, _) = form(&desk, &page, &format!("{page}/notes")).await;
    app.advance(Duration::hours(1));
    let long = "3;une\n".repeat(300_000);
    for (path, field, text, files) in [
        (format!("{page}/closing"), "closing_reason", WORDS, false),
        (format!("{page}/decision"), "reason", WORDS, false),
        (format!("{page}/messages"), "message", WORDS, true),
        (format!("{page}/searches/{}/systems/paper", case.id), "rows-0", long.as_str(), false),
    ] {
        let fields = [("csrf", csrf.as_str()), (field, text)];
        let given: &[(&str, &[u8])] = if files { &[("a.txt", b"a")] } else { &[] };
        let over = desk.post_files(&path, &fields, given, usize::MAX).await.expect(200);
        let back = sign_in(&app, &over, &user, PASSWORD, &held(&over).unwrap()).await.expect(200);
        let text = back.text();
        assert!(text.contains("Send it now") && text.contains(&format!("name=\"{field}\"")));
        assert_eq!(text.contains("type=\"file\""), files, "{path}");
        assert!(text.contains(if field == "rows-0" { long.trim() } else { SHOWN }), "{path}");
    }
    // No words, a password, another site, no token: only the sign-in.
    let foreign = desk.with("sec-fetch-site", "cross-site");
    for (client, path, fields) in [
        (&desk, "/requests/x/acknowledgement", vec![("csrf", csrf.as_str())]),
        (&desk, "/password", vec![("csrf", csrf.as_str()), ("present", "My old pass words")]),
        (&foreign, "/requests/x/notes", vec![("csrf", csrf.as_str()), ("note", WORDS)]),
        (&desk, "/requests/x/notes", vec![("note", WORDS)]),
    ] {
        let path = path.replace("/x/", &format!("/{}/", case.id));
        let answer = client.post_form(&path, &fields).await.expect(303);
        assert_eq!(answer.header("location"), Some("/sign-in"), "{path}");
    }
}

#[actix_web::test]
async fn what_is_too_long_to_be_kept_is_told_and_no_part_of_it_taken() {
    let Scene { app, user, case, .. } = scene().await;
    let page = format!("/requests/{}", case.id);
    let action = format!("{page}/messages");
    let desk = browser(&app, &user).await;
    let (csrf, version) = form(&desk, &page, &action).await;
    app.advance(Duration::hours(1));
    let long = "a word and ".repeat(200_000);
    let fields = [("csrf", csrf.as_str()), ("version", version.as_str()), ("message", &long)];
    let told = desk.post_files(&action, &fields, &[], usize::MAX).await.expect(413);
    assert!(
        held(&told).is_none() && told.text().contains("too long to be kept"),
        "{}",
        told.text()
    );
    // Below the limit it comes back whole, however many characters JSON writes for one.
    let long = "\"A\"\n".repeat(480_000);
    let fields = [("csrf", csrf.as_str()), ("version", version.as_str()), ("message", &long)];
    let over = desk.post_files(&action, &fields, &[], usize::MAX).await.expect(200);
    let kept = held(&over).unwrap();
    let back = sign_in(&app, &over, &user, PASSWORD, &kept).await.expect(200);
    assert_eq!(back.text().matches("&#34;A&#34;").count(), 2 * 480_000);
}

#[actix_web::test]
async fn another_tab_that_signs_in_first_loses_nothing_of_this_one() {
    let Scene { app, user, case, .. } = scene().await;
    let page = format!("/requests/{}", case.id);
    let action = format!("{page}/notes");
    let desk = browser(&app, &user).await;
    let (csrf, version) = form(&desk, &page, &action).await;
    app.advance(Duration::hours(1));
    let fields = [("csrf", csrf.as_str()), ("version", version.as_str()), ("note", WORDS)];
    let over = desk.post_form(&action, &fields).await.expect(200);
    let kept = held(&over).unwrap();
    // The other tab took the cookie of this form with it.
    let fields = [
        ("csrf", &*token(&over, "/sign-in")),
        ("email", &user.email),
        ("password", PASSWORD),
        ("kept", &kept),
    ];
    let again = app.anonymous().post_files("/sign-in", &fields, &[], usize::MAX).await.expect(403);
    assert_eq!(held(&again).unwrap(), kept);
    let back = sign_in(&app, &again, &user, PASSWORD, &kept).await.expect(200);
    assert!(back.text().contains(SHOWN), "{}", back.text());
}

#[actix_web::test]
async fn a_secret_is_never_held_back() {
    let Scene { app, user, case, .. } = scene().await;
    let desk = browser(&app, &user).await;
    let page = format!("/requests/{}", case.id);
    let (csrf, _) = form(&desk, &page, &format!("{page}/notes")).await;
    app.advance(Duration::hours(1));
    let fields = [("csrf", csrf.as_str()), ("client_secret", "A Secret"), ("act", "save")];
    let path =
        format!("/controllers/{}/identity-provider", case.answer["request"]["controller_id"]);
    let answer = desk.post_form(&path.replace('"', ""), &fields).await;
    assert!(held(&answer).is_none() && !answer.text().contains("A Secret"), "{}", answer.status);
}

/// The identity decision with words and choices, as it was held back in a session that was over.
async fn held_identity(app: &TestApp, user: &User, case: &LoggedCase) -> (Answer, String) {
    let page = format!("/requests/{}", case.id);
    let desk = browser(app, user).await;
    let (csrf, version) = form(&desk, &page, &format!("{page}/notes")).await;
    app.advance(Duration::hours(1));
    let fields = [
        ("csrf", csrf.as_str()),
        ("version", version.as_str()),
        ("level", "v2"),
        ("methods", "in_person"),
        ("methods", "known_facts"),
        ("identity_reason", WORDS),
    ];
    let over = desk.post_form(&format!("{page}/identity-decision"), &fields).await.expect(200);
    let kept = held(&over).unwrap();
    (over, kept)
}

#[actix_web::test]
async fn what_was_chosen_comes_back_in_words_and_survives_the_language_button() {
    let Scene { app, user, other, case } = scene().await;
    let (over, kept) = held_identity(&app, &user, &case).await;
    // The sign-in in another language holds it still, and shows nothing of it.
    let fields = [("back", "/sign-in"), ("language", "fr"), ("kept", kept.as_str())];
    let french = app.anonymous().post_files("/language", &fields, &[], usize::MAX).await;
    let french = french.expect(200);
    assert_eq!(cookie(&french, "language").as_deref(), Some("fr"));
    assert_eq!(held(&french).unwrap(), kept);
    let text = french.text();
    assert!(text.contains("Se connecter") && !text.contains("Rennes"), "{text}");
    assert!(over.text().contains("action=\"/language\" enctype=\"multipart/form-data\""));

    let back = sign_in(&app, &french, &user, PASSWORD, &kept).await.expect(200);
    let text = back.text();
    for shown in [
        "<dt>Level reached</dt><dd class=\"written\">V2: two independent proofs",
        "<dt>How it was checked</dt>",
        SHOWN,
    ] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    assert_eq!(text.matches("<dt>How it was checked</dt>").count(), 2);
    assert_eq!(held(&back).unwrap(), kept);
    let session = format!("session={}", cookie(&back, "session").unwrap());
    let theirs = app.anonymous().with("cookie", session);
    let french = theirs.post_files("/language", &fields, &[], usize::MAX).await.expect(200);
    let text = french.text();
    assert!(text.contains("<html lang=\"fr\">") && text.contains(SHOWN), "{text}");
    assert!(!text.contains("Level reached") && text.contains("Niveau atteint"), "{text}");
    assert!(text.contains(&format!("action=\"/requests/{}/identity-decision\"", case.id)));
    // Whoever else is signed in gets the sign-in, without a word of it.
    let others = browser(&app, &other).await;
    let strange = others.post_files("/language", &fields, &[], usize::MAX).await.expect(403);
    assert!(!strange.text().contains("Rennes") && !strange.text().contains("Niveau atteint"));
}

#[actix_web::test]
async fn whoever_must_change_the_password_first_finds_their_words_behind_it() {
    let Scene { app, user, case, .. } = scene().await;
    let (over, kept) = held_identity(&app, &user, &case).await;
    let id = user.id;
    let must = app.app.write(move |conn| {
        let hash = guichet::db::users::get(conn, id)?.unwrap().password_hash;
        Ok(guichet::db::users::set_password(conn, id, &hash, true)?)
    });
    must.await.unwrap();
    let first = sign_in(&app, &over, &user, PASSWORD, &kept).await.expect(200);
    let text = first.text();
    assert!(text.contains("action=\"/password\"") && !text.contains("Rennes"), "{text}");
    assert_eq!(held(&first).unwrap(), kept);
    let session = format!("session={}", cookie(&first, "session").unwrap());
    let desk = app.anonymous().with("cookie", session);
    let csrf = token(&first, "/password");
    let new = "a quite new set of words";
    for (token, again, status) in [(&csrf, "another", 422), (&"x".to_owned(), new, 403)] {
        let fields = [
            ("csrf", token.as_str()),
            ("kept", &kept),
            ("present", PASSWORD),
            ("new", new),
            ("again", again),
        ];
        let slip = desk.post_files("/password", &fields, &[], usize::MAX).await.expect(status);
        assert_eq!(held(&slip).unwrap(), kept, "{status}");
    }
    let fields = [
        ("csrf", csrf.as_str()),
        ("kept", &kept),
        ("present", PASSWORD),
        ("new", new),
        ("again", new),
    ];
    // A session that is over meanwhile begins again at the sign-in.
    let nobody = app.anonymous().post_files("/password", &fields, &[], usize::MAX).await;
    assert_eq!(held(&nobody.expect(200)).unwrap(), kept);
    let back = desk.post_files("/password", &fields, &[], usize::MAX).await.expect(200);
    assert!(back.text().contains(SHOWN), "{}", back.text());
    assert!(back.text().contains("Level reached"), "{}", back.text());
}

#[actix_web::test]
async fn a_form_of_an_older_session_gives_its_words_back_to_the_same_person_alone() {
    let Scene { app, user, other, case } = scene().await;
    let page = format!("/requests/{}", case.id);
    let action = format!("{page}/notes");
    let older = browser(&app, &user).await;
    let (csrf, version) = form(&older, &page, &action).await;
    let newer = browser(&app, &user).await;
    let fields = [("csrf", csrf.as_str()), ("version", version.as_str()), ("note", WORDS)];
    let back = newer.post_form(&action, &fields).await.expect(200);
    assert!(back.text().contains(SHOWN), "{}", back.text());
    // With files too, and from a form longer than what is looked at.
    let long = format!("{WORDS}{}", "é".repeat(20_000));
    let fields = [("csrf", csrf.as_str()), ("version", version.as_str()), ("message", &long)];
    let file: &[(&str, &[u8])] = &[("a.txt", b"a")];
    let with_file = newer.post_files(&format!("{page}/messages"), &fields, file, usize::MAX).await;
    let text = with_file.expect(200).text();
    assert!(text.contains("name=\"message\"") && text.contains("type=\"file\""), "{text}");
    assert!(text.contains(&"é".repeat(20_000)));

    // Another person on the same browser, a token that nobody was shown, no words.
    let others = browser(&app, &other).await;
    let forged = format!("x{csrf}");
    for (client, csrf, note) in [
        (&others, &csrf, WORDS),
        (&newer, &forged, WORDS),
        (&others, &forged, WORDS),
        (&newer, &csrf, " "),
    ] {
        let fields = [("csrf", csrf.as_str()), ("version", version.as_str()), ("note", note)];
        let refused = client.post_form(&action, &fields).await.expect(403);
        assert!(!refused.text().contains("Rennes"), "{}", refused.text());
    }
    let events = app.as_user(&user).events(&case).await;
    assert!(events.iter().all(|event| event["kind"] != "NoteAdded"));
    // What came back is sent with the token of the session that stands.
    let fields = [("csrf", &*token(&back, &action)), ("version", &version), ("note", WORDS)];
    newer.post_form(&action, &fields).await.expect(303);
}
