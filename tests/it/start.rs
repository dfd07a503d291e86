//! Opening an instance: key, database and folder belong together, or nothing is written.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use guichet::app::{App, Clock};
use guichet::config::{self, Config};
use guichet::db::instance::{self, Instance};
use guichet::db::url::DatabaseUrl;
use guichet::start::{self, Opening, StartError};
use tempfile::TempDir;

use crate::support::app::start_at;
use crate::support::db::Place;

/// Every file below a directory with its bytes.
fn bytes(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let inner = bytes(&path);
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            found.extend(inner.into_iter().map(|(key, value)| (format!("{name}/{key}"), value)));
        } else {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
    // Beside a log that a killed server left, SQLite's shared memory comes with every reader.
    if found.iter().any(|(name, content)| name.ends_with("-wal") && !content.is_empty()) {
        found.retain(|name, _| !name.ends_with("-shm"));
    }
    found
}

fn open(config: &Config) -> Result<(), StartError> {
    start::open(config, start_at(), Opening::Serve).map(drop)
}

/// The error of a start that must fail and leave every byte as it was.
fn refused(place: &Place) -> StartError {
    let before = bytes(place.directory());
    let error = open(&place.config).expect_err("a start that must fail");
    let after = bytes(place.directory());
    let names = |all: &BTreeMap<String, Vec<u8>>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&before), names(&after), "{error}");
    assert!(before == after, "bytes changed: {error}");
    error
}

#[test]
fn a_first_run_makes_everything_for_its_user_alone() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("data");
    let config = config::embedded(&data, "127.0.0.1:8080".parse().unwrap()).unwrap();
    open(&config).unwrap();
    let mode =
        |path: &str| std::fs::metadata(data.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("master.key"), 0o600);
    assert_eq!(mode("sealed/instance.mark"), 0o600);
    assert_eq!(mode("sealed"), 0o700);
    assert_eq!(mode(""), 0o700);
    // And a second run finds it all.
    open(&config).unwrap();
}

#[test]
fn without_its_key_an_instance_stays_shut() {
    let place = Place::fresh();
    std::fs::remove_file(place.directory().join("master.key")).unwrap();
    assert!(matches!(refused(&place), StartError::MasterKey(_)));
}

#[test]
fn with_another_key_an_instance_stays_shut() {
    let place = Place::fresh();
    let other = TempDir::new().unwrap();
    let data = other.path().join("data");
    open(&config::embedded(&data, "127.0.0.1:8080".parse().unwrap()).unwrap()).unwrap();
    let key = place.directory().join("master.key");
    std::fs::copy(data.join("master.key"), key).unwrap();
    assert!(matches!(refused(&place), StartError::WrongKey(_)));
}

#[test]
fn a_key_that_is_none_is_told() {
    let place = Place::fresh();
    std::fs::write(place.directory().join("master.key"), "not a key\n").unwrap();
    assert!(matches!(refused(&place), StartError::MasterKey(_)));
}

#[test]
fn with_another_folder_an_instance_stays_shut() {
    let place = Place::fresh();
    let mark = place.directory().join("sealed/instance.mark");
    std::fs::write(&mark, [1; 32]).unwrap();
    assert!(matches!(refused(&place), StartError::OtherFolder(_)));
    std::fs::remove_file(&mark).unwrap();
    assert!(matches!(refused(&place), StartError::OtherFolder(_)));
}

/// The settings of an embedded instance that was never started.
fn unborn(directory: &TempDir) -> Config {
    let data = directory.path().join("data");
    config::embedded(&data, "127.0.0.1:8080".parse().unwrap()).unwrap()
}

fn instance_of(config: &Config) -> Instance {
    let mut conn = guichet::db::dialect::open(&config.database_url).unwrap();
    instance::get(&mut conn).unwrap().unwrap()
}

/// Takes the database away, as a kill between the mark and the row would have left things.
fn forget_database(config: &Config) {
    let DatabaseUrl::Sqlite(path) = &config.database_url else { panic!("embedded") };
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", path.display()));
    }
    assert!(!path.exists());
}

#[test]
fn first_starts_at_the_same_time_make_one_instance() {
    let directory = TempDir::new().unwrap();
    let config = unborn(&directory);
    let outcomes: Vec<Result<(), StartError>> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| open(&config))).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    for outcome in outcomes {
        outcome.unwrap();
    }
    let mark = std::fs::read(start::sealed_folder(&config).join("instance.mark")).unwrap();
    let row = instance_of(&config);
    assert_eq!(row.folder_mark, mark);
    assert_eq!(row.instance_id, mark[..16], "the mark names its instance");
    let names: Vec<_> = bytes(&config.data_dir).into_keys().collect();
    let strange = |name: &&String| name.contains(".new");
    assert_eq!(names.iter().find(strange), None, "no draft is left behind");
}

#[test]
fn a_start_that_was_killed_behind_its_mark_goes_on() {
    let directory = TempDir::new().unwrap();
    let config = unborn(&directory);
    open(&config).unwrap();
    let before = instance_of(&config).instance_id;
    forget_database(&config);
    open(&config).unwrap();
    assert_eq!(instance_of(&config).instance_id, before);
}

