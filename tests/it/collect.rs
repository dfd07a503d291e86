//! `guichet collect` on the Chinook sample, as a person runs it: what stands in the package is what
//! SQL itself answers.

mod desk;
mod silence;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Map, Value};

use self::desk::Desk;
use crate::connectors::chinook::{folder, postgresql_script, snake};
use crate::connectors::sources::{Kind, Made, kinds};

const CHINOOK: &str = include_str!("collect/chinook.yaml");

fn words(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The rows of a table as the JSON copy has them, every value as its text.
fn rows(package: &BTreeMap<String, Vec<u8>>, table: &str) -> Vec<BTreeMap<String, String>> {
    let Some(file) = package.get(&format!("data/shop.{table}.json")) else {
        return Vec::new();
    };
    let rows: Vec<Map<String, Value>> = serde_json::from_slice(file).unwrap();
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let cells = |row: &Map<String, Value>| {
        row.iter().map(|(name, value)| (snake(name), text(value))).collect()
    };
    let mut rows: Vec<BTreeMap<String, String>> = rows.iter().map(cells).collect();
    rows.sort();
    rows
}

/// The rows of one customer, as SQL itself finds them.
fn wanted(database: &rusqlite::Connection, email: &str) -> Vec<Vec<BTreeMap<String, String>>> {
    [
        "SELECT * FROM Customer WHERE Email = ?",
        "SELECT i.* FROM Invoice i JOIN Customer c USING (CustomerId) WHERE c.Email = ?",
        "SELECT l.* FROM InvoiceLine l JOIN Invoice i USING (InvoiceId) JOIN Customer c USING (CustomerId) WHERE c.Email = ?",
        "SELECT e.* FROM Employee e JOIN Customer c ON c.SupportRepId = e.EmployeeId WHERE c.Email = ?",
    ]
    .map(|sql| {
        let mut statement = database.prepare(sql).unwrap();
        let names: Vec<String> = statement.column_names().iter().map(|name| snake(name)).collect();
        let row = |row: &rusqlite::Row<'_>| {
            let cell = |place: usize| match row.get_ref(place).unwrap() {
                rusqlite::types::ValueRef::Null => String::new(),
                rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                rusqlite::types::ValueRef::Real(number) => number.to_string(),
                rusqlite::types::ValueRef::Text(text) => words(text),
                rusqlite::types::ValueRef::Blob(_) => panic!("Chinook has no blobs"),
            };
            Ok(names.iter().cloned().enumerate().map(|(place, name)| (name, cell(place))).collect())
        };
        let mut rows: Vec<BTreeMap<String, String>> =
            statement.query_map([email], row).unwrap().map(Result::unwrap).collect();
        rows.sort();
        rows
    })
    .to_vec()
}

/// Every word of the map that names a table or a column, as the PostgreSQL script writes it.
fn postgresql_map() -> String {
    let renamed: String = CHINOOK
        .split_inclusive(|c: char| !c.is_ascii_alphanumeric())
        .map(|word| {
            let name = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            let capital = word.starts_with(|c: char| c.is_ascii_uppercase());
            let two = word.chars().filter(char::is_ascii_uppercase).count() > 1;
            let one = ["Customer", "Invoice", "Employee", "Company", "Address", "City", "State"]
                .into_iter()
                .chain(["Country", "Phone", "Fax", "Email", "Total", "Quantity"])
                .any(|word| word == name);
            match capital && (two || one) && name.len() > 3 {
                true => snake(word),
                false => word.to_owned(),
            }
        })
        .collect();
    renamed.replace("connector: sqlite", "connector: postgresql")
}

/// PostgreSQL has its own way to write an instant and a round number.
fn plain(rows: Vec<BTreeMap<String, String>>) -> Vec<BTreeMap<String, String>> {
    let cell = |text: String| match text.parse::<f64>() {
        Ok(number) if !text.starts_with('0') && !text.starts_with('+') => number.to_string(),
        _ => text
            .trim_end()
            .replace('T', " ")
            .trim_end_matches(" 00:00:00")
            // One city ends with a blank in one of the two sample files.
            .trim_end()
            .to_owned(),
    };
    let mut rows: Vec<BTreeMap<String, String>> = rows
        .into_iter()
        .map(|row| row.into_iter().map(|(name, text)| (name, cell(text))).collect())
        .collect();
    rows.sort();
    rows
}

