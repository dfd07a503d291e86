//! Circles: within a table, between tables, between systems.

use guichet::connectors::search::Outcome;
use guichet::connectors::session::Limits;
use guichet::domain::inventory::parse::parse;
use guichet::domain::search_plan::plan::plan;

use super::sources::{Made, follow, identifiers, kinds, look, with_connectors};

const STAFF: &str = "
CREATE TABLE staff (id integer PRIMARY KEY, boss integer, email text, friend integer);
INSERT INTO staff VALUES (1, NULL, 'a@x.ie', NULL), (2, 1, 'b@x.ie', NULL), (3, 2, 'c@x.ie', 1),
  (4, 3, 'd@x.ie', NULL), (5, NULL, 'e@x.ie', 5), (6, 5, 'f@x.ie', NULL);
CREATE TABLE notes (id integer PRIMARY KEY, staff integer, about integer);
INSERT INTO notes VALUES (1, 4, NULL), (2, 6, 2), (3, 6, NULL);
";

#[tokio::test]
async fn a_table_that_refers_to_itself_is_followed_to_its_end() {
    let map = "
systems:
- name: s
  connector: $s
  tables:
  - {table: staff, find_by: {email: email}, reached_from: {table: staff, on: {boss: id}}}
  - {table: notes, reached_from: {table: staff, on: {staff: id}}}
";
    for kind in kinds() {
        let made = Made::new(kind, STAFF).await;
        let given = look(map, &[("email", "b@x.ie")], &[("s", &made)]).await;
        assert_eq!(given.lines("s"), ["staff: 2 3 4", "notes: 1"], "{kind:?}");
        assert!(given.found[0].is_complete());
        let given = look(map, &[("email", "e@x.ie")], &[("s", &made)]).await;
        assert_eq!(given.lines("s"), ["staff: 5 6", "notes: 2 3"], "{kind:?}");
    }
}

#[tokio::test]
async fn tables_that_lead_to_each_other_are_followed_until_nothing_is_new() {
    let map = "
systems:
- name: s
  connector: $s
  tables:
  - {table: staff, find_by: {email: email}, reached_from: {table: notes, on: {id: about}}}
  - {table: notes, reached_from: {table: staff, on: {staff: id}}}
";
    for kind in kinds() {
        let made = Made::new(kind, STAFF).await;
        let given = look(map, &[("email", "f@x.ie")], &[("s", &made)]).await;
        assert_eq!(given.lines("s"), ["staff: 2 6", "notes: 2 3"], "{kind:?}");
    }
}

#[tokio::test]
async fn a_circle_through_two_systems_is_followed_in_one_snapshot_of_each() {
    let map = "
systems:
- name: s
  connector: $s
  tables:
  - {table: staff, find_by: {email: email}, reached_from: {system: t, table: notes, on: {id: about}}}
- name: t
  connector: $t
  tables:
  - {table: notes, reached_from: {system: s, table: staff, on: {staff: id}}}
";
    for kind in kinds() {
        let one = Made::new(kind, STAFF).await;
        let two = Made::new(kind, &STAFF.replace("(1, 4, NULL)", "(1, 2, 4)")).await;
        let given = look(map, &[("email", "f@x.ie")], &[("s", &one), ("t", &two)]).await;
        assert_eq!(given.lines("s"), ["staff: 2 4 6"], "{kind:?}");
        assert_eq!(given.lines("t"), ["notes: 1 2 3"], "{kind:?}");
        assert!(given.found.iter().all(|one| one.is_complete()), "{:?}", given.found);
    }
}

#[tokio::test]
async fn a_circle_that_does_not_end_in_time_marks_the_search_incomplete() {
    let map = "
systems:
- name: s
  connector: $s
  tables:
  - {table: chain, find_by: {no: id}, reached_from: {table: chain, on: {id: next}}}
";
    let rows: Vec<String> = (1..50).map(|id| format!("({id}, {})", id + 1)).collect();
    let sql = format!(
        "CREATE TABLE chain (id integer PRIMARY KEY, next integer); INSERT INTO chain VALUES {}",
        rows.join(", ")
    );
    for kind in kinds() {
        let made = Made::new(kind, &sql).await;
        let map = parse(&with_connectors(map, &[("s", &made)])).unwrap().map;
        let plan = plan(&map, &identifiers(&[("no", "1")]));
        for (limits, rows, wanted) in [
            (Limits::default(), 49, Outcome::Complete),
            (Limits { rounds: 5, ..Limits::default() }, 6, Outcome::LinkCap),
            (Limits { link_values: 7, ..Limits::default() }, 8, Outcome::LinkCap),
        ] {
            let given = follow(&plan, &[("s", &made)], &limits).await;
            assert_eq!(given.found[0].outcome, wanted, "{kind:?}");
            assert_eq!(given.found[0].tables[0].rows, rows, "{kind:?} {wanted:?}");
        }
    }
}
