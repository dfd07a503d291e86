//! The folder of sealed files: row files, uploads and packages. A file has its final name only once
//! it is whole and on the disk, so that a reader finds all of it or nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::domain::ids::FileId;
use crate::vault::CaseKey;
use crate::vault::file::{SealedReader, SealedWriter};

/// What an unfinished file is called besides its id.
const UNFINISHED: &str = "part";

/// How old a file must be before one that nobody knows of is removed: longer than any job works.
const ORPHAN_AGE: Duration = Duration::from_hours(24);

/// The folder, shared by all processes of an instance.
#[derive(Clone, Debug)]
pub struct SealedFolder {
    path: PathBuf,
}

/// A file while it is written. Dropped before its end, it is gone again.
pub struct NewFile {
    id: FileId,
    folder: PathBuf,
    _unfinished: Unfinished,
    sealed: SealedWriter<BufWriter<File>>,
    digest: Sha256,
    size_bytes: u64,
}

/// A file that stands in the folder, not yet in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub id: FileId,
    /// Of the content, not of the sealed form.
    pub size_bytes: u64,
    pub sha256: [u8; 32],
}

impl SealedFolder {
    /// The folder at a path.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Begins a file under the key of its case.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn create(&self, id: FileId, key: &CaseKey) -> io::Result<NewFile> {
        let path = self.path.join(format!("{id}.{UNFINISHED}"));
        let file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        let unfinished = Unfinished(path);
        let sealed =
            SealedWriter::create(BufWriter::with_capacity(128 * 1024, file), key.key(), id.uuid())?;
        let (folder, digest) = (self.path.clone(), Sha256::new());
        Ok(NewFile { id, folder, _unfinished: unfinished, sealed, digest, size_bytes: 0 })
    }

    /// Opens a finished file.
    ///
    /// # Errors
    /// When it is not there, or not sealed under this key.
    pub fn open(&self, id: FileId, key: &CaseKey) -> io::Result<SealedReader<File>> {
        SealedReader::open(File::open(self.path.join(id.to_string()))?, key.key(), id.uuid())
    }

    /// Removes a file; one that is gone already is no error.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn remove(&self, id: FileId) -> io::Result<()> {
        match fs::remove_file(self.path.join(id.to_string())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            outcome => outcome,
        }
    }

    /// Removes old files that no row knows: what a killed process left behind.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn remove_orphans(&self, is_known: impl Fn(FileId) -> bool) -> io::Result<usize> {
        let mut removed = 0;
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            if is_orphan(&path, &is_known) && fs::remove_file(&path).is_ok() {
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Whether files can be made here.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn probe(&self) -> io::Result<()> {
        let path = self.path.join(format!("probe.{}.{UNFINISHED}", std::process::id()));
        fs::write(&path, b"probe")?;
        fs::remove_file(path)
    }
}

/// The name of a file while it is written. A finished one has another, and is not touched.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // What cannot be removed now is an orphan, and is looked for later.
        let _ = fs::remove_file(&self.0);
    }
}

fn is_orphan(path: &Path, is_known: &impl Fn(FileId) -> bool) -> bool {
    let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else {
        return false;
    };
    let Ok(id) = stem.parse::<FileId>() else {
        return false;
    };
    let age = fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .ok()
        .and_then(|modified| modified.elapsed().ok());
    age.is_some_and(|age| age > ORPHAN_AGE) && (path.extension().is_some() || !is_known(id))
}

impl NewFile {
    /// Ends the file: on the disk first, then under its final name, then the name on the disk.
    ///
    /// # Errors
    /// When the disk refuses; the file is gone then.
    pub fn finish(self) -> io::Result<Stored> {
        let (buffered, _) = self.sealed.finish()?;
        let file = buffered.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        drop(file);
        let finished = self.folder.join(self.id.to_string());
        fs::rename(self.folder.join(format!("{}.{UNFINISHED}", self.id)), finished)?;
        File::open(&self.folder)?.sync_all()?;
        Ok(Stored {
            id: self.id,
            size_bytes: self.size_bytes,
            sha256: self.digest.finalize().into(),
        })
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.sealed.write(bytes)?;
        let taken = bytes.get(..written).unwrap_or(bytes);
        self.digest.update(taken);
        self.size_bytes += u64::try_from(written).unwrap_or(0);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sealed.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::SealedFolder;
    use crate::domain::ids::FileId;
    use crate::vault::key::Key;
    use crate::vault::master::MasterKey;
    use crate::vault::{CaseKey, Vault};
    use std::io::{Read, Write};
    use uuid::Uuid;

    fn case_key() -> CaseKey {
        let vault = Vault::open(MasterKey::from_key(Key::from_bytes([3; 32])));
        let (controller, _) = vault.new_controller_key(Uuid::nil()).unwrap();
        controller.new_case_key(Uuid::nil()).unwrap().0
    }

    #[test]
    fn a_file_is_found_only_when_it_is_whole() {
        let directory = tempfile::tempdir().unwrap();
        let folder = SealedFolder::new(directory.path().to_owned());
        let (id, key) = (FileId::from_slice(&[1; 16]).unwrap(), case_key());
        let mut file = folder.create(id, &key).unwrap();
        file.write_all(b"found rows").unwrap();
        assert!(folder.open(id, &key).is_err());
        let stored = file.finish().unwrap();
        assert_eq!(stored.size_bytes, 10);
        let mut content = String::new();
        folder.open(id, &key).unwrap().read_to_string(&mut content).unwrap();
        assert_eq!(content, "found rows");
        let on_disk = std::fs::read(directory.path().join(id.to_string())).unwrap();
        assert!(!on_disk.windows(5).any(|window| window == b"found"));
        assert_eq!(folder.remove_orphans(|_| false).unwrap(), 0, "young files stay");
        drop(folder.create(FileId::from_slice(&[2; 16]).unwrap(), &key).unwrap());
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "a part is left");
        folder.remove(id).unwrap();
        folder.remove(id).unwrap();
        assert!(folder.open(id, &key).is_err());
        folder.probe().unwrap();
    }
}
