//! What closing ends, it ends once it cannot be undone any more: until then it stands still, and
//! nothing is possible that a closed case forbids.

use chrono::Duration;
use guichet::domain::job::Job;
use guichet::domain::undo::TAKEN;
use guichet::worker::claim;
use guichet::worker::run::run;
use guichet::worker::{self, Stopper};
use serde_json::{Value, json};

use crate::collection::shop::Shop;

/// A case of the shop that may be searched in full.
struct Work {
    shop: Shop,
    id: String,
    reference: String,
}

impl Work {
    async fn new() -> Self {
        let shop = Shop::open().await;
        let (id, reference) = shop.log("zoe.canari@example.org").await;
        shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
        Self { shop, id, reference }
    }

    fn path(&self, end: &str) -> String {
        format!("/api/v1/requests/{}/{end}", self.id)
    }

    async fn post(&self, verb: &str, body: Value) {
        self.shop.dpo().post(&self.path(verb), body).await.expect(200);
    }

    async fn close(&self) {
        self.post("closing", json!({ "ground": "duplicate", "reason": "Twice" })).await;
    }

    async fn undo(&self) {
        self.shop.dpo().undo_at(&format!("/api/v1/requests/{}", self.id)).await.expect(200);
    }

    async fn drain(&self) {
        worker::drain(&self.shop.app.app).await.unwrap();
    }

    async fn get(&self, end: &str) -> Value {
        self.shop.dpo().get(&self.path(end)).await.expect(200).json()
    }

    /// A package that stands released.
    async fn released(&self) -> String {
        let search = self.shop.search(&self.id).await;
        let reason = Some("Le dossier papier manque");
        let package = self.shop.package(&self.id, &search, "access", reason).await;
        let package = format!("packages/{}", package["id"].as_str().unwrap());
        self.post(&format!("{package}/release"), json!({ "reference": self.reference })).await;
        package
    }
}

#[actix_web::test]
async fn a_package_cannot_be_fetched_from_the_closing_on_and_can_after_its_undo() {
    let work = Work::new().await;
    let package = work.released().await;
    let content = work.path(&format!("{package}/content"));
    let before = work.get(&package).await;
    work.close().await;
    work.drain().await;
    let closed = work.shop.dpo().get(&content).await.expect(409);
    assert_eq!(closed.json::<Value>()["reason"], "already-closed");
    work.undo().await;
    assert_eq!(work.get(&package).await, before);
    work.shop.dpo().get(&content).await.expect(200);
    work.shop.app.advance(Duration::hours(1));
    work.drain().await;
    assert_eq!(work.get(&package).await, before, "the undone closing ends nothing later");

    work.close().await;
    work.shop.app.advance(TAKEN - Duration::milliseconds(1));
    work.drain().await;
    assert_eq!(work.get(&package).await["state"], "released", "not before the delay");
    work.shop.app.advance(Duration::milliseconds(1));
    work.drain().await;
    assert_eq!(work.get(&package).await["state"], "ended");
    work.shop.app.assert_replays().await;
}

#[actix_web::test]
async fn a_search_stands_still_and_goes_on_after_an_undo() {
    let work = Work::new().await;
    let app = &work.shop.app;
    let search: Value =
        work.shop.dpo().post(&work.path("searches"), json!({})).await.expect(202).json();
    let search = format!("searches/{}", search["id"].as_str().unwrap());
    // One group is at work while the case is closed, the other waits.
    let at_work = claim::claim(&app.app).await.unwrap().expect("a group");
    assert!(matches!(at_work.job, Job::SearchGroup { .. }), "{:?}", at_work.job);
    let tasks = work.shop.dpo().get("/api/v1/tasks").await.expect(200).text();
    work.close().await;
    run(&app.app, at_work, &Stopper::default()).await;
    work.drain().await;
    let outcomes = |search: &Value| -> Vec<String> {
        let systems = search["systems"].as_array().unwrap().iter();
        systems.map(|system| system["outcome"].as_str().unwrap().to_owned()).collect()
    };
    let still = outcomes(&work.get(&search).await);
    assert!(still.contains(&"pending".to_owned()), "{still:?}");
    assert!(!still.contains(&"failed".to_owned()), "{still:?}");
    app.advance(Duration::seconds(5));
    work.undo().await;
    assert_eq!(work.shop.dpo().get("/api/v1/tasks").await.expect(200).text(), tasks);
    work.drain().await;
    let done = outcomes(&work.get(&search).await);
    assert!(done.contains(&"complete".to_owned()), "{done:?}");
    assert!(!done.contains(&"pending".to_owned()), "{done:?}");
    app.assert_replays().await;
}

#[actix_web::test]
async fn what_closing_ends_comes_after_a_worker_was_killed() {
    let work = Work::new().await;
    let app = &work.shop.app;
    let package = work.released().await;
    work.close().await;
    app.advance(TAKEN);
    // A worker takes the job, and its process with it.
    let taken = claim::claim(&app.app).await.unwrap().expect("the end of the work");
    assert!(matches!(taken.job, Job::EndWork { .. }), "{:?}", taken.job);
    assert_eq!(work.get(&package).await["state"], "released");
    app.advance(Job::LEASE + Duration::seconds(1));
    work.drain().await;
    assert_eq!(work.get(&package).await["state"], "ended");
    // It is done once.
    run(&app.app, taken, &Stopper::default()).await;
    app.assert_replays().await;
}

#[actix_web::test]
async fn taking_the_case_up_again_ends_at_once_what_waits() {
    let work = Work::new().await;
    let app = &work.shop.app;
    let package = work.released().await;
    work.close().await;
    work.post("reopening", json!({ "reason": "It was another" })).await;
    assert_eq!(work.get(&package).await["state"], "ended");
    let id = work.id.parse().unwrap();
    let pending = app.app.read(move |conn| Ok(guichet::db::jobs::pending(conn, id, "EndWork")?));
    assert_eq!(pending.await.unwrap(), None);
    // What is done from now on stays.
    let search = work.shop.search(&work.id).await;
    let package = work.shop.package(&work.id, &search, "access", Some("essai")).await;
    app.advance(TAKEN);
    work.drain().await;
    let package = format!("packages/{}", package["id"].as_str().unwrap());
    assert_eq!(work.get(&package).await["state"], "ready");
}
