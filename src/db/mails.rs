//! Mails: what goes out, sealed, and how far each has come.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::mails;
use crate::domain::ids::{ControllerId, MailId, RequestId};
use crate::domain::mail::{MailPurpose, MailState};

#[derive(Queryable, Insertable, Selectable, Clone)]
#[diesel(table_name = mails, treat_none_as_default_value = false)]
pub struct Mail {
    pub id: MailId,
    /// None: the instance itself writes, to one of its people.
    pub controller_id: Option<ControllerId>,
    pub request_id: Option<RequestId>,
    pub purpose: MailPurpose,
    /// Recipient, subject, text and HTML; empty once it is forgotten.
    pub sealed_message: Vec<u8>,
    /// With its angle brackets; the same at each try.
    pub message_id: String,
    pub state: MailState,
    pub attempts: i32,
    /// A code, never the words of a server.
    pub last_error: Option<String>,
    pub run_after: Instant,
    /// After this it is of no use, and is not sent any more.
    pub useful_until: Option<Instant>,
    pub created_at: Instant,
    pub sent_at: Option<Instant>,
    pub ended_at: Option<Instant>,
}

/// Writes a mail.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, row: &Mail) -> QueryResult<()> {
    diesel::insert_into(mails::table).values(row).execute(conn).map(drop)
}

/// The mail that a job is about.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, id: MailId) -> QueryResult<Option<Mail>> {
    mails::table.find(id).select(Mail::as_select()).get_result(conn).optional()
}

/// The mail that went out under a Message-ID.
///
/// # Errors
/// When the database fails.
pub fn by_message_id(conn: &mut Conn, message_id: &str) -> QueryResult<Option<Mail>> {
    mails::table
        .filter(mails::message_id.eq(message_id))
        .select(Mail::as_select())
        .get_result(conn)
        .optional()
}

/// The mails of a request, oldest first.
///
/// # Errors
/// When the database fails.
pub fn of_request(conn: &mut Conn, id: RequestId) -> QueryResult<Vec<Mail>> {
    mails::table
        .filter(mails::request_id.eq(id))
        .order(mails::id)
        .select(Mail::as_select())
        .load(conn)
}

/// The newest mails of the instance, newest first: for the demo alone, which sends none.
///
/// # Errors
/// When the database fails.
pub fn newest(conn: &mut Conn, limit: i64) -> QueryResult<Vec<Mail>> {
    mails::table.order(mails::id.desc()).limit(limit).select(Mail::as_select()).load(conn)
}

/// How many mails wait.
///
/// # Errors
/// When the database fails.
pub fn waiting(conn: &mut Conn) -> QueryResult<i64> {
    mails::table.filter(mails::state.eq(MailState::Waiting)).count().get_result(conn)
}

/// How a mail ended.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    pub state: MailState,
    pub code: Option<&'a str>,
    pub at: Instant,
}

/// Ends a mail that waits; false when it has ended before.
///
/// # Errors
/// When the database fails.
pub fn end(conn: &mut Conn, id: MailId, ending: Ending<'_>) -> QueryResult<bool> {
    let sent_at = (ending.state == MailState::Sent).then_some(ending.at);
    diesel::update(waiting_one(id))
        .set((
            mails::state.eq(ending.state),
            mails::last_error.eq(ending.code),
            mails::sent_at.eq(sent_at),
            mails::ended_at.eq(Some(ending.at)),
        ))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Marks a mail that went out as come back; false when it did not go out, or came back before.
///
/// # Errors
/// When the database fails.
pub fn come_back(conn: &mut Conn, id: MailId, code: &str) -> QueryResult<bool> {
    diesel::update(mails::table.find(id).filter(mails::state.eq(MailState::Sent)))
        .set((mails::state.eq(MailState::ComeBack), mails::last_error.eq(Some(code))))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Counts a try at a mail that waits, before it is made; false when it waits no more.
///
/// # Errors
/// When the database fails.
pub fn count_try(conn: &mut Conn, id: MailId) -> QueryResult<bool> {
    diesel::update(waiting_one(id))
        .set(mails::attempts.eq(mails::attempts + 1))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Notes why the last try failed.
///
/// # Errors
/// When the database fails.
pub fn note_error(conn: &mut Conn, id: MailId, code: &str) -> QueryResult<()> {
    diesel::update(waiting_one(id)).set(mails::last_error.eq(Some(code))).execute(conn).map(drop)
}

/// Calls off a mail whose time has not come; false when it has.
///
/// # Errors
/// When the database fails.
pub fn call_off(conn: &mut Conn, id: MailId, at: Instant) -> QueryResult<bool> {
    diesel::update(waiting_one(id).filter(mails::run_after.gt(at)))
        .set((mails::state.eq(MailState::CalledOff), mails::ended_at.eq(Some(at))))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Calls off a mail that waits, unless it was tried since somebody looked at it: false then, and when
/// it has ended.
///
/// # Errors
/// When the database fails.
pub fn supersede(conn: &mut Conn, seen: &Mail, at: Instant) -> QueryResult<bool> {
    diesel::update(waiting_one(seen.id).filter(mails::attempts.eq(seen.attempts)))
        .set((mails::state.eq(MailState::CalledOff), mails::ended_at.eq(Some(at))))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// How many mails of the instance itself did not arrive since an instant, with why the newest did not.
///
/// # Errors
/// When the database fails.
pub fn failed_of_instance(conn: &mut Conn, since: Instant) -> QueryResult<(i64, Option<String>)> {
    let failed = [MailState::Refused, MailState::ComeBack, MailState::GivenUp];
    let failed = mails::table
        .filter(mails::controller_id.is_null())
        .filter(mails::ended_at.ge(since))
        .filter(mails::state.eq_any(failed));
    let count = failed.clone().count().get_result(conn)?;
    let newest: Option<Option<String>> = failed
        .order((mails::ended_at.desc(), mails::id.desc()))
        .select(mails::last_error)
        .first(conn)
        .optional()?;
    Ok((count, newest.flatten()))
}

/// Forgets what the mails of a case said, when its key is destroyed.
///
/// # Errors
/// When the database fails.
pub fn forget_sealed(conn: &mut Conn, id: RequestId) -> QueryResult<()> {
    diesel::update(mails::table.filter(mails::request_id.eq(id)))
        .set(mails::sealed_message.eq(Vec::<u8>::new()))
        .execute(conn)
        .map(drop)
}

/// Deletes mails of no case that ended before an instant.
///
/// # Errors
/// When the database fails.
pub fn delete_ended_before(conn: &mut Conn, before: Instant) -> QueryResult<()> {
    let old = mails::table.filter(mails::request_id.is_null()).filter(mails::ended_at.lt(before));
    diesel::delete(old).execute(conn).map(drop)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn waiting_one(id: MailId) -> _ {
    let waiting: MailState = MailState::Waiting;
    mails::table.filter(mails::id.eq(id)).filter(mails::state.eq(waiting))
}
