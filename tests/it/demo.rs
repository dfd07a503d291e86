//! `guichet demo`, as a person runs it: it serves both organisations with cases in every state, and
//! leaves nothing behind.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use serde_json::{Value, json};

/// A running demo; it ends with its test.
struct Demo {
    child: Child,
    port: u16,
    /// What it printed: the address, the password, then a line for each sign-in.
    lines: Vec<String>,
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Demo {
    fn start(temporary: &std::path::Path, more: &[&str]) -> Self {
        let port = free_port();
        let mut child = Command::new(env!("CARGO_BIN_EXE_guichet"))
            .env("TMPDIR", temporary)
            .args(["demo", "--port", &port.to_string()])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut lines = Vec::new();
        for line in out.lines() {
            let line = line.unwrap();
            if line.starts_with("Ctrl-C") {
                break;
            }
            lines.push(line);
        }
        let demo = Self { child, port, lines };
        let patience = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < patience, "the demo does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        demo
    }

    fn call(&self, method: &str, path: &str, token: &str, body: &Value) -> Value {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n\
             content-type: application/json\r\nauthorization: Bearer {token}\r\n\
             content-length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"))
    }

    fn sign_in(&self, email: &str) -> String {
        let password = self.lines[1].split_once(": ").unwrap().1;
        let body = json!({ "email": email, "password": password });
        let answer = self.call("POST", "/api/v1/tokens", "", &body);
        answer["access_token"].as_str().unwrap_or_else(|| panic!("{email}: {answer}")).to_owned()
    }
}

impl Demo {
    fn end(&mut self) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(told.unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_serves_both_organisations_and_leaves_nothing() {
    let temporary = tempfile::tempdir().unwrap();
    let mut demo = Demo::start(temporary.path(), &[]);
    let (mailbox, sign_ins) = demo.lines[2..].split_last().unwrap();
    assert!(mailbox.ends_with("/mail"), "{mailbox}");
    assert_eq!(sign_ins.len(), 14, "an operator, a shared DPO, six roles twice");
    for line in sign_ins {
        let email = line.split_whitespace().next().unwrap();
        let token = demo.sign_in(email);
        let me = demo.call("GET", "/api/v1/me", &token, &Value::Null);
        assert_eq!(me["email"], email);
    }
    let token = demo.sign_in("dpo@both.example");
    let mut states = BTreeSet::new();
    let mut seen = 0;
    for status in
        ["received", "in_progress", "in_review", "answered", "closed", "withdrawn", "forwarded"]
    {
        let path = format!("/api/v1/requests?status={status}&limit=200");
        let found = demo.call("GET", &path, &token, &Value::Null);
        for request in found["requests"].as_array().unwrap_or_else(|| panic!("{found}")) {
            seen += 1;
            states.insert(status.to_owned());
            for flag in ["overdue", "paused"] {
                if request[flag] == true {
                    states.insert(flag.to_owned());
                }
            }
            if request["urgent_until"].is_string() {
                states.insert("urgent".to_owned());
            }
        }
    }
    let wanted = [
        "answered",
        "closed",
        "forwarded",
        "in_progress",
        "in_review",
        "overdue",
        "paused",
        "received",
        "urgent",
        "withdrawn",
    ];
    assert_eq!(states, wanted.map(str::to_owned).into_iter().collect());
    assert_eq!(seen, 24);
    let tasks = demo.call("GET", "/api/v1/tasks", &token, &Value::Null);
    let kinds: BTreeSet<&str> = tasks["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| task["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, BTreeSet::from(["acknowledge", "answer_system"]), "no job failed");

    demo.end();
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}

#[test]
fn one_that_was_stopped_while_it_was_made_begins_anew() {
    let temporary = tempfile::tempdir().unwrap();
    let kept = temporary.path().join("kept");
    std::fs::create_dir_all(kept.join("instance")).unwrap();
    std::fs::write(kept.join("instance/guichet.db"), b"half").unwrap();
    std::fs::write(kept.join("demo.begun"), b"").unwrap();
    let directory = kept.to_str().unwrap();
    let mut demo = Demo::start(temporary.path(), &["--dir", directory]);
    demo.sign_in("dpo@both.example");
    demo.end();
    // What is no demo's is left alone.
    let other = temporary.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("letter.txt"), b"mine").unwrap();
    let refused = Command::new(env!("CARGO_BIN_EXE_guichet"))
        .args(["demo", "--port", "0", "--dir", other.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(!refused.status.success());
    assert_eq!(std::fs::read(other.join("letter.txt")).unwrap(), b"mine");
}

#[test]
fn its_shops_can_stand_in_postgresql_and_go_with_it() {
    let Ok(url) = std::env::var("TEST_DATABASE_URL") else {
        println!("skipped: TEST_DATABASE_URL names no PostgreSQL");
        return;
    };
    let temporary = tempfile::tempdir().unwrap();
    let mut demo = Demo::start(temporary.path(), &["--postgresql", &url, "--language", "fr"]);
    assert!(demo.lines[1].starts_with("mot de passe"), "{:?}", demo.lines);
    let token = demo.sign_in("admin@maison-exemple.example");
    let me = demo.call("GET", "/api/v1/me", &token, &Value::Null);
    let controller = me["memberships"][0]["controller_id"].as_str().unwrap();
    let path = format!("/api/v1/controllers/{controller}/systems");
    let systems = demo.call("GET", &path, &token, &Value::Null);
    let shop = systems["systems"].as_array().unwrap().iter().find(|one| one["name"] == "shop");
    let shop = shop.unwrap_or_else(|| panic!("{systems}"));
    assert_eq!((&shop["connector"], &shop["test"]["state"]), (&json!("postgresql"), &json!("ok")));
    let database = shop["database"].as_str().unwrap().to_owned();

    let dpo = demo.sign_in("dpo@both.example");
    let path = "/api/v1/requests?status=in_review&limit=200";
    let found = demo.call("GET", path, &dpo, &Value::Null);
    let request = found["requests"].as_array().unwrap().iter();
    let request = request.into_iter().find(|one| one["controller_id"] == controller).unwrap();
    let path = format!("/api/v1/requests/{}/searches", request["id"].as_str().unwrap());
    let searches = demo.call("GET", &path, &dpo, &Value::Null).to_string();
    assert!(searches.contains(r#""system":"shop""#) && searches.contains("complete"), "{searches}");

    let mut conn = PgConnection::establish(&url).unwrap();
    let mut is_there = || {
        let sql = format!("SELECT datname FROM pg_database WHERE datname = '{database}'");
        diesel::sql_query(sql).execute(&mut conn).unwrap() == 1
    };
    assert!(is_there());
    demo.end();
    assert!(!is_there(), "{database} is still there");
}

#[test]
fn it_takes_no_directory_that_holds_something_else_and_no_port_in_use() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("mine.txt"), "x").unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let shown = directory.path().display().to_string();
    for arguments in [
        ["demo", "--dir", shown.as_str(), "--port", &free_port().to_string()].as_slice(),
        ["demo", "--port", &port].as_slice(),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_guichet"))
            .env("TMPDIR", directory.path())
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
    }
    let left = std::fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, 1, "nothing was made");
}
