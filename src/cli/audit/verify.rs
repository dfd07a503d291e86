//! `guichet audit verify`: the history against checkpoints that were kept.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail, ensure};
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::json;

use super::words::{finding_json, sentences};
use super::{case_file, database, file};
use crate::app::Clock;
use crate::audit::checkpoint::Checkpoint;
use crate::audit::note::{self, NoteError, VerifierKey};
use crate::audit::verification::Report;
use crate::cli::instance::refused;
use crate::cli::{Outcome, say};
use crate::db::conn::Conn;
use crate::db::dialect;
use crate::db::url::DatabaseUrl;
use crate::domain::ids::TreeId;
use crate::language::{Language, text, text_with};

/// What is held against what.
#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// The database, which is only read: sqlite:PATH, or postgresql://USER@HOST/DATABASE (the
    /// password may stand in PGPASSWORD).
    #[arg(long, value_name = "URL", required_unless_present_any = ["export", "case_file"], conflicts_with_all = ["export", "case_file"])]
    database: Option<String>,
    /// A history that `guichet audit export` wrote.
    #[arg(long, value_name = "FILE", conflicts_with = "case_file")]
    export: Option<PathBuf>,
    /// A case file as it was downloaded, or a folder with what was in it.
    #[arg(long, value_name = "ZIP")]
    case_file: Option<PathBuf>,
    /// A file with checkpoints that were kept; may be given several times, in the order in which they
    /// were kept.
    #[arg(long, value_name = "FILE", required = true)]
    checkpoint: Vec<PathBuf>,
    /// The public key of the tree, as `guichet audit key` prints it; may be given several times. One
    /// that nothing was compared for is a finding.
    #[arg(long, value_name = "VKEY", required = true)]
    key: Vec<String>,
    /// The language of the words.
    #[arg(long, value_enum, default_value = "en")]
    language: Language,
}

/// Verifies every tree that a checkpoint is given for: words on standard error, one JSON object a
/// tree on `out`.
///
/// # Errors
/// When an argument, a file or the database cannot be used.
pub fn run(arguments: &VerifyArguments, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let keys = read_keys(&arguments.key)?;
    let kept = read_checkpoints(arguments, &keys)?;
    let now = Clock::Machine.now();
    if let Some(path) = &arguments.case_file {
        let report = case_file::verify(path, &kept, &keys)?;
        for sentence in case_file::sentences(arguments.language, &report) {
            say(&sentence);
        }
        writeln!(out, "{}", case_file::report_json(&report))?;
        let is_whole = report.faults.is_empty();
        return Ok(if is_whole { Outcome::Done } else { Outcome::Finding });
    }
    let mut reports = Vec::new();
    if let Some(path) = &arguments.export {
        let source = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
        let verified = file::verify(BufReader::new(source), &kept, &keys, now);
        let verified = verified.with_context(|| format!("{} is not usable", path.display()))?;
        if verified.names_references {
            say(&text(arguments.language, "audit-references-unproven"));
        }
        reports.push((verified.origin, verified.report));
    }
    if let Some(url) = &arguments.database {
        let mut conn = snapshot(&url.parse()?)?;
        for key in &keys {
            reports.extend(verify_tree(&mut conn, key, &kept, now)?);
        }
    }
    for (origin, report) in &reports {
        for sentence in sentences(arguments.language, origin, report) {
            say(&sentence);
        }
        writeln!(out, "{}", report_json(origin, report))?;
    }
    let is_compared = |name: &str| reports.iter().any(|(origin, _)| origin == name);
    let left: Vec<&str> =
        keys.iter().map(VerifierKey::name).filter(|name| !is_compared(name)).collect();
    for origin in &left {
        say(&text_with(arguments.language, "audit-not-compared", &[("origin", origin)]));
        writeln!(out, "{}", not_compared_json(origin))?;
    }
    let is_whole = left.is_empty() && reports.iter().all(|(_, report)| report.is_whole());
    Ok(if is_whole { Outcome::Done } else { Outcome::Finding })
}

