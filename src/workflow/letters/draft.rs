//! Drafts: begun with what is known, changed, given up.

use super::document::proposed;
use super::stored::Stored;
use super::withheld;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::controllers;
use crate::db::letters::{self, LetterRow};
use crate::domain::actor::{Actor, Ctx, Permission};
use crate::domain::country::is_country;
use crate::domain::history::RequestState;
use crate::domain::identity::Level;
use crate::domain::ids::{LetterId, UserId};
use crate::domain::letter::content::{Content, RefusedRight};
use crate::domain::letter::lint::Finding;
use crate::domain::letter::placeholder::Placeholder;
use crate::domain::letter::template::one_line_ending;
use crate::domain::letter::{Letter, LetterState};
use crate::domain::lifecycle::Action;
use crate::domain::regime::law::Law;
use crate::domain::request::Decision;
use crate::domain::right::Right;
use crate::domain::subject::text::is_hidden;
use crate::error::{Error, FieldError, Result};
use crate::language::{citation, text};
use crate::vault::CaseKey;
use crate::workflow::record::{Case, Expected, Target, begin};

/// How long one part of a letter may be, in characters.
pub const LONGEST_PART: usize = 5_000;

/// Who writes, as a member of staff.
pub(super) const fn author(ctx: &Ctx) -> Result<UserId> {
    match &ctx.actor {
        Actor::Staff(member) => Ok(member.id),
        _ => Err(Error::Forbidden),
    }
}

/// Begins a letter with what is known of the case, in the language of the person.
///
/// # Errors
/// `Forbidden`; `Transition` once the key of the case is destroyed.
pub fn begin_letter(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    (id, letter): (LetterId, Letter),
    key: &CaseKey,
) -> Result<LetterRow> {
    let case = begin(conn, ctx, target, Permission::WorkCase, Action::Note)?;
    let least = controllers::least_level(conn, case.row.controller_id)?;
    let mut content = prefilled(&case, letter, least);
    name_withheld(conn, &case, letter, &mut content)?;
    let row = LetterRow {
        id,
        controller_id: case.row.controller_id,
        request_id: case.row.id,
        letter,
        language: case.row.language,
        state: LetterState::Draft,
        version: 1,
        text_version: 0,
        sealed_text: Some(Stored { content, document: None }.seal(key, id)?),
        sha256: None,
        delivery: None,
        created_by: author(ctx)?,
        created_at: Instant::from(ctx.now),
        sent_by: None,
        sent_at: None,
        printed_at: None,
    };
    letters::insert(conn, &row)?;
    Ok(row)
}

/// What a new draft says before anybody has written: proposals, and what the history knows.
fn prefilled(case: &Case, letter: Letter, least: Level) -> Content {
    let (state, language) = (&case.state, case.row.language);
    let law = Law::of(&state.rules.regime);
    let rights = state.rights.iter().map(|right| right.exercised.right);
    let named = rights.map(|right| citation::right(language, law, right));
    let rights = named.collect::<Vec<_>>().join(", ");
    let mut content = Content::default();
    content.parts.extend(proposed(language, letter, &rights));
    match letter {
        Letter::Refusal | Letter::PartialRefusal => content.rights = undecided(state, letter),
        // To a reader who may be anybody the notice tells nothing of what is held.
        Letter::Extension if state.level < state.needed_level(false, least) => {
            let nothing = text(language, "letter-proposed-nothing-yet");
            content.parts.insert(Placeholder::Provided, nothing);
        }
        Letter::ClockResumed => {
            let open = state.open_pauses();
            content.pause_ground = open.first().copied();
            if let Some((ground, at)) = last_reply(state).filter(|_| open.is_empty()) {
                (content.pause_ground, content.replied_at) = (Some(ground), Some(at));
            }
        }
        _ => {}
    }
    content
}

/// Names in an answer what is withheld from it, by the data map or by a person, with the ground, and
/// nothing of what it says.
fn name_withheld(
    conn: &mut Conn,
    case: &Case,
    letter: Letter,
    content: &mut Content,
) -> Result<()> {
    let (id, language) = (case.row.id, case.row.language);
    let answered = |right: Right| matches!(right, Right::Access | Right::Portability);
    if letter == Letter::PartialRefusal {
        for refused in content.rights.iter_mut().filter(|refused| answered(refused.right)) {
            let parts = withheld::of_answer(conn, id, refused.right)?;
            if let Some(first) = parts.first() {
                refused.ground = Some(first.exemption);
                refused.reason = withheld::lines(language, &parts);
            }
        }
    } else if letter.parts().any(|part| part == Placeholder::Withheld) {
        let parts = withheld::of_answer(conn, id, letter.answers().unwrap_or(Right::Access))?;
        if !parts.is_empty() {
            content.parts.insert(Placeholder::Withheld, withheld::lines(language, &parts));
        }
    }
    Ok(())
}

