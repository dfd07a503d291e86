//! Makes a package, opens it as a stranger would, and compares every file with what went in.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use guichet::domain::row::Value;
use guichet::package::contents::Decision;
use guichet::package::write::{Summary, write};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::shelf::{Hands, Shelf};

/// A package that was read back.
pub struct Parcel {
    /// In the order of the archive.
    pub names: Vec<String>,
    pub files: BTreeMap<String, Vec<u8>>,
    pub bytes: Vec<u8>,
}

impl Parcel {
    pub fn text(&self, path: &str) -> &str {
        let bytes = self.files.get(path).unwrap_or_else(|| panic!("no {path}: {:?}", self.names));
        std::str::from_utf8(bytes).unwrap()
    }

    pub fn json(&self, path: &str) -> serde_json::Value {
        serde_json::from_str(self.text(path)).unwrap()
    }

    pub fn resource(&self, path: &str) -> serde_json::Value {
        let described = self.json("datapackage.json");
        let resources = described["resources"].as_array().unwrap();
        resources.iter().find(|resource| resource["path"] == path).unwrap().clone()
    }
}

/// Makes the package of `shelf` and checks all that holds for every package.
pub fn make(name: &str, shelf: &Shelf) -> Parcel {
    let (bytes, summary) = write(Vec::new(), &shelf.contents, &mut Hands(shelf)).unwrap();
    keep(name, &bytes);
    let parcel = open(bytes);
    check_sums(&parcel, &summary);
    check_names(&parcel);
    check_descriptor(&parcel);
    check_tables(&parcel, shelf);
    let uploads = parcel.names.iter().filter(|name| name.starts_with("files/")).count();
    assert_eq!(uploads, shelf.uploads.len());
    for page in ["index.html", "information.html"] {
        let page = parcel.text(page);
        assert!(!page.contains("<script") && !page.contains("<b>"), "a text was not escaped");
        assert!(!page.contains("[package-"), "a text is missing");
        let lang = format!("<html lang=\"{}\">", shelf.contents.language.code());
        assert!(page.contains(&lang));
        assert!(page.chars().all(|c| !c.is_control() || c.is_whitespace()));
    }
    parcel
}

/// With `TEST_PACKAGES=DIR`, every package is kept for other tools to look at.
fn keep(name: &str, bytes: &[u8]) {
    if let Ok(folder) = std::env::var("TEST_PACKAGES") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.zip")), bytes).unwrap();
    }
}

fn open(bytes: Vec<u8>) -> Parcel {
    let mut archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut names = Vec::new();
    let mut files = BTreeMap::new();
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        assert!(entry.is_file());
        let name = entry.name().unwrap().into_owned();
        names.push(name.clone());
        files.insert(name, content);
    }
    assert_eq!(names.len(), files.len());
    Parcel { names, files, bytes }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn check_sums(parcel: &Parcel, summary: &Summary) {
    assert_eq!(summary.entries.iter().map(|entry| &entry.path).collect::<Vec<_>>(), {
        parcel.names.iter().collect::<Vec<_>>()
    });
    for entry in &summary.entries {
        let content = &parcel.files[&entry.path];
        assert_eq!(entry.bytes, u64::try_from(content.len()).unwrap());
        assert_eq!(entry.sha256, hash(content), "{}", entry.path);
    }
    let expected: String = parcel
        .names
        .iter()
        .filter(|name| *name != "SHA256SUMS")
        .map(|name| format!("{}  {name}\n", hash(&parcel.files[name])))
        .collect();
    assert_eq!(parcel.text("SHA256SUMS"), expected);
}

fn check_names(parcel: &Parcel) {
    let mut folded: Vec<_> = parcel.names.iter().map(|name| name.to_lowercase()).collect();
    folded.sort();
    folded.dedup();
    assert_eq!(folded.len(), parcel.names.len(), "names differ by case only");
    for name in &parcel.names {
        assert!(name.len() < 200, "{name}");
        assert!(name.split('/').all(|part| !part.is_empty() && !part.starts_with(['.', '-'])));
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c)), "{name}");
        for part in name.split('/') {
            let word = part.split('.').next().unwrap().to_lowercase();
            assert!(!["con", "nul", "aux", "prn", "com1", "lpt1"].contains(&word.as_str()));
        }
    }
}

fn check_descriptor(parcel: &Parcel) {
    let described = parcel.json("datapackage.json");
    let resources = described["resources"].as_array().unwrap();
    let paths: Vec<_> = resources.iter().map(|r| r["path"].as_str().unwrap()).collect();
    let expected: Vec<_> = parcel
        .names
        .iter()
        .map(String::as_str)
        .filter(|name| !["datapackage.json", "SHA256SUMS"].contains(name))
        .collect();
    assert_eq!(paths, expected);
    for resource in resources {
        let content = &parcel.files[resource["path"].as_str().unwrap()];
        assert_eq!(resource["bytes"], content.len());
        assert_eq!(resource["hash"], format!("sha256:{}", hash(content)));
    }
}

