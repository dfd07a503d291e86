//! The built program as a process of its own, which a test may kill at any moment.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use guichet::config::Config;
use guichet::db::url::DatabaseUrl;

/// How long a server may take to say that it is ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

/// An answer over the wire.
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Server {
    /// Starts the program on the database and the folder of an instance, and waits until it is
    /// ready. `limit` is put before it, as a shell would.
    pub fn start(config: &Config, limit: Option<&str>) -> Self {
        let address = free_address();
        let program = env!("CARGO_BIN_EXE_guichet");
        let script = format!("{}exec \"$0\" serve", limit.unwrap_or_default());
        let database = match &config.database_url {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => url.clone(),
        };
        let directories: Vec<String> =
            config.allowed.directories.iter().map(|path| format!("{path:?}")).collect();
        let child = Command::new("sh")
            .args(["-c", &script, program])
            .env("GUICHET_DATA_DIR", &config.data_dir)
            .env("GUICHET_DATABASE_URL", database)
            .env("GUICHET_LISTEN", address.to_string())
            .env("GUICHET_BASE_URL", config.base_url.as_str())
            .env("GUICHET_ALLOWED_DIRECTORIES", format!("[{}]", directories.join(",")))
            .env("GUICHET_LOG", "error")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, address };
        let began = Instant::now();
        while server.get("/readyz", "").is_none_or(|reply| reply.status != 200) {
            assert!(began.elapsed() < PATIENCE, "the server is not ready after {PATIENCE:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    /// As a power cut would, as far as a process goes.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        assert_eq!(self.child.wait().unwrap().signal(), Some(9));
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

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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
    stream.write_all(body).ok()?;
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
    Some(Reply { status, body })
}
