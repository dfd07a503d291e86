//! Signing in at the controller's own identity provider: the settings, the way there and back, and
//! what somebody may try who is not the person. The tokens are forged with the keys of a provider of
//! the tests, since no real one forges; a real one signs people in in `tests/browser`.

mod answers;
mod settings;
mod tokens;

use guichet::mail::settings::Delivery;
use guichet::worker;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use url::Url;

use crate::collection::shop::Shop;
use crate::support::client::{Answer, Client};
use crate::support::provider::{Provider, sign};
use crate::support::visit::{PLACE, token, visitor};

const CASE: &str = "/t/maison-exemple/en/case";
const BACK: &str = "/t/maison-exemple/signed-in";

/// A shop with a provider, and one case whose address is on file.
struct Scene {
    shop: Shop,
    provider: Provider,
    id: String,
    reference: String,
    receipt: String,
}

async fn scene() -> Scene {
    scene_of(json!([{ "kind": "email", "value": "zoe.canari@example.org" }])).await
}

async fn scene_of(identifiers: Value) -> Scene {
    let shop = Shop::open_with(|config| {
        config.mail = Delivery::KeptHere;
        config.allowed.loopback = true;
    })
    .await;
    let provider = Provider::start();
    shop.app.set_provider(&shop.controller, &provider.issuer).await;
    worker::drain(&shop.app.app).await.unwrap();
    let (id, reference, receipt) = log(&shop, identifiers).await;
    Scene { shop, provider, id, reference, receipt }
}

async fn log(shop: &Shop, identifiers: Value) -> (String, String, String) {
    let body = json!({
        "controller_id": shop.controller.id, "channel": "web", "rights": ["access"],
        "subject": { "names": ["Zoé Canari"], "identifiers": identifiers },
    });
    let logged: Value = shop.dpo().post("/api/v1/requests", body).await.expect(201).json();
    let text = |place: &str| logged.pointer(place).unwrap().as_str().unwrap().to_owned();
    (text("/request/id"), text("/request/reference"), text("/receipt_secret"))
}

/// What a visit sends to the provider.
#[derive(Clone, Debug)]
struct Begun {
    state: String,
    nonce: String,
    address: Url,
}

/// Presses the button, and follows to the page with the link.
async fn begin(person: &Client<'_>) -> Begun {
    let action = format!("{PLACE}/sign-in-request");
    let csrf = token(&person.get(CASE).await.expect(200), &action);
    let asked = person.post_form(&action, &[("csrf", &csrf)]).await.expect(303);
    let page = format!("{PLACE}/sign-in");
    assert_eq!(asked.header("location"), Some(page.as_str()));
    let shown = person.get(&page).await.expect(200).text();
    let address = shown.split("class=\"button\" href=\"").nth(1).expect("the link");
    let address = address.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let address = Url::parse(&address).unwrap();
    let value = |wanted: &str| {
        let mut pairs = address.query_pairs();
        pairs.find(|(name, _)| name == wanted).expect(wanted).1.into_owned()
    };
    Begun { state: value("state"), nonce: value("nonce"), address: address.clone() }
}

/// The address that the provider sends a person back to.
fn back(scene: &Scene, begun: &Begun) -> String {
    back_with(&[("code", "abc"), ("state", &begun.state), ("iss", &scene.provider.issuer)])
}

fn back_with(pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    format!("{BACK}?{}", query.extend_pairs(pairs).finish())
}

/// Begins, signs in as these claims say, and comes back; where the person is led then.
async fn sign_in(scene: &Scene, person: &Client<'_>, claims: Value) -> String {
    let begun = begin(person).await;
    let mut said = scene.provider.claims(&scene.shop.app, &begun.nonce);
    for (name, value) in claims.as_object().unwrap() {
        said[name] = value.clone();
    }
    scene.provider.give(&sign(Algorithm::RS256, &said));
    led_to(&person.get(&back(scene, &begun)).await)
}

/// Where an answer leads to, behind the place.
fn led_to(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let location = answer.header("location").unwrap();
    location.strip_prefix(PLACE).unwrap_or(location).trim_start_matches('/').to_owned()
}

impl Scene {
    /// A visit to another case of the same person: tries are counted for each case.
    async fn another(&self) -> (String, Client<'_>) {
        let zoe = json!([{ "kind": "email", "value": "zoe.canari@example.org" }]);
        let (id, reference, receipt) = log(&self.shop, zoe).await;
        (id, visitor(&self.shop.app, &reference, &receipt).await)
    }

    async fn level_of(&self, id: &str) -> Value {
        let path = format!("/api/v1/requests/{id}");
        let case: Value = self.shop.dpo().get(&path).await.expect(200).json();
        case["identity"]["level"].clone()
    }

    async fn person(&self) -> Client<'_> {
        visitor(&self.shop.app, &self.reference, &self.receipt).await
    }

    async fn case(&self) -> Value {
        let path = format!("/api/v1/requests/{}", self.id);
        self.shop.dpo().get(&path).await.expect(200).json()
    }

    async fn level(&self) -> Value {
        self.case().await["identity"]["level"].clone()
    }

    async fn events(&self) -> Vec<Value> {
        let path = format!("/api/v1/requests/{}/events", self.id);
        let history: Value = self.shop.dpo().get(&path).await.expect(200).json();
        history["events"].as_array().unwrap().clone()
    }

    async fn has_event(&self, kind: &str) -> bool {
        self.events().await.iter().any(|event| event["kind"] == kind)
    }

    async fn tasks(&self) -> Vec<String> {
        let listed: Value = self.shop.dpo().get("/api/v1/tasks").await.expect(200).json();
        let tasks = listed["tasks"].as_array().unwrap().iter();
        tasks.map(|task| format!("{} {}", task["kind"], task["detail"]).replace('"', "")).collect()
    }
}
