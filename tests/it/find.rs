//! Finding requests: by reference, by what is known of the person, by filters, page by page, over
//! every controller that a person serves.

mod views;

use std::collections::BTreeSet;

use chrono::Duration;
use guichet::db::controllers::Controller;
use guichet::db::requests;
use guichet::domain::actor::{Role, Scope};
use guichet::domain::reference::Reference;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::cases::message;
use crate::support::client::Client;

async fn list(client: &Client<'_>, query: &str) -> Value {
    client.get(&format!("/api/v1/requests?{query}")).await.expect(200).json()
}

async fn found(client: &Client<'_>, body: Value) -> i64 {
    let found = client.post("/api/v1/requests/search", body).await.expect(200);
    found.json::<Value>()["count"].as_i64().unwrap()
}

#[actix_web::test]
async fn a_case_is_found_by_what_is_known_of_the_person() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let other = app.controller_ie().await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let both = app.user(&[(controller.id, Role::Dpo), (other.id, Role::Handler)]).await;
    for controller in [&controller, &other] {
        app.log_case(&both, controller, |body| {
            body["subject"] = json!({
                "names": ["Éloïse O’Brien-Müller", "Eloise Durand"],
                "identifiers": [
                    { "kind": "email", "value": "Eloise@Example.org" },
                    { "kind": "phone", "value": "+33 6 12 34 56 78" },
                    { "kind": "customer_no", "value": "C-1043" },
                ],
            });
        })
        .await;
    }
    let identifier =
        |kind: &str, value: &str| json!({ "identifier": { "kind": kind, "value": value } });
    for (body, expected) in [
        (json!({ "name": "ELOISE muller" }), 1),
        (json!({ "name": "durand" }), 1),
        (json!({ "name": "éloïse martin" }), 0),
        (identifier("email", " eloise@EXAMPLE.org "), 1),
        (identifier("email", "eloise+x@example.org"), 0),
        (identifier("phone", "06 12 34 56 78"), 1),
        (identifier("customer_no", "C-1043"), 1),
        (identifier("customer_no", "C-104"), 0),
        (identifier("account_no", "C-1043"), 0),
        (json!({}), 1),
    ] {
        assert_eq!(found(&app.as_user(&dpo), body.clone()).await, expected, "{body}");
    }
    // The phone number without its country is another one for an Irish controller.
    assert_eq!(found(&app.as_user(&both), json!({ "name": "brien" })).await, 2);
    assert_eq!(found(&app.as_user(&both), identifier("phone", "06 12 34 56 78")).await, 1);
    assert_eq!(found(&app.as_user(&both), identifier("phone", "+33612345678")).await, 2);
    let mut both_given = identifier("email", "eloise@example.org");
    both_given["name"] = json!("martin");
    assert_eq!(found(&app.as_user(&dpo), both_given).await, 0);
    for (body, wrong) in [
        (json!({ "name": "’ -" }), "name: empty"),
        (identifier("E-Mail", "x"), "identifier.kind: wrong-kind"),
        (identifier("email", "nobody"), "identifier.value: wrong-value"),
    ] {
        let refused = app.as_user(&dpo).post("/api/v1/requests/search", body).await;
        assert_eq!(refused.expect(422).problem().1, [wrong]);
    }
}

