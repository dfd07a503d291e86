//! The case file: what is in it for whom, that it is recorded, and that every change to it shows.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::Command;

use actix_web::http::Method;
use guichet::audit::case_file::{CaseFileReport, EVENTS, Fault, MANIFEST, PROOF, verify};
use guichet::audit::checkpoint::Checkpoint;
use guichet::audit::note::VerifierKey;
use guichet::cli::audit::case_file;
use guichet::domain::actor::Role;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::audit::tree;
use crate::collection::shop::Shop;
use crate::support::client::Client;

type Files = BTreeMap<String, Vec<u8>>;

pub fn unzip(bytes: &[u8]) -> Files {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = Files::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let name = entry.name().unwrap().into_owned();
        files.insert(name, content);
    }
    files
}

fn zipped(files: &Files) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// An answered case with a letter, and its file as the DPO gets it.
struct Filed {
    shop: Shop,
    id: String,
    reference: String,
    bytes: Vec<u8>,
    key: VerifierKey,
    kept: Checkpoint,
}

impl Filed {
    async fn new() -> Self {
        let shop = Shop::open().await;
        let (id, reference) = shop.log("zoe.canari@example.org").await;
        // Another case stands between its events in the tree.
        shop.log("other@example.org").await;
        shop.app.seal().await;
        shop.app.advance(chrono::Duration::seconds(1));
        shop.identify(&id, "v2", &["code_on_file", "call_back"]).await;
        let search = shop.search(&id).await;
        let package = shop.package(&id, &search, "access", Some("Le dossier papier manque")).await;
        let path = format!("/api/v1/requests/{id}");
        let release = format!("{path}/packages/{}/release", package["id"].as_str().unwrap());
        shop.dpo().post(&release, json!({ "reference": reference })).await.expect(200);
        let ack = json!({ "letter": "ACK" });
        let drafted = shop.dpo().post(&format!("{path}/letters"), ack).await.expect(201);
        let letter = format!("{}/sending", drafted.header("location").unwrap());
        shop.dpo().post(&letter, json!({ "delivery": "portal" })).await.expect(200);
        let bytes = fetch(&shop.dpo(), &id).await;
        let tree = tree(&shop.controller);
        let (key, kept) = (shop.app.key(tree), shop.app.kept(tree).await);
        Self { shop, id, reference, bytes, key, kept }
    }

    fn verify(&self, files: &Files) -> CaseFileReport {
        verify(files, std::slice::from_ref(&self.kept), std::slice::from_ref(&self.key))
    }
}

async fn fetch(client: &Client<'_>, id: &str) -> Vec<u8> {
    let path = format!("/api/v1/requests/{id}/case-file");
    let answer = client.with("accept-language", "fr").get(&path).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/zip"));
    answer.body.to_vec()
}

async fn opened(shop: &Shop, id: &str) -> Vec<(String, String)> {
    let events = shop.dpo().get(&format!("/api/v1/requests/{id}/events")).await.expect(200);
    let events: Value = events.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let events = events["events"].as_array().unwrap().iter();
    let opened = events.filter(|event| event["kind"] == "CaseFileOpened");
    opened.map(|event| (text(&event["actor"]), text(&event["detail"]["form"]))).collect()
}

