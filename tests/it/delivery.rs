//! Checkpoints that leave the machine: by webhook to a real server, and by mail.

mod receiver;

use std::net::TcpListener;
use std::time::Duration as Wait;

use chrono::Duration;
use guichet::audit::checkpoint::Checkpoint;
use guichet::audit::note;
use guichet::config::Config;
use guichet::config::outside::Webhook;
use guichet::connectors::hosts::Allowlist;
use guichet::connectors::remote::ConnectError;
use guichet::connectors::webhook::{Call, CallError, Endpoint, WebhookSecret, post};
use guichet::db::checkpoint_deliveries::{self, CheckpointDelivery};
use guichet::db::controllers::Controller;
use guichet::db::{instance, mails, tasks};
use guichet::domain::actor::Scope;
use guichet::domain::checkpoint::DeliveryChannel;
use guichet::mail::address::MailAddress;
use guichet::mail::settings::Delivery;
use guichet::worker;
use guichet::worker::deliver_checkpoints::deliver;
use guichet::workflow::mails as written;
use serde_json::Value;

use self::receiver::{Certificate, Received, Receiver, SECRET, accept};
use crate::audit::tree;
use crate::support::app::TestApp;

const TAKEN: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

fn loopback() -> Allowlist {
    Allowlist { loopback: true, ..Allowlist::default() }
}

fn endpoint(url: &str, roots: Option<Vec<u8>>) -> Endpoint {
    Endpoint::parse(url, roots, &loopback()).unwrap()
}

fn to(receiver: &Receiver) -> impl FnOnce(&mut Config) + use<> {
    let url = format!("http://{}/checkpoints?of=us", receiver.address);
    move |config| {
        config.allowed.loopback = true;
        let secret = WebhookSecret::parse(SECRET).unwrap();
        config.checkpoint_webhook = Some(Webhook { endpoint: endpoint(&url, None), secret });
    }
}

/// Lets something happen, seals it, and does what a worker does.
async fn happen(app: &TestApp, controller: &Controller) {
    app.happen(controller.id, 2).await;
    app.seal().await;
    deliver(&app.app).await.unwrap();
    worker::drain(&app.app).await.unwrap();
}

async fn newest(app: &TestApp, controller: &Controller) -> Option<CheckpointDelivery> {
    let (tree, webhook) = (tree(controller), DeliveryChannel::Webhook);
    let read = app.app.read(move |conn| Ok(checkpoint_deliveries::newest(conn, tree, webhook)?));
    read.await.unwrap()
}

/// The calls about one tree: that of the instance is called in too.
fn about(receiver: &Receiver, controller: &Controller) -> Vec<(Received, Value)> {
    let all = receiver.all().into_iter().map(|received| {
        let body: Value = serde_json::from_slice(&received.body).unwrap();
        (received, body)
    });
    all.filter(|(_, body)| body["data"]["tree"] == tree(controller).to_string()).collect()
}

#[actix_web::test]
async fn o_05_a_checkpoint_is_called_in_signed_once_and_a_receiver_can_tell_what_is_forged() {
    let receiver = Receiver::http(vec![TAKEN]);
    let app = TestApp::start_with(to(&receiver)).await;
    let controller = app.controller("maison").await;
    happen(&app, &controller).await;
    let calls = about(&receiver, &controller);
    let [(received, body)] = calls.as_slice() else { panic!("{} calls", calls.len()) };
    assert_eq!(received.path, "/checkpoints?of=us");
    assert_eq!(received.headers["content-type"], "application/json");
    assert_eq!(body["type"], "audit.checkpoint");
    let signed = body["data"]["checkpoint"].as_str().unwrap();
    let kept = Checkpoint::open(signed, &[app.key(tree(&controller))]).unwrap();
    assert_eq!(kept, app.kept(tree(&controller)).await);
    assert_eq!(body["data"]["size"], kept.size);
    assert_eq!(body["data"]["origin"], kept.origin);

    let (now, mut seen) = (app.app.now().timestamp(), Vec::new());
    let mut altered = received.clone();
    altered.body.push(b' ');
    assert_eq!(accept(&altered, now, &mut seen), Err("not signed"));
    let mut forged = received.clone();
    forged.headers.insert("webhook-signature".to_owned(), "v1,AAAA".to_owned());
    assert_eq!(accept(&forged, now, &mut seen), Err("not signed"));
    let mut moved = received.clone();
    moved.headers.insert("webhook-timestamp".to_owned(), (now + 1).to_string());
    assert_eq!(accept(&moved, now, &mut seen), Err("not signed"));
    assert_eq!(accept(received, now + 301, &mut seen), Err("too old"));
    assert_eq!(accept(received, now, &mut seen), Ok(()));
    assert_eq!(accept(received, now + 1, &mut seen), Err("seen before"));

    // Nothing new, and then too soon: nothing goes out; after ten minutes the newest goes.
    deliver(&app.app).await.unwrap();
    app.advance(Duration::seconds(20));
    happen(&app, &controller).await;
    assert_eq!(about(&receiver, &controller).len(), 1);
    app.advance(Duration::minutes(10));
    happen(&app, &controller).await;
    let calls = about(&receiver, &controller);
    assert_eq!(calls.len(), 2);
    // Whoever gets them in another order tells by their sizes.
    assert!(calls[1].1["data"]["size"].as_u64() > Some(kept.size));
    assert_eq!(accept(&calls[1].0, app.app.now().timestamp(), &mut seen), Ok(()));
}