#[actix_web::test]
async fn a_reference_is_found_however_it_is_typed_and_whatever_its_status() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let other = app.controller_ie().await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let stranger = app.user(&[(other.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    let client = app.as_user(&dpo);
    client.verb(&case, "withdrawal", json!({ "reason": "Asked" })).await.expect(200);
    let typed = case.reference.to_lowercase().replace('-', "+");
    assert_eq!(list(&client, &format!("reference={typed}")).await["count"], 1);
    assert_eq!(list(&client, &format!("reference={typed}&status=open")).await["count"], 0);
    assert_eq!(list(&app.as_user(&stranger), &format!("reference={typed}")).await["count"], 0);
    let wrong = client.get("/api/v1/requests?reference=7K4M-Q2XD-6").await.expect(422);
    assert_eq!(wrong.problem().1, ["reference: wrong-reference"]);
}

/// Three cases that differ in all that is filtered.
async fn three(app: &TestApp, dpo: &User, controller: &Controller) {
    let client = app.as_user(dpo);
    app.log_case(dpo, controller, |body| {
        body["channel"] = json!("letter");
        body["rights"] = json!(["erasure"]);
        body["received_at"] = json!(app.ctx().now - Duration::days(40));
        body["received_reason"] = json!("Found in a drawer");
    })
    .await;
    let paused = app.log_case(dpo, controller, |body| body["channel"] = json!("email")).await;
    let pause = json!({
        "ground": "identity", "statement": "Two people have this name", "message": message(app.ctx().now),
    });
    client.verb(&paused, "acknowledgement", json!({})).await.expect(200);
    client.verb(&paused, "pauses", pause).await.expect(200);
    client.verb(&paused, "assignee", json!({ "user_id": dpo.id })).await.expect(200);
    let ended = app.log_case(dpo, controller, |_| ()).await;
    client.verb(&ended, "withdrawal", json!({ "reason": "Asked" })).await.expect(200);
}

#[actix_web::test]
async fn each_filter_narrows_and_all_of_them_together() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let foreign = app.controller_ie().await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    three(&app, &dpo, &controller).await;
    let client = app.as_user(&dpo);
    let own = controller.id;
    for (query, expected) in [
        ("", 2),
        ("status=all", 3),
        ("status=withdrawn", 1),
        ("status=open,withdrawn", 3),
        ("status=all,withdrawn", 3),
        ("status=open,received", 2),
        ("status=received,in_progress,withdrawn", 3),
        ("right=deletion", 1),
        ("right=portability", 0),
        ("channel=email", 1),
        ("assignee=me", 1),
        ("assignee=nobody", 1),
        (&format!("assignee={}", dpo.id), 1),
        (&format!("controller_id={own}"), 2),
        ("due_before=2026-12-23", 1),
        ("due_before=2026-12-24", 2),
        ("overdue=true", 1),
        ("overdue=false", 2),
        ("paused=true", 1),
        ("paused=false", 1),
        ("waiting_for=person", 1),
        ("waiting_for=us", 1),
        ("extended=true", 0),
        ("extended=false", 2),
        ("paused=true&channel=email&assignee=me&right=access&status=in_progress", 1),
        ("paused=true&channel=letter", 0),
    ] {
        assert_eq!(list(&client, query).await["count"], expected, "{query}");
    }
    for (query, wrong) in [
        (format!("controller_id={}", foreign.id), "controller_id: no-such-controller"),
        ("controller_id=maison".to_owned(), "controller_id: wrong-type"),
        ("status=received,lost".to_owned(), "status: unknown-value"),
        ("right=vote".to_owned(), "right: unknown-value"),
        ("channel=fax".to_owned(), "channel: unknown-value"),
        ("due_before=tomorrow".to_owned(), "due_before: wrong-type"),
        ("paused=maybe".to_owned(), "paused: wrong-type"),
        ("waiting_for=godot".to_owned(), "waiting_for: unknown-value"),
        ("extended=maybe".to_owned(), "extended: wrong-type"),
        ("sort=name".to_owned(), "sort: unknown-value"),
        ("limit=0".to_owned(), "limit: out-of-range"),
        ("limit=201".to_owned(), "limit: out-of-range"),
        ("cursor=abc".to_owned(), "cursor: wrong-cursor"),
    ] {
        let refused = client.get(&format!("/api/v1/requests?{query}")).await.expect(422);
        assert_eq!(refused.problem().1, [wrong]);
    }
    client.get("/api/v1/requests?colour=red").await.expect(400);
    app.assert_replays().await;
}

#[actix_web::test]
async fn pages_hold_every_request_once_and_in_order() {
    let app = TestApp::start().await;
    let mut controllers = vec![app.controller_ie().await];
    for slug in ["maison-une", "maison-deux"] {
        controllers.push(app.controller(slug).await);
    }
    let roles: Vec<_> = controllers.iter().map(|it| (it.id, Role::Dpo)).collect();
    let dpo = app.user(&roles).await;
    let mut logged = BTreeSet::new();
    for number in 0..130_usize {
        let case = app
            .log_case(&dpo, &controllers[number % 3], |body| {
                // Many share an instant or a date, some must be carried out at once.
                let days = i64::try_from(number % 11).unwrap();
                body["received_at"] = json!(app.ctx().now - Duration::days(days));
                body["received_reason"] = json!("Found");
                if number % 13 == 0 {
                    body["rights"] = json!(["consent_withdrawal"]);
                }
            })
            .await;
        logged.insert(case.id);
    }
    let client = app.as_user(&dpo);
    for (sort, keys) in
        [("due", ["urgent_until", "due_on", "id"]), ("receipt", ["received_at", "id", "id"])]
    {
        let mut walked: Vec<Value> = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = list(&client, &format!("sort={sort}&limit=7{cursor}")).await;
            assert_eq!(page["count"], 130);
            let rows = page["requests"].as_array().unwrap();
            walked.extend(rows.iter().cloned());
            let Some(next) = page["next_cursor"].as_str() else {
                assert_eq!(rows.len(), 130 % 7);
                break;
            };
            assert_eq!(rows.len(), 7);
            cursor = format!("&cursor={next}");
        }
        let ids: BTreeSet<String> = walked.iter().map(|it| text(&it["id"])).collect();
        assert_eq!((walked.len(), &ids), (130, &logged), "{sort}");
        let key = |row: &Value| -> Vec<String> {
            let rank = |row: &Value| i32::from(row["urgent_until"].is_null()).to_string();
            let value = |key: &&str| match *key {
                "urgent_until" => rank(row),
                key => text(&row[key]),
            };
            keys.iter().map(value).collect()
        };
        let in_order = walked.windows(2).all(|pair| {
            let (first, second) = (key(&pair[0]), key(&pair[1]));
            if sort == "due" { first < second } else { first > second }
        });
        assert!(in_order, "{sort}: {walked:#?}");
    }
    // A cursor belongs to its order.
    let first = list(&client, "sort=due&limit=7").await;
    let cursor = text(&first["next_cursor"]);
    let other = client.get(&format!("/api/v1/requests?sort=receipt&cursor={cursor}")).await;
    assert_eq!(other.expect(422).problem().1, ["cursor: wrong-cursor"]);
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn counts_are_exact_to_a_thousand() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    let id = case.id.parse().unwrap();
    let ctx = app.ctx();
    let scope = Scope::of_job(controller.id);
    let copy = move |conn: &mut guichet::db::conn::Conn| {
        let mut row = requests::get(conn, &scope, id)?;
        let mut rights = requests::rights(conn, id)?;
        row.wrapped_key = None;
        row.sealed_subject = None;
        for number in 1..1000_u64 {
            let [.., a, b, c, d, e] = number.to_be_bytes();
            row.id = ctx.new_id();
            row.reference = Reference::from_random([a, b, c, d, e]).to_string();
            rights[0].request_id = row.id;
            requests::insert(conn, &row, &rights, &[])?;
        }
        Ok(())
    };
    app.app.write(copy).await.unwrap();
    let client = app.as_user(&dpo);
    let exact = list(&client, "limit=1").await;
    assert_eq!((&exact["count"], &exact["more_than_counted"]), (&json!(1000), &json!(false)));
    app.log_case(&dpo, &controller, |_| ()).await;
    let more = list(&client, "limit=1").await;
    assert_eq!((&more["count"], &more["more_than_counted"]), (&json!(1000), &json!(true)));
    assert!(more["next_cursor"].is_string());
}

