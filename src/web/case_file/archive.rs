//! The case file as a ZIP, written while it is sent. Its names say nothing of the person, and the
//! same case gives the same names.

use std::io::{self, Write};

use actix_web::web::Bytes;
use askama::Template;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use tokio::sync::mpsc::Sender;

use super::page::CaseFilePage;
use super::{Prepared, words};
use crate::audit::case_file::{EVENTS, MANIFEST, PROOF, manifest};
use crate::db::letters::LetterRow;
use crate::package::archive::Archive;
use crate::vault::CaseKey;
use crate::web::packages::hex;
use crate::workflow::letters::stored::Stored;
use crate::workflow::record::detail_place;

/// What is written goes to whoever reads the answer, a piece at a time.
pub struct Sending {
    sender: Sender<io::Result<Bytes>>,
}

impl Sending {
    /// Writes into a channel; it waits while the reader is slow.
    #[must_use]
    pub const fn new(sender: Sender<io::Result<Bytes>>) -> Self {
        Self { sender }
    }
}

impl Write for Sending {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let sent = self.sender.blocking_send(Ok(Bytes::copy_from_slice(buffer)));
        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes the ZIP, the signed manifest last.
///
/// # Errors
/// When the reader is gone, a seal does not open, or a page cannot be written.
pub fn write(prepared: &Prepared, made_at: DateTime<Utc>, out: impl Write) -> io::Result<()> {
    // One message a write would be a chunk of some bytes.
    let mut archive = Archive::new(io::BufWriter::with_capacity(64 * 1024, out), made_at);
    let file = &prepared.file;
    archive.small("README.txt", words::readme(prepared).as_bytes())?;
    let page = CaseFilePage { prepared, offline: true };
    archive.small("case.html", page.render().map_err(io::Error::other)?.as_bytes())?;
    archive.small("case.json", &pretty(&case(prepared))?)?;
    archive.large(EVENTS, |out| {
        for line in &file.lines {
            serde_json::to_writer(&mut *out, line)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    })?;
    archive.small(PROOF, &pretty(&file.proof)?)?;
    archive.small("letters.json", &pretty(&letters(prepared))?)?;
    archive.small("packages.json", &pretty(&packages(prepared))?)?;
    if let Some(key) = &prepared.key {
        archive.small("words.json", &pretty(&sealed_words(prepared, key)?)?)?;
        for (place, row) in file.letters.iter().enumerate() {
            if let Some(text) = letter_text(key, row)? {
                archive.small(&letter_name(place, row), text.as_bytes())?;
            }
        }
    }
    let digests: Vec<(String, String)> =
        archive.entries().iter().map(|it| (it.path.clone(), it.sha256.clone())).collect();
    let (origin, reference) = (&file.proof.origin, &file.case.row.reference);
    let signed = manifest(origin, reference, made_at, &digests);
    let signed = prepared.sealer.sign(origin, &signed).map_err(io::Error::other)?;
    archive.small(MANIFEST, signed.as_bytes())?;
    let (mut out, _) = archive.finish()?;
    out.flush()
}

fn pretty(value: &impl serde::Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Where the case stands, and what was decided.
fn case(prepared: &Prepared) -> Value {
    let case = &prepared.file.case;
    let (row, state) = (&case.row, &case.state);
    let rights = state.rights.iter().map(|right| {
        let clock = case.dates.rights.iter().find(|it| it.right == right.exercised.right);
        json!({
            "right": right.exercised.right.name(),
            "decision": right.decision.name(),
            "decided_at": right.decided_at.map(instant),
            "target_on": clock.and_then(|it| it.dates.target_on),
            "legal_on": clock.and_then(|it| it.dates.legal_on),
        })
    });
    json!({
        "id": row.id,
        "reference": row.reference,
        "controller": prepared.facts.controller,
        "regime": state.rules.regime,
        "channel": row.channel.name(),
        "status": row.status.name(),
        "identity_level": state.level.name(),
        "received_at": instant(state.received_at),
        "acknowledged_at": state.acknowledged_at.map(instant),
        "ended_at": state.ended_at.map(instant),
        "key_destroyed": state.key_destroyed,
        "events": state.version,
        "rights": rights.collect::<Vec<Value>>(),
    })
}

fn letters(prepared: &Prepared) -> Value {
    let of = |(place, row): (usize, &LetterRow)| {
        json!({
            "letter": row.letter.name(),
            "language": row.language.code(),
            "delivery": row.delivery.map(|delivery| delivery.name()),
            "sent_at": row.sent_at.map(|at| instant(at.utc())),
            "sent_by": row.sent_by,
            "sha256": row.sha256.as_deref().map(hex),
            "file": prepared.key.is_some().then(|| letter_name(place, row)),
        })
    };
    prepared.file.letters.iter().enumerate().map(of).collect()
}

fn packages(prepared: &Prepared) -> Value {
    let of = |row: &crate::db::packages::Package| {
        let manifest = row.manifest.as_deref();
        let manifest: Option<Value> = manifest.and_then(|it| serde_json::from_str(it).ok());
        json!({
            "id": row.id,
            "right": row.exercised.name(),
            "language": row.language.code(),
            "complete": row.complete,
            "released_at": row.released_at.map(|at| instant(at.utc())),
            "released_by": row.released_by,
            "manifest": manifest,
        })
    };
    prepared.file.packages.iter().map(of).collect()
}

/// What people wrote beside the events, by their place in the history.
fn sealed_words(prepared: &Prepared, key: &CaseKey) -> io::Result<Value> {
    let mut all = Vec::new();
    for row in &prepared.file.events {
        let Some(sealed) = &row.sealed_detail else { continue };
        let words = key.key().open(&detail_place(row.id), sealed).map_err(io::Error::other)?;
        let words: Value = serde_json::from_slice(&words)?;
        let sealed_sha256 = hex(&crate::audit::leaf::sealed_sha256(sealed));
        all.push(json!({
            "version": row.version,
            "sealed_sha256": sealed_sha256,
            "words": words,
        }));
    }
    Ok(Value::Array(all))
}

/// Such as `letters/01-access-fr.txt`.
fn letter_name(place: usize, row: &LetterRow) -> String {
    let place = place.saturating_add(1);
    format!("letters/{place:02}-{}-{}.txt", row.letter.key(), row.language.code())
}

/// A letter as it was sent, of which the digest is that in `letters.json`.
pub fn letter_text(key: &CaseKey, row: &LetterRow) -> io::Result<Option<String>> {
    let stored = Stored::open(key, row).map_err(io::Error::other)?;
    Ok(stored.document.map(|document| document.text()))
}
