//! Alerts: what somebody was alerted to, once for each thing, and who is still to hear of it.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::{alert_readers, alerts, mails};
use crate::domain::alert::AlertKind;
use crate::domain::ids::{AlertId, ControllerId, MailId, RequestId, UserId};
use crate::domain::mail::MailState;

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = alerts, treat_none_as_default_value = false)]
pub struct AlertRow {
    pub id: AlertId,
    pub controller_id: ControllerId,
    pub request_id: Option<RequestId>,
    pub kind: AlertKind,
    /// A date, an instant, or the id of a task.
    pub about: String,
    /// False: a higher one was due as well, and said it.
    pub told: bool,
    pub raised_at: Instant,
}

/// Writes an alert, unless it was raised before; whoever raises alerts of the same case holds it.
///
/// # Errors
/// When the database fails.
pub fn insert_new(conn: &mut Conn, row: &AlertRow) -> QueryResult<bool> {
    let mut same = alerts::table
        .filter(alerts::controller_id.eq(row.controller_id))
        .filter(alerts::kind.eq(row.kind))
        .filter(alerts::about.eq(row.about.clone()))
        .into_boxed();
    same = match row.request_id {
        Some(id) => same.filter(alerts::request_id.eq(id)),
        None => same.filter(alerts::request_id.is_null()),
    };
    let before: i64 = same.count().get_result(conn)?;
    if before > 0 {
        return Ok(false);
    }
    diesel::insert_into(alerts::table).values(row).execute(conn).map(|_| true)
}

/// Says that somebody is to hear of an alert.
///
/// # Errors
/// When the database fails.
pub fn add_reader(conn: &mut Conn, alert: AlertId, user: UserId) -> QueryResult<()> {
    let row = (alert_readers::alert_id.eq(alert), alert_readers::user_id.eq(user));
    diesel::insert_into(alert_readers::table).values(row).execute(conn).map(drop)
}

/// The alerts of a request, newest first.
///
/// # Errors
/// When the database fails.
pub fn of_request(conn: &mut Conn, id: RequestId) -> QueryResult<Vec<AlertRow>> {
    alerts::table
        .filter(alerts::request_id.eq(id))
        .order(alerts::id.desc())
        .select(AlertRow::as_select())
        .load(conn)
}

/// Whoever is still to hear of an alert.
///
/// # Errors
/// When the database fails.
pub fn readers_waiting(conn: &mut Conn) -> QueryResult<Vec<UserId>> {
    alert_readers::table
        .filter(alert_readers::mailed_at.is_null())
        .select(alert_readers::user_id)
        .distinct()
        .load(conn)
}

/// The alerts that somebody is still to hear of, oldest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn waiting_for(conn: &mut Conn, user: UserId, limit: i64) -> QueryResult<Vec<AlertRow>> {
    alert_readers::table
        .inner_join(alerts::table)
        .filter(alert_readers::user_id.eq(user))
        .filter(alert_readers::mailed_at.is_null())
        .order(alert_readers::alert_id)
        .limit(limit)
        .select(AlertRow::as_select())
        .load(conn)
}

/// Marks alerts as mailed to somebody, by a mail or by none; false when one of them was already.
///
/// # Errors
/// When the database fails.
pub fn set_mailed(
    conn: &mut Conn,
    user: UserId,
    ids: &[AlertId],
    (at, mail): (Instant, Option<MailId>),
) -> QueryResult<bool> {
    let mut changed = 0;
    // PostgreSQL and SQLite bound how many values a statement takes.
    for part in ids.chunks(500) {
        let mine = alert_readers::table
            .filter(alert_readers::user_id.eq(user))
            .filter(alert_readers::alert_id.eq_any(part.to_vec()))
            .filter(alert_readers::mailed_at.is_null());
        let told = (alert_readers::mailed_at.eq(Some(at)), alert_readers::mail_id.eq(mail));
        changed += diesel::update(mine).set(told).execute(conn)?;
    }
    Ok(changed == ids.len())
}

/// The alerts that stand in mails to somebody which have not gone yet, each with its mail.
///
/// # Errors
/// When the database fails.
pub fn in_waiting_mails(conn: &mut Conn, user: UserId) -> QueryResult<Vec<(AlertRow, MailId)>> {
    alert_readers::table
        .inner_join(alerts::table)
        .inner_join(mails::table.on(alert_readers::mail_id.eq(mails::id.nullable())))
        .filter(mails::controller_id.is_null())
        .filter(mails::state.eq(MailState::Waiting))
        .filter(alert_readers::user_id.eq(user))
        .order(alert_readers::alert_id)
        .select((AlertRow::as_select(), mails::id))
        .load(conn)
}

/// The mails of alerts that have not gone yet.
///
/// # Errors
/// When the database fails.
pub fn waiting_mails(conn: &mut Conn) -> QueryResult<Vec<MailId>> {
    alert_readers::table
        .inner_join(mails::table.on(alert_readers::mail_id.eq(mails::id.nullable())))
        .filter(mails::controller_id.is_null())
        .filter(mails::state.eq(MailState::Waiting))
        .select(mails::id)
        .distinct()
        .load(conn)
}

/// Whom a mail was to tell, and of which controllers' alerts.
///
/// # Errors
/// When the database fails.
pub fn readers_of_mail(conn: &mut Conn, mail: MailId) -> QueryResult<Vec<(UserId, ControllerId)>> {
    alert_readers::table
        .inner_join(alerts::table)
        .filter(alert_readers::mail_id.eq(mail))
        .select((alert_readers::user_id, alerts::controller_id))
        .distinct()
        .load(conn)
}

/// Has whoever a mail was to tell wait for the next one.
///
/// # Errors
/// When the database fails.
pub fn tell_again(conn: &mut Conn, mail: MailId) -> QueryResult<()> {
    let (never, none) = (None::<Instant>, None::<MailId>);
    diesel::update(alert_readers::table.filter(alert_readers::mail_id.eq(mail)))
        .set((alert_readers::mailed_at.eq(never), alert_readers::mail_id.eq(none)))
        .execute(conn)
        .map(drop)
}