#[actix_web::test]
async fn o_06_a_receiver_that_took_it_and_said_nothing_gets_it_again_with_the_same_id() {
    let receiver = Receiver::http(vec![b"", b"", b"HTTP/1.1 503 Busy\r\n\r\n", b"", TAKEN]);
    let app = TestApp::start_with(to(&receiver)).await;
    let controller = app.controller("maison").await;
    happen(&app, &controller).await;
    for wait_s in [5, 300, 1_800, 7_200] {
        app.advance(Duration::seconds(wait_s));
        worker::drain(&app.app).await.unwrap();
    }
    let calls = about(&receiver, &controller);
    assert!(calls.len() > 1, "it came again");
    let header = |call: &Received, name: &str| call.headers[name].clone();
    let (first, last) = (&calls[0].0, &calls[calls.len() - 1].0);
    assert_eq!(header(first, "webhook-id"), header(last, "webhook-id"));
    assert_ne!(header(first, "webhook-timestamp"), header(last, "webhook-timestamp"));
    assert_eq!(first.body, last.body);
    let (now, mut seen) = (app.app.now().timestamp(), Vec::new());
    assert_eq!(accept(last, now, &mut seen), Ok(()));
    assert_eq!(newest(&app, &controller).await.unwrap().state, "sent");
}

#[actix_web::test]
async fn o_03_a_redirect_is_not_followed_and_who_never_takes_it_becomes_a_task() {
    let inside = TcpListener::bind("127.0.0.1:0").unwrap();
    inside.set_nonblocking(true).unwrap();
    let answer = format!(
        "HTTP/1.1 302 Found\r\nLocation: http://{}/secret\r\n\r\n",
        inside.local_addr().unwrap()
    );
    let receiver = Receiver::http(vec![Box::leak(answer.into_boxed_str()).as_bytes()]);
    let app = TestApp::start_with(to(&receiver)).await;
    let controller = app.controller("maison").await;
    happen(&app, &controller).await;
    assert!(inside.accept().is_err(), "nobody came");
    for _ in 0..12 {
        app.advance(Duration::hours(24));
        worker::drain(&app.app).await.unwrap();
    }
    assert!(inside.accept().is_err(), "nobody ever came");
    let ended = newest(&app, &controller).await.unwrap();
    assert_eq!(
        (ended.state.as_str(), ended.last_error.as_deref()),
        ("given_up", Some("webhook-redirected"))
    );
    let scope = Scope::of_job(controller.id);
    let open = app.app.read(move |conn| Ok(tasks::open(conn, &scope, 10)?)).await.unwrap();
    assert_eq!(open[0].detail, "SendCheckpoint/webhook-redirected");
}

async fn call(url: &str, roots: Option<Vec<u8>>, allowed: &Allowlist) -> Result<(), CallError> {
    let endpoint = Endpoint::parse(url, roots, &Allowlist::anything()).unwrap();
    let secret = WebhookSecret::parse(SECRET).unwrap();
    let call = Call { id: "one", timestamp: 1, body: b"{}" };
    post(&endpoint, &secret, allowed, call, Wait::from_secs(5)).await
}

#[actix_web::test]
async fn o_02_a_name_that_leads_inside_is_not_connected_to() {
    let receiver = Receiver::http(vec![TAKEN]);
    // The operator listed the name, and it resolves to this machine.
    let hosts = vec!["localhost".parse().unwrap()];
    let listed = Allowlist { hosts, ..Allowlist::default() };
    let url = format!("https://localhost:{}/", receiver.address.port());
    assert_eq!(call(&url, None, &listed).await, Err(ConnectError::NotAllowed.into()));
    let url = format!("http://{}/", receiver.address);
    assert_eq!(call(&url, None, &Allowlist::default()).await, Err(ConnectError::NotAllowed.into()));
    assert!(receiver.all().is_empty());
    assert_eq!(call(&url, None, &loopback()).await, Ok(()));
}