fn check_tables(parcel: &Parcel, shelf: &Shelf) {
    let sources = parcel.json("sources.json");
    for (system, reported) in
        shelf.contents.systems.iter().zip(sources["systems"].as_array().unwrap())
    {
        assert_eq!(reported["name"], system.name.as_str());
        for (table, reported) in system.tables.iter().zip(reported["tables"].as_array().unwrap()) {
            assert_eq!(reported["name"], table.name.as_str());
            assert_eq!(reported["rows"], table.rows);
            let (columns, rows) = &shelf.tables[&(system.name.clone(), table.name.clone())];
            let shown: Vec<usize> = (0..columns.len())
                .filter(|&n| {
                    let plan = table.columns.iter().find(|plan| plan.name == columns[n].name);
                    plan.is_none_or(|plan| matches!(plan.decision, Decision::Export(_)))
                })
                .collect();
            let files = reported["files"].as_array().unwrap();
            if shown.is_empty() {
                assert!(files.is_empty());
                continue;
            }
            let names: Vec<_> = shown.iter().map(|&n| columns[n].name.as_str()).collect();
            let rows: Vec<Vec<&Value>> =
                rows.iter().map(|row| shown.iter().map(|&n| &row[n]).collect()).collect();
            check_json(parcel.text(files[0].as_str().unwrap()), &names, &rows);
            check_csv(parcel.text(files[1].as_str().unwrap()), &rows);
        }
    }
}

/// The faithful copy: every value is what it was, columns in their order, one row per line.
fn check_json(content: &str, names: &[&str], rows: &[Vec<&Value>]) {
    let read: Vec<BTreeMap<String, Box<RawValue>>> = serde_json::from_str(content).unwrap();
    assert_eq!(read.len(), rows.len());
    assert_eq!(content.lines().count(), if rows.is_empty() { 1 } else { rows.len() + 2 });
    let mut unique = names.to_vec();
    unique.sort_unstable();
    unique.dedup();
    for ((object, row), line) in read.iter().zip(rows).zip(content.lines().skip(1)) {
        assert_eq!(object.len(), names.len());
        let mut place = 0;
        for (name, value) in names.iter().zip(row) {
            let member = format!("{}:", serde_json::to_string(name).unwrap());
            if unique.len() == names.len() {
                place += line[place..].find(&member).expect("columns are out of order");
                check_value(object[*name].get(), value);
            }
        }
    }
}

fn check_value(raw: &str, value: &Value) {
    let unquoted = || serde_json::from_str::<String>(raw).unwrap();
    match value {
        Value::Null => assert_eq!(raw, "null"),
        Value::Boolean(boolean) => assert_eq!(raw, boolean.to_string()),
        Value::Number(literal) => assert_eq!(raw, literal),
        Value::Text(text) => assert_eq!(&unquoted(), text),
        Value::Bytes(bytes) => assert_eq!(&STANDARD.decode(unquoted()).unwrap(), bytes),
        Value::Json(json) if serde_json::from_str::<serde::de::IgnoredAny>(json).is_ok() => {
            assert_eq!(raw, json.replace(['\n', '\r'], " ").trim());
        }
        Value::Json(json) => assert_eq!(&unquoted(), json),
    }
}

/// The copy for spreadsheets: the same rows, where nothing that is a text begins like a formula.
fn check_csv(content: &str, rows: &[Vec<&Value>]) {
    let mut reader = csv::ReaderBuilder::new().from_reader(content.as_bytes());
    let header = reader.headers().unwrap().clone();
    let numbered = usize::from(header.get(0) == Some("_row"));
    let records: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), rows.len());
    assert!(content.ends_with("\r\n"));
    assert!(!content.contains('\0'));
    let risky = |text: &str| {
        text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
    };
    assert!(!header.iter().any(risky));
    for (number, (record, row)) in records.iter().zip(rows).enumerate() {
        assert_eq!(record.len(), row.len() + numbered);
        if numbered == 1 {
            assert_eq!(record[0], (number + 1).to_string());
        }
        for (cell, value) in record.iter().skip(numbered).zip(row) {
            match value {
                Value::Null => assert_eq!(cell, ""),
                Value::Boolean(boolean) => assert_eq!(cell, boolean.to_string()),
                Value::Number(literal) => assert_eq!(cell, literal),
                Value::Text(text) | Value::Json(text) => {
                    let text = text.replace('\0', "␀");
                    assert!(!risky(cell));
                    assert_eq!(
                        cell.starts_with('\''),
                        risky(text.trim_start_matches([' ', '"', '\''])) || text.starts_with('\'')
                    );
                    assert!(cell == text || cell.strip_prefix('\'') == Some(&text));
                }
                Value::Bytes(bytes) => {
                    assert_eq!(&STANDARD.decode(cell.trim_start_matches('\'')).unwrap(), bytes);
                }
            }
        }
    }
}
