//! The code of the telephone: read out to whoever calls, typed in the portal, and heard again on the
//! number on file. Tests that try an attack of the security catalogue are named by its id.

use chrono::Duration;
use guichet::db::controllers::Controller;
use guichet::domain::actor::Role;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::cases::LoggedCase;
use crate::support::visit::{PLACE, cookie, enter, visitor};

struct Scene {
    app: TestApp,
    controller: Controller,
    dpo: User,
    case: LoggedCase,
    code: String,
}

async fn scene() -> Scene {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    // An agent logs it, and reads nothing back but what is to be read out.
    let agent = app.user(&[(controller.id, Role::Agent)]).await;
    let case = app.log_case(&agent, &controller, |body| body["channel"] = json!("phone")).await;
    let code = case.answer["call_code"].as_str().unwrap().to_owned();
    Scene { app, controller, dpo, case, code }
}

/// Another code than this one.
fn wrong(code: &str) -> &'static str {
    if code == "000 000" { "111 111" } else { "000 000" }
}

#[actix_web::test]
async fn a_call_code_opens_status_and_messages_and_proves_nothing() {
    let Scene { app, controller, dpo, case, code } = scene().await;
    let person = visitor(&app, &case.reference, &code.replace(' ', "")).await;
    let page = person.get(&format!("{PLACE}/case")).await.expect(200).text();
    assert!(page.contains(&case.reference), "{page}");
    person.get(&format!("{PLACE}/messages")).await.expect(200);
    assert_eq!(app.as_user(&dpo).case(&case).await["identity"]["level"], "v0");
    // It opens again, and the receipt opens as well.
    visitor(&app, &case.reference, &code).await;
    visitor(&app, &case.reference, case.answer["receipt_secret"].as_str().unwrap()).await;
    // What is logged in another way has none.
    let web = app.log_case(&dpo, &controller, |body| body["channel"] = json!("web")).await;
    assert_eq!(web.answer.get("call_code"), None);
    app.assert_replays().await;
}

#[actix_web::test]
async fn t_06_a_call_code_is_guessed_five_times_and_t_12_a_new_one_takes_its_place() {
    let Scene { app, dpo, case, code, .. } = scene().await;
    for _ in 0..5 {
        let answer = enter(&app, &case.reference, wrong(&code)).await.expect(422);
        assert!(cookie(&answer, "portal").is_none());
    }
    let burned = enter(&app, &case.reference, &code).await.expect(422);
    assert!(cookie(&burned, "portal").is_none(), "the right one, too late");
    let path = format!("/api/v1/requests/{}/call-code", case.id);
    let client = app.as_user(&dpo).with("if-match", "*");
    let made = client.send(actix_web::http::Method::POST, &path, None, &[]).await;
    let made: Value = made.expect(201).json();
    let newer = made["call_code"].as_str().unwrap();
    app.advance(Duration::minutes(2));
    visitor(&app, &case.reference, newer).await;
    if newer != code {
        enter(&app, &case.reference, &code).await.expect(422);
    }
    app.assert_replays().await;
}

#[actix_web::test]
async fn t_08_a_call_code_of_another_case_and_t_10_one_that_is_over_are_refused() {
    let Scene { app, controller, dpo, case, code } = scene().await;
    let other = app.log_case(&dpo, &controller, |body| body["channel"] = json!("phone")).await;
    let other_code = other.answer["call_code"].as_str().unwrap();
    if other_code != code {
        enter(&app, &case.reference, other_code).await.expect(422);
    }
    app.advance(Duration::days(30));
    enter(&app, &case.reference, &code).await.expect(422);
    // The clock is set back by an hour: what was over stays over.
    app.advance(Duration::hours(-1));
    enter(&app, &case.reference, &code).await.expect(422);
    let none = enter(&app, "7K4M-Q2XD-5", &code).await;
    assert_eq!(none.status, 422);
}

#[actix_web::test]
async fn e_02_a_wrong_call_code_looks_like_a_wrong_reference() {
    let Scene { app, case, code, .. } = scene().await;
    let random = guichet::domain::reference::Reference::from_random([1, 2, 3, 4, 5]).to_string();
    let mut pages = std::collections::HashSet::new();
    for reference in [case.reference.as_str(), random.as_str()] {
        let answer = enter(&app, reference, wrong(&code)).await.expect(422);
        let csrf = crate::support::visit::token(&answer, &format!("{PLACE}/"));
        pages.insert(answer.text().replace(reference, "REFERENCE").replace(&csrf, "TOKEN"));
    }
    assert_eq!(pages.len(), 1, "{pages:#?}");
}

#[actix_web::test]
async fn s_11_what_is_heard_on_the_number_on_file_is_a_route() {
    let Scene { app, dpo, case, code, .. } = scene().await;
    let path = format!("/api/v1/requests/{}/call-back", case.id);
    let client = app.as_user(&dpo).with("if-match", "*");
    for heard in [wrong(&code), "12", ""] {
        let refused = client.post(&path, json!({ "call_code": heard })).await.expect(422);
        assert_eq!(refused.problem().1, ["call_code: wrong-call-code"]);
    }
    assert_eq!(client.case(&case).await["identity"]["level"], "v0");
    let heard = json!({ "call_code": code, "matched": "4711" });
    let known: Value = client.post(&path, heard.clone()).await.expect(200).json();
    assert_eq!(known["identity"]["level"], "v1");
    let events = client.events(&case).await;
    let last = events.last().unwrap();
    assert_eq!(last["detail"]["methods"], json!(["call_back"]));
    assert_eq!(last["words"]["matched"], "4711");
    // T-09: heard once, it is used.
    client.post(&path, heard).await.expect(422);
    enter(&app, &case.reference, &code).await.expect(422);
    app.assert_replays().await;
}

#[actix_web::test]
async fn staff_make_a_code_and_type_what_they_heard_on_the_page_of_the_case() {
    let Scene { app, dpo, case, .. } = scene().await;
    let browser = crate::pages::browser(&app, &dpo).await;
    let address = format!("/requests/{}", case.id);
    let fields = |page: &crate::support::client::Answer, action: &str| {
        let csrf = crate::support::visit::token(page, action);
        let version = page.text().split("name=\"version\" value=\"").nth(1).unwrap().to_owned();
        (csrf, version.split('"').next().unwrap().to_owned())
    };
    let action = format!("{address}/call-code");
    let (csrf, version) = fields(&browser.get(&address).await.expect(200), &action);
    let sent = [("csrf", csrf.as_str()), ("version", version.as_str())];
    let shown = browser.post_form(&action, &sent).await.expect(200).text();
    let code = shown.split("<strong>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    browser.post_form(&action, &sent).await.expect(409);
    let action = format!("{address}/call-back");
    let (csrf, version) = fields(&browser.get(&address).await.expect(200), &action);
    let sent = [("csrf", csrf.as_str()), ("version", version.as_str())];
    let wrong = [&sent[..], &[("call_code", wrong(&code))]].concat();
    let told = browser.post_form(&action, &wrong).await.expect(422).text();
    assert!(told.contains("This is not the code"), "{told}");
    let right = [&sent[..], &[("call_code", code.as_str()), ("call_matched", "11")]].concat();
    browser.post_form(&action, &right).await.expect(303);
    assert_eq!(app.as_user(&dpo).case(&case).await["identity"]["level"], "v1");
}
