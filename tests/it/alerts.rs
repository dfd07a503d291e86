//! Alerts through the sweep: each once, to the right people, in their language, and never as a
//! storm.

mod passed;
mod unreached;

use std::collections::BTreeSet;

use actix_web::http::Method;
use chrono::{DateTime, Duration, Utc};
use guichet::db::column::Instant;
use guichet::db::conn::Conn;
use guichet::db::controllers::Controller;
use guichet::db::mails::{self, Mail};
use guichet::db::tasks::{self, Task};
use guichet::domain::actor::Role;
use guichet::domain::ids::{MailId, RequestId};
use guichet::domain::mail::MailPurpose;
use guichet::language::Language;
use guichet::mail::message::Message;
use guichet::worker::alerts::sweep;
use guichet::workflow::mails::{self as verbs, Outcome};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::cases::LoggedCase;

struct Desk {
    app: TestApp,
    controller: Controller,
    dpo: User,
    handler: User,
}

impl Desk {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let controller = app.controller("maison-exemple").await;
        let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
        let handler = app.user(&[(controller.id, Role::Handler)]).await;
        app.user(&[(controller.id, Role::Auditor)]).await;
        Self { app, controller, dpo, handler }
    }

    async fn log(&self, change: impl FnOnce(&mut Value)) -> LoggedCase {
        self.app.log_case(&self.dpo, &self.controller, change).await
    }

    /// Sweeps as the worker would, and gives the mails that it wrote; the mail server takes them.
    async fn sweep(&self) -> Vec<(MailPurpose, Message)> {
        let mails = self.sweep_in_outage().await;
        for mail in &mails {
            self.settle(mail.id, Outcome::Sent).await;
        }
        self.opened(mails)
    }

    /// Sweeps while no mail leaves.
    async fn sweep_in_outage(&self) -> Vec<Mail> {
        let before: BTreeSet<_> = self.mails().await.iter().map(|mail| mail.id).collect();
        sweep(&self.app.app, true).await.unwrap();
        let mut mails = self.mails().await;
        mails.retain(|mail| !before.contains(&mail.id));
        mails
    }

    /// Ends a mail as the worker would.
    async fn settle(&self, id: MailId, outcome: Outcome) {
        let ctx = self.app.ctx();
        let settle = move |conn: &mut Conn| verbs::settle(conn, &ctx, id, &outcome);
        self.app.app.write(settle).await.unwrap();
    }

    fn opened(&self, new: Vec<Mail>) -> Vec<(MailPurpose, Message)> {
        let key = self.app.app.vault().staff_key().clone();
        let open = |mail: Mail| {
            assert!(mail.controller_id.is_none() && mail.request_id.is_none());
            (mail.purpose, verbs::open(&key, &mail).unwrap())
        };
        new.into_iter().map(open).collect()
    }

    async fn mails(&self) -> Vec<Mail> {
        self.app.app.read(|conn| Ok(mails::newest(conn, 10_000)?)).await.unwrap()
    }

    async fn alerts(&self, case: &LoggedCase) -> Vec<(String, String, bool)> {
        let path = format!("/api/v1/requests/{}/alerts", case.id);
        let all: Value = self.app.as_user(&self.dpo).get(&path).await.expect(200).json();
        let row = |alert: &Value| {
            let text = |field: &str| alert[field].as_str().unwrap().to_owned();
            (text("kind"), text("about"), alert["told"].as_bool().unwrap())
        };
        all["alerts"].as_array().unwrap().iter().map(row).collect()
    }

    fn readers(&self, mails: &[(MailPurpose, Message)]) -> BTreeSet<String> {
        mails.iter().map(|(_, message)| message.to.text().to_owned()).collect()
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[actix_web::test]
async fn an_alert_goes_once_to_the_assignee_and_the_dpos() {
    let desk = Desk::open().await;
    let case = desk.log(|_| ()).await;
    let assigned = json!({ "user_id": desk.handler.id });
    desk.app.as_user(&desk.dpo).verb(&case, "assignee", assigned).await.expect(200);
    assert_eq!(desk.sweep().await.len(), 0, "nothing is due yet");
    // Received on 23 November 2026: to be confirmed by the 26th.
    desk.app.set_now(at("2026-11-26T06:00:00Z"));
    let mails = desk.sweep().await;
    let wanted = BTreeSet::from([desk.dpo.email.clone(), desk.handler.email.clone()]);
    assert_eq!(desk.readers(&mails), wanted);
    assert_eq!(mails.len(), 2);
    for (purpose, message) in &mails {
        assert_eq!(*purpose, MailPurpose::Alert);
        assert!(message.subject.contains(&case.reference), "{}", message.subject);
        let link = format!("requests/{}", case.id);
        assert!(message.text.contains(&link), "{}", message.text);
        assert!(!message.text.contains("Zoé"), "the person's name: {}", message.text);
    }
    for _ in 0..3 {
        desk.app.advance(Duration::hours(1));
        assert_eq!(desk.sweep().await.len(), 0);
    }
    let raised = [("acknowledgement_due".to_owned(), "2026-11-26".to_owned(), true)];
    assert_eq!(desk.alerts(&case).await, raised);
}

#[actix_web::test]
async fn d_17_after_an_outage_the_highest_rung_comes_and_as_one_digest() {
    let desk = Desk::open().await;
    let mut cases = Vec::new();
    for _ in 0..5 {
        cases.push(desk.log(|_| ()).await);
    }
    // The limit is 23 December; nothing swept for a month.
    desk.app.set_now(at("2026-12-23T12:00:00Z"));
    let mails = desk.sweep().await;
    assert_eq!(mails.len(), 1, "one digest for the one DPO");
    let (purpose, digest) = &mails[0];
    assert_eq!(*purpose, MailPurpose::Digest);
    for case in &cases {
        assert!(digest.text.contains(&case.reference));
        let alerts = desk.alerts(case).await;
        let told: BTreeSet<&str> =
            alerts.iter().filter(|it| it.2).map(|it| it.0.as_str()).collect();
        assert_eq!(
            told,
            BTreeSet::from(["acknowledgement_due", "extension_lapses", "limit_reached"])
        );
        assert!(alerts.iter().any(|it| it.0 == "target_in_7" && !it.2), "{alerts:?}");
    }
    assert_eq!(desk.sweep().await.len(), 0);
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn what_was_due_before_it_was_raised_is_told_as_past() {
    let desk = Desk::open().await;
    // Received on 25 November: the target is Thursday 24 December, the limit Monday the 28th.
    desk.app.set_now(at("2026-11-25T09:00:00Z"));
    let case = desk.log(|_| ()).await;
    for (now, said, untrue) in [
        ("2026-11-30T09:00:00Z", "receipt to the person by 30 November 2026", "should have"),
        (
            "2026-12-26T12:00:00Z",
            "the target, 24 December 2026, has passed",
            "the target is 24 December 2026",
        ),
        ("2026-12-28T12:00:00Z", "the legal limit is 28 December 2026", "the legal limit was"),
    ] {
        desk.app.set_now(at(now));
        let mails = desk.sweep().await;
        let texts: String = mails.iter().map(|(_, message)| message.text.as_str()).collect();
        assert!(texts.contains(said), "{now}: {texts}");
        assert!(!texts.contains(untrue) && !texts.contains("today"), "{now}: {texts}");
        assert!(texts.contains(&case.reference), "{texts}");
    }
    // Nothing swept until all of it was over, in the day of the controller.
    desk.app.set_now(at("2026-11-25T09:00:00Z"));
    let late = desk.log(|_| ()).await;
    desk.app.set_now(at("2026-12-28T23:30:00Z"));
    let mails = desk.sweep().await;
    let texts: String = mails.iter().map(|(_, message)| message.text.as_str()).collect();
    for said in [
        "should have been confirmed to the person by 30 November 2026",
        "the legal limit was 28 December 2026, and the answer is late",
    ] {
        assert!(texts.contains(said), "{said}: {texts}");
    }
    let path = format!("/api/v1/requests/{}/alerts", late.id);
    let page = desk.app.as_user(&desk.dpo).get(&path).await.expect(200).text();
    assert!(page.contains("the legal limit was 28 December 2026"), "{page}");
}

#[actix_web::test]
async fn d_15_a_clock_that_goes_back_repeats_nothing() {
    let desk = Desk::open().await;
    let case = desk.log(|_| ()).await;
    desk.app.set_now(at("2026-12-23T12:00:00Z"));
    let first = desk.sweep().await.len();
    assert_eq!(first, 3, "three alerts, for one reader");
    for hour in ["2026-12-23T11:00:00Z", "2026-11-25T00:00:00Z", "2026-12-23T12:30:00Z"] {
        desk.app.set_now(at(hour));
        // A verb makes the sweep look again.
        desk.app.as_user(&desk.dpo).verb(&case, "notes", json!({ "note": "x" })).await.expect(200);
        assert_eq!(desk.sweep().await.len(), 0, "{hour}");
    }
    desk.app.set_now(at("2027-12-23T12:30:00Z"));
    assert_eq!(desk.sweep().await.len(), 0, "a year later");
}

#[actix_web::test]
async fn an_objection_to_marketing_is_told_at_once_and_every_four_hours() {
    let desk = Desk::open().await;
    let case = desk
        .log(|body| {
            body["rights"] = json!(["objection"]);
            body["objection_to"] = json!("marketing");
        })
        .await;
    assert_eq!(desk.sweep().await.len(), 1, "at once");
    desk.app.advance(Duration::hours(3));
    assert_eq!(desk.sweep().await.len(), 0);
    desk.app.advance(Duration::hours(1));
    assert_eq!(desk.sweep().await.len(), 1, "four hours later");
    let done = json!({ "decision": "granted" });
    let client = desk.app.as_user(&desk.dpo);
    client.verb(&case, "rights/objection/decision", done).await.expect(200);
    desk.app.advance(Duration::hours(4));
    assert_eq!(desk.sweep().await.len(), 0, "it is done");
}

#[actix_web::test]
async fn failures_and_old_maps_are_told_to_the_dpos_in_their_language() {
    let desk = Desk::open().await;
    let french = desk
        .app
        .insert_user(&[(desk.controller.id, Role::Dpo)], |row| row.language = Language::Fr)
        .await;
    let case = desk.log(|_| ()).await;
    let id: RequestId = case.id.parse().unwrap();
    let ctx = desk.app.ctx();
    let task = Task {
        id: ctx.new_id(),
        controller_id: desk.controller.id,
        request_id: Some(id),
        kind: "job_failed".to_owned(),
        system: None,
        detail: "SearchGroup/unreachable".to_owned(),
        created_at: Instant::from(ctx.now),
        done_at: None,
        done_by: None,
    };
    desk.app.app.write(move |conn| Ok(tasks::insert(conn, &task)?)).await.unwrap();
    let mails = desk.sweep().await;
    assert_eq!(desk.readers(&mails), BTreeSet::from([desk.dpo.email.clone(), french.email]));
    let texts: Vec<&str> = mails.iter().map(|(_, message)| message.text.as_str()).collect();
    assert!(texts.iter().any(|text| text.contains("définitivement échoué")), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("failed for good")), "{texts:?}");
    assert_eq!(desk.alerts(&case).await[0].0, "job_failed");
    assert_eq!(desk.sweep().await.len(), 0);
}

#[actix_web::test]
async fn an_unused_code_and_a_waiting_reply_are_told_once() {
    let desk = Desk::open().await;
    let case = desk.log(|_| ()).await;
    for (kind, expected) in [
        ("code_unused", "code_unused"),
        ("letter_code_unused", "letter_code_unused"),
        ("read_message", "reply_waiting"),
        ("check_identity_document", "identity_document_waiting"),
        ("identity_document_over", "identity_document_over"),
        ("identity_document_reused", "identity_document_reused"),
    ] {
        let (ctx, controller) = (desk.app.ctx(), desk.controller.id);
        let id: RequestId = case.id.parse().unwrap();
        let write = move |conn: &mut Conn| {
            let scope = guichet::domain::actor::Scope::of_job(controller);
            let case = guichet::workflow::record::load(conn, &scope, id)?;
            // Asked twice, it is one task.
            case.ask_person(conn, &ctx, kind, "")?;
            case.ask_person(conn, &ctx, kind, "")
        };
        desk.app.app.write(write).await.unwrap();
        let mails = desk.sweep().await;
        assert_eq!(desk.readers(&mails), BTreeSet::from([desk.dpo.email.clone()]), "{kind}");
        assert_eq!(mails.len(), 1, "{kind}");
        assert!(mails[0].1.text.contains(&case.reference), "{}", mails[0].1.text);
        assert_eq!(desk.alerts(&case).await[0].0, expected);
        desk.app.advance(Duration::hours(1));
        assert_eq!(desk.sweep().await.len(), 0, "{kind}");
    }
}

#[actix_web::test]
async fn the_newest_of_many_tasks_and_breaches_alerts_too() {
    let desk = Desk::open().await;
    let (ctx, controller) = (desk.app.ctx(), desk.controller.id);
    let write = move |conn: &mut Conn| {
        for _ in 0..450 {
            let task = Task {
                id: ctx.new_id(),
                controller_id: controller,
                request_id: None,
                kind: "job_failed".to_owned(),
                system: None,
                detail: "SearchGroup/unreachable".to_owned(),
                created_at: Instant::from(ctx.now),
                done_at: None,
                done_by: None,
            };
            tasks::insert(conn, &task)?;
        }
        Ok(())
    };
    desk.app.app.write(write).await.unwrap();
    let told = |mails: &[(MailPurpose, Message)]| mails[0].1.subject.clone();
    assert!(told(&desk.sweep().await).contains("450"));
    assert_eq!(desk.sweep().await.len(), 0);
    let path = format!("/api/v1/controllers/{controller}/breaches");
    let body = json!({ "record": { "nature": "A list went astray." } });
    for _ in 0..201 {
        desk.app.as_user(&desk.dpo).post(&path, &body).await.expect(201);
    }
    desk.app.advance(Duration::hours(71));
    let mails = desk.sweep().await;
    assert!(told(&mails).contains("201"), "{}", told(&mails));
    assert_eq!(desk.sweep().await.len(), 0);
}

#[actix_web::test]
async fn a_map_that_nobody_reviewed_for_a_year_is_told_once_a_year() {
    let desk = Desk::open().await;
    let admin = desk.app.user(&[(desk.controller.id, Role::Admin)]).await;
    let path = format!("/api/v1/controllers/{}/data-map", desk.controller.id);
    let example = include_str!("../../src/domain/inventory/example.yaml");
    let put = desk.app.as_user(&admin).with("if-match", "*");
    put.send(
        Method::PUT,
        &path,
        Some(example.as_bytes().into()),
        &[("content-type", "application/yaml")],
    )
    .await
    .expect(200);
    assert_eq!(desk.sweep().await.len(), 0, "reviewed on 1 February 2026");
    desk.app.set_now(at("2027-02-03T08:00:00Z"));
    let mails = desk.sweep().await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].1.text.contains("reviewed_on"), "{}", mails[0].1.text);
    desk.app.advance(Duration::days(200));
    assert_eq!(desk.sweep().await.len(), 0);
    desk.app.set_now(at("2028-02-03T08:00:00Z"));
    assert_eq!(desk.sweep().await.len(), 1, "another year");
}

#[actix_web::test]
async fn the_page_of_the_case_lists_its_alerts() {
    let desk = Desk::open().await;
    let case = desk.log(|_| ()).await;
    desk.app.set_now(at("2026-12-23T12:00:00Z"));
    desk.sweep().await;
    let browser = crate::pages::browser(&desk.app, &desk.dpo).await;
    let page = browser.get(&format!("/requests/{}", case.id)).await.expect(200).text();
    assert!(page.contains("the legal limit is 23 December 2026"), "{page}");
}
