//! The built program as a process of its own, which a test may kill at any moment.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use guichet::config::Config;
use guichet::db::url::DatabaseUrl;
use guichet::mail::settings::{Delivery, SmtpTls};

/// How long a server may take to say that it is ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server.
pub struct Server {
    process: Process,
    pub address: SocketAddr,
}

/// A process of the program; killed when it is dropped.
pub struct Process(Child);

/// An answer over the wire.
pub struct Reply {
    pub status: u16,
    /// In lower case.
    pub head: String,
    pub body: Vec<u8>,
}

impl Server {
    /// Starts the program on the database and the folder of an instance, and waits until it is
    /// ready. `limit` is put before it, as a shell would.
    pub fn start(config: &Config, limit: Option<&str>) -> Self {
        let script = format!("{}exec \"$0\" serve", limit.unwrap_or_default());
        Self::run(command(config, &script))
    }

    /// Starts it with its log, at the level that says most of what we write, in `log` of a
    /// directory, and its temporary files in `temporary`.
    pub fn start_logged(config: &Config, directory: &Path) -> Self {
        let temporary = directory.join("temporary");
        std::fs::create_dir_all(&temporary).unwrap();
        let mut command = command(config, "exec \"$0\" serve");
        let log = std::fs::File::options().create(true).append(true).open(directory.join("log"));
        command.stderr(log.unwrap()).env("TMPDIR", temporary).env("GUICHET_LOG", "debug");
        Self::run(command)
    }

    /// Starts it with a log on a disk that is full.
    pub fn start_deaf(config: &Config) -> Self {
        let mut command = command(config, "exec \"$0\" serve");
        let full = std::fs::File::options().write(true).open("/dev/full");
        command.stderr(full.unwrap()).env("GUICHET_LOG", "debug");
        Self::run(command)
    }

    fn run(mut command: Command) -> Self {
        let address = free_address();
        let child = command.env("GUICHET_LISTEN", address.to_string()).spawn().unwrap();
        let server = Self { process: Process(child), address };
        let began = Instant::now();
        while server.get("/readyz", "").is_none_or(|reply| reply.status != 200) {
            assert!(began.elapsed() < PATIENCE, "the server is not ready after {PATIENCE:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    /// As a power cut would, as far as a process goes.
    pub fn kill(mut self) {
        self.process.0.kill().unwrap();
        assert_eq!(self.process.0.wait().unwrap().signal(), Some(9));
    }

    /// Asks for an orderly end, and says how long it took.
    pub fn terminate(self) -> Duration {
        self.process.terminate()
    }

    /// Reads something.
    pub fn get(&self, path: &str, token: &str) -> Option<Reply> {
        exchange(self.address, "GET", path, token, &[], b"")
    }

    /// Posts JSON.
    pub fn post(
        &self,
        path: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Option<Reply> {
        let mut all = vec![("content-type", "application/json")];
        all.extend(headers);
        exchange(self.address, "POST", path, token, &all, body.as_bytes())
    }
}

impl Process {
    /// Starts `guichet work`.
    pub fn work(config: &Config) -> Self {
        Self(command(config, "exec \"$0\" work").spawn().unwrap())
    }

    /// As a power cut would.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        assert_eq!(self.0.wait().unwrap().signal(), Some(9));
    }

    /// Asks for an orderly end, and says how long it took.
    pub fn terminate(mut self) -> Duration {
        let began = Instant::now();
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        while began.elapsed() < PATIENCE {
            if let Some(status) = self.0.try_wait().unwrap() {
                assert!(status.success(), "{status}");
                return began.elapsed();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the process is still there after {PATIENCE:?}");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(config: &Config, script: &str) -> Command {
    let database = match &config.database_url {
        DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    let directories: Vec<String> =
        config.allowed.directories.iter().map(|path| format!("{path:?}")).collect();
    let mut command = Command::new("sh");
    command
        .args(["-c", script, env!("CARGO_BIN_EXE_guichet")])
        .env("GUICHET_DATA_DIR", &config.data_dir)
        .env("GUICHET_DATABASE_URL", database)
        .env("GUICHET_BASE_URL", config.base_url.as_str())
        .env("GUICHET_ALLOWED_DIRECTORIES", format!("[{}]", directories.join(",")))
        .env("GUICHET_LOG", "error")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Delivery::Smtp(smtp) = &config.mail {
        assert_eq!(smtp.tls, SmtpTls::None, "a test that listens in");
        command
            .env("GUICHET_SMTP_HOST", &smtp.host)
            .env("GUICHET_SMTP_PORT", smtp.port.to_string())
            .env("GUICHET_SMTP_TLS", "none")
            .env("GUICHET_SMTP_SENDER", smtp.sender.text());
    }
    command
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// One call on a connection of its own; nothing when no whole answer came.
pub fn exchange(
    address: SocketAddr,
    method: &str,
    path: &str,
    token: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Option<Reply> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-length: {}\r\n",
        body.len()
    );
    if !token.is_empty() {
        head.push_str(&format!("authorization: Bearer {token}\r\n"));
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    // A server that has heard enough answers before the end, and takes no more.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let body = answer[end + 4..].to_vec();
    // A body that was cut off is no acknowledgement.
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    if length.is_some_and(|length| length.trim().parse() != Ok(body.len())) {
        return None;
    }
    Some(Reply { status, head, body })
}
