//! What a database says of its own schema, as lines that do not depend on which database it is;
//! and the same lines from `src/db/schema.rs`.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::Text;
use guichet::db::conn::Conn;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Columns, primary keys, indexes and foreign keys, in this order.
const SQLITE: [&str; 4] = [
    "SELECT m.name || '.' || c.name || ' ' || lower(c.type)
            || iif(c.\"notnull\" OR (c.pk = 1 AND c.type = 'INTEGER'), ' not null', '') AS line
     FROM sqlite_master m JOIN pragma_table_info(m.name) c
     WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'",
    "SELECT m.name || ' primary key (' || group_concat(c.name, ', ' ORDER BY c.pk) || ')' AS line
     FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.pk > 0
     WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' GROUP BY m.name",
    "SELECT m.name || iif(i.origin = 'u', ' unique', iif(i.\"unique\", ' unique index ', ' index ')
            || i.name) || ' (' || group_concat(c.name, ', ' ORDER BY c.seqno) || ')'
            || iif(i.partial, substr(s.sql, instr(s.sql, ' WHERE ')), '') AS line
     FROM sqlite_master m JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c
          JOIN sqlite_master s ON s.name = i.name
     WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND i.origin <> 'pk'
     GROUP BY m.name, i.name, i.origin, i.\"unique\", i.partial, s.sql",
    "SELECT m.name || ' foreign key (' || group_concat(f.\"from\", ', ' ORDER BY f.seq)
            || ') REFERENCES ' || f.\"table\" || '(' || group_concat(f.\"to\", ', ' ORDER BY f.seq)
            || ')' || iif(f.on_delete = 'NO ACTION', '', ' ON DELETE ' || f.on_delete) AS line
     FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
     WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'
     GROUP BY m.name, f.id, f.\"table\", f.on_delete",
];

const POSTGRESQL: [&str; 4] = [
    "SELECT t.relname || '.' || a.attname || ' '
            || replace(format_type(a.atttypid, a.atttypmod), 'bytea', 'blob')
            || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END AS line
     FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
     WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r'
           AND t.relname NOT LIKE '\\_\\_%' AND a.attnum > 0 AND NOT a.attisdropped",
    "SELECT t.relname || ' primary key (' || string_agg(a.attname, ', ' ORDER BY k.place) || ')'
            AS line
     FROM pg_class t JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
          CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY k (number, place)
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
     WHERE t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE '\\_\\_%'
     GROUP BY t.relname",
    "SELECT t.relname || CASE WHEN u.oid IS NOT NULL THEN ' unique'
                 WHEN i.indisunique THEN ' unique index ' || n.relname
                 ELSE ' index ' || n.relname END
            || ' (' || string_agg(a.attname, ', ' ORDER BY k.place) || ')'
            || coalesce(' WHERE ' || replace(trim(BOTH '()' FROM
                   pg_get_expr(i.indpred, i.indrelid)), '::text', ''), '') AS line
     FROM pg_class t JOIN pg_index i ON i.indrelid = t.oid AND NOT i.indisprimary
          JOIN pg_class n ON n.oid = i.indexrelid
          CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY k (number, place)
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
          LEFT JOIN pg_constraint u ON u.conindid = i.indexrelid AND u.contype = 'u'
     WHERE t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE '\\_\\_%'
     GROUP BY t.relname, u.oid, i.indisunique, n.relname, i.indpred, i.indrelid",
    "SELECT t.relname || replace(pg_get_constraintdef(c.oid), 'FOREIGN KEY', ' foreign key') AS line
     FROM pg_class t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype = 'f'
     WHERE t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE '\\_\\_%'",
];

/// The schema of a live database, without the table in which diesel counts migrations.
pub fn read(conn: &mut Conn) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for (sqlite, postgresql) in SQLITE.into_iter().zip(POSTGRESQL) {
        let found: Vec<Line> = match conn {
            Conn::Sqlite(conn) => diesel::sql_query(sqlite).load(conn).unwrap(),
            Conn::Postgres(conn) => diesel::sql_query(postgresql).load(conn).unwrap(),
        };
        lines.extend(found.into_iter().map(|it| it.line));
    }
    lines
}

/// The lines of columns and primary keys, which `src/db/schema.rs` knows too.
pub fn is_of_code(line: &str) -> bool {
    let (table, _) = line.split_once(' ').unwrap();
    table.contains('.') || line.contains(" primary key (")
}

/// What `src/db/schema.rs` says, in the same lines.
pub fn of_code() -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    let mut table = "";
    for line in include_str!("../../../src/db/schema.rs").lines() {
        let line = line.trim();
        if let Some((name, keys)) = line.strip_suffix(") {").and_then(|line| line.split_once(" ("))
        {
            table = name;
            lines.insert(format!("{table} primary key ({keys})"));
        } else if let Some((column, written)) =
            line.strip_suffix(',').and_then(|line| line.split_once(" -> "))
        {
            let inner = written.strip_prefix("Nullable<").and_then(|it| it.strip_suffix('>'));
            let kind = match inner.unwrap_or(written) {
                "Binary" => "blob".to_owned(),
                "Bool" => "boolean".to_owned(),
                "Double" => "double precision".to_owned(),
                other => other.to_lowercase(),
            };
            let required = if inner.is_some() { "" } else { " not null" };
            lines.insert(format!("{table}.{column} {kind}{required}"));
        }
    }
    lines
}

/// What stands on one side only.
pub fn difference(left: &[&String], right: &[&String]) -> Vec<String> {
    let only = |side: &[&String], other: &[&String], name: &str| -> Vec<String> {
        let missing = side.iter().filter(|line| !other.contains(line));
        missing.map(|line| format!("only {name}: {line}")).collect()
    };
    let mut lines = only(left, right, "on the left");
    lines.extend(only(right, left, "on the right"));
    lines
}
