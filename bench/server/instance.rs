//! An instance for a bench: its own database and directory, one controller, one agent, and the
//! built program that serves it.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use guichet::app::{App, Clock};
use guichet::config::{self, Config};
use guichet::db::column::Instant as Stamp;
use guichet::db::controllers::{self, Controller};
use guichet::db::url::DatabaseUrl;
use guichet::db::users::{self, Membership};
use guichet::domain::actor::{Actor, Role};
use guichet::domain::identity::LEAST;
use guichet::domain::ids::{ControllerId, UserId};
use guichet::language::Language;
use guichet::start::Opening;
use guichet::vault::password;
use guichet::web::Front;
use guichet::web::token::Credential;
use guichet::workflow::settings::profile::{Profile, email_index};
use tempfile::TempDir;

/// How long a server may take to say that it is ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where instances are made: an SQLite file each, or a database each of a PostgreSQL server.
#[derive(Clone, Debug)]
pub enum On {
    Sqlite,
    /// The URL of the server, without a database.
    Postgresql(String),
}

impl On {
    /// SQLite, and PostgreSQL where `BENCH_DATABASE_URL` names a server.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let server = std::env::var("BENCH_DATABASE_URL").ok();
        let server = server.and_then(|url| Some(url.rsplit_once('/')?.0.to_owned()));
        std::iter::once(Self::Sqlite).chain(server.map(Self::Postgresql)).collect()
    }

    /// As it is printed.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgresql(_) => "PostgreSQL",
        }
    }
}

/// An instance; its database and directory go with it.
pub struct Instance {
    pub app: App,
    pub controller: Controller,
    pub agent: UserId,
    credential: Credential,
    front: Front,
    _database: Option<Database>,
    _directory: TempDir,
}

impl Instance {
    /// An instance with a controller and an agent who also reads its queue.
    ///
    /// # Errors
    /// When the database or the directory refuses.
    pub fn make(on: &On) -> anyhow::Result<Self> {
        let directory = TempDir::with_prefix("guichet-bench-")?;
        let mut config = config::embedded(directory.path(), free_address()?)?;
        let database = match on {
            On::Sqlite => None,
            On::Postgresql(server) => {
                let database = Database::create(server)?;
                config.database_url = DatabaseUrl::Postgres(database.url());
                Some(database)
            }
        };
        let app = App::open(config, Clock::Machine, Opening::SetUp)?;
        let (controller, agent, credential) = settle(&app)?;
        let front = Front::new(app.clone())?;
        Ok(Self {
            app,
            controller,
            agent,
            credential,
            front,
            _database: database,
            _directory: directory,
        })
    }

    /// A token of the agent that is good for ten minutes.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn token(&self) -> anyhow::Result<String> {
        Ok(self.front.tokens.issue(self.agent, self.credential.clone(), self.app.now())?)
    }

    /// Starts the built program on this instance and waits until it is ready.
    ///
    /// # Errors
    /// When it is not ready in time.
    pub fn serve(&self) -> anyhow::Result<Server> {
        Server::start(self.app.config())
    }
}

/// A database of a PostgreSQL server, dropped with this.
pub struct Database {
    server: String,
    name: String,
}

impl Database {
    /// An empty one.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn create(server: &str) -> anyhow::Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("guichet_bench_{}_{number}", std::process::id());
        administer(server, &format!("CREATE DATABASE {name}"))?;
        Ok(Self { server: server.to_owned(), name })
    }

    /// How it is reached.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let _ = administer(&self.server, &sql);
    }
}

