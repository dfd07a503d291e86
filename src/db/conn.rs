//! A connection to one of the two databases. Alone in its file, because the derive makes modules
//! that import everything beside it.

use diesel::{PgConnection, SqliteConnection};

/// A connection to PostgreSQL or SQLite, chosen by [`super::url::DatabaseUrl`].
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}
