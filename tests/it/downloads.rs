//! Downloads of packages: which are recorded, which are refused, and what a part is.

use actix_web::http::Method;
use chrono::Duration;
use guichet::domain::actor::Role;
use serde_json::{Value, json};

use crate::collection::shop::Shop;
use crate::support::client::Client;

/// A case with a package of what its systems hold: its id, and where the package is fetched.
async fn packed(shop: &Shop) -> (String, String) {
    let (id, _) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", None).await;
    let content =
        format!("/api/v1/requests/{id}/packages/{}/content", package["id"].as_str().unwrap());
    (id, content)
}

/// Who fetched, as the history has it.
async fn recorded(shop: &Shop, id: &str) -> Vec<String> {
    let events = shop.dpo().get(&format!("/api/v1/requests/{id}/events")).await;
    let events: Value = events.expect(200).json();
    let events = events["events"].as_array().unwrap().iter();
    let downloads = events.filter(|event| event["kind"] == "PackageDownloaded");
    downloads.map(|event| event["actor"].as_str().unwrap().to_owned()).collect()
}

async fn part(client: &Client<'_>, content: &str, range: &str) -> u16 {
    client.with("range", range).get(content).await.status
}

#[actix_web::test]
async fn whatever_part_is_fetched_is_recorded_and_a_transfer_in_parts_is_one_download() {
    let shop = Shop::open().await;
    let (id, content) = packed(&shop).await;
    // All but the first byte is as good as the whole.
    assert_eq!(part(&shop.dpo(), &content, "bytes=1-").await, 206);
    assert_eq!(recorded(&shop, &id).await.len(), 1);
    for range in ["bytes=0-99", "bytes=100-199", "bytes=-1"] {
        assert_eq!(part(&shop.dpo(), &content, range).await, 206);
    }
    shop.dpo().get(&content).await.expect(200);
    assert_eq!(recorded(&shop, &id).await.len(), 1, "one transfer");

    let colleague = shop.app.user(&[(shop.controller.id, Role::Dpo)]).await;
    assert_eq!(part(&shop.app.as_user(&colleague), &content, "bytes=5-9").await, 206);
    let by = recorded(&shop, &id).await;
    assert_eq!(by.len(), 2, "another person's is their own");
    assert_eq!(by[1], format!("user:{}", colleague.id));

    // Counted from the event, so that nobody stays unrecorded by never stopping.
    shop.app.advance(Duration::minutes(14));
    assert_eq!(part(&shop.dpo(), &content, "bytes=1-").await, 206);
    shop.app.advance(Duration::minutes(1));
    assert_eq!(part(&shop.dpo(), &content, "bytes=1-").await, 206);
    assert_eq!(recorded(&shop, &id).await.len(), 3);
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn a_part_is_refused_where_the_whole_is() {
    let shop = Shop::open().await;
    let (id, content) = packed(&shop).await;
    let reason = json!({ "reason": "Elle a changé d'avis" });
    shop.dpo().post(&format!("/api/v1/requests/{id}/withdrawal"), reason).await.expect(200);
    for range in ["bytes=0-", "bytes=1-", "bytes=-5"] {
        assert_eq!(part(&shop.dpo(), &content, range).await, 409, "{range}");
    }
    let head = shop.dpo().send(Method::HEAD, &content, None, &[]).await;
    assert_eq!(head.status, 409);
    assert!(recorded(&shop, &id).await.is_empty());
}

#[actix_web::test]
async fn a_part_that_is_not_there_says_how_long_the_package_is() {
    let shop = Shop::open().await;
    let (id, content) = packed(&shop).await;
    let wrong = shop.dpo().with("range", "bytes=99999999-").get(&content).await.expect(416);
    assert!(recorded(&shop, &id).await.is_empty(), "nothing was handed out");
    let size = shop.dpo().get(&content).await.expect(200).body.len();
    assert_eq!(wrong.header("content-range"), Some(format!("bytes */{size}").as_str()));
}

#[actix_web::test]
async fn the_headers_alone_are_no_download() {
    let shop = Shop::open().await;
    let (id, content) = packed(&shop).await;
    // A range has no meaning here.
    let headers = [("range", "bytes=5-9")];
    let head = shop.dpo().send(Method::HEAD, &content, None, &headers).await.expect(200);
    assert!(head.body.is_empty());
    assert!(recorded(&shop, &id).await.is_empty());
    let whole = shop.dpo().get(&content).await.expect(200);
    for name in ["content-length", "content-type", "etag", "repr-digest", "accept-ranges"] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
        assert!(head.header(name).is_some(), "{name}");
    }
}

#[actix_web::test]
async fn who_prepares_an_answer_looks_at_it_until_it_is_released() {
    let shop = Shop::open().await;
    let (id, reference) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let package = package["id"].as_str().unwrap();
    let path = format!("/api/v1/requests/{id}/packages/{package}");
    let link = format!("/requests/{id}/packages/{package}/content");
    let handler = shop.app.user(&[(shop.controller.id, Role::Handler)]).await;
    let desk = crate::pages::browser(&shop.app, &handler).await;
    let pages = [format!("/requests/{id}"), format!("/requests/{id}/review")];
    for page in &pages {
        assert!(desk.get(page).await.expect(200).text().contains(&link), "{page}");
    }
    let seen = desk.get(&link).await.expect(200).body;
    let own = shop.app.as_user(&handler);
    assert_eq!(own.get(&format!("{path}/content")).await.expect(200).body, seen);
    assert_eq!(recorded(&shop, &id).await, [format!("user:{}", handler.id)]);
    desk.get(&format!("/requests/{id}/packages/{package}/print")).await.expect(403);
    let release = json!({ "reference": reference });
    own.with("if-match", "*").post(&format!("{path}/release"), &release).await.expect(403);

    shop.dpo().post(&format!("{path}/release"), &release).await.expect(200);
    desk.get(&link).await.expect(403);
    own.get(&format!("{path}/content")).await.expect(403);
    for page in &pages {
        assert!(!desk.get(page).await.expect(200).text().contains(&link), "{page}");
    }
    shop.dpo().get(&format!("{path}/content")).await.expect(200);
    // Nor does whoever reads the history alone look at what is prepared.
    let portability = shop.package(&id, &search, "portability", Some("essai")).await;
    let content = portability["id"].as_str().unwrap();
    let content = format!("/api/v1/requests/{id}/packages/{content}/content");
    own.get(&content).await.expect(200);
    let auditor = shop.app.user(&[(shop.controller.id, Role::Auditor)]).await;
    shop.app.as_user(&auditor).get(&content).await.expect(403);
    shop.app.assert_replays().await;
}
