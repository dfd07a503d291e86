//! What a package says of columns that are not in it, and of what its map leaves unsaid, once a
//! real search has filled it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::desk::Desk;

const MAP: &str = "systems:
- name: shop
  connector: sqlite
  tables:
  - table: people
    key: [id]
    find_by: {email: email}
    basis: consent
    columns: {email: {provided: given}, pw: {withhold: security}}
  - {table: calls, find_by: {email: caller}, columns: {caller: {provided: given}}}
";

fn collected(right: &str) -> BTreeMap<String, Vec<u8>> {
    let desk = Desk::new(MAP);
    let path = desk.path("shop.db");
    let sql = "CREATE TABLE people (id integer PRIMARY KEY, pw text, email text, nickname text);
        INSERT INTO people VALUES (1, 'secret-fingerprint', 'ana@example.ie', 'Nana');
        CREATE TABLE calls (caller text); INSERT INTO calls VALUES ('ana@example.ie');";
    rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let connect = [format!("shop=sqlite:{}", path.display())];
    let output = desk.collect(&connect, &["email=ana@example.ie"], &["--right", right]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    desk.package(&format!("silence-{right}"))
}

fn json_of(package: &BTreeMap<String, Vec<u8>>, name: &str) -> Value {
    serde_json::from_slice(&package[name]).unwrap()
}

/// `table.column: decision reason` for each column.
fn selection(package: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let document = json_of(package, "portability.json");
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let line = |one: &Value| {
        let [table, column, decision, reason] =
            ["table", "column", "decision", "reason"].map(|name| text(one, name));
        format!("{table}.{column}: {decision} {reason}")
    };
    document["columns"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn a_withheld_column_is_named_with_its_ground_and_not_read() {
    let package = collected("access");
    let sources = json_of(&package, "sources.json");
    let withheld = &sources["systems"][0]["tables"][0]["withheld"];
    assert_eq!(withheld[0]["column"], "pw");
    assert_eq!(withheld[0]["exemption"], "security");
    assert_eq!(withheld.as_array().unwrap().len(), 1);
    assert!(selection(&package).contains(&"people.pw: withhold security".to_owned()));
    let index = String::from_utf8(package["index.html"].clone()).unwrap();
    assert!(index.contains("id=\"withheld\""), "the page has its section");
    for (name, content) in &package {
        let content = String::from_utf8_lossy(content);
        assert!(!content.contains("secret-fingerprint"), "{name}");
    }
    let rows = json_of(&package, "data/shop.people.json");
    assert_eq!(rows, json!([{"id": 1, "email": "ana@example.ie", "nickname": "Nana"}]));
    let not_described = &sources["systems"][0]["tables"][0]["not_described"];
    assert_eq!(*not_described, json!(["nickname"]), "it is in the package, and reported");
}

#[test]
fn a_portability_answer_says_only_what_is_so() {
    let package = collected("portability");
    assert_eq!(
        selection(&package),
        [
            "people.id: export key",
            "people.email: export given",
            "people.nickname: leave_out provided_unstated",
            "people.pw: withhold security",
            "calls.caller: leave_out basis_unstated",
        ]
    );
    let sources = json_of(&package, "sources.json");
    let people = &sources["systems"][0]["tables"][0];
    assert_eq!(people["not_described"], json!([]), "what is left out is not handed over");
    assert_eq!(people["left_out"][0]["column"], "nickname");
    let index = String::from_utf8(package["index.html"].clone()).unwrap();
    for claim in ["handed over as they are", "neither on your consent", "not provided by you"] {
        assert!(!index.contains(claim), "{claim}");
    }
}

#[test]
fn a_map_that_is_silent_about_automated_decisions_denies_none() {
    let information = json_of(&collected("access"), "information.json");
    let elements = information["systems"][0]["tables"][0]["elements"].as_array().unwrap();
    let automated = elements.iter().find(|one| one["name"] == "automated").unwrap();
    assert_eq!(automated["stated"], false);
    assert_eq!(automated["values"], json!(["Not stated; write to us and we will tell you."]));
}

#[test]
fn bytes_where_text_was_declared_are_told_from_text() {
    let desk = Desk::new(
        "systems: [{name: shop, connector: sqlite, tables: [{table: t, find_by: {email: email}}]}]",
    );
    let path = desk.path("shop.db");
    let sql = "CREATE TABLE t (email text, note text, scan blob);
        INSERT INTO t VALUES ('a@x.ie', 'AP8=', x'00ff'), ('a@x.ie', x'00ff', 'AP8='),
          ('a@x.ie', CAST(x'ff41' AS text), NULL);";
    rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let connect = [format!("shop=sqlite:{}", path.display())];
    let output = desk.collect(&connect, &["email=a@x.ie"], &["--right", "access"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let package = desk.package("exceptions");
    let rows = json_of(&package, "data/shop.t.json");
    assert_eq!(rows[0]["note"], rows[1]["note"], "as values alone they look the same");
    let described = json_of(&package, "datapackage.json");
    let resources = described["resources"].as_array().unwrap();
    let table = resources.iter().find(|one| one["path"] == "data/shop.t.json").unwrap();
    assert_eq!(
        table["exceptions"],
        json!([
            {"column": "note", "holds": "base64", "count": 2, "rows": [[2, 3]], "complete": true},
            {"column": "scan", "holds": "text", "count": 1, "rows": [[2, 2]], "complete": true}
        ])
    );
    assert!(table["description"].as_str().unwrap().contains("json_null"));
}
