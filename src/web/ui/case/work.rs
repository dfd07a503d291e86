//! Searches, packages and letters of a case, as its page shows them.

use super::history::Reading;
use super::system::link;
use crate::db::files::FileRow;
use crate::db::letters::LetterRow;
use crate::db::packages::Package;
use crate::domain::history::RequestState;
use crate::domain::ids::SearchId;
use crate::domain::letter::Letter;
use crate::language::{Language, text_with};
use crate::web::attachments::Attachment;
use crate::web::packages::{hex, is_out_of_date};
use crate::web::searches::SearchRun;
use crate::web::ui::wording::{self, named, size};
use crate::workflow::response::is_prepared;
use crate::workflow::sources::SearchScope;

/// A search with its systems.
pub struct SearchView {
    pub id: String,
    pub caption: String,
    /// Whether a package can be built from it.
    pub full: bool,
    pub systems: Vec<SystemView>,
}

/// How the search of one system ended.
pub struct SystemView {
    pub name: String,
    pub outcome: String,
    pub rows: i64,
    /// Where the reader answers for it by hand.
    pub link: Option<String>,
}

/// A package with its file.
pub struct PackageView {
    pub id: String,
    pub right: String,
    pub state: String,
    pub complete: bool,
    /// Whether it can be downloaded and released.
    pub built: bool,
    /// Whether it was never released.
    pub prepared: bool,
    /// Something came after it: it cannot be released, and is built again.
    pub out_of_date: bool,
    /// Whether it stands released.
    pub released: bool,
    pub created: String,
    pub size: String,
    pub digest: String,
    /// What the link says to somebody who does not see the row around it.
    pub download: String,
}

/// A letter.
pub struct LetterView {
    pub id: String,
    pub name: String,
    pub state: String,
    pub created: String,
    pub sent: String,
    /// Whether there is something to read.
    pub readable: bool,
}

/// A letter in words.
#[must_use]
pub fn letter(reading: &Reading<'_>, row: &LetterRow) -> LetterView {
    let language = reading.language;
    LetterView {
        id: row.id.to_string(),
        name: named(language, "letter-name", &row.letter.key()),
        state: named(language, "letter-state", row.state.name()),
        created: reading.instant(row.created_at.utc()),
        sent: row.sent_at.map_or_else(String::new, |at| reading.instant(at.utc())),
        readable: row.sealed_text.is_some(),
    }
}

/// Every letter, by its short name and in words.
#[must_use]
pub fn letter_names(language: Language) -> Vec<(&'static str, String)> {
    let names = Letter::ALL.iter();
    names.map(|it| (it.name(), named(language, "letter-name", &it.key()))).collect()
}

/// A search in words; `answered` is the one whose systems the reader may answer for by hand.
#[must_use]
pub fn search(reading: &Reading<'_>, run: &SearchRun, answered: Option<SearchId>) -> SearchView {
    let language = reading.language;
    let scope = named(language, "scope", &run.row.scope);
    let started = reading.instant(run.row.started_at.utc());
    let told = [("scope", scope.as_str()), ("at", started.as_str())];
    SearchView {
        id: run.row.id.to_string(),
        caption: text_with(language, "case-search-caption", &told),
        full: run.row.scope == SearchScope::Full.name(),
        systems: run
            .systems
            .iter()
            .map(|system| SystemView {
                name: system.system.clone(),
                outcome: named(language, "outcome", &system.outcome),
                rows: system.row_count,
                link: (answered == Some(run.row.id) && system.connector == "manual")
                    .then(|| link(run.row.request_id, run.row.id, &system.system)),
            })
            .collect(),
    }
}

/// How far a package is, in a word; one that is ready says when it is out of date.
#[must_use]
pub fn package_state(language: Language, state: &RequestState, row: &Package) -> String {
    let name = if is_out_of_date(state, row) { "out_of_date" } else { &row.state };
    named(language, "state", name)
}

/// A package in words.
#[must_use]
pub fn package(
    reading: &Reading<'_>,
    state: &RequestState,
    (row, file): (&Package, Option<&FileRow>),
) -> PackageView {
    let language = reading.language;
    let right = wording::right(language, row.exercised);
    let created = reading.instant(row.created_at.utc());
    let told = [("right", right.as_str()), ("at", created.as_str())];
    PackageView {
        id: row.id.to_string(),
        download: text_with(language, "case-download-of", &told),
        state: package_state(language, state, row),
        out_of_date: is_out_of_date(state, row),
        complete: row.complete,
        built: file.is_some(),
        prepared: is_prepared(row),
        released: file.is_some() && row.state == "released",
        size: file.map_or_else(String::new, |file| size(language, file.size_bytes)),
        digest: file.map_or_else(String::new, |file| hex(&file.sha256)),
        right,
        created,
    }
}

/// A file that the person or staff attached to a message.
pub struct AttachmentView {
    pub id: String,
    pub name: String,
    pub size: String,
    pub at: String,
    pub is_sent: bool,
}

/// An attachment in words.
#[must_use]
pub fn attachment(reading: &Reading<'_>, file: &Attachment) -> AttachmentView {
    AttachmentView {
        id: file.id.to_string(),
        name: file.name.clone(),
        size: size(reading.language, file.size_bytes),
        at: reading.instant(file.created_at.utc()),
        is_sent: file.is_sent,
    }
}
