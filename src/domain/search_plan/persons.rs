//! Whether the identifiers of a request are one person's, as far as the rows that they found say
//! so. Who proved to read an address proved nothing of a customer number given beside it: that may
//! be anybody's, and finds rows all the same (identity.md, V3).

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::identifiers::Identifiers;
use crate::domain::inventory::map::{ConnectorKind, DataMap, FindBy, System, Table};
use crate::domain::inventory::matching::{Match, Matched, folded};
use crate::domain::row::{Column, Value};

/// System and table.
type Name<'a> = (&'a str, &'a str);

/// By table, the columns in which an identifier of a kind stands. All of a set must agree, as the
/// parts of `name+birth_date` do; any set is enough.
type Bearers<'a> = BTreeMap<Name<'a>, BTreeSet<(String, Vec<Matched>)>>;

/// The identifiers of a request, joined where one row of contacts bears two of them. No other row
/// ties them: whoever writes a message, or fills in a form, may name anybody in it.
pub struct Persons<'a> {
    country: Option<&'a str>,
    bearers: Bearers<'a>,
    /// Kind and value; of a pair, the values of its parts.
    identifiers: Vec<(String, Vec<String>)>,
    /// By identifier, the number of its person; none while it found nothing.
    person: Vec<Option<usize>>,
    /// Whether a row was found that shows by nothing whose it is.
    strange: bool,
}

/// How the rows of one table are read: by identifier, the places of its columns.
pub struct Reading {
    sought: Vec<(usize, Vec<(usize, Match)>)>,
    /// Whether its rows are those of a person's contacts.
    ties: bool,
    /// Whether nothing but an identifier leads to it.
    is_direct: bool,
}

impl<'a> Persons<'a> {
    /// The identifiers of a request, of which nothing is known yet.
    #[must_use]
    pub fn new(map: &'a DataMap, at_hand: &Identifiers) -> Self {
        let bearers = bearers(map);
        let kinds: BTreeSet<&String> = bearers.values().flatten().map(|(kind, _)| kind).collect();
        let identifiers: Vec<_> = kinds.into_iter().flat_map(|kind| named(kind, at_hand)).collect();
        Self {
            country: map.controller.as_ref().and_then(|controller| controller.country.as_deref()),
            person: vec![None; identifiers.len()],
            bearers,
            identifiers,
            strange: false,
        }
    }

    /// How the rows of a table are read; nothing where they can tell nothing. Tables of contacts
    /// are read first.
    #[must_use]
    pub fn reading(&self, system: &str, table: &Table, columns: &[Column]) -> Option<Reading> {
        let bearers = self.bearers.get(&(system, table.table.as_str()))?;
        let place = |matched: &Matched| {
            let place = columns.iter().position(|column| column.name == matched.column)?;
            Some((place, matched.how))
        };
        let mut sought = Vec::new();
        for (kind, set) in bearers {
            let Some(places) = set.iter().map(place).collect::<Option<Vec<_>>>() else { continue };
            let numbers =
                self.identifiers.iter().enumerate().filter(|(_, (known, _))| known == kind);
            sought.extend(numbers.map(|(number, _)| (number, places.clone())));
        }
        let (ties, is_direct) = (table.contact.is_some(), table.reached_from.is_empty());
        Some(Reading { sought, ties, is_direct })
    }

    /// Takes in a row that was found.
    pub fn take(&mut self, reading: &Reading, row: &[Value]) {
        let (mut shown, mut person) = (false, None);
        for (number, places) in &reading.sought {
            if self.bears(row, *number, places) {
                let known = self.join(*number, person.filter(|_| reading.ties));
                (shown, person) = (true, Some(known));
            }
        }
        self.strange |= !shown && reading.is_direct;
    }

    /// Whether no further row can make several of them.
    #[must_use]
    pub fn are_one(&self) -> bool {
        let first = self.person.first().copied().flatten();
        self.person.len() < 2 || (first.is_some() && self.person.iter().all(|it| *it == first))
    }

    /// Whether nothing ties together what was found.
    #[must_use]
    pub fn are_several(&self) -> bool {
        let persons: BTreeSet<usize> = self.person.iter().copied().flatten().collect();
        !self.are_one() && (self.strange || persons.len() > 1)
    }