/// The rights that wait for a decision, or were decided as the letter says.
fn undecided(state: &RequestState, letter: Letter) -> Vec<RefusedRight> {
    let decided = letter.decides();
    let fits = |decision| decision == Decision::Undecided || Some(decision) == decided;
    let rights = state.rights.iter().filter(|right| fits(right.decision));
    let open = |right: &crate::domain::history::RightState| RefusedRight {
        right: right.exercised.right,
        ground: None,
        reason: String::new(),
    };
    rights.map(open).collect()
}

fn last_reply(
    state: &RequestState,
) -> Option<(crate::domain::event::PauseGround, chrono::DateTime<chrono::Utc>)> {
    let mut events = state.clock_events.iter().rev();
    events.find_map(|event| {
        let mut grounds = crate::domain::event::PauseGround::ALL.iter();
        let ground = grounds.find(|ground| ground.answered() == event.kind)?;
        Some((*ground, event.at))
    })
}

/// Finds a letter that may still be changed.
///
/// # Errors
/// `NotFound`; `Conflict` when somebody was faster; `Transition` when it was sent or given up.
pub(super) fn changeable(
    conn: &mut Conn,
    case: &Case,
    id: LetterId,
    expected: Expected,
) -> Result<LetterRow> {
    let row = letters::get(conn, case.row.id, id)?;
    if row.state != LetterState::Draft {
        return Err(Error::Transition { code: "letter-not-draft" });
    }
    if matches!(expected, Expected::Version(version) if version != row.version) {
        return Err(Error::Conflict { code: "stale" });
    }
    Ok(row)
}

/// Replaces what a person wrote for a draft.
///
/// # Errors
/// As `changeable`; `Invalid` for fields that the letter does not have and texts too long.
pub fn edit(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    (id, expected): (LetterId, Expected),
    content: &Content,
    key: &CaseKey,
) -> Result<LetterRow> {
    let case = begin(conn, ctx, target, Permission::WorkCase, Action::Note)?;
    let mut row = changeable(conn, &case, id, expected)?;
    let content = checked(row.letter, content)?;
    row.sealed_text = Some(Stored { content, document: None }.seal(key, id)?);
    store(conn, row)
}

/// Gives up a draft. What was written is forgotten, but for a case that is held.
///
/// # Errors
/// As `changeable`; `Transition` while the case is held.
pub fn give_up(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    (id, expected): (LetterId, Expected),
) -> Result<LetterRow> {
    let case = begin(conn, ctx, target, Permission::WorkCase, Action::Note)?;
    if case.state.held_at.is_some() {
        return Err(Error::Transition { code: "on-hold" });
    }
    let mut row = changeable(conn, &case, id, expected)?;
    row.state = LetterState::Void;
    row.sealed_text = None;
    store(conn, row)
}

/// Stores the next version of a letter.
pub(super) fn store(conn: &mut Conn, mut row: LetterRow) -> Result<LetterRow> {
    let found = row.version;
    row.version = found.saturating_add(1);
    if letters::update(conn, &row, found)? { Ok(row) } else { Err(Error::RunAgain) }
}

/// The content with one kind of line ending, if every field is one of the letter and fits.
fn checked(letter: Letter, content: &Content) -> Result<Content> {
    let mut content = content.clone();
    let foreign = content.foreign(letter);
    let foreign = foreign.into_iter().map(|field| FieldError::new(field, "not-of-letter"));
    let mut errors: Vec<FieldError> = foreign.collect();
    let mut put_right = |place: String, words: &mut String| {
        *words = one_line_ending(words);
        if words.chars().count() > LONGEST_PART {
            let mut error = FieldError::new(place, "too-long");
            error.arguments = vec![("maximum", LONGEST_PART.to_string())];
            errors.push(error);
        } else if words.chars().any(|c| is_hidden(c) && !matches!(c, '\n' | '\t')) {
            errors.push(FieldError::new(place, "control-character"));
        }
    };
    for (part, words) in &mut content.parts {
        put_right(format!("parts.{}", part.name()), words);
    }
    for (number, refused) in content.rights.iter_mut().enumerate() {
        put_right(format!("rights[{number}].reason"), &mut refused.reason);
    }
    if content.subject_country.as_ref().is_some_and(|country| !is_country(country)) {
        errors.push(FieldError::new("subject_country", "letter-country"));
    }
    if content.rights.len() > Right::ALL.len() {
        let mut error = FieldError::new("rights", "too-many");
        error.arguments = vec![("maximum", Right::ALL.len().to_string())];
        errors.push(error);
    }
    if errors.is_empty() { Ok(content) } else { Err(Error::Invalid(errors)) }
}

/// A finding of the lint as a broken rule of the input.
#[must_use]
pub fn told(finding: &Finding) -> FieldError {
    let mut arguments = finding.arguments.clone();
    arguments.push(("anchor", finding.anchor.to_owned()));
    if let Some(element) = finding.element {
        arguments.push(("element", element.name().to_owned()));
    }
    FieldError { field: finding.place.clone(), code: finding.code, arguments }
}
