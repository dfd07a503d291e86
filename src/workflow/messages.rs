//! Messages between a person and the staff, in the portal. Each is an entry of the history with its
//! text sealed beside: there is no second place where they could differ.

use chrono::Duration;

use super::identity::needed_to_answer;
use super::record::{Case, Target, Written, begin, begin_own};
use super::telling;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::events;
use crate::db::files::{self, ATTACHMENT, FileRow, SENT_ATTACHMENT};
use crate::db::tasks;
use crate::domain::actor::{Ctx, Permission};
use crate::domain::attachment::{LONGEST_OF_CASE_BYTES, MOST_OF_CASE};
use crate::domain::event::Event;
use crate::domain::letter::lint::telling::telling_words;
use crate::domain::lifecycle::Action;
use crate::error::{Error, Result};

/// The kind of the task that a person's message makes.
pub const READ_TASK: &str = "read_message";

/// How many messages a person may write in a day: more than anybody needs, and few enough for one
/// who reads them.
const MOST_A_DAY: usize = 50;

/// Takes in what the person wrote. It ends no pause: whether it is enough, a person decides.
///
/// # Errors
/// `RateLimited` after fifty in a day; `Invalid` when the case takes no more files; `Transition` once
/// the key is destroyed.
pub fn receive_message(
    conn: &mut Conn,
    ctx: &Ctx,
    attached: &[FileRow],
    written: &Written,
) -> Result<Case> {
    let mut case = begin_own(conn, ctx, Action::Note)?;
    let event = Event::MessageReceived { files: attached.iter().map(|file| file.id).collect() };
    let since = Instant::from(ctx.now - Duration::days(1));
    let recent = events::since(conn, case.row.id, event.kind(), &ctx.actor.name(), since)?;
    if recent.len() >= MOST_A_DAY {
        let first = recent.first().map_or(ctx.now, |first| first.at.utc());
        let wait = first + Duration::days(1) - ctx.now;
        let retry_after_s = u64::try_from(wait.num_seconds().max(1)).unwrap_or(1);
        return Err(Error::RateLimited { retry_after_s });
    }
    take_files(conn, &case, attached)?;
    case.record(conn, ctx, event, written)?;
    case.ask_person(conn, ctx, READ_TASK, "")?;
    Ok(case)
}

/// Records what is attached, within what one case takes.
fn take_files(conn: &mut Conn, case: &Case, attached: &[FileRow]) -> Result<()> {
    if attached.is_empty() {
        return Ok(());
    }
    let mut all = files::of_request(conn, case.row.id)?;
    all.retain(|file| [ATTACHMENT, SENT_ATTACHMENT].contains(&file.purpose.as_str()));
    all.extend_from_slice(attached);
    let bytes: i64 = all.iter().map(|file| file.size_bytes).sum();
    if all.len() > MOST_OF_CASE || u64::try_from(bytes).unwrap_or(0) > LONGEST_OF_CASE_BYTES {
        return Err(Error::invalid("files", "attachment-case-full"));
    }
    attached.iter().try_for_each(|file| Ok(files::insert(conn, file)?))
}

/// Writes to the person, who reads it in the portal, and fetches what is attached there.
///
/// # Errors
/// As [`begin`]; `Invalid` when the case takes no more files, or the words tell somebody of whom too
/// little is known what is held.
pub fn send_message(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    attached: &[FileRow],
    (words, written): (&str, &Written),
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::Note)?;
    if case.state.level < needed_to_answer(conn, ctx, &case, case.state.has_found_special())? {
        untold(words)?;
    }
    take_files(conn, &case, attached)?;
    let files = attached.iter().map(|file| file.id).collect();
    case.record(conn, ctx, Event::MessageSent { files }, written)?;
    let (at, by) = (Instant::from(ctx.now), ctx.actor.name());
    tasks::complete_kind(conn, case.row.id, READ_TASK, None, at, &by)?;
    telling::told(conn, ctx, &case)?;
    case.notify(conn, ctx)?;
    Ok(case)
}

/// A message has no draft that somebody could look at again: what may tell passes, what surely tells
/// does not (GDPR Art. 5(1)(f)).
fn untold(words: &str) -> Result<()> {
    match telling_words(words).filter(|told| told.is_sure) {
        Some(told) => {
            Err(Error::invalid_with("message", "message-tells", vec![("words", told.words)]))
        }
        None => Ok(()),
    }
}
