//! A reply to a question, judged on the page of its case.

use chrono::Duration;
use guichet::domain::actor::Role;
use guichet::domain::ids::ControllerId;
use serde_json::{Value, json};

use super::{browser, token};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::cases::{LoggedCase, message};
use crate::support::client::{Answer, Client};
use crate::support::visit::{PLACE, visitor};

struct Scene {
    app: TestApp,
    controller: ControllerId,
    dpo: User,
    case: LoggedCase,
}

/// A case of Paris whose person was asked, on each ground, an hour after 10:00 there on 23 November.
async fn asked(grounds: &[&str]) -> Scene {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    app.as_user(&dpo).verb(&case, "acknowledgement", json!({})).await.expect(200);
    app.advance(Duration::hours(1));
    for ground in grounds {
        let body = json!({ "ground": ground, "statement": "Two people have this name.",
            "message": message(app.ctx().now) });
        app.as_user(&dpo).verb(&case, "pauses", body).await.expect(200);
    }
    Scene { app, controller: controller.id, dpo, case }
}

impl Scene {
    fn path(&self) -> String {
        format!("/requests/{}", self.case.id)
    }

    async fn desk(&self) -> Client<'_> {
        browser(&self.app, &self.dpo).await
    }

    async fn judge(&self, desk: &Client<'_>, fields: &[(&str, &str)]) -> Answer {
        let page = desk.get(&self.path()).await.expect(200);
        let csrf = token(&page, "/sign-out");
        let version = self.app.as_user(&self.dpo).case(&self.case).await["version"].to_string();
        let mut all = vec![("csrf", csrf.as_str()), ("version", version.as_str())];
        all.extend_from_slice(fields);
        desk.post_form(&format!("{}/replies", self.path()), &all).await
    }

    async fn kinds(&self) -> Vec<String> {
        let events = self.app.as_user(&self.dpo).events(&self.case).await;
        events.iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
    }

    async fn tasks(&self) -> Vec<Value> {
        let listed = self.app.as_user(&self.dpo).get("/api/v1/tasks").await.expect(200);
        listed.json::<Value>()["tasks"].as_array().unwrap().clone()
    }

    /// The person writes in the portal.
    async fn write(&self, words: &str) {
        let receipt = self.case.answer["receipt_secret"].as_str().unwrap();
        let person = visitor(&self.app, &self.case.reference, receipt).await;
        let messages = format!("{}/messages", PLACE);
        let csrf = token(&person.get(&messages).await, &messages);
        person.post_form(&messages, &[("csrf", &csrf), ("message", words)]).await.expect(303);
    }

    async fn portal(&self) -> String {
        let receipt = self.case.answer["receipt_secret"].as_str().unwrap();
        let person = visitor(&self.app, &self.case.reference, receipt).await;
        person.get(&format!("{}/case", PLACE)).await.expect(200).text()
    }
}

#[actix_web::test]
async fn a_reply_is_judged_where_the_next_step_leads() {
    let scene = asked(&["identity"]).await;
    let desk = scene.desk().await;
    let page = desk.get(&scene.path()).await.expect(200).text();
    assert!(page.contains("id=\"reply-ground\"") && page.contains(">identity to be confirmed<"));
    assert!(!page.contains(">clarification asked<"), "only what is open: {page}");
    assert!(
        page.contains("name=\"reply_received_at\" type=\"datetime-local\" required value=\"\"")
    );
    // Twenty seconds that no field shows.
    scene.app.advance(Duration::seconds(7_220));
    let desk = scene.desk().await;
    scene.write("It is me.").await;
    let page = desk.get(&scene.path()).await.expect(200).text();
    assert!(page.contains("href=\"#reply-ground\">Look at the reply<"), "{page}");
    let prefilled = "required value=\"2026-11-23T13:00\"";
    assert!(page.contains(prefilled), "where the controller stands: {page}");
    assert_eq!(scene.tasks().await.len(), 1);

    let judged = |given: &[(&'static str, &'static str)]| {
        let mut fields = vec![("reply_ground", "identity")];
        fields.extend_from_slice(given);
        fields
    };
    let at = ("reply_received_at", "2026-11-23T13:00");
    for (fields, told) in [
        (judged(&[at, ("reply_note", "Kept")]), "Say whether the reply is enough."),
        (judged(&[at, ("sufficient", "not_enough"), ("reply_note", " ")]), "write what is missing"),
        (judged(&[("sufficient", "enough")]), "Say when the reply came in."),
        (
            judged(&[("reply_received_at", "2026-11-23T10:59"), ("sufficient", "enough")]),
            "cannot have come before the question",
        ),
    ] {
        let refused = scene.judge(&desk, &fields).await.expect(422).text();
        assert!(refused.contains(told), "{told}: {refused}");
        let note = fields.iter().find(|(name, _)| *name == "reply_note").map(|it| it.1);
        let kept = note.is_none_or(|note| refused.contains(&format!(">{note}</textarea>")));
        assert!(kept && refused.contains("<details open>"), "{refused}");
    }
    let other = [("reply_ground", "fee"), at, ("sufficient", "enough")];
    scene.judge(&desk, &other).await.expect(409);

    let poor = judged(&[at, ("sufficient", "not_enough"), ("reply_note", "No date of birth.")]);
    scene.judge(&desk, &poor).await.expect(303);
    let page = desk.get(&scene.path()).await.expect(200).text();
    assert!(page.contains("Insufficient answer") && page.contains("No date of birth."), "{page}");
    assert!(page.contains(">Wait for the reply<") && page.contains("name=\"reply_ground\""));
    assert!(scene.portal().await.contains("until we have your reply"));
    assert!(scene.tasks().await.is_empty(), "the message was read with it");
    let recorded = scene.app.as_user(&scene.dpo).events(&scene.case).await;
    let recorded = recorded.last().unwrap();
    assert_eq!(recorded["detail"]["received_at"], "2026-11-23T12:00:20Z", "to the second");
}

