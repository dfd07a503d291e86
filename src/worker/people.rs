//! Whether what was found belongs to one person (identity.md, V3): by what the sources said of the
//! rows when they were searched, and by the addresses and names among them.

use std::collections::BTreeMap;
use std::io;

use serde::Deserialize;

use super::found_files::FoundFiles;
use crate::db::searches::{SearchFile, SearchSystem};
use crate::domain::contact::{self, ContactRow};
use crate::domain::inventory::map::{ColumnRule, Contact, DataMap, Table};
use crate::domain::row::Value;
use crate::domain::search_plan::persons::{Borne, Named, Persons, are_doubled, named};
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

/// A row file of the newest search, with its table, and what the source said of whose its rows are.
struct Found<'a> {
    file: &'a SearchFile,
    table: &'a Table,
    is_manual: bool,
    borne: Option<Vec<Borne>>,
}

/// Whether what the identifiers of a request found may be several people's: it names two values of
/// one kind, or nothing ties one identifier to the other, or the rows of contacts differ or are called
/// otherwise than the request says, or one value alone found everything. Also what is withheld counts:
/// it was found by the same words. What a person answered for a manual system that person has looked
/// at; only the contacts among it count.
///
/// # Errors
/// What the row files report.
pub fn are_several(
    subject: &Subject,
    systems: &[SearchSystem],
    map: &DataMap,
    supply: &FoundFiles,
) -> io::Result<bool> {
    let at_hand = identifiers(subject);
    if are_doubled(&at_hand) {
        return Ok(true);
    }
    let all = named(map, &at_hand);
    let named = all.len();
    let found = newest(systems, map, supply);
    if is_by_one_value(&found, &all) {
        return Ok(true);
    }
    if found.iter().any(|found| found.is_untold(named) || found.has_several_contacts(map)) {
        return Ok(true);
    }
    let rows = addresses(&found, map, supply)?;
    let is_crowd = rows.len() > MOST_ROWS || contact::are_several(&rows);
    let is_mismatch = contact::is_called_otherwise(&rows, at_hand.of("name"));
    Ok(is_crowd || is_mismatch || are_apart(&found, named, map))
}

/// The row files of the newest search of each table that the map knows.
fn newest<'a>(
    systems: &'a [SearchSystem],
    map: &'a DataMap,
    supply: &'a FoundFiles,
) -> Vec<Found<'a>> {
    let mut all = Vec::new();
    for system in systems {
        let is_manual = system.connector == "manual";
        let detail = system.detail.as_deref().map(serde_json::from_str::<Searched>);
        let borne = detail.and_then(Result::ok).unwrap_or_default().borne;
        for file in supply.files.iter().filter(|file| file.system == system.system) {
            let Some(name) = &file.source_table else { continue };
            let is_newest =
                supply.newest(&file.system, name).is_some_and(|it| it.file_id == file.file_id);
            let table = map.system(&file.system).and_then(|system| system.table(name));
            let Some(table) = table.filter(|_| is_newest) else { continue };
            let borne = borne.as_ref().and_then(|tables| tables.get(name)).cloned();
            all.push(Found { file, table, is_manual, borne });
        }
    }
    all
}

/// Whether everything that sources found was found by one value, which stands in no row of contacts:
/// found is who is one unique contact, or where two things agree (identity.md). A name alone, or an
/// address of a list of visitors, may be anybody's.
fn is_by_one_value(found: &[Found<'_>], named: &[Named]) -> bool {
    let is_pair = |at: &usize| named.get(*at).is_some_and(Named::is_pair);
    let agrees = |one: &Borne| one.identifiers.len() > 1 || one.identifiers.iter().any(is_pair);
    let is_unique = |found: &&Found<'_>| {
        found.table.contact.is_some() || found.borne.iter().flatten().any(agrees)
    };
    let mut found = found.iter().filter(|found| !found.is_manual && found.rows() > 0).peekable();
    found.peek().is_some() && found.find(is_unique).is_none()
}

