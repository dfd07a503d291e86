//! Checkpoint and proofs through the API, and the commands as they are run from outside.

use std::path::Path;
use std::process::{Command, Output};

use guichet::audit::checkpoint::Checkpoint;
use guichet::audit::tree::TreeHash;
use guichet::domain::actor::Role;
use guichet::worker::export_checkpoints::file_of;
use serde_json::Value;
use tlog_tiles::{check_record, check_tree};

use super::tree;
use crate::support::app::TestApp;

fn hash(value: &Value) -> tlog_tiles::Hash {
    let hash = TreeHash::from_base64(value.as_str().unwrap()).unwrap();
    tlog_tiles::Hash(*hash.as_bytes())
}

fn hashes(value: &Value) -> Vec<tlog_tiles::Hash> {
    value["hashes"].as_array().unwrap().iter().map(hash).collect()
}

#[actix_web::test]
async fn an_auditor_gets_checkpoints_and_proofs_that_hold() {
    let app = TestApp::start().await;
    let controller = app.controller("maison").await;
    let auditor = app.user(&[(controller.id, Role::Auditor)]).await;
    let client = app.as_user(&auditor);
    let path = |end: &str| format!("/api/v1/controllers/{}/audit/{end}", controller.id);
    for early in ["checkpoint", "inclusion?number=0", "consistency?earlier=1"] {
        let answer = client.get(&path(early)).await.expect(409);
        let problem: Value = answer.json();
        assert_eq!(problem["reason"], "not-sealed", "{early}");
    }
    app.happen(controller.id, 9).await;
    app.seal().await;
    let key = [app.key(tree(&controller))];
    let read = |text: String| Checkpoint::open(&text, &key).unwrap();
    let earlier = read(client.get(&path("checkpoint")).await.expect(200).text());
    app.happen(controller.id, 4).await;
    app.seal().await;
    let answer = client.get(&path("checkpoint")).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    let newest = read(answer.text());
    assert_eq!((earlier.size, newest.size), (9, 13));

    let root = |of: &Checkpoint| tlog_tiles::Hash(*of.root.as_bytes());
    for (of, query) in [(&earlier, "number=3&size=9"), (&newest, "number=3")] {
        let query = path(&format!("inclusion?{query}"));
        let proof: Value = client.get(&query).await.expect(200).json();
        assert_eq!(proof["origin"], of.origin);
        check_record(&hashes(&proof), of.size, root(of), 3, hash(&proof["leaf_hash"])).unwrap();
    }
    let proof: Value = client.get(&path("consistency?earlier=9")).await.expect(200).json();
    check_tree(&hashes(&proof), 13, root(&newest), 9, root(&earlier)).unwrap();

    for (query, field, code) in [
        ("inclusion", "number", "missing"),
        ("inclusion?number=13", "number", "outside-tree"),
        ("inclusion?number=9&size=9", "number", "outside-tree"),
        ("inclusion?number=0&size=14", "size", "outside-tree"),
        ("inclusion?number=-1", "number", "wrong-value"),
        ("consistency?earlier=0", "earlier", "outside-tree"),
        ("consistency?earlier=10&size=9", "earlier", "outside-tree"),
        ("consistency?earlier=1&size=x", "size", "wrong-value"),
    ] {
        let (_, errors) = client.get(&path(query)).await.expect(422).problem();
        assert_eq!(errors, [format!("{field}: {code}")], "{query}");
    }
}

fn guichet(app: &TestApp, arguments: &[&str]) -> Output {
    let config = app.config();
    let mut command = Command::new(env!("CARGO_BIN_EXE_guichet"));
    command
        .args(arguments)
        .env("GUICHET_DATA_DIR", &config.data_dir)
        .env("GUICHET_DATABASE_URL", database(app))
        .env("GUICHET_BASE_URL", config.base_url.as_str())
        .env_remove("GUICHET_CONFIG")
        .env_remove("GUICHET_MASTER_KEY");
    command.output().unwrap()
}

/// The address of the database as an operator writes it.
pub fn database(app: &TestApp) -> String {
    match &app.config().database_url {
        guichet::db::url::DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        guichet::db::url::DatabaseUrl::Postgres(url) => url.clone(),
    }
}

#[track_caller]
pub fn run(app: &TestApp, arguments: &[&str], code: i32) -> (String, String) {
    let Output { status, stdout, stderr } = guichet(app, arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(stdout), text(stderr));
    assert_eq!(status.code(), Some(code), "{arguments:?}: {stdout}{stderr}");
    (stdout, stderr)
}

/// Verifies a source and gives the one JSON object and the words.
#[track_caller]
pub fn verify(
    app: &TestApp,
    source: [&str; 2],
    kept: &Path,
    key: &str,
    code: i32,
) -> (Value, String) {
    let kept = kept.to_str().unwrap();
    let all =
        [&["audit", "verify"][..], &source, &["--checkpoint", kept, "--key", key.trim()]].concat();
    let (out, words) = run(app, &all, code);
    (serde_json::from_str(&out).unwrap_or_default(), words)
}

