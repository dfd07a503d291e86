//! The texts of letters that a controller has changed. Every version is kept: a letter says which
//! one it was written by.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::letter_texts;
use crate::domain::ids::{ControllerId, UserId};
use crate::domain::letter::Letter;
use crate::language::Language;

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = letter_texts, treat_none_as_default_value = false)]
pub struct LetterText {
    pub controller_id: ControllerId,
    pub letter: Letter,
    pub language: Language,
    pub version: i64,
    /// Nothing: the standard text again.
    pub text: Option<String>,
    pub created_by: UserId,
    pub created_at: Instant,
}

/// The newest text of a letter; nothing when it was never changed.
///
/// # Errors
/// When the database fails.
pub fn newest(
    conn: &mut Conn,
    controller: ControllerId,
    letter: Letter,
    language: Language,
) -> QueryResult<Option<LetterText>> {
    letter_texts::table
        .filter(letter_texts::controller_id.eq(controller))
        .filter(letter_texts::letter.eq(letter))
        .filter(letter_texts::language.eq(language))
        .order(letter_texts::version.desc())
        .select(LetterText::as_select())
        .first(conn)
        .optional()
}

/// Stores a new version.
///
/// # Errors
/// When the version is taken, or the database fails.
pub fn insert(conn: &mut Conn, row: &LetterText) -> QueryResult<()> {
    diesel::insert_into(letter_texts::table).values(row).execute(conn).map(drop)
}
