//! Which identifiers the rows bear is for the source to say, in whatever way it compares.

use guichet::domain::search_plan::persons::Borne;

use super::sources::{Kind, Made, kinds, look};

const MAP: &str = "
systems:
- name: s
  connector: $s
  tables:
  - {table: people, key: [id], find_by: {email: mail}, contact: {email: mail, phone: phone}}
  - {table: papers, find_by: {customer_no: no, born_on: born}, reached_from: {table: people, on: {no: id}}}
  - {table: rows, reached_from: {table: people, on: {no: id}}}
";

const SQL: &str = "
    CREATE TABLE people (id INTEGER, mail VARCHAR(50), phone VARCHAR(20));
    INSERT INTO people VALUES (7, 'Own@Example.org', '06 11 11 11 11'), (8, 'x@example.org', NULL);
    CREATE TABLE papers (no NUMERIC(12,2), born TIMESTAMP);
    INSERT INTO papers VALUES (7, NULL), (7, '1990-01-02 00:00:00'), (8, '1990-01-02 10:00:00');
    CREATE TABLE rows (no INTEGER);
    INSERT INTO rows VALUES (7);";

#[tokio::test]
async fn each_source_says_which_identifiers_its_rows_bear() {
    for kind in kinds() {
        let made = Made::new(kind, SQL).await;
        let borne = async |identifiers: &[(&str, &str)], table: &str| {
            let given = look(MAP, identifiers, &[("s", &made)]).await;
            assert!(given.found[0].is_complete(), "{:?}", given.found);
            let table = given.found[0].tables.iter().find(|one| one.table == table);
            let mut borne = table.map(|one| one.borne.clone()).unwrap_or_default();
            borne.sort_by(|one, other| one.identifiers.cmp(&other.identifiers));
            borne
        };
        let rows = |identifiers: &[usize], rows| Borne { identifiers: identifiers.to_vec(), rows };
        // In the order of their kinds: born_on, customer_no, email.
        let own = [("born_on", "1990-01-02"), ("customer_no", "7"), ("email", "own@example.org")];
        assert_eq!(borne(&own, "people").await, [rows(&[1, 2], 1)], "{kind:?}");
        let papers = [rows(&[0], 1), rows(&[0, 1], 1), rows(&[1], 1)];
        assert_eq!(borne(&own, "papers").await, papers, "{kind:?}");
        assert_eq!(borne(&own, "rows").await, [], "{kind:?}: no identifier finds them");
        let other = [("customer_no", "8"), ("email", "own@example.org")];
        assert_eq!(borne(&other, "people").await, [rows(&[0], 1), rows(&[1], 1)], "{kind:?}");
        assert_eq!(borne(&other, "papers").await, [rows(&[0], 1)], "{kind:?}");
    }
    assert!(kinds().contains(&Kind::Sqlite));
}
