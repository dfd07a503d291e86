//! Whether what was found belongs to one person, as far as the rows show it (identity.md, V3).

use std::collections::BTreeSet;
use std::io::{self, Read};

use super::{Files, Material};
use crate::db::searches::SearchFile;
use crate::domain::contact::{self, ContactRow};
use crate::domain::inventory::map::{Contact, DataMap, Table};
use crate::domain::row::Value;
use crate::domain::search_plan::persons::Persons;
use crate::package::row_file::reader::RowFileReader;
use crate::workflow::intake::Subject;
use crate::workflow::sources::identifiers;

/// More rows of contacts than this are several people, whatever stands in them.
const MOST_ROWS: usize = 200;

/// Whether what the identifiers of a request found may be several people's: it names two values of
/// one kind, or the rows of contacts differ, or nothing ties one identifier to the other. Also what
/// is withheld counts: it was found by the same words.
///
/// # Errors
/// What the row files report.
pub fn are_several(
    subject: &Subject,
    material: &Material,
    map: &DataMap,
    supply: &Files,
) -> io::Result<bool> {
    let kinds: BTreeSet<&str> = subject.identifiers.iter().map(|it| it.kind.as_str()).collect();
    if kinds.len() < subject.identifiers.len() {
        return Ok(true);
    }
    let mut tables = Vec::new();
    for file in &material.files {
        let Some(name) = &file.source_table else { continue };
        let newest = supply.newest(&file.system, name);
        let table = map.system(&file.system).and_then(|system| system.table(name));
        if newest.is_some_and(|newest| newest.file_id == file.file_id) {
            tables.extend(table.map(|table| (file, table)));
        }
    }
    let mut persons = Persons::new(map, &identifiers(subject));
    let (contacts, others): (Vec<_>, Vec<_>) =
        tables.into_iter().partition(|(_, table)| table.contact.is_some());
    let mut rows = Vec::new();
    for (file, table) in contacts {
        read(file, table, supply, (&mut persons, &mut rows))?;
        if rows.len() > MOST_ROWS {
            return Ok(true);
        }
    }
    if contact::are_several(&rows) {
        return Ok(true);
    }
    for (file, table) in others {
        if persons.are_one() || persons.are_several() {
            break;
        }
        read(file, table, supply, (&mut persons, &mut rows))?;
    }
    Ok(persons.are_several())
}

/// Reads the rows of a table, and of a table of contacts no more than one person can have.
fn read(
    file: &SearchFile,
    table: &Table,
    supply: &Files,
    (persons, rows): (&mut Persons<'_>, &mut Vec<ContactRow>),
) -> io::Result<()> {
    let mut found = RowFileReader::open(supply.open(file.file_id)?)?;
    let reading = persons.reading(&file.system, table, found.columns());
    let emails = table.contact.as_ref().map(|contact| places(&found, contact));
    if reading.is_none() && emails.is_none() {
        return Ok(());
    }
    while let Some(row) = found.next_row()? {
        if let Some(reading) = &reading {
            persons.take(reading, row);
        }
        if let Some(emails) = &emails {
            let text = |place: &usize| match row.get(*place) {
                Some(Value::Text(text)) => Some(text.clone()),
                _ => None,
            };
            rows.push(ContactRow {
                table: format!("{}.{}", file.system, table.table),
                emails: emails.iter().filter_map(text).collect(),
                changed_at: None,
            });
            if rows.len() > MOST_ROWS {
                break;
            }
        }
    }
    Ok(())
}

/// Where the addresses of a table of contacts stand.
fn places(found: &RowFileReader<impl Read>, contact: &Contact) -> Vec<usize> {
    let place = |name: &String| found.columns().iter().position(|one| one.name == *name);
    contact.email.iter().filter_map(place).collect()
}