#[actix_web::test]
async fn what_is_overdue_goes_by_the_day_of_each_controller() {
    let app = TestApp::start().await;
    let paris = app.controller("maison-exemple").await;
    let auckland = app
        .insert_controller("maison-australe", |row| row.time_zone = "Pacific/Auckland".to_owned())
        .await;
    let both = [(paris.id, Role::Dpo), (auckland.id, Role::Dpo)];
    let dpo = app.user(&both).await;
    let mut limits = Vec::new();
    for controller in [&paris, &auckland] {
        let case = app.log_case(&dpo, controller, |_| ()).await;
        limits.push(case.answer["request"]["legal_on"].as_str().unwrap().to_owned());
    }
    assert_eq!(limits[0], limits[1]);
    let day: chrono::NaiveDate = limits[0].parse().unwrap();
    let client = app.as_user(&dpo);
    let at = async |hour: u32| {
        app.set_now(day.and_hms_opt(hour, 30, 0).unwrap().and_utc());
        let found = list(&client, "overdue=true").await;
        let rows = found["requests"].as_array().unwrap();
        assert!(rows.iter().all(|row| row["overdue"] == true), "as each row says of itself");
        let mut ids: Vec<_> = rows.iter().map(|row| row["controller_id"].clone()).collect();
        ids.sort_by_key(ToString::to_string);
        ids
    };
    // Half an hour before noon in UTC, then past midnight in Auckland, then in Paris as well.
    assert!(at(9).await.is_empty());
    assert_eq!(at(11).await, [json!(auckland.id)]);
    let mut all = [json!(paris.id), json!(auckland.id)];
    all.sort_by_key(ToString::to_string);
    assert_eq!(at(23).await, all);
}

#[actix_web::test]
async fn what_is_carried_out_at_once_is_overdue_after_its_hours() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    app.log_case(&dpo, &controller, |_| ()).await;
    let marketing = |body: &mut Value| {
        body["rights"] = json!(["objection"]);
        body["objection_to"] = json!("marketing");
    };
    let urgent = app.log_case(&dpo, &controller, marketing).await;
    let client = app.as_user(&dpo);
    assert_eq!(list(&client, "overdue=true").await["requests"], json!([]));
    app.advance(Duration::hours(25));
    let found = list(&client, "overdue=true").await;
    let rows = found["requests"].as_array().unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (&rows[0]["id"], &rows[0]["overdue"]),
        (&urgent.answer["request"]["id"], &json!(true))
    );
    for date in ["-262143-01-01", "%2B262142-12-31", "10000-01-01"] {
        client.get(&format!("/api/v1/requests?due_before={date}")).await.expect(422);
    }
}