#[tokio::test]
async fn every_customer_gets_the_rows_that_sql_finds_in_the_package() {
    let Some(folder) = folder() else { return };
    let path = folder.join("chinook.sqlite");
    let database = rusqlite::Connection::open(&path).unwrap();
    let mut statement = database.prepare("SELECT Email FROM Customer").unwrap();
    let emails: Vec<String> =
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(emails.len(), 59);
    let mut sources = vec![(
        "sqlite",
        Desk::new(CHINOOK),
        format!("shop=sqlite:{}", path.display()),
        ["Customer", "Invoice", "InvoiceLine", "Employee"].map(str::to_owned),
    )];
    let made = match kinds().contains(&Kind::Postgresql) {
        true => Some(Made::new(Kind::Postgresql, &postgresql_script(&folder)).await),
        false => None,
    };
    if let Some(made) = &made {
        let tables = ["customer", "invoice", "invoice_line", "employee"].map(str::to_owned);
        let connect = format!("shop={}", made.url);
        sources.push(("postgresql", Desk::new(&postgresql_map()), connect, tables));
    }
    for (kind, desk, connect, tables) in &sources {
        for (number, email) in emails.iter().enumerate() {
            let identity = format!("email={}", email.to_ascii_uppercase());
            let language = if number % 2 == 0 { "fr" } else { "en" };
            let more = ["--right", "access", "--language", language];
            let output = desk.collect(std::slice::from_ref(connect), &[&identity], &more);
            let said = words(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{said}");
            assert!(!said.contains(email.as_str()), "no identifier is repeated");
            let package = desk.package(&format!("{kind}-{number}"));
            for (table, wanted) in tables.iter().zip(wanted(&database, email)) {
                assert!(!wanted.is_empty());
                let found = rows(&package, table);
                assert_eq!(plain(found), plain(wanted), "{kind} {table} {number}");
            }
        }
    }
}

#[test]
fn portability_holds_what_the_person_provided_and_nothing_of_the_employee() {
    let Some(folder) = folder() else { return };
    let desk = Desk::new(CHINOOK);
    let connect = [format!("shop=sqlite:{}", folder.join("chinook.sqlite").display())];
    let output = desk.collect(&connect, &["customer_no=1"], &["--right", "portability"]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output.stderr));
    let package = desk.package("portability");
    let customer = rows(&package, "Customer");
    assert_eq!(customer[0]["email"], "luisg@embraer.com.br");
    assert!(!words(&package["index.html"]).contains("jane@chinookcorp.com"));
}

#[test]
fn a_person_without_rows_gets_a_package_that_says_so() {
    let Some(folder) = folder() else { return };
    let desk = Desk::new(CHINOOK);
    let connect = [format!("shop=sqlite:{}", folder.join("chinook.sqlite").display())];
    let output = desk.collect(&connect, &["email=nobody@example.org"], &["--right", "access"]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output.stderr));
    let sources: Value = serde_json::from_slice(&desk.package("nothing")["sources.json"]).unwrap();
    assert_eq!(sources["complete"], true);
    assert_eq!(sources["systems"][0]["outcome"], "nothing_found");
}

