//! The verification of a case file: the ZIP as it was downloaded, or a folder with what was in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::archive::{self, ALL_BYTES, LONGEST_BYTES, MOST_FILES};
use crate::audit::case_file::{self, CaseFileReport, Fault};
use crate::audit::checkpoint::Checkpoint;
use crate::audit::note::VerifierKey;
use crate::language::{Language, text, text_with};

/// Reads and verifies a case file.
///
/// # Errors
/// When it cannot be read, or is neither a ZIP nor a folder.
pub fn verify(
    path: &Path,
    kept: &[Checkpoint],
    keys: &[VerifierKey],
) -> anyhow::Result<CaseFileReport> {
    let files = if path.is_dir() { read_folder(path)? } else { read_archive(path)? };
    Ok(case_file::verify(&files, kept, keys))
}

fn read_archive(path: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let of_path = || format!("cannot open {}", path.display());
    let length = fs::metadata(path).with_context(of_path)?.len();
    ensure!(length <= ALL_BYTES, "{} is too large for a case file", path.display());
    let whole = fs::read(path).with_context(of_path)?;
    archive::read(&whole).with_context(|| {
        format!(
            "{} is no ZIP, or not as it was made; what was unpacked from it can be verified as a folder",
            path.display()
        )
    })
}

fn read_folder(path: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let (mut files, mut left) = (BTreeMap::new(), ALL_BYTES);
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let of_folder = || format!("cannot read {}", folder.display());
        for entry in fs::read_dir(&folder).with_context(of_folder)? {
            let entry = entry.with_context(of_folder)?;
            let kind = entry.file_type().with_context(of_folder)?;
            if kind.is_dir() {
                folders.push(entry.path());
                continue;
            }
            let is_plain = || format!("{} is no plain file", entry.path().display());
            ensure!(kind.is_file(), is_plain());
            let length = entry.metadata().with_context(of_folder)?.len();
            left = left.saturating_sub(length);
            let fits = left > 0 && length <= LONGEST_BYTES && files.len() < MOST_FILES;
            ensure!(fits, "{} is too large for a case file", path.display());
            let name = entry.path();
            let name = name.strip_prefix(path).unwrap_or(&name).to_string_lossy().into_owned();
            files.insert(name, fs::read(entry.path()).with_context(of_folder)?);
        }
    }
    Ok(files)
}

/// What was found, a sentence each.
#[must_use]
pub fn sentences(language: Language, report: &CaseFileReport) -> Vec<String> {
    let whole = if report.faults.is_empty() { "case-file-whole" } else { "case-file-not-whole" };
    let count = |number: usize| number.to_string();
    let (files, proven) = (count(report.files), count(report.proven));
    let (fitting, size) = (count(report.fitting), report.size.to_string());
    let told = [
        ("reference", report.reference.as_str()),
        ("origin", report.origin.as_str()),
        ("files", &files),
        ("proven", &proven),
        ("fitting", &fitting),
        ("size", &size),
    ];
    let mut all = vec![text_with(language, whole, &told)];
    all.extend(report.faults.iter().map(|fault| sentence(language, fault)));
    if report.unprotected > 0 {
        let young = count(report.unprotected);
        all.push(text_with(language, "case-file-unprotected", &[("count", &young)]));
    }
    all
}

const fn name(fault: &Fault) -> &'static str {
    match fault {
        Fault::NoManifest => "no-manifest",
        Fault::ManifestAltered => "manifest-altered",
        Fault::UnknownKey => "unknown-key",
        Fault::FileAltered(_) => "file-altered",
        Fault::FileGone(_) => "file-gone",
        Fault::FileAdded(_) => "file-added",
        Fault::Unreadable(_) => "unreadable",
        Fault::CheckpointAltered => "checkpoint-altered",
        Fault::EventAltered { .. } => "event-altered",
        Fault::EventGone { .. } => "event-gone",
        Fault::Parted { .. } => "parted",
        Fault::NotCompared { .. } => "not-compared",
    }
}

/// What a fault is about, by the names of its sentence.
fn about(fault: &Fault) -> Vec<(&'static str, String)> {
    match fault {
        Fault::NoManifest
        | Fault::ManifestAltered
        | Fault::UnknownKey
        | Fault::CheckpointAltered => Vec::new(),
        Fault::FileAltered(name) | Fault::FileGone(name) | Fault::FileAdded(name) => {
            vec![("name", name.clone())]
        }
        Fault::Unreadable(name) => vec![("name", (*name).to_owned())],
        Fault::EventAltered { version, number, event } => vec![
            ("version", version.to_string()),
            ("number", number.to_string()),
            ("event", event.to_string()),
        ],
        Fault::EventGone { version } => vec![("version", version.to_string())],
        Fault::Parted { size } | Fault::NotCompared { size } => vec![("size", size.to_string())],
    }
}

fn sentence(language: Language, fault: &Fault) -> String {
    let key = format!("case-file-fault-{}", name(fault));
    let about = about(fault);
    let about: Vec<(&str, &str)> = about.iter().map(|(name, it)| (*name, it.as_str())).collect();
    if about.is_empty() { text(language, &key) } else { text_with(language, &key, &about) }
}

/// What was found, for machines.
#[must_use]
pub fn report_json(report: &CaseFileReport) -> Value {
    let faults = report.faults.iter().map(|fault| {
        let mut shown = json!({ "finding": name(fault) });
        if let Some(shown) = shown.as_object_mut() {
            shown.extend(about(fault).into_iter().map(|(name, it)| (name.to_owned(), json!(it))));
        }
        shown
    });
    json!({
        "origin": report.origin,
        "reference": report.reference,
        "whole": report.faults.is_empty(),
        "files": report.files,
        "size": report.size,
        "proven": report.proven,
        "not_yet_protected": report.unprotected,
        "checkpoints_fitting": report.fitting,
        "findings": faults.collect::<Vec<Value>>(),
    })
}
