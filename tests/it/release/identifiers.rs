//! Identifiers of several people in one request: whose rows they find, and who may have them.

use serde_json::{Value, json};

use crate::collection::shop::Shop;

/// Customer 8 asks; customer 7 is somebody else, and so is employee 3.
const PEOPLE: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, other TEXT, phone TEXT, name TEXT,
        born TIMESTAMP, code TEXT COLLATE NOCASE, manager INTEGER);
    INSERT INTO people VALUES
        (7, 'victim@example.org', NULL, '0611111111', 'Vic Time', '1990-01-02', 'C-VIC', 3),
        (8, 'own@example.org', 'victim@example.org', '06 22 22 22 22', 'Own Person',
         '1985-05-05 00:00:00', 'C-OWN', 3);
    CREATE TABLE papers (no INTEGER, amount NUMERIC, code TEXT COLLATE NOCASE, mail TEXT, born TIMESTAMP,
        name TEXT, words TEXT);
    INSERT INTO papers VALUES
        (7, 7.5, 'C-VIC', 'victim@example.org', '1990-01-02 00:00:00', 'Vic Time', 'hers'),
        (8, 8.5, 'C-OWN', 'own@example.org', '1985-05-05', 'Own Person', 'own');
    CREATE TABLE staff (no INTEGER PRIMARY KEY, mail TEXT, pay TEXT);
    INSERT INTO staff VALUES (3, 'manager@example.org', 'secret');
    CREATE TABLE crm (mail TEXT, tel TEXT);
    INSERT INTO crm VALUES ('mallory@example.org', '0622222222');
    CREATE TABLE calls (num TEXT, cust INTEGER);
    INSERT INTO calls VALUES ('0622222222', 7);
    CREATE TABLE pay (no INTEGER, sum TEXT);
    INSERT INTO pay VALUES (3, 'secret');";

/// A map of the people and one table more.
fn map(people: &str, rest: &str) -> String {
    format!(
        "controller: {{ name: Maison Exemple, country: FR, contact: dpo@maison.example }}
systems:
  - name: shop
    connector: sqlite
    tables:
      - table: people
        key: [id]
        {people}
        basis: contract
{rest}"
    )
}

/// A request with these identifiers, up to a package of the newest search.
async fn packed(shop: &Shop, identifiers: &[(&str, &str)]) -> (String, String, Value) {
    let identifiers: Vec<Value> =
        identifiers.iter().map(|(kind, value)| json!({ "kind": kind, "value": value })).collect();
    let body = json!({
        "controller_id": shop.controller.id,
        "channel": "web",
        "rights": ["access", "portability"],
        "subject": { "names": ["Own Person"], "identifiers": identifiers },
    });
    let logged: Value = shop.dpo().post("/api/v1/requests", body).await.expect(201).json();
    let text = |key: &str| logged["request"][key].as_str().unwrap().to_owned();
    let (id, reference) = (text("id"), text("reference"));
    shop.identify(&id, "v1", &["in_person"]).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    (id, reference, package)
}

/// What the release of a package is answered: nothing when it is done.
async fn refusal(shop: &Shop, id: &str, reference: &str, package: &Value) -> Option<String> {
    let package = package["id"].as_str().unwrap();
    let path = format!("/api/v1/requests/{id}/packages/{package}/release");
    let answer = shop.dpo().post(&path, json!({ "reference": reference })).await;
    if answer.status == 200 {
        return None;
    }
    Some(answer.json::<Value>()["reason"].as_str().unwrap().to_owned())
}

const BY_MAIL: &str = "find_by: { email: email }
        contact: { email: [email], phone: [phone] }";

/// Whose papers they are, by one line of the map.
fn papers(line: &str) -> String {
    let papers = format!("      - table: papers\n        {line}\n        basis: contract\n");
    map(BY_MAIL, &papers)
}

#[actix_web::test]
async fn the_identifier_of_somebody_else_beside_ones_own_needs_a_person() {
    let linked = "reached_from: { table: people, on: { no: id } }";
    let by_no = format!("find_by: {{ customer_no: no }}\n        {linked}");
    let by_code = format!("find_by: {{ code: code }}\n        {linked}");
    let by_birth = format!("find_by: {{ name+birth_date: [name, born] }}\n        {linked}");
    let withheld = format!("{by_no}\n        columns: {{ no: {{ withhold: security }} }}");
    let manager = "      - table: staff
        find_by: { employee_no: no }
        reached_from: { table: people, on: { no: manager } }
        basis: contract
      - table: pay
        find_by: { employee_no: no }
        basis: contract\n";
    let two_mails = "find_by: { email: [email, other] }
        contact: { email: [email, other] }";
    // One number alone, on file with one address, leads to somebody of another address.
    let calls = "      - table: crm
        find_by: { phone: tel }
        contact: { email: mail, phone: tel }
        basis: contract
      - table: calls
        find_by: { phone: num }
        basis: contract\n";
    let by_call = "find_by: { email: email }
        contact: { email: [email], phone: [phone] }
        reached_from: { table: calls, on: { id: cust } }";
    let referred = "find_by: { phone: phone }
        contact: { email: [email], phone: [phone] }
        reached_from: { table: people, on: { id: manager } }";
    let number = ("phone", "06 22 22 22 22");
    let own = ("email", "own@example.org");
    for (map, identifiers) in [
        (map(by_call, calls), vec![number]),
        (map(referred, calls), vec![number]),
        (papers(&by_no), vec![own, ("customer_no", "7")]),
        (papers(&by_no), vec![own, ("customer_no", "7.0")]),
        (papers(&by_no), vec![own, ("customer_no", "7e0")]),
        (papers("find_by: { customer_no: no }"), vec![own, ("customer_no", "+7")]),
        (papers(&withheld), vec![own, ("customer_no", "7")]),
        (papers(&by_code), vec![own, ("code", "c-vic")]),
        (papers(&by_birth), vec![own, ("name+birth_date", "Vic Time|1990-01-02")]),
        // One's own too, where no row of contacts bears both parts: a name and a birth date are known
        // to many, and nothing ties them to the address that was proved.
        (papers(&by_birth), vec![own, ("name+birth_date", "Own Person|1985-05-05")]),
        (
            papers("find_by: { phone: mail, email: mail }"),
            vec![own, ("email", "victim@example.org")],
        ),
        (papers("find_by: { email: mail }"), vec![own, ("email+zz", "victim@example.org|1")]),
        (map(two_mails, ""), vec![own, ("email+zz", "victim@example.org|1")]),
        (map(BY_MAIL, manager), vec![own, ("employee_no", "3")]),
    ] {
        let shop = Shop::open().await;
        shop.rebuild(PEOPLE, &map, 2).await;
        let (id, reference, package) = packed(&shop, &identifiers).await;
        let refused = refusal(&shop, &id, &reference, &package).await;
        assert_eq!(refused.as_deref(), Some("needs-v3"), "{identifiers:?} {map}");
    }
}

