//! Chains, several ways in, and values that travel between systems.

use guichet::connectors::search::Outcome;

use super::sources::{Kind, Made, kinds, look};

const SHOP: &str = "
CREATE TABLE customers (id integer PRIMARY KEY, email varchar(80), old_email text, name text);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id bigint, gift_for text, shop integer, no integer);
CREATE TABLE payments (id integer PRIMARY KEY, order_id text, amount numeric(10,2));
CREATE TABLE lines (id integer PRIMARY KEY, shop integer, no integer);
CREATE TABLE untouched (id integer PRIMARY KEY);
INSERT INTO customers VALUES (1, 'Ana@Example.ie', NULL, 'Ana'), (2, 'bob@example.ie', 'ana@example.ie', 'Bob'),
  (3, '', '', 'Nobody'), (4, NULL, NULL, 'Null');
INSERT INTO orders VALUES (10, 1, 'ana@example.ie', 1, 100), (11, 1, NULL, 1, 101), (12, 2, 'ana@example.ie', 2, 100),
  (13, 3, '', 3, 100), (14, NULL, NULL, NULL, NULL), (15, 4, '', 9, 9);
INSERT INTO payments VALUES (20, '10', 1.50), (21, '11', 2), (22, '13', 3), (23, '', 4), (24, NULL, 5);
INSERT INTO lines VALUES (30, 1, 100), (31, 2, 100), (32, 1, 101), (33, 3, 100), (34, 2, 101), (35, NULL, NULL);
";

const MAP: &str = "
systems:
- name: shop
  connector: $shop
  tables:
  - {table: customers, find_by: {email: email, customer_no: id}}
  - table: orders
    reached_from:
    - {table: customers, on: {customer_id: id}}
    - {table: customers, on: {gift_for: email}, match: ci}
  - {table: payments, reached_from: {table: orders, on: {order_id: id}}}
  - {table: lines, reached_from: {table: orders, on: {shop: shop, no: no}}}
";

#[tokio::test]
async fn a_chain_brings_what_hangs_on_the_subject_once_and_nothing_else() {
    for kind in kinds() {
        let shop = Made::new(kind, SHOP).await;
        let given = look(MAP, &[("email", "ANA@example.IE")], &[("shop", &shop)]).await;
        assert_eq!(
            given.lines("shop"),
            ["customers: 1", "orders: 10 11 12", "payments: 20 21", "lines: 30 31 32"],
            "{kind:?}"
        );
        assert_eq!(given.found[0].outcome, Outcome::Complete);
        let counts: Vec<u64> = given.found[0].tables.iter().map(|table| table.rows).collect();
        assert_eq!(counts, [1, 3, 2, 3]);
    }
}

#[tokio::test]
async fn blanks_and_nulls_tie_nothing_together() {
    for kind in kinds() {
        let shop = Made::new(kind, SHOP).await;
        for (number, orders) in [("3", "orders: 13"), ("4", "orders: 15")] {
            let given = look(MAP, &[("customer_no", number)], &[("shop", &shop)]).await;
            assert_eq!(given.lines("shop")[1], orders, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn identifiers_that_find_nothing_give_empty_tables() {
    for kind in kinds() {
        let shop = Made::new(kind, SHOP).await;
        for value in ["nobody@example.ie", "%", "_", "' OR 1=1 --", "ana@example.ie'", "\0", "a\0"]
        {
            let given = look(MAP, &[("email", value)], &[("shop", &shop)]).await;
            assert_eq!(
                given.lines("shop"),
                ["customers: ", "orders: ", "payments: ", "lines: "],
                "{kind:?} {value:?}"
            );
            assert_eq!(given.found[0].outcome, Outcome::Complete, "{kind:?} {value:?}");
        }
    }
}

#[tokio::test]
async fn several_columns_and_several_values_are_looked_for() {
    for kind in kinds() {
        let shop = Made::new(kind, SHOP).await;
        let map = MAP.replace("email: email", "email: [email, old_email]");
        let given = look(&map, &[("email", "ana@example.ie")], &[("shop", &shop)]).await;
        assert_eq!(given.lines("shop")[0], "customers: 1 2", "{kind:?}");
        let pairs =
            [("email", "ana@example.ie"), ("email", "bob@example.ie"), ("customer_no", "4")];
        let given = look(MAP, &pairs, &[("shop", &shop)]).await;
        assert_eq!(given.lines("shop")[0], "customers: 1 2 4", "{kind:?}");
    }
}

const SUPPORT: &str = "
CREATE TABLE tickets (id integer PRIMARY KEY, contact_email text, customer text, phone text);
INSERT INTO tickets VALUES (1, 'ana@EXAMPLE.ie', NULL, NULL), (2, 'bob@example.ie', '1', NULL), (3, '', '', ''),
  (4, NULL, NULL, '+33 6 12 34 56 78'), (5, NULL, NULL, '0612345678'), (6, NULL, '01', '34612345678');
CREATE TABLE replies (id integer PRIMARY KEY, ticket integer);
INSERT INTO replies VALUES (1, 1), (2, 3), (3, 4);
";

const BOTH: &str = "
controller: {name: X, country: FR}
systems:
- name: support
  connector: $support
  tables:
  - table: tickets
    reached_from:
    - {system: shop, table: customers, on: {contact_email: email}, match: ci}
    - {system: shop, table: customers, on: {customer: id}}
    - {system: shop, table: phones, on: {phone: number}, match: digits}
  - {table: replies, reached_from: {table: tickets, on: {ticket: id}}}
- name: shop
  connector: $shop
  tables:
  - {table: customers, find_by: {email: email}}
  - {table: phones, reached_from: {table: customers, on: {customer_id: id}}}
";

/// Every pair of kinds, so that values also travel from one database to another.
fn pairs() -> Vec<(Kind, Kind)> {
    kinds().iter().flat_map(|one| kinds().into_iter().map(|two| (*one, two))).collect()
}

#[tokio::test]
async fn values_travel_from_one_system_to_another() {
    for (one, two) in pairs() {
        let phones = "CREATE TABLE phones (customer_id integer, number text);
            INSERT INTO phones VALUES (1, '06 12 34 56 78'), (2, '0034612345678'), (1, NULL), (1, '');";
        let shop = Made::new(one, &format!("{SHOP}{phones}")).await;
        let support = Made::new(two, SUPPORT).await;
        let systems = [("shop", &shop), ("support", &support)];
        let given = look(BOTH, &[("email", "ana@example.ie")], &systems).await;
        assert_eq!(given.lines("support"), ["tickets: 1 2 4 5", "replies: 1 3"], "{one:?} {two:?}");
        assert!(given.found.iter().all(|system| system.is_complete()), "{:?}", given.found);
        assert_eq!(given.found[0].system, "support", "in the order of the map");
    }
}

#[tokio::test]
async fn a_system_that_fails_leaves_its_followers_marked() {
    for kind in kinds() {
        let support = Made::new(kind, SUPPORT).await;
        let shop = Made::new(Kind::Sqlite, "CREATE TABLE other (id integer)").await;
        let systems = [("shop", &shop), ("support", &support)];
        let given = look(BOTH, &[("email", "ana@example.ie")], &systems).await;
        assert_eq!(given.found[0].outcome, Outcome::Complete, "{kind:?}");
        assert_eq!(given.found[0].lacks, ["shop"]);
        assert!(!given.found[0].is_complete() && !given.found[1].is_complete());
        let Outcome::Failed { error } = &given.found[1].outcome else { panic!() };
        assert_eq!(error.code(), "source-table-missing");
    }
}
