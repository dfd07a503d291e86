//! The Chinook sample: each customer's rows, compared with SQL's own answer.

use std::path::PathBuf;

use guichet::connectors::hosts::Allowlist;
use guichet::connectors::session::{Limits, live_schema};
use guichet::connectors::settings::Connection;
use guichet::domain::inventory::draft::draft;
use guichet::domain::inventory::live;
use guichet::domain::inventory::parse::parse;
use guichet::domain::search_plan::plan::plan;

use super::sources::{Kind, Made, follow, identifiers, kinds};

pub fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/chinook");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} is not there", folder.display());
    None
}

const TABLES: [&str; 4] = ["Customer", "Invoice", "InvoiceLine", "Employee"];

const SQLITE: &str = "
controller: {name: Chinook, country: US}
systems:
- name: shop
  connector: sqlite
  tables:
  - {table: Customer, key: [CustomerId], find_by: {email: Email, phone: Phone}}
  - {table: Invoice, reached_from: {table: Customer, on: {CustomerId: CustomerId}}}
  - {table: InvoiceLine, reached_from: {table: Invoice, on: {InvoiceId: InvoiceId}}}
  - {table: Employee, reached_from: {table: Customer, on: {EmployeeId: SupportRepId}}}
";

/// The same map with the names that the PostgreSQL script has.
pub fn snake(text: &str) -> String {
    let mut out = String::new();
    let mut last = ' ';
    for one in text.chars() {
        if one.is_ascii_uppercase() && last.is_ascii_lowercase() {
            out.push('_');
        }
        out.push(one.to_ascii_lowercase());
        last = one;
    }
    out
}

fn postgresql_map() -> String {
    let words = [
        "Customer",
        "InvoiceLine",
        "Invoice",
        "Employee",
        "CustomerId",
        "InvoiceId",
        "EmployeeId",
        "SupportRepId",
        "Email",
        "Phone",
    ];
    let mut by_length = words;
    by_length.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let map = SQLITE.replace("connector: sqlite", "connector: postgresql").replace("Chinook", "C");
    by_length.iter().fold(map, |map, word| map.replace(word, &snake(word)))
}

/// The ids of the four tables' rows of every customer, by e-mail, as SQL itself finds them.
fn wanted(path: &std::path::Path) -> Vec<(String, Vec<Vec<String>>)> {
    let database = rusqlite::Connection::open(path).unwrap();
    let ids = |sql: &str, email: &str| -> Vec<String> {
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement.query_map([email], |row| row.get::<_, i64>(0)).unwrap();
        rows.map(|id| id.unwrap().to_string()).collect()
    };
    let mut statement = database.prepare("SELECT Email FROM Customer ORDER BY CustomerId").unwrap();
    let emails: Vec<String> =
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    emails
        .into_iter()
        .map(|email| {
            let answers = [
                "SELECT CustomerId FROM Customer WHERE Email = ? ORDER BY 1",
                "SELECT i.InvoiceId FROM Invoice i JOIN Customer c USING (CustomerId) WHERE c.Email = ? ORDER BY 1",
                "SELECT l.InvoiceLineId FROM InvoiceLine l JOIN Invoice i USING (InvoiceId) JOIN Customer c USING (CustomerId) WHERE c.Email = ? ORDER BY 1",
                "SELECT e.EmployeeId FROM Employee e JOIN Customer c ON c.SupportRepId = e.EmployeeId WHERE c.Email = ? ORDER BY 1",
            ]
            .map(|sql| ids(sql, &email));
            (email, answers.to_vec())
        })
        .collect()
}

async fn compare(
    made: &Made,
    map: &str,
    tables: [String; 4],
    wanted: &[(String, Vec<Vec<String>>)],
) {
    let map = parse(map).unwrap().map;
    assert_eq!(wanted.len(), 59);
    for (email, answers) in wanted {
        let plan = plan(&map, &identifiers(&[("email", email)]));
        let given = follow(&plan, &[("shop", made)], &Limits::default()).await;
        assert!(given.found[0].is_complete(), "{:?}", given.found);
        for (table, ids) in tables.iter().zip(answers) {
            assert_eq!(given.kept["shop"].keys(table), *ids, "{:?} {table}", made.kind);
        }
        assert!(answers.iter().all(|ids| !ids.is_empty()));
    }
}

fn sqlite_of(folder: &std::path::Path) -> (Connection, String) {
    let url = format!("sqlite:{}", folder.join("chinook.sqlite").display());
    (Connection::from_url(&url).unwrap(), url)
}

#[tokio::test]
async fn every_customer_gets_what_sql_itself_finds() {
    let Some(folder) = folder() else { return };
    let wanted = wanted(&folder.join("chinook.sqlite"));
    let mut made = Made::new(Kind::Sqlite, "").await;
    made.connection = sqlite_of(&folder).0;
    compare(&made, SQLITE, TABLES.map(str::to_owned), &wanted).await;
    if kinds().contains(&Kind::Postgresql) {
        let made = Made::new(Kind::Postgresql, &postgresql_script(&folder)).await;
        compare(&made, &postgresql_map(), TABLES.map(snake), &wanted).await;
    }
}

/// The script without the lines that make its own database, which only psql understands.
pub fn postgresql_script(folder: &std::path::Path) -> String {
    let script = std::fs::read_to_string(folder.join("chinook-postgresql.sql")).unwrap();
    let sql = |line: &&str| {
        !line.starts_with("\\c ")
            && !line.starts_with("CREATE DATABASE")
            && !line.starts_with("DROP DATABASE")
    };
    script.lines().filter(sql).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_draft_of_the_schema_is_a_map_that_works() {
    let Some(folder) = folder() else { return };
    let mut made = vec![Made::new(Kind::Sqlite, "").await];
    made[0].connection = sqlite_of(&folder).0;
    if kinds().contains(&Kind::Postgresql) {
        made.push(Made::new(Kind::Postgresql, &postgresql_script(&folder)).await);
    }
    for made in made {
        let schema = live_schema(&made.connection, &Allowlist::anything(), &Limits::default())
            .await
            .unwrap();
        let drafted = draft("shop", made.connection.kind(), &schema);
        assert_eq!(drafted.left_out.len(), 7, "{:?}", drafted.left_out);
        let yaml = serde_norway::to_string(&drafted.map.unwrap()).unwrap();
        let document = parse(&yaml).unwrap();
        let (problems, undescribed) =
            live::check(&document, "shop", made.connection.kind(), &schema);
        assert_eq!(problems, []);
        assert!(undescribed.iter().any(|one| one.column.is_none() && snake(&one.table) == "album"));
        let plan = plan(&document.map, &identifiers(&[("email", "luisg@embraer.com.br")]));
        let given = follow(&plan, &[("shop", &made)], &Limits::default()).await;
        let counts: Vec<(String, u64)> =
            given.found[0].tables.iter().map(|one| (snake(&one.table), one.rows)).collect();
        let count = |table: &str| counts.iter().find(|(name, _)| name == table).unwrap().1;
        assert_eq!((count("customer"), count("invoice"), count("invoice_line")), (1, 7, 38));
        assert_eq!(count("employee"), 0, "the employee who looks after her is not her");
    }
}
