//! The settings of a provider: sealed, tried, shown without their secret, and changed by the page.

use actix_web::http::Method;
use guichet::db::identity_providers;
use guichet::domain::actor::Role;
use guichet::worker;
use serde_json::{Value, json};

use crate::pages::{browser, token};
use crate::support::app::{TestApp, start_at};
use crate::support::provider::{Provider, Reply, SECRET};

async fn start() -> TestApp {
    TestApp::start_with(|config| config.allowed.loopback = true).await
}

fn body(issuer: &str) -> Value {
    json!({
        "issuer": issuer, "client_id": "guichet", "client_secret": SECRET,
        "claims": [{ "claim": "email", "kind": "email" }],
    })
}

#[actix_web::test]
async fn a_provider_goes_in_is_tried_and_its_secret_never_comes_out() {
    let app = start().await;
    let provider = Provider::start();
    let controller = app.controller("maison-exemple").await;
    let admin = app.user(&[(controller.id, Role::Admin)]).await;
    let client = app.as_user(&admin);
    let path = format!("/api/v1/controllers/{}/identity-provider", controller.id);
    let none: Value = client.get(&path).await.expect(200).json();
    assert_eq!(none, json!({ "provider": null }));
    client.delete(&path).await.expect(404);
    client.send(Method::POST, &format!("{path}/test"), None, &[]).await.expect(404);

    let made = client.put(&path, body(&provider.issuer)).await.expect(201);
    let shown: Value = made.json();
    assert_eq!((&shown["offered"], &shown["test"]["state"]), (&json!(false), &json!("testing")));
    let home = app.config().base_url.as_str();
    assert_eq!(shown["redirect_uri"], format!("{home}t/maison-exemple/signed-in"));
    let twice = client.send(Method::POST, &format!("{path}/test"), None, &[]).await.expect(409);
    assert_eq!(twice.json::<Value>()["reason"], "test-running");
    assert_eq!(worker::drain(&app.app).await.unwrap(), 1);
    let tried = client.get(&path).await.expect(200);
    let shown: Value = tried.json();
    let shown = &shown["provider"];
    assert_eq!((&shown["offered"], &shown["test"]["state"]), (&json!(true), &json!("ok")));

    // The secret stays where client and issuer do, and goes to nobody else.
    let mut kept = body(&provider.issuer);
    kept["client_secret"] = Value::Null;
    client.put(&path, &kept).await.expect(200);
    for (field, value) in [("issuer", json!("http://127.0.0.1:9")), ("client_id", json!("other"))] {
        let mut other = kept.clone();
        other[field] = value;
        let refused = client.put(&path, other).await.expect(422).problem();
        assert_eq!(refused.1, ["client_secret: empty"], "{field}");
    }
    worker::drain(&app.app).await.unwrap();
    client.send(Method::POST, &format!("{path}/test"), None, &[]).await.expect(202);
    worker::drain(&app.app).await.unwrap();

    let events = app.event_texts().await;
    let said = [made.text(), tried.text(), events].concat();
    assert!(!said.contains("canary"), "{said}");
    let id = controller.id;
    let row = app.app.read(move |conn| Ok(identity_providers::get(conn, id)?)).await.unwrap();
    let sealed = row.unwrap().sealed_settings;
    assert!(!sealed.windows(6).any(|window| window == b"canary"));
    client.delete(&path).await.expect(204);
    let kinds = app.event_kinds().await;
    let of_set = ["IdentityProviderRemoved", "IdentityProviderSet", "IdentityProviderSet"];
    assert_eq!(kinds, [&of_set[..], &["IdentityProviderTestStarted"]].concat());
}

