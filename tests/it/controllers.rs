//! Controllers, their calendars and their members: who may, and what is refused.

use guichet::domain::actor::Role;
use serde_json::{Value, json};

use crate::support::app::TestApp;

fn new(slug: &str) -> Value {
    json!({
        "slug": slug, "name": "Exemple SA", "address": "1 rue A\n75002 Paris", "country": "FR",
        "contact": "dpo@exemple.example", "authority": "CNIL", "language": "fr",
        "regime": "EU-GDPR", "calendar": "FR-ALM", "time_zone": "Europe/Paris",
    })
}

#[actix_web::test]
async fn an_operator_sets_up_a_controller() {
    let app = TestApp::start().await;
    let client = app.as_user(&app.operator().await);
    let made = client.post("/api/v1/controllers", new("exemple")).await.expect(201);
    assert_eq!(made.header("etag"), Some("\"1\""));
    let place = made.header("location").unwrap().to_owned();
    let made: Value = made.json();
    assert_eq!(made["roll_over"], true);
    assert_eq!(made["least_level"], "v1");
    assert_eq!(client.get(&place).await.expect(200).json::<Value>(), made);
    let listed: Value = client.get("/api/v1/controllers").await.expect(200).json();
    assert_eq!(listed["controllers"][0]["id"], made["id"]);
    let twice = client.post("/api/v1/controllers", new("exemple")).await.expect(409);
    assert_eq!(twice.json::<Value>()["reason"], "slug-taken");
    let kinds = app.event_kinds().await;
    assert_eq!(kinds, ["ControllerCreated"]);
}

#[actix_web::test]
async fn every_setting_is_checked() {
    let app = TestApp::start().await;
    let client = app.as_user(&app.operator().await);
    for (field, value, code) in [
        ("slug", json!("A"), "slug"),
        ("name", json!(""), "empty"),
        ("name", json!("a\u{0}b"), "control-character"),
        ("address", json!("x".repeat(501)), "too-long"),
        ("country", json!("fr"), "country"),
        ("regime", json!("GDPR"), "unknown-regime"),
        ("regime", json!("BR-LGPD"), "regime-not-offered"),
        ("regime", json!("UK-DPA-164A"), "regime-not-offered"),
        ("calendar", json!("XX"), "unknown-calendar"),
        ("calendar", json!("FR+strict"), "unknown-calendar"),
        ("time_zone", json!("Paris"), "unknown-time-zone"),
        ("language", json!("de"), "unknown-value"),
        ("roll_over", json!("yes"), "wrong-type"),
        ("least_level", json!("v0"), "least-level"),
        ("least_level", json!("v9"), "unknown-value"),
    ] {
        let mut body = new("exemple");
        body[field] = value.clone();
        let answer = client.post("/api/v1/controllers", body).await.expect(422);
        assert_eq!(answer.problem().1, [format!("{field}: {code}")], "{field} {value}");
    }
    let mut body = new("exemple");
    body["wrapped_key"] = json!("x");
    client.post("/api/v1/controllers", body).await.expect(422);
}

#[actix_web::test]
async fn an_admin_changes_the_own_controller_alone() {
    let app = TestApp::start().await;
    let own = app.controller("maison-exemple").await;
    let other = app.controller_ie().await;
    let (own, other) = (own.id, other.id);
    let path = |id| format!("/api/v1/controllers/{id}");
    let user = app.user(&[(own, Role::Admin)]).await;
    let admin = app.as_user(&user);
    let change = json!({ "name": "Maison Exemple SARL", "roll_over": false });

    admin.patch(&path(own), &change).await.expect(428);
    admin.with("if-match", "1").patch(&path(own), &change).await.expect(400);
    let first = admin.with("if-match", "\"1\"");
    let changed = first.patch(&path(own), &change).await.expect(200);
    assert_eq!(changed.header("etag"), Some("\"2\""));
    let changed: Value = changed.json();
    assert_eq!((&changed["name"], &changed["roll_over"]), (&change["name"], &change["roll_over"]));
    let late = first.patch(&path(own), &change).await.expect(412);
    assert_eq!(late.json::<Value>()["reason"], "stale");

    let any = admin.with("if-match", "*");
    any.patch(&path(other), &change).await.expect(404);
    any.get(&path(other)).await.expect(404);
    any.patch(&path(own), json!({ "slug": "x" })).await.expect(422);
    admin.post("/api/v1/controllers", new("third")).await.expect(403);
    let listed: Value = admin.get("/api/v1/controllers").await.expect(200).json();
    assert_eq!(listed["controllers"].as_array().unwrap().len(), 1);
    admin.get("/api/v1/controllers/not-an-id").await.expect(404);

    for (role, reads) in [
        (Role::Dpo, 200),
        (Role::Handler, 200),
        (Role::Auditor, 200),
        (Role::Agent, 403),
        (Role::DataOwner, 403),
    ] {
        let user = app.user(&[(own, role)]).await;
        let client = app.as_user(&user).with("if-match", "*");
        client.get(&path(own)).await.expect(reads);
        client.patch(&path(own), &change).await.expect(403);
        client.get(&path(other)).await.expect(404);
    }
}