#[actix_web::test]
async fn it_holds_the_case_with_its_proof_and_each_download_is_recorded() {
    let filed = Filed::new().await;
    let files = unzip(&filed.bytes);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            MANIFEST,
            "README.txt",
            "case.html",
            "case.json",
            EVENTS,
            "letters.json",
            "letters/01-ack-fr.txt",
            "packages.json",
            PROOF,
            "words.json",
        ]
    );
    let report = filed.verify(&files);
    assert_eq!(report.faults, []);
    assert_eq!(report.reference, filed.reference);
    let events = String::from_utf8(files[EVENTS].clone()).unwrap().lines().count();
    assert_eq!((report.proven, report.unprotected, report.fitting), (events, 0, 1));
    assert!(events >= 8, "{events}");
    let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    let readme = text("README.txt");
    assert!(readme.contains(&filed.key.to_string()), "{readme}");
    assert!(readme.contains("Dossier de preuve") && readme.contains("--case-file"), "{readme}");
    let page = text("case.html");
    assert!(page.contains("<style>") && !page.contains("/assets/"), "it stands alone");
    assert!(page.contains("Zoé Canari") && page.contains("lang=\"fr\""));
    // Whoever fetched it stands in it by name.
    let by = format!("<td>{}</td>", filed.shop.dpo.name);
    assert!(page.contains(&by) && !page.contains("<td>Vous</td>"), "{page}");
    let packages: Value = serde_json::from_slice(&files["packages.json"]).unwrap();
    assert_eq!(packages[0]["right"], "access");
    assert!(packages[0]["manifest"]["entries"].as_array().is_some_and(|it| !it.is_empty()));
    let letters: Value = serde_json::from_slice(&files["letters.json"]).unwrap();
    use sha2::Digest;
    let digest = sha2::Sha256::digest(&files["letters/01-ack-fr.txt"]);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(letters[0]["sha256"], digest, "the letter is the one whose digest was kept");

    let by = format!("user:{}", filed.shop.dpo.id);
    assert_eq!(opened(&filed.shop, &filed.id).await, [(by.clone(), "archive".to_owned())]);
    let path = format!("/api/v1/requests/{}/case-file", filed.id);
    filed.shop.dpo().send(Method::HEAD, &path, None, &[]).await.expect(200);
    assert_eq!(opened(&filed.shop, &filed.id).await.len(), 1, "headers alone hand out nothing");
    let browser = crate::pages::browser(&filed.shop.app, &filed.shop.dpo).await;
    let case = browser.get(&format!("/requests/{}", filed.id)).await.expect(200).text();
    assert!(case.contains(&format!("/requests/{}/case-file/content", filed.id)), "{case}");
    let page = browser.get(&format!("/requests/{}/case-file", filed.id)).await.expect(200).text();
    assert!(page.contains("/assets/case-file.css") && page.contains("Zoé Canari"), "{page}");
    browser.get(&format!("/requests/{}/case-file/content", filed.id)).await.expect(200);
    let forms: Vec<String> =
        opened(&filed.shop, &filed.id).await.into_iter().map(|(_, form)| form).collect();
    assert_eq!(forms, ["archive", "page", "archive"]);
    filed.shop.app.assert_replays().await;
}

#[actix_web::test]
async fn an_auditor_gets_it_without_the_person_and_a_destroyed_key_takes_the_person_out() {
    let filed = Filed::new().await;
    let auditor = filed.shop.app.user(&[(filed.shop.controller.id, Role::Auditor)]).await;
    let client = filed.shop.app.as_user(&auditor);
    let check = |bytes: &[u8], kept: &Checkpoint| {
        let files = unzip(bytes);
        let report = verify(&files, std::slice::from_ref(kept), std::slice::from_ref(&filed.key));
        assert_eq!(report.faults, []);
        assert!(!files.keys().any(|name| name.starts_with("letters/") || name == "words.json"));
        let all: Vec<u8> = files.into_values().flatten().collect();
        let all = String::from_utf8_lossy(&all).into_owned();
        for canary in ["Zoé", "Canari", "zoe.canari", "canari-note"] {
            assert!(!all.contains(canary), "{canary}");
        }
        report.proven
    };
    let bytes = fetch(&client, &filed.id).await;
    // The checkpoint that was kept before is continued by the newer one of the file.
    let before = check(&bytes, &filed.kept);
    let path = format!("/api/v1/requests/{}", filed.id);
    let reason = json!({ "reason": "Elle a changé d'avis" });
    filed.shop.dpo().post(&format!("{path}/withdrawal"), reason).await.expect(200);
    let destroy = json!({ "reference": filed.reference });
    filed.shop.dpo().post(&format!("{path}/key-destruction"), destroy).await.expect(200);
    let bytes = fetch(&filed.shop.dpo(), &filed.id).await;
    assert!(check(&bytes, &filed.kept) > before, "the history stays proven");
    filed.shop.app.assert_replays().await;
}

