//! The writer: a verb that fails, panics, or hides an error harms only itself; what a database wants
//! to have run again is run again.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use guichet::db::conn::Conn;
use guichet::db::schema::controllers;
use guichet::db::url::DatabaseUrl;
use guichet::domain::ids::ControllerId;
use guichet::error::{Error, Result};

use crate::support::app::TestApp;

async fn names(app: &TestApp) -> Vec<String> {
    let read = app.app.read(|conn| {
        let all = controllers::table.order(controllers::slug).select(controllers::name);
        Ok(all.load(conn)?)
    });
    read.await.unwrap()
}

fn rename(conn: &mut Conn, id: ControllerId, name: &str) -> Result<()> {
    diesel::update(controllers::table.find(id)).set(controllers::name.eq(name)).execute(conn)?;
    Ok(())
}

#[actix_web::test]
async fn verbs_that_fail_or_panic_take_back_their_own_changes_alone() {
    let app = TestApp::start().await;
    let one = app.controller("one").await.id;
    let two = app.controller("two").await.id;
    let good = app.app.write(move |conn| rename(conn, one, "good"));
    let bad = app.app.write(move |conn| -> Result<()> {
        rename(conn, two, "bad")?;
        Err(Error::Forbidden)
    });
    let panics = app.app.write(move |conn| -> Result<()> {
        rename(conn, two, "worse")?;
        panic!("on purpose")
    });
    let (good, bad, panics) = futures_util::join!(good, bad, panics);
    assert_eq!((good, bad), (Ok(()), Err(Error::Forbidden)));
    assert!(matches!(panics, Err(Error::Internal(_))), "{panics:?}");
    assert_eq!(names(&app).await, ["good", "Maison Exemple SAS"]);
}

#[actix_web::test]
async fn a_verb_that_hides_an_error_of_its_database_is_never_acknowledged_unsaved() {
    let app = TestApp::start().await;
    let one = app.controller("one").await.id;
    let hides = app.app.write(move |conn| {
        rename(conn, one, "renamed")?;
        // PostgreSQL takes the whole transaction back for this, and calls the commit a success.
        assert!(conn.batch_execute("SELECT nothing FROM nowhere").is_err());
        Ok(())
    });
    let done = hides.await;
    let saved = names(&app).await == ["renamed"];
    assert_eq!(done.is_ok(), saved, "{done:?}");
    let is_postgres = matches!(app.config().database_url, DatabaseUrl::Postgres(_));
    assert_eq!(saved, !is_postgres, "on SQLite the statement alone fails");
    // Its connection is as good as before.
    app.app.write(move |conn| rename(conn, one, "again")).await.unwrap();
}

#[actix_web::test]
async fn two_verbs_that_wait_for_each_other_are_both_done() {
    let app = TestApp::start().await;
    if matches!(app.config().database_url, DatabaseUrl::Sqlite(_)) {
        println!("skipped: on SQLite one verb runs at a time");
        return;
    }
    let one = app.controller("one").await.id;
    let two = app.controller("two").await.id;
    let (both, runs) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
    let verb = |first: ControllerId, second: ControllerId, name: &'static str| {
        let (both, runs, again) = (both.clone(), runs.clone(), AtomicBool::new(false));
        app.app.write(move |conn| {
            runs.fetch_add(1, Ordering::SeqCst);
            rename(conn, first, name)?;
            // Each holds what the other wants, in their first runs.
            if !again.swap(true, Ordering::SeqCst) {
                both.wait();
            }
            rename(conn, second, name)
        })
    };
    let (left, right) = futures_util::join!(verb(one, two, "left"), verb(two, one, "right"));
    assert_eq!((left, right), (Ok(()), Ok(())));
    assert!(runs.load(Ordering::SeqCst) > 2, "they never met");
    let names = names(&app).await;
    assert_eq!(names[0], names[1], "one after the other, whichever");
}

/// An error of PostgreSQL with a code of ours, in the words of a French administrator's server.
fn raise(conn: &mut Conn, words: &str, code: &str) -> Result<()> {
    let raise = format!("DO $$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = '{code}'; END $$");
    Ok(conn.batch_execute(&raise)?)
}

#[actix_web::test]
async fn the_language_of_a_server_decides_nothing() {
    let app = TestApp::start().await;
    if matches!(app.config().database_url, DatabaseUrl::Sqlite(_)) {
        println!("skipped: SQLite speaks one language");
        return;
    }
    let one = app.controller("one").await.id;
    // A deadlock is over with the second run.
    let again = AtomicBool::new(false);
    let deadlock = app.app.write(move |conn| {
        rename(conn, one, "done")?;
        let first = !again.swap(true, Ordering::SeqCst);
        if first { raise(conn, "interblocage (deadlock) détecté", "40P01") } else { Ok(()) }
    });
    assert_eq!(deadlock.await, Ok(()));
    // What stays as it is, is told as what a later try may mend; nothing is saved.
    for (words, code) in [
        ("n''a pas pu étendre le fichier : plus d''espace disponible", "53100"),
        ("annulation à cause du délai dépassé pour le verrou", "55P03"),
        ("terminaison de la connexion suite à la demande", "57P01"),
    ] {
        let refused = app.app.write(move |conn| {
            rename(conn, one, "never")?;
            raise(conn, words, code)
        });
        assert!(matches!(refused.await, Err(Error::Unavailable(_))), "{code}");
        let read = app.app.read(move |conn| raise(conn, words, code)).await;
        assert!(matches!(read, Err(Error::Unavailable(_) | Error::RunAgain)), "{code}: {read:?}");
    }
    assert_eq!(names(&app).await, ["done"]);
}

#[actix_web::test]
async fn who_waits_for_a_silent_database_is_told() {
    let app = TestApp::start().await;
    let hasty = app.app.clone().with_patience(Duration::from_millis(50));
    let slow = |_: &mut Conn| {
        std::thread::sleep(Duration::from_millis(500));
        Ok(())
    };
    for answer in [hasty.read(slow).await, hasty.write(slow).await] {
        assert!(matches!(answer, Err(Error::Unavailable(_))), "{answer:?}");
    }
    assert_eq!(hasty.read(|_| Ok(7)).await.unwrap(), 7);
}
