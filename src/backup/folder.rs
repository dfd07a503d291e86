//! The folder of the backups that are made by night: their names, and which of them are too old.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::{Days, NaiveDate};

const BEGIN: &str = "guichet-";
const END: &str = ".backup";

/// The name of the backup of a day.
#[must_use]
pub fn name_of(day: NaiveDate) -> String {
    format!("{BEGIN}{day}{END}")
}

/// The day of a backup by its name; nothing for any other file.
#[must_use]
pub fn day_of(name: &str) -> Option<NaiveDate> {
    let day: NaiveDate = name.strip_prefix(BEGIN)?.strip_suffix(END)?.parse().ok()?;
    // One day is written in one way.
    (name_of(day) == name).then_some(day)
}

/// The day of a backup that was not finished.
fn unfinished_of(name: &str) -> Option<NaiveDate> {
    let (day, _) = name.strip_suffix(".part")?.strip_prefix(BEGIN)?.split_once(END)?;
    day_of(&format!("{BEGIN}{day}{END}"))
}

/// Whether a backup is there.
#[must_use]
pub fn is_there(path: &Path) -> bool {
    path.is_file()
}

/// Removes the backups that are older than so many days, and what a process that was killed left of
/// one; never the newest, and nothing that is no backup. Gives their names.
///
/// # Errors
/// When the folder cannot be read, or a file in it not removed.
pub fn remove_old(folder: &Path, today: NaiveDate, keep: Days) -> anyhow::Result<Vec<PathBuf>> {
    let of_folder = || format!("cannot read {}", folder.display());
    let oldest = today.checked_sub_days(keep).unwrap_or(NaiveDate::MIN);
    let (mut days, mut old) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).with_context(of_folder)? {
        let entry = entry.with_context(of_folder)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if !entry.file_type().with_context(of_folder)?.is_file() {
            continue;
        }
        if let Some(day) = day_of(&name) {
            days.push((day, entry.path()));
        } else if let Some(day) = unfinished_of(&name)
            && day < today
        {
            old.push(entry.path());
        }
    }
    let newest = days.iter().map(|(day, _)| *day).max();
    let is_old = |day: NaiveDate| day < oldest && Some(day) != newest;
    old.extend(days.into_iter().filter(|(day, _)| is_old(*day)).map(|(_, path)| path));
    for path in &old {
        fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    Ok(old)
}

#[cfg(test)]
mod tests {
    use super::{day_of, name_of, remove_old};
    use chrono::Days;

    #[test]
    fn old_backups_go_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (gone, kept) = (
            [
                "guichet-2026-11-01.backup",
                "guichet-2026-11-07.backup",
                "guichet-2026-11-20.backup.x.part",
            ],
            [
                "guichet-2026-11-08.backup",
                "guichet-2026-11-22.backup",
                "guichet-2026-1-1.backup",
                "guichet-2026-11-22.backup.x.part",
                "other-2020-01-01.backup",
                "guichet.db",
            ],
        );
        for name in gone.iter().chain(&kept) {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        std::fs::create_dir(folder.path().join("guichet-2020-01-01.backup")).unwrap();
        let today = "2026-11-22".parse().unwrap();
        let mut removed = remove_old(folder.path(), today, Days::new(14)).unwrap();
        removed.sort();
        let expected: Vec<_> = gone.iter().map(|name| folder.path().join(name)).collect();
        assert_eq!(removed, expected);
        for name in kept {
            assert!(folder.path().join(name).exists(), "{name}");
        }
        // However old, the newest stays.
        let alone = tempfile::tempdir().unwrap();
        std::fs::write(alone.path().join("guichet-2020-01-01.backup"), "x").unwrap();
        assert!(remove_old(alone.path(), today, Days::new(1)).unwrap().is_empty());
        assert_eq!(day_of(&name_of(today)), Some(today));
    }
}
