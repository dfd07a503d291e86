//! Files that stand in the folder and in no row yet: between the work of a job and its transaction.

use crate::domain::ids::FileId;
use crate::error::{Error, Result};
use crate::sealed_folder::SealedFolder;

/// Files of a job at work. Dropped before [`NewFiles::recorded`], they are gone.
pub struct NewFiles {
    folder: SealedFolder,
    ids: Vec<FileId>,
}

impl NewFiles {
    /// No file yet.
    #[must_use]
    pub const fn new(folder: SealedFolder) -> Self {
        Self { folder, ids: Vec::new() }
    }

    /// Takes a file in.
    pub fn add(&mut self, id: FileId) {
        self.ids.push(id);
    }

    /// Records the files by a transaction, and removes them when it says that it recorded nothing.
    /// While it runs, and when nobody knows how it ended, they stay: a row that was committed must
    /// find its file. One that no row knows is removed later as an orphan.
    ///
    /// # Errors
    /// Those of the transaction.
    pub async fn recorded<T>(mut self, transaction: impl Future<Output = Result<T>>) -> Result<T> {
        let ids = std::mem::take(&mut self.ids);
        let outcome = transaction.await;
        let is_unknown = |error: &Error| matches!(error, Error::Unavailable(_) | Error::RunAgain);
        if outcome.as_ref().err().is_some_and(|error| !is_unknown(error)) {
            self.ids = ids;
        }
        outcome
    }
}

impl Drop for NewFiles {
    fn drop(&mut self) {
        for id in &self.ids {
            // What cannot be removed now is an orphan, and is looked for later.
            let _ = self.folder.remove(*id);
        }
    }
}
