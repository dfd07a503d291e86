//! Alerts that do not leave: joined while mail is away or the instance is muted, and told to the others
//! where a colleague is not reached.

use chrono::Duration;
use guichet::db::column::Instant;
use guichet::db::conn::Conn;
use guichet::db::instance;
use guichet::db::mails::Mail;
use guichet::domain::actor::Role;
use guichet::domain::mail::{MailPurpose, MailState};
use guichet::workflow::mails::Outcome;
use guichet::workflow::unreached::gather;
use serde_json::{Value, json};

use super::{Desk, at, sweep, verbs};
use crate::pages::{browser, token};

impl Desk {
    /// The mails that are still to go.
    async fn waiting(&self) -> Vec<Mail> {
        let mut mails = self.mails().await;
        mails.retain(|mail| mail.state == MailState::Waiting);
        mails
    }

    async fn mute(&self, muted: bool) {
        let ctx = self.app.ctx();
        let mute = move |conn: &mut Conn| {
            // As the command does.
            if !muted {
                gather(conn, &ctx)?;
            }
            Ok(instance::mute(conn, muted.then(|| Instant::from(ctx.now)))?)
        };
        self.app.app.write(mute).await.unwrap();
    }

    async fn task_details(&self) -> Vec<String> {
        let all: Value = self.app.as_user(&self.dpo).get("/api/v1/tasks").await.expect(200).json();
        let mut open = all["tasks"].as_array().unwrap().clone();
        open.retain(|task| task["kind"] == "reach_colleague");
        open.iter().map(|task| task["detail"].as_str().unwrap().to_owned()).collect()
    }
}

fn refused() -> Outcome {
    Outcome::Failed { state: MailState::Refused, code: "smtp-550".to_owned() }
}

#[actix_web::test]
async fn after_an_outage_of_days_one_digest_says_what_still_holds() {
    let desk = Desk::open().await;
    let (kept, answered) = (desk.log(|_| ()).await, desk.log(|_| ()).await);
    // To be confirmed by the 26th; then rung after rung, and no mail leaves.
    for day in ["2026-11-26", "2026-12-14", "2026-12-18", "2026-12-22", "2026-12-23"] {
        desk.app.set_now(at(&format!("{day}T12:00:00Z")));
        desk.sweep_in_outage().await;
        // Two alerts of one minute are two mails; what comes while they wait joins them.
        let most = if day == "2026-11-26" { 2 } else { 1 };
        assert_eq!(desk.waiting().await.len(), most, "{day}");
    }
    let before = desk.opened(desk.waiting().await);
    assert!(before[0].1.text.contains(&answered.reference), "{}", before[0].1.text);
    let gone = json!({ "reason": "by phone" });
    desk.app.as_user(&desk.dpo).verb(&answered, "withdrawal", gone).await.expect(200);
    // A young alert joins too, and what does not hold any more is told to nobody.
    desk.log(|body| {
        body["rights"] = json!(["objection"]);
        body["objection_to"] = json!("marketing");
    })
    .await;
    desk.sweep_in_outage().await;
    let waiting = desk.waiting().await;
    let told = desk.opened(waiting.clone());
    let [(MailPurpose::Digest, digest)] = told.as_slice() else { panic!("{told:?}") };
    assert!(!digest.text.contains(&answered.reference), "{}", digest.text);
    assert!(digest.text.contains("the legal limit is 23 December 2026"), "{}", digest.text);
    // Of the rungs that were missed the highest one alone.
    assert!(!digest.text.contains("the target is"), "{}", digest.text);
    assert_eq!(digest.text.matches(&kept.reference).count(), 3, "{}", digest.text);
    desk.settle(waiting[0].id, Outcome::Sent).await;
    assert!(desk.sweep().await.is_empty());
}

#[actix_web::test]
async fn what_no_server_took_for_two_days_is_told_by_the_next_mail() {
    let desk = Desk::open().await;
    let case = desk.log(|_| ()).await;
    desk.app.set_now(at("2026-11-26T06:00:00Z"));
    let [mail] = desk.sweep_in_outage().await.try_into().ok().unwrap();
    desk.app.advance(Duration::days(2));
    let away = Outcome::Failed { state: MailState::GivenUp, code: "smtp-unreachable".to_owned() };
    desk.settle(mail.id, away).await;
    let told = desk.sweep().await;
    let texts: String = told.iter().map(|(_, message)| message.text.as_str()).collect();
    assert_eq!(texts.matches(&case.reference).count(), 1, "{texts}");
    assert_eq!(desk.task_details().await, [format!("{}/smtp-unreachable", desk.dpo.id)]);
}

