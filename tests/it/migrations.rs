//! The schema on both databases: made, taken back, made again; the same everywhere; and able to
//! open what earlier versions wrote.

mod fixture;
pub mod place;
mod populated;
mod readable;
mod rows;
mod schema;

use diesel::result::{DatabaseErrorKind, Error};
use guichet::db::conn::Conn;
use guichet::db::migrations::{self, MigrateError};

use place::Place;

#[test]
fn the_schema_is_made_taken_back_and_made_again() {
    for place in Place::each() {
        let mut conn = place.conn();
        assert!(migrations::up(&mut conn).unwrap() > 0, "{place}");
        let made = schema::read(&mut conn);
        assert!(made.len() > 100, "{place}: {made:#?}");
        assert_eq!(migrations::up(&mut conn).unwrap(), 0, "{place}");

        assert!(migrations::down(&mut conn).unwrap() > 0, "{place}");
        let left = schema::read(&mut conn);
        assert!(left.is_empty(), "{place}: down.sql leaves {left:#?}");

        assert!(migrations::up(&mut conn).unwrap() > 0, "{place}");
        assert_eq!(schema::read(&mut conn), made, "{place}");
    }
}

#[test]
fn the_schema_of_the_code_and_of_both_databases_is_one() {
    let code = schema::of_code();
    assert!(code.len() > 100, "{code:#?}");
    let mut found = Vec::new();
    for place in Place::each() {
        let mut conn = place.conn();
        migrations::up(&mut conn).unwrap();
        let live = schema::read(&mut conn);
        let of_code: Vec<&String> = live.iter().filter(|it| schema::is_of_code(it)).collect();
        let differ = schema::difference(&code.iter().collect::<Vec<_>>(), &of_code);
        assert!(differ.is_empty(), "src/db/schema.rs and {place}: {differ:#?}");
        found.push(live);
    }
    if let [sqlite, postgresql] = found.as_slice() {
        let (sqlite, postgresql): (Vec<_>, Vec<_>) =
            (sqlite.iter().collect(), postgresql.iter().collect());
        let differ = schema::difference(&sqlite, &postgresql);
        assert!(differ.is_empty(), "SQLite and PostgreSQL: {differ:#?}");
    }
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    for place in Place::each() {
        let mut conn = place.conn();
        migrations::up(&mut conn).unwrap();
        let before = schema::read(&mut conn);
        let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
        place::execute(&mut conn, newer).unwrap();
        let error = migrations::up(&mut conn).unwrap_err();
        assert!(
            matches!(&error, MigrateError::Newer(version) if version == "9999"),
            "{place}: {error}"
        );
        assert!(error.to_string().contains("newer version"), "{error}");
        assert_eq!(schema::read(&mut conn), before, "{place}");
    }
}

#[test]
fn the_database_refuses_a_child_of_another_controller() {
    for place in Place::each() {
        let mut conn = place.conn();
        migrations::up(&mut conn).unwrap();
        let places = populated::two_controllers(&mut conn);
        for (table, columns, values) in CHILDREN {
            for (controller, accepted) in [(&places.other, false), (&places.own, true)] {
                let values = values
                    .replace("$controller", &hex(controller))
                    .replace("$request", &hex(&places.request))
                    .replace("$user", &hex(&places.user));
                let insert = format!("INSERT INTO {table} ({columns}) VALUES ({values})");
                match place::execute(&mut conn, &insert) {
                    Ok(()) => assert!(accepted, "{place}: {table} took a child of another"),
                    Err(Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => {
                        assert!(!accepted, "{place}: {table} refused its own child");
                    }
                    Err(error) => panic!("{place}: {table}: {error}"),
                }
            }
        }
    }
}

/// Every table below a request: its columns and the values of one row.
const CHILDREN: [(&str, &str, &str); 7] = [
    (
        "request_rights",
        "controller_id, request_id, exercised, decision, due_on",
        "$controller, $request, 'erasure', 'undecided', '2026-12-23'",
    ),
    ("search_terms", "controller_id, term, request_id", "$controller, X'0102', $request"),
    (
        "events",
        "id, controller_id, request_id, version, kind, at, actor, detail",
        "X'21', $controller, $request, 99, 'NoteAdded', 1, 'worker', '{}'",
    ),
    (
        "jobs",
        "id, controller_id, request_id, kind, payload, state, run_at, attempts, fence, created_at",
        "X'22', $controller, $request, 'RemoveFiles', '{}', 'available', 1, 0, 0, 1",
    ),
    (
        "tasks",
        "id, controller_id, request_id, kind, detail, created_at",
        "X'23', $controller, $request, 'acknowledge', '', 1",
    ),
    (
        "files",
        "id, controller_id, request_id, purpose, size_bytes, sha256, created_at",
        "X'24', $controller, $request, 'package', 0, X'00', 1",
    ),
    (
        "searches",
        "id, controller_id, request_id, scope, map_version, started_by, started_at",
        "X'25', $controller, $request, 'full', 1, $user, 1",
    ),
];

#[test]
fn every_table_below_a_request_carries_its_controller() {
    let place = Place::sqlite();
    let mut conn = place.conn();
    migrations::up(&mut conn).unwrap();
    let lines = schema::read(&mut conn);
    let below =
        lines.iter().filter_map(|line| line.split_once(".request_id ")).map(|(table, _)| table);
    for table in below {
        let key = format!("{table} foreign key (controller_id, request_id");
        assert!(
            lines.iter().any(|line| line.starts_with(&key)),
            "{table}: its foreign key must begin with (controller_id, request_id)"
        );
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("X'{digits}'")
}

/// Both kinds of connection, for what must be asked in each one's own words.
fn by_kind<T>(conn: &Conn, sqlite: T, postgresql: T) -> T {
    match conn {
        Conn::Sqlite(_) => sqlite,
        Conn::Postgres(_) => postgresql,
    }
}
