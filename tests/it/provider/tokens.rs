//! ID tokens that are not what they should be. Each is refused, and the case stays as it was.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde_json::{Value, json};

use super::{Scene, back, begin, led_to, scene};
use crate::support::client::Client;
use crate::support::provider::{KEYS, Reply, sign};

const FAILED: &str = "sign-in?outcome=failed";

/// Begins, and comes back with a token that is made from the honest claims.
async fn come_back(
    scene: &Scene,
    person: &Client<'_>,
    make: impl FnOnce(&Value) -> String,
) -> String {
    let begun = begin(person).await;
    let claims = scene.provider.claims(&scene.shop.app, &begun.nonce);
    scene.provider.give(&make(&claims));
    led_to(&person.get(&back(scene, &begun)).await)
}

#[actix_web::test]
async fn every_algorithm_that_is_taken_is_checked() {
    for algorithm in [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA] {
        let scene = scene().await;
        let person = scene.person().await;
        let forged = come_back(&scene, &person, |claims| {
            let token = sign(algorithm, claims);
            let (head, mark) = token.rsplit_once('.').unwrap();
            let mut mark = URL_SAFE_NO_PAD.decode(mark).unwrap();
            mark[9] ^= 1;
            format!("{head}.{}", URL_SAFE_NO_PAD.encode(mark))
        });
        assert_eq!(forged.await, FAILED, "{algorithm:?}");
        let right = come_back(&scene, &person, |claims| sign(algorithm, claims)).await;
        assert_eq!((right.as_str(), scene.level().await), ("case", json!("v1")), "{algorithm:?}");
    }
}

#[actix_web::test]
async fn a_claim_that_is_wrong_is_refused() {
    type Row = (&'static str, fn(&Value) -> Value);
    let rows: [Row; 20] = [
        ("nonce", |_| json!("another")),
        ("nonce", |_| Value::Null),
        ("nonce", |_| json!("")),
        ("aud", |_| json!("another")),
        ("aud", |_| json!([])),
        ("aud", |_| json!(["guichet", "another"])),
        ("aud", |_| Value::Null),
        ("azp", |_| json!("another")),
        ("iss", |it| json!(format!("{}/", it["iss"].as_str().unwrap()))),
        ("iss", |_| json!("https://evil.example")),
        ("iss", |_| Value::Null),
        ("sub", |_| Value::Null),
        ("exp", |it| json!(it["iat"].as_i64().unwrap() - 61)),
        ("exp", |_| Value::Null),
        ("exp", |_| json!("4102444800")),
        ("exp", |_| json!(1.5e300)),
        ("iat", |it| json!(it["iat"].as_i64().unwrap() - 700)),
        ("iat", |it| json!(it["iat"].as_i64().unwrap() + 120)),
        ("iat", |_| Value::Null),
        ("nbf", |it| json!(it["iat"].as_i64().unwrap() + 120)),
    ];
    let scene = scene().await;
    for (claim, change) in rows {
        let (id, person) = scene.another().await;
        let led = come_back(&scene, &person, |claims| {
            let mut claims = claims.clone();
            let value = change(&claims);
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(claim);
            } else {
                claims[claim] = value;
            }
            sign(Algorithm::RS256, &claims)
        });
        assert_eq!(led.await, FAILED, "{claim}");
        assert_eq!(scene.level_of(&id).await, "v0", "{claim}");
    }
    let person = scene.person().await;
    // Two audiences are right where the token says that it was asked for by us.
    let led = come_back(&scene, &person, |claims| {
        let mut claims = claims.clone();
        claims["aud"] = json!(["guichet", "another"]);
        claims["azp"] = json!("guichet");
        sign(Algorithm::RS256, &claims)
    });
    assert_eq!(led.await, "case");
}

/// A token with this head, signed by nobody.
fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |it: &Value| URL_SAFE_NO_PAD.encode(it.to_string());
    format!("{}.{}.", part(header), part(claims))
}

#[actix_web::test]
async fn no_other_signature_stands_for_one() {
    let scene = scene().await;
    let jwks = scene.provider.jwks();
    let keys: Vec<Jwk> = serde_json::from_value(jwks["keys"].clone()).unwrap();
    let rsa = keys.iter().find(|it| it.common.key_id.as_deref() == Some("RS256")).unwrap();
    let public = DecodingKey::from_jwk(rsa).unwrap();
    assert!(public.try_get_as_bytes().is_err(), "the public key is a modulus and an exponent");
    let modulus = serde_json::to_value(rsa).unwrap()["n"].as_str().unwrap().to_owned();
    type Make<'a> = Box<dyn FnOnce(&Value) -> String + 'a>;
    let with_secret = |secret: Vec<u8>| -> Make<'_> {
        Box::new(move |claims| {
            let mut header = Header::new(Algorithm::HS256);
            header.kid = Some("RS256".to_owned());
            jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(&secret)).unwrap()
        })
    };
    let rows: Vec<(&str, Make<'_>)> = vec![
        ("none", Box::new(|it| unsigned(&json!({ "alg": "none" }), it))),
        ("None", Box::new(|it| unsigned(&json!({ "alg": "None", "kid": "RS256" }), it))),
        ("no algorithm", Box::new(|it| unsigned(&json!({ "kid": "RS256" }), it))),
        ("no signature", Box::new(|it| unsigned(&json!({ "alg": "RS256", "kid": "RS256" }), it))),
        ("the public key as secret", with_secret(modulus.clone().into_bytes())),
        ("its bytes as secret", with_secret(URL_SAFE_NO_PAD.decode(&modulus).unwrap())),
        ("the client secret", with_secret(b"secret-canary".to_vec())),
        (
            "the key of another algorithm",
            Box::new(|claims| {
                let mut header = Header::new(Algorithm::ES256);
                header.kid = Some("RS256".to_owned());
                jsonwebtoken::encode(&header, claims, &KEYS[&Algorithm::ES256]).unwrap()
            }),
        ),
        (
            "no key named, and several that fit",
            Box::new(|claims| {
                let header = Header::new(Algorithm::RS256);
                let other = EncodingKey::from_secret(b"x");
                assert!(jsonwebtoken::encode(&header, claims, &other).is_err());
                unsigned(&json!({ "alg": "RS256" }), claims)
            }),
        ),
        (
            "something critical",
            Box::new(|claims| {
                let token = sign(Algorithm::RS256, claims);
                let header = json!({ "alg": "RS256", "kid": "RS256", "crit": ["exp"] });
                let head = URL_SAFE_NO_PAD.encode(header.to_string());
                format!("{head}.{}", token.split_once('.').unwrap().1)
            }),
        ),
        ("nothing", Box::new(|_| String::new())),
        ("no token", Box::new(|_| "a.b.c".to_owned())),
        (
            "a very long one",
            Box::new(|it| format!("{}{}", sign(Algorithm::RS256, it), "A".repeat(40_000))),
        ),
    ];
    for (name, make) in rows {
        let (id, person) = scene.another().await;
        assert_eq!(come_back(&scene, &person, make).await, FAILED, "{name}");
        assert_eq!(scene.level_of(&id).await, "v0", "{name}");
    }
}