#[test]
fn a_new_instance_takes_no_folder_of_another() {
    let (one, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (config, foreign) = (unborn(&one), unborn(&other));
    open(&foreign).unwrap();
    let mark = start::sealed_folder(&config).join("instance.mark");
    let taken = std::fs::read(start::sealed_folder(&foreign).join("instance.mark")).unwrap();
    std::fs::create_dir_all(mark.parent().unwrap()).unwrap();
    // Another's, what a kill would leave of a mark written in place, and one changed on the way.
    let mut changed = taken.clone();
    changed[0] ^= 1;
    for found in [taken.as_slice(), b"", &taken[..16], &changed] {
        std::fs::write(&mark, found).unwrap();
        let error = open(&config).expect_err("another's folder");
        assert!(matches!(error, StartError::OtherFolder(_)), "{error}");
        assert_eq!(std::fs::read(&mark).unwrap(), found, "nothing was changed");
    }
    std::fs::remove_file(&mark).unwrap();
    open(&config).unwrap();
}

#[test]
fn a_folder_with_sealed_files_is_no_place_for_a_new_instance() {
    let directory = TempDir::new().unwrap();
    let config = unborn(&directory);
    open(&config).unwrap();
    forget_database(&config);
    let folder = start::sealed_folder(&config);
    for name in
        ["01a207a2-3280-764f-9be7-4329a937de16", "01a207a2-3280-764f-9be7-4329a937de16.part"]
    {
        std::fs::write(folder.join(name), "sealed").unwrap();
        let error = open(&config).expect_err("files of a lost database");
        assert!(matches!(error, StartError::FolderInUse(_)), "{error}");
        assert!(error.to_string().contains("data_dir"), "{error}");
        std::fs::remove_file(folder.join(name)).unwrap();
    }
    // What a mounted disk brings along is no sealed file.
    std::fs::create_dir(folder.join("lost+found")).unwrap();
    open(&config).unwrap();
}

#[test]
fn a_newer_schema_is_refused() {
    use diesel::connection::SimpleConnection;
    let place = Place::fresh();
    {
        let mut conn = guichet::db::dialect::open(&place.config.database_url).unwrap();
        let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
        conn.batch_execute(newer).unwrap();
    }
    let error = open(&place.config).expect_err("a newer schema");
    assert!(error.to_string().contains("9999"), "{error}");
    assert!(error.to_string().contains("newer version"), "{error}");
}

#[test]
fn an_empty_postgresql_is_set_up_by_hand() {
    let place = Place::fresh();
    let DatabaseUrl::Postgres(url) = &place.config.database_url else {
        println!("skipped: TEST_DATABASE_URL names no server");
        return;
    };
    let mut config = place.config.clone();
    // Nobody reaches this port.
    let mut nowhere = url::Url::parse(url).unwrap();
    nowhere.set_port(Some(1)).unwrap();
    config.database_url = DatabaseUrl::Postgres(nowhere.to_string());
    let error = open(&config).expect_err("no server");
    assert!(!error.to_string().contains("postgres@"), "{error}");
}

#[test]
fn two_set_ups_of_one_postgresql_leave_one_key() {
    let place = Place::fresh();
    if matches!(place.config.database_url, DatabaseUrl::Sqlite(_)) {
        println!("skipped: TEST_DATABASE_URL names no server");
        return;
    }
    let mut conn = guichet::db::dialect::open(&place.config.database_url).unwrap();
    guichet::db::migrations::down(&mut conn).unwrap();
    drop(conn);
    // Two machines, each with a folder of its own.
    let directories: Vec<TempDir> = (0..4).map(|_| TempDir::new().unwrap()).collect();
    let configs: Vec<Config> = directories.iter().map(unborn).collect();
    let outcomes: Vec<Result<(), StartError>> = std::thread::scope(|scope| {
        let set_up = |config: &Config| {
            let config =
                Config { database_url: place.config.database_url.clone(), ..config.clone() };
            scope.spawn(move || start::open(&config, start_at(), Opening::SetUp).map(drop))
        };
        let starts: Vec<_> = configs.iter().map(set_up).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    let made = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let keys = configs.iter().filter(|config| config.master_key_file.exists()).count();
    assert_eq!((made, keys), (1, 1), "{outcomes:?}");
}

#[actix_web::test]
async fn two_processes_open_one_instance() {
    let place = Place::fresh();
    let one = App::open(place.config.clone(), Clock::Machine, Opening::Serve).unwrap();
    let two = App::open(place.config.clone(), Clock::Machine, Opening::Serve).unwrap();
    let id = |app: App| async move {
        let read = app.read(|conn| Ok(instance::get(conn)?));
        read.await.unwrap().unwrap().instance_id
    };
    assert_eq!(id(one).await, id(two).await);
}

#[test]
fn a_wrong_key_leaves_the_write_ahead_log_of_a_killed_server() {
    let place = Place::fresh();
    let DatabaseUrl::Sqlite(file) = &place.config.database_url else {
        println!("skipped: only SQLite has its write-ahead log here");
        return;
    };
    // A connection that never closes stands for the server that was killed.
    let server = rusqlite::Connection::open(file).unwrap();
    server.execute_batch("PRAGMA wal_autocheckpoint = 0; CREATE TABLE left_over (x);").unwrap();
    let log = file.with_extension("db-wal");
    let killed = TempDir::new().unwrap();
    for from in [file, &log] {
        std::fs::copy(from, killed.path().join(from.file_name().unwrap())).unwrap();
    }
    drop(server);
    for path in [file, &log] {
        let from = killed.path().join(path.file_name().unwrap());
        std::fs::copy(from, path).unwrap();
    }
    assert!(std::fs::metadata(&log).unwrap().len() > 0);
    let key = TempDir::new().unwrap().path().join("other.key");
    std::fs::create_dir_all(key.parent().unwrap()).unwrap();
    guichet::vault::master::MasterKey::load_or_create(&key).unwrap();
    std::fs::copy(&key, &place.config.master_key_file).unwrap();
    assert!(matches!(refused(&place), StartError::WrongKey(_)));
}
