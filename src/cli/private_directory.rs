//! A directory that only its owner may enter and that goes with the command, also when it fails.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::vault::secret::Token;

/// A fresh directory below the system's temporary directory (`TMPDIR`).
#[derive(Debug)]
pub struct PrivateDirectory(PathBuf);

impl PrivateDirectory {
    /// Makes it, with a name that nobody can guess.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn create() -> io::Result<Self> {
        let name = format!("guichet-{}", Token::random().shown());
        let path = std::env::temp_dir().join(name);
        // Not recursive: a directory that somebody else made under this name is not ours.
        std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for PrivateDirectory {
    fn drop(&mut self) {
        // The process ends anyway; what cannot be removed is sealed or fictional.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::PrivateDirectory;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_is_private_and_goes() {
        let directory = PrivateDirectory::create().unwrap();
        let path = directory.path().to_owned();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        std::fs::write(path.join("rows"), "x").unwrap();
        drop(directory);
        assert!(!path.exists());
    }
}