#[actix_web::test]
async fn a_muted_instance_tells_nobody_and_then_all_as_one() {
    let desk = Desk::open().await;
    desk.log(|_| ()).await;
    desk.app.set_now(at("2026-11-26T06:00:00Z"));
    // One that the backup held, and that waits.
    desk.sweep_in_outage().await;
    desk.mute(true).await;
    for day in ["2026-12-14", "2026-12-18", "2026-12-22"] {
        desk.app.set_now(at(&format!("{day}T12:00:00Z")));
        assert_eq!(desk.sweep_in_outage().await.len(), 0, "{day}");
    }
    desk.mute(false).await;
    assert_eq!(desk.waiting().await.len(), 0, "what waited is told anew");
    let told = desk.sweep().await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, MailPurpose::Digest);
    assert!(!told[0].1.text.contains("seven working days"), "{}", told[0].1.text);
}

#[actix_web::test]
async fn whom_alerts_do_not_reach_is_told_to_the_others_and_tried_again() {
    let desk = Desk::open().await;
    let case = desk.log(|_| ()).await;
    let admin = desk.app.user(&[(desk.controller.id, Role::Admin)]).await;
    let operator = desk.app.operator().await;
    let other = desk.app.user(&[(desk.controller.id, Role::Dpo)]).await;
    desk.app.set_now(at("2026-11-26T06:00:00Z"));
    let mails = desk.sweep_in_outage().await;
    for mail in mails {
        let to = desk.opened(vec![mail.clone()])[0].1.to.text().to_owned();
        let outcome = if to == desk.dpo.email { refused() } else { Outcome::Sent };
        desk.settle(mail.id, outcome).await;
    }
    assert_eq!(desk.task_details().await, [format!("{}/smtp-550", desk.dpo.id)]);
    let ready: Value = desk.app.anonymous().get("/readyz").await.expect(200).json();
    assert!(ready["mail"].as_str().unwrap().contains("smtp-550"), "{ready}");
    let home = browser(&desk.app, &operator).await.get("/").await.expect(200).text();
    assert!(home.contains("smtp-550"), "{home}");
    // The other DPO hears of it, once; the mail to the first is refused again, and that is known.
    for mail in desk.sweep_in_outage().await {
        let (_, message) = desk.opened(vec![mail.clone()]).remove(0);
        assert!(message.text.contains("alerts to a colleague"), "{}", message.text);
        let outcome = if message.to.text() == desk.dpo.email { refused() } else { Outcome::Sent };
        desk.settle(mail.id, outcome).await;
    }
    assert!(desk.sweep_in_outage().await.is_empty());
    assert_eq!(desk.task_details().await.len(), 1);
    // On the pages where they look, by name and without the address.
    let seen = browser(&desk.app, &other).await;
    let page = seen.get("/").await.expect(200);
    let shown = page.text();
    assert!(shown.contains("Alerts that do not arrive"), "{shown}");
    assert!(!shown.contains(&desk.dpo.email), "{shown}");
    let of_admin = browser(&desk.app, &admin).await.get("/").await.expect(200).text();
    assert!(of_admin.contains("Alerts that do not arrive"), "{of_admin}");
    let form = shown.split("action=\"/tasks/").nth(1).unwrap();
    let path = format!("/tasks/{}", form.split('"').next().unwrap());
    assert!(!of_admin.contains(&path), "an administrator works no case: {of_admin}");
    let csrf = token(&page, "/sign-out");
    seen.post_form(&path, &[("csrf", &csrf)]).await.expect(303);
    let shown = seen.get("/").await.expect(200).text();
    assert!(!shown.contains("Alerts that do not arrive"), "{shown}");
    // What comes later is tried again.
    desk.app.set_now(at("2026-12-23T12:00:00Z"));
    let later = desk.sweep().await;
    assert!(desk.readers(&later).contains(&desk.dpo.email), "{later:?}");
    assert!(later.iter().any(|(_, message)| message.text.contains(&case.reference)));
}

#[actix_web::test]
async fn several_workers_tell_everybody_once() {
    let desk = Desk::open().await;
    let mut cases = Vec::new();
    for _ in 0..20 {
        cases.push(desk.log(|_| ()).await);
    }
    desk.app.set_now(at("2026-12-23T12:00:00Z"));
    let sweeps = (0..4).map(|_| sweep(&desk.app.app, true));
    for swept in futures_util::future::join_all(sweeps).await {
        swept.unwrap();
    }
    let mails = desk.mails().await;
    let key = desk.app.app.vault().staff_key().clone();
    let mut lines = 0;
    // One sweep may have told what another then told together with what it raised itself.
    for mail in mails.iter().filter(|mail| mail.state == MailState::Waiting) {
        let message = verbs::open(&key, mail).unwrap();
        lines += cases.iter().map(|it| message.text.matches(&it.reference).count()).sum::<usize>();
    }
    // Three alerts for each case, whoever wrote the mails that go.
    assert_eq!(lines, 60, "in {} mails", mails.len());
    for case in &cases {
        let told = desk.alerts(case).await.into_iter().filter(|it| it.2).count();
        assert_eq!(told, 3);
    }
}
