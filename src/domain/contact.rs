//! Who is on file: what the contact columns of the connected systems make of it (identity.md).

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};

use super::named::named;
use super::subject::{email, name};

named! {
    /// What the look-up of a contact came to.
    OnFile {
        /// One address, wherever it stands.
        One = "one",
        /// Nobody, or nobody with an address.
        Nobody = "nobody",
        /// Several people, or an address that differs between systems: a person decides.
        Several = "several",
        /// A system did not answer: nobody knows.
        Unanswered = "unanswered",
    }
}

named! {
    /// Why what is on file proves nothing, and is written to no more (identity.md).
    Condition {
        /// Somebody else reads it: a former partner, for one.
        Unsafe = "unsafe",
        /// Several people read it.
        Shared = "shared",
        /// The person reads it no more.
        Stale = "stale",
        /// The person's employer can read it.
        Employer = "employer",
    }
}

/// How long a changed contact is too new to be relied on alone.
const TOO_NEW: Duration = Duration::days(30);

/// The contact columns of one row that the identifiers found.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactRow {
    /// The system and the table that it stands in.
    pub table: String,
    /// As they are stored. What is sent goes there, never to what somebody supplied.
    pub emails: Vec<String>,
    pub changed_at: Option<DateTime<Utc>>,
    /// What the row calls its person; empty where names are not read, as before anybody is known.
    pub name: String,
}

/// The one address on file.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    pub email: String,
    pub changed_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contact([redacted])")
    }
}

/// What the rows of all systems make of it: one address in all of them, or a person decides.
#[must_use]
pub fn on_file(rows: &[ContactRow]) -> (OnFile, Option<Contact>) {
    if are_several(rows) {
        return (OnFile::Several, None);
    }
    let mut found: Option<(String, Contact)> = None;
    for row in rows {
        for stored in row.emails.iter().map(|it| it.trim()).filter(|it| !it.is_empty()) {
            // What is no address at all agrees with nothing.
            let Ok(normalised) = email::normalised(stored) else {
                return (OnFile::Several, None);
            };
            match &mut found {
                Some((known, _)) if *known != normalised => return (OnFile::Several, None),
                Some((_, contact)) => contact.changed_at = contact.changed_at.max(row.changed_at),
                None => {
                    let contact = Contact { email: stored.to_owned(), changed_at: row.changed_at };
                    found = Some((normalised, contact));
                }
            }
        }
    }
    found.map_or((OnFile::Nobody, None), |(_, contact)| (OnFile::One, Some(contact)))
}

/// Whether rows of contacts belong to several people. A table of contacts has one row a person: two
/// rows of one table are two people, also where they share an address (a household, a desk), and so
/// are two rows whose addresses have none in common, or whose names do not agree. A row without an
/// address or a name says nothing of that.
#[must_use]
pub fn are_several(rows: &[ContactRow]) -> bool {
    let addresses = |row: &ContactRow| -> BTreeSet<String> {
        row.emails.iter().filter_map(|stored| email::normalised(stored.trim()).ok()).collect()
    };
    rows.iter().enumerate().any(|(number, row)| {
        let own = addresses(row);
        rows.iter().take(number).any(|other| {
            let others = addresses(other);
            let differ = !own.is_empty() && !others.is_empty() && own.is_disjoint(&others);
            other.table == row.table || differ || !name::agree(&row.name, &other.name)
        })
    })
}

/// Whether a row is called otherwise than the person who is asked for, by any of their names: who
/// reads a mailbox, or knows a number, may be somebody else of the same household.
#[must_use]
pub fn is_called_otherwise(rows: &[ContactRow], names: &[String]) -> bool {
    let agrees = |row: &ContactRow| names.iter().any(|name| name::agree(name, &row.name));
    !names.is_empty() && !rows.iter().all(agrees)
}

/// Whether a contact was changed so lately that it proves less (V2 is needed then): who took over
/// an account changes its address first.
#[must_use]
pub fn is_too_new(changed_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    changed_at.is_some_and(|changed_at| now - changed_at < TOO_NEW)
}

