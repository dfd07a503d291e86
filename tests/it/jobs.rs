//! Jobs that end in unusual ways: by the death of their process, by a row that does not read, by a
//! case that ends meanwhile. What began is never left half done, and nothing waits for ever.

use diesel::prelude::*;
use guichet::db::conn::Conn;
use guichet::db::schema::{files, jobs, packages, search_systems, systems, tasks};
use guichet::domain::ids::{PackageId, SearchId};
use guichet::domain::job::Job;
use guichet::domain::undo::TAKEN;
use guichet::worker::claim::{self, Claimed};
use guichet::worker::run::{Cancel, Ended};
use guichet::worker::{self, Stopper, build_package, compare_people, run, search_group};
use serde_json::{Value, json};

use crate::collection::shop::Shop;
use crate::support::app::TestApp;

impl TestApp {
    async fn ask<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> QueryResult<T> + Send + 'static,
    ) -> T {
        self.app.read(move |conn| Ok(query(conn)?)).await.unwrap()
    }

    /// State, attempts and last error of the jobs of a kind, in the order in which they were made.
    async fn jobs(&self, kind: &'static str) -> Vec<(String, i32, Option<String>)> {
        let query = move |conn: &mut Conn| {
            jobs::table
                .filter(jobs::kind.eq(kind))
                .order(jobs::id)
                .select((jobs::state, jobs::attempts, jobs::last_error))
                .load(conn)
        };
        self.ask(query).await
    }

    /// What the tasks of a kind say, open ones only.
    async fn open_tasks(&self, kind: &'static str) -> Vec<String> {
        let query = move |conn: &mut Conn| {
            tasks::table
                .filter(tasks::kind.eq(kind))
                .filter(tasks::done_at.is_null())
                .select(tasks::detail)
                .load(conn)
        };
        self.ask(query).await
    }

    async fn damage(&self, kind: &'static str) {
        let damage = move |conn: &mut Conn| {
            let changed = diesel::update(jobs::table.filter(jobs::kind.eq(kind)))
                .set(jobs::payload.eq("{\"job\":\"FromAnotherVersion\"}"))
                .execute(conn)?;
            assert_eq!(changed, 1);
            Ok(())
        };
        self.app.write(damage).await.unwrap();
    }

    fn sealed_files(&self) -> usize {
        // Beside the mark of the folder.
        std::fs::read_dir(guichet::start::sealed_folder(self.config())).unwrap().count() - 1
    }
}

/// A case that may be searched in full.
async fn identified(shop: &Shop) -> String {
    let (id, _) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    id
}

async fn start_search(shop: &Shop, id: &str) -> Value {
    let path = format!("/api/v1/requests/{id}/searches");
    shop.dpo().post(&path, json!({})).await.expect(202).json()
}

async fn order(shop: &Shop, id: &str, search: &Value) -> Value {
    let path = format!("/api/v1/requests/{id}/packages");
    let body = json!({ "search_id": search["id"], "right": "access" });
    shop.dpo().post(&path, body).await.expect(202).json()
}

async fn claim_next(app: &TestApp) -> Claimed {
    claim::claim(&app.app).await.unwrap().expect("a job that is due")
}

fn group(claimed: &Claimed) -> (SearchId, usize) {
    match claimed.job {
        Job::SearchGroup { search, group } => (search, group),
        ref other => panic!("{other:?}"),
    }
}

async fn run_search(app: &TestApp, claimed: &Claimed) -> Result<Ended, run::Failure> {
    search_group::run(&app.app, claimed, &Cancel::default(), group(claimed)).await
}

fn compared_by(claimed: &Claimed) -> SearchId {
    match claimed.job {
        Job::ComparePeople { search } => search,
        ref other => panic!("{other:?}"),
    }
}

