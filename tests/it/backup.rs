//! A backup of an instance at work, put back on a clean machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use diesel::prelude::*;
use guichet::app::{App, Clock};
use guichet::backup::archive;
use guichet::config::{self, Config};
use guichet::db::conn::Conn;
use guichet::db::schema::{events, requests};
use guichet::db::url::DatabaseUrl;
use guichet::db::{dump, instance};
use guichet::domain::actor::{Role, Scope};
use guichet::domain::ids::RequestId;
use guichet::start::{self, Opening};
use guichet::vault::file::SealedWriter;
use guichet::worker;
use guichet::worker::destroyed_keys::ledger_of;
use guichet::worker::export_checkpoints::file_of;
use guichet::workflow::record;
use serde_json::json;
use tempfile::TempDir;

use crate::collection::shop::Shop;
use crate::migrations::place::Place;
use crate::support::app::TestApp;

fn guichet(config: &Config, arguments: &[&str]) -> Output {
    let url = match &config.database_url {
        DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_guichet"));
    command
        .args(arguments)
        .env("GUICHET_DATA_DIR", &config.data_dir)
        .env("GUICHET_DATABASE_URL", url)
        .env("GUICHET_MASTER_KEY_FILE", &config.master_key_file)
        .env_remove("GUICHET_CONFIG")
        .env_remove("GUICHET_MASTER_KEY");
    command.output().unwrap()
}

#[track_caller]
pub fn run(config: &Config, arguments: &[&str], code: i32) -> String {
    let Output { status, stderr, .. } = guichet(config, arguments);
    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(code), "{arguments:?}: {stderr}");
    stderr
}

/// A machine with nothing but the master key; its database is a file.
pub struct Clean {
    directory: TempDir,
    pub config: Config,
}

impl Clean {
    pub fn new(key: &Path) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let mut config = config::embedded(&data, "127.0.0.1:8080".parse().unwrap()).unwrap();
        config.master_key_file = directory.path().join("key");
        std::fs::copy(key, &config.master_key_file).unwrap();
        Self { directory, config }
    }

    pub fn open(&self) -> App {
        App::open(self.config.clone(), Clock::Machine, Opening::Serve).unwrap()
    }
}

/// Every row of every table, sorted, without what a restore is meant to change.
async fn rows(app: &App) -> Vec<String> {
    let read = |conn: &mut Conn| {
        let mut all = Vec::new();
        guichet::db::dialect::begin_snapshot(conn)?;
        for table in dump::tables(conn)? {
            let muted = table.columns.iter().position(|it| it.name == "muted_at");
            dump::rows(conn, &table, |row| {
                let mut row = row.to_vec();
                if let Some(at) = muted {
                    row[at] = json!(null);
                }
                all.push(format!("{} {}", table.name, json!(row)));
                Ok::<(), diesel::result::Error>(())
            })?;
        }
        dump::take_back(conn)?;
        all.sort();
        Ok(all)
    };
    app.read(read).await.unwrap()
}

/// Everything that was saved is there, and nothing is new but the proof of the restore itself.
#[track_caller]
fn assert_restored(restored: &[String], saved: &[String]) {
    let is_proof = |row: &str| {
        let table = row.split(' ').next().unwrap();
        ["audit_trees", "audit_leaves", "audit_nodes", "audit_checkpoints"].contains(&table)
            || (table == "events" && row.contains("InstanceRestored"))
    };
    for row in saved.iter().filter(|row| !row.starts_with("audit_trees ")) {
        assert!(restored.contains(row), "{row} is gone");
    }
    let new: Vec<&String> = restored.iter().filter(|row| !saved.contains(row)).collect();
    assert!(new.iter().all(|row| is_proof(row)), "{new:?}");
    assert!(new.iter().any(|row| row.starts_with("events ")), "the restore stands nowhere");
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|it| (it.file_name().into_string().unwrap(), std::fs::read(it.path()).unwrap()))
        .collect();
    all.sort();
    all
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A shop with a case that was searched, so that there are sealed files.
async fn worked() -> (Shop, String) {
    let shop = Shop::open().await;
    let (id, _) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let path = format!("/api/v1/requests/{id}/searches");
    shop.dpo().post(&path, json!({})).await.expect(202);
    worker::drain(&shop.app.app).await.unwrap();
    shop.app.seal().await;
    (shop, id)
}

