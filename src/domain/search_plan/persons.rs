//! Whether the identifiers of a request are one person's, as far as the rows that they found say
//! so. Who proved to read an address proved nothing of a customer number given beside it: that may
//! be anybody's, and finds rows all the same (identity.md, V3). Which rows bear an identifier is for
//! the source to say, as it compares them: another reading of the same values would differ.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::identifiers::Identifiers;
use super::plan::{Condition, Wanted};
use crate::domain::inventory::map::{ConnectorKind, DataMap, FindBy, System, Table};
use crate::domain::inventory::matching::{Match, Matched};

/// What a source is asked of the rows of a table: which of them bear an identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearing {
    /// A place in [`named`].
    pub identifier: usize,
    /// Any of them is enough. Never empty.
    pub any: Vec<Condition>,
}

/// So many rows of a table bear these identifiers, and no other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Borne {
    /// Places in [`named`]; never empty.
    pub identifiers: Vec<usize>,
    pub rows: u64,
}

/// An identifier that rows are found by: of a pair, the values of its parts.
#[derive(Clone, PartialEq, Eq)]
pub struct Named {
    kind: String,
    values: Vec<String>,
}

/// Whether a request names two values of one kind: two addresses, two numbers. Names are no such
/// kind: people have several.
#[must_use]
pub fn are_doubled(identifiers: &Identifiers) -> bool {
    identifiers.kinds().any(|kind| kind != "name" && identifiers.of(kind).len() > 1)
}

/// The identifiers at hand that the map finds rows by, always in the same order. None where they
/// are doubled: nothing that a row bears would make them one person's.
#[must_use]
pub fn named(map: &DataMap, at_hand: &Identifiers) -> Vec<Named> {
    if are_doubled(at_hand) {
        return Vec::new();
    }
    let kinds: BTreeSet<&String> =
        searched(map).flat_map(|(_, table)| table.find_by.keys()).collect();
    let of_kind = |kind: &String| {
        let mut all = vec![Vec::new()];
        for part in kind.split('+') {
            let longer = |head: &Vec<String>| {
                let head = head.clone();
                let with = move |value: &String| [head.clone(), vec![value.clone()]].concat();
                at_hand.of(part).iter().map(with)
            };
            all = all.iter().flat_map(longer).collect();
        }
        all.into_iter().map(|values| Named { kind: kind.clone(), values }).collect::<Vec<_>>()
    };
    kinds.into_iter().flat_map(of_kind).collect()
}

/// How rows of a table show which of the identifiers they bear. Those of a table of contacts are
/// asked for everything that its person may be known by.
#[must_use]
pub fn bearings(map: &DataMap, system: &System, table: &Table, named: &[Named]) -> Vec<Bearing> {
    let country = map.controller.as_ref().and_then(|controller| controller.country.as_deref());
    let mut bearings = Vec::new();
    for (identifier, one) in named.iter().enumerate() {
        let columns = columns(map, system, table, &one.kind);
        let any = columns.iter().filter_map(|set| one.condition(set, country));
        let any: Vec<Condition> = any.collect();
        if !any.is_empty() {
            bearings.push(Bearing { identifier, any });
        }
    }
    bearings
}

impl Named {
    /// An identifier of a kind; of a pair, the values of its parts.
    #[must_use]
    pub fn new(kind: &str, values: Vec<String>) -> Self {
        Self { kind: kind.to_owned(), values }
    }

    /// Its kind, and its values.
    #[must_use]
    pub fn parts(&self) -> (&str, &[String]) {
        (&self.kind, &self.values)
    }

    /// Whether it is two things that agree in one row.
    #[must_use]
    pub fn is_pair(&self) -> bool {
        self.kind.contains('+')
    }

    fn condition(&self, columns: &[Matched], country: Option<&str>) -> Option<Condition> {
        let wanted = |(matched, value): (&Matched, &String)| {
            let (column, how) = (matched.column.clone(), matched.how);
            let values = how.forms(value, country);
            (!values.is_empty()).then_some(Wanted { column, how, values })
        };
        let all: Option<Vec<Wanted>> = columns.iter().zip(&self.values).map(wanted).collect();
        all.map(Condition::Identified)
    }
}

/// The sets of columns that an identifier of a kind stands in. All of a set must agree, as the
/// parts of `name+birth_date` do; any set is enough.
fn columns(map: &DataMap, system: &System, table: &Table, kind: &str) -> Vec<Vec<Matched>> {
    let own = |table: &Table| match table.find_by.get(kind) {
        Some(FindBy(columns)) if kind.contains('+') => vec![columns.clone()],
        Some(FindBy(columns)) => columns.iter().map(|column| vec![column.clone()]).collect(),
        None => Vec::new(),
    };
    let mut all = own(table);
    let Some(contact) = &table.contact else { return all };
    let on_file = match kind {
        "email" => &contact.email[..],
        "phone" => &contact.phone[..],
        _ => &[],
    };
    let how = Match::default_of(kind);
    all.extend(on_file.iter().map(|column| vec![Matched { column: column.clone(), how }]));
    // A number that another table knows this one's rows by is theirs where it is their key; any
    // other column that a way goes by may be somebody else's: a manager's, a partner's.
    let [key] = table.key.as_slice() else { return all };
    if kind.contains('+') {
        return all;
    }
    for (from, other) in searched(map) {
        let ways = other.reached_from.iter().filter(|way| {
            way.table == table.table && way.system.as_ref().unwrap_or(&from.name) == &system.name
        });
        let equal = ways.flat_map(|way| &way.on).filter(|(_, column)| *column == key);
        for (column, _) in equal {
            let known = own(other).into_iter().flatten().filter(|it| it.column == *column);
            all.extend(known.map(|it| vec![Matched { column: key.clone(), how: it.how }]));
        }
    }
    all
}

