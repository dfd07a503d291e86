//! Tables of random columns, headers and values, where columns lie about what they hold.

use guichet::domain::right::Right;
use guichet::domain::row::{Column, Value, ValueKind};
use guichet::language::Language;
use guichet::package::contents::Outcome;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::parcel::make;
use super::shelf::{Shelf, reference};

const PACKAGES: u32 = 3;
const TABLES: usize = 12;

fn kind() -> impl Strategy<Value = ValueKind> {
    prop::sample::select(vec![
        ValueKind::Text,
        ValueKind::Integer,
        ValueKind::Decimal,
        ValueKind::Float,
        ValueKind::Boolean,
        ValueKind::Date,
        ValueKind::Time,
        ValueKind::Timestamp,
        ValueKind::TimestampTz,
        ValueKind::Uuid,
        ValueKind::Json,
        ValueKind::Bytes,
    ])
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[-=+@'\" ,;\t\r\n\u{0}a1\u{ff1d}]{0,6}",
        "[a-z]{1,3}",
        prop::sample::select(vec![
            "NaN",
            "infinity",
            "-inf",
            "NULL",
            "t",
            "1_000",
            "0044-03-15 BC"
        ])
        .prop_map(str::to_owned),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => Just(Value::Null),
        4 => words().prop_map(Value::Text),
        1 => "[0-9]{4}-[01][0-9]-[0-3][0-9]".prop_map(Value::Text),
        1 => "[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,9})?".prop_map(Value::Text),
        1 => "[0-9]{4}-0[1-9]-[0-2][1-8]T[01][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,7})?(Z|[+-][01][0-9]:[0-5][0-9])?"
            .prop_map(Value::Text),
        4 => "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,3})?".prop_map(Value::Number),
        3 => "-?(0|[1-9][0-9]{0,2})".prop_map(Value::Number),
        2 => any::<bool>().prop_map(Value::Boolean),
        1 => any::<Vec<u8>>().prop_map(Value::Bytes),
        1 => words().prop_map(Value::Json),
    ]
}

/// A column's values: most columns hold one sort of value, as their kind says, some hold anything.
fn table() -> impl Strategy<Value = (Vec<Column>, Vec<Vec<Value>>)> {
    prop::collection::btree_map(words(), kind(), 1..6).prop_flat_map(|columns| {
        let columns: Vec<Column> =
            columns.into_iter().map(|(name, kind)| Column { name, kind }).collect();
        let row: Vec<_> = columns.iter().map(|column| value_of(column.kind)).collect();
        let honest = prop::collection::vec(row, 0..12);
        let lying = prop::collection::vec(prop::collection::vec(value(), columns.len()), 0..12);
        (Just(columns), prop_oneof![honest, lying])
    })
}

fn value_of(kind: ValueKind) -> BoxedStrategy<Value> {
    let texts = |pattern: &'static str| pattern.prop_map(Value::Text).boxed();
    match kind {
        ValueKind::Integer => "-?(0|[1-9][0-9]{0,2})".prop_map(Value::Number).boxed(),
        ValueKind::Decimal | ValueKind::Float => {
            "-?(0|[1-9][0-9]{0,9})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,3})?"
                .prop_map(Value::Number)
                .boxed()
        }
        ValueKind::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        ValueKind::Date => texts("[0-9]{4}-0[1-9]-[0-2][1-8]"),
        ValueKind::Time => texts("[01][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?"),
        ValueKind::Timestamp => {
            texts("[1-9][0-9]{3}-0[1-9]-[0-2][1-8]T[01][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?")
        }
        ValueKind::TimestampTz => texts(
            "[1-9][0-9]{3}-0[1-9]-[0-2][1-8]T[01][0-9]:[0-5][0-9]:[0-5][0-9][+-][01][0-9]:[0-5][0-9]",
        ),
        ValueKind::Text | ValueKind::Uuid => words().prop_map(Value::Text).boxed(),
        ValueKind::Json => words().prop_map(Value::Json).boxed(),
        ValueKind::Bytes => any::<Vec<u8>>().prop_map(Value::Bytes).boxed(),
    }
}

#[test]
fn random_tables_come_through_whole() {
    // Deterministic, so that a package that another tool refuses can be made again.
    let mut runner = TestRunner::deterministic();
    for package in 0..PACKAGES {
        let mut shelf = Shelf::new(Language::Fr, Right::Access);
        shelf.system("random", Outcome::Complete);
        let mut before: Option<(String, String)> = None;
        for number in 0..TABLES {
            let (columns, rows) = table().new_tree(&mut runner).unwrap().current();
            let name = format!("table_{number}");
            let first = columns[0].name.clone();
            let table = shelf.table(&name, &columns, rows);
            table.key = vec![first.clone()];
            if let Some((target, column)) = before.replace((name, first.clone())) {
                table.references = vec![reference(&[&first], "random", &target, &[&column])];
            }
        }
        let parcel = make(&format!("random-{package}"), &shelf);
        assert_eq!(parcel.names.iter().filter(|n| n.starts_with("data/")).count(), 2 * TABLES);
    }
}