#[actix_web::test]
async fn ones_own_identifiers_however_they_are_written_hold_nobody_up() {
    let linked = "reached_from: { table: people, on: { no: id } }";
    let by_no = format!("find_by: {{ customer_no: no }}\n        {linked}");
    let by_all = "find_by: { email: email, code: code, name+birth_date: [name, born] }
        contact: { email: [email], phone: [phone] }
        columns: { phone: { withhold: security } }";
    let rest = "      - table: papers
        find_by: { code: code, name+birth_date: [name, born], phone: mail }
        basis: contract\n";
    let reached = "      - table: staff
        key: [no]
        find_by: { email: mail }
        contact: { email: mail }
        reached_from: { table: people, on: { no: manager } }
        basis: contract\n";
    let own = ("email", "own@example.org");
    for (map, identifiers) in [
        (papers(&by_no), vec![own, ("customer_no", "8")]),
        (papers(&by_no), vec![own, ("customer_no", "8.0")]),
        (map(by_all, rest), vec![own, ("code", "c-own"), ("phone", "+33622222222")]),
        (map(by_all, rest), vec![own, ("name+birth_date", "Own Person|1985-05-05")]),
        (map(BY_MAIL, reached), vec![own]),
    ] {
        let shop = Shop::open().await;
        shop.rebuild(PEOPLE, &map, 2).await;
        let (id, reference, package) = packed(&shop, &identifiers).await;
        let refused = refusal(&shop, &id, &reference, &package).await;
        assert_eq!(refused, None, "{identifiers:?} {map}");
    }
}

/// Another package, of an older search that found less, frees nothing.
#[actix_web::test]
async fn what_an_older_search_did_not_find_frees_no_package() {
    let shop = Shop::open().await;
    shop.rebuild(PEOPLE, &map(BY_MAIL, ""), 2).await;
    let identifiers = [("email", "own@example.org"), ("customer_no", "7")];
    let (id, reference, _) = packed(&shop, &identifiers).await;
    let path = format!("/api/v1/requests/{id}/searches");
    let searches: Value = shop.dpo().get(&path).await.expect(200).json();
    let older = searches["searches"][0].clone();
    shop.rebuild("", &papers("find_by: { customer_no: no }"), 3).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    assert_eq!(refusal(&shop, &id, &reference, &package).await.as_deref(), Some("needs-v3"));
    let other = shop.package(&id, &older, "portability", Some("essai")).await;
    assert_eq!(other["state"], "ready");
    assert_eq!(refusal(&shop, &id, &reference, &package).await.as_deref(), Some("needs-v3"));
    // And the search that follows takes no blame from a package.
    shop.rebuild("", &map(BY_MAIL, ""), 4).await;
    let search = shop.search(&id).await;
    let refused = refusal(&shop, &id, &reference, &package).await;
    assert_eq!(refused.as_deref(), Some("nothing-to-release"));
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    assert_eq!(refusal(&shop, &id, &reference, &package).await, None);
    shop.app.assert_replays().await;
}

/// What the map withholds stays withheld, whatever letters its column was typed in.
#[actix_web::test]
async fn a_column_typed_in_other_letters_is_the_column_of_the_map() {
    let shop = Shop::open().await;
    let paper = "  - name: archive
    connector: manual
    tables:
      - table: letters
        basis: contract
        columns: { secret: { withhold: security }, note: { category: note } }\n";
    shop.rebuild(PEOPLE, &map(BY_MAIL, paper), 2).await;
    let (id, ..) = packed(&shop, &[("email", "own@example.org")]).await;
    let search = shop.search(&id).await;
    let path = format!("/api/v1/requests/{id}/searches/{}", search["id"].as_str().unwrap());
    let answer = format!("{path}/systems/archive/answer");
    let rows = json!([{ "SECRET": "canari-secret", "Note": "seen" }]);
    let tables = json!([{ "table": "letters", "rows": rows }]);
    let body = json!({ "outcome": "answered", "tables": tables });
    shop.dpo().post(&answer, body).await.expect(200);
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let withheld = package["manifest"]["withholdings"].to_string();
    assert!(withheld.contains("\"secret\"") && withheld.contains("security"), "{withheld}");
    let twice = json!([{ "table": "letters", "rows": [{ "SECRET": "a", "secret": "b" }] }]);
    let body = json!({ "outcome": "answered", "tables": twice });
    assert_eq!(shop.dpo().post(&answer, body).await.expect(422).problem().1, ["tables: twice"]);
}
