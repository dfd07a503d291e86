//! A file in WAL mode that nobody is writing to. To read it in the ordinary way SQLite makes `-wal`
//! and `-shm` beside it, which a reader cannot take away again: they would be left to the source's
//! own program under another user, and lock it out. Such a file is opened as immutable instead,
//! which makes nothing and locks nothing, and is looked at after each reading: if it has changed
//! since it was opened, what was read counts for nothing.

use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use url::Url;

/// <https://www.sqlite.org/fileformat.html>, §1.3: both versions are 2 in WAL mode.
const VERSIONS_AT: usize = 18;
const WAL_MODE: [u8; 2] = [2, 2];

/// A file in WAL mode, as it was when nobody had written to its log.
pub struct AtRest {
    path: PathBuf,
    wal: PathBuf,
    stamp: (u64, u64, i64, i64),
}

impl AtRest {
    /// The file as it is now; None when it is not in WAL mode, or its log holds something.
    #[must_use]
    pub fn find(path: &Path) -> Option<Self> {
        let mut file = File::open(path).ok()?;
        let stamp = stamp(&file.metadata().ok()?);
        let mut header = [0; VERSIONS_AT + 2];
        file.read_exact(&mut header).ok()?;
        if !header.ends_with(&WAL_MODE) {
            return None;
        }
        let mut wal = path.to_owned().into_os_string();
        wal.push("-wal");
        let found = Self { path: path.to_owned(), wal: wal.into(), stamp };
        found.is_unchanged().then_some(found)
    }

    /// Whether nobody has written since.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        let is_empty = self.wal.metadata().map_or(true, |wal| wal.len() == 0);
        is_empty && self.path.metadata().is_ok_and(|now| stamp(&now) == self.stamp)
    }

    /// What SQLite is asked to open: a URI, because only that can say `immutable`.
    #[must_use]
    pub fn uri(&self) -> Option<String> {
        let mut uri = Url::from_file_path(&self.path).ok()?;
        uri.set_query(Some("mode=ro&immutable=1"));
        Some(uri.into())
    }
}

fn stamp(file: &Metadata) -> (u64, u64, i64, i64) {
    (file.ino(), file.len(), file.mtime(), file.mtime_nsec())
}

#[cfg(test)]
mod tests {
    use super::AtRest;
    use rusqlite::{Connection, OpenFlags};

    #[test]
    fn a_file_at_rest_is_read_without_a_trace_and_a_change_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("h% #?é.db");
        let names = || {
            let entries = std::fs::read_dir(folder.path()).unwrap();
            entries.map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>()
        };
        let write = Connection::open(&path).unwrap();
        write.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
        assert!(AtRest::find(&path).is_none(), "not in WAL mode");
        write.execute_batch("PRAGMA journal_mode = WAL; INSERT INTO t VALUES (2)").unwrap();
        assert!(AtRest::find(&path).is_none(), "its log holds something");
        drop(write);
        let at_rest = AtRest::find(&path).unwrap();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let read = Connection::open_with_flags(at_rest.uri().unwrap(), flags).unwrap();
        let count = |read: &Connection| {
            read.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0)).unwrap()
        };
        assert_eq!(count(&read), 2);
        assert_eq!(names().len(), 1, "{:?}", names());
        assert!(at_rest.is_unchanged());
        let write = Connection::open(&path).unwrap();
        write.execute_batch("INSERT INTO t VALUES (3)").unwrap();
        assert!(!at_rest.is_unchanged(), "the log holds something");
        drop(write);
        assert!(!at_rest.is_unchanged(), "the file itself has changed");
    }
}
