//! Undoing what was done last: as though it had never been done, by whoever did it, for a moment.

mod closing;
mod letters;
mod pages;

use actix_web::http::Method;
use chrono::Duration;
use guichet::db::conn::Conn;
use guichet::domain::actor::{Actor, Ctx, Role, StaffMember};
use guichet::domain::undo::TAKEN;
use guichet::error::Error;
use guichet::worker;
use guichet::workflow::record::{Expected, Target, Written};
use guichet::workflow::undo::undo_last;
use serde_json::{Value, json};

use crate::audit::tree;
use crate::letters::desk::Desk;
use crate::support::app::TestApp;
use crate::support::cases::LoggedCase;
use crate::support::client::{Answer, Client};

impl Client<'_> {
    pub async fn undo(&self, case: &LoggedCase) -> Answer {
        self.with("if-match", "*").undo_at(&format!("/api/v1/requests/{}", case.id)).await
    }

    /// Without a body, on the version that this client names.
    pub async fn undo_at(&self, case: &str) -> Answer {
        self.send(Method::POST, &format!("{case}/undo"), None, &[]).await
    }
}

/// Why a verb was refused, with its status.
fn refused(answer: Answer) -> (u16, String) {
    (answer.status, answer.json::<Value>()["reason"].as_str().unwrap_or_default().to_owned())
}

/// One of the three, on a case.
async fn act(client: &Client<'_>, case: &LoggedCase, verb: &str) {
    let body = match verb {
        "acknowledgement" => json!({}),
        "assignee" => json!({ "user_id": null }),
        _ => json!({ "ground": "duplicate", "reason": "Twice the same" }),
    };
    client.verb(case, verb, body).await.expect(200);
}

const ALL: [(&str, &str); 3] =
    [("acknowledgement", "acknowledgement"), ("assignee", "assignment"), ("closing", "closing")];

/// The case, but for its version.
async fn stands(client: &Client<'_>, case: &LoggedCase) -> Value {
    let mut shown = client.case(case).await;
    shown["version"].take();
    shown
}

#[actix_web::test]
async fn what_is_undone_is_as_though_it_had_never_been_done() {
    let desk = Desk::new().await;
    let handler = desk.app.user(&[(desk.controller.id, Role::Handler)]).await;
    for (verb, action) in ALL {
        let case = desk.case("en", json!(["access"])).await;
        let given = json!({ "user_id": handler.id });
        desk.client().verb(&case, "assignee", given).await.expect(200);
        let before = stands(&desk.client(), &case).await;
        act(&desk.client(), &case, verb).await;
        assert_ne!(stands(&desk.client(), &case).await, before, "{verb}: it does something");
        desk.app.advance(TAKEN - Duration::milliseconds(1));
        let undone = desk.client().undo(&case).await.expect(200);
        assert_eq!(undone.header("etag"), Some("\"4\""), "{verb}");
        assert_eq!(stands(&desk.client(), &case).await, before, "{verb}");
        let events = desk.client().events(&case).await;
        assert_eq!(events.len(), 4, "{verb}: both stay in the history");
        assert_eq!(events[3]["kind"], "ActionUndone");
        assert_eq!(events[3]["detail"], json!({ "action": action, "of_version": 3 }));
        desk.app.assert_replays().await;
        // Nothing comes of it later.
        desk.app.advance(Duration::minutes(1));
        worker::drain(&desk.app.app).await.unwrap();
        assert_eq!(stands(&desk.client(), &case).await, before, "{verb}");
        // It can be done again.
        act(&desk.client(), &case, verb).await;
    }
}

#[actix_web::test]
async fn an_undo_comes_too_late_with_what_to_do_instead() {
    let desk = Desk::new().await;
    for (verb, action) in ALL {
        let case = desk.case("en", json!(["access"])).await;
        act(&desk.client(), &case, verb).await;
        let before = desk.client().case(&case).await;
        desk.app.advance(TAKEN);
        let late = desk.client().undo(&case).await;
        let detail = late.json::<Value>()["detail"].as_str().unwrap().to_owned();
        assert_eq!(refused(late), (409, format!("undo-too-late-{action}")));
        assert!(detail.contains("too late"), "{detail}");
        assert_eq!(desk.client().case(&case).await, before, "{verb}");
    }
}

#[actix_web::test]
async fn only_the_last_action_is_undone_once_and_by_whoever_did_it() {
    let desk = Desk::new().await;
    let other = desk.app.user(&[(desk.controller.id, Role::Dpo)]).await;
    let auditor = desk.app.user(&[(desk.controller.id, Role::Auditor)]).await;
    let elsewhere = desk.app.controller_ie().await;
    let stranger = desk.app.user(&[(elsewhere.id, Role::Dpo)]).await;
    let nothing = (409, "nothing-to-undo".to_owned());
    for (verb, _) in ALL {
        let case = desk.case("en", json!(["access"])).await;
        assert_eq!(refused(desk.client().undo(&case).await), nothing, "{verb}: nothing yet");
        act(&desk.client(), &case, verb).await;
        let not_yours = refused(desk.app.as_user(&other).undo(&case).await);
        assert_eq!(not_yours, (409, "undo-not-yours".to_owned()), "{verb}");
        desk.app.as_user(&auditor).undo(&case).await.expect(403);
        desk.app.as_user(&stranger).undo(&case).await.expect(404);
        let path = format!("/api/v1/requests/{}", case.id);
        let client = desk.app.as_user(&desk.dpo);
        client.undo_at(&path).await.expect(428);
        client.with("if-match", "\"1\"").undo_at(&path).await.expect(412);
        client.with("if-match", "\"2\"").undo_at(&path).await.expect(200);
        assert_eq!(refused(desk.client().undo(&case).await), nothing, "{verb}: twice");

        act(&desk.client(), &case, verb).await;
        desk.client().verb(&case, "notes", json!({ "note": "x" })).await.expect(200);
        assert_eq!(refused(desk.client().undo(&case).await), nothing, "{verb}: something since");
        desk.app.assert_replays().await;
    }
}

