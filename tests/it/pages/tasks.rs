//! What somebody is to look after, on the page of its case.

use guichet::db::column::Instant;
use guichet::db::controllers::Controller;
use guichet::db::tasks::{self, Task};
use guichet::domain::actor::Role;
use guichet::domain::ids::TaskId;
use guichet::worker::alerts::sweep;
use serde_json::Value;

use super::{browser, token};
use crate::support::app::TestApp;
use crate::support::cases::LoggedCase;
use crate::support::client::{Answer, Client};

async fn ask(
    app: &TestApp,
    controller: &Controller,
    case: &LoggedCase,
    (kind, detail, system): (&str, &str, Option<&str>),
) -> TaskId {
    let task = Task {
        id: app.ctx().new_id(),
        controller_id: controller.id,
        request_id: Some(case.id.parse().unwrap()),
        kind: kind.to_owned(),
        system: system.map(str::to_owned),
        detail: detail.to_owned(),
        created_at: Instant::from(app.ctx().now),
        done_at: None,
        done_by: None,
    };
    let id = task.id;
    app.app.write(move |conn| Ok(tasks::insert(conn, &task)?)).await.unwrap();
    id
}

/// Says of a task that it is done, on the page of a case.
async fn done(desk: &Client<'_>, case: &LoggedCase, task: TaskId) -> Answer {
    let path = format!("/requests/{}", case.id);
    let page = desk.get(&path).await.expect(200);
    let csrf = token(&page, "/sign-out");
    desk.post_form(&format!("{path}/tasks/{task}"), &[("csrf", &csrf)]).await
}

#[actix_web::test]
async fn each_task_says_what_to_do_and_is_done_on_the_page_of_its_case() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    let other = app.log_case(&dpo, &controller, |_| ()).await;
    let path = format!("/requests/{}", case.id);
    let desk = browser(&app, &dpo).await;
    assert!(!desk.get(&path).await.expect(200).text().contains("To look after"));

    let contact = ask(&app, &controller, &case, ("find_contact", "employer", None)).await;
    let waits = ask(&app, &controller, &case, ("answer_system", "x", Some("archive"))).await;
    let elsewhere = ask(&app, &controller, &other, ("find_contact", "stale", None)).await;
    let page = desk.get(&path).await.expect(200).text();
    let employer = "The employer of the person can read the contact on file";
    for shown in ["To look after", employer, "No program reaches the system archive."] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("reads the contact on file no more"), "of another case: {page}");
    let button = |task: TaskId| format!("action=\"{path}/tasks/{task}\"");
    assert!(page.contains(&button(contact)) && !page.contains(&button(waits)), "{page}");
    let french = desk.with("cookie", "language=fr").get(&path).await.expect(200).text();
    assert!(
        french.contains("L&#39;employeur de la personne") || french.contains("L&#x27;employeur")
    );

    // Who reads the history alone has nothing to look after.
    let auditor = app.user(&[(controller.id, Role::Auditor)]).await;
    let reader = browser(&app, &auditor).await;
    assert!(!reader.get(&path).await.expect(200).text().contains("To look after"));
    done(&reader, &case, contact).await.expect(403);
    done(&desk, &case, elsewhere).await.expect(404);
    let refused = done(&desk, &case, waits).await.expect(409).text();
    assert!(refused.contains("answer for the system"), "{refused}");
    done(&desk, &case, contact).await.expect(303);
    assert!(!desk.get(&path).await.expect(200).text().contains(employer));
    done(&desk, &case, contact).await.expect(409);
    let listed: Value = app.as_user(&dpo).get("/api/v1/tasks").await.expect(200).json();
    assert_eq!(listed["tasks"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn what_an_alert_says_is_not_said_twice_and_is_done_beside_it() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    let path = format!("/requests/{}", case.id);
    let desk = browser(&app, &dpo).await;
    let unused = ask(&app, &controller, &case, ("code_unused", "", None)).await;
    let failed = ask(&app, &controller, &case, ("job_failed", "SearchGroup/source", None)).await;
    sweep(&app.app, true).await.unwrap();
    let page = desk.get(&path).await.expect(200).text();
    let said = "for five days nobody has typed it in";
    assert_eq!(page.matches(said).count(), 1, "{page}");
    assert!(!page.contains("A code was sent to the contact on file, and nobody has typed it in."));
    // The alert of a failure says less than its task.
    assert!(page.contains("The search failed for good."), "{page}");
    for task in [unused, failed] {
        assert_eq!(page.matches(&format!("{path}/tasks/{task}\"")).count(), 1, "{page}");
        done(&desk, &case, task).await.expect(303);
    }
    let page = desk.get(&path).await.expect(200).text();
    assert!(page.contains(said), "the alert stays, as it was raised: {page}");
    assert!(!page.contains("/tasks/") && !page.contains("To look after"), "{page}");
}