#[actix_web::test]
async fn a_provider_that_cannot_be_used_says_why() {
    let app = start().await;
    let controller = app.controller("maison-exemple").await;
    let admin = app.user(&[(controller.id, Role::Admin)]).await;
    let client = app.as_user(&admin);
    let path = format!("/api/v1/controllers/{}/identity-provider", controller.id);
    for (field, value, told) in [
        ("issuer", json!("https://10.0.0.1"), "issuer: host-not-allowed"),
        ("issuer", json!("http://10.0.0.1"), "issuer: provider-issuer"),
        ("issuer", json!("https://169.254.169.254"), "issuer: host-not-allowed"),
        ("claims", json!([]), "claims: claim-count"),
        ("claims", json!([{ "claim": "name", "kind": "name" }]), "claims[0]: claim-kind-shared"),
        ("scopes", json!(["a b"]), "scopes: provider-scopes"),
    ] {
        let mut wrong = body("http://127.0.0.1:9");
        wrong[field] = value;
        assert_eq!(client.put(&path, wrong).await.expect(422).problem().1, [told]);
    }
    let document = "/.well-known/openid-configuration";
    let provider = Provider::start();
    let other = |field: &str, value: &str| {
        let mut changed = provider.document();
        changed[field] = json!(value);
        Reply::Json(200, changed)
    };
    for (reply, code) in [
        (other("issuer", "https://evil.example"), "provider-other-issuer"),
        (other("token_endpoint", "https://10.0.0.1/"), "provider-bad-endpoint"),
        (other("jwks_uri", "file:///etc/passwd"), "provider-bad-endpoint"),
        (Reply::Json(404, json!({})), "provider-refused"),
        (Reply::Json(200, json!({})), "provider-malformed"),
        (Reply::Redirect("http://169.254.169.254/".to_owned()), "provider-redirected"),
        (Reply::Huge(100 * 1024 * 1024), "provider-too-large"),
        (Reply::Hang, "provider-timed-out"),
    ] {
        provider.reply(document, reply);
        let set = client.put(&path, body(&provider.issuer)).await;
        assert!([200, 201].contains(&set.status), "{}", set.text());
        worker::drain(&app.app).await.unwrap();
        let shown: Value = client.get(&path).await.expect(200).json();
        let test = &shown["provider"]["test"];
        assert_eq!((&test["state"], &test["code"]), (&json!("failed"), &json!(code)));
        assert_eq!(shown["provider"]["offered"], false);
    }
}

#[actix_web::test]
async fn nobody_signs_in_before_a_test_has_succeeded() {
    let scene = super::scene().await;
    let (shop, person) = (&scene.shop, scene.person().await);
    let page = person.get(super::CASE).await.expect(200).text();
    assert!(page.contains("Sign in with your"), "{page}");
    let id = shop.controller.id;
    let fail = shop.app.app.write(move |conn| {
        let version = identity_providers::get(conn, id)?.unwrap().version;
        let failed = Err("provider-refused");
        Ok(identity_providers::end_test(conn, (id, version), failed, start_at().into())?)
    });
    fail.await.unwrap();
    let page = person.get(super::CASE).await.expect(200).text();
    assert!(!page.contains("Sign in with your") && page.contains("Send me a code"), "{page}");
}

#[actix_web::test]
async fn the_page_sets_tries_and_removes_a_provider() {
    let app = start().await;
    let provider = Provider::start();
    let controller = app.controller("maison-exemple").await;
    let admin = app.user(&[(controller.id, Role::Admin)]).await;
    let reader = browser(&app, &admin).await;
    let path = format!("/controllers/{}/identity-provider", controller.id);
    let home = reader.get("/").await.expect(200).text();
    assert!(home.contains(&path), "{home}");
    let shown = reader.get(&path).await.expect(200);
    assert!(shown.text().contains("None is set"), "{}", shown.text());
    let csrf = token(&shown, "/sign-out");
    let issuer = provider.issuer.as_str();
    let fields = |issuer, others| {
        let named = [("csrf", csrf.as_str()), ("act", "save"), ("issuer", issuer)];
        let rest = [("client_id", "guichet"), ("client_secret", SECRET), ("others", others)];
        [&named[..], &rest, &[("email", "yes"), ("scopes", "shop")]].concat()
    };
    let refused = reader.post_form(&path, &fields("<b>", "customer_number")).await.expect(422);
    let refused = refused.text();
    assert!(refused.contains("Write an https address"), "{refused}");
    assert!(refused.contains("Write the claim and the kind"), "{refused}");
    assert!(refused.contains("&#60;b&#62;") && !refused.contains("canary"), "{refused}");
    let others = "customer_number = customer_no";
    reader.post_form(&path, &fields(issuer, others)).await.expect(303);
    let act = |act| [("csrf", csrf.as_str()), ("act", act)];
    reader.post_form(&path, &act("test")).await.expect(409);
    worker::drain(&app.app).await.unwrap();
    let shown = reader.get(&path).await.expect(200).text();
    assert!(shown.contains("people can sign in there") && shown.contains(others), "{shown}");
    assert!(shown.contains("/t/maison-exemple/signed-in") && !shown.contains("canary"), "{shown}");
    reader.post_form(&path, &act("test")).await.expect(303);
    reader.post_form(&path, &act("remove")).await.expect(303);
    assert!(reader.get(&path).await.expect(200).text().contains("None is set"));
    // Who works on cases reads it at most.
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let reader = browser(&app, &dpo).await;
    let shown = reader.get(&path).await.expect(200);
    assert!(!shown.text().contains("client_secret"));
    let csrf = token(&shown, "/sign-out");
    reader.post_form(&path, &[("csrf", csrf.as_str()), ("act", "remove")]).await.expect(403);
}
