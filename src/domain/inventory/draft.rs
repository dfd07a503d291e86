//! A first data map from a live schema: what looks personal, how it is found, and what hangs on it.
//!
//! A table with an e-mail, phone or named person in it is found by that; a table that refers to it
//! by a foreign key is reached from it. A table that has identifiers of its own is never reached
//! from another: an employee's request must not bring the customers whom that employee looks after.

use std::collections::{BTreeMap, BTreeSet};

use super::label::Label;
use super::live::{LiveSchema, LiveTable};
use super::map::{ColumnRule, ConnectorKind, Contact, DataMap, FindBy, System, Table, Way};
use super::matching::{Match, Matched};
use super::tables::empty;
use crate::domain::exemption::Exemption;
use crate::domain::row::ValueKind;

/// A draft and the tables it leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// `None` when no table looks personal.
    pub map: Option<DataMap>,
    pub left_out: Vec<String>,
}

/// What a column's name and type suggest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Likely {
    Email,
    Phone,
    Name,
    BirthDate,
    Address,
    Secret,
    Location,
}

/// Reads a column's name in English or French, in any way of writing it.
fn likely(name: &str, kind: ValueKind) -> Option<Likely> {
    let words = words(name);
    let joined = words.concat();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let text = matches!(kind, ValueKind::Text);
    if has(&["password", "passwd", "pwd", "secret", "motdepasse", "salt"])
        || joined.contains("passwordhash")
    {
        return Some(Likely::Secret);
    }
    if text && (has(&["email", "mail", "courriel"]) || joined.ends_with("email")) {
        return Some(Likely::Email);
    }
    if has(&["phone", "telephone", "mobile", "tel", "portable", "msisdn", "cellphone"]) {
        return Some(Likely::Phone);
    }
    if has(&["birthdate", "birthday", "dob", "birth", "naissance"]) {
        return Some(Likely::BirthDate);
    }
    if has(&["ip", "latitude", "longitude", "lat", "lng"]) {
        return Some(Likely::Location);
    }
    let address = [
        "address",
        "adresse",
        "street",
        "rue",
        "city",
        "ville",
        "postcode",
        "postal",
        "zip",
        "zipcode",
        "postalcode",
    ];
    if text && has(&address) {
        return Some(Likely::Address);
    }
    let full = ["firstname", "lastname", "fullname", "surname", "forename", "prenom", "nom"];
    let person = ["firstname", "lastname", "fullname", "familyname", "givenname", "surname"];
    if text && (has(&full) || person.iter().any(|one| joined.ends_with(one))) {
        return Some(Likely::Name);
    }
    None
}

/// `BillingPostalCode`, `billing_postal_code` → billing, postal, code.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for one in name.chars() {
        let starts = !one.is_alphanumeric() || (one.is_uppercase() && lower);
        if starts && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        lower = one.is_lowercase();
        if one.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(one.to_lowercase());
        }
    }
    words
}

/// Drafts a map of one system.
#[must_use]
pub fn draft(system: &str, connector: ConnectorKind, schema: &LiveSchema) -> Draft {
    let live: Vec<&LiveTable> = schema.tables.iter().filter(|table| !table.view).collect();
    let mut found: BTreeMap<String, Table> = BTreeMap::new();
    for table in &live {
        let drafted = found_table(table);
        if !drafted.find_by.is_empty() {
            found.insert(table.label(), drafted);
        }
    }
    let own: BTreeSet<String> = found.keys().cloned().collect();
    loop {
        let before = found.len();
        for table in &live {
            let label = table.label();
            if own.contains(&label) || found.contains_key(&label) {
                continue;
            }
            let ways = ways(table, &|other| found.contains_key(other));
            if !ways.is_empty() {
                found.insert(label, Table { reached_from: ways, ..described(table) });
            }
        }
        if found.len() == before {
            break;
        }
    }
    // Ways from tables that were drafted later.
    for table in &live {
        let all = ways(table, &|other| found.contains_key(other) && other != table.label());
        if let Some(drafted) = found.get_mut(&table.label())
            && !drafted.reached_from.is_empty()
        {
            drafted.reached_from = all;
        }
    }
    let left_out =
        live.iter().map(|table| table.label()).filter(|label| !found.contains_key(label)).collect();
    let tables: Vec<Table> = live.iter().filter_map(|table| found.remove(&table.label())).collect();
    let system = System {
        name: system.to_owned(),
        title: None,
        connector,
        owner: None,
        reviewed_on: None,
        tables,
    };
    let map =
        (!system.tables.is_empty()).then(|| DataMap { controller: None, systems: vec![system] });
    Draft { map, left_out }
}

fn ways(table: &LiveTable, known: &dyn Fn(&str) -> bool) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for reference in table.references.iter().filter(|reference| known(&reference.table)) {
        let on: BTreeMap<String, String> = reference
            .columns
            .iter()
            .cloned()
            .zip(reference.other_columns.iter().cloned())
            .collect();
        let way = Way { system: None, table: reference.table.clone(), on, how: None };
        if !way.on.is_empty() && !ways.contains(&way) {
            ways.push(way);
        }
    }
    ways
}