    fn bears(&self, row: &[Value], number: usize, places: &[(usize, Match)]) -> bool {
        let Some((_, values)) = self.identifiers.get(number) else { return false };
        let holds = |(value, (place, how)): (&String, &(usize, Match))| {
            row.get(*place).is_some_and(|found| holds(found, *how, value, self.country))
        };
        values.iter().zip(places).all(holds)
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

/// The identifiers of a kind that are at hand; of a pair, each with each.
fn named(kind: &str, at_hand: &Identifiers) -> Vec<(String, Vec<String>)> {
    let mut all = vec![Vec::new()];
    for part in kind.split('+') {
        let longer = |head: &Vec<String>| {
            let head = head.clone();
            at_hand.of(part).iter().map(move |value| [head.clone(), vec![value.clone()]].concat())
        };
        all = all.iter().flat_map(longer).collect();
    }
    all.into_iter().map(|values| (kind.to_owned(), values)).collect()
}

/// The tables that are searched by us: in a manual system a person does the finding.
fn tables(map: &DataMap) -> impl Iterator<Item = (Name<'_>, &Table)> {
    let searched = |system: &&System| system.connector != ConnectorKind::Manual;
    map.systems.iter().filter(searched).flat_map(|system| {
        let name = system.name.as_str();
        system.tables.iter().map(move |table| ((name, table.table.as_str()), table))
    })
}

/// Where identifiers stand: in the columns that a table is found by, in its contacts, and in each
/// column that a way says to be equal to one of these.
fn bearers(map: &DataMap) -> Bearers<'_> {
    let mut bearers = Bearers::new();
    for (name, table) in tables(map) {
        let own = bearers.entry(name).or_default();
        for (kind, FindBy(columns)) in &table.find_by {
            if kind.contains('+') {
                own.insert((kind.clone(), columns.clone()));
            } else {
                own.extend(columns.iter().map(|column| (kind.clone(), vec![column.clone()])));
            }
        }
        let contact = table.contact.as_ref();
        for (kind, columns) in
            contact.iter().flat_map(|it| [("email", &it.email), ("phone", &it.phone)])
        {
            let matched =
                |column: &String| Matched { column: column.clone(), how: Match::default_of(kind) };
            own.extend(columns.iter().map(|column| (kind.to_owned(), vec![matched(column)])));
        }
    }
    while spread(map, &mut bearers) {}
    bearers
}

/// Carries kinds over each way, in both directions, and tells whether any was new.
fn spread<'a>(map: &'a DataMap, bearers: &mut Bearers<'a>) -> bool {
    let mut new = Vec::new();
    for (name, table) in tables(map) {
        for way in &table.reached_from {
            let from = (way.system.as_deref().unwrap_or(name.0), way.table.as_str());
            let pairs = way.on.iter().flat_map(|(own, other)| {
                [((name, own), (from, other)), ((from, other), (name, own))]
            });
            for ((of, column), (to, equal)) in pairs {
                let kinds = bearers.get(&of).into_iter().flatten();
                for (kind, set) in kinds {
                    let [matched] = set.as_slice() else { continue };
                    if matched.column == *column {
                        let matched = Matched { column: equal.clone(), how: matched.how };
                        new.push((to, (kind.clone(), vec![matched])));
                    }
                }
            }
        }
    }
    let add = |(name, bearer)| bearers.get_mut(&name).is_some_and(|own| own.insert(bearer));
    new.into_iter().map(add).fold(false, |any, one| any | one)
}

/// Whether a value that was found is the identifier, as the sources compare them.
fn holds(found: &Value, how: Match, value: &str, country: Option<&str>) -> bool {
    let (Value::Text(text) | Value::Number(text)) = found else { return false };
    let forms = how.forms(value, country);
    match how {
        Match::Exact => forms.iter().any(|form| text == form || is_same(text, form)),
        Match::Ci => forms.contains(&folded(text)),
        Match::Digits => forms.contains(&text.chars().filter(char::is_ascii_digit).collect()),
    }
}