#[actix_web::test]
async fn a_byte_that_was_altered_is_named_wherever_it_stands() {
    let filed = Filed::new().await;
    let files = unzip(&filed.bytes);
    for (name, content) in &files {
        for at in [0, content.len() / 2, content.len() - 2] {
            let mut altered = files.clone();
            altered.get_mut(name).unwrap()[at] ^= 1;
            let faults = filed.verify(&altered).faults;
            if name == MANIFEST {
                assert!(!faults.is_empty(), "byte {at} of the manifest");
            } else {
                assert!(faults.contains(&Fault::FileAltered(name.clone())), "{name} {at}");
            }
        }
        let mut cut = files.clone();
        cut.remove(name);
        let expected = match name.as_str() {
            MANIFEST => Fault::NoManifest,
            name => Fault::FileGone(name.to_owned()),
        };
        assert!(filed.verify(&cut).faults.contains(&expected), "{name}");
    }
    let mut added = files.clone();
    added.insert("letters/02-ack-fr.txt".to_owned(), b"Forged.".to_vec());
    let expected = [Fault::FileAdded("letters/02-ack-fr.txt".to_owned())];
    assert_eq!(filed.verify(&added).faults, expected);
}

#[actix_web::test]
async fn who_holds_the_signing_key_of_another_tree_or_parts_from_a_kept_checkpoint_is_found() {
    let filed = Filed::new().await;
    let files = unzip(&filed.bytes);
    let sealer = filed.shop.app.sealer();
    let origin = filed.key.name().to_owned();
    // Signs anew what was altered, as only the holder of the master key can.
    let sign = |mut files: Files| {
        let digests: Vec<(String, String)> = files
            .iter()
            .filter(|(name, _)| *name != MANIFEST)
            .map(|(name, bytes)| {
                use sha2::Digest;
                let digest = sha2::Sha256::digest(bytes);
                (name.clone(), digest.iter().map(|byte| format!("{byte:02x}")).collect())
            })
            .collect();
        let now = filed.shop.app.app.now();
        let text = guichet::audit::case_file::manifest(&origin, "X", now, &digests);
        files.insert(MANIFEST.to_owned(), sealer.sign(&origin, &text).unwrap().into_bytes());
        files
    };
    assert_eq!(filed.verify(&sign(files.clone())).faults, []);
    let events = String::from_utf8(files[EVENTS].clone()).unwrap();
    let second: Value = serde_json::from_str(events.lines().nth(1).unwrap()).unwrap();
    let with_events = |text: String| {
        let mut altered = files.clone();
        altered.insert(EVENTS.to_owned(), text.into_bytes());
        filed.verify(&sign(altered)).faults
    };
    let altered = Fault::EventAltered {
        version: 2,
        number: second["number"].as_u64().unwrap(),
        event: second["event"].as_str().unwrap().parse().unwrap(),
    };
    let actor = second["entry"]["actor"].as_str().unwrap();
    let line = events.lines().nth(1).unwrap();
    let forged = line.replacen(actor, "worker", 1);
    assert_ne!(forged, line);
    assert_eq!(with_events(events.replacen(line, &forged, 1)), [altered]);
    let gone: String = events
        .lines()
        .enumerate()
        .filter(|(at, _)| *at != 2)
        .map(|(_, line)| format!("{line}\n"))
        .collect();
    assert_eq!(with_events(gone), [Fault::EventGone { version: 3 }]);

    // A checkpoint that was signed over another history parts from this one.
    let other = Checkpoint { root: guichet::audit::tree::empty_root(), ..filed.kept.clone() };
    let parted = verify(&files, &[other], std::slice::from_ref(&filed.key)).faults;
    assert_eq!(parted, [Fault::Parted { size: filed.kept.size }]);
    let newer = Checkpoint { size: filed.kept.size + 1, ..filed.kept.clone() };
    let unknown = verify(&files, &[newer], std::slice::from_ref(&filed.key)).faults;
    assert_eq!(unknown, [Fault::NotCompared { size: filed.kept.size }]);
    let stranger = filed.shop.app.controller("autre").await;
    filed.shop.app.happen(stranger.id, 1).await;
    let key = filed.shop.app.key(tree(&stranger));
    let faults = verify(&files, std::slice::from_ref(&filed.kept), &[key]).faults;
    assert_eq!(faults, [Fault::UnknownKey]);
}

