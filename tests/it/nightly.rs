//! Backups by night: made once a day by one worker of several, read again, kept for some days; and
//! what is told when one fails.

use std::path::PathBuf;
use std::process::Command;

use chrono::Duration;
use guichet::backup::{check, folder};
use guichet::config::outside::Nightly;
use guichet::db::backups::{self, Backup};
use guichet::db::url::DatabaseUrl;
use guichet::worker;
use guichet::worker::make_backup::plan;
use serde_json::Value;

use crate::support::app::TestApp;

async fn start(dir: PathBuf) -> TestApp {
    let at = "02:30:00".parse().unwrap();
    TestApp::start_with(|config| config.nightly = Some(Nightly { dir, at, keep_days: 3 })).await
}

async fn rows(app: &TestApp) -> Vec<Backup> {
    app.app.read(|conn| Ok(backups::list(conn, 100)?)).await.unwrap()
}

async fn ready(app: &TestApp) -> String {
    let ready: Value = app.anonymous().get("/readyz").await.expect(200).json();
    ready["backup"].as_str().unwrap().to_owned()
}

async fn operator_page(app: &TestApp) -> String {
    let operator = app.operator().await;
    crate::pages::browser(app, &operator).await.get("/").await.expect(200).text()
}

#[actix_web::test]
async fn one_is_made_each_night_verified_and_the_old_ones_go() {
    let place = tempfile::tempdir().unwrap();
    let app = start(place.path().join("backups")).await;
    let controller = app.controller("maison").await;
    app.happen(controller.id, 3).await;
    assert_eq!(ready(&app).await, "none yet");
    // Several workers look at once.
    let (one, two) = tokio::join!(plan(&app.app), plan(&app.app));
    assert!(one.is_ok() && two.is_ok());
    worker::drain(&app.app).await.unwrap();
    plan(&app.app).await.unwrap();
    worker::drain(&app.app).await.unwrap();
    let made = rows(&app).await;
    let [row] = made.as_slice() else { panic!("{} backups", made.len()) };
    assert_eq!((row.day.as_str(), row.state.as_str()), ("2026-11-23", "done"));
    let path = place.path().join("backups").join(row.file.as_ref().unwrap());
    let length = std::fs::metadata(&path).unwrap().len();
    assert_eq!(row.size_bytes, Some(i64::try_from(length).unwrap()));
    let key = app.app.vault().backup_key();
    let contents = check::check(&path, &key).unwrap();
    assert_eq!(contents.tables["controllers"].rows, 1);
    assert!(contents.tables["events"].rows >= 3);
    assert_eq!(ready(&app).await, "made: 2026-11-23");
    assert!(operator_page(&app).await.contains("November 2026"));

    // Before its time there is none for the day; a night that was slept through is made up for.
    app.set_now("2026-11-24T02:29:00Z".parse().unwrap());
    plan(&app.app).await.unwrap();
    assert_eq!(rows(&app).await.len(), 1);
    for _ in 0..5 {
        app.advance(Duration::days(1));
        plan(&app.app).await.unwrap();
        worker::drain(&app.app).await.unwrap();
    }
    let mut names: Vec<String> = std::fs::read_dir(place.path().join("backups"))
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 3, "{names:?}");
    assert_eq!(names[0], folder::name_of("2026-11-26".parse().unwrap()), "{names:?}");
}

#[actix_web::test]
async fn a_flipped_bit_or_a_cut_backup_is_not_whole() {
    let place = tempfile::tempdir().unwrap();
    let app = start(place.path().to_owned()).await;
    app.controller("maison").await;
    plan(&app.app).await.unwrap();
    worker::drain(&app.app).await.unwrap();
    let path = place.path().join(rows(&app).await[0].file.as_ref().unwrap());
    let key = app.app.vault().backup_key();
    let bytes = std::fs::read(&path).unwrap();
    assert!(check::check(&path, &key).is_ok());
    for at in [0, bytes.len() / 2, bytes.len() - 1] {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        std::fs::write(&path, altered).unwrap();
        assert!(check::check(&path, &key).is_err(), "{at}");
    }
    std::fs::write(&path, &bytes[..bytes.len() - 20]).unwrap();
    assert!(check::check(&path, &key).is_err());
}

#[actix_web::test]
async fn one_that_cannot_be_made_is_tried_again_and_then_told() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("backups");
    std::fs::write(&dir, "a file where the folder should be").unwrap();
    let app = start(dir.clone()).await;
    plan(&app.app).await.unwrap();
    worker::drain(&app.app).await.unwrap();
    assert_eq!(rows(&app).await[0].last_error.as_deref(), Some("backup-folder"));
    for wait_s in [60, 600, 3_600] {
        assert_eq!(rows(&app).await[0].state, "waiting");
        app.advance(Duration::seconds(wait_s));
        worker::drain(&app.app).await.unwrap();
    }
    let failed = rows(&app).await;
    assert_eq!((failed.len(), failed[0].state.as_str()), (1, "failed"));
    assert_eq!(ready(&app).await, "failed: backup-folder");
    assert!(operator_page(&app).await.contains("backup-folder"));
    let config = app.config();
    let url = match &config.database_url {
        DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    let listed = Command::new(env!("CARGO_BIN_EXE_guichet"))
        .args(["backup", "--list"])
        .env("GUICHET_DATA_DIR", &config.data_dir)
        .env("GUICHET_DATABASE_URL", url)
        .env("GUICHET_BACKUP_DIR", &dir)
        .env_remove("GUICHET_CONFIG")
        .env_remove("GUICHET_MASTER_KEY")
        .output()
        .unwrap();
    assert_eq!(listed.status.code(), Some(1), "{}", String::from_utf8_lossy(&listed.stderr));
    let line: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!((&line["state"], &line["last_error"]), (&"failed".into(), &"backup-folder".into()));

    // The next night it works again.
    std::fs::remove_file(&dir).unwrap();
    app.advance(Duration::days(1));
    plan(&app.app).await.unwrap();
    worker::drain(&app.app).await.unwrap();
    assert_eq!(ready(&app).await, "made: 2026-11-24");
}
