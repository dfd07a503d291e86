//! Files that staff attach through the API: within the limits of the page, and refused as clearly.

use guichet::domain::actor::Role;

use super::{Scene, WHOLE, pdf};
use crate::support::client::Answer;

#[actix_web::test]
async fn a_program_attaches_what_staff_attach_on_the_page() {
    let scene = Scene::new().await;
    let api = scene.app.as_user(&scene.dpo).with("if-match", "*");
    let path = format!("/api/v1/requests/{}/messages", scene.case.id);
    let send = async |fields: &[(&str, &str)], files: &[(&str, &[u8])]| -> Answer {
        api.post_files(&path, fields, files, WHOLE).await
    };
    let text = [("message", "Voici le plan.")];
    let six: Vec<(&str, &[u8])> = vec![("a.txt", b"a".as_slice()); 6];
    let before = (scene.kept(), scene.events().await);
    for (fields, files, wrong) in [
        (&text[..], &six[..], "files: attachment-too-many"),
        (&text, &[("page.html", b"<script>".as_slice())], "files: attachment-kind"),
        (&text, &[("photo.png", b"no picture")], "files: attachment-content"),
        (&[], &[], "message: empty"),
        (&[("message", "Hello"), ("note", "x")], &[("a.txt", b"a")], ": unknown-field"),
    ] {
        let refused = send(fields, files).await.expect(422);
        assert_eq!(refused.problem().1, [wrong]);
    }
    let plan = pdf(50_000);
    let files: [(&str, &[u8]); 2] = [("plan à lire.pdf", &plan), ("note.txt", b"Hello")];
    let cut = api.post_files(&path, &text, &files, 20_000).await;
    cut.expect(400);
    let stale = scene.app.as_user(&scene.dpo).with("if-match", "\"9\"");
    stale.post_files(&path, &text, &files, WHOLE).await.expect(412);
    let auditor = scene.app.user(&[(scene.controller.id, Role::Auditor)]).await;
    let reader = scene.app.as_user(&auditor).with("if-match", "*");
    reader.post_files(&path, &text, &files, WHOLE).await.expect(403);
    assert_eq!((scene.kept(), scene.events().await), before, "nothing is kept of what is refused");

    send(&text, &files).await.expect(200);
    // Files may speak for themselves.
    send(&[], &files[..1]).await.expect(200);
    assert_eq!((scene.kept(), scene.listed().await.len()), (3, 3));
    let events = scene.app.as_user(&scene.dpo).events(&scene.case).await;
    let sent: Vec<_> = events.iter().filter(|event| event["kind"] == "MessageSent").collect();
    assert_eq!(sent[0]["words"]["message"], "Voici le plan.");
    assert_eq!(sent[0]["detail"]["files"].as_array().unwrap().len(), 2);
    let listed = scene.listed().await;
    assert!(listed.iter().all(|file| file["from"] == "staff"), "{listed:?}");
    assert!(listed.iter().any(|file| file["name"] == "plan à lire.pdf"), "{listed:?}");
    scene.app.assert_replays().await;
}