/// Numbers and UUIDs are compared as such: `007` finds 7.
fn is_same(found: &str, form: &str) -> bool {
    fn read<T: std::str::FromStr>(text: &str) -> Option<T> {
        text.parse().ok()
    }
    let numbers = read::<i128>(found).zip(read::<i128>(form));
    let ids = read::<Uuid>(found).zip(read::<Uuid>(form));
    numbers.is_some_and(|(one, other)| one == other) || ids.is_some_and(|(one, other)| one == other)
}

#[cfg(test)]
mod tests {
    use super::Persons;
    use crate::domain::inventory::parse::parse;
    use crate::domain::row::{Column, Value, ValueKind};
    use crate::domain::search_plan::identifiers::Identifiers;

    const MAP: &str = "
systems:
- name: shop
  connector: sqlite
  tables:
  - table: customers
    find_by: {email: email, name+birth_date: [name, born]}
    contact: {email: email, phone: phone}
  - table: tickets
    find_by: {customer_no: no}
    reached_from: {table: customers, on: {no: id}}
  - table: letters
    find_by: {email: [sender, receiver], customer_no: no}
";

    /// Whether the rows (table, `column=value …`) found by the identifiers are several people's.
    fn several(identifiers: &[(&str, &str)], rows: &[(&str, &str)]) -> bool {
        let map = parse(MAP).unwrap().map;
        let mut at_hand = Identifiers::default();
        for (kind, value) in identifiers {
            at_hand.add(kind, value).unwrap();
        }
        let mut persons = Persons::new(&map, &at_hand);
        for (table, row) in rows {
            let row: Vec<(&str, &str)> =
                row.split(' ').filter_map(|it| it.split_once('=')).collect();
            let column = |(name, _): &(&str, &str)| Column {
                name: (*name).to_owned(),
                kind: ValueKind::Text,
            };
            let columns: Vec<Column> = row.iter().map(column).collect();
            let values: Vec<Value> =
                row.iter().map(|(_, value)| Value::Text((*value).to_owned())).collect();
            let table = map.system("shop").unwrap().table(table).unwrap();
            let reading = persons.reading("shop", table, &columns).unwrap();
            persons.take(&reading, &values);
        }
        persons.are_several()
    }

    #[test]
    fn identifiers_are_one_persons_where_a_row_of_contacts_bears_them() {
        let both = [("email", "Zoe@example.org"), ("customer_no", "7")];
        let zoe = ("customers", "id=7 email=zoe@example.org phone=x");
        for (rows, expected) in [
            (vec![], false),
            (vec![zoe], false),
            (vec![zoe, ("tickets", "no=07")], false),
            (vec![("customers", "id=8 email=zoe@example.org"), ("tickets", "no=7")], true),
            (vec![("letters", "sender=zoe@example.org no=7")], true),
            (vec![("letters", "sender=zoe@example.org no=8")], false),
            // Found, and nothing shows by what.
            (vec![("letters", "sender=x no=8")], true),
            // Found through a row of contacts, whatever it holds.
            (vec![("customers", "id=8 email=zoe@example.org"), ("tickets", "no=8")], false),
        ] {
            assert_eq!(several(&both, &rows), expected, "{rows:?}");
        }
        assert!(!several(&both[1..], &[("letters", "sender=x no=8")]));
    }

    #[test]
    fn a_pair_is_one_identifier_and_the_number_on_file_is_known_in_every_form() {
        let pair = [("email", "zoe@example.org"), ("name", "Zoe"), ("birth_date", "1990-01-02")];
        let row = "email=zoe@example.org name=Zoe born=";
        for (born, expected) in [("1990-01-02", false), ("1991-01-02", true)] {
            let other = ("customers", "email=x name=Zoe born=1990-01-02");
            let own = format!("{row}{born}");
            assert_eq!(several(&pair, &[("customers", own.as_str()), other]), expected, "{born}");
        }
        let number = [("email", "zoe@example.org"), ("phone", "+33 6 12 34 56 78")];
        for (phone, expected) in [("+33(0)612345678", true), ("0033612345678", false)] {
            let own = format!("email=zoe@example.org phone={phone}");
            let rows = [("customers", own.as_str()), ("customers", "email=x phone=33612345678")];
            assert_eq!(several(&number, &rows), expected, "{phone}");
        }
    }
}