/// A connection that only reads, and sees the database at one instant.
///
/// # Errors
/// When it cannot be opened, or has no proof.
pub fn snapshot(url: &DatabaseUrl) -> anyhow::Result<Conn> {
    // The message of a server may repeat parts of the address.
    let mut conn =
        dialect::open_read_only(url).map_err(|_| anyhow!("the database cannot be opened"))?;
    // Asking for the version would write, which whoever verifies perhaps may not.
    let is_known = dialect::has_table(&mut conn, "audit_leaves");
    if !is_known.map_err(|error| refused(error.into()))? {
        bail!(
            "the database is none of Guichet, or of a version that had no proof yet: start the \
             server once, which brings it up to date"
        );
    }
    dialect::begin_snapshot(&mut conn).map_err(|error| refused(error.into()))?;
    Ok(conn)
}

fn verify_tree(
    conn: &mut Conn,
    key: &VerifierKey,
    kept: &[Checkpoint],
    now: DateTime<Utc>,
) -> anyhow::Result<Option<(String, Report)>> {
    let of_tree = |checkpoint: &&Checkpoint| checkpoint.origin == key.name();
    let kept: Vec<Checkpoint> = kept.iter().filter(of_tree).cloned().collect();
    if kept.is_empty() {
        return Ok(None);
    }
    let id = key.name().rsplit('/').next().unwrap_or_default();
    let tree: TreeId =
        id.parse().with_context(|| format!("{} names no tree of this program", key.name()))?;
    let report = database::verify(conn, tree, &kept, key, now).map_err(refused)?;
    Ok(Some((key.name().to_owned(), report)))
}

fn read_keys(given: &[String]) -> anyhow::Result<Vec<VerifierKey>> {
    let key = |text: &String| text.parse().with_context(|| format!("--key {text}"));
    given.iter().map(key).collect()
}

/// The checkpoints of the given files that one of the keys signed.
fn read_checkpoints(
    arguments: &VerifyArguments,
    keys: &[VerifierKey],
) -> anyhow::Result<Vec<Checkpoint>> {
    let mut kept = Vec::new();
    for path in &arguments.checkpoint {
        let before = kept.len();
        let passed = read_notes(path, keys, &mut kept)?;
        let file = path.display().to_string();
        let tell = |key: &str, origin: &str, count: usize| {
            let count = count.to_string();
            let values = [("file", file.as_str()), ("origin", origin), ("count", count.as_str())];
            say(&text_with(arguments.language, key, &values));
        };
        if passed.unreadable > 0 {
            tell("audit-notes-passed", "", passed.unreadable);
        }
        for (origin, count) in passed.of_other_keys {
            tell("audit-notes-without-key", &origin, count);
        }
        ensure!(kept.len() > before, "{file} holds no checkpoint that a given key signed");
    }
    Ok(kept)
}

/// The notes of a file that are of no use.
#[derive(Default)]
struct Passed {
    /// Cut short, or no checkpoints.
    unreadable: usize,
    /// Signed by other keys than those given, by the names of their trees.
    of_other_keys: BTreeMap<String, usize>,
}

/// Reads the notes of one file and says which are of no use.
fn read_notes(
    path: &Path,
    keys: &[VerifierKey],
    kept: &mut Vec<Checkpoint>,
) -> anyhow::Result<Passed> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    let mut passed = Passed::default();
    for note in note::split(&text) {
        match Checkpoint::open(&note, keys) {
            Ok(checkpoint) => kept.push(checkpoint),
            Err(NoteError::UnknownKey) => match Checkpoint::parse(&note) {
                Some(other) => *passed.of_other_keys.entry(other.origin).or_default() += 1,
                None => passed.unreadable += 1,
            },
            Err(NoteError::Malformed) => passed.unreadable += 1,
            Err(error) => return Err(error).context(path.display().to_string()),
        }
    }
    Ok(passed)
}

/// What is said of a key that nothing was compared for, as a tree that was not whole: a list of trees
/// with one that nobody looked at is no all-clear.
fn not_compared_json(origin: &str) -> serde_json::Value {
    let findings = [json!({ "finding": "not-compared" })];
    json!({ "origin": origin, "whole": false, "findings": findings, "findings_in_all": 1 })
}

fn report_json(origin: &str, report: &Report) -> serde_json::Value {
    let findings: Vec<_> = report.findings.iter().map(finding_json).collect();
    json!({
        "origin": origin,
        "whole": report.is_whole(),
        "size": report.size,
        "proven": report.proven,
        "checkpoints": report.kept,
        "checkpoints_fitting": report.fitting,
        "not_yet_protected": report.unprotected,
        "numbered_late": report.late,
        "findings": findings,
        "findings_in_all": report.count,
    })
}