#[actix_web::test]
async fn what_is_restored_is_what_was_saved_and_runs_no_jobs() {
    let (shop, id) = worked().await;
    let app = &shop.app;
    let saved = app.directory().join("one.backup");
    let told = run(app.config(), &["backup", text(&saved)], 0);
    assert!(told.contains("sealed files"), "{told}");
    run(app.config(), &["backup", text(&saved)], 2);
    let bytes = std::fs::read(&saved).unwrap();
    for clear in [&b"canari"[..], b"controllers", b"maison"] {
        assert!(!bytes.windows(clear.len()).any(|it| it == clear), "{clear:?} in clear");
    }

    let clean = Clean::new(&app.config().master_key_file);
    let told = run(&clean.config, &["restore", text(&saved)], 0);
    assert!(told.contains("muted"), "{told}");
    let restored = clean.open();
    assert_restored(&rows(&restored).await, &rows(&app.app).await);
    let folder = |config: &Config| files(&start::sealed_folder(config));
    assert!(folder(app.config()).len() > 3);
    assert_eq!(folder(&clean.config), folder(app.config()));

    // A job waits until somebody has looked.
    let case: RequestId = id.parse().unwrap();
    let enqueue = move |conn: &mut Conn| {
        let controller = guichet::db::requests::controller_of(conn, case)?.unwrap();
        let found = record::load(conn, &Scope::of_job(controller), case)?;
        let ctx = guichet::domain::actor::Ctx {
            actor: guichet::domain::actor::Actor::CommandLine,
            now: "2026-01-01T00:00:00Z".parse().unwrap(),
        };
        let job = guichet::domain::job::Job::WatchAcknowledgement { request: case };
        found.enqueue(conn, &ctx, &job, ctx.now)
    };
    restored.write(enqueue).await.unwrap();
    assert!(restored.read(|conn| Ok(instance::is_muted(conn)?)).await.unwrap());
    assert_eq!(worker::drain(&restored).await.unwrap(), 0);
    run(&clean.config, &["unmute"], 0);
    assert!(worker::drain(&restored).await.unwrap() >= 1);
    // And it is an instance like any other: nothing is restored over it.
    let told = run(&clean.config, &["restore", text(&saved)], 2);
    assert!(told.contains("not empty"), "{told}");
}

#[actix_web::test]
async fn a_key_that_was_destroyed_since_is_destroyed_again() {
    let (shop, id) = worked().await;
    let app = &shop.app;
    let saved = app.directory().join("before.backup");
    run(app.config(), &["backup", text(&saved)], 0);
    let path = |end: &str| format!("/api/v1/requests/{id}/{end}");
    shop.dpo()
        .with("if-match", "*")
        .post(&path("withdrawal"), json!({ "reason": "fini" }))
        .await
        .expect(200);
    let case: RequestId = id.parse().unwrap();
    let reference: String = app
        .app
        .read(move |conn| {
            let row = requests::table.find(case).select(requests::reference);
            Ok(row.get_result(conn)?)
        })
        .await
        .unwrap();
    let destroy = json!({ "reference": reference });
    shop.dpo().with("if-match", "*").post(&path("key-destruction"), destroy).await.expect(200);
    app.seal().await;
    app.seal().await;
    let ledger = ledger_of(&app.config().checkpoint_dir);
    let listed = std::fs::read_to_string(&ledger).unwrap();
    let line = json!({ "case": id, "ended": { "kind": "RequestWithdrawn" } });
    assert_eq!(listed, format!("{line}\n"));

    // What is no ledger, or was changed in the middle, changes nothing; what was cut short counts.
    let clean = Clean::new(&app.config().master_key_file);
    let cut: String = listed.chars().take(60).collect();
    let other = app.directory().join("other.cases");
    for (wrong, line) in [
        ("{\"guichet.history.1\":true}\n".to_owned(), "line 1"),
        (cut.clone(), "line 1"),
        (format!("{listed}nothing of ours\n"), "line 2"),
        (format!("nothing of ours\n{listed}"), "line 1"),
    ] {
        std::fs::write(&other, &wrong).unwrap();
        let told = run(&clean.config, &["restore", text(&saved), "--ledger", text(&other)], 2);
        assert!(told.contains(line) && told.contains("destroyed.cases"), "{wrong}: {told}");
        assert!(!clean.config.data_dir.join("guichet.db").exists(), "{wrong}");
    }
    std::fs::write(&other, "").unwrap();
    std::fs::write(&ledger, format!("{cut}\n{listed}{cut}")).unwrap();
    let ledgers = ["--ledger", text(&other), "--ledger", text(&ledger)];
    let told = run(&clean.config, &[&["restore", text(&saved)][..], &ledgers].concat(), 0);
    assert!(told.contains("1 key was destroyed again"), "{told}");
    assert!(told.contains("2 lines say nothing"), "{told}");
    let restored = clean.open();
    let (key, sealed, kinds): (Option<Vec<u8>>, i64, Vec<String>) = restored
        .read(move |conn| {
            let key = requests::table.find(case).select(requests::wrapped_key);
            let of_case = events::table.filter(events::request_id.eq(case));
            let words = of_case.filter(events::sealed_detail.is_not_null()).count();
            let kinds = of_case.order(events::version.desc()).select(events::kind);
            Ok((key.get_result(conn)?, words.get_result(conn)?, kinds.limit(2).load(conn)?))
        })
        .await
        .unwrap();
    assert_eq!((key, sealed), (None, 0));
    assert_eq!(kinds, ["CaseKeyDestroyed", "RequestWithdrawn"]);
    let controller = shop.controller.id;
    let status = restored
        .read(move |conn| {
            let case = record::load(conn, &Scope::of_job(controller), case)?;
            assert_eq!(case.state.status, case.row.status);
            Ok(case.row.status.name())
        })
        .await
        .unwrap();
    assert_eq!(status, "withdrawn");
    // What happened after the backup is told as taken back by the restore, and nothing else is.
    let tree = guichet::domain::ids::TreeId::from_slice(controller.as_bytes()).unwrap();
    let kept = file_of(&app.config().checkpoint_dir, tree);
    let url = format!("sqlite:{}", clean.config.data_dir.join("guichet.db").display());
    let key = app.key(tree).to_string();
    let verify =
        ["audit", "verify", "--database", &url, "--checkpoint", text(&kept), "--key", &key];
    let told = run(&clean.config, &verify, 1);
    assert!(told.contains("was restored at"), "{told}");
    assert!(!told.contains("has no number") && !told.contains("sealed words"), "{told}");
}

