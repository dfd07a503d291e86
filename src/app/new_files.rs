//! Files that stand in the folder and in no row yet: between the work of a job or a call and its
//! transaction.

use crate::domain::ids::FileId;
use crate::error::{Error, Result};
use crate::sealed_folder::SealedFolder;

/// Files of a job or a call at work. Dropped before [`NewFiles::recorded`], they are gone.
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
        if outcome.as_ref().err().is_some_and(is_refusal) {
            self.ids = ids;
        }
        outcome
    }
}

/// Whether a verb refused by itself: then its transaction was taken back, for certain.
const fn is_refusal(error: &Error) -> bool {
    matches!(
        error,
        Error::NotFound
            | Error::Forbidden
            | Error::Invalid(_)
            | Error::RateLimited { .. }
            | Error::Transition { .. }
            | Error::Conflict { .. }
    )
}

impl Drop for NewFiles {
    fn drop(&mut self) {
        for id in &self.ids {
            // What cannot be removed now is an orphan, and is looked for later.
            let _ = self.folder.remove(*id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::NewFiles;
    use crate::domain::ids::FileId;
    use crate::error::{Error, Result};
    use crate::sealed_folder::SealedFolder;

    /// Whether a file is still there after its transaction answered so.
    fn stays(answer: Result<()>) -> bool {
        let directory = tempfile::tempdir().unwrap();
        let id = FileId::from_slice(&[7; 16]).unwrap();
        let path = directory.path().join(id.to_string());
        std::fs::write(&path, b"sealed").unwrap();
        let mut files = NewFiles::new(SealedFolder::new(directory.path().to_owned()));
        files.add(id);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_eq!(runtime.block_on(files.recorded(async { answer.clone() })), answer);
        path.exists()
    }

    #[test]
    fn a_file_goes_when_it_was_refused_and_stays_when_nobody_knows() {
        for (answer, expected) in [
            (Ok(()), true),
            (Err(Error::Unavailable("database")), true),
            (Err(Error::RunAgain), true),
            (Err(Error::internal("the writer was cancelled")), true),
            (Err(Error::Conflict { code: "job-lost" }), false),
            (Err(Error::Transition { code: "already-withdrawn" }), false),
            (Err(Error::NotFound), false),
            (Err(Error::invalid("files", "attachment-too-many")), false),
            (Err(Error::RateLimited { retry_after_s: 1 }), false),
        ] {
            assert_eq!(stays(answer.clone()), expected, "{answer:?}");
        }
    }

    #[test]
    fn a_file_that_was_never_offered_to_the_database_goes() {
        let directory = tempfile::tempdir().unwrap();
        let id = FileId::from_slice(&[7; 16]).unwrap();
        std::fs::write(directory.path().join(id.to_string()), b"sealed").unwrap();
        let mut files = NewFiles::new(SealedFolder::new(directory.path().to_owned()));
        files.add(id);
        drop(files);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