#[actix_web::test]
async fn the_commands_print_export_and_verify() {
    let app = TestApp::start().await;
    let controller = app.controller("maison").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    app.advance(chrono::Duration::seconds(1));
    app.happen(controller.id, 5).await;
    let of = ["--controller", "maison"];
    let command = |name| [&["audit", name][..], &of].concat();
    let (note, _) = run(&app, &command("checkpoint"), 0);
    let (key, _) = run(&app, &command("key"), 0);
    let opened = Checkpoint::open(&note, &[key.parse().unwrap()]).unwrap();
    assert_eq!(opened.size, 6);
    assert_eq!(opened, app.kept(tree(&controller)).await);
    let (all, _) = run(&app, &["audit", "key"], 0);
    assert!(all.lines().count() == 2 && all.contains(key.trim()), "{all}");

    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept.txt");
    std::fs::write(&kept, &note).unwrap();
    let (history, _) = run(&app, &command("export"), 0);
    // Only what is proven stands there: the id of the case does, its reference does not.
    assert!(history.contains(&case.id) && !history.contains(&case.reference));
    assert!(!history.contains("Martin"), "a name in {history}");
    let export = folder.path().join("history.jsonl");
    std::fs::write(&export, &history).unwrap();
    let file = ["--export", export.to_str().unwrap()];
    let url = database(&app);
    let database = ["--database", url.as_str()];
    // Without the master key, as somebody from outside verifies.
    std::fs::rename(&app.config().master_key_file, folder.path().join("key")).unwrap();
    for source in [file, database] {
        let (report, words) = verify(&app, source, &kept, &key, 0);
        assert_eq!(report["whole"], true, "{words}");
        assert_eq!((&report["size"], &report["proven"]), (&6.into(), &6.into()));
        assert!(words.contains("whole"), "{words}");
    }

    // One letter of one event.
    let altered =
        history.replacen("\\\"channel\\\":\\\"phone\\\"", "\\\"channel\\\":\\\"phona\\\"", 1);
    assert_ne!(altered, history);
    std::fs::write(&export, altered).unwrap();
    let (report, words) = verify(&app, file, &kept, &key, 1);
    assert_eq!(report["findings"][0]["finding"], "altered");
    assert_eq!(report["findings"][0]["case"], case.id);
    assert!(words.contains("number 0") && words.contains(&case.id), "{words}");
    // A file of before names references, and somebody edited one: nothing proves it, and that is told.
    let named = history.replacen(",\"entry\":", ",\"reference\":\"7K4M-Q2XD-5\",\"entry\":", 1);
    assert_ne!(named, history);
    std::fs::write(&export, named).unwrap();
    let (report, words) = verify(&app, file, &kept, &key, 0);
    assert_eq!(report["whole"], true);
    assert!(words.contains("Nothing proves those") && !words.contains("7K4M"), "{words}");
    // A line less.
    let shorter: Vec<&str> = history.lines().collect();
    std::fs::write(&export, shorter[..shorter.len() - 2].join("\n")).unwrap();
    let (report, _) = verify(&app, file, &kept, &key, 1);
    assert_eq!(report["findings"][0]["finding"], "short");
    assert_eq!(
        (&report["findings"][0]["from"], &report["findings"][0]["to"]),
        (&4.into(), &6.into())
    );
    let french = ["--language", "fr"];
    let kept_path = kept.to_str().unwrap();
    let given = ["--checkpoint", kept_path, "--key", key.trim()];
    let all = [&["audit", "verify"][..], &file, &given, &french].concat();
    assert!(run(&app, &all, 1).1.contains("PAS intact"));

    // Input that cannot be used.
    std::fs::write(&export, "{}").unwrap();
    verify(&app, file, &kept, &key, 2);
    verify(&app, ["--export", "/nowhere"], &kept, &key, 2);
    verify(&app, ["--database", "sqlite:/nowhere/guichet.db"], &kept, &key, 2);
    verify(&app, database, &kept, "no-key", 2);
    std::fs::write(&kept, note.replacen("\n6\n", "\n7\n", 1)).unwrap();
    let (_, words) = verify(&app, database, &kept, &key, 2);
    assert!(words.contains("altered"), "{words}");
    std::fs::write(&kept, "").unwrap();
    verify(&app, database, &kept, &key, 2);
}

#[actix_web::test]
async fn a_key_that_nothing_was_compared_for_is_told() {
    let app = TestApp::start().await;
    let (one, two) = (app.controller("maison").await, app.controller_ie().await);
    app.happen(one.id, 2).await;
    app.happen(two.id, 2).await;
    app.seal().await;
    let folder = tempfile::tempdir().unwrap();
    let file_of = |controller| file_of(&app.config().checkpoint_dir, tree(controller));
    let (first, second) = (file_of(&one), file_of(&two));
    let (first, second) = (first.to_str().unwrap(), second.to_str().unwrap());
    let [key, other] = [&one, &two].map(|it| app.key(tree(it)).to_string());
    let url = database(&app);
    let base = ["audit", "verify", "--database", &url, "--checkpoint", first, "--key", &key];
    run(&app, &base, 0);
    let (out, words) = run(&app, &[&base[..], &["--key", &other]].concat(), 1);
    let lines: Vec<Value> = out.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(
        (lines.len(), &lines[0]["whole"], &lines[1]["whole"]),
        (2, &true.into(), &false.into())
    );
    assert_eq!(lines[1]["findings"][0]["finding"], "not-compared");
    assert!(words.contains("NOT compared"), "{words}");
    // Both, each with its own, and in one file as a mail carries them.
    let both = ["--checkpoint", second, "--key", &other];
    run(&app, &[&base[..], &both].concat(), 0);
    // Checkpoints that no key is for are told; a file with nothing else is no input.
    let (_, words) = run(&app, &[&base[..], &["--checkpoint", second]].concat(), 2);
    assert!(words.contains("no checkpoint that a given key signed"), "{words}");
    let mail = folder.path().join("mail.txt");
    let texts = [first, second].map(|path| std::fs::read_to_string(path).unwrap());
    std::fs::write(&mail, texts.concat()).unwrap();
    let mail = mail.to_str().unwrap();
    let one_key = ["audit", "verify", "--database", &url, "--checkpoint", mail, "--key", &key];
    let (_, words) = run(&app, &one_key, 0);
    assert!(words.contains("none of the given keys signed"), "{words}");
    run(&app, &[&one_key[..], &["--key", &other]].concat(), 0);
}