/// Whether rows of contacts, and then the others, tie no identifier to another.
fn are_apart(found: &[Found<'_>], named: usize, map: &DataMap) -> bool {
    let mut persons = Persons::new(named);
    let is_contact = |found: &&Found<'_>| found.table.contact.is_some();
    for one in found.iter().filter(is_contact).filter(|found| !found.is_elsewhere(map)) {
        one.borne.iter().flatten().for_each(|borne| persons.take(borne, true));
    }
    for one in found.iter().filter(|found| !is_contact(found)) {
        one.borne.iter().flatten().for_each(|borne| persons.take(borne, false));
    }
    persons.are_several()
}

/// The addresses among the rows of contacts; more rows than one person has are several people's.
fn addresses(
    found: &[Found<'_>],
    map: &DataMap,
    supply: &FoundFiles,
) -> io::Result<Vec<ContactRow>> {
    let mut rows = Vec::new();
    for one in found.iter().filter(|found| !found.is_elsewhere(map)) {
        if let Some(contact) = &one.table.contact {
            read(one, contact, supply, &mut rows)?;
        }
    }
    Ok(rows)
}

impl Found<'_> {
    /// How many rows bear an identifier.
    fn rows(&self) -> u64 {
        self.borne.iter().flatten().map(|one| one.rows).sum()
    }

    /// Found before sources were asked: nothing says whose it is.
    fn is_untold(&self, named: usize) -> bool {
        self.borne.is_none() && !self.is_manual && named > 1 && self.file.row_count > 0
    }

    fn has_several_contacts(&self, map: &DataMap) -> bool {
        self.table.contact.is_some() && self.rows() > 1 && !self.is_elsewhere(map)
    }

    /// Whom the person's own record points to, such as a manager, is somebody else and says so.
    fn is_elsewhere(&self, map: &DataMap) -> bool {
        let is_asked = self.table.contact.is_some() && self.borne.is_some();
        is_asked && self.rows() == 0 && is_pointed_to(map, &self.file.system, self.table)
    }
}

/// Whether only tables of contacts lead to a table of contacts, and each to its key.
fn is_pointed_to(map: &DataMap, system: &str, table: &Table) -> bool {
    let [key] = table.key.as_slice() else { return false };
    table.reached_from.iter().all(|way| {
        let from = map.system(way.system.as_deref().unwrap_or(system));
        let from = from.and_then(|from| from.table(&way.table));
        from.is_some_and(|from| from.contact.is_some()) && way.on.keys().all(|own| own == key)
    })
}

/// Reads the addresses and names of a table of contacts, of no more rows than one person can have.
fn read(
    one: &Found<'_>,
    contact: &Contact,
    supply: &FoundFiles,
    rows: &mut Vec<ContactRow>,
) -> io::Result<()> {
    let mut found = RowFileReader::open(supply.open(one.file.file_id)?)?;
    let place = |name: &String| found.columns().iter().position(|one| one.name == *name);
    let emails: Vec<usize> = contact.email.iter().filter_map(place).collect();
    let is_name = |name: &str| one.table.columns.get(name).is_some_and(ColumnRule::is_name);
    let names = found.columns().iter().enumerate().filter(|(_, column)| is_name(&column.name));
    let names: Vec<usize> = names.map(|(at, _)| at).collect();
    let table = format!("{}.{}", one.file.system, found.table());
    while let Some(row) = found.next_row()?
        && rows.len() <= MOST_ROWS
    {
        let text = |place: &usize| match row.get(*place) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let emails = emails.iter().filter_map(text).collect();
        let name: Vec<String> = names.iter().filter_map(text).collect();
        let (table, name) = (table.clone(), name.join(" "));
        rows.push(ContactRow { table, emails, changed_at: None, name });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_pointed_to;
    use crate::domain::inventory::parse::parse;

    #[test]
    fn only_contacts_that_contacts_lead_to_by_their_key_are_somebody_else() {
        let contact = "contact: { email: mail }";
        let by_key = "reached_from: { table: people, on: { no: manager } }";
        let by_other = "reached_from: { table: people, on: { mail: mail } }";
        let by_both = "reached_from: { table: people, on: { no: manager, mail: mail } }";
        let from_papers = "reached_from: { table: papers, on: { no: manager } }";
        let elsewhere = "reached_from: { system: crm, table: cards, on: { no: holder } }";
        for (people, key, way, expected) in [
            (contact, "key: [no]", by_key, true),
            // People who are no contacts say nothing of whom they point to.
            ("", "key: [no]", by_key, false),
            // A column that is no key may be shared.
            (contact, "key: [no]", by_other, false),
            (contact, "key: [no]", by_both, false),
            (contact, "key: [no, mail]", by_key, false),
            (contact, "", by_key, false),
            (contact, "key: [no]", from_papers, false),
            (contact, "key: [no]", elsewhere, true),
        ] {
            let map = format!(
                "controller: {{ name: M, country: FR, contact: a@b.example }}
systems:
  - name: shop
    connector: sqlite
    tables:
      - table: people
        find_by: {{ email: mail }}
        basis: contract
        {people}
      - table: papers
        find_by: {{ email: mail }}
        basis: contract
      - table: staff
        {key}
        {way}
        basis: contract
        contact: {{ email: mail }}
  - name: crm
    connector: sqlite
    tables:
      - table: cards
        find_by: {{ email: mail }}
        basis: contract
        contact: {{ email: mail }}
"
            );
            let map = parse(&map).unwrap().map;
            let staff = map.system("shop").and_then(|system| system.table("staff")).unwrap();
            assert_eq!(is_pointed_to(&map, "shop", staff), expected, "{people} {key} {way}");
        }
    }
}
