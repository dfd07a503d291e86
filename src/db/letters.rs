//! The letters of a case: drafts, and what was sent, as it was sent.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::letters;
use crate::domain::ids::{ControllerId, LetterId, RequestId, UserId};
use crate::domain::letter::{Delivery, Letter, LetterState};
use crate::language::Language;

#[derive(Queryable, Insertable, Selectable, AsChangeset, Clone, Debug)]
#[diesel(table_name = letters, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct LetterRow {
    pub id: LetterId,
    pub controller_id: ControllerId,
    pub request_id: RequestId,
    pub letter: Letter,
    /// The person's.
    pub language: Language,
    pub state: LetterState,
    pub version: i64,
    /// The version of the controller's text that it was sent by; 0 for the standard text.
    pub text_version: i64,
    /// What a person wrote and, once it is sent, the letter itself: under the key of the case.
    pub sealed_text: Option<Vec<u8>>,
    /// Of the text that was sent, in UTF-8.
    pub sha256: Option<Vec<u8>>,
    pub delivery: Option<Delivery>,
    pub created_by: UserId,
    pub created_at: Instant,
    pub sent_by: Option<UserId>,
    pub sent_at: Option<Instant>,
    /// When it was printed to be sent on paper.
    pub printed_at: Option<Instant>,
}

/// Stores a new letter.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, row: &LetterRow) -> QueryResult<()> {
    diesel::insert_into(letters::table).values(row).execute(conn).map(drop)
}

/// One letter of a request.
///
/// # Errors
/// When there is none, or the database fails.
pub fn get(conn: &mut Conn, request: RequestId, id: LetterId) -> QueryResult<LetterRow> {
    letters::table
        .filter(letters::id.eq(id))
        .filter(letters::request_id.eq(request))
        .select(LetterRow::as_select())
        .get_result(conn)
}

/// The letters of a request, newest first.
///
/// # Errors
/// When the database fails.
pub fn of_request(conn: &mut Conn, request: RequestId) -> QueryResult<Vec<LetterRow>> {
    letters::table
        .filter(letters::request_id.eq(request))
        .order((letters::created_at.desc(), letters::id.desc()))
        .select(LetterRow::as_select())
        .load(conn)
}

/// Stores a changed letter, unless somebody else changed it first.
///
/// # Errors
/// When the database fails.
pub fn update(conn: &mut Conn, row: &LetterRow, expected_version: i64) -> QueryResult<bool> {
    let mine =
        letters::table.filter(letters::id.eq(row.id)).filter(letters::version.eq(expected_version));
    diesel::update(mine).set(row).execute(conn).map(|changed| changed == 1)
}

/// Gives a new version to every draft that is written by a text: it says something else from now on.
///
/// # Errors
/// When the database fails.
pub fn text_changed(
    conn: &mut Conn,
    controller: ControllerId,
    letter: Letter,
    language: Language,
) -> QueryResult<()> {
    let drafts = letters::table
        .filter(letters::controller_id.eq(controller))
        .filter(letters::letter.eq(letter))
        .filter(letters::language.eq(language))
        .filter(letters::state.eq(LetterState::Draft));
    diesel::update(drafts).set(letters::version.eq(letters::version + 1)).execute(conn).map(drop)
}

/// Forgets what the letters of a request say, and the digests by which a guess at their content
/// could be proved: the key of the case is gone.
///
/// # Errors
/// When the database fails.
pub fn forget_texts(conn: &mut Conn, request: RequestId) -> QueryResult<()> {
    diesel::update(letters::table.filter(letters::request_id.eq(request)))
        .set((letters::sealed_text.eq(None::<Vec<u8>>), letters::sha256.eq(None::<Vec<u8>>)))
        .execute(conn)
        .map(drop)
}
