//! All rows as they are, whatever the tables: for backups. A row is a JSON array in the order of
//! the columns, with bytes in hexadecimal, and is the same from both databases, so that a backup
//! of one can be restored into the other.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::conn::Conn;

/// How many rows are read at once.
const PAGE: i64 = 500;

/// A table as it is copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
}

/// A column as it is copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
}

/// What matters of the type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Bytes,
    Boolean,
    /// A number or a text.
    Plain,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct TypedName {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(sql_type = Text)]
    line: String,
}

/// The numbers of the migrations that made the schema.
///
/// # Errors
/// When the database fails.
pub fn migrations(conn: &mut Conn) -> QueryResult<Vec<String>> {
    let sql = "SELECT version AS name FROM __diesel_schema_migrations ORDER BY version";
    names(conn, sql)
}

fn names(conn: &mut Conn, sql: &str) -> QueryResult<Vec<String>> {
    let found: Vec<Name> = diesel::sql_query(sql).load(conn)?;
    Ok(found.into_iter().map(|it| it.name).collect())
}

/// Every table but the one in which migrations are counted, in the order in which they were made:
/// parents before their children.
///
/// # Errors
/// When the database fails.
pub fn tables(conn: &mut Conn) -> QueryResult<Vec<Table>> {
    let sql = match conn {
        Conn::Sqlite(_) => {
            "SELECT name FROM sqlite_master WHERE type = 'table' \
             AND name NOT LIKE '\\_\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
             ORDER BY rowid"
        }
        Conn::Postgres(_) => {
            "SELECT relname::text AS name FROM pg_class \
             WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' \
             AND relname NOT LIKE '\\_\\_%' ORDER BY oid"
        }
    };
    let mut tables = Vec::new();
    for name in names(conn, sql)? {
        let columns = columns(conn, &name)?;
        tables.push(Table { name, columns });
    }
    Ok(tables)
}

/// In the order of their names, which is the same everywhere.
fn columns(conn: &mut Conn, table: &str) -> QueryResult<Vec<Column>> {
    let sql = match conn {
        Conn::Sqlite(_) => format!(
            "SELECT name, upper(type) AS kind FROM pragma_table_info({}) ORDER BY name",
            quoted_text(table)
        ),
        Conn::Postgres(_) => format!(
            "SELECT column_name::text AS name, upper(data_type)::text AS kind \
             FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = {} \
             ORDER BY column_name COLLATE \"C\"",
            quoted_text(table)
        ),
    };
    let found: Vec<TypedName> = diesel::sql_query(sql).load(conn)?;
    let column = |it: TypedName| Column {
        kind: match it.kind.as_str() {
            "BLOB" | "BYTEA" => Kind::Bytes,
            "BOOLEAN" => Kind::Boolean,
            _ => Kind::Plain,
        },
        name: it.name,
    };
    Ok(found.into_iter().map(column).collect())
}

/// Gives every row of a table, in the order of its primary key or of its insertion.
///
/// # Errors
/// When the database fails, or `each` does.
pub fn rows<E: From<diesel::result::Error>>(
    conn: &mut Conn,
    table: &Table,
    mut each: impl FnMut(&[Value]) -> Result<(), E>,
) -> Result<(), E> {
    let name = quoted_name(&table.name);
    let line = line(conn, table);
    let postgres = matches!(conn, Conn::Postgres(_));
    if postgres {
        run(
            conn,
            &format!(
                "DECLARE rows_of_table CURSOR FOR SELECT 0::bigint AS place, {line} AS line FROM {name}"
            ),
        )?;
    }
    let mut after = i64::MIN;
    loop {
        let sql = if postgres {
            format!("FETCH {PAGE} FROM rows_of_table")
        } else {
            format!(
                "SELECT rowid AS place, {line} AS line FROM {name} WHERE rowid > {after} \
                 ORDER BY rowid LIMIT {PAGE}"
            )
        };
        let page: Vec<Row> = diesel::sql_query(sql).load(conn).map_err(E::from)?;
        let Some(last) = page.last() else {
            break;
        };
        after = last.place;
        for row in &page {
            let values: Vec<Value> = serde_json::from_str(&row.line)
                .map_err(|error| diesel::result::Error::DeserializationError(error.into()))?;
            each(&values)?;
        }
    }
    if postgres {
        run(conn, "CLOSE rows_of_table")?;
    }
    Ok(())
}

/// A row as one text: a JSON array.
fn line(conn: &Conn, table: &Table) -> String {
    let value = |column: &Column| {
        let name = quoted_name(&column.name);
        match (conn, column.kind) {
            (Conn::Sqlite(_), Kind::Bytes) => {
                format!("CASE WHEN {name} IS NOT NULL THEN lower(hex({name})) END")
            }
            (Conn::Sqlite(_), Kind::Boolean) => {
                format!("CASE {name} WHEN 0 THEN json('false') WHEN 1 THEN json('true') END")
            }
            (Conn::Postgres(_), Kind::Bytes) => format!("encode({name}, 'hex')"),
            _ => name,
        }
    };
    let values: Vec<String> = table.columns.iter().map(value).collect();
    match conn {
        Conn::Sqlite(_) => format!("json_array({})", values.join(", ")),
        Conn::Postgres(_) => format!("json_build_array({})::text", values.join(", ")),
    }
}

/// Puts rows into a table.
///
/// # Errors
/// When a row does not fit the table, or the database fails.
pub fn insert(conn: &mut Conn, table: &Table, rows: &[Vec<Value>]) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let columns: Vec<String> =
        table.columns.iter().map(|column| quoted_name(&column.name)).collect();
    let mut values = Vec::with_capacity(rows.len());
    for row in rows {
        if row.len() != table.columns.len() {
            return Err(diesel::result::Error::NotFound);
        }
        let literals = row.iter().zip(&table.columns);
        let literals: Vec<String> =
            literals.map(|(value, column)| literal(conn, column, value)).collect();
        values.push(format!("({})", literals.join(", ")));
    }
    let name = quoted_name(&table.name);
    run(conn, &format!("INSERT INTO {name} ({}) VALUES {}", columns.join(", "), values.join(", ")))
}

fn literal(conn: &Conn, column: &Column, value: &Value) -> String {
    match (column.kind, value) {
        (_, Value::Null) => "NULL".to_owned(),
        (Kind::Bytes, Value::String(hex)) => match conn {
            Conn::Sqlite(_) => format!("X{}", quoted_text(hex)),
            Conn::Postgres(_) => format!("decode({}, 'hex')", quoted_text(hex)),
        },
        (_, Value::Bool(true)) => "TRUE".to_owned(),
        (_, Value::Bool(false)) => "FALSE".to_owned(),
        (_, Value::Number(number)) => number.to_string(),
        (_, Value::String(text)) => quoted_text(text),
        (_, other) => quoted_text(&other.to_string()),
    }
}

fn quoted_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn quoted_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn run(conn: &mut Conn, sql: &str) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => conn.batch_execute(sql),
        Conn::Postgres(conn) => conn.batch_execute(sql),
    }
}

/// Lets a transaction wait as long as a copy takes.
///
/// # Errors
/// When the database refuses.
pub fn be_patient(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(_) => Ok(()),
        Conn::Postgres(conn) => {
            conn.batch_execute("SET idle_in_transaction_session_timeout = 0; SET lock_timeout = 0")
        }
    }
}

/// Ends a transaction without a trace.
///
/// # Errors
/// When the database refuses.
pub fn take_back(conn: &mut Conn) -> QueryResult<()> {
    run(conn, "ROLLBACK")
}