/// What is kept of the address or the number that matched: at most four characters, before the @ where
/// there is one, and never more than half of them (identity.md).
#[must_use]
pub fn last_of(address: &str) -> String {
    let name: Vec<char> = address.split('@').next().unwrap_or_default().trim().chars().collect();
    let kept = (name.len() / 2).min(4);
    name.iter().skip(name.len() - kept).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        ContactRow, OnFile, are_several, is_called_otherwise, is_too_new, last_of, on_file,
    };
    use chrono::{DateTime, Utc};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// A row of a table of its own.
    fn row(emails: &[&str], changed_at: Option<&str>) -> ContactRow {
        let table = format!("{emails:?} {changed_at:?}");
        let emails = emails.iter().map(|it| (*it).to_owned()).collect();
        ContactRow { table, emails, changed_at: changed_at.map(at), name: String::new() }
    }

    fn called(name: &str, row: &ContactRow) -> ContactRow {
        ContactRow { name: name.to_owned(), ..row.clone() }
    }

    #[test]
    fn s_02_s_03_s_13_one_address_wherever_it_stands_is_a_contact_and_nothing_else_is() {
        let zoe = row(&["Zoe@Example.org"], None);
        for (rows, expected, address) in [
            (vec![], OnFile::Nobody, None),
            (vec![row(&[], None), row(&["", "  "], None)], OnFile::Nobody, None),
            (vec![zoe.clone()], OnFile::One, Some("Zoe@Example.org")),
            (
                vec![zoe.clone(), row(&["zoe@example.org"], None)],
                OnFile::One,
                Some("Zoe@Example.org"),
            ),
            // S-03: a plus address is another address.
            (vec![zoe.clone(), row(&["zoe+x@example.org"], None)], OnFile::Several, None),
            // S-02: so is one that only looks the same.
            (vec![zoe.clone(), row(&["zоe@example.org"], None)], OnFile::Several, None),
            (vec![row(&["zoe@example.org", "old@example.org"], None)], OnFile::Several, None),
            (vec![row(&["not an address"], None)], OnFile::Several, None),
            // S-13: two rows of one table share an address.
            (vec![zoe.clone(), zoe.clone()], OnFile::Several, None),
        ] {
            let (outcome, contact) = on_file(&rows);
            assert_eq!(
                (outcome, contact.as_ref().map(|it| it.email.as_str())),
                (expected, address)
            );
        }
    }

    #[test]
    fn people_are_told_apart_by_their_rows_and_their_addresses() {
        let zoe = row(&["Zoe@Example.org"], None);
        let two = |other: &[&str]| vec![zoe.clone(), row(other, None)];
        for (rows, expected) in [
            (vec![], false),
            (vec![zoe.clone()], false),
            (two(&["zoe@example.org"]), false),
            (two(&["old@example.org", "zoe@example.org"]), false),
            (two(&[""]), false),
            (two(&["not an address"]), false),
            (two(&["gael@example.org"]), true),
            (vec![zoe.clone(), zoe.clone()], true),
            (vec![called("Zoé Canari", &zoe), row(&["zoe@example.org"], None)], false),
            (
                vec![
                    called("Zoé Canari", &zoe),
                    called("CANARI Zoe", &row(&["zoe@example.org"], None)),
                ],
                false,
            ),
            // A couple with one mailbox.
            (
                vec![
                    called("Zoé Canari", &zoe),
                    called("Gaël Canari", &row(&["zoe@example.org"], None)),
                ],
                true,
            ),
        ] {
            assert_eq!(are_several(&rows), expected);
        }
    }

    #[test]
    fn a_row_that_is_called_otherwise_may_be_somebody_elses() {
        let zoe = [called("Zoé Canari", &row(&["zoe@example.org"], None))];
        for (names, expected) in [
            (&[][..], false),
            (&["Zoé Canari"], false),
            (&["Zoé Martin", "Zoé Canari"], false),
            (&["Gaël Canari"], true),
        ] {
            let names: Vec<String> = names.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!(is_called_otherwise(&zoe, &names), expected, "{names:?}");
            assert!(!is_called_otherwise(&[], &names));
        }
    }

    #[test]
    fn s_18_a_contact_that_was_changed_lately_proves_less() {
        let older = row(&["zoe@example.org"], Some("2026-01-01T00:00:00Z"));
        let newer = row(&["zoe@example.org"], Some("2026-11-01T00:00:00Z"));
        let (_, contact) = on_file(&[newer, older]);
        let contact = contact.unwrap();
        assert_eq!(contact.changed_at, Some(at("2026-11-01T00:00:00Z")));
        assert_eq!(format!("{contact:?}"), "Contact([redacted])");
        for (now, expected) in [
            ("2026-11-30T23:59:59Z", true),
            ("2026-12-01T00:00:00Z", false),
            ("2026-10-31T00:00:00Z", true),
        ] {
            assert_eq!(is_too_new(contact.changed_at, at(now)), expected, "{now}");
        }
        assert!(!is_too_new(None, at("2026-12-01T00:00:00Z")));
    }

    #[test]
    fn no_more_than_four_characters_and_half_of_the_name_are_kept() {
        for (address, kept) in [
            ("zoe.canari@example.org", "nari"),
            ("zoe@example.org", "e"),
            ("z@example.org", ""),
            ("élodie@example.org", "die"),
            ("@example.org", ""),
            ("C-004711", "4711"),
        ] {
            assert_eq!(last_of(address), kept, "{address}");
        }
    }
}