/// The tables that are searched by us: in a manual system a person does the finding.
fn searched(map: &DataMap) -> impl Iterator<Item = (&System, &Table)> {
    let searched = |system: &&System| system.connector != ConnectorKind::Manual;
    let systems = map.systems.iter().filter(searched);
    systems.flat_map(|system| system.tables.iter().map(move |table| (system, table)))
}

/// The identifiers of a request, joined where one row of contacts bears two of them. No other row
/// ties them: whoever writes a message, or fills in a form, may name anybody in it.
pub struct Persons {
    /// By identifier, the number of its person; none while it found nothing.
    person: Vec<Option<usize>>,
}

impl Persons {
    /// So many identifiers, of which nothing is known yet.
    #[must_use]
    pub fn new(identifiers: usize) -> Self {
        Self { person: vec![None; identifiers] }
    }

    /// Takes in what rows bear; those of a table of contacts tie it together.
    pub fn take(&mut self, borne: &Borne, ties: bool) {
        let mut person = None;
        for number in &borne.identifiers {
            let known = self.join(*number, person.filter(|_| ties));
            person = Some(known);
        }
    }

    /// Whether nothing ties together what was found.
    #[must_use]
    pub fn are_several(&self) -> bool {
        let persons: BTreeSet<usize> = self.person.iter().copied().flatten().collect();
        persons.len() > 1
    }

    /// Gives an identifier the person of the row that bears it, or else its own, and tells which.
    fn join(&mut self, number: usize, of_row: Option<usize>) -> usize {
        let known = self.person.get(number).copied().flatten();
        let person = of_row.or(known).unwrap_or(number);
        for (at, other) in self.person.iter_mut().enumerate() {
            if at == number || (known.is_some() && *other == known) {
                *other = Some(person);
            }
        }
        person
    }
}

#[cfg(test)]
mod tests {
    use super::{Borne, Persons, are_doubled, bearings, named};
    use crate::domain::inventory::parse::parse;
    use crate::domain::search_plan::identifiers::Identifiers;

    const MAP: &str = "
systems:
- name: shop
  connector: sqlite
  tables:
  - table: customers
    key: [id]
    find_by: {email: email, name+birth_date: [name, born]}
    contact: {email: email, phone: phone}
  - table: tickets
    find_by: {customer_no: no}
    reached_from: {table: customers, on: {no: id}}
  - table: staff
    find_by: {employee_no: no}
    reached_from: {table: customers, on: {no: manager}}
";

    fn at_hand(identifiers: &[(&str, &str)]) -> Identifiers {
        let mut at_hand = Identifiers::default();
        for (kind, value) in identifiers {
            at_hand.add(kind, value).unwrap();
        }
        at_hand
    }

    #[test]
    fn contacts_are_asked_for_all_that_their_person_is_known_by_and_for_nobody_elses() {
        let map = parse(MAP).unwrap().map;
        let identifiers = at_hand(&[
            ("birth_date", "1990-01-02"),
            ("customer_no", "7"),
            ("email", "zoe@example.org"),
            ("employee_no", "3"),
            ("name", "Zoe"),
        ]);
        let named = named(&map, &identifiers);
        assert_eq!(named.len(), 4, "a name alone finds nothing here");
        let system = map.system("shop").unwrap();
        for (table, expected) in [
            (
                "customers",
                "0 Identified(id exact ×1), 1 Identified(email ci ×1), \
             3 Identified(name exact ×1 and born exact ×1)",
            ),
            ("tickets", "0 Identified(no exact ×1)"),
            ("staff", "2 Identified(no exact ×1)"),
        ] {
            let asked = bearings(&map, system, system.table(table).unwrap(), &named);
            let told = asked.iter().map(|it| format!("{} {:?}", it.identifier, it.any[0]));
            assert_eq!(told.collect::<Vec<_>>().join(", "), expected, "{table}");
        }
    }

    #[test]
    fn two_values_of_one_kind_are_two_however_they_are_written() {
        for (identifiers, expected) in [
            (&[("email", "a@x.ie"), ("phone", "1")][..], false),
            (&[("name", "Zoe"), ("name", "Zoé")], false),
            (&[("email", "a@x.ie"), ("email", "b@x.ie")], true),
        ] {
            assert_eq!(are_doubled(&at_hand(identifiers)), expected, "{identifiers:?}");
        }
        let map = parse(MAP).unwrap().map;
        assert!(named(&map, &at_hand(&[("email", "a@x.ie"), ("email", "b@x.ie")])).is_empty());
    }

    #[test]
    fn only_a_row_of_contacts_ties_identifiers_together() {
        for (rows, expected) in [
            (&[][..], false),
            (&[(&[0][..], true)], false),
            (&[(&[0], true), (&[1], false)], true),
            (&[(&[0, 1], true), (&[1], false)], false),
            (&[(&[0, 1], false)], true),
            (&[(&[0, 1], true), (&[1, 2], true)], false),
            (&[(&[0, 1], true), (&[2], true)], true),
            (&[(&[2], true), (&[1], true), (&[1, 2], true)], false),
        ] {
            let mut persons = Persons::new(3);
            for (identifiers, ties) in rows {
                persons.take(&Borne { identifiers: identifiers.to_vec(), rows: 1 }, *ties);
            }
            assert_eq!(persons.are_several(), expected, "{rows:?}");
        }
    }
}
