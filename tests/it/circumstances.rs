//! What staff know of the person: stated, decided on by two people who knew it, and taken back.

use chrono::Duration;
use guichet::db::controllers::Controller;
use guichet::domain::actor::Role;
use serde_json::{Value, json};

use crate::pages::{browser, token};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::cases::LoggedCase;
use crate::support::client::Answer;

struct Scene {
    app: TestApp,
    controller: Controller,
    dpo: User,
    second: User,
    case: LoggedCase,
}

async fn scene() -> Scene {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let second = app.user(&[(controller.id, Role::Dpo)]).await;
    let rectify = |body: &mut Value| body["rights"] = json!(["rectification"]);
    let case = app.log_case(&dpo, &controller, rectify).await;
    Scene { app, controller, dpo, second, case }
}

impl Scene {
    async fn say(&self, circumstance: &str, holds: bool) -> Answer {
        let body = json!({
            "circumstance": circumstance, "holds": holds, "reason": "Her daughter called.",
        });
        self.app.as_user(&self.dpo).verb(&self.case, "circumstances", body).await
    }

    async fn decide(&self, level: &str) {
        let decided = json!({
            "level": level, "methods": ["in_person", "known_facts"], "reason": "Seen with her deeds.",
        });
        let client = self.app.as_user(&self.dpo);
        client.verb(&self.case, "identity-decision", decided).await.expect(200);
    }

    async fn confirm(&self) -> Answer {
        let reason = json!({ "reason": "I read the deeds." });
        self.app.as_user(&self.second).verb(&self.case, "identity-confirmation", reason).await
    }

    async fn grant(&self) -> Answer {
        let path = format!("/api/v1/requests/{}/rights/rectification/decision", self.case.id);
        let client = self.app.as_user(&self.dpo).with("if-match", "*");
        client.put(&path, json!({ "decision": "granted" })).await
    }

    async fn identity(&self) -> Value {
        self.app.as_user(&self.dpo).case(&self.case).await["identity"].clone()
    }
}

#[actix_web::test]
async fn s_14_who_is_dead_or_protected_is_answered_for_by_two_people_who_knew_it() {
    for circumstance in ["deceased", "protected_adult", "minor"] {
        let scene = scene().await;
        scene.decide("v2").await;
        scene.say(circumstance, true).await.expect(200);
        assert_eq!(scene.identity().await["circumstances"], json!([circumstance]));
        let refused = scene.grant().await.expect(409);
        assert_eq!(refused.json::<Value>()["reason"], "needs-v3", "{circumstance}");
        scene.decide("v3").await;
        scene.confirm().await.expect(200);
        scene.grant().await.expect(200);
        // The history holds it, with how staff know it beside.
        let events = scene.app.as_user(&scene.dpo).events(&scene.case).await;
        let said = events.iter().find(|it| it["kind"] == "CircumstanceStated").unwrap();
        assert_eq!(said["detail"], json!({ "circumstance": circumstance, "holds": true }));
        assert_eq!(said["words"]["reason"], "Her daughter called.");
        scene.app.assert_replays().await;
    }
}

#[actix_web::test]
async fn what_was_decided_before_anybody_knew_does_not_count_as_v3() {
    let scene = scene().await;
    scene.decide("v3").await;
    scene.say("deceased", true).await.expect(200);
    let waiting = scene.confirm().await.expect(409);
    assert_eq!(waiting.json::<Value>()["reason"], "nothing-to-confirm");
    scene.decide("v3").await;
    scene.confirm().await.expect(200);
    scene.say("minor", true).await.expect(200);
    assert_eq!(scene.identity().await["level"], "v2");
    assert_eq!(scene.identity().await["circumstances"], json!(["deceased", "minor"]));
    assert_eq!(scene.grant().await.expect(409).json::<Value>()["reason"], "needs-v3");
    // Taken back, both of them, it is as though nobody had said so.
    scene.say("minor", false).await.expect(200);
    scene.say("deceased", false).await.expect(200);
    assert_eq!(scene.identity().await.get("circumstances"), None);
    scene.grant().await.expect(200);
    scene.app.assert_replays().await;
}

#[actix_web::test]
async fn it_is_said_once_with_a_reason_and_only_a_dpo_takes_it_back() {
    let scene = scene().await;
    let dpo = scene.app.as_user(&scene.dpo);
    for (body, wrong) in [
        (
            json!({ "circumstance": "rich", "holds": true, "reason": "x" }),
            "circumstance: unknown-value",
        ),
        (json!({ "circumstance": "minor", "holds": true, "reason": " " }), "reason: empty"),
        (json!({ "circumstance": "minor", "reason": "x" }), "holds: missing"),
    ] {
        let refused = dpo.verb(&scene.case, "circumstances", body).await.expect(422);
        assert_eq!(refused.problem().1, [wrong]);
    }
    let never = scene.say("minor", false).await.expect(409);
    assert_eq!(never.json::<Value>()["reason"], "circumstance-not-stated");
    let handler = scene.app.user(&[(scene.controller.id, Role::Handler)]).await;
    let handler = scene.app.as_user(&handler);
    let body =
        |holds| json!({ "circumstance": "minor", "holds": holds, "reason": "Her mother wrote." });
    handler.verb(&scene.case, "circumstances", body(true)).await.expect(200);
    let twice = handler.verb(&scene.case, "circumstances", body(true)).await.expect(409);
    assert_eq!(twice.json::<Value>()["reason"], "circumstance-stated");
    handler.verb(&scene.case, "circumstances", body(false)).await.expect(403);
    dpo.verb(&scene.case, "circumstances", body(false)).await.expect(200);
    scene.app.assert_replays().await;
}

#[actix_web::test]
async fn the_page_of_the_case_says_why_where_identity_is_decided() {
    let scene = scene().await;
    let handler = scene.app.user(&[(scene.controller.id, Role::Handler)]).await;
    let address = format!("/requests/{}", scene.case.id);
    let action = format!("{address}/circumstances");
    let send = async |user: &User, said: &str| {
        let desk = browser(&scene.app, user).await;
        let page = desk.get(&address).await.expect(200);
        let csrf = token(&page, &action);
        let text = page.text();
        let version = text.split("name=\"version\" value=\"").nth(1).unwrap();
        let version = version.split('"').next().unwrap();
        let fields = [
            ("csrf", csrf.as_str()),
            ("version", version),
            ("circumstance", said),
            ("circumstance_reason", "A notice of death came."),
        ];
        let sent = desk.post_form(&action, &fields).await;
        (sent, desk.get(&address).await.expect(200).text())
    };
    let (sent, page) = send(&handler, "deceased").await;
    sent.expect(303);
    let why = "Known to staff: the person has died.";
    let decision = page.split("/identity-decision\"").nth(1).unwrap().split("</form>").next();
    assert!(decision.unwrap().contains(why), "{page}");
    assert!(
        page.contains("Stated: the person has died.") && page.matches(why).count() > 1,
        "{page}"
    );
    // Who may not take it back is not offered to.
    assert!(!page.contains("not_deceased"), "{page}");
    let (refused, _) = send(&handler, "not_deceased").await;
    refused.expect(403);
    let (wrong, _) = send(&handler, "nothing").await;
    wrong.expect(422);
    scene.app.advance(Duration::seconds(1));
    let (sent, page) = send(&scene.dpo, "not_deceased").await;
    sent.expect(303);
    assert!(!page.contains(why) && page.contains("Taken back: the person has died."), "{page}");
}
