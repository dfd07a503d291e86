//! The package of a collection: what was found, how each search ended, and the ZIP, which has its
//! name only once it is whole and on the disk.

use crate::domain::regime::law::Law;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::input::Input;
use super::progress::{Progress, ending};
use crate::connectors::search::{self, SystemFound};
use crate::domain::reference::Reference;
use crate::domain::right::Right;
use crate::language::{Language, text, text_with};
use crate::package::contents::{
    AnsweredRequest, Contents, Controller, Outcome, System, Table, UploadedFile,
};
use crate::package::from_map::{Found, FoundTable, systems};
use crate::package::row_file::reader::RowFileReader;
use crate::package::withheld::Withholdings;
use crate::package::write::{Summary, Supply, write};
use crate::sealed_folder::{SealedFolder, Stored};
use crate::vault::CaseKey;
use crate::vault::key::Key;

/// The sealed row files of a collection, by system and table.
pub struct Rows {
    pub folder: SealedFolder,
    pub key: CaseKey,
    pub files: BTreeMap<(String, String), (Stored, u64)>,
}

impl Rows {
    fn open(&self, system: &str, table: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        let place = (system.to_owned(), table.to_owned());
        let Some((stored, _)) = self.files.get(&place) else {
            return Ok(None);
        };
        Ok(Some(Box::new(self.folder.open(stored.id, &self.key)?)))
    }
}

impl Supply for Rows {
    fn rows(&mut self, system: &System, table: &Table) -> io::Result<Option<Box<dyn Read + '_>>> {
        self.open(&system.name, &table.name)
    }

    fn file(&mut self, _: &System, _: &UploadedFile) -> io::Result<Box<dyn Read + '_>> {
        // Nobody uploads anything on the command line.
        Err(io::Error::from(io::ErrorKind::NotFound))
    }
}

/// What the package says.
///
/// # Errors
/// When a row file does not open.
pub fn contents(
    input: &Input,
    found: &[SystemFound],
    rows: &Rows,
    progress: &Progress,
    (right, language, now): (Right, Language, DateTime<Utc>),
) -> io::Result<Contents> {
    let mut all = Vec::with_capacity(found.len());
    for system in found {
        all.push(found_in(input, system, rows, progress, language)?);
    }
    let controller = input.map.controller.as_ref();
    Ok(Contents {
        language,
        request: AnsweredRequest {
            reference: random_reference().to_string(),
            right,
            law: Law::in_country(controller.and_then(|it| it.country.as_deref())),
            received_on: now.date_naive(),
            legal_on: None,
            subject: None,
        },
        controller: Controller {
            name: controller.map_or_else(
                || text(language, "collect-unnamed-controller"),
                |controller| controller.name.clone(),
            ),
            address: None,
            contact: controller.and_then(|controller| controller.contact.clone()),
        },
        authority: None,
        systems: systems(&input.map, right, language, all),
        incomplete_reason: None,
        created_at: now,
    })
}

/// Tells this package from another; no case stands behind it.
fn random_reference() -> Reference {
    let key = Key::random();
    let mut random = [0; 5];
    for (to, from) in random.iter_mut().zip(key.bytes()) {
        *to = *from;
    }
    Reference::from_random(random)
}

fn found_in(
    input: &Input,
    found: &SystemFound,
    rows: &Rows,
    progress: &Progress,
    language: Language,
) -> io::Result<Found> {
    let mut tables = Vec::new();
    let own = rows.files.iter().filter(|((system, _), _)| *system == found.system);
    for ((system, table), (_, count)) in own {
        if let Some(file) = rows.open(system, table)? {
            tables.push(FoundTable {
                name: table.clone(),
                columns: RowFileReader::open(file)?.columns().to_vec(),
                rows: *count,
                withheld_columns: Vec::new(),
                withheld: Withholdings::default(),
            });
        }
    }
    let (outcome, note) = outcome(input, found, &tables, language);
    let span = progress.span(&found.system);
    Ok(Found {
        system: found.system.clone(),
        outcome,
        note,
        started_at: span.map(|span| span.started_at),
        finished_at: span.and_then(|span| span.ended_at),
        tables,
        files: Vec::new(),
    })
}

