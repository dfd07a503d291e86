//! A case that ended a year ago is kept as proof: a DPO opens it, an auditor without the person's data.

use chrono::Duration;
use guichet::domain::actor::Role;
use serde_json::{Value, json};

use super::{at, last, sweeps, withdraw};
use crate::letters::desk::Desk;
use crate::pages::browser;
use crate::support::builders::User;
use crate::support::cases::LoggedCase;

async fn of(desk: &Desk, roles: &[Role]) -> User {
    let held: Vec<_> = roles.iter().map(|role| (desk.controller.id, *role)).collect();
    desk.app.user(&held).await
}

/// A case that ended on the day on which every test begins.
async fn ended() -> (Desk, LoggedCase) {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    withdraw(&desk, &case).await;
    (desk, case)
}

/// What a list says of the one case, to whoever looks for the person.
async fn found(desk: &Desk, user: &User) -> Value {
    let client = desk.app.as_user(user);
    let body = json!({ "name": "Martin" });
    let path = "/api/v1/requests/search?status=all";
    let list: Value = client.post(path, body).await.expect(200).json();
    assert_eq!(list["count"], 1, "{list}");
    list["requests"][0].clone()
}

#[actix_web::test]
async fn a_year_after_its_end_a_case_opens_for_the_dpo_and_not_for_who_worked_it() {
    let (desk, case) = ended().await;
    let handler = of(&desk, &[Role::Handler]).await;
    let works = || desk.app.as_user(&handler).with("if-match", "*");
    let path = format!("/api/v1/requests/{}", case.id);
    desk.app.set_now(at("2027-11-23T08:59:59Z"));
    works().get(&path).await.expect(200);
    let row = found(&desk, &handler).await;
    assert!(row["put_away"] == json!(false) && row["subject_names"].is_array(), "{row}");

    desk.app.set_now(at("2027-11-23T09:00:00Z"));
    for read in
        ["", "/events", "/dates", "/letters", "/packages", "/searches", "/alerts", "/attachments"]
    {
        let refused = works().get(&format!("{path}{read}")).await.expect(403);
        let told: Value = refused.json();
        assert_eq!(told["type"], "urn:guichet:problem:put-away", "{read}: {told}");
        let detail = told["detail"].as_str().unwrap();
        assert!(detail.contains("A data-protection officer of the organisation can open it"));
    }
    works().verb(&case, "notes", json!({ "note": "once more" })).await.expect(403);
    let row = found(&desk, &handler).await;
    assert!(row["put_away"] == json!(true) && row.get("subject_names").is_none(), "{row}");

    // Whoever decides opens it, and takes it up again for all.
    let row = found(&desk, &desk.dpo).await;
    assert!(row["put_away"] == json!(true) && row["subject_names"].is_array(), "{row}");
    assert!(desk.client().case(&case).await["subject"].is_object());
    desk.client().verb(&case, "reopening", json!({ "reason": "asked again" })).await.expect(200);
    let opened: Value = works().get(&path).await.expect(200).json();
    assert_eq!(opened["put_away"], false);
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn the_pages_say_who_opens_a_case_that_was_put_away() {
    let (desk, case) = ended().await;
    let handler = of(&desk, &[Role::Handler]).await;
    desk.app.set_now(at("2027-11-24T09:00:00Z"));
    let person = "Martin";
    let page = browser(&desk.app, &handler).await;
    let list = page.get("/?status=all").await.expect(200).text();
    assert!(list.contains("Put away: a data-protection officer opens it"), "{list}");
    assert!(list.contains(&case.reference) && !list.contains(person), "{list}");
    let address = format!("/requests/{}", case.id);
    let refused = page.get(&address).await.expect(403).text();
    assert!(refused.contains("can open it") && !refused.contains(person), "{refused}");
    let page = browser(&desk.app, &desk.dpo).await;
    assert!(page.get("/?status=all").await.expect(200).text().contains(person));
    assert!(page.get(&address).await.expect(200).text().contains(person));
}

#[actix_web::test]
async fn an_auditor_reads_its_file_without_the_person_and_the_sweep_destroys_it_in_time() {
    let (desk, case) = ended().await;
    let (auditor, both) =
        (of(&desk, &[Role::Auditor]).await, of(&desk, &[Role::Auditor, Role::Handler]).await);
    desk.app.set_now(at("2027-11-24T09:00:00Z"));
    let path = format!("/api/v1/requests/{}", case.id);
    let read: Value = desk.app.as_user(&auditor).get(&path).await.expect(200).json();
    assert!(read.get("subject").is_none(), "{read}");
    desk.app.as_user(&auditor).get(&format!("{path}/case-file")).await.expect(200);
    // Whoever may read who the person is, and does not decide, opens it by no other role.
    desk.app.as_user(&both).get(&path).await.expect(403);
    // What has no person at the keyboard is not held up.
    desk.app.set_now(at("2031-11-23T09:00:00Z") + Duration::hours(1));
    sweeps(&desk).await;
    assert_eq!(last(&desk, &case).await, "CaseKeyDestroyed");
    desk.app.assert_replays().await;
}
