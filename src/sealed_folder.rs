//! The folder of sealed files: row files, uploads and packages. A file has its final name only once
//! it is whole and on the disk, so that a reader finds all of it or nothing.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::domain::ids::FileId;
use crate::vault::FileKey;
use crate::vault::file::{SealedReader, SealedWriter};

/// What an unfinished file is called besides its id.
const UNFINISHED: &str = "part";

/// The file that says which instance the folder belongs to.
pub const MARK: &str = "instance.mark";

/// How the draft of a mark ends.
pub const DRAFT: &str = ".new";

/// How the name of a file begins that only tries whether one can be written.
pub const ATTEMPT: &str = "try-";

/// How many files the database is asked about at a time.
const BATCH: usize = 500;

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

impl Stored {
    /// What its row in the database says of it.
    #[must_use]
    pub const fn row(&self) -> (FileId, u64, &[u8; 32]) {
        (self.id, self.size_bytes, &self.sha256)
    }
}

impl SealedFolder {
    /// The folder at a path.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Begins a file under the key of its case, or under its own.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn create(&self, id: FileId, key: &impl FileKey) -> io::Result<NewFile> {
        let path = self.path.join(format!("{id}.{UNFINISHED}"));
        let file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        let unfinished = Unfinished(path);
        let sealed = SealedWriter::create(
            BufWriter::with_capacity(128 * 1024, file),
            key.of_file(),
            id.uuid(),
        )?;
        let (folder, digest) = (self.path.clone(), Sha256::new());
        Ok(NewFile { id, folder, _unfinished: unfinished, sealed, digest, size_bytes: 0 })
    }

    /// Opens a finished file.
    ///
    /// # Errors
    /// When it is not there, or not sealed under this key.
    pub fn open(&self, id: FileId, key: &impl FileKey) -> io::Result<SealedReader<File>> {
        SealedReader::open(File::open(self.path.join(id.to_string()))?, key.of_file(), id.uuid())
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

    /// Removes what a killed process left behind and is older than a day: files that no row knows,
    /// unfinished ones, and attempts to write. `known` answers, for a batch of files, which of them
    /// have a row.
    ///
    /// # Errors
    /// When the folder cannot be read, or what `known` answers.
    pub fn remove_orphans(
        &self,
        mut known: impl FnMut(Vec<FileId>) -> io::Result<HashSet<FileId>>,
    ) -> io::Result<usize> {
        let mut removed = 0;
        let mut batch: Vec<FileId> = Vec::with_capacity(BATCH);
        let mut remove_unknown = |batch: &mut Vec<FileId>| -> io::Result<usize> {
            let known = known(batch.clone())?;
            let unknown = batch.drain(..).filter(|id| !known.contains(id));
            Ok(unknown.filter(|id| self.remove(*id).is_ok()).count())
        };
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            match left_behind(&path).filter(|_| is_old(&path)) {
                Some(Left::Finished(id)) => batch.push(id),
                Some(Left::Unfinished) if fs::remove_file(&path).is_ok() => removed += 1,
                _ => {}
            }
            if batch.len() == BATCH {
                removed += remove_unknown(&mut batch)?;
            }
        }
        removed += remove_unknown(&mut batch)?;
        Ok(removed)
    }
}

/// What a name in the folder says.
enum Left {
    /// A whole file, with a row or without.
    Finished(FileId),
    /// The beginning of a file, an attempt to write, the draft of a mark.
    Unfinished,
}

fn left_behind(path: &Path) -> Option<Left> {
    let name = path.file_name()?.to_str()?;
    if let Ok(id) = name.parse() {
        return Some(Left::Finished(id));
    }
    let stem = name.strip_suffix(UNFINISHED).and_then(|stem| stem.strip_suffix('.'));
    let is_part = stem.is_some_and(|stem| stem.parse::<FileId>().is_ok());
    let is_draft = name.starts_with(MARK) && name.ends_with(DRAFT);
    (is_part || is_draft || name.starts_with(ATTEMPT)).then_some(Left::Unfinished)
}

fn is_old(path: &Path) -> bool {
    let modified = fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let age = modified.and_then(|modified| modified.elapsed().ok());
    age.is_some_and(|age| age > ORPHAN_AGE)
}

/// The name of a file while it is written. A finished one has another, and is not touched.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // What cannot be removed now is an orphan, and is looked for later.
        let _ = fs::remove_file(&self.0);
    }
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
    use std::collections::HashSet;
    use std::io::{Read, Write};
    use std::time::Duration;
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
        assert_eq!(folder.remove_orphans(nothing_known).unwrap(), 0, "young files stay");
        drop(folder.create(FileId::from_slice(&[2; 16]).unwrap(), &key).unwrap());
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "a part is left");
        folder.remove(id).unwrap();
        folder.remove(id).unwrap();
        assert!(folder.open(id, &key).is_err());
    }

    fn nothing_known(_: Vec<FileId>) -> std::io::Result<HashSet<FileId>> {
        Ok(HashSet::new())
    }

    #[test]
    fn what_a_killed_process_left_is_removed_after_a_day() {
        let directory = tempfile::tempdir().unwrap();
        let folder = SealedFolder::new(directory.path().to_owned());
        let id = |number: u16| {
            let [high, low] = number.to_be_bytes();
            FileId::from_slice(&[7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, high, low]).unwrap()
        };
        // More than a batch, and of each batch some that are known.
        let finished: Vec<FileId> = (0..1_203).map(id).collect();
        let kept: HashSet<FileId> = finished.iter().copied().step_by(3).collect();
        let others = [
            format!("{}.part", id(9_000)),
            "try-abc".to_owned(),
            "instance.mark.abc.new".to_owned(),
            "instance.mark".to_owned(),
            "lost+found".to_owned(),
            format!("{}.backup", id(9_001)),
        ];
        let names = finished.iter().map(ToString::to_string).chain(others.iter().cloned());
        let long_ago = std::time::UNIX_EPOCH + Duration::from_hours(24 * 365);
        for name in names {
            let file = std::fs::File::create(directory.path().join(name)).unwrap();
            file.set_modified(long_ago).unwrap();
        }
        let mut asked = 0;
        let known = |ids: Vec<FileId>| {
            asked += ids.len();
            Ok(ids.into_iter().filter(|id| kept.contains(id)).collect())
        };
        let removed = folder.remove_orphans(known).unwrap();
        assert_eq!((asked, removed), (1_203, 1_203 - 401 + 3));
        let left: HashSet<String> = std::fs::read_dir(directory.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let mut expected: HashSet<String> = kept.iter().map(ToString::to_string).collect();
        expected.extend(others[3..].iter().cloned());
        assert_eq!(left, expected);
    }
}