#[actix_web::test]
async fn o_04_an_answer_that_never_ends_is_cut() {
    static ENDLESS: [u8; 1_000_000] = [b'x'; 1_000_000];
    for answer in [&ENDLESS[..], b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 9999\r\n", b"HTTP/1.1 200"] {
        let receiver = Receiver::http(vec![answer]);
        let url = format!("http://{}/", receiver.address);
        assert_eq!(call(&url, None, &loopback()).await, Err(CallError::Malformed));
    }
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let endpoint = endpoint(&url, None);
    let secret = WebhookSecret::parse(SECRET).unwrap();
    let call = Call { id: "one", timestamp: 1, body: b"{}" };
    let within = Wait::from_millis(300);
    let answer = post(&endpoint, &secret, &loopback(), call, within).await;
    assert_eq!(answer, Err(ConnectError::TimedOut.into()));
}

#[actix_web::test]
async fn o_07_a_server_that_cannot_prove_who_it_is_gets_nothing() {
    let valid = ("20200101", "20490101");
    let Some(good) = Certificate::make("localhost", valid) else { return };
    let receiver = Receiver::https(vec![TAKEN], &good);
    let url = format!("https://localhost:{}/", receiver.address.port());
    assert_eq!(call(&url, Some(good.pem()), &loopback()).await, Ok(()));
    assert_eq!(receiver.all().len(), 1);
    // Nobody whom this machine trusts signed it.
    let unknown = call(&url, None, &loopback()).await;
    assert_eq!(unknown, Err(ConnectError::NotSecure.into()));
    let expired = Certificate::make("localhost", ("20200101", "20200201")).unwrap();
    let other = Certificate::make("other.example", valid).unwrap();
    for wrong in [expired, other] {
        let receiver = Receiver::https(vec![TAKEN], &wrong);
        let url = format!("https://localhost:{}/", receiver.address.port());
        let refused = call(&url, Some(wrong.pem()), &loopback()).await;
        assert_eq!(refused, Err(ConnectError::NotSecure.into()));
        assert!(receiver.all().is_empty());
    }
}

#[actix_web::test]
async fn of_several_workers_one_sends_and_a_muted_instance_sends_nothing() {
    let receiver = Receiver::http(vec![TAKEN]);
    let app = TestApp::start_with(to(&receiver)).await;
    let controller = app.controller("maison").await;
    app.happen(controller.id, 2).await;
    app.seal().await;
    let since = Some(app.app.now().into());
    app.app.write(move |conn| Ok(instance::mute(conn, since)?)).await.unwrap();
    deliver(&app.app).await.unwrap();
    assert!(newest(&app, &controller).await.is_none());
    app.app.write(move |conn| Ok(instance::mute(conn, None)?)).await.unwrap();
    let (one, two, three) = tokio::join!(deliver(&app.app), deliver(&app.app), deliver(&app.app));
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    worker::drain(&app.app).await.unwrap();
    assert_eq!(about(&receiver, &controller).len(), 1);
}

#[actix_web::test]
async fn checkpoints_are_mailed_once_a_day_and_the_saved_mail_verifies() {
    let app = TestApp::start_with(|config| {
        config.mail = Delivery::KeptHere;
        config.checkpoint_mail = vec![MailAddress::parse("keeper@example.org").unwrap()];
    })
    .await;
    let controller = app.controller("maison").await;
    happen(&app, &controller).await;
    happen(&app, &controller).await;
    let read = |limit: i64| app.app.read(move |conn| Ok(mails::newest(conn, limit)?));
    let sent = read(10).await.unwrap();
    assert_eq!(sent.len(), 1, "one mail a day");
    let message = written::open(app.app.vault().staff_key(), &sent[0]).unwrap();
    assert_eq!(message.to, MailAddress::parse("keeper@example.org").unwrap());
    let keys = [app.key(tree(&controller))];
    let notes = note::split(&message.text);
    let opened: Vec<Checkpoint> =
        notes.iter().filter_map(|note| Checkpoint::open(note, &keys).ok()).collect();
    assert_eq!(opened.len(), 1, "{}", message.text);
    assert!(opened[0].size > 0);
    app.advance(Duration::hours(24));
    deliver(&app.app).await.unwrap();
    assert_eq!(read(10).await.unwrap().len(), 2, "the history grew since");
    app.advance(Duration::hours(24));
    deliver(&app.app).await.unwrap();
    assert_eq!(read(10).await.unwrap().len(), 2, "nothing grew since");
}
