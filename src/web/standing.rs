//! How the instance itself stands, for the probe and for the operator: muted or not, and the newest
//! backup that was made by night.

use crate::config::Config;
use crate::db::backups::{self, Backup, DONE, FAILED};
use crate::db::conn::Conn;
use crate::error::Result;
use crate::language::{self, Language, text_with};

/// The newest backup by night.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BackupStanding {
    /// Whether backups are made by night at all.
    set: bool,
    pub failed: bool,
    /// The day of the newest that was made, and the code of the last failure since.
    made: Option<String>,
    code: Option<String>,
}

impl BackupStanding {
    /// Reads how it stands.
    ///
    /// # Errors
    /// When the database fails.
    pub fn read(conn: &mut Conn, config: &Config) -> Result<Self> {
        // A failure is told until a newer one was made; a week of them is enough to look at.
        let rows: Vec<Backup> = backups::list(conn, 7)?;
        let made = rows.iter().find(|row| row.state == DONE).map(|row| row.day.clone());
        let newest = rows.into_iter().next();
        let failed = newest.as_ref().is_some_and(|row| row.state == FAILED);
        let code = newest.and_then(|row| row.last_error);
        Ok(Self { set: config.nightly.is_some(), failed, made, code })
    }

    /// For a program: `not set up`, `none yet`, the day of the newest, or why the last one failed.
    #[must_use]
    pub fn word(&self) -> String {
        let code = self.code.as_deref().unwrap_or("unknown");
        match (self.set, self.failed, &self.made) {
            (false, ..) => "not set up: no backup is made by night until backup_dir is set".into(),
            (true, true, _) => format!("failed: {code}"),
            (true, false, Some(day)) => format!("made: {day}"),
            (true, false, None) => "none yet".into(),
        }
    }

    /// For a person.
    #[must_use]
    pub fn sentence(&self, language: &Language) -> String {
        let on = self.made.as_deref().and_then(|day| day.parse().ok());
        let day = on.map(|on| language::date(*language, on)).unwrap_or_default();
        let code = self.code.as_deref().unwrap_or_default();
        let key = match (self.set, self.failed, on.is_some()) {
            (false, ..) => "operator-backup-not-set",
            (true, true, _) => "operator-backup-failed",
            (true, false, true) => "operator-backup-made",
            (true, false, false) => "operator-backup-none",
        };
        text_with(*language, key, &[("day", &day), ("code", code)])
    }
}
