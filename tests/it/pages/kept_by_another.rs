//! Two accounts in one browser: words of the one that come while the other is signed in.

use super::kept::{SHOWN, Scene, WORDS, form, held, scene, sign_in};
use super::{browser, cookie};
use crate::support::builders::PASSWORD;

#[actix_web::test]
async fn words_of_another_account_are_held_back_for_it_and_it_is_said_what_happened() {
    let Scene { app, user, other, case } = scene().await;
    let page = format!("/requests/{}", case.id);
    let action = format!("{page}/notes");
    let writer = browser(&app, &user).await;
    let (csrf, version) = form(&writer, &page, &action).await;
    let others = browser(&app, &other).await;
    let fields = [("csrf", csrf.as_str()), ("version", version.as_str()), ("note", WORDS)];
    let refused = others.post_form(&action, &fields).await.expect(403);
    let text = refused.text();
    for said in
        ["another account than the one that is signed in now", "were not sent", "href=\"/\""]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("Rennes"), "{text}");
    let french = others.with("cookie", "language=fr").post_form(&action, &fields).await.expect(403);
    assert!(french.text().contains("un autre compte"), "{}", french.text());
    // The other account is signed in still, and nothing was written in its name.
    others.get(&page).await.expect(200);
    let events = app.as_user(&user).events(&case).await;
    assert!(events.iter().all(|event| event["kind"] != "NoteAdded"));

    // A slip keeps it; the writer finds the words, and nobody else does.
    let kept = held(&refused).unwrap();
    let slip = sign_in(&app, &refused, &user, "not the password at all", &kept).await.expect(422);
    assert_eq!(held(&slip).unwrap(), kept);
    let strange = sign_in(&app, &refused, &other, PASSWORD, &kept).await.expect(303);
    assert!(!strange.text().contains("Rennes"));
    let back = sign_in(&app, &refused, &user, PASSWORD, &kept).await.expect(200);
    assert!(back.text().contains(SHOWN), "{}", back.text());
    assert!(cookie(&back, "session").is_some());

    // A form without words says whose it is.
    let fields = [("csrf", csrf.as_str()), ("version", version.as_str())];
    let bare = others.post_form(&format!("{page}/assignee"), &fields).await.expect(403).text();
    assert!(bare.contains("This form was opened with another account"), "{bare}");
}