/// What a package says of each system, as `name: outcome`.
fn outcomes(package: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let sources: Value = serde_json::from_slice(&package["sources.json"]).unwrap();
    let systems = sources["systems"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    systems
        .map(|system| format!("{}: {}", text(&system["name"]), text(&system["outcome"])))
        .collect()
}

const THREE: &str = "systems:
- name: shop
  connector: sqlite
  tables:
  - {table: people, key: [id], find_by: {email: email}}
  - {table: calls, find_by: {phone: number}}
- name: crm
  connector: postgresql
  tables: [{table: contacts, find_by: {email: email}}]
- name: cabinet
  connector: manual
  tables: [{table: letters, find_by: {email: email}}]
";

fn shop(desk: &Desk) -> String {
    let path = desk.path("shop.db");
    let sql = "CREATE TABLE people (id integer PRIMARY KEY, email text);
        INSERT INTO people VALUES (1, 'ana@example.ie'), (2, 'ana@example.ie');
        CREATE TABLE calls (number text, minutes integer);";
    rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    format!("shop=sqlite:{}", path.display())
}

#[test]
fn what_is_not_looked_at_is_said_and_makes_the_search_incomplete() {
    let desk = Desk::new(THREE);
    let shop = shop(&desk);
    let more = ["--right", "access"];
    let output =
        desk.collect(std::slice::from_ref(&shop), &["email=ana@example.ie", "shoe_size=40"], &more);
    let said = words(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for line in ["shoe_size", "shop.calls", "phone", "NOT COMPLETE"] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let package = desk.package("incomplete");
    assert_eq!(outcomes(&package), ["shop: failed", "crm: failed", "cabinet: not_searched"]);
    assert_eq!(rows(&package, "people").len(), 2);

    let both = ["email=ana@example.ie", "phone=+353 20 910 0000"];
    let capped = ["--right", "access", "--row-cap", "1"];
    let output = desk.collect(&[shop], &both, &capped);
    assert_eq!(output.status.code(), Some(1));
    let package = desk.package("capped");
    assert_eq!(outcomes(&package)[0], "shop: row_cap");
    assert_eq!(rows(&package, "people").len(), 1);
}

#[test]
fn unusable_input_is_told_in_the_language_and_leaves_no_file() {
    let desk = Desk::new(THREE);
    let shop = shop(&desk);
    let fr = ["--right", "access", "--language", "fr"];
    for (connect, identity, part) in [
        (shop.clone(), "ana@example.ie", "SORTE=VALEUR"),
        (shop.clone(), "E-Mail=x", "SORTE=VALEUR"),
        (shop.clone(), "email=", "n’a pas de valeur"),
        (shop.clone(), "name+birth_date=Ana", "séparées par |"),
        (shop.clone(), "shoe_size=40", "email, phone"),
        (shop.replace("shop=", "till="), "email=a@example.ie", "till"),
        (shop.replace("shop=", "crm="), "email=a@example.ie", "postgresql"),
        ("shop=oracle:x".to_owned(), "email=a@example.ie", "shop"),
    ] {
        let output = desk.collect(&[connect], &[identity], &fr);
        let said = words(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{identity}: {said}");
        assert!(said.contains(part), "{part}: {said}");
        assert!(!desk.path("found.zip").exists());
    }
    let twice = desk.collect(&[shop.clone(), shop.clone()], &["email=a@example.ie"], &fr);
    assert!(words(&twice.stderr).contains("deux fois"));
    std::fs::write(desk.path("map.yaml"), "systems: 3").unwrap();
    let map = desk.collect(&[shop], &["email=a@example.ie"], &fr);
    assert_eq!(map.status.code(), Some(2));
    assert!(words(&map.stderr).contains("map.yaml:1:10"), "{}", words(&map.stderr));
}

#[test]
fn what_is_no_regular_file_is_refused_before_anything_is_searched() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    for place in ["found.zip", "found.zip.part"] {
        for linked in [false, true] {
            let desk = Desk::new(THREE);
            let shop = shop(&desk);
            let pipe = desk.path(if linked { "pipe" } else { place });
            assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            if linked {
                symlink(&pipe, desk.path(place)).unwrap();
            }
            let output = desk
                .command(&[shop], &["email=ana@example.ie"], &["--right", "access"])
                .output()
                .unwrap();
            let said = words(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert!(said.contains("no regular file"), "{said}");
            assert!(!said.contains("shop: begins"), "{said}");
            let left = std::fs::metadata(desk.path(place)).unwrap().file_type();
            assert!(left.is_fifo(), "it is still there");
        }
    }
}

/// A collection that waits for a server which takes connections and never answers.
fn waiting(desk: &Desk) -> (Child, std::net::TcpListener) {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let connect = format!("crm=postgresql://reader@{address}/crm");
    let mut child = desk
        .command(&[shop(desk), connect], &["email=ana@example.ie"], &["--right", "access"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stderr.take().unwrap());
    let begun = said.lines().any(|line| line.unwrap().starts_with("crm: "));
    assert!(begun, "the search of the silent server begins");
    (child, server)
}

#[test]
fn a_collection_that_is_killed_leaves_no_package() {
    let desk = Desk::new(THREE);
    let (mut child, _server) = waiting(&desk);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!desk.path("found.zip").exists());
    // What is left of the rows is sealed under a key that is gone.
    for folder in std::fs::read_dir(desk.path("tmp")).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(4).any(|window| window == b"ana@"));
        }
    }
}

#[test]
fn a_collection_that_is_stopped_leaves_nothing_at_all() {
    let desk = Desk::new(THREE);
    let (mut child, _server) = waiting(&desk);
    let told = Command::new("kill").arg(child.id().to_string()).status();
    assert!(told.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert_eq!(desk.left_over(), 0);
    assert!(!desk.path("found.zip").exists() && !desk.path("found.zip.part").exists());
}