#[actix_web::test]
async fn what_is_enough_lets_the_time_run_and_only_staff_who_work_may_say_so() {
    let scene = asked(&["identity", "clarification"]).await;
    scene.app.advance(Duration::days(2));
    let desk = scene.desk().await;
    let given = [
        ("reply_ground", "clarification"),
        ("reply_received_at", "2026-11-24T09:30"),
        ("sufficient", "enough"),
    ];
    let auditor = scene.app.user(&[(scene.controller, Role::Auditor)]).await;
    let reader = browser(&scene.app, &auditor).await;
    assert!(!reader.get(&scene.path()).await.expect(200).text().contains("reply-ground"));
    scene.judge(&reader, &given).await.expect(403);
    scene.judge(&desk, &given).await.expect(303);
    let shown = scene.app.as_user(&scene.dpo).case(&scene.case).await;
    assert_eq!(shown["open_pauses"], json!(["identity"]));
    let page = desk.get(&scene.path()).await.expect(200).text();
    assert!(!page.contains(">clarification asked</option>"), "{page}");
    let rest = [("reply_ground", "identity"), given[1], given[2]];
    scene.judge(&desk, &rest).await.expect(303);
    let page = desk.get(&scene.path()).await.expect(200).text();
    assert!(!page.contains("reply-ground"), "nothing is open: {page}");
    assert_eq!(scene.kinds().await[4..], ["RequestResumed", "RequestResumed"]);
    scene.app.assert_replays().await;
}

#[actix_web::test]
async fn a_question_is_asked_again_once_a_reply_was_not_enough() {
    for ground in ["identity", "clarification"] {
        let scene = asked(&[ground]).await;
        let client = scene.app.as_user(&scene.dpo);
        scene.app.advance(Duration::days(2));
        let question = |sent_at: &str| {
            json!({ "ground": ground, "statement": "The number names two customers.",
                "message": message(sent_at.parse().unwrap()) })
        };
        let early = client.verb(&scene.case, "pauses", question("2026-11-25T08:00:00Z")).await;
        assert_eq!(early.expect(409).json::<Value>()["reason"], "already-paused");
        let poor = json!({ "ground": ground, "received_at": "2026-11-24T08:00:00Z",
            "sufficient": false });
        client.verb(&scene.case, "replies", poor).await.expect(200);
        // An earlier instant would begin the pause anew, before the first question.
        for before in ["2026-11-23T09:30:00Z", "2026-11-24T07:59:00Z"] {
            let refused = client.verb(&scene.case, "pauses", question(before)).await.expect(422);
            assert_eq!(refused.problem().1, ["message.sent_at: before-last-reply"]);
        }
        client.verb(&scene.case, "pauses", question("2026-11-25T08:00:00Z")).await.expect(200);
        let third = client.verb(&scene.case, "pauses", question("2026-11-25T09:00:00Z")).await;
        third.expect(409);
        let good = json!({ "ground": ground, "received_at": "2026-11-25T09:30:00Z",
            "sufficient": true });
        let good: Value = client.verb(&scene.case, "replies", good).await.expect(200).json();
        // One pause of two days: 23 December and two, hence Monday the 28th.
        assert_eq!((&good["open_pauses"], &good["legal_on"]), (&json!([]), &json!("2026-12-28")));
        scene.app.assert_replays().await;
    }
}
