//! `guichet map`, as a person runs it.

use std::process::{Command, Output};

use guichet::connectors::error::SourceError;
use guichet::domain::inventory::problem::Rule;
use guichet::language::{Language, text_with};

fn guichet(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_guichet")).args(arguments).output().unwrap()
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

const MAP: &str = "systems:
- name: shop
  connector: sqlite
  tables:
  - table: customers
    key: [id]
    find_by: {email: email}
  - table: orders
    reached_from: {table: customers, on: {customer_id: id}}
";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(map: &str) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        std::fs::write(folder.path("map.yaml"), map).unwrap();
        let sql = "CREATE TABLE customers (id integer PRIMARY KEY, email text, nickname text);
            CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customers, total numeric);
            CREATE TABLE colours (id integer);";
        rusqlite::Connection::open(folder.path("shop.db")).unwrap().execute_batch(sql).unwrap();
        folder
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn connect(&self) -> String {
        format!("shop=sqlite:{}", self.path("shop.db"))
    }
}

#[test]
fn a_sound_map_is_checked_and_what_it_leaves_out_is_named() {
    // A day that no clock of these years is more than a year past.
    let reviewed = "connector: sqlite\n  reviewed_on: 2999-01-31";
    let folder = Folder::new(&MAP.replace("connector: sqlite", reviewed));
    let output = guichet(&["map", "check", &folder.path("map.yaml")]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(words(&output.stdout), "");
    assert_eq!(words(&output.stderr), "systems: 1, tables: 2, no error.\n");
    let output =
        guichet(&["map", "check", &folder.path("map.yaml"), "--connect", &folder.connect()]);
    assert_eq!(output.status.code(), Some(0));
    let wanted = "shop.customers.nickname\nshop.orders.id\nshop.orders.total\nshop.colours\n";
    assert_eq!(words(&output.stdout), wanted);
}

#[test]
fn a_map_that_nobody_has_reviewed_for_a_year_is_reported() {
    let old = MAP.replace("connector: sqlite", "connector: sqlite\n  reviewed_on: 2020-01-31");
    for (map, language, expected) in [
        (
            old.as_str(),
            "en",
            "shop: the map was last reviewed on 31 January 2020, more than a year",
        ),
        (&old, "fr", "shop\u{a0}: la cartographie a été revue pour la dernière fois le 31 janvier"),
        (MAP, "en", "shop: the map says no day of review."),
        (MAP, "fr", "shop\u{a0}: la cartographie ne dit pas quand elle a été revue."),
    ] {
        let folder = Folder::new(map);
        let file = folder.path("map.yaml");
        let output = guichet(&["map", "check", &file, "--language", language]);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(words(&output.stdout), "");
        let shown = words(&output.stderr);
        assert!(shown.starts_with(expected) && shown.lines().count() == 2, "{shown}");
    }
}

/// One line for each, and a dot in a name is told from the dot between two.
#[test]
fn strange_names_that_the_map_leaves_out_are_quoted() {
    let folder = Folder::new(MAP);
    let sql =
        "CREATE TABLE \"a.b\" (id integer); ALTER TABLE orders ADD COLUMN \"two\nlines\" text;
        ALTER TABLE orders ADD COLUMN \"say \"\"x\"\"\" text;
        ALTER TABLE orders ADD COLUMN \"prénom\" text;";
    rusqlite::Connection::open(folder.path("shop.db")).unwrap().execute_batch(sql).unwrap();
    let output =
        guichet(&["map", "check", &folder.path("map.yaml"), "--connect", &folder.connect()]);
    assert_eq!(output.status.code(), Some(0));
    let shown = words(&output.stdout);
    let mut lines: Vec<&str> = shown.lines().collect();
    lines.sort_unstable();
    let expected = [
        "shop.\"a.b\"",
        "shop.colours",
        "shop.customers.nickname",
        "shop.orders.\"say \\\"x\\\"\"",
        "shop.orders.\"two\\nlines\"",
        "shop.orders.id",
        "shop.orders.prénom",
        "shop.orders.total",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_system_connected_twice_is_refused() {
    let folder = Folder::new(MAP);
    let (map, connect) = (folder.path("map.yaml"), folder.connect());
    let output = guichet(&["map", "check", &map, "--connect", &connect, "--connect", &connect]);
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output.stderr).contains("“shop” is connected twice"));
    assert_eq!(words(&output.stdout), "");
}

#[test]
fn each_error_stands_with_its_place_and_in_the_language_asked() {
    let folder = Folder::new(&MAP.replace("customers, on", "clients, on").replace("key:", "keys:"));
    let output = guichet(&["map", "check", &folder.path("map.yaml"), "--language", "fr"]);
    assert_eq!(output.status.code(), Some(1));
    let errors = words(&output.stderr);
    let lines: Vec<&str> = errors.lines().collect();
    let file = folder.path("map.yaml");
    assert!(
        lines[0].starts_with(&format!(
            "{file}:6:5: systems[0].tables[0].keys: la clé «\u{a0}keys\u{a0}»"
        )),
        "{errors}"
    );
    assert!(
        lines[1].starts_with(&format!("{file}:9:27: systems[0].tables[1].reached_from.table: ")),
        "{errors}"
    );
    assert_eq!(lines.len(), 3);
}

#[test]
fn what_the_live_schema_lacks_is_an_error() {
    let folder =
        Folder::new(&MAP.replace("email: email", "email: mail").replace("orders", "order"));
    let output =
        guichet(&["map", "check", &folder.path("map.yaml"), "--connect", &folder.connect()]);
    assert_eq!(output.status.code(), Some(1));
    let errors = words(&output.stderr);
    assert!(errors.contains(":7:22: systems[0].tables[0].find_by.email: the table “customers” of “shop” has no column “mail”"), "{errors}");
    assert!(
        errors
            .contains(":8:12: systems[0].tables[1].table: the system “shop” has no table “order”"),
        "{errors}"
    );
}

#[test]
fn a_view_of_a_column_that_is_gone_is_not_called_a_missing_table() {
    let folder = Folder::new(&MAP.replace("table: orders", "table: bills"));
    let sql = "CREATE VIEW bills AS SELECT id, customer_id, total FROM orders;
        PRAGMA legacy_alter_table = on;
        ALTER TABLE orders RENAME TO purchases;";
    let conn = rusqlite::Connection::open(folder.path("shop.db")).unwrap();
    conn.execute_batch(sql).unwrap();
    let map = folder.path("map.yaml");
    let output = guichet(&["map", "check", &map, "--connect", &folder.connect()]);
    assert_eq!(output.status.code(), Some(1));
    let errors = words(&output.stderr);
    let told = "8:12: systems[0].tables[1].table: the view “bills” of “shop” cannot be read";
    assert!(errors.contains(told) && !errors.contains("has no table"), "{errors}");
    // What else stands there is drafted all the same.
    let output = guichet(&["map", "draft", "--connect", &folder.connect()]);
    assert!(words(&output.stdout).contains("table: customers"), "{}", words(&output.stderr));
}

#[test]
fn a_connection_of_another_kind_than_the_map_says_is_an_error() {
    let folder = Folder::new(&MAP.replace("sqlite", "postgresql"));
    let map = folder.path("map.yaml");
    let output = guichet(&["map", "check", &map, "--connect", &folder.connect()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(words(&output.stderr).contains(":3:14: systems[0].connector: "));
}

#[test]
fn unusable_input_is_told_apart_and_never_shows_a_password() {
    let folder = Folder::new(MAP);
    let map = folder.path("map.yaml");
    for (file, connect) in [
        ("/no/such/map.yaml".to_owned(), folder.connect()),
        (map.clone(), "shop".to_owned()),
        (map.clone(), "Shop=sqlite:x".to_owned()),
        (map.clone(), "postgresql://u:hunter2@h/x?sslmode=disable".to_owned()),
        (map.clone(), "shop=postgresql://u:hunter2@h/x?options=1".to_owned()),
        (map.clone(), "shop=mysql://u:hunter2@h/x".to_owned()),
        (map.clone(), "shop=postgresql://u:hunter2@127.0.0.1:1/x".to_owned()),
        (map.clone(), format!("shop=sqlite:{}", folder.path("none.db"))),
    ] {
        let output = guichet(&["map", "check", &file, "--connect", &connect]);
        assert_eq!(output.status.code(), Some(2), "{connect}");
        let shown = words(&output.stderr);
        assert!(!shown.is_empty() && !shown.contains("hunter2") && !shown.contains('['), "{shown}");
    }
    let other = folder.connect().replace("shop=", "other=");
    assert_eq!(guichet(&["map", "check", &map, "--connect", &other]).status.code(), Some(1));
}

#[test]
fn a_draft_passes_the_check() {
    let folder = Folder::new(MAP);
    let output = guichet(&["map", "draft", "--connect", &folder.connect()]);
    assert_eq!(output.status.code(), Some(0));
    let drafted = words(&output.stdout);
    assert!(drafted.contains("table: orders") && drafted.contains("# colours"), "{drafted}");
    std::fs::write(folder.path("draft.yaml"), drafted).unwrap();
    let file = folder.path("draft.yaml");
    let output = guichet(&["map", "check", &file, "--connect", &folder.connect()]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output.stderr));
}

#[test]
fn every_rule_and_every_failure_has_its_sentence_in_both_languages() {
    let arguments = [
        "limit",
        "detail",
        "key",
        "allowed",
        "value",
        "kind",
        "wanted",
        "given",
        "system",
        "table",
        "column",
        "connector",
        "state",
    ]
    .map(|name| (name, "x"));
    let failures = [
        SourceError::NotConnected,
        SourceError::NotAvailable { connector: String::new() },
        SourceError::HostNotAllowed,
        SourceError::PathNotAllowed,
        SourceError::NameNotResolved,
        SourceError::Unreachable,
        SourceError::NoAnswer,
        SourceError::TlsFailed,
        SourceError::AuthorityUnreadable,
        SourceError::LoginRefused,
        SourceError::DatabaseMissing,
        SourceError::FileMissing,
        SourceError::NotADatabase,
        SourceError::PermissionDenied { table: String::new() },
        SourceError::TableMissing { table: String::new() },
        SourceError::ColumnMissing { table: String::new(), column: String::new() },
        SourceError::Locked,
        SourceError::TimedOut,
        SourceError::Dropped,
        SourceError::Malformed,
        SourceError::ValueTooLarge { limit_bytes: 1 },
        SourceError::Refused { state: String::new() },
        SourceError::TableRefused { table: String::new(), state: String::new() },
        SourceError::RowSecurity { table: String::new() },
    ];
    let keys = Rule::ALL.iter().map(|rule| rule.code());
    for key in keys.chain(failures.iter().map(SourceError::code)) {
        for language in [Language::Fr, Language::En] {
            let sentence = text_with(language, key, &arguments);
            assert!(!sentence.starts_with('[') && !sentence.contains('{'), "{key}: {sentence}");
        }
        let (french, english) = [Language::Fr, Language::En]
            .map(|language| text_with(language, key, &arguments))
            .into();
        assert_ne!(french, english, "{key} is not translated");
    }
}
