//! A PostgreSQL of a test's own, which it may stop and start, and whose files it may read.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use guichet::config::Config;
use guichet::db::url::DatabaseUrl;
use guichet::start::{self, Opening};

/// A cluster in a temporary folder, on a free port of 127.0.0.1. Gone when it is dropped.
pub struct OwnPostgresql {
    programs: PathBuf,
    home: PathBuf,
    port: u16,
}

impl OwnPostgresql {
    /// Starts one, in the pass of the tests that is about PostgreSQL. Says why where there is none.
    pub fn start() -> Option<Self> {
        if std::env::var("TEST_DATABASE_URL").is_err() {
            println!("skipped: TEST_DATABASE_URL names no server");
            return None;
        }
        let Some(programs) = programs() else {
            println!("skipped: initdb is not on this machine");
            return None;
        };
        // Of its own, because the user who runs it must be able to enter it.
        let made = unprivileged("mktemp").arg("-d").output().unwrap();
        assert!(made.status.success(), "{made:?}");
        let home = PathBuf::from(String::from_utf8(made.stdout).unwrap().trim());
        let own = Self { programs, home, port: free_port() };
        let data = format!("--pgdata={}", own.data().display());
        own.run(
            "initdb",
            &[&data, "--username=guichet", "--auth=trust", "--no-locale", "-E", "UTF8"],
        );
        own.begin();
        Some(own)
    }

    /// Starts it again on the same port, and waits until it answers.
    pub fn begin(&self) {
        let (data, log) = (self.data(), self.home.join("log"));
        let (data, log) = (data.to_string_lossy(), log.to_string_lossy());
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories='{}'",
            self.port,
            self.home.display()
        );
        let all = ["start", "--wait", "--silent", "-D", &data, "-l", &log, "-o", &options];
        self.run("pg_ctl", &all);
    }

    /// Stops it: `fast` or `immediate`.
    pub fn stop(&self, mode: &str) {
        self.run(
            "pg_ctl",
            &["stop", "--wait", "--silent", "-m", mode, "-D", &self.data().to_string_lossy()],
        );
    }

    /// Where its files are, with its log.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Makes an instance of this server's database, in the directory of the settings.
    pub fn set_up(&self, config: &mut Config) {
        let url = format!("postgresql://guichet@127.0.0.1:{}/postgres", self.port);
        config.database_url = DatabaseUrl::Postgres(url);
        start::open(config, super::app::start_at(), Opening::SetUp).unwrap();
    }

    fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let path = self.programs.join(program);
        // What it starts must not hold the output of the tests open.
        let said = fs::File::create(std::env::temp_dir().join(format!("{program}-{}", self.port)));
        let said = said.unwrap();
        let status = unprivileged(&path.to_string_lossy())
            .args(arguments)
            .stdout(said.try_clone().unwrap())
            .stderr(said)
            .status()
            .unwrap();
        let path = std::env::temp_dir().join(format!("{program}-{}", self.port));
        let text = fs::read_to_string(&path).unwrap_or_default();
        let _ = fs::remove_file(path);
        assert!(status.success(), "{program} {arguments:?}: {text}");
    }
}

impl Drop for OwnPostgresql {
    fn drop(&mut self) {
        let stop = unprivileged(&self.programs.join("pg_ctl").to_string_lossy())
            .args(["stop", "--silent", "-m", "immediate", "-D", &self.data().to_string_lossy()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let _ = stop;
        let _ = fs::remove_dir_all(&self.home);
    }
}

/// The folder of the newest server; Debian does not put it on the PATH.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file());
    let version = |folder: &PathBuf| -> u32 {
        let name = folder.parent().and_then(Path::file_name).unwrap_or_default();
        name.to_string_lossy().parse().unwrap_or(0)
    };
    on_path.or_else(|| {
        let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
        let folders = versions.flatten().map(|entry| entry.path().join("bin"));
        folders.filter(|folder| folder.join("initdb").is_file()).max_by_key(version)
    })
}

/// A command of a user who is not root, since initdb refuses that one.
fn unprivileged(program: &str) -> Command {
    let id = Command::new("id").arg("-u").output().unwrap();
    let mut command = if id.stdout.trim_ascii() == b"0" {
        let postgres = Command::new("id").arg("postgres").output().unwrap();
        let user = if postgres.status.success() { "postgres" } else { "nobody" };
        let mut command = Command::new("runuser");
        command.args(["-u", user, "--", program]);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
