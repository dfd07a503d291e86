//! The master key: read from a file or the environment, made once, and kept apart from backups.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::Rng;
use zeroize::Zeroizing;

use super::key::Key;

/// No key file is longer, so that a wrong path is not read whole.
const LONGEST_FILE_BYTES: u64 = 1024;

/// The key above all others. Whoever has it and the database reads everything.
#[derive(Clone, Debug)]
pub struct MasterKey(Key);

/// Why there is no master key. Each says what to do; none shows the key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    #[error(
        "the master key file {} does not exist: give the path of the key that this instance was \
         made with; without it the stored data cannot be read", path.display()
    )]
    Missing { path: PathBuf },
    #[error(
        "the master key file {} can be read by other users (mode {mode:03o}): run \
         `chmod 600 {}` and check who may have copied it", path.display(), path.display()
    )]
    ReadableByOthers { path: PathBuf, mode: u32 },
    #[error(
        "{from} holds no master key: expected 32 bytes in base64 (44 characters), as made by \
         `openssl rand -base64 32`"
    )]
    NotAKey { from: String },
    #[error("{from} holds a master key that is one byte repeated: make a random one")]
    NotRandom { from: String },
    #[error("cannot {action} the master key file {}: {source}", path.display())]
    Disk { action: &'static str, path: PathBuf, source: std::io::Error },
}

/// A master key from a file, and whether the file was made just now: then the caller tells the
/// operator to copy it to a safe place apart from the backups.
#[derive(Debug)]
pub struct Loaded {
    pub key: MasterKey,
    pub created: bool,
}

impl MasterKey {
    /// The master key of these bytes; for tests and for keys that come from elsewhere.
    #[must_use]
    pub const fn from_key(key: Key) -> Self {
        Self(key)
    }

    pub(super) fn into_key(self) -> Key {
        self.0
    }

    /// Reads a key written as base64 of 32 bytes, with white space around it allowed. `from` names
    /// where the text stood (a variable or a path), for the message.
    ///
    /// # Errors
    /// [`MasterKeyError::NotAKey`] or [`MasterKeyError::NotRandom`].
    pub fn parse(text: &str, from: &str) -> Result<Self, MasterKeyError> {
        let not_a_key = || MasterKeyError::NotAKey { from: from.to_owned() };
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| not_a_key())?);
        let bytes = <&[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| not_a_key())?;
        if bytes.windows(2).all(|pair| pair.first() == pair.last()) {
            return Err(MasterKeyError::NotRandom { from: from.to_owned() });
        }
        Ok(Self(Key::from_bytes(*bytes)))
    }

    /// Reads the key file. Writes nothing.
    ///
    /// # Errors
    /// [`MasterKeyError`] when it is missing, readable by others, unreadable or holds no key.
    pub fn load(path: &Path) -> Result<Self, MasterKeyError> {
        let file = File::open(path).map_err(|source| match source.kind() {
            ErrorKind::NotFound => MasterKeyError::Missing { path: path.into() },
            _ => disk("open", path)(source),
        })?;
        let metadata = file.metadata().map_err(disk("examine", path))?;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let path = path.into();
            return Err(MasterKeyError::ReadableByOthers { path, mode });
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(1024));
        file.take(LONGEST_FILE_BYTES).read_to_end(&mut bytes).map_err(disk("read", path))?;
        // What is no UTF-8 is no base64 either, and says so.
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        Self::parse(text, &path.display().to_string())
    }

    /// Reads the key file, or makes it with mode 0600 where there is none. Call it only for a new
    /// instance: a new key cannot read what an old one sealed.
    ///
    /// # Errors
    /// As [`MasterKey::load`], and [`MasterKeyError::Disk`] when the file cannot be made.
    pub fn load_or_create(path: &Path) -> Result<Loaded, MasterKeyError> {
        match Self::load(path) {
            Err(MasterKeyError::Missing { .. }) => {}
            loaded => {
                return loaded.map(|key| Loaded { key, created: false });
            }
        }
        let created = create(path)?;
        let key = Self::load(path)?;
        Ok(Loaded { key, created })
    }
}