#[actix_web::test]
async fn a_calendar_gains_and_loses_days() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let user = app.user(&[(controller.id, Role::Admin)]).await;
    let admin = app.as_user(&user).with("if-match", "*");
    let path = format!("/api/v1/controllers/{}/calendar-days", controller.id);
    let days = json!({ "days": [
        { "day": "2026-05-15", "change": "added", "name": "Pont de l'Ascension" },
        { "day": "2026-07-14", "change": "removed", "name": "Ouvert" },
    ]});
    assert_eq!(admin.put(&path, &days).await.expect(200).json::<Value>(), days);
    assert_eq!(admin.get(&path).await.expect(200).json::<Value>(), days);
    admin.with("if-match", "\"1\"").get(&path).await.expect(200);
    let stale = app.as_user(&user).with("if-match", "\"1\"");
    stale.put(&path, &days).await.expect(412);

    let wrong = json!({ "days": [
        { "day": "2026-05-15", "change": "added", "name": "" },
        { "day": "2026-05-15", "change": "removed", "name": "x" },
        { "day": "2041-01-01", "change": "added", "name": "x" },
    ]});
    let errors = admin.put(&path, wrong).await.expect(422).problem().1;
    let expected =
        ["days[0].name: empty", "days[1].day: day-twice", "days[2].day: outside-calendar"];
    assert_eq!(errors, expected);
    assert_eq!(admin.get(&path).await.expect(200).json::<Value>(), days);
    let dates = json!({ "days": [{ "day": "14/07/2026", "change": "added", "name": "x" }] });
    let errors = admin.put(&path, dates).await.expect(422).problem().1;
    assert_eq!(errors, ["days[0].day: wrong-type"]);
}

#[actix_web::test]
async fn an_admin_chooses_the_members() {
    let app = TestApp::start().await;
    let own = app.controller("maison-exemple").await;
    let other = app.controller_ie().await;
    let user = app.user(&[(own.id, Role::Admin)]).await;
    let admin = app.as_user(&user);
    let members = format!("/api/v1/controllers/{}/members", own.id);
    let known = app.user(&[(other.id, Role::Dpo)]).await;

    let add = json!({ "email": known.email, "role": "handler" });
    let added: Value = admin.post(&members, &add).await.expect(201).json();
    assert_eq!(added, json!({ "user_id": known.id, "role": "handler" }));
    admin.post(&members, &add).await.expect(201);
    let client = app.as_user(&known);
    client.get(&format!("/api/v1/controllers/{}", own.id)).await.expect(200);

    let somebody = json!({ "email": "New.Person@staff.example", "role": "agent" });
    let refused = admin.post(&members, &somebody).await.expect(422);
    assert_eq!(refused.problem().1, ["name: missing-for-new-user"]);
    let mut named = somebody;
    named["name"] = json!("New Person");
    let added: Value = admin.post(&members, &named).await.expect(201).json();
    let credentials = json!({
        "email": "new.person@staff.example", "password": added["one_time_password"],
    });
    app.anonymous().post("/api/v1/tokens", credentials).await.expect(200);

    let listed: Value = admin.get(&members).await.expect(200).json();
    assert_eq!(listed["members"].as_array().unwrap().len(), 3);
    let gone = format!("{members}/{}/handler", known.id);
    admin.delete(&gone).await.expect(204);
    admin.delete(&gone).await.expect(404);
    admin.delete(&format!("{members}/{}/emperor", known.id)).await.expect(404);
    // At once, with the token that was good a moment ago.
    client.get(&format!("/api/v1/controllers/{}", own.id)).await.expect(404);

    let last = format!("{members}/{}/admin", user.id);
    let refused: Value = admin.delete(&last).await.expect(409).json();
    assert_eq!(refused["reason"], "last-admin");
    app.as_user(&app.operator().await).delete(&last).await.expect(204);
    admin.get(&members).await.expect(404);
}

#[actix_web::test]
async fn nobody_gives_a_role_to_oneself() {
    let app = TestApp::start().await;
    let own = app.controller("maison-exemple").await;
    let user = app.user(&[(own.id, Role::Admin)]).await;
    let members = format!("/api/v1/controllers/{}/members", own.id);
    let dpo = json!({ "email": user.email.to_uppercase(), "role": "dpo" });
    let refused: Value = app.as_user(&user).post(&members, &dpo).await.expect(409).json();
    assert_eq!(refused["reason"], "own-role");
    app.as_user(&user).get("/api/v1/requests").await.expect(403);
    // Another person decides it: an admin, or whoever runs the instance.
    app.as_user(&app.operator().await).post(&members, &dpo).await.expect(201);
    app.as_user(&user).get("/api/v1/requests").await.expect(200);
    let second = app.user(&[(own.id, Role::Admin)]).await;
    let handler = json!({ "email": user.email, "role": "handler" });
    app.as_user(&second).post(&members, &handler).await.expect(201);
}

#[actix_web::test]
async fn nobody_else_chooses_members() {
    let app = TestApp::start().await;
    let own = app.controller("maison-exemple").await;
    let other = app.controller_ie().await;
    let members = format!("/api/v1/controllers/{}/members", own.id);
    let operator = app.operator().await;
    let add = json!({ "email": operator.email, "role": "dpo" });
    for (roles, expected) in
        [(vec![(own.id, Role::Dpo)], 403), (vec![(other.id, Role::Admin)], 404), (vec![], 404)]
    {
        let user = app.user(&roles).await;
        let client = app.as_user(&user);
        client.get(&members).await.expect(expected);
        client.post(&members, &add).await.expect(expected);
        let one = format!("{members}/{}/dpo", user.id);
        client.delete(&one).await.expect(expected);
    }
    app.anonymous().get(&members).await.expect(401);
    // Whoever runs the instance sees no case, hence has no role.
    let refused = app.as_user(&operator).post(&members, &add).await.expect(422);
    assert_eq!(refused.problem().1, ["email: operator-has-no-role"]);
}
