//! Mail out, through a real mail server: what arrives, what does not, and who is told.

mod bounces;
mod faults;
mod post;
mod relay;
mod server;

use guichet::domain::mail::MailState;
use guichet::mail::settings::{Delivery, SmtpTls};
use mail_parser::MimeHeaders;
use serde_json::json;

use self::post::Post;
use self::server::MailServer;

#[actix_web::test]
async fn a_mail_arrives_once_signed_and_readable() {
    let Some(server) = MailServer::find() else { return };
    let post = Post::open(server.delivery()).await;
    let admin = post.admin().await;
    let changed = json!({
        "mail_from": "droits@maison.example",
        "mail_reply_to": "dpo@maison.example",
        "mail_name": "Maison “Exemple”, vos droits <x@y.example>",
    });
    let client = post.app.as_user(&admin).with("if-match", "*");
    let path = format!("/api/v1/controllers/{}", post.controller.id);
    client.patch(&path, changed).await.expect(200);
    let post = post.again().await;

    let (to, id) = post.write_to_person("zoe").await;
    assert_eq!(post.drain().await, 0, "a notice waits so that it can be undone");
    post.app.advance(chrono::Duration::seconds(10));
    assert_eq!(post.drain().await, 1);

    let mail = post.row(id).await;
    assert_eq!((mail.state, mail.attempts, mail.last_error), (MailState::Sent, 1, None));
    assert_eq!(mail.sent_at.unwrap().utc(), post.app.app.now());
    let delivered = server.delivered(&to, 1);
    let [delivered] = delivered.as_slice() else { panic!("{} mails", delivered.len()) };
    let read = delivered.read();
    assert_eq!(read.subject(), Some("Un message vous attend « ici »"));
    assert_eq!(delivered.header("Envelope-To"), to);
    assert_eq!(delivered.header("To"), to);
    assert_eq!(delivered.header("Return-Path"), "<bounces@instance.example>");
    let from = read.from().unwrap().first().unwrap();
    assert_eq!(from.address(), Some("droits@maison.example"));
    assert_eq!(from.name(), Some("Maison “Exemple”, vos droits <x@y.example>"));
    assert_eq!(read.from().unwrap().iter().count(), 1);
    let reply_to = read.reply_to().unwrap().first().unwrap();
    assert_eq!(reply_to.address(), Some("dpo@maison.example"));
    assert_eq!(delivered.header("Message-ID"), mail.message_id);
    assert!(mail.message_id.ends_with("@maison.example>"));
    assert_eq!(delivered.header("Auto-Submitted"), "auto-generated");
    assert_eq!(delivered.header("Content-Language"), "fr");
    assert_eq!(read.date().unwrap().to_timestamp(), mail.created_at.utc().timestamp());
    assert!(read.cc().is_none() && read.bcc().is_none());
    assert_eq!(read.content_type().unwrap().subtype(), Some("alternative"));
    let text = read.body_text(0).unwrap();
    assert!(text.contains("Bonjour Zoé Martin,\n\nUn message vous attend."), "{text}");
    let html = read.body_html(0).unwrap();
    assert!(html.contains("<p>Un message vous attend.</p>") && html.contains("lang=\"fr\""));

    let events = post.app.as_user(&post.dpo).events(&post.case).await;
    let sent = events.last().unwrap();
    assert_eq!(sent["kind"], "MailSent");
    assert_eq!(sent["detail"]["purpose"], "portal_notice");
    assert!(!format!("{events:?}").contains(&to), "an address in clear");
    post.app.assert_replays().await;
}

#[actix_web::test]
async fn tls_from_the_first_byte_works_too() {
    let Some(server) = MailServer::find() else { return };
    let settings = server.settings(server.implicit, SmtpTls::Implicit);
    let post = Post::open(Delivery::Smtp(Box::new(settings))).await;
    let (to, id) = post.write_to_person("ida").await;
    post.app.advance(chrono::Duration::seconds(10));
    post.drain().await;
    assert_eq!(post.row(id).await.state, MailState::Sent);
    assert_eq!(server.delivered(&to, 1).len(), 1);
}

