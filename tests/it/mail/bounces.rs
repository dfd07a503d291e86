//! Mail that the mail server took, and that came back.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::Duration;
use guichet::domain::mail::{MailPurpose, MailState};
use guichet::worker::bounces;

use super::post::Post;
use super::server::MailServer;
use crate::support::app::TestApp;

#[actix_web::test]
async fn d_11_a_mail_that_comes_back_makes_a_task() {
    let Some(server) = MailServer::find() else { return };
    let post = Post::open(server.delivery()).await;
    let purpose = MailPurpose::PortalNotice;
    let lost = post.write_to("zoe@late.example", Some("Zoé Martin"), &[], purpose).await;
    let (_, kept) = post.write_to_person("kept").await;
    post.app.advance(Duration::seconds(10));
    post.drain().await;
    let mail = post.row(lost).await;
    assert_eq!(mail.state, MailState::Sent, "the server took it");
    assert!(post.tasks().await.is_empty());

    let maildir = tempfile::tempdir().unwrap();
    for folder in ["new", "cur", "tmp"] {
        std::fs::create_dir(maildir.path().join(folder)).unwrap();
    }
    let bounce = server.bounce_of(&mail.message_id);
    let put = |name: &str, bytes: &[u8]| {
        std::fs::write(maildir.path().join("new").join(name), bytes).unwrap();
    };
    put("1.first", &bounce);
    put("2.again", &bounce);
    put("3.holiday", b"Subject: away\r\n\r\nBack on Monday.");
    put("4.of-another", &replaced(&bounce, &mail.message_id, "<00@elsewhere.example>"));
    let stuck = &mut BTreeSet::new();
    assert_eq!(bounces::look(&post.app.app, maildir.path(), stuck).await.unwrap(), 4);
    assert_eq!(bounces::look(&post.app.app, maildir.path(), stuck).await.unwrap(), 0);
    assert_eq!(names(&maildir.path().join("cur")).len(), 4, "nothing was deleted");

    let mail = post.row(lost).await;
    assert_eq!(mail.state, MailState::ComeBack);
    let code = mail.last_error.unwrap();
    assert!(code.starts_with("bounce-5."), "{code}");
    assert_eq!(post.row(kept).await.state, MailState::Sent);
    let tasks = post.tasks().await;
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].detail, format!("portal_notice/{code}"));
    let events = post.app.as_user(&post.dpo).events(&post.case).await;
    assert_eq!(events.iter().filter(|event| event["kind"] == "MailFailed").count(), 1);
    post.app.assert_replays().await;
}

#[actix_web::test]
async fn a_mailbox_that_is_not_there_is_told() {
    let Some(server) = MailServer::find() else { return };
    let post = Post::open(server.delivery()).await;
    let stuck = &mut BTreeSet::new();
    let place = Path::new("/nowhere/at/all");
    let error = bounces::look(&post.app.app, place, stuck).await.unwrap_err();
    assert_eq!(error.to_string(), "the folder `new` is not there");
}

#[actix_web::test]
async fn what_is_no_mail_keeps_none_back() {
    let app = TestApp::start().await;
    let maildir = tempfile::tempdir().unwrap();
    let place = |name: &str| maildir.path().join(name);
    // A folder where mail should be, and a message that cannot be moved away.
    for folder in ["new", "cur", "tmp", "new/1.folder", "cur/2.stuck:2,"] {
        std::fs::create_dir(place(folder)).unwrap();
    }
    std::os::unix::fs::symlink("/nowhere/at/all", place("new/0.link")).unwrap();
    for name in ["new/2.stuck", "new/3.mail"] {
        std::fs::write(place(name), b"Subject: away\r\n\r\nBack on Monday.").unwrap();
    }
    let mut stuck = BTreeSet::new();
    assert_eq!(bounces::look(&app.app, maildir.path(), &mut stuck).await.unwrap(), 1);
    assert!(place("cur/3.mail:2,").is_file());
    assert_eq!(stuck, BTreeSet::from([place("new/2.stuck")]));
    // What stays is looked at again, and told once.
    assert_eq!(bounces::look(&app.app, maildir.path(), &mut stuck).await.unwrap(), 0);
    std::fs::remove_dir(place("cur/2.stuck:2,")).unwrap();
    assert_eq!(bounces::look(&app.app, maildir.path(), &mut stuck).await.unwrap(), 1);
    assert!(stuck.is_empty() && place("cur/2.stuck:2,").is_file());
}

fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    assert!(text.contains(from));
    text.replace(from, to).into_bytes()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
