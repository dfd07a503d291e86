//! How identifiers are compared, and names that need quoting.

use guichet::connectors::search::Outcome;
use guichet::connectors::session::Limits;
use guichet::domain::inventory::parse::parse;
use guichet::domain::search_plan::contacts::plan_contacts;

use super::sources::{Kind, Made, follow, identifiers, kinds, look, with_connectors};

const PEOPLE: &str = "
CREATE TABLE people (id integer PRIMARY KEY, email text, phone text, name text, born date, seen timestamp, code char(8), big bigint, mobile bigint);
INSERT INTO people VALUES
  (1, 'Kate@x.ie', '+33 (0)6 12.34.56.78', 'O''Neil', '1980-01-31', '1980-01-31 00:00:00', 'AB', 9007199254740993, 33612345678),
  (2, '\u{212A}ate@x.ie', '0034612345678', 'o''neil', '1980-02-01', '1980-02-01 12:00:00', 'ab', 9007199254740992, NULL),
  (3, NULL, 'n/a', 'ONeil', NULL, NULL, NULL, NULL, 34612345678);
";

const MAP: &str = "
controller: {name: X, country: FR}
systems:
- name: s
  connector: $s
  tables:
  - table: people
    find_by:
      email: email
      phone: [phone, mobile]
      person_no: id
      code: code
      big: big
      name+birth_date: [{column: name, match: ci}, born]
      name+seen: [{column: name, match: ci}, seen]
    contact: {email: email, phone: phone, changed_at: seen}
    columns: {code: {withhold: security}}
";

#[tokio::test]
async fn each_comparison_finds_whom_it_should() {
    for kind in kinds() {
        let made = Made::new(kind, PEOPLE).await;
        for (pairs, wanted) in [
            (vec![("email", "KATE@X.IE")], "1"),
            (vec![("email", "\u{212A}ate@X.ie")], "2"),
            (vec![("phone", "06 12 34 56 78")], "1"),
            (vec![("phone", "+34 612 345 678")], "2 3"),
            (vec![("phone", "0033-612345678")], "1"),
            (vec![("phone", "0")], ""),
            (vec![("person_no", "2")], "2"),
            (vec![("person_no", "02")], "2"),
            (vec![("person_no", "two")], ""),
            (vec![("person_no", "2; DROP TABLE people")], ""),
            (vec![("person_no", "99999999999999999999999")], ""),
            (vec![("code", "AB")], "1"),
            (vec![("big", "9007199254740993")], "1"),
            (vec![("name", "o'neil"), ("birth_date", "1980-01-31")], "1"),
            (vec![("name", "o'neil"), ("birth_date", "31/01/1980")], ""),
            (vec![("name", "o'neil"), ("seen", "1980-02-01")], "2"),
            (vec![("name", "o'neil")], ""),
        ] {
            let map = parse(&with_connectors(MAP, &[("s", &made)])).unwrap().map;
            let plan = guichet::domain::search_plan::plan::plan(&map, &identifiers(&pairs));
            let given = follow(&plan, &[("s", &made)], &Limits::default()).await;
            assert_eq!(given.found[0].outcome, Outcome::Complete, "{kind:?} {pairs:?}");
            let keys = given.kept["s"].rows.get("people").map(|_| given.kept["s"].keys("people"));
            assert_eq!(keys.unwrap_or_default().join(" "), wanted, "{kind:?} {pairs:?}");
        }
    }
}

#[tokio::test]
async fn case_and_the_encoding_of_accents_do_not_count_in_any_script() {
    let sql = "CREATE TABLE people (id integer PRIMARY KEY, name text);
        INSERT INTO people VALUES (1, 'Élise'), (2, 'élise'), (3, 'ÉLISE'), (4, 'E\u{301}lise'),
          (5, 'Elise'), (6, 'ЖАННА'), (7, 'Жанна'), (8, 'ΟΔΥΣΣΕΥΣ'), (9, 'Οδυσσεύς'), (10, 'Οδυσσευς'),
          (11, '\u{212A}éa'), (12, 'Kéa');
        CREATE TABLE notes (id integer, name text);
        INSERT INTO notes VALUES (21, 'ÉLISE'), (22, 'Elise');";
    let map = "
systems:
- name: s
  connector: $s
  tables:
  - {table: people, find_by: {name: {column: name, match: ci}}}
  - {table: notes, find_by: {name: {column: name, match: ci}}}
";
    for kind in kinds() {
        let made = Made::new(kind, sql).await;
        for (name, wanted) in [
            ("élise", "1 2 3 4"),
            ("ÉLISE", "1 2 3 4"),
            ("e\u{301}LISE", "1 2 3 4"),
            ("elise", "5"),
            ("жанна", "6 7"),
            ("οδυσσευς", "8 10"),
            ("kéa", "12"),
            ("\u{212A}ÉA", "11"),
        ] {
            let given = look(map, &[("name", name)], &[("s", &made)]).await;
            assert_eq!(given.kept["s"].keys("people").join(" "), wanted, "{kind:?} {name}");
        }
        let given = look(map, &[("name", "élise")], &[("s", &made)]).await;
        assert_eq!(given.kept["s"].keys("notes"), ["21"], "{kind:?}");
    }
}

