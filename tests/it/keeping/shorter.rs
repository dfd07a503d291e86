//! A shorter time: what it would destroy is shown before it is set, and nothing goes for a week after.

use guichet::db::conn::Conn;
use guichet::domain::actor::Role;
use guichet::domain::retention::{Kept, Retention};
use guichet::workflow::keeping;
use serde_json::{Value, json};

use super::{at, last, sweeps, withdraw};
use crate::letters::desk::Desk;
use crate::pages::{browser, token};

fn times(months: u32) -> Value {
    json!({
        "case_months": months, "working_copy_days": 30, "package_days": 30,
        "justification": "Our sector.",
    })
}

#[actix_web::test]
async fn a_shorter_time_destroys_nothing_for_seven_days_and_can_be_set_back() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    withdraw(&desk, &case).await;
    desk.app.set_now(at("2027-11-23T09:00:00Z"));
    let place = format!("/api/v1/controllers/{}/retention", desk.controller.id);
    desk.client().put(&place, times(6)).await.expect(200);
    let due = async || {
        let found: Value = desk.client().get(&format!("{place}/preview")).await.expect(200).json();
        found["due"][0]["destroyed_from"].clone()
    };
    assert_eq!(due().await, "2027-11-30T09:00:00.000000Z");
    desk.app.set_now(at("2027-11-30T08:59:59Z"));
    sweeps(&desk).await;
    assert_eq!(last(&desk, &case).await, "RequestWithdrawn");
    // Set back in time, and it is kept as before; set again, the week is a new one.
    desk.client().put(&place, times(60)).await.expect(200);
    desk.app.set_now(at("2027-12-20T09:00:00Z"));
    sweeps(&desk).await;
    assert_eq!(last(&desk, &case).await, "RequestWithdrawn");
    desk.client().put(&place, times(6)).await.expect(200);
    desk.app.set_now(at("2027-12-27T08:59:59Z"));
    sweeps(&desk).await;
    assert_eq!(last(&desk, &case).await, "RequestWithdrawn");
    desk.app.set_now(at("2027-12-27T09:00:00Z"));
    sweeps(&desk).await;
    assert_eq!(last(&desk, &case).await, "CaseKeyDestroyed");
}

#[actix_web::test]
async fn an_administrator_learns_what_other_times_destroy_and_no_case() {
    let desk = Desk::new().await;
    let (case, held) =
        (desk.case("en", json!(["access"])).await, desk.case("en", json!(["access"])).await);
    withdraw(&desk, &case).await;
    withdraw(&desk, &held).await;
    desk.client().verb(&held, "hold", json!({ "reason": "a dispute" })).await.expect(200);
    desk.app.set_now(at("2027-11-23T09:00:00Z"));
    let preview = format!("/api/v1/controllers/{}/retention/preview", desk.controller.id);
    let admin = desk.app.user(&[(desk.controller.id, Role::Admin)]).await;
    let admin = desk.app.as_user(&admin);
    let cases = |found: &Value| (found["counts"][0]["count"].clone(), found["due"].clone());
    let today: Value = admin.get(&preview).await.expect(200).json();
    assert_eq!(cases(&today), (json!(0), Value::Null));
    let asked = format!("{preview}?case_months=6");
    let proposed = admin.get(&asked).await.expect(200);
    let text = proposed.text();
    assert!(!text.contains(&case.reference) && !text.contains(&case.id), "{text}");
    let proposed: Value = proposed.json();
    // One of the two: the other is held.
    assert_eq!(cases(&proposed), (json!(1), Value::Null));
    assert_eq!(proposed["counts"][0]["first"], "2027-11-30T09:00:00.000000Z");
    admin.get(&format!("{asked}&format=csv")).await.expect(403);
    let seen: Value = desk.client().get(&asked).await.expect(200).json();
    assert_eq!(seen["due"].as_array().unwrap().len(), 2);
    assert_eq!((&seen["due"][0]["value"], &seen["counts"]), (&json!(6), &proposed["counts"]));
    let wrong = admin.get(&format!("{preview}?case_months=0")).await.expect(422);
    assert_eq!(wrong.problem().1, ["case_months: out-of-range"]);
    // To look is not to set.
    sweeps(&desk).await;
    assert_eq!(last(&desk, &case).await, "RequestWithdrawn");
}

#[actix_web::test]
async fn the_page_says_what_goes_before_it_saves_a_shorter_time() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    withdraw(&desk, &case).await;
    desk.app.set_now(at("2027-11-23T09:00:00Z"));
    let admin = desk.app.user(&[(desk.controller.id, Role::Admin)]).await;
    let reader = browser(&desk.app, &admin).await;
    let page = format!("/controllers/{}/retention", desk.controller.id);
    let csrf = token(&reader.get(&page).await.expect(200), "/sign-out");
    let post = async |months: &str, confirmed: &str| {
        let fields = [
            ("csrf", csrf.as_str()),
            ("version", "0"),
            ("case_months", months),
            ("working_copy_days", "30"),
            ("package_days", "30"),
            ("justification", "Our sector."),
            ("confirmed", confirmed),
        ];
        reader.post_form(&page, &fields).await
    };
    let asked = post("6", "").await.expect(200).text();
    assert!(asked.contains("from 30 November 2027 on (cases: 1;"), "{asked}");
    assert!(asked.contains("name=\"confirmed\" value=\"6/30/30\""), "{asked}");
    assert!(asked.contains("Our sector.") && !asked.contains(&case.reference), "{asked}");
    assert!(reader.get(&page).await.expect(200).text().contains("These are the defaults"));
    // Other times than those that were shown are asked about anew.
    let asked = post("7", "6/30/30").await.expect(200).text();
    assert!(asked.contains("value=\"7/30/30\""), "{asked}");
    post("7", "7/30/30").await.expect(303);
    assert!(reader.get(&page).await.expect(200).text().contains("Set by the organisation"));
}

#[actix_web::test]
async fn what_goes_anyway_hides_no_loss() {
    let desk = Desk::new().await;
    let goes = desk.case("en", json!(["access"])).await;
    withdraw(&desk, &goes).await;
    desk.app.set_now(at("2027-11-23T09:00:00Z"));
    let lost = desk.case("en", json!(["access"])).await;
    withdraw(&desk, &lost).await;
    desk.app.set_now(at("2031-11-20T09:00:00Z"));
    let (controller, now) = (desk.controller.id, desk.app.app.now());
    let shorter = Retention { case_months: 48, ..Retention::DEFAULT };
    let read = move |conn: &mut Conn| keeping::losses(conn, controller, (shorter, now), 1);
    let found = desk.app.app.read(read).await.unwrap();
    let cases = found.due.iter().filter(|due| due.kept == Kept::CaseFile);
    let cases: Vec<_> = cases.map(|due| due.request.reference.as_str()).collect();
    assert_eq!((cases, found.more), (vec![lost.reference.as_str()], true));
    let longer = Retention { case_months: 72, ..Retention::DEFAULT };
    let read = move |conn: &mut Conn| keeping::losses(conn, controller, (longer, now), 1);
    let found = desk.app.app.read(read).await.unwrap();
    assert!(found.due.is_empty() && !found.more, "{:?}", found.due);
}