#[actix_web::test]
async fn a_backup_is_taken_while_the_instance_is_at_work() {
    let app = TestApp::start().await;
    let controller = app.controller("maison").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let saved = app.directory().join("busy.backup");
    let (config, file) = (app.config().clone(), saved.clone());
    for _ in 0..5 {
        app.log_case(&dpo, &controller, |_| ()).await;
    }
    let backup = tokio::task::spawn_blocking(move || run(&config, &["backup", text(&file)], 0));
    let mut logged = 5;
    while !backup.is_finished() {
        app.log_case(&dpo, &controller, |_| ()).await;
        logged += 1;
    }
    backup.await.unwrap();
    let clean = Clean::new(&app.config().master_key_file);
    run(&clean.config, &["restore", text(&saved)], 0);
    let count = |conn: &mut Conn| {
        let cases: i64 = requests::table.count().get_result(conn)?;
        let begun = events::table.filter(events::kind.eq("RequestLogged"));
        Ok((cases, begun.count().get_result::<i64>(conn)?))
    };
    let (cases, begun) = clean.open().read(count).await.unwrap();
    assert_eq!(cases, begun, "a case and its event are saved together");
    assert!((5..=logged).contains(&cases), "{cases} of {logged}");
}

#[actix_web::test]
async fn what_cannot_be_restored_leaves_nothing() {
    let (shop, _) = worked().await;
    let app = &shop.app;
    let saved = app.directory().join("one.backup");
    run(app.config(), &["backup", text(&saved)], 0);
    let bytes = std::fs::read(&saved).unwrap();
    let clean = Clean::new(&app.config().master_key_file);
    let file = clean.directory.path().join("bad.backup");
    let try_with = |config: &Config, bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        run(config, &["restore", text(&file)], 2)
    };
    try_with(&clean.config, b"no backup");
    try_with(&clean.config, &bytes[..bytes.len() / 2]);
    let mut altered = bytes.clone();
    altered[bytes.len() / 2] ^= 1;
    try_with(&clean.config, &altered);
    // One that the key sealed, and that ends too soon.
    let vault = start::existing_key(app.config()).unwrap();
    let key = vault.backup_key();
    let mut short = SealedWriter::create(Vec::new(), &key, archive::ID).unwrap();
    archive::put_json(&mut short, archive::Kind::Header, &json!({ "format": "x" })).unwrap();
    try_with(&clean.config, &short.finish().unwrap().0);
    let folder: PathBuf = start::sealed_folder(&clean.config);
    assert!(std::fs::read_dir(folder).unwrap().next().is_none());
    // Another key, and none.
    let stranger = TestApp::start().await;
    let other = tempfile::tempdir().unwrap();
    let data = other.path().join("data");
    let mut config = config::embedded(&data, stranger.config().listen).unwrap();
    config.master_key_file = other.path().join("key");
    let told = try_with(&config, &bytes);
    assert!(told.contains("key"), "{told}");
    std::fs::write(&config.master_key_file, "Z3VpY2hldC1vdGhlci1rZXktZm9yLXRlc3RzLTAwMDE=")
        .unwrap();
    use std::os::unix::fs::PermissionsExt;
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(&config.master_key_file, private).unwrap();
    let told = try_with(&config, &bytes);
    assert!(told.contains("does not open with this key"), "{told}");
    // After all of that the clean machine is still clean.
    run(&clean.config, &["restore", text(&saved)], 0);
}

#[actix_web::test]
async fn a_backup_is_restored_into_either_database() {
    let (shop, _) = worked().await;
    let app = &shop.app;
    let saved = app.directory().join("one.backup");
    run(app.config(), &["backup", text(&saved)], 0);
    let original = rows(&app.app).await;
    assert!(original.len() > 30, "{} rows", original.len());
    for place in Place::each() {
        let mut config = place.config();
        config.master_key_file = app.config().master_key_file.clone();
        run(&config, &["restore", text(&saved)], 0);
        let restored = App::open(config, Clock::Machine, Opening::Serve).unwrap();
        assert_restored(&rows(&restored).await, &original);
    }
}
