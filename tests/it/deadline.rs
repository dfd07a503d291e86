//! `guichet deadline`, as it is run from outside.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn guichet(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_guichet")).args(arguments).output().unwrap()
}

fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// Checks a file and gives the last line.
fn check(file: &Path) -> String {
    let output = guichet(&["deadline", "check", file.to_str().unwrap()]);
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{out}{}", String::from_utf8_lossy(&output.stderr));
    out.lines().last().unwrap().to_owned()
}

#[test]
fn our_own_worked_cases_do_not_differ() {
    assert_eq!(check(&path("tests/deadlines.csv")), "91 cases, 0 differ");
}

#[test]
fn the_worked_cases_of_the_law_do_not_differ() {
    let file = path("../shared/law/deadlines.csv");
    if !file.exists() {
        println!("skipped: {} is not there", file.display());
        return;
    }
    assert_eq!(check(&file), "117 cases, 0 differ");
}

#[test]
fn the_exit_code_tells_a_finding_from_unusable_input() {
    let right = std::fs::read_to_string(path("tests/deadlines.csv")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        (right.replace("2028-10-05,ok", "2028-10-06,ok"), 1, "91 cases, 1 differ"),
        (right.replace(",status,", ",state,"), 2, ""),
    ];
    for (text, code, last) in rows {
        let file = folder.path().join("cases.csv");
        std::fs::write(&file, text).unwrap();
        let output = guichet(&["deadline", "check", file.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(code));
        let out = String::from_utf8(output.stdout).unwrap();
        assert_eq!(out.lines().last().unwrap_or_default(), last);
        assert_eq!(output.stderr.is_empty(), code == 1);
    }
    let absent = folder.path().join("absent.csv");
    let output = guichet(&["deadline", "check", absent.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot open"));
}

#[test]
fn explain_prints_and_help_is_no_error() {
    let given = [
        "deadline",
        "explain",
        "--regime",
        "UK-GDPR",
        "--calendar",
        "GB-ENG",
        "--tz",
        "Europe/London",
        "--received",
        "2026-01-31T10:00:00Z",
        "--language",
        "fr",
    ];
    let output = guichet(&given);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stdout).contains("2 mars 2026"));
    assert_eq!(guichet(&["--help"]).status.code(), Some(0));
    assert_eq!(guichet(&["deadline", "no-such-command"]).status.code(), Some(2));
}
