//! The mark of the sealed folder: which instance it belongs to. Another folder would hide the files
//! from the other processes, and another instance's files would be taken for orphans.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::{StartError, make_directory};
use crate::db::instance::Instance;
use crate::domain::actor::{Actor, Ctx};
use crate::domain::ids::{FileId, UserId};
use crate::sealed_folder::{DRAFT, MARK};
use crate::vault::Vault;
use crate::vault::secret::Token;

/// The mark of a new instance: its id, and the proof that it was written under its master key.
pub struct Mark {
    pub instance: UserId,
    bytes: Vec<u8>,
}

impl Mark {
    fn new(instance: UserId, vault: &Vault) -> Self {
        let proof = vault.index("folder mark", &instance.to_string());
        let bytes = [instance.as_bytes().as_slice(), &proof].concat();
        Self { instance, bytes }
    }

    /// Reads a mark that was written under this master key.
    fn read(bytes: &[u8], vault: &Vault) -> Option<Self> {
        let instance = UserId::from_slice(bytes.get(..16)?)?;
        let mark = Self::new(instance, vault);
        (mark.bytes == bytes).then_some(mark)
    }

    /// What stands in the file, and in the row of the instance.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Marks the folder of a new instance. The mark comes before the row that repeats it, and a start
/// that was killed between the two finds its own again: it is written under the same master key,
/// and no file is there yet.
///
/// # Errors
/// When the folder belongs to another instance or holds sealed files already.
pub fn make(folder: &Path, vault: &Vault, now: DateTime<Utc>) -> Result<Mark, StartError> {
    make_directory(folder)?;
    if holds_files(folder).map_err(|source| disk(folder, source))? {
        return Err(StartError::FolderInUse(folder.to_owned()));
    }
    let id: UserId = Ctx { actor: Actor::CommandLine, now }.new_id();
    let mark = Mark::new(id, vault);
    if write(folder, &mark).map_err(|source| disk(folder, source))? {
        return Ok(mark);
    }
    let found = fs::read(folder.join(MARK)).map_err(|source| disk(folder, source))?;
    Mark::read(&found, vault).ok_or_else(|| StartError::OtherFolder(folder.to_owned()))
}

/// Compares the mark of the folder with that of the instance.
///
/// # Errors
/// When it is another's, or there is none.
pub fn check(folder: &Path, row: &Instance) -> Result<(), StartError> {
    match fs::read(folder.join(MARK)) {
        Ok(found) if found == row.folder_mark => Ok(()),
        Ok(_) => Err(StartError::OtherFolder(folder.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(StartError::OtherFolder(folder.to_owned()))
        }
        Err(source) => Err(disk(&folder.join(MARK), source)),
    }
}

/// Writes the mark beside its name and links it into place, which never replaces one. Returns
/// whether this is the one in place.
fn write(folder: &Path, mark: &Mark) -> std::io::Result<bool> {
    let draft = folder.join(format!("{MARK}.{}{DRAFT}", Token::random().shown()));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| file.write_all(mark.bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::hard_link(&draft, folder.join(MARK)));
    let removed = fs::remove_file(&draft);
    let made = match written {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => false,
        Err(error) => return Err(error),
    };
    removed?;
    File::open(folder)?.sync_all()?;
    Ok(made)
}

/// Whether a sealed file stands here, whole or in the making: its name begins with its id.
fn holds_files(folder: &Path) -> std::io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let name = PathBuf::from(entry?.file_name());
        let stem = name.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if stem.parse::<FileId>().is_ok() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn disk(path: &Path, source: std::io::Error) -> StartError {
    StartError::Disk { path: path.to_owned(), source }
}