fn package_of(claimed: &Claimed) -> PackageId {
    match claimed.job {
        Job::BuildPackage { package } => package,
        ref other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn the_outcome_of_a_job_and_its_end_are_one_transaction() {
    let shop = Shop::open().await;
    let app = &shop.app;
    let id = identified(&shop).await;
    let search = start_search(&shop, &id).await;
    // Each job does its work; what would settle it afterwards never comes, as after a kill.
    for _ in 0..2 {
        let claimed = claim_next(app).await;
        let ended = run_search(app, &claimed).await.unwrap();
        assert_eq!(ended, Ended::Recorded);
        // The same work again, as a worker does that took it for lost, changes nothing more.
        let again = run_search(app, &claimed).await.unwrap();
        assert_eq!(again, Ended::Unwanted);
    }
    let states: Vec<_> = app.jobs("SearchGroup").await.into_iter().map(|job| job.0).collect();
    assert_eq!(states, ["done", "done"]);
    assert_eq!(app.sealed_files(), 4, "three tables, and the values between the systems");
    let claimed = claim_next(app).await;
    for expected in [Ended::Recorded, Ended::Unwanted] {
        let ended = compare_people::run(&app.app, &claimed, compared_by(&claimed)).await.unwrap();
        assert_eq!(ended, expected);
    }
    order(&shop, &id, &search).await;
    let claimed = claim_next(app).await;
    let package = package_of(&claimed);
    let cancel = Cancel::default();
    let ended = build_package::run(&app.app, &claimed, &cancel, package).await.unwrap();
    assert_eq!(ended, Ended::Recorded);
    assert_eq!(app.jobs("BuildPackage").await, [("done".to_owned(), 1, None)]);
    assert_eq!(worker::drain(&app.app).await.unwrap(), 0, "nothing is left to do");
    assert_eq!(app.sealed_files(), 5);
}

#[actix_web::test]
async fn a_job_that_does_not_read_becomes_a_task_and_the_others_go_on() {
    let shop = Shop::open().await;
    let app = &shop.app;
    let id = identified(&shop).await;
    let search = start_search(&shop, &id).await;
    worker::drain(&app.app).await.unwrap();
    let broken = order(&shop, &id, &search).await;
    app.damage("BuildPackage").await;
    // Younger than the one that is damaged.
    app.advance(chrono::Duration::seconds(1));
    let other = identified(&shop).await;
    let second = start_search(&shop, &other).await;
    assert!(worker::drain(&app.app).await.unwrap() >= 1);
    let path = format!("/api/v1/requests/{other}/searches/{}", second["id"].as_str().unwrap());
    let second: Value = shop.dpo().get(&path).await.expect(200).json();
    assert!(!second["ended_at"].is_null(), "the queue went on");
    assert_eq!(app.jobs("BuildPackage").await, [("dead".to_owned(), 0, Some("unreadable".into()))]);
    assert_eq!(app.open_tasks("job_failed").await, ["BuildPackage/unreadable"]);
    let path = format!("/api/v1/requests/{id}/packages/{}", broken["id"].as_str().unwrap());
    let package: Value = shop.dpo().get(&path).await.expect(200).json();
    assert_eq!(package["state"], "failed");
}

#[actix_web::test]
async fn a_search_whose_job_does_not_read_ends_as_failed() {
    let shop = Shop::open().await;
    let app = &shop.app;
    let id = identified(&shop).await;
    let search = start_search(&shop, &id).await;
    app.damage("SearchGroup").await;
    worker::drain(&app.app).await.unwrap();
    let path = format!("/api/v1/requests/{id}/searches/{}", search["id"].as_str().unwrap());
    let search: Value = shop.dpo().get(&path).await.expect(200).json();
    assert_eq!(search["systems"][1]["outcome"], "failed");
    assert!(!search["ended_at"].is_null(), "a new search can be started");
}

#[actix_web::test]
async fn a_job_that_takes_its_process_with_it_is_given_up_after_its_tries() {
    let shop = Shop::open().await;
    let app = &shop.app;
    let id = identified(&shop).await;
    let search = start_search(&shop, &id).await;
    worker::drain(&app.app).await.unwrap();
    let package = order(&shop, &id, &search).await;
    let mut tries = 0;
    // Each process claims it, and dies.
    while let Some(claimed) = claim::claim(&app.app).await.unwrap() {
        tries += 1;
        assert_eq!(claimed.attempt, tries);
        assert!(tries < 20, "claimed without end");
        app.advance(Job::LEASE + chrono::Duration::seconds(1));
    }
    assert_eq!(tries, 5, "the first try and one for each wait of its schedule");
    assert_eq!(app.jobs("BuildPackage").await, [("dead".to_owned(), 5, Some("killed".into()))]);
    assert_eq!(app.open_tasks("job_failed").await, ["BuildPackage/killed"]);
    let path = format!("/api/v1/requests/{id}/packages/{}", package["id"].as_str().unwrap());
    let package: Value = shop.dpo().get(&path).await.expect(200).json();
    assert_eq!(package["state"], "failed");
}

#[actix_web::test]
async fn a_job_that_is_given_back_at_an_orderly_stop_has_not_been_tried() {
    let shop = Shop::open().await;
    let app = &shop.app;
    let id = identified(&shop).await;
    start_search(&shop, &id).await;
    let stopper = Stopper::default();
    stopper.stop();
    for _ in 0..10 {
        let claimed = claim_next(app).await;
        assert_eq!(claimed.attempt, 1);
        run::run(&app.app, claimed, &stopper).await;
    }
    let jobs = app.jobs("SearchGroup").await;
    // It may also have been done before it saw the stop.
    assert!(jobs.iter().all(|(state, tries, _)| {
        (state == "available" && *tries == 0) || (state == "done" && *tries == 1)
    }));
    assert!(app.open_tasks("job_failed").await.is_empty());
}

#[actix_web::test]
async fn a_test_that_was_given_up_does_not_stay_testing() {
    let shop = Shop::open().await;
    let app = &shop.app;
    let path = format!("/api/v1/controllers/{}/systems/shop/test", shop.controller.id);
    let operator = app.user(&[(shop.controller.id, guichet::domain::actor::Role::Admin)]).await;
    let post = actix_web::http::Method::POST;
    app.as_user(&operator).send(post, &path, None, &[]).await.expect(202);
    let state = |conn: &mut Conn| {
        let shop = systems::table.filter(systems::name.eq("shop"));
        shop.select(systems::test_state).first::<String>(conn)
    };
    assert_eq!(app.ask(state).await, "testing");
    claim_next(app).await;
    app.advance(Job::LEASE + chrono::Duration::seconds(1));
    assert!(claim::claim(&app.app).await.unwrap().is_none());
    assert_eq!(app.ask(state).await, "failed");
}

/// What ends the work of a case.
async fn end(shop: &Shop, id: &str, how: &str) {
    let path = |verb: &str| format!("/api/v1/requests/{id}/{verb}");
    let reason = "Elle ne veut plus";
    let (path, body) = match how {
        "withdrawal" => (path("withdrawal"), json!({ "reason": reason })),
        "closing" => (path("closing"), json!({ "ground": "mistake", "reason": reason })),
        _ => (path("identity-decision"), json!({ "level": null, "methods": [], "reason": reason })),
    };
    shop.dpo().post(&path, body).await.expect(200);
}

/// Until the work of the case ends: a closing can be undone at first.
fn await_end(app: &TestApp, how: &str) {
    if how == "closing" {
        app.advance(TAKEN);
    }
}

#[actix_web::test]
async fn a_search_that_waits_or_runs_ends_with_its_case_and_leaves_nothing() {
    for how in ["withdrawal", "closing", "identity"] {
        let shop = Shop::open().await;
        let app = &shop.app;
        let id = identified(&shop).await;
        start_search(&shop, &id).await;
        // One group has recorded what it found, one is at work, and may record nothing more.
        let done = claim_next(app).await;
        run_search(app, &done).await.unwrap();
        let at_work = claim_next(app).await;
        end(&shop, &id, how).await;
        let ended = run_search(app, &at_work).await.unwrap();
        assert_eq!(ended, Ended::Unwanted, "{how}");
        await_end(app, how);
        worker::drain(&app.app).await.unwrap();
        assert_eq!(app.sealed_files(), 0, "{how}: a row file is left");
        let rows = app.ask(|conn| files::table.count().get_result::<i64>(conn)).await;
        assert_eq!(rows, 0, "{how}: the row of a file is left");
        let outcomes =
            app.ask(|conn| search_systems::table.select(search_systems::outcome).load(conn)).await;
        let outcomes: Vec<String> = outcomes;
        assert!(!outcomes.contains(&"pending".to_owned()), "{how}: {outcomes:?}");
        let states: Vec<_> = app.jobs("SearchGroup").await.into_iter().map(|job| job.0).collect();
        assert_eq!(states, ["done", "done"], "{how}");
        app.assert_replays().await;
    }
}

#[actix_web::test]
async fn a_package_that_is_being_built_ends_with_its_case() {
    for how in ["withdrawal", "closing", "identity"] {
        let shop = Shop::open().await;
        let app = &shop.app;
        let id = identified(&shop).await;
        let search = start_search(&shop, &id).await;
        worker::drain(&app.app).await.unwrap();
        order(&shop, &id, &search).await;
        let claimed = claim_next(app).await;
        let before = app.sealed_files();
        end(&shop, &id, how).await;
        let package = package_of(&claimed);
        let cancel = Cancel::default();
        let ended = build_package::run(&app.app, &claimed, &cancel, package).await.unwrap();
        assert_eq!(ended, Ended::Unwanted, "{how}");
        await_end(app, how);
        worker::drain(&app.app).await.unwrap();
        let states: Vec<String> =
            app.ask(|conn| packages::table.select(packages::state).load(conn)).await;
        assert_eq!(states, ["failed"], "{how}");
        // What the search found stays with a case that ended, until its key is destroyed; when
        // identity failed it is somebody else's.
        assert_eq!(app.sealed_files(), if how == "identity" { 0 } else { before }, "{how}");
    }
}

#[actix_web::test]
async fn what_an_early_search_found_goes_when_identity_fails() {
    let shop = Shop::open().await;
    let app = &shop.app;
    let id = identified(&shop).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", None).await;
    assert_eq!(app.sealed_files(), 5);
    end(&shop, &id, "identity").await;
    worker::drain(&app.app).await.unwrap();
    assert_eq!(app.sealed_files(), 0);
    let path = format!("/api/v1/requests/{id}/packages/{}", package["id"].as_str().unwrap());
    let package: Value = shop.dpo().get(&path).await.expect(200).json();
    assert_eq!(package["state"], "failed");
    shop.dpo().get(&format!("{path}/content")).await.expect(409);
    // Nobody can take the old search for complete.
    let again = shop.package(&id, &search, "access", None).await;
    assert_eq!(again["complete"], false);
}

#[actix_web::test]
async fn a_cancelled_build_leaves_nothing() {
    let shop = Shop::open().await;
    let app = &shop.app;
    let id = identified(&shop).await;
    let search = shop.search(&id).await;
    let before = app.sealed_files();
    order(&shop, &id, &search).await;
    let claimed = claim_next(app).await;
    let package = package_of(&claimed);
    let cancel = Cancel::default();
    cancel.ask();
    let failed = build_package::run(&app.app, &claimed, &cancel, package).await;
    assert_eq!(failed.unwrap_err().code, "disk");
    assert_eq!(app.sealed_files(), before);
}

#[actix_web::test]
async fn the_watch_of_an_acknowledgement_moves_with_the_receipt() {
    let shop = Shop::open().await;
    let app = &shop.app;
    let (id, _) = shop.log("zoe.canari@example.org").await;
    let waiting = |conn: &mut Conn| {
        jobs::table
            .filter(jobs::kind.eq("WatchAcknowledgement"))
            .filter(jobs::state.eq("available"))
            .select(jobs::run_at)
            .load::<guichet::db::column::Instant>(conn)
    };
    let [before] = app.ask(waiting).await[..] else { panic!("one watch") };
    let body = json!({
        "received_at": "2026-11-21T09:00:00Z", "evidence": "Cachet de la poste",
    });
    let path = format!("/api/v1/requests/{id}/receipt-correction");
    shop.dpo().post(&path, body).await.expect(200);
    let [after] = app.ask(waiting).await[..] else { panic!("one watch") };
    assert!(after < before);
    worker::drain(&app.app).await.unwrap();
    assert!(app.open_tasks("acknowledge").await.is_empty(), "too early");
    app.set_now(after.utc());
    worker::drain(&app.app).await.unwrap();
    assert_eq!(app.open_tasks("acknowledge").await.len(), 1);
    // A later receipt takes the task back, and the watch waits for the new date.
    let body = json!({
        "received_at": "2026-11-23T08:59:00Z", "evidence": "Cachet de la poste",
    });
    shop.dpo().post(&path, body).await.expect(200);
    worker::drain(&app.app).await.unwrap();
    assert!(app.open_tasks("acknowledge").await.is_empty());
    let [last] = app.ask(waiting).await[..] else { panic!("one watch") };
    app.set_now(last.utc());
    worker::drain(&app.app).await.unwrap();
    assert_eq!(app.open_tasks("acknowledge").await.len(), 1);
}
