//! The case file as one page for print, on the server and inside the ZIP.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::{Prepared, archive, words};
use crate::language::{text, text_with};
use crate::web::packages::hex;
use crate::web::problem::Problem;
use crate::web::ui::frame::page;
use crate::web::ui::wording::{named, right};

#[derive(Template)]
#[template(path = "web/ui/templates/case_file.html")]
pub struct CaseFilePage<'a> {
    pub prepared: &'a Prepared,
    /// Inside the ZIP the page brings its style with it.
    pub offline: bool,
}

/// A letter that was sent.
struct LetterLine {
    name: String,
    sent: String,
    digest: String,
    /// For those who may read it.
    text: Option<String>,
}

/// A package that was released.
struct PackageLine {
    right: String,
    released: String,
    /// Names, sizes and digests of its files.
    files: Vec<String>,
}

impl CaseFilePage<'_> {
    fn t(&self, key: &str) -> String {
        text(self.prepared.language, key)
    }

    fn title(&self) -> String {
        words::title(self.prepared)
    }

    fn check(&self) -> Vec<String> {
        words::check(self.prepared)
    }

    fn letters(&self) -> Vec<LetterLine> {
        let prepared = self.prepared;
        let language = prepared.language;
        let line = |row: &crate::db::letters::LetterRow| {
            let key = prepared.key.as_ref();
            LetterLine {
                name: named(language, "letter-name", &row.letter.key()),
                sent: row.sent_at.map_or_else(String::new, |at| words::at(prepared, at)),
                digest: row.sha256.as_deref().map(hex).unwrap_or_default(),
                text: key.and_then(|key| archive::letter_text(key, row).ok().flatten()),
            }
        };
        prepared.file.letters.iter().map(line).collect()
    }

    fn packages(&self) -> Vec<PackageLine> {
        let prepared = self.prepared;
        let line = |row: &crate::db::packages::Package| PackageLine {
            right: right(prepared.language, row.exercised),
            released: row.released_at.map_or_else(String::new, |at| words::at(prepared, at)),
            files: row.manifest.as_deref().map(manifest_lines).unwrap_or_default(),
        };
        prepared.file.packages.iter().map(line).collect()
    }

    fn number(&self, index: &usize) -> String {
        let line = self.prepared.file.lines.get(*index);
        match line.and_then(|line| line.number) {
            Some(number) => number.to_string(),
            None => self.t("case-file-no-number"),
        }
    }

    fn made(&self) -> String {
        let name = self.prepared.facts.controller.as_str();
        text_with(self.prepared.language, "case-file-of", &[("controller", name)])
    }
}

/// The lines of a manifest: each file with its digest.
fn manifest_lines(manifest: &str) -> Vec<String> {
    let value: serde_json::Value = serde_json::from_str(manifest).unwrap_or_default();
    let entries = value.get("entries").and_then(serde_json::Value::as_array);
    let line = |entry: &serde_json::Value| {
        let field = |name: &str| entry.get(name).and_then(|it| it.as_str()).map(str::to_owned);
        Some(format!("{} {}", field("sha256")?, field("path")?))
    };
    entries.into_iter().flatten().filter_map(line).collect()
}

/// The page as an answer.
///
/// # Errors
/// When the template fails.
pub fn answer(prepared: &Prepared) -> Result<HttpResponse, Problem> {
    page(StatusCode::OK, prepared.language, &CaseFilePage { prepared, offline: false })
}
