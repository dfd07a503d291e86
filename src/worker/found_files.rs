//! The files of a search: rows that were found, and what was handed in.

use std::io::{self, Read};

use crate::db::searches::SearchFile;
use crate::domain::ids::FileId;
use crate::package::contents::{System, Table, UploadedFile};
use crate::package::write::Supply;
use crate::sealed_folder::SealedFolder;
use crate::vault::CaseKey;

/// Sealed files of a case, opened each time anew.
pub struct FoundFiles {
    pub folder: SealedFolder,
    pub key: CaseKey,
    pub files: Vec<SearchFile>,
}

impl FoundFiles {
    /// The row file of a table; of a manual table that was answered twice, the newest.
    #[must_use]
    pub fn newest(&self, system: &str, table: &str) -> Option<&SearchFile> {
        self.files
            .iter()
            .rev()
            .find(|file| file.system == system && file.source_table.as_deref() == Some(table))
    }

    /// Opens one of them.
    ///
    /// # Errors
    /// When it is gone, or its seal does not open.
    pub fn open(&self, id: FileId) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.folder.open(id, &self.key)?))
    }
}

impl Supply for FoundFiles {
    fn rows(&mut self, system: &System, table: &Table) -> io::Result<Option<Box<dyn Read + '_>>> {
        match self.newest(&system.name, &table.name) {
            Some(file) => self.open(file.file_id).map(Some),
            None => Ok(None),
        }
    }

    fn file(&mut self, _: &System, file: &UploadedFile) -> io::Result<Box<dyn Read + '_>> {
        let id = file.id.parse().map_err(|_| io::Error::from(io::ErrorKind::NotFound))?;
        self.open(id)
    }
}