fn settle(app: &App) -> anyhow::Result<(Controller, UserId, Credential)> {
    let ctx = app.ctx(Actor::CommandLine);
    let created_at = Stamp::from(ctx.now);
    let id: ControllerId = ctx.new_id();
    let (_, wrapped_key) = app.vault().new_controller_key(id.uuid())?;
    let controller = Controller {
        id,
        slug: "maison-exemple".to_owned(),
        name: "Maison Exemple SAS".to_owned(),
        address: "1 rue de l'Exemple, 75002 Paris".to_owned(),
        country: "FR".to_owned(),
        contact: "dpo@maison.example".to_owned(),
        authority: "CNIL, 3 place de Fontenoy, 75007 Paris".to_owned(),
        language: Language::Fr,
        regime: "EU-GDPR".to_owned(),
        calendar: "FR".to_owned(),
        roll_over: true,
        time_zone: "Europe/Paris".to_owned(),
        wrapped_key,
        version: 1,
        created_at,
        mail_from: None,
        mail_reply_to: None,
        mail_name: None,
        four_eyes: false,
        least_level: LEAST,
    };
    let agent: UserId = ctx.new_id();
    let profile =
        Profile { name: "Claire Martin".to_owned(), email: "claire@maison.example".to_owned() };
    let user = users::User {
        id: agent,
        email_index: email_index(app.vault(), &profile.email).to_vec(),
        sealed_profile: profile.seal(app.vault(), agent)?,
        password_hash: password::hash("seven brave otters swim north")?,
        must_change_password: false,
        is_operator: false,
        status: "active".to_owned(),
        language: Language::En,
        failed_sign_ins: 0,
        created_at,
    };
    let credential = Credential::password(&user.password_hash);
    let memberships = [Role::Agent, Role::Handler].map(|role| Membership {
        user_id: agent,
        controller_id: controller.id,
        role,
        created_at,
    });
    let row = controller.clone();
    wait(app.write(move |conn| {
        controllers::insert(conn, &row)?;
        users::insert(conn, &user)?;
        for membership in &memberships {
            users::add_membership(conn, membership)?;
        }
        Ok(())
    }))??;
    Ok((controller, agent, credential))
}

/// Runs something asynchronous to its end.
///
/// # Errors
/// When no runtime can be had.
pub fn wait<T>(work: impl Future<Output = T>) -> anyhow::Result<T> {
    Ok(tokio::runtime::Runtime::new()?.block_on(work))
}

fn administer(server: &str, sql: &str) -> anyhow::Result<()> {
    let mut conn = PgConnection::establish(&format!("{server}/postgres"))?;
    Ok(conn.batch_execute(sql)?)
}

/// An address that nobody listens on.
///
/// # Errors
/// When there is none.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// The built program, serving; it ends with this.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From the start of the process to the first answer that it is ready.
    pub ready_after: Duration,
}

impl Server {
    fn start(config: &Config) -> anyhow::Result<Self> {
        let database = match &config.database_url {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => url.clone(),
        };
        let mut command = Command::new(env!("CARGO_BIN_EXE_guichet"));
        command
            .arg("serve")
            .env("GUICHET_DATA_DIR", &config.data_dir)
            .env("GUICHET_DATABASE_URL", database);
        Self::spawn(command, config.listen)
    }

    /// Starts a command that serves on an address, told by `GUICHET_LISTEN`.
    ///
    /// # Errors
    /// When it cannot be started or is not ready in time.
    pub fn spawn(mut command: Command, address: SocketAddr) -> anyhow::Result<Self> {
        let began = Instant::now();
        let child = command
            .env("GUICHET_LISTEN", address.to_string())
            .env("GUICHET_LOG", "error")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("the program cannot be started")?;
        let mut server = Self { child, address, ready_after: Duration::ZERO };
        while !is_ready(address) {
            ensure!(began.elapsed() < PATIENCE, "the server is not ready after {PATIENCE:?}");
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended: {status}");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        server.ready_after = began.elapsed();
        Ok(server)
    }

    /// The resident memory now and at its peak, in kibibytes, as Linux counts it.
    ///
    /// # Errors
    /// When the process is gone.
    pub fn memory(&self) -> anyhow::Result<Memory> {
        Memory::of(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The resident memory of a process, in kibibytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    pub now: u64,
    pub peak: u64,
}

impl Memory {
    /// As `/proc` tells it.
    ///
    /// # Errors
    /// When the process is gone.
    pub fn of(process: u32) -> anyhow::Result<Self> {
        let status =
            fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status"))?;
        let line = |name: &str| -> Option<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().trim_end_matches(" kB").parse().ok()
        };
        let (now, peak) = (line("VmRSS:"), line("VmHWM:"));
        Ok(Self { now: now.context("no memory left")?, peak: peak.context("no memory left")? })
    }
}

fn is_ready(address: SocketAddr) -> bool {
    use std::io::{Read, Write};
    let Ok(mut stream) = std::net::TcpStream::connect_timeout(&address, PATIENCE) else {
        return false;
    };
    let ask = format!("GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    let mut answer = Vec::new();
    stream.write_all(ask.as_bytes()).is_ok()
        && stream.read_to_end(&mut answer).is_ok()
        && answer.starts_with(b"HTTP/1.1 200")
}
