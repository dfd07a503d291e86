//! Tasks: who sees which, and which are done by saying so.

use actix_web::http::Method;
use guichet::domain::actor::Role;
use serde_json::Value;

use crate::support::app::TestApp;
use crate::support::builders::User;

async fn seen(app: &TestApp, user: &User) -> Vec<String> {
    let listed: Value = app.as_user(user).get("/api/v1/tasks").await.expect(200).json();
    let tasks = listed["tasks"].as_array().unwrap().iter();
    let line = |task: &Value| {
        let system = task["system"].as_str().unwrap_or("-");
        format!("{} {system}", task["kind"].as_str().unwrap())
    };
    tasks.map(line).collect()
}

#[actix_web::test]
async fn each_role_sees_what_it_can_do_something_about() {
    let app = TestApp::start().await;
    let (controller, other) = (app.controller("maison-exemple").await, app.controller_ie().await);
    let id = controller.id;
    let dpo = app.user(&[(id, Role::Dpo)]).await;
    let owner = app.user(&[(id, Role::DataOwner)]).await;
    let map = format!(
        "systems:\n- name: archive\n  connector: manual\n  owner: {}\n  tables: [{{table: a, find_by: {{email: e}}}}]\n- name: cabinet\n  connector: manual\n  owner: somebody@else.example\n  tables: [{{table: b, find_by: {{email: e}}}}]\n",
        owner.email.to_uppercase()
    );
    app.put_map(&dpo, &controller, &map).await.expect(200);
    app.task(&controller, "answer_system", Some("archive")).await;
    app.advance(chrono::Duration::seconds(1));
    app.task(&controller, "answer_system", Some("cabinet")).await;
    app.advance(chrono::Duration::seconds(1));
    app.task(&controller, "job_failed", None).await;
    app.task(&other, "job_failed", None).await;

    let all = ["answer_system archive", "answer_system cabinet", "job_failed -"];
    assert_eq!(seen(&app, &dpo).await, all);
    assert_eq!(seen(&app, &app.user(&[(id, Role::Handler)]).await).await, all);
    assert_eq!(seen(&app, &owner).await, ["answer_system archive"]);
    let another = app.user(&[(id, Role::DataOwner)]).await;
    assert!(seen(&app, &another).await.is_empty());
    for role in [Role::Admin, Role::Agent, Role::Auditor] {
        let user = app.user(&[(id, role)]).await;
        app.as_user(&user).get("/api/v1/tasks").await.expect(403);
    }
}

#[actix_web::test]
async fn who_answers_for_one_system_sees_its_tasks_behind_many_others() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let owner = app.user(&[(controller.id, Role::DataOwner)]).await;
    let map = format!(
        "systems:\n- {{name: archive, connector: manual, owner: {}, tables: [{{table: a, find_by: {{email: e}}}}]}}\n",
        owner.email
    );
    app.put_map(&dpo, &controller, &map).await.expect(200);
    for _ in 0..201 {
        app.task(&controller, "answer_system", Some("cabinet")).await;
    }
    app.advance(chrono::Duration::seconds(1));
    app.task(&controller, "answer_system", Some("archive")).await;
    assert_eq!(seen(&app, &owner).await, ["answer_system archive"]);
    let all = seen(&app, &dpo).await;
    assert_eq!(all.len(), 200, "the oldest ones");
    assert!(!all.contains(&"answer_system archive".to_owned()));
}

#[actix_web::test]
async fn a_failure_is_seen_to_once_and_the_rest_is_done_by_its_verb() {
    let app = TestApp::start().await;
    let (controller, other) = (app.controller("maison-exemple").await, app.controller_ie().await);
    let handler = app.user(&[(controller.id, Role::Handler)]).await;
    let failed = app.task(&controller, "job_failed", None).await;
    let path = format!("/api/v1/tasks/{failed}/completion");
    let auditor = app.user(&[(controller.id, Role::Auditor)]).await;
    app.as_user(&auditor).send(Method::POST, &path, None, &[]).await.expect(403);
    let stranger = app.user(&[(other.id, Role::Dpo)]).await;
    app.as_user(&stranger).send(Method::POST, &path, None, &[]).await.expect(404);
    app.as_user(&handler)
        .send(Method::POST, "/api/v1/tasks/1/completion", None, &[])
        .await
        .expect(404);

    let client = app.as_user(&handler);
    let done: Value = client.send(Method::POST, &path, None, &[]).await.expect(200).json();
    assert!(done["done_at"].is_string());
    let twice = client.send(Method::POST, &path, None, &[]).await.expect(409);
    assert_eq!(twice.json::<Value>()["reason"], "task-done");
    for kind in ["answer_system", "acknowledge"] {
        let task = app.task(&controller, kind, Some("archive")).await;
        let path = format!("/api/v1/tasks/{task}/completion");
        let answer = client.send(Method::POST, &path, None, &[]).await.expect(409);
        assert_eq!(answer.json::<Value>()["reason"], "task-of-verb");
    }
    assert_eq!(app.event_kinds().await, ["TaskCompleted"]);
}
