//! Why an address on file is written to no more, over all cases of a controller. Of the address only a
//! keyed hash is kept, and nothing says in which case it was declared.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::contact_conditions;
use crate::domain::contact::Condition;
use crate::domain::ids::ControllerId;

/// What is said of an address, if anything is.
///
/// # Errors
/// When the database fails.
pub fn get(
    conn: &mut Conn,
    controller: ControllerId,
    address_index: &[u8],
) -> QueryResult<Option<Condition>> {
    contact_conditions::table
        .find((controller, address_index))
        .select(contact_conditions::condition)
        .get_result(conn)
        .optional()
}

/// Says something of an address, in place of what was said before.
///
/// # Errors
/// When the database fails.
pub fn put(
    conn: &mut Conn,
    (controller, address_index): (ControllerId, &[u8]),
    condition: Condition,
    at: Instant,
) -> QueryResult<()> {
    forget(conn, controller, address_index)?;
    diesel::insert_into(contact_conditions::table)
        .values((
            contact_conditions::controller_id.eq(controller),
            contact_conditions::address_index.eq(address_index),
            contact_conditions::condition.eq(condition),
            contact_conditions::declared_at.eq(at),
        ))
        .execute(conn)
        .map(drop)
}

/// Takes back what was said of an address.
///
/// # Errors
/// When the database fails.
pub fn forget(conn: &mut Conn, controller: ControllerId, address_index: &[u8]) -> QueryResult<()> {
    diesel::delete(contact_conditions::table.find((controller, address_index)))
        .execute(conn)
        .map(drop)
}
