//! The first steps on the command line, and a server that starts and ends as it should.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

fn guichet(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guichet"));
    command
        .args(arguments)
        .env("GUICHET_DATA_DIR", data)
        .env("GUICHET_LISTEN", "127.0.0.1:0")
        .env_remove("GUICHET_CONFIG")
        .env_remove("GUICHET_DATABASE_URL")
        .env_remove("GUICHET_MASTER_KEY");
    command
}

#[track_caller]
fn run(data: &Path, arguments: &[&str], code: i32) -> (String, String) {
    let Output { status, stdout, stderr } = guichet(data, arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(stdout), text(stderr));
    assert_eq!(status.code(), Some(code), "{arguments:?}: {stderr}");
    (stdout, stderr)
}

const MAISON: [&str; 14] = [
    "controller",
    "add",
    "--slug",
    "maison",
    "--name",
    "Maison Exemple",
    "--address",
    "1 rue de l'Exemple, Paris",
    "--country",
    "FR",
    "--contact",
    "dpo@maison.example",
    "--language",
    "fr",
];

#[test]
fn an_operator_an_organisation_and_its_people_are_set_up_once() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("data");
    run(&data, &["setup", "--email", "ops at staff.example"], 2);
    assert!(!data.exists(), "a slip of the keyboard made an instance");
    let (password, told) = run(&data, &["setup", "--email", "ops@staff.example"], 0);
    assert_eq!(password.trim().len(), 23, "four groups of five: {password}");
    assert!(told.contains("master.key") && told.contains("apart from the backups"), "{told}");
    let (nothing, why) = run(&data, &["setup"], 2);
    assert!(nothing.is_empty() && why.contains("operator already"), "{why}");

    run(&data, &MAISON, 0);
    assert!(run(&data, &MAISON, 2).1.contains("short name"));
    let signed = ["controller", "mail", "--slug", "maison", "--from"];
    run(&data, &[&signed[..], &["droits@maison.example", "--name", "Maison"]].concat(), 0);
    let refused =
        run(&data, &[&signed[..], &["droits@maison.example\r\nBcc: x@y.example"]].concat(), 2);
    assert!(refused.1.contains("mail-from: Write one address"), "{}", refused.1);
    let nobody = ["controller", "mail", "--slug", "nobody", "--name", "x"];
    assert!(run(&data, &nobody, 2).1.contains("short name"));
    let provider = ["controller", "identity-provider", "--slug", "maison"];
    let whose = ["--issuer", "http://127.0.0.1:9", "--client-id", "guichet"];
    let secret = ["--client-secret", "secret-canary", "--claim"];
    let set = |claim| [&provider[..], &whose, &secret, &[claim]].concat();
    let refused = run(&data, &set("email"), 2).1;
    assert!(refused.contains("allowed_hosts"), "{refused}");
    let mut allowed = guichet(&data, &set("customer_number=customer_no"));
    let Output { status, stderr, .. } =
        allowed.env("GUICHET_ALLOWED_HOSTS", "[\"localhost\"]").output().unwrap();
    let told = String::from_utf8(stderr).unwrap();
    assert!(status.success() && told.contains("/t/maison/signed-in"), "{told}");
    assert!(!told.contains("canary"), "{told}");
    run(&data, &[&provider[..], &["--remove"]].concat(), 0);
    run(&data, &[&provider[..], &["--remove"]].concat(), 2);
    run(&data, &provider, 2);
    let mut german = MAISON;
    german[9] = "DE";
    assert!(run(&data, &german, 2).1.contains("--authority"));

    let add = |role, controller| {
        let email = ["user", "add", "--email", "ada@staff.example", "--name", "Ada"];
        [&email[..], &["--role", role, "--controller", controller]].concat()
    };
    let (first, _) = run(&data, &add("dpo", "maison"), 0);
    assert_eq!(first.trim().len(), 23);
    let (second, told) = run(&data, &add("admin", "maison"), 0);
    assert!(second.is_empty() && told.contains("there already"), "{told}");
    assert!(run(&data, &add("dpo", "elsewhere"), 2).1.contains("no organisation"));
    run(&data, &add("emperor", "maison"), 2);
}

/// A server of the test; killed when the test fails before it ends by itself.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_server_says_that_it_is_ready_and_ends_when_told() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("data");
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let child = guichet(&data, &["serve"])
        .env("GUICHET_LISTEN", address.to_string())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut server = Server(child);
    let mut lines = BufReader::new(server.0.stderr.take().unwrap()).lines();
    // Every line is JSON, up to the one that says it is ready.
    loop {
        let line = lines.next().expect("a line that says ready").unwrap();
        let line: serde_json::Value = serde_json::from_str(&line).expect(&line);
        if line["fields"]["message"] == "ready" {
            break;
        }
    }
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");

    let process = server.0.id().to_string();
    let told = Command::new("kill").args(["-TERM", &process]).status().unwrap();
    assert!(told.success());
    let began = std::time::Instant::now();
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert_eq!(server.0.wait().unwrap().code(), Some(0), "{rest:?}");
    assert!(began.elapsed().as_secs() < 10);
    assert!(rest.iter().any(|line| line.contains("\"stopped\"")), "{rest:?}");
}

#[test]
fn a_command_makes_no_instance_where_there_is_none() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("mistyped");
    let file = directory.path().join("backup").display().to_string();
    let add = ["user", "add", "--email", "a@b.example", "--name", "A", "--role", "dpo"];
    let add = [&add[..], &["--controller", "maison"]].concat();
    for arguments in [&["backup", &file][..], &MAISON, &add, &["unmute"], &["audit", "key"]] {
        let (_, why) = run(&data, arguments, 2);
        assert!(why.contains("there is no instance in"), "{arguments:?}: {why}");
        assert!(!data.exists(), "{arguments:?}");
    }
    assert!(!Path::new(&file).exists());
}

#[test]
fn whoever_stops_reading_is_told_nothing() {
    let directory = TempDir::new().unwrap();
    let mut command = guichet(directory.path(), &["deadline", "check"]);
    let rows = directory.path().join("rows.csv");
    let heading = "id,regime,calendar,tz,right,received_at,events,receipt_date,ack_due,\
                   extension_notice_due,unrolled_end,expected_deadline,\
                   deadline_instant_utc_exclusive,conservative_date,target_date,status";
    let row = "1,EU-GDPR,FR,Europe/Paris,access,2026-11-12T09:00:00+01:00,[],,,,,,,,,wrong";
    let lines = std::iter::repeat_n(row, 20_000).collect::<Vec<_>>().join("\n");
    std::fs::write(&rows, format!("{heading}\n{lines}\n")).unwrap();
    let child = command.arg(&rows).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut child = Server(child);
    drop(child.0.stdout.take());
    let mut told = String::new();
    child.0.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!((child.0.wait().unwrap().code(), told.as_str()), (Some(141), ""));
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("data");
    run(&data, &["setup"], 0);
    std::fs::remove_file(data.join("master.key")).unwrap();
    let (_, why) = run(&data, &["serve"], 2);
    assert!(why.contains("master.key"), "{why}");
    let (_, why) = run(&data, &["serve", "--config", "/nowhere/guichet.toml"], 2);
    assert!(why.contains("does not exist"), "{why}");
}
