//! Mail when something fails: the server, the line, the process, or somebody's good will.

use std::sync::atomic::Ordering;

use chrono::Duration;
use guichet::app::Clock;
use guichet::domain::mail::{MailPurpose, MailState};
use guichet::error::Error;
use guichet::mail::settings::{Delivery, SmtpTls};
use guichet::workflow::mails;
use serde_json::json;

use super::post::Post;
use super::relay::Relay;
use super::server::MailServer;
use crate::faults::server::Process;

#[actix_web::test]
async fn a_server_that_is_down_gets_the_mail_when_it_is_up() {
    let Some(server) = MailServer::find() else { return };
    let relay = Relay::to(server.starttls);
    let settings = server.settings(relay.port, SmtpTls::StartTls);
    let post = Post::open(Delivery::Smtp(Box::new(settings))).await;
    relay.set_open(false);
    let (to, id) = post.write_to_person("down").await;
    post.app.advance(Duration::seconds(10));
    assert_eq!(post.drain().await, 1);
    let mail = post.row(id).await;
    assert_eq!((mail.state, mail.attempts), (MailState::Waiting, 1));
    assert_eq!(mail.last_error.as_deref(), Some("smtp-unreachable"));
    assert_eq!(post.drain().await, 0, "not again at once");
    relay.set_open(true);
    post.app.advance(Duration::minutes(1));
    post.drain().await;
    let mail = post.row(id).await;
    assert_eq!((mail.state, mail.attempts), (MailState::Sent, 2));
    let delivered = server.delivered(&to, 1);
    assert_eq!(delivered[0].header("Message-ID"), mail.message_id);
}

#[actix_web::test]
async fn a_server_that_asks_to_come_again_is_asked_again() {
    let Some(server) = MailServer::find() else { return };
    let post = Post::open(server.delivery()).await;
    let local = format!("busy-{}", post.request().uuid().simple());
    server.set_busy(&local, true);
    let (to, id) = post.write_to_person(&local).await;
    post.app.advance(Duration::seconds(10));
    post.drain().await;
    let mail = post.row(id).await;
    assert_eq!(mail.last_error.as_deref(), Some("smtp-busy"));
    assert!(post.tasks().await.is_empty());
    server.set_busy(&local, false);
    post.app.advance(Duration::minutes(1));
    post.drain().await;
    assert_eq!(post.row(id).await.state, MailState::Sent);
    assert_eq!(server.delivered(&to, 1).len(), 1);
}

#[actix_web::test]
async fn a_refusal_makes_a_task_at_once_and_answers_nothing() {
    let Some(server) = MailServer::find() else { return };
    let post = Post::open(server.delivery()).await;
    let before = post.app.as_user(&post.dpo).case(&post.case).await;
    let name = Some("Zoé Martin");
    let purpose = MailPurpose::PortalNotice;
    let id = post.write_to("nobody@refused.example", name, &[], purpose).await;
    post.app.advance(Duration::seconds(10));
    post.drain().await;
    let mail = post.row(id).await;
    assert_eq!((mail.state, mail.last_error.as_deref()), (MailState::Refused, Some("smtp-550")));
    let tasks = post.tasks().await;
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].detail, "portal_notice/smtp-550");
    let events = post.app.as_user(&post.dpo).events(&post.case).await;
    assert_eq!(events.last().unwrap()["kind"], "MailFailed");
    assert!(!format!("{events:?}").contains("refused.example"), "an address in clear");
    let after = post.app.as_user(&post.dpo).case(&post.case).await;
    assert_eq!(after["status"], before["status"]);
    post.app.assert_replays().await;
}

#[actix_web::test]
async fn d_11_after_two_days_without_a_server_a_person_is_asked() {
    let Some(server) = MailServer::find() else { return };
    let relay = Relay::to(server.starttls);
    relay.set_open(false);
    let settings = server.settings(relay.port, SmtpTls::StartTls);
    let post = Post::open(Delivery::Smtp(Box::new(settings))).await;
    let (_, id) = post.write_to_person("never").await;
    post.app.advance(Duration::seconds(10));
    let began = post.app.app.now();
    while post.row(id).await.state == MailState::Waiting {
        post.drain().await;
        let waiting = post.jobs().await.into_iter().filter(|job| job.state == "available");
        if let Some(next) = waiting.map(|job| job.run_at.utc()).min() {
            post.app.set_now(next);
        }
        assert!(post.app.app.now() - began < Duration::hours(49), "tried for ever");
    }
    assert!(post.app.app.now() - began >= Duration::hours(48));
    let mail = post.row(id).await;
    assert_eq!((mail.state, mail.attempts), (MailState::GivenUp, 20));
    let tasks = post.tasks().await;
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].detail, "portal_notice/smtp-unreachable");
}

#[actix_web::test]
async fn what_was_undone_in_time_never_goes() {
    let Some(server) = MailServer::find() else { return };
    let post = Post::open(server.delivery()).await;
    let (to, undone) = post.write_to_person("undone").await;
    let (kept_to, kept) = post.write_to_person("kept").await;
    post.app.advance(Duration::seconds(9));
    let call_off = |id| {
        let ctx = post.app.ctx();
        post.app.app.write(move |conn| mails::call_off(conn, &ctx, id))
    };
    call_off(undone).await.unwrap();
    post.app.advance(Duration::seconds(1));
    let late = call_off(kept).await;
    assert_eq!(late, Err(Error::Transition { code: "mail-on-its-way" }));
    post.drain().await;
    assert_eq!(post.row(undone).await.state, MailState::CalledOff);
    assert_eq!(server.delivered(&kept_to, 1).len(), 1);
    assert!(server.look(&to).is_empty());
    // A code is awaited: it goes at once.
    let (to, _) = post.write("code", None, &[], MailPurpose::Code).await;
    post.drain().await;
    assert_eq!(server.delivered(&to, 1).len(), 1);
}

