//! What would give too much or too little in silence is refused by name.

use guichet::connectors::error::SourceError;
use guichet::connectors::hosts::Allowlist;
use guichet::connectors::search::Outcome;
use guichet::connectors::session::{Limits, live_schema, test};
use guichet::connectors::settings::Connection;
use guichet::domain::inventory::live;
use guichet::domain::inventory::parse::parse;
use guichet::domain::inventory::problem::Rule;
use guichet::domain::search_plan::plan::plan;

use super::faults::server;
use super::sources::{Kind, Made, follow, identifiers, kinds, look, with_connectors};

const PEOPLE: &str = "
systems:
- name: s
  connector: $s
  tables:
  - {table: people, find_by: {email: email, phone: phone}}
";

#[tokio::test]
async fn rows_of_tables_that_inherit_are_told_apart() {
    if !kinds().contains(&Kind::Postgresql) {
        return;
    }
    // Each row stands at the same place of its own table.
    let made = Made::new(
        Kind::Postgresql,
        "CREATE TABLE people (id int, email text, phone text);
         CREATE TABLE vip () INHERITS (people);
         INSERT INTO people VALUES (1, 'ana@x.ie', '0612345678'), (2, 'bob@x.ie', '0699999999');
         INSERT INTO vip VALUES (3, 'eve@x.ie', '0711111111'), (4, 'ana@x.ie', '0712121212');
         CREATE TABLE parts (id int, email text, phone text) PARTITION BY RANGE (id);
         CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM (0) TO (9);
         CREATE TABLE part_2 PARTITION OF parts FOR VALUES FROM (9) TO (99);
         INSERT INTO parts SELECT id, email, phone FROM people UNION ALL
             SELECT id + 9, email, phone FROM people;",
    )
    .await;
    let pairs = [("email", "ana@x.ie"), ("phone", "0612345678")];
    let given = look(PEOPLE, &pairs, &[("s", &made)]).await;
    assert_eq!(given.lines("s"), ["people: 1 4"]);
    let partitioned = PEOPLE.replace("people", "parts");
    let given = look(&partitioned, &pairs, &[("s", &made)]).await;
    assert_eq!(given.lines("s"), ["parts: 1 4 10 13"]);
    // One partition may be named by itself.
    let one = PEOPLE.replace("people", "part_2");
    let given = look(&one, &pairs, &[("s", &made)]).await;
    assert_eq!(given.lines("s"), ["part_2: 10 13"]);
}

#[tokio::test]
async fn a_column_that_is_guarded_under_another_name_is_not_handed_out() {
    for kind in kinds() {
        let made = Made::new(
            kind,
            "CREATE TABLE people (id int, email text, phone text, password_hash text);
             INSERT INTO people VALUES (1, 'ana@x.ie', NULL, '$argon2$secret');",
        )
        .await;
        for (column, rule) in
            [("Password_Hash", "withhold: security"), ("hash", "third_party: true")]
        {
            let map = format!("{}    columns: {{{column}: {{{rule}}}}}\n", BLOCK);
            let given = look(&map, &[("email", "ana@x.ie")], &[("s", &made)]).await;
            let (table, column) = ("people".to_owned(), column.to_owned());
            let missing = SourceError::ColumnMissing { table, column };
            assert_eq!(given.found[0].outcome, Outcome::Failed { error: missing }, "{kind:?}");
            assert_eq!(given.kept["s"].rows.len(), 0, "{kind:?}");
        }
        let map = format!("{BLOCK}    columns: {{password_hash: {{withhold: security}}}}\n");
        let given = look(&map, &[("email", "ana@x.ie")], &[("s", &made)]).await;
        assert_eq!(given.lines("s"), ["people: 1"], "{kind:?}");
        assert_eq!(given.kept["s"].columns["people"].len(), 3, "{kind:?}");
    }
}

const BLOCK: &str = "
systems:
- name: s
  connector: $s
  tables:
  - table: people
    find_by: {email: email}
";

#[tokio::test]
async fn the_largest_row_cap_caps_nothing() {
    for kind in kinds() {
        let sql = "CREATE TABLE people (id int, email text, phone text);
             INSERT INTO people VALUES (1, 'ana@x.ie', NULL);";
        let made = Made::new(kind, sql).await;
        let map = parse(&with_connectors(PEOPLE, &[("s", &made)])).unwrap().map;
        let plan = plan(&map, &identifiers(&[("email", "ana@x.ie")]));
        for rows in [u64::MAX, i64::MAX.unsigned_abs(), i64::MAX.unsigned_abs() - 1] {
            let limits = Limits { rows, ..Limits::default() };
            let given = follow(&plan, &[("s", &made)], &limits).await;
            assert_eq!(given.found[0].outcome, Outcome::Complete, "{kind:?} {rows}");
            assert_eq!(given.lines("s"), ["people: 1"], "{kind:?} {rows}");
        }
    }
}

const TWO: &str = "
systems:
- name: a
  connector: $a
  tables:
  - {table: people, find_by: {email: email}}
- name: b
  connector: $b
  tables:
  - {table: papers, reached_from: {system: a, table: people, on: {no: key}}}
";

