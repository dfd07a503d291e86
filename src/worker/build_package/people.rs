//! Whether what was found belongs to one person, by the tables of contacts among it.

use std::collections::BTreeSet;
use std::io;

use super::{Files, Material};
use crate::domain::contact::{self, ContactRow};
use crate::domain::inventory::map::DataMap;
use crate::domain::row::Value;
use crate::package::row_file::reader::RowFileReader;
use crate::workflow::intake::Subject;

/// More rows of contacts than this are several people, whatever stands in them.
const MOST_ROWS: usize = 200;

/// Whether a request names two values of one kind: two addresses, two numbers. What proves the one
/// proves nothing of the other, which may be anybody's, and finds rows all the same.
#[must_use]
pub fn are_named(subject: &Subject) -> bool {
    let kinds: BTreeSet<&str> = subject.identifiers.iter().map(|it| it.kind.as_str()).collect();
    kinds.len() < subject.identifiers.len()
}

/// Whether the rows of contacts belong to several people, or to one whose contacts differ. Also what
/// is withheld counts: it was found by the same words.
///
/// # Errors
/// What the row files report.
pub fn are_several(material: &Material, map: &DataMap, supply: &Files) -> io::Result<bool> {
    let mut rows = Vec::new();
    for file in &material.files {
        let Some(name) = &file.source_table else { continue };
        let table = map.system(&file.system).and_then(|system| system.table(name));
        let newest = supply.newest(&file.system, name);
        let Some(contact) = table.and_then(|table| table.contact.as_ref()) else { continue };
        if newest.is_none_or(|newest| newest.file_id != file.file_id) {
            continue;
        }
        let mut found = RowFileReader::open(supply.open(file.file_id)?)?;
        let place = |name: &String| found.columns().iter().position(|one| one.name == *name);
        let emails: Vec<usize> = contact.email.iter().filter_map(place).collect();
        while let Some(row) = found.next_row()? {
            let text = |place: &usize| match row.get(*place) {
                Some(Value::Text(text)) => Some(text.clone()),
                _ => None,
            };
            rows.push(ContactRow {
                table: format!("{}.{name}", file.system),
                emails: emails.iter().filter_map(text).collect(),
                changed_at: None,
            });
            if rows.len() > MOST_ROWS {
                return Ok(true);
            }
        }
    }
    Ok(contact::are_several(&rows))
}
