//! A fresh database for each test, copied from one that was migrated once: an SQLite file, or a
//! PostgreSQL database where `TEST_DATABASE_URL` names a server.

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use guichet::config::{self, Config};
use guichet::db::url::DatabaseUrl;
use guichet::start::{self, Opening};
use tempfile::TempDir;
use url::Url;

/// The directory and the database of one test; both go when it is dropped.
pub struct Place {
    pub config: Config,
    database: Option<String>,
    _directory: TempDir,
}

struct Template {
    directory: TempDir,
    database: Option<String>,
}

/// What the directory of a template is called before the number of its process.
const TEMPLATE_PREFIX: &str = "guichet-it-template-";

static TEMPLATE: OnceLock<Template> = OnceLock::new();
static NEXT: AtomicU32 = AtomicU32::new(1);

impl Place {
    /// A copy of the template.
    pub fn fresh() -> Self {
        let template = TEMPLATE.get_or_init(Template::make);
        let directory = TempDir::with_prefix("guichet-it-").unwrap();
        copy(template.directory.path(), directory.path());
        let mut config = config_in(directory.path());
        let database = template.database.as_ref().map(|template| {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("guichet_it_{}_{number}", std::process::id());
            administer(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
            config.database_url = url_of(&name);
            name
        });
        Self { config, database, _directory: directory }
    }

    /// The directory with the key, the sealed files and, on SQLite, the database.
    pub fn directory(&self) -> &Path {
        &self.config.data_dir
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(name) = &self.database {
            administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

impl Template {
    fn make() -> Self {
        let directory = TempDir::with_prefix(format!("{TEMPLATE_PREFIX}{}-", std::process::id()));
        let directory = directory.unwrap();
        remove_left_over();
        let mut config = config_in(directory.path());
        let database = server().map(|_| {
            drop_left_over();
            let name = format!("guichet_template_{}", std::process::id());
            administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
            administer(&format!("CREATE DATABASE {name}"));
            config.database_url = url_of(&name);
            name
        });
        start::open(&config, super::app::start_at(), Opening::SetUp).unwrap();
        Self { directory, database }
    }
}

fn config_in(directory: &Path) -> Config {
    config::embedded(directory, "127.0.0.1:8080".parse().unwrap()).unwrap()
}

/// The server that `TEST_DATABASE_URL` names, through the database that it names.
fn server() -> Option<Url> {
    let url = std::env::var("TEST_DATABASE_URL").ok()?;
    Some(Url::parse(&url).expect("TEST_DATABASE_URL is postgresql://user@host/database"))
}

fn url_of(database: &str) -> DatabaseUrl {
    let mut url = server().unwrap();
    url.set_path(database);
    DatabaseUrl::Postgres(url.to_string())
}

/// Runs one statement on the server. A template that another test is copying at this moment is
/// free again soon.
fn administer(sql: &str) {
    let mut conn = PgConnection::establish(server().unwrap().as_str()).unwrap();
    for _ in 0..100 {
        match conn.batch_execute(sql) {
            Ok(()) => return,
            Err(error) if error.to_string().contains("being accessed by other users") => {
                std::thread::sleep(Duration::from_millis(50));
            }
            Err(error) => panic!("{sql}: {error}"),
        }
    }
    panic!("{sql}: the template stayed in use");
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

/// Removes the templates of processes that have ended: a static is never dropped.
fn remove_left_over() {
    for entry in std::fs::read_dir(std::env::temp_dir()).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap_or_default();
        let process = name.strip_prefix(TEMPLATE_PREFIX).and_then(|name| name.split('-').next());
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            // Another process may be removing it at this moment.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Drops what a run that was killed left behind: a database whose process is gone.
fn drop_left_over() {
    let mut conn = PgConnection::establish(server().unwrap().as_str()).unwrap();
    let names: Vec<Name> = diesel::sql_query(
        "SELECT datname::text AS name FROM pg_database \
         WHERE datname LIKE 'guichet\\_it\\_%' OR datname LIKE 'guichet\\_template\\_%'",
    )
    .load(&mut conn)
    .unwrap();
    for Name { name } in names {
        let process = name.split('_').nth(2).unwrap_or_default();
        if !Path::new("/proc").join(process).exists() {
            conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).unwrap();
        }
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
