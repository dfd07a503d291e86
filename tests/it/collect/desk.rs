//! The place where a test collects.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Where a collection runs: its map, its package, and nothing else of the machine.
pub struct Desk {
    home: TempDir,
}

impl Desk {
    pub fn new(map: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("map.yaml"), map).unwrap();
        std::fs::create_dir(home.path().join("tmp")).unwrap();
        Self { home }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn command(&self, connect: &[String], identity: &[&str], more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guichet"));
        command
            .env("TMPDIR", self.path("tmp"))
            .args(["collect", "--map"])
            .arg(self.path("map.yaml"))
            .arg("--out")
            .arg(self.path("found.zip"));
        for one in connect {
            command.args(["--connect", one]);
        }
        for one in identity {
            command.args(["--identity", one]);
        }
        command.args(more);
        command
    }

    pub fn collect(&self, connect: &[String], identity: &[&str], more: &[&str]) -> Output {
        let output = self.command(connect, identity, more).output().unwrap();
        assert_eq!(output.stdout, b"", "words go to standard error");
        assert_eq!(self.left_over(), 0, "nothing stays behind");
        assert!(!self.path("found.zip.part").exists());
        output
    }

    pub fn left_over(&self) -> usize {
        std::fs::read_dir(self.path("tmp")).unwrap().count()
    }

    /// The files of the package, which is kept for other tools under this name.
    pub fn package(&self, name: &str) -> BTreeMap<String, Vec<u8>> {
        if let Ok(kept) = std::env::var("TEST_PACKAGES") {
            std::fs::create_dir_all(&kept).unwrap();
            let to = Path::new(&kept).join(format!("collect-{name}.zip"));
            std::fs::copy(self.path("found.zip"), to).unwrap();
        }
        let file = std::fs::File::open(self.path("found.zip")).unwrap();
        let mut archive = zip::ZipArchive::new(file).unwrap();
        let mut files = BTreeMap::new();
        for place in 0..archive.len() {
            let mut entry = archive.by_index(place).unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            files.insert(entry.name().unwrap().into_owned(), content);
        }
        files
    }
}