#[actix_web::test]
async fn keys_are_fetched_again_once_and_not_at_will() {
    let scene = scene().await;
    let person = scene.person().await;
    let unknown = |claims: &Value| {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some("unknown".to_owned());
        jsonwebtoken::encode(&header, claims, &KEYS[&Algorithm::RS256]).unwrap()
    };
    for _ in 0..5 {
        assert_eq!(come_back(&scene, &person, unknown).await, FAILED);
    }
    assert_eq!(scene.provider.calls("/jwks").len(), 1, "within a minute");
    // The provider changes its keys: they are followed.
    scene.shop.app.advance(Duration::minutes(1));
    let mut jwks = scene.provider.jwks();
    jwks["keys"] = json!([jwks["keys"].as_array().unwrap().iter().find(|it| it["kid"] == "RS256")]);
    jwks["keys"][0]["kid"] = json!("unknown");
    scene.provider.reply("/jwks", Reply::Json(200, jwks));
    assert_eq!(come_back(&scene, &person, unknown).await, "case");
    assert_eq!(scene.provider.calls("/jwks").len(), 2);
}

#[actix_web::test]
async fn another_key_under_the_same_name_is_fetched_once_in_five_minutes() {
    let scene = scene().await;
    let person = scene.person().await;
    let right = |claims: &Value| sign(Algorithm::RS256, claims);
    let forged = |claims: &Value| {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some("RS256".to_owned());
        let token = jsonwebtoken::encode(&header, claims, &KEYS[&Algorithm::RS256]).unwrap();
        let (head, mark) = token.rsplit_once('.').unwrap();
        let mut mark = URL_SAFE_NO_PAD.decode(mark).unwrap();
        mark[9] ^= 1;
        format!("{head}.{}", URL_SAFE_NO_PAD.encode(mark))
    };
    let fetched = || scene.provider.calls("/jwks").len();
    // The set as it was before: another key stands under the name, and its bytes are no key of theirs.
    let now = scene.provider.jwks();
    let mut before = now.clone();
    for key in before["keys"].as_array_mut().unwrap() {
        if key["kid"] == "RS256" {
            let last = key["n"].as_str().unwrap().replacen('A', "B", 1).replacen('C', "D", 1);
            key["n"] = json!(last);
        }
    }
    scene.provider.reply("/jwks", Reply::Json(200, before));
    assert_eq!(come_back(&scene, &person, right).await, FAILED);
    assert_eq!(fetched(), 1, "fetched a moment ago");
    scene.provider.reply("/jwks", Reply::Json(200, now));
    scene.shop.app.advance(Duration::minutes(2));
    assert_eq!(come_back(&scene, &person, right).await, "case");
    assert_eq!(fetched(), 2);
    // Forged tokens do not make us call at will.
    let (_, other) = scene.another().await;
    for _ in 0..4 {
        scene.shop.app.advance(Duration::minutes(1));
        assert_eq!(come_back(&scene, &other, forged).await, FAILED);
    }
    assert_eq!(fetched(), 2);
    scene.shop.app.advance(Duration::minutes(1));
    assert_eq!(come_back(&scene, &other, forged).await, FAILED);
    assert_eq!(fetched(), 3);
}

#[actix_web::test]
async fn a_key_set_that_misbehaves_is_none() {
    let scene = scene().await;
    let person = scene.person().await;
    for reply in [
        Reply::Huge(100 * 1024 * 1024),
        Reply::Redirect("http://10.0.0.1/jwks".to_owned()),
        Reply::Json(200, json!({ "keys": [] })),
        Reply::Json(
            200,
            json!({ "keys": [{ "kty": "RSA", "kid": "RS256", "n": "AQAB", "e": "AQAB" }] }),
        ),
        Reply::Json(200, json!("keys")),
    ] {
        scene.shop.app.advance(Duration::minutes(2));
        scene.provider.reply("/jwks", reply);
        let led = come_back(&scene, &person, |claims| sign(Algorithm::RS256, claims)).await;
        assert_eq!(led, FAILED);
    }
    assert_eq!(scene.level().await, "v0");
}