#[actix_web::test]
async fn a_closing_is_undone_by_somebody_who_may_still_close() {
    let desk = Desk::new().await;
    let undo_as = async |case: &LoggedCase, role: Role| {
        let memberships = vec![(desk.controller.id, role)];
        let member = StaffMember { id: desk.dpo.id, is_operator: false, memberships };
        let (scope, id) = (member.scope(), case.id.parse().unwrap());
        let ctx = Ctx { actor: Actor::Staff(member), now: desk.app.app.now() };
        let target = Target { scope, id, expected: Expected::Any };
        let undo = move |conn: &mut Conn| {
            undo_last(conn, &ctx, &target, None, &Written::plain(&ctx)).map(drop)
        };
        desk.app.app.write(undo).await
    };
    for (verb, _) in ALL {
        let case = desk.case("en", json!(["access"])).await;
        act(&desk.client(), &case, verb).await;
        let expected = if verb == "closing" { Err(Error::Forbidden) } else { Ok(()) };
        assert_eq!(undo_as(&case, Role::Handler).await, expected, "{verb}");
        if verb == "closing" {
            assert_eq!(undo_as(&case, Role::Dpo).await, Ok(()));
        }
    }
}

/// The open tasks about a case: kind and id.
async fn tasks(desk: &Desk, case: &LoggedCase) -> Vec<(String, Value)> {
    let listed: Value = desk.client().get("/api/v1/tasks").await.expect(200).json();
    let tasks = listed["tasks"].as_array().unwrap().iter();
    let tasks = tasks.filter(|task| task["request_id"] == json!(case.id));
    tasks.map(|task| (task["kind"].as_str().unwrap().to_owned(), task["id"].clone())).collect()
}

/// Moves the clock to a day after the acknowledgement was due.
async fn due(app: &TestApp) {
    app.advance(Duration::days(10));
    worker::drain(&app.app).await.unwrap();
}

#[actix_web::test]
async fn the_task_to_acknowledge_comes_back() {
    let desk = Desk::new().await;
    for verb in ["acknowledgement", "closing"] {
        let case = desk.case("en", json!(["access"])).await;
        due(&desk.app).await;
        let before = tasks(&desk, &case).await;
        assert_eq!(before.len(), 1, "{before:?}");
        assert_eq!(before[0].0, "acknowledge");
        act(&desk.client(), &case, verb).await;
        assert_eq!(tasks(&desk, &case).await, [], "{verb}");
        desk.client().undo(&case).await.expect(200);
        assert_eq!(tasks(&desk, &case).await, before, "{verb}: the very same");
        desk.app.advance(Duration::days(1));
        worker::drain(&desk.app.app).await.unwrap();
        assert_eq!(tasks(&desk, &case).await, before, "{verb}: and no other");
    }
}

#[actix_web::test]
async fn the_watch_over_the_acknowledgement_goes_on() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let id = case.id.parse().unwrap();
    let due_at = desk
        .app
        .app
        .read(move |conn| Ok(guichet::db::jobs::pending(conn, id, "WatchAcknowledgement")?));
    let due_at = due_at.await.unwrap().expect("a watch").utc();
    desk.app.set_now(due_at - Duration::seconds(5));
    act(&desk.client(), &case, "acknowledgement").await;
    // It looks in between, and finds nothing to do.
    desk.app.set_now(due_at + Duration::seconds(5));
    worker::drain(&desk.app.app).await.unwrap();
    assert_eq!(tasks(&desk, &case).await, []);
    desk.client().undo(&case).await.expect(200);
    worker::drain(&desk.app.app).await.unwrap();
    let kinds: Vec<_> = tasks(&desk, &case).await.into_iter().map(|task| task.0).collect();
    assert_eq!(kinds, ["acknowledge"]);
}

#[actix_web::test]
async fn the_proof_and_the_case_file_hold_the_action_and_its_undo() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    act(&desk.client(), &case, "closing").await;
    desk.client().undo(&case).await.expect(200);
    desk.app.seal().await;
    let tree = tree(&desk.controller);
    let kept = desk.app.kept(tree).await;
    let report = desk.app.verify(tree, std::slice::from_ref(&kept)).await;
    assert!(report.is_whole(), "{report:?}");
    let path = format!("/api/v1/requests/{}/case-file", case.id);
    let file = desk.client().with("accept-language", "en").get(&path).await.expect(200);
    let files = crate::case_file::unzip(&file.body);
    let events = &files[guichet::audit::case_file::EVENTS];
    let events = String::from_utf8_lossy(events);
    assert!(events.contains("RequestClosed") && events.contains("ActionUndone"), "{events}");
    let page = String::from_utf8_lossy(&files["case.html"]);
    assert!(page.contains("counts as never closed"), "{page}");
    let key = desk.app.key(tree);
    let report = guichet::audit::case_file::verify(&files, &[kept], &[key]);
    assert_eq!(report.faults, []);
}