#[actix_web::test]
async fn o_10_without_tls_that_proves_itself_nothing_is_sent() {
    let Some(server) = MailServer::find() else { return };
    // No STARTTLS is offered, as after somebody on the line took it out.
    let stripped = server.settings(server.plain, SmtpTls::StartTls);
    // Its certificate is nobody's that the system trusts.
    let mut unknown = server.settings(server.starttls, SmtpTls::StartTls);
    unknown.roots = None;
    // The certificate is of another name.
    let mut other_name = server.settings(server.starttls, SmtpTls::StartTls);
    other_name.host = "127.0.0.1".to_owned();
    let mut implicit = server.settings(server.implicit, SmtpTls::Implicit);
    implicit.host = "127.0.0.1".to_owned();
    // Clear text where TLS is expected.
    let clear = server.settings(server.plain, SmtpTls::Implicit);
    for (case, settings) in [stripped, unknown, other_name, implicit, clear].into_iter().enumerate()
    {
        let post = Post::open(Delivery::Smtp(Box::new(settings))).await;
        let (to, id) = post.write_to_person(&format!("tls{case}")).await;
        post.app.advance(chrono::Duration::seconds(10));
        post.drain().await;
        let mail = post.row(id).await;
        assert_eq!(mail.state, MailState::Waiting, "case {case}");
        assert_eq!(mail.last_error.as_deref(), Some("smtp-not-secure"), "case {case}");
        assert!(server.look(&to).is_empty(), "case {case}");
    }
}

#[actix_web::test]
async fn without_a_mail_server_mails_wait_and_are_said_to() {
    let post = Post::open(Delivery::NotSetUp).await;
    let (_, id) = post.write_to_person("wait").await;
    post.app.advance(chrono::Duration::seconds(10));
    for _ in 0..30 {
        post.drain().await;
        post.app.advance(chrono::Duration::hours(4));
    }
    let mail = post.row(id).await;
    assert_eq!((mail.state, mail.attempts), (MailState::Waiting, 0));
    let ready: serde_json::Value = post.app.anonymous().get("/readyz").await.expect(200).json();
    assert!(ready["mail"].as_str().unwrap().contains("smtp_host"), "{ready}");
    assert!(post.tasks().await.is_empty());
}

#[actix_web::test]
async fn a_setting_of_mail_that_cannot_be_used_is_refused_at_its_place() {
    let post = Post::open(Delivery::NotSetUp).await;
    let admin = post.admin().await;
    let path = format!("/api/v1/controllers/{}", post.controller.id);
    for (field, value) in [
        ("mail_from", "droits@maison.example\r\nBcc: evil@evil.example"),
        ("mail_from", "Maison <droits@maison.example>"),
        ("mail_reply_to", "a@b.example, c@d.example"),
        ("mail_name", "Maison\r\nBcc: evil@evil.example"),
        ("mail_name", "Maison\0"),
    ] {
        let client = post.app.as_user(&admin).with("if-match", "*");
        let problem: serde_json::Value =
            client.patch(&path, json!({ field: value })).await.expect(422).json();
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
    let client = post.app.as_user(&admin).with("if-match", "*");
    let set = json!({ "mail_from": "droits@maison.example" });
    client.patch(&path, set).await.expect(200);
    let client = post.app.as_user(&admin).with("if-match", "*");
    let row: serde_json::Value =
        client.patch(&path, json!({ "mail_from": "" })).await.expect(200).json();
    assert!(row["mail_from"].is_null());
}

#[actix_web::test]
async fn the_demo_shows_its_mail_and_no_other_instance_does() {
    let post = Post::open(Delivery::KeptHere).await;
    let (to, id) = post.write_to_person("demo").await;
    post.app.advance(chrono::Duration::seconds(10));
    post.drain().await;
    let page = post.app.anonymous().get("/mail").await.expect(200).text();
    for shown in [to.as_str(), "Bonjour Zoé Martin,", "Auto-Submitted: auto-generated"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let message_id = post.row(id).await.message_id;
    assert!(page.contains(message_id.trim_matches(['<', '>'])), "{page}");
    for delivery in [Delivery::NotSetUp] {
        let post = Post::open(delivery).await;
        post.write_to_person("serve").await;
        post.app.anonymous().get("/mail").await.expect(404);
    }
}