/// The tables of a system that the identifiers do not reach.
fn unreached<'a>(input: &'a Input, system: &str) -> Vec<&'a str> {
    let missed = input.plan.not_searched.iter();
    missed.filter(|missed| missed.system == system).map(|missed| missed.table.as_str()).collect()
}

/// The outcome as the package says it. A table that the identifiers do not reach was not looked
/// at, so its system is never called complete.
fn outcome(
    input: &Input,
    found: &SystemFound,
    tables: &[FoundTable],
    language: Language,
) -> (Outcome, Option<String>) {
    let said = || Some(ending(language, found));
    match &found.outcome {
        search::Outcome::WaitsForPerson => (Outcome::NotSearched, said()),
        search::Outcome::RowCap | search::Outcome::LinkCap => (Outcome::RowCap, said()),
        search::Outcome::TimedOut => (Outcome::TimedOut, said()),
        search::Outcome::Failed { .. } => (Outcome::Failed, said()),
        search::Outcome::Complete if !found.lacks.is_empty() => (Outcome::Failed, said()),
        search::Outcome::Complete => {
            let unreached = unreached(input, &found.system);
            if !unreached.is_empty() {
                let outcome = match tables {
                    [] => Outcome::NotSearched,
                    _ => Outcome::Failed,
                };
                let note = [("tables", unreached.join(", "))];
                let note = note.each_ref().map(|(name, it)| (*name, it.as_str()));
                return (outcome, Some(text_with(language, "collect-unreached", &note)));
            }
            if tables.iter().all(|table| table.rows == 0) {
                (Outcome::NothingFound, None)
            } else {
                (Outcome::Complete, None)
            }
        }
    }
}

/// Whether the place is free, or held by a regular file. A device, a pipe, a socket or a directory
/// is somebody's, as is a link to one, or to nowhere.
///
/// # Errors
/// When the disk does not tell.
pub fn may_be_replaced(place: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(place) {
        Ok(found) if found.is_symlink() => {
            Ok(fs::metadata(place).is_ok_and(|behind| behind.is_file()))
        }
        Ok(found) => Ok(found.is_file()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// The unfinished ZIP; it goes unless it gets its name.
#[derive(Debug)]
pub struct Unfinished {
    part: PathBuf,
    out: PathBuf,
    begun: bool,
}

impl Unfinished {
    /// The file that will become `out`.
    #[must_use]
    pub fn of(out: &Path) -> Self {
        let mut name = OsString::from(out.as_os_str());
        name.push(".part");
        Self { part: name.into(), out: out.to_owned(), begun: false }
    }

    /// What stands there is replaced: the unfinished file, and the one that it becomes.
    #[must_use]
    pub fn places(&self) -> [&Path; 2] {
        [&self.part, &self.out]
    }

    /// Begins it, for its owner alone.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn begin(&mut self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(&self.part)?;
        self.begun = true;
        Ok(file)
    }

    /// Gives it its name, also on the disk.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn name(self) -> io::Result<()> {
        fs::rename(&self.part, &self.out)?;
        let folder = self.out.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Once it has its name there is nothing left under this one; before it was begun, what
        // stands there is somebody else's.
        if self.begun {
            let _ = fs::remove_file(&self.part);
        }
    }
}

/// Writes the ZIP to the disk.
///
/// # Errors
/// When the disk refuses or a row file is damaged.
pub fn pack(file: File, contents: &Contents, mut rows: Rows) -> io::Result<Summary> {
    let out = BufWriter::with_capacity(128 * 1024, file);
    let (out, summary) = write(out, contents, &mut rows)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(summary)
}