/// What is said of a table however it is found.
fn described(live: &LiveTable) -> Table {
    let mut table = Table { table: live.label(), key: live.key.clone(), ..empty() };
    let category = |text: &str| Some(Label::One(text.to_owned()));
    for column in &live.columns {
        let (text, tag, withhold) = match likely(&column.name, column.kind) {
            Some(Likely::Email) => ("contact", "user.contact.email", None),
            Some(Likely::Phone) => ("contact", "user.contact.phone_number", None),
            Some(Likely::Address) => ("contact", "user.contact.address", None),
            Some(Likely::Name) => ("identity", "user.name", None),
            Some(Likely::BirthDate) => ("identity", "user.demographic.date_of_birth", None),
            Some(Likely::Location) => ("usage", "user.location", None),
            Some(Likely::Secret) => {
                ("security", "user.authorization.password", Some(Exemption::Security))
            }
            None => continue,
        };
        let tag = Some(tag.to_owned());
        let rule = ColumnRule { category: category(text), tag, withhold, ..ColumnRule::default() };
        table.columns.insert(column.name.clone(), rule);
    }
    table
}

/// A table with the identifiers that it has itself.
fn found_table(live: &LiveTable) -> Table {
    let mut table = described(live);
    let columns = |wanted: Likely| -> Vec<String> {
        let named = |column: &&crate::domain::row::Column| {
            likely(&column.name, column.kind) == Some(wanted)
        };
        live.columns.iter().filter(named).map(|column| column.name.clone()).collect()
    };
    let (email, phone, birth) =
        (columns(Likely::Email), columns(Likely::Phone), columns(Likely::BirthDate));
    let find = |columns: &[String], how: Match| {
        FindBy(columns.iter().map(|column| Matched { column: column.clone(), how }).collect())
    };
    for (kind, list, how) in [("email", &email, Match::Ci), ("phone", &phone, Match::Digits)] {
        if !list.is_empty() {
            table.find_by.insert(kind.to_owned(), find(list, how));
        }
    }
    let names = columns(Likely::Name);
    let last = names.iter().find(|name| {
        let words = words(name);
        let joined = words.concat();
        let ends = ["lastname", "surname", "familyname", "fullname"];
        words.last().is_some_and(|word| word == "nom")
            || ends.iter().any(|end| joined.ends_with(end))
    });
    if let (Some(last), [birth, ..]) = (last, birth.as_slice()) {
        let columns = vec![
            Matched { column: last.clone(), how: Match::Ci },
            Matched { column: birth.clone(), how: Match::Exact },
        ];
        table.find_by.insert("name+birth_date".to_owned(), FindBy(columns));
    }
    // A number of its own finds a person, but says nothing of what the table holds.
    if let ([key], false) = (live.key.as_slice(), table.find_by.is_empty()) {
        let kind = format!("{}_no", words(&live.name).join("_"));
        if super::fields::is_name(&kind) {
            table.find_by.insert(kind, find(std::slice::from_ref(key), Match::Exact));
        }
    }
    let contact = Contact { email, phone, address: columns(Likely::Address), changed_at: None };
    let reachable = !contact.email.is_empty() || !contact.phone.is_empty();
    table.contact = reachable.then_some(contact);
    table
}

#[cfg(test)]
mod tests {
    use super::{Likely, described, likely, words};
    use crate::domain::exemption::Exemption;
    use crate::domain::inventory::live::LiveTable;
    use crate::domain::row::{Column, ValueKind};

    #[test]
    fn names_of_columns_are_read_in_any_way_of_writing() {
        assert_eq!(words("BillingPostalCode"), ["billing", "postal", "code"]);
        for (name, wanted) in [
            ("Email", Some(Likely::Email)),
            ("contact_email", Some(Likely::Email)),
            ("courriel", Some(Likely::Email)),
            ("Phone", Some(Likely::Phone)),
            ("tel_mobile", Some(Likely::Phone)),
            ("LastName", Some(Likely::Name)),
            ("first_name", Some(Likely::Name)),
            ("PostalCode", Some(Likely::Address)),
            ("BirthDate", Some(Likely::BirthDate)),
            ("password_hash", Some(Likely::Secret)),
            ("nombre", None),
            ("name", None),
            ("total", None),
            ("description", None),
        ] {
            assert_eq!(likely(name, ValueKind::Text), wanted, "{name}");
        }
        assert_eq!(likely("email_count", ValueKind::Integer), None);
        assert_eq!(likely("last_ip", ValueKind::Text), Some(Likely::Location));
        assert_eq!(likely("Latitude", ValueKind::Float), Some(Likely::Location));
    }

    #[test]
    fn places_and_secrets_are_tagged_and_secrets_withheld() {
        let column = |name: &str| Column { name: name.to_owned(), kind: ValueKind::Text };
        let table = described(&LiveTable {
            schema: None,
            name: "logins".to_owned(),
            visible: true,
            view: false,
            broken: false,
            columns: ["last_ip", "password", "total"].map(column).to_vec(),
            key: Vec::new(),
            references: Vec::new(),
        });
        let said: Vec<_> = table
            .columns
            .iter()
            .map(|(name, rule)| (name.as_str(), rule.tag.as_deref().unwrap(), rule.withhold))
            .collect();
        let secret = Some(Exemption::Security);
        assert_eq!(
            said,
            [
                ("last_ip", "user.location", None),
                ("password", "user.authorization.password", secret)
            ]
        );
    }
}