#[actix_web::test]
async fn i_04_evil_texts_reach_one_recipient_as_text() {
    let Some(server) = MailServer::find() else { return };
    let post = Post::open(server.delivery()).await;
    for (case, evil) in [
        "Zoé\r\nBcc: evil@evil.example\r\n\r\nbuy",
        "Zoé\u{2028}Bcc: evil@evil.example",
        "=?utf-8?q?Zo=C3=A9=0D=0ABcc:_evil@evil.example?=",
        "Zoé\0\u{1b}[31m",
        "\r\n.\r\nMAIL FROM:<x@evil.example>\r\nRCPT TO:<y@evil.example>\r\n",
        "</p><script>alert(1)</script>",
    ]
    .into_iter()
    .enumerate()
    {
        let paragraphs = [evil.to_owned()];
        let local = format!("evil{case}");
        let (to, _) = post.write(&local, Some(evil), &paragraphs, MailPurpose::Code).await;
        post.drain().await;
        let delivered = server.delivered(&to, 1);
        assert_eq!(delivered.len(), 1, "{evil:?}");
        let read = delivered[0].read();
        assert_eq!(delivered[0].header("Envelope-To"), to);
        assert!(read.bcc().is_none() && read.cc().is_none(), "{evil:?}");
        assert_eq!(read.to().unwrap().iter().count(), 1);
        let text = read.body_text(0).unwrap();
        assert!(text.starts_with("Bonjour,"), "a stranger's words as a name: {text:?}");
        assert!(!read.body_html(0).unwrap().contains("<script>"));
    }
    assert!(server.look("evil.example").is_empty());
}

#[actix_web::test]
async fn d_03_killed_between_250_and_our_mark_one_duplicate_at_most() {
    let Some(server) = MailServer::find() else { return };
    let relay = Relay::to(server.plain);
    let mut settings = server.settings(relay.port, SmtpTls::None);
    settings.roots = None;
    let post = Post::open(Delivery::Smtp(Box::new(settings))).await;
    post.app.set_now(Clock::Machine.now());
    relay.set_swallow(true);
    let (to, id) = post.write("killed", None, &[], MailPurpose::Code).await;
    let process = Process::work(post.app.config());
    // The server has taken it and said so; the process does not know.
    let taken = server.delivered(&to, 1);
    while relay.swallowed.load(Ordering::SeqCst) == 0 {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    process.kill();
    assert_eq!(post.row(id).await.state, MailState::Waiting);
    assert_eq!(taken.len(), 1);
    relay.set_swallow(false);
    let process = Process::work(post.app.config());
    for _ in 0..600 {
        if post.row(id).await.state == MailState::Sent {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let _ = process.terminate();
    let mail = post.row(id).await;
    assert_eq!((mail.state, mail.attempts), (MailState::Sent, 2));
    let delivered = server.delivered(&to, 2);
    assert_eq!(delivered.len(), 2, "one duplicate, and no more");
    for one in &delivered {
        assert_eq!(one.header("Message-ID"), mail.message_id);
    }
}

#[actix_web::test]
async fn what_is_of_no_use_any_more_is_not_sent() {
    let post = Post::open(Delivery::KeptHere).await;
    let until = post.app.app.now() + Duration::minutes(15);
    let code = (MailPurpose::Code, Some(until));
    let id = post.write_until("late@personne.example", None, &[], code).await;
    post.app.advance(Duration::minutes(16));
    post.drain().await;
    let mail = post.row(id).await;
    assert_eq!((mail.state, mail.last_error.as_deref()), (MailState::GivenUp, Some("too-late")));
    assert_eq!(post.tasks().await.len(), 1);
}

#[actix_web::test]
async fn a_destroyed_case_sends_nothing_and_its_mail_is_forgotten() {
    let post = Post::open(Delivery::KeptHere).await;
    let (_, id) = post.write_to_person("gone").await;
    let client = post.app.as_user(&post.dpo);
    client.verb(&post.case, "withdrawal", json!({ "reason": "by phone" })).await.expect(200);
    let typed = json!({ "reference": post.case.reference });
    client.verb(&post.case, "key-destruction", typed).await.expect(200);
    assert!(post.row(id).await.sealed_message.is_empty());
    post.app.advance(Duration::seconds(10));
    post.drain().await;
    let mail = post.row(id).await;
    assert_eq!(mail.last_error.as_deref(), Some("key-destroyed"));
    assert_eq!(mail.state, MailState::GivenUp);
    post.app.assert_replays().await;
}

#[actix_web::test]
async fn nothing_goes_to_a_contact_that_was_declared_unfit_meanwhile() {
    for purpose in [MailPurpose::Code, MailPurpose::PortalNotice, MailPurpose::DownloadNotice] {
        let post = Post::open(Delivery::KeptHere).await;
        let (_, id) = post.write("unsafe", None, &[], purpose).await;
        let said = json!({ "condition": "unsafe", "reason": "He reads her mail." });
        let client = post.app.as_user(&post.dpo);
        client.verb(&post.case, "contact-condition", said).await.expect(200);
        post.app.advance(Duration::minutes(1));
        post.drain().await;
        let mail = post.row(id).await;
        let ended = (mail.state, mail.last_error.as_deref());
        assert_eq!(ended, (MailState::GivenUp, Some("contact-unfit")), "{purpose:?}");
    }
}
