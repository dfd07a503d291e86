//! What a case file says of itself: how it can be checked without the server.

use super::Prepared;
use crate::language::{text, text_with};
use crate::web::ui::wording::instant;

/// The text of `README.txt`.
#[must_use]
pub fn readme(prepared: &Prepared) -> String {
    let mut paragraphs = vec![title(prepared), text(prepared.language, "case-file-holds")];
    if prepared.key.is_none() {
        paragraphs.push(text(prepared.language, "case-file-without-person"));
    }
    paragraphs.extend(check(prepared));
    let mut written = paragraphs.join("\n\n");
    written.push('\n');
    written
}

/// What the file is about.
#[must_use]
pub fn title(prepared: &Prepared) -> String {
    let reference = prepared.file.case.row.reference.as_str();
    text_with(prepared.language, "case-file-title-of", &[("reference", reference)])
}

/// How it is checked, a paragraph each.
#[must_use]
pub fn check(prepared: &Prepared) -> Vec<String> {
    let language = prepared.language;
    let key = prepared.sealer.key(&prepared.file.proof.origin);
    let key = key.map(|key| key.to_string()).unwrap_or_default();
    let name = format!("{}-case-file.zip", prepared.file.case.row.reference);
    vec![
        proven(prepared),
        text(language, "case-file-how"),
        format!(
            "guichet audit verify --case-file {name} --checkpoint CHECKPOINTS --key '{key}' \
             --language {}",
            language.code()
        ),
        text(language, "case-file-key"),
        text(language, "case-file-by-hand"),
    ]
}

/// How much of the history is proven, and by what.
#[must_use]
pub fn proven(prepared: &Prepared) -> String {
    let language = prepared.language;
    let lines = &prepared.file.lines;
    let proven = lines.iter().filter(|line| line.number.is_some()).count().to_string();
    let events = lines.len().to_string();
    let size = prepared.file.checkpoint().map_or(0, |checkpoint| checkpoint.size).to_string();
    let told = [("proven", proven.as_str()), ("events", &events), ("size", &size)];
    text_with(language, "case-file-proven", &told)
}

/// An instant where the controller stands.
#[must_use]
pub fn at(prepared: &Prepared, at: crate::db::column::Instant) -> String {
    instant(prepared.language, at.utc(), prepared.zone)
}
