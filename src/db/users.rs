//! Users and what they are for which controller.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::{memberships, users};
use crate::domain::actor::{Role, StaffMember};
use crate::domain::ids::{ControllerId, UserId};
use crate::language::Language;

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = users)]
pub struct User {
    pub id: UserId,
    /// Blind index of the e-mail address.
    pub email_index: Vec<u8>,
    /// Name and e-mail address.
    pub sealed_profile: Vec<u8>,
    pub password_hash: String,
    pub must_change_password: bool,
    pub is_operator: bool,
    /// `active` or `disabled`.
    pub status: String,
    pub language: Language,
    pub failed_sign_ins: i32,
    pub created_at: Instant,
}

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = memberships)]
pub struct Membership {
    pub user_id: UserId,
    pub controller_id: ControllerId,
    pub role: Role,
    pub created_at: Instant,
}

/// Stores a new user.
///
/// # Errors
/// When the address is taken, or the database fails.
pub fn insert(conn: &mut Conn, row: &User) -> QueryResult<()> {
    diesel::insert_into(users::table).values(row).execute(conn).map(drop)
}

/// The user with this id.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, id: UserId) -> QueryResult<Option<User>> {
    users::table.find(id).select(User::as_select()).get_result(conn).optional()
}

/// The user with this address.
///
/// # Errors
/// When the database fails.
pub fn by_email(conn: &mut Conn, email_index: &[u8]) -> QueryResult<Option<User>> {
    users::table
        .filter(users::email_index.eq(email_index))
        .select(User::as_select())
        .get_result(conn)
        .optional()
}

/// Every user: for the operator.
///
/// # Errors
/// When the database fails.
pub fn list_all(conn: &mut Conn) -> QueryResult<Vec<User>> {
    users::table.order(users::id).select(User::as_select()).load(conn)
}

/// The ids of every user.
///
/// # Errors
/// When the database fails.
pub fn ids(conn: &mut Conn) -> QueryResult<Vec<UserId>> {
    users::table.select(users::id).load(conn)
}

/// The users of a controller with their roles.
///
/// # Errors
/// When the database fails.
pub fn of_controller(conn: &mut Conn, id: ControllerId) -> QueryResult<Vec<(User, Role)>> {
    memberships::table
        .inner_join(users::table)
        .filter(memberships::controller_id.eq(id))
        .order((users::id, memberships::role))
        .select((User::as_select(), memberships::role))
        .load(conn)
}

/// Who belongs to a controller and may sign in, with each role.
///
/// # Errors
/// When the database fails.
pub fn active_of_controller(conn: &mut Conn, id: ControllerId) -> QueryResult<Vec<(UserId, Role)>> {
    memberships::table
        .inner_join(users::table)
        .filter(memberships::controller_id.eq(id))
        .filter(users::status.eq("active"))
        .select((memberships::user_id, memberships::role))
        .load(conn)
}

/// The memberships of a user.
///
/// # Errors
/// When the database fails.
pub fn memberships(conn: &mut Conn, id: UserId) -> QueryResult<Vec<(ControllerId, Role)>> {
    memberships::table
        .filter(memberships::user_id.eq(id))
        .select((memberships::controller_id, memberships::role))
        .load(conn)
}

/// The user as an actor, with the memberships that hold now; nothing when unknown or disabled.
///
/// # Errors
/// When the database fails.
pub fn staff_member(conn: &mut Conn, id: UserId) -> QueryResult<Option<StaffMember>> {
    Ok(signed_in(conn, id)?.map(|signed_in| signed_in.member))
}

/// A member of staff who may still sign in.
pub struct SignedIn {
    pub member: StaffMember,
    /// Whether the password must be changed before anything else.
    pub must_change_password: bool,
    pub password_hash: String,
}

/// As [`staff_member`], with what tells whether a sign-in still holds.
///
/// # Errors
/// When the database fails.
pub fn signed_in(conn: &mut Conn, id: UserId) -> QueryResult<Option<SignedIn>> {
    let user: Option<(bool, bool, String)> = users::table
        .find(id)
        .filter(users::status.eq("active"))
        .select((users::is_operator, users::must_change_password, users::password_hash))
        .get_result(conn)
        .optional()?;
    let Some((is_operator, must_change_password, password_hash)) = user else {
        return Ok(None);
    };
    let member = StaffMember { id, is_operator, memberships: memberships(conn, id)? };
    Ok(Some(SignedIn { member, must_change_password, password_hash }))
}

/// How many users run the instance and can sign in.
///
/// # Errors
/// When the database fails.
pub fn operators(conn: &mut Conn) -> QueryResult<i64> {
    users::table
        .filter(users::is_operator.eq(true))
        .filter(users::status.eq("active"))
        .count()
        .get_result(conn)
}

/// Gives a role; giving it twice changes nothing.
///
/// # Errors
/// When the user or the controller does not exist, or the database fails.
pub fn add_membership(conn: &mut Conn, row: &Membership) -> QueryResult<bool> {
    let key = (row.user_id, row.controller_id, row.role);
    let exists: i64 = memberships::table.find(key).count().get_result(conn)?;
    if exists > 0 {
        return Ok(false);
    }
    diesel::insert_into(memberships::table).values(row).execute(conn).map(|_| true)
}

/// Takes a role away.
///
/// # Errors
/// When the database fails.
pub fn remove_membership(
    conn: &mut Conn,
    user: UserId,
    controller: ControllerId,
    role: Role,
) -> QueryResult<bool> {
    diesel::delete(memberships::table.find((user, controller, role)))
        .execute(conn)
        .map(|removed| removed == 1)
}

/// Stores a new password and whether it must be changed at the next sign-in.
///
/// # Errors
/// When the database fails.
pub fn set_password(conn: &mut Conn, id: UserId, hash: &str, must_change: bool) -> QueryResult<()> {
    diesel::update(users::table.find(id))
        .set((users::password_hash.eq(hash), users::must_change_password.eq(must_change)))
        .execute(conn)
        .map(drop)
}

/// Enables or disables a user.
///
/// # Errors
/// When the database fails.
pub fn set_status(conn: &mut Conn, id: UserId, status: &str) -> QueryResult<bool> {
    diesel::update(users::table.find(id))
        .set(users::status.eq(status))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Counts a failed sign-in, or forgets them after a good one.
///
/// # Errors
/// When the database fails.
pub fn count_failed_sign_in(conn: &mut Conn, id: UserId, failed: bool) -> QueryResult<()> {
    let target = users::table.find(id);
    if failed {
        let more = users::failed_sign_ins.eq(users::failed_sign_ins + 1);
        return diesel::update(target).set(more).execute(conn).map(drop);
    }
    diesel::update(target).set(users::failed_sign_ins.eq(0)).execute(conn).map(drop)
}