#[tokio::test]
async fn what_is_withheld_is_not_read_and_contacts_alone_are_read_before_identity() {
    for kind in kinds() {
        let made = Made::new(kind, PEOPLE).await;
        let given = look(MAP, &[("email", "kate@x.ie")], &[("s", &made)]).await;
        let names = |given: &super::sources::Given| -> Vec<String> {
            given.kept["s"].columns["people"].iter().map(|column| column.name.clone()).collect()
        };
        assert!(names(&given).contains(&"name".to_owned()));
        assert!(!names(&given).contains(&"code".to_owned()));
        let map = parse(&with_connectors(MAP, &[("s", &made)])).unwrap().map;
        let plan = plan_contacts(&map, &identifiers(&[("email", "kate@x.ie")]));
        let given = follow(&plan, &[("s", &made)], &Limits::default()).await;
        assert_eq!(names(&given), ["email", "phone", "seen"], "{kind:?}");
        assert_eq!(given.kept["s"].keys("people"), ["Kate@x.ie"]);
    }
}

#[tokio::test]
async fn names_are_quoted_and_must_be_in_the_catalogue() {
    let sql = r#"CREATE TABLE "we""ird; DROP TABLE x; --" ("select" integer, "é ""q""" text);
        INSERT INTO "we""ird; DROP TABLE x; --" VALUES (7, 'ana');"#;
    let map = r#"
systems:
- name: s
  connector: $s
  tables:
  - {table: 'we"ird; DROP TABLE x; --', key: [select], find_by: {name: 'é "q"'}}
  - {table: 'WHERE', find_by: {name: '1=1 OR "x"'}}
"#;
    for kind in kinds() {
        let made = Made::new(kind, sql).await;
        let sound =
            map.lines().filter(|line| !line.contains("WHERE")).collect::<Vec<_>>().join("\n");
        let given = look(&sound, &[("name", "ana")], &[("s", &made)]).await;
        assert_eq!(given.kept["s"].keys("we\"ird; DROP TABLE x; --"), ["7"], "{kind:?}");
        let given = look(map, &[("name", "ana")], &[("s", &made)]).await;
        let Outcome::Failed { error } = &given.found[0].outcome else { panic!("{kind:?}") };
        assert_eq!(error.code(), "source-table-missing");
        let wrong = sound.replace("é \"q\"", "1=1 OR ");
        let given = look(&wrong, &[("name", "ana")], &[("s", &made)]).await;
        let Outcome::Failed { error } = &given.found[0].outcome else { panic!("{kind:?}") };
        assert_eq!(error.code(), "source-column-missing");
    }
}

#[tokio::test]
async fn schemas_are_told_apart_where_there_are_schemas() {
    if !kinds().contains(&Kind::Postgresql) {
        return;
    }
    let sql = "CREATE SCHEMA billing; CREATE TABLE billing.people (id int, email text);
        INSERT INTO billing.people VALUES (7, 'ana@x.ie');
        CREATE TABLE people (id int, email text); INSERT INTO people VALUES (8, 'ana@x.ie');";
    let made = Made::new(Kind::Postgresql, sql).await;
    let map = "
systems:
- name: s
  connector: $s
  tables:
  - {table: people, find_by: {email: email}}
  - {table: billing.people, find_by: {email: email}}
";
    let given = look(map, &[("email", "ana@x.ie")], &[("s", &made)]).await;
    assert_eq!(given.lines("s"), ["people: 8", "billing.people: 7"]);
}
