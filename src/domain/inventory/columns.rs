//! Reads what a data map says of columns and of the contacts on file.

use std::collections::BTreeMap;

use super::document::Content;
use super::fields::{Reader, Spot};
use super::map::{ColumnRule, Contact, Provided};
use super::problem::Rule;
use super::tables::{PROVIDED, column_list};
use crate::domain::exemption::Exemption;

const COLUMN_KEYS: [&str; 8] = [
    "title",
    "category",
    "tag",
    "provided",
    "automated_decision",
    "erase",
    "third_party",
    "withhold",
];

pub(super) fn column_rules(reader: &mut Reader, at: &Spot<'_>) -> BTreeMap<String, ColumnRule> {
    let mut rules = BTreeMap::new();
    for (column, spot) in reader.entries(at) {
        if column.trim().is_empty() {
            reader.problem(&spot, Rule::Empty, Vec::new());
        }
        // `column:` with nothing behind it describes the column by what its table says.
        let rule = match spot.node.content {
            Content::Null => Some(ColumnRule::default()),
            _ => column_rule(reader, &spot),
        };
        rules.extend(rule.map(|rule| (column, rule)));
    }
    rules
}

fn column_rule(reader: &mut Reader, at: &Spot<'_>) -> Option<ColumnRule> {
    let fields = reader.fields(at, &COLUMN_KEYS)?;
    let erase = fields.raw("erase").and_then(|spot| match spot.node.content {
        Content::Null => Some(None),
        Content::Text(ref text) if text.is_empty() => Some(Some(String::new())),
        _ => reader.text(&spot).map(Some),
    });
    let withhold = fields.get("withhold").and_then(|spot| {
        let code = reader.text(&spot)?;
        let exemption = Exemption::parse(&code);
        if exemption.is_none() {
            let all = Exemption::ALL.map(Exemption::code).join(", ");
            let arguments = vec![("value", code), ("allowed", all)];
            reader.problem(&spot, Rule::UnknownExemption, arguments);
        }
        exemption
    });
    Some(ColumnRule {
        title: fields.get("title").and_then(|spot| reader.label(&spot)),
        category: fields.get("category").and_then(|spot| reader.label(&spot)),
        tag: fields.get("tag").and_then(|spot| tag(reader, &spot)),
        provided: fields
            .get("provided")
            .and_then(|spot| reader.choice(&spot, Provided::parse, &PROVIDED)),
        automated_decision: fields.get("automated_decision").and_then(|spot| reader.label(&spot)),
        erase,
        third_party: fields
            .get("third_party")
            .and_then(|spot| reader.choice(&spot, truth, &["true", "false"]))
            .unwrap_or(false),
        withhold,
    })
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// A fideslang key: `user.contact.email`.
pub(super) fn tag(reader: &mut Reader, at: &Spot<'_>) -> Option<String> {
    let tag = reader.text(at)?;
    let word = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '_')
    };
    if tag.split('.').all(word) {
        return Some(tag);
    }
    reader.problem(at, Rule::BadTag, vec![("value", tag)]);
    None
}

pub(super) fn contact(reader: &mut Reader, at: &Spot<'_>) -> Option<Contact> {
    let fields = reader.fields(at, &["email", "phone", "address", "changed_at"])?;
    let mut columns =
        |key| fields.get(key).map(|spot| column_list(reader, &spot)).unwrap_or_default();
    let (email, phone, address) = (columns("email"), columns("phone"), columns("address"));
    let changed_at = fields.get("changed_at").and_then(|spot| reader.text(&spot));
    if email.is_empty() && phone.is_empty() && address.is_empty() {
        reader.problem(at, Rule::Empty, Vec::new());
    }
    Some(Contact { email, phone, address, changed_at })
}