fn guichet(zip: &Path, kept: &Path, key: &str, language: &str) -> (i32, Value, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guichet"));
    let output = command
        .args(["audit", "verify", "--case-file", zip.to_str().unwrap()])
        .args(["--checkpoint", kept.to_str().unwrap(), "--key", key, "--language", language])
        .env_remove("GUICHET_CONFIG")
        .output()
        .unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code().unwrap(), report, words)
}

#[actix_web::test]
async fn the_command_accepts_the_zip_or_its_folder_and_names_what_was_changed() {
    let filed = Filed::new().await;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("file.zip"), &filed.bytes).unwrap();
    // The folder of checkpoints, as the sealer exported it.
    filed.shop.app.seal().await;
    let kept = guichet::worker::export_checkpoints::file_of(
        &filed.shop.app.config().checkpoint_dir,
        tree(&filed.shop.controller),
    );
    let key = filed.key.to_string();
    let (code, report, words) = guichet(&at("file.zip"), &kept, &key, "fr");
    assert_eq!(code, 0, "{words}");
    assert_eq!(report["whole"], true);
    assert!(words.contains("intacte"), "{words}");
    let mut files = unzip(&filed.bytes);
    for (name, content) in &files {
        let path = at("folder").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    assert_eq!(guichet(&at("folder"), &kept, &key, "en").0, 0);

    files.get_mut("letters/01-ack-fr.txt").unwrap()[40] ^= 1;
    std::fs::write(at("altered.zip"), zipped(&files)).unwrap();
    let (code, report, words) = guichet(&at("altered.zip"), &kept, &key, "en");
    assert_eq!(code, 1, "{words}");
    assert!(words.contains("letters/01-ack-fr.txt was changed"), "{words}");
    let expected = json!([{ "finding": "file-altered", "name": "letters/01-ack-fr.txt" }]);
    assert_eq!(report["findings"], expected);
    // Two of one name, of which one reader shows the first and another the second; and what stands
    // before or behind it.
    let mut two = unzip(&filed.bytes);
    two.insert("case.htmX".to_owned(), b"forged".to_vec());
    let mut twice = zipped(&two);
    for at in 0..twice.len() - 8 {
        if twice[at..].starts_with(b"case.htmX") {
            twice[at + 8] = b'l';
        }
    }
    let (junk, bytes) = (b"junk".as_slice(), filed.bytes.as_slice());
    for (spoilt, found) in [
        (twice, "two files are named \"case.html\""),
        ([junk, bytes].concat(), "before its first file"),
        ([bytes, junk].concat(), "does not end with the end record"),
    ] {
        std::fs::write(at("spoilt.zip"), spoilt).unwrap();
        let (code, _, words) = guichet(&at("spoilt.zip"), &kept, &key, "en");
        assert_eq!(code, 2, "{words}");
        assert!(words.contains(found), "{words}");
    }
    std::fs::write(at("no.zip"), "no ZIP").unwrap();
    let (code, _, words) = guichet(&at("no.zip"), &kept, &key, "en");
    assert_eq!(code, 2);
    assert!(words.contains("is no ZIP"), "{words}");
}

#[actix_web::test]
async fn no_altered_byte_of_the_zip_itself_passes_with_other_content() {
    let filed = Filed::new().await;
    let whole = unzip(&filed.bytes);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.zip");
    let (kept, key) = (std::slice::from_ref(&filed.kept), std::slice::from_ref(&filed.key));
    let (mut found, mut tried) = (0, 0);
    for at in (0..filed.bytes.len()).step_by(filed.bytes.len() / 300) {
        let mut bytes = filed.bytes.clone();
        bytes[at] ^= 0x20;
        std::fs::write(&path, &bytes).unwrap();
        tried += 1;
        // What does not open, or differs, is found; the rest are dates and rights of files.
        match case_file::verify(&path, kept, key) {
            Ok(report) if report.faults.is_empty() => assert_eq!(unzip(&bytes), whole, "{at}"),
            _ => found += 1,
        }
    }
    assert!(found * 10 > tried * 9, "{found} of {tried}");
}