/// Writes a new key beside the path and links it into place, which never replaces a key: another
/// process that was faster wins. Returns whether this process's key is the one in place.
fn create(path: &Path) -> Result<bool, MasterKeyError> {
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut suffix = [0; 8];
    rand::rng().fill_bytes(&mut suffix);
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{:016x}.new", u64::from_be_bytes(suffix)));
    let draft = PathBuf::from(draft);

    let written = write_key(&draft).and_then(|()| std::fs::hard_link(&draft, path));
    let removed = std::fs::remove_file(&draft);
    let created = match written {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => false,
        Err(error) => return Err(disk("create", path)(error)),
    };
    removed.map_err(disk("clean up beside", path))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(disk("make durable", path))?;
    Ok(created)
}

/// Writes a random key to a file that did not exist, and waits until it is on the disk.
fn write_key(path: &Path) -> std::io::Result<()> {
    let mut text = Zeroizing::new(String::with_capacity(64));
    STANDARD.encode_string(Key::random().bytes(), &mut text);
    text.push('\n');
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn disk(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> MasterKeyError {
    let path = path.to_owned();
    move |source| MasterKeyError::Disk { action, path, source }
}

#[cfg(test)]
mod tests {
    use super::{MasterKey, MasterKeyError};
    use std::os::unix::fs::PermissionsExt;

    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    #[test]
    fn a_text_is_a_key_or_says_what_is_wrong() {
        let bytes: Vec<u8> = (0..32).collect();
        for text in [KEY.to_owned(), format!("  {KEY}\n")] {
            let key = MasterKey::parse(&text, "GUICHET_MASTER_KEY").unwrap();
            assert_eq!(key.0.bytes().as_slice(), bytes);
            assert!(format!("{key:?}").contains("[redacted]"));
        }
        let repeated = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let shorter = KEY.trim_start_matches("AAEC");
        for text in ["", "changeme", shorter, &format!("{KEY}{KEY}"), "é", repeated] {
            let error = MasterKey::parse(text, "GUICHET_MASTER_KEY").unwrap_err();
            let message = error.to_string();
            assert!(message.starts_with("GUICHET_MASTER_KEY holds"), "{message}");
            assert!(text.is_empty() || !message.contains(text), "{message}");
        }
    }

    #[test]
    fn the_file_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        assert!(matches!(MasterKey::load(&path), Err(MasterKeyError::Missing { .. })));
        assert!(!path.exists(), "loading writes nothing");

        let first = MasterKey::load_or_create(&path).unwrap();
        assert!(first.created);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let second = MasterKey::load_or_create(&path).unwrap();
        assert!(!second.created);
        assert_eq!(first.key.0.bytes(), second.key.0.bytes());
        let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "no draft is left behind");
    }

    #[test]
    fn a_file_that_others_can_read_or_that_is_no_key_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        std::fs::write(&path, KEY).unwrap();
        for mode in [0o640, 0o604, 0o660, 0o644] {
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
            let error = MasterKey::load_or_create(&path).unwrap_err().to_string();
            assert!(error.contains("chmod 600"), "{error}");
        }
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o400)).unwrap();
        assert!(MasterKey::load(&path).is_ok());
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        for content in [&b""[..], b"\xff\xfe", &[b'A'; 5000]] {
            std::fs::write(&path, content).unwrap();
            let error = MasterKey::load_or_create(&path).unwrap_err();
            assert!(matches!(error, MasterKeyError::NotAKey { .. }));
            assert_eq!(std::fs::read(&path).unwrap(), content);
        }
        let nowhere = folder.path().join("absent/master.key");
        let error = MasterKey::load_or_create(&nowhere).unwrap_err();
        assert!(matches!(error, MasterKeyError::Disk { .. }));
    }

    #[test]
    fn processes_that_start_together_end_with_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let loaded: Vec<_> = std::thread::scope(|scope| {
            let starts: Vec<_> =
                (0..8).map(|_| scope.spawn(|| MasterKey::load_or_create(&path).unwrap())).collect();
            starts.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert_eq!(loaded.iter().filter(|it| it.created).count(), 1);
        for it in &loaded {
            assert_eq!(it.key.0.bytes(), loaded[0].key.0.bytes());
        }
    }
}
