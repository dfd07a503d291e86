//! Whether what was found belongs to one person (identity.md, V3): by what the sources said of the
//! rows when they were searched, and by the addresses among them.

use std::collections::BTreeMap;
use std::io;

use serde::Deserialize;

use super::{Files, Material};
use crate::db::searches::{SearchFile, SearchSystem};
use crate::domain::contact::{self, ContactRow};
use crate::domain::inventory::map::{Contact, DataMap, Table};
use crate::domain::row::Value;
use crate::domain::search_plan::persons::{Borne, Persons, are_doubled, named};
use crate::package::row_file::reader::RowFileReader;
use crate::workflow::sources::identifiers;
use crate::workflow::subject::Subject;

/// More rows of contacts than this are several people, whatever stands in them.
const MOST_ROWS: usize = 200;

/// What the record of a system's search says of whose its rows are, by table.
#[derive(Default, Deserialize)]
struct Searched {
    borne: Option<BTreeMap<String, Vec<Borne>>>,
}

/// Whether what the identifiers of a request found may be several people's: it names two values of
/// one kind, or nothing ties one identifier to the other, or the rows of contacts differ. Also what
/// is withheld counts: it was found by the same words. What a person answered for a manual system
/// that person has looked at; only the contacts among it count.
///
/// # Errors
/// What the row files report.
pub fn are_several(
    subject: &Subject,
    material: &Material,
    map: &DataMap,
    supply: &Files,
) -> io::Result<bool> {
    let at_hand = identifiers(subject);
    if are_doubled(&at_hand) {
        return Ok(true);
    }
    let named = named(map, &at_hand).len();
    let mut persons = Persons::new(named);
    let mut others: Vec<Borne> = Vec::new();
    let mut rows = Vec::new();
    for system in &material.systems {
        let is_manual = system.connector == "manual";
        let detail = system.detail.as_deref().map(serde_json::from_str::<Searched>);
        let borne = detail.and_then(Result::ok).unwrap_or_default().borne;
        for file in material.files.iter().filter(|file| file.system == system.system) {
            let Some(name) = &file.source_table else { continue };
            let newest = supply.newest(&file.system, name);
            let table = map.system(&file.system).and_then(|system| system.table(name));
            let Some(table) = table.filter(|_| newest.is_some_and(|it| it.file_id == file.file_id))
            else {
                continue;
            };
            let borne = borne.as_ref().and_then(|tables| tables.get(name));
            let found: u64 = borne.into_iter().flatten().map(|one| one.rows).sum();
            match &table.contact {
                // Found before sources were asked: nothing says whose it is.
                _ if borne.is_none() && !is_manual && named > 1 && file.row_count > 0 => {
                    return Ok(true);
                }
                None => others.extend(borne.into_iter().flatten().cloned()),
                // Whom the person's own record points to, such as a manager, is somebody else and
                // says so.
                Some(_) if borne.is_some() && found == 0 && is_pointed_to(map, system, table) => {}
                Some(_) if found > 1 => return Ok(true),
                Some(contact) => {
                    borne.into_iter().flatten().for_each(|one| persons.take(one, true));
                    read(file, contact, supply, &mut rows)?;
                }
            }
        }
    }
    others.iter().for_each(|one| persons.take(one, false));
    Ok(persons.are_several() || rows.len() > MOST_ROWS || contact::are_several(&rows))
}

/// Whether only tables of contacts lead to a table of contacts, and each to its key.
fn is_pointed_to(map: &DataMap, system: &SearchSystem, table: &Table) -> bool {
    let [key] = table.key.as_slice() else { return false };
    table.reached_from.iter().all(|way| {
        let from = map.system(way.system.as_ref().unwrap_or(&system.system));
        let from = from.and_then(|from| from.table(&way.table));
        from.is_some_and(|from| from.contact.is_some()) && way.on.keys().all(|own| own == key)
    })
}

/// Reads the addresses of a table of contacts, of no more rows than one person can have.
fn read(
    file: &SearchFile,
    contact: &Contact,
    supply: &Files,
    rows: &mut Vec<ContactRow>,
) -> io::Result<()> {
    let mut found = RowFileReader::open(supply.open(file.file_id)?)?;
    let place = |name: &String| found.columns().iter().position(|one| one.name == *name);
    let emails: Vec<usize> = contact.email.iter().filter_map(place).collect();
    let table = format!("{}.{}", file.system, found.table());
    while let Some(row) = found.next_row()?
        && rows.len() <= MOST_ROWS
    {
        let text = |place: &usize| match row.get(*place) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let emails = emails.iter().filter_map(text).collect();
        rows.push(ContactRow { table: table.clone(), emails, changed_at: None });
    }
    Ok(())
}