#[tokio::test]
async fn a_number_travels_however_its_source_prints_it_and_what_cannot_is_told() {
    for from in kinds() {
        for to in kinds() {
            for (declared, key, target, no, found) in [
                ("REAL", "42.0", "INTEGER", "42", Some("papers: 42")),
                ("NUMERIC(10,2)", "42.00", "TEXT", "'42'", Some("papers: 42")),
                ("NUMERIC(10,2)", "42.50", "NUMERIC(10,1)", "42.5", Some("papers: 42.5")),
                ("INTEGER", "40", "TEXT", "'40'", Some("papers: 40")),
                ("REAL", "1.5e20", "INTEGER", "150", Some("papers: ")),
                ("TEXT", "'7.0'", "TEXT", "'7'", Some("papers: ")),
                ("TEXT", "' '", "TEXT", "' '", Some("papers: ")),
                ("BYTES", "BLOB", "BYTES", "BLOB", None),
            ] {
                let bytes = |kind, text: &str| match kind {
                    Kind::Sqlite => text.replace("BYTES", "BLOB").replace("=BLOB", "x'0102'"),
                    Kind::Postgresql => {
                        text.replace("BYTES", "bytea").replace("=BLOB", "'\\x0102'")
                    }
                };
                let value = |kind, text: &str| match text {
                    "BLOB" => bytes(kind, "=BLOB"),
                    other => other.to_owned(),
                };
                let people = format!(
                    "CREATE TABLE people (key {}, email text);
                     INSERT INTO people VALUES ({}, 'ana@x.ie');",
                    bytes(from, declared),
                    value(from, key)
                );
                let papers = format!(
                    "CREATE TABLE papers (no {}); INSERT INTO papers VALUES ({});",
                    bytes(to, target),
                    value(to, no)
                );
                let (a, b) = (Made::new(from, &people).await, Made::new(to, &papers).await);
                let given = look(TWO, &[("email", "ana@x.ie")], &[("a", &a), ("b", &b)]).await;
                let what = format!("{from:?} {to:?} {declared} {target}");
                match found {
                    Some(found) => {
                        assert!(given.found[1].is_complete(), "{what}: {:?}", given.found);
                        assert_eq!(given.lines("b"), [found], "{what}");
                    }
                    None => assert!(!given.found[1].is_complete(), "{what}: {:?}", given.found),
                }
            }
        }
    }
}

#[tokio::test]
async fn a_column_that_can_hold_no_identifier_fails_by_name() {
    if !kinds().contains(&Kind::Postgresql) {
        return;
    }
    let made = Made::new(
        Kind::Postgresql,
        "CREATE TABLE people (id int, many text[], body jsonb, raw bytea, born timestamptz, \
             name text);",
    )
    .await;
    let birth = "name+birth_date";
    for (column, kind, value, line) in [
        ("many", "email", "ana@x.ie", "{email: many}"),
        ("body", "email", "ana@x.ie", "{email: body}"),
        ("raw", "email", "ana@x.ie", "{email: raw}"),
        ("born", "birth_date", "1990-01-02", "{name+birth_date: [name, born]}"),
    ] {
        let map = PEOPLE.replace("{email: email, phone: phone}", line);
        let pairs = [(kind, value), ("name", "Ana Exemple")];
        let pairs = if line.contains(birth) { &pairs[..] } else { &pairs[..1] };
        let given = look(&map, pairs, &[("s", &made)]).await;
        let (table, column) = ("people".to_owned(), column.to_owned());
        let refused = SourceError::ColumnNotComparable { table, column };
        assert_eq!(given.found[0].outcome, Outcome::Failed { error: refused }, "{line}");
        // Whoever checks the map hears of it before anybody searches.
        let document = parse(&with_connectors(&map, &[("s", &made)])).unwrap();
        let schema =
            live_schema(&made.connection, &Allowlist::anything(), &Limits::default()).await;
        let kind = made.connection.kind();
        let (problems, _) = live::check(&document, "s", kind, &schema.unwrap());
        let rules: Vec<Rule> = problems.iter().map(|problem| problem.rule).collect();
        assert_eq!(rules, [Rule::ColumnNotComparable], "{line}: {problems:?}");
    }
}

#[tokio::test]
async fn a_server_that_announces_too_much_is_left_before_it_sends() {
    // Logged in, ready, and then a row of two gigabytes.
    let greeting = b"R\x00\x00\x00\x08\x00\x00\x00\x00Z\x00\x00\x00\x05ID\x7f\xff\xff\xff";
    let port = server(greeting, true);
    let url = format!("postgresql://u@127.0.0.1:{port}/x");
    let connection = Connection::from_url(&url).unwrap();
    let answer = test(&connection, &Allowlist::anything(), &Limits::default()).await.unwrap_err();
    let limit_bytes = Limits::default().value_bytes;
    // Whether it came with the greeting or after it.
    let known = [SourceError::Malformed, SourceError::ValueTooLarge { limit_bytes }];
    assert!(known.contains(&answer), "{answer:?}");
    // Asked for a password that nobody has set.
    let asking = server(b"R\x00\x00\x00\x0c\x00\x00\x00\x05salt", true);
    let url = format!("postgresql://u@127.0.0.1:{asking}/x");
    let connection = Connection::from_url(&url).unwrap();
    let answer = test(&connection, &Allowlist::anything(), &Limits::default()).await.unwrap_err();
    assert_eq!(answer, SourceError::LoginRefused);
}
