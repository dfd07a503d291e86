//! How the instance itself stands, for the probe and for the operator: muted or not, the newest backup
//! that was made by night, and whether its own mails arrive.

use chrono::{DateTime, Duration, Utc};

use crate::config::Config;
use crate::db::backups::{self, Backup, DONE, FAILED};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::mails;
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

/// How long a mail that did not arrive is told of.
const TOLD_FOR: Duration = Duration::days(7);

/// The mails of the instance itself, alerts and checkpoints, that did not arrive lately.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailStanding {
    pub failed: i64,
    /// Why the newest did not: a code of ours.
    code: String,
}

impl MailStanding {
    /// Reads how it stands.
    ///
    /// # Errors
    /// When the database fails.
    pub fn read(conn: &mut Conn, now: DateTime<Utc>) -> Result<Self> {
        let (failed, code) = mails::failed_of_instance(conn, Instant::from(now - TOLD_FOR))?;
        Ok(Self { failed, code: code.unwrap_or_default() })
    }

    /// For a program; nothing when all arrived.
    #[must_use]
    pub fn word(&self) -> Option<String> {
        let (failed, code) = (self.failed, &self.code);
        (failed > 0).then(|| {
            format!("{failed} mails of the instance did not arrive in 7 days, the last: {code}")
        })
    }

    /// For a person.
    #[must_use]
    pub fn sentence(&self, language: &Language) -> String {
        let count = self.failed.to_string();
        let key = if self.failed > 0 { "operator-mail-failed" } else { "operator-mail-well" };
        text_with(*language, key, &[("count", &count), ("code", &self.code)])
    }
}
