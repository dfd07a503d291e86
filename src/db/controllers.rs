//! Controllers: the organisations that answer, with the days that they add to their calendar.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::{calendar_days, controllers};
use crate::domain::actor::Scope;
use crate::domain::identity::Level;
use crate::domain::ids::ControllerId;
use crate::language::Language;

#[derive(Queryable, Insertable, Selectable, AsChangeset, Clone, Debug)]
#[diesel(table_name = controllers, treat_none_as_null = true)]
pub struct Controller {
    pub id: ControllerId,
    pub slug: String,
    pub name: String,
    pub address: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Where the public reaches the controller's data-protection officer.
    pub contact: String,
    /// The supervisory authority, as letters name it.
    pub authority: String,
    pub language: Language,
    pub regime: String,
    pub calendar: String,
    pub roll_over: bool,
    pub time_zone: String,
    pub wrapped_key: Vec<u8>,
    pub version: i64,
    pub created_at: Instant,
    /// The address that its mail comes from, where answers to it go, and the name beside it.
    pub mail_from: Option<String>,
    pub mail_reply_to: Option<String>,
    pub mail_name: Option<String>,
    /// Whether who prepared an answer may not release it.
    pub four_eyes: bool,
    /// No answer leaves below it, whatever the policy asks for less.
    pub least_level: Level,
}

/// A day added to the calendar of a controller, or removed from it.
#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = calendar_days)]
pub struct CalendarDay {
    pub controller_id: ControllerId,
    pub day: NaiveDate,
    /// `added` or `removed`.
    pub change: String,
    pub name: String,
}

/// Stores a new controller.
///
/// # Errors
/// When the slug is taken, or the database fails.
pub fn insert(conn: &mut Conn, row: &Controller) -> QueryResult<()> {
    diesel::insert_into(controllers::table).values(row).execute(conn).map(drop)
}

/// One controller of the scope.
///
/// # Errors
/// When there is none, or the database fails.
pub fn get(conn: &mut Conn, scope: &Scope, id: ControllerId) -> QueryResult<Controller> {
    if !scope.controllers().contains(&id) {
        return Err(diesel::NotFound);
    }
    controllers::table.find(id).select(Controller::as_select()).get_result(conn)
}

/// Any controller: for its settings, once somebody was found to be allowed to know of it.
///
/// # Errors
/// When there is none, or the database fails.
pub fn find(conn: &mut Conn, id: ControllerId) -> QueryResult<Controller> {
    controllers::table.find(id).select(Controller::as_select()).get_result(conn)
}

/// The level below which no answer of a controller leaves.
///
/// # Errors
/// When there is none, or the database fails.
pub fn least_level(conn: &mut Conn, id: ControllerId) -> QueryResult<Level> {
    controllers::table.find(id).select(controllers::least_level).get_result(conn)
}

/// The controller with this slug.
///
/// # Errors
/// When the database fails.
pub fn by_slug(conn: &mut Conn, slug: &str) -> QueryResult<Option<Controller>> {
    controllers::table
        .filter(controllers::slug.eq(slug))
        .select(Controller::as_select())
        .get_result(conn)
        .optional()
}

/// The controllers of the scope, by name.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, scope: &Scope) -> QueryResult<Vec<Controller>> {
    controllers::table
        .filter(controllers::id.eq_any(scope.controllers().to_vec()))
        .order((controllers::name, controllers::id))
        .select(Controller::as_select())
        .load(conn)
}

/// Every controller of the instance: for the operator, who sees their settings and no case, and
/// for the command line.
///
/// # Errors
/// When the database fails.
pub fn list_all(conn: &mut Conn) -> QueryResult<Vec<Controller>> {
    controllers::table
        .order((controllers::name, controllers::id))
        .select(Controller::as_select())
        .load(conn)
}

/// Stores changed settings, unless somebody else changed them first.
///
/// # Errors
/// When the database fails.
pub fn update(conn: &mut Conn, row: &Controller, expected_version: i64) -> QueryResult<bool> {
    let mine = controllers::table
        .filter(controllers::id.eq(row.id))
        .filter(controllers::version.eq(expected_version));
    diesel::update(mine).set(row).execute(conn).map(|changed| changed == 1)
}

/// The days that a controller adds and removes, in order.
///
/// # Errors
/// When the database fails.
pub fn calendar_days(conn: &mut Conn, id: ControllerId) -> QueryResult<Vec<CalendarDay>> {
    calendar_days::table
        .filter(calendar_days::controller_id.eq(id))
        .order(calendar_days::day)
        .select(CalendarDay::as_select())
        .load(conn)
}

/// Replaces the days that a controller adds and removes.
///
/// # Errors
/// When a day stands twice, or the database fails.
pub fn replace_calendar_days(
    conn: &mut Conn,
    id: ControllerId,
    days: &[CalendarDay],
) -> QueryResult<()> {
    diesel::delete(calendar_days::table.filter(calendar_days::controller_id.eq(id)))
        .execute(conn)?;
    for day in days {
        diesel::insert_into(calendar_days::table).values(day).execute(conn)?;
    }
    Ok(())
}
