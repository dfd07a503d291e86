//! The texts of letters that a controller words itself. A text is checked when it is saved: every
//! placeholder is one of the fixed list, and none that the law needs is missing.

use serde_json::json;

use super::permission;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::letter_texts::{self, LetterText};
use crate::db::{controllers, events, letters};
use crate::domain::actor::{Actor, Ctx, Permission};
use crate::domain::ids::ControllerId;
use crate::domain::letter::Letter;
use crate::domain::letter::template::{self, LONGEST_TEXT, TextError, one_line_ending};
use crate::domain::subject::text::is_hidden;
use crate::error::{Error, FieldError, Result};
use crate::language::Language;
use crate::workflow::letters::view::{Text, text_of};
use crate::workflow::record::{Expected, settings_event};

/// Which text is meant.
#[derive(Clone, Copy, Debug)]
pub struct TextOf {
    pub controller: ControllerId,
    pub letter: Letter,
    pub language: Language,
}

impl TextOf {
    /// Which text the names of a letter and of a language mean, as they stand in a path.
    #[must_use]
    pub fn named(controller: ControllerId, letter: &str, language: &str) -> Option<Self> {
        let letter = Letter::parse(letter)?;
        let mut languages = [Language::Fr, Language::En].into_iter();
        let language = languages.find(|it| it.code() == language)?;
        Some(Self { controller, letter, language })
    }
}

/// Every text of a controller, the standard ones too.
///
/// # Errors
/// `NotFound` without such a controller.
pub fn list(conn: &mut Conn, controller: ControllerId) -> Result<Vec<(TextOf, Text)>> {
    controllers::find(conn, controller)?;
    let mut texts = Vec::new();
    for letter in Letter::ALL {
        for language in [Language::Fr, Language::En] {
            let of = TextOf { controller, letter: *letter, language };
            texts.push((of, text_of(conn, controller, *letter, language)?));
        }
    }
    Ok(texts)
}

/// Stores a text, or goes back to the standard one. Drafts that are written by it get a new version.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` when somebody was faster; `Invalid` with every wrong place.
pub fn replace(
    conn: &mut Conn,
    ctx: &Ctx,
    of: TextOf,
    expected: Expected,
    text: Option<&str>,
) -> Result<Text> {
    let TextOf { controller, letter, language } = of;
    permission::on_controller(&ctx.actor, controller, Permission::EditLetterTexts)?;
    controllers::find(conn, controller)?;
    let found = text_of(conn, controller, letter, language)?;
    if matches!(expected, Expected::Version(version) if version != found.version) {
        return Err(Error::Conflict { code: "stale" });
    }
    let text = text.map(|text| check(letter, text)).transpose()?;
    let Actor::Staff(member) = &ctx.actor else {
        return Err(Error::Forbidden);
    };
    let row = LetterText {
        controller_id: controller,
        letter,
        language,
        version: found.version.saturating_add(1),
        text,
        created_by: member.id,
        created_at: Instant::from(ctx.now),
    };
    letter_texts::insert(conn, &row)?;
    // Nobody sends a draft in words that they have not seen.
    letters::text_changed(conn, controller, letter, language)?;
    let detail = json!({
        "letter": letter.name(),
        "language": language.code(),
        "version": row.version,
        "standard": row.text.is_none(),
    });
    let event = settings_event(ctx, Some(controller), "LetterTextReplaced", &detail);
    events::insert(conn, &event)?;
    text_of(conn, controller, letter, language)
}

/// The text with one kind of line ending, if it may be saved.
fn check(letter: Letter, text: &str) -> Result<String> {
    let text = one_line_ending(text);
    if text.chars().count() > LONGEST_TEXT {
        let most = vec![("maximum", LONGEST_TEXT.to_string())];
        return Err(Error::invalid_with("text", "too-long", most));
    }
    if text.chars().any(|c| is_hidden(c) && !matches!(c, '\n' | '\t')) {
        return Err(Error::invalid("text", "control-character"));
    }
    let errors = template::check(letter, &text);
    if errors.is_empty() {
        return Ok(text);
    }
    const MOST_ERRORS: usize = 50;
    Err(Error::Invalid(errors.iter().take(MOST_ERRORS).map(told).collect()))
}

fn told(error: &TextError) -> FieldError {
    let mut arguments =
        vec![("line", error.line.to_string()), ("column", error.column.to_string())];
    if let Some(placeholder) = error.placeholder {
        arguments.push(("element", placeholder.name().to_owned()));
        arguments.push(("placeholder", format!("{{{}}}", placeholder.name())));
    }
    FieldError { field: "text".to_owned(), code: error.code, arguments }
}
