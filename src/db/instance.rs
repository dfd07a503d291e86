//! What marks this instance: its id, a check of the master key, and the mark of its sealed folder.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::instance;

#[derive(Queryable, Insertable, Selectable, Clone)]
#[diesel(table_name = instance, treat_none_as_default_value = false)]
pub struct Instance {
    pub id: i32,
    pub instance_id: Vec<u8>,
    /// Sealed under the master key: a wrong key cannot open it.
    pub key_check: Vec<u8>,
    /// The same bytes stand in the sealed folder, so that two processes can tell that they share it.
    pub folder_mark: Vec<u8>,
    pub created_at: Instant,
}

/// The instance, or nothing before its first start.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn) -> QueryResult<Option<Instance>> {
    instance::table.select(Instance::as_select()).get_result(conn).optional()
}

/// Writes the one row.
///
/// # Errors
/// When it exists, or the database fails.
pub fn insert(conn: &mut Conn, row: &Instance) -> QueryResult<()> {
    diesel::insert_into(instance::table).values(row).execute(conn).map(drop)
}

/// Whether no jobs may run: a restored instance must first be looked at. Not in [`Instance`], which
/// is read before an older schema is brought up to date.
///
/// # Errors
/// When the database fails.
pub fn is_muted(conn: &mut Conn) -> QueryResult<bool> {
    let muted = instance::table.select(instance::muted_at).get_result::<Option<Instant>>(conn);
    Ok(muted.optional()?.flatten().is_some())
}

/// Mutes the instance since an instant, or lets it work again.
///
/// # Errors
/// When the database fails.
pub fn mute(conn: &mut Conn, since: Option<Instant>) -> QueryResult<()> {
    diesel::update(instance::table).set(instance::muted_at.eq(since)).execute(conn).map(drop)
}
