//! What a person answers for a manual system: rows typed, files uploaded, or nothing found.

use serde_json::json;

use super::collection::{ANSWER_TASK, SystemResult, WAITS, add_file, answer_task, record_system};
use super::nothing_held::ask_again;
use super::people::compare_when_done;
use super::record::{Case, Target, Written, begin};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::files::{self, FileRow};
use crate::db::searches::{self, SearchFile, SearchSystem};
use crate::db::tasks;
use crate::domain::actor::{Ctx, Permission};
use crate::domain::event::Event;
use crate::domain::ids::SearchId;
use crate::domain::inventory::special::SpecialTables;
use crate::domain::lifecycle::Action;
use crate::error::{Error, Result};

/// How a manual system stands where its person found nothing.
const NOTHING_FOUND: &str = "nothing_found";

/// What a person answers for a manual system.
#[derive(Clone, Debug)]
pub struct ManualAnswer {
    pub search: SearchId,
    pub system: String,
    /// Rows that were typed, as row files; none means "nothing found" unless files were uploaded.
    pub tables: Vec<(FileRow, String, u64)>,
    pub nothing_found: bool,
    /// What the map calls special there.
    pub special_tables: SpecialTables,
}

impl ManualAnswer {
    /// Whether something is given that the map calls special.
    fn is_special(&self, kept: &[SearchFile]) -> bool {
        let typed = self.tables.iter().map(|(_, table, rows)| (Some(table.as_str()), *rows));
        let kept = kept
            .iter()
            .map(|file| (file.source_table.as_deref(), u64::try_from(file.row_count).unwrap_or(0)));
        typed.chain(kept).any(|(table, rows)| self.special_tables.hold(table, rows))
    }
}

/// Records a person's answer for a manual system. Answering again, a table that is typed again takes
/// the place of what was typed for it before, so that a slip can be set right and a call that is
/// made twice counts once; the other tables and the uploads stay.
///
/// # Errors
/// `NotFound` when the search has no such manual system; `Transition` before identity is settled, or
/// when a newer search has taken its place; `Invalid` when the answer contradicts what was given
/// before.
pub fn answer_system(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    answer: &ManualAnswer,
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::AnswerSystem, Action::AnswerSystem)?;
    manual_system(conn, &case, answer.search, &answer.system)?;
    let mut given = searches::files(conn, answer.search)?;
    given.retain(|file| file.system == answer.system);
    if answer.nothing_found && !(given.is_empty() && answer.tables.is_empty()) {
        return Err(Error::invalid("outcome", "something-was-given"));
    }
    if !answer.nothing_found && given.is_empty() && answer.tables.is_empty() {
        return Err(Error::invalid("tables", "nothing-was-given"));
    }
    let typed_again = |file: &SearchFile| {
        let tables = answer.tables.iter();
        tables.into_iter().any(|(_, table, _)| file.source_table.as_ref() == Some(table))
    };
    let (replaced, kept): (Vec<_>, Vec<_>) = given.into_iter().partition(typed_again);
    for file in replaced {
        // The sealed file is an orphan from now on, and goes with the other orphans.
        searches::remove_file(conn, answer.search, file.file_id)?;
        files::delete(conn, file.file_id)?;
    }
    let special = answer.is_special(&kept);
    let kept: u64 = kept.iter().map(|file| u64::try_from(file.row_count).unwrap_or(0)).sum();
    let added: u64 = answer.tables.iter().map(|(_, _, rows)| rows).sum();
    let result = SystemResult {
        system: answer.system.clone(),
        outcome: if answer.nothing_found { NOTHING_FOUND } else { "answered" }.to_owned(),
        detail: Some(json!({ "answered_by": ctx.actor.name() }).to_string()),
        rows: kept + added,
        special,
        files: answer
            .tables
            .iter()
            .map(|(file, table, rows)| (file.clone(), Some(table.clone()), *rows))
            .collect(),
    };
    record_system(conn, ctx, &mut case, answer.search, &result, written)?;
    compare_when_done(conn, ctx, answer.search)?;
    let (id, at) = (case.row.id, Instant::from(ctx.now));
    let of = Some((answer.system.as_str(), answer.search));
    tasks::complete_kind(conn, id, ANSWER_TASK, of, at, &ctx.actor.name())?;
    Ok(case)
}

/// Checks that a file may be uploaded for a manual system, before any of it is taken.
///
/// # Errors
/// As [`add_upload`].
pub fn may_upload(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    search: SearchId,
    system: &str,
) -> Result<()> {
    let case = begin(conn, ctx, target, Permission::AnswerSystem, Action::AnswerSystem)?;
    manual_system(conn, &case, search, system).map(drop)
}

/// Records a file that a person uploaded for a manual system. The system waits for its answer
/// until then, also when "nothing found" was said of it before.
///
/// # Errors
/// `NotFound` when the search has no such manual system; `Transition` before identity is settled, or
/// when a newer search has taken its place.
pub fn add_upload(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    (search, system): (SearchId, &str),
    file: &FileRow,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::AnswerSystem, Action::AnswerSystem)?;
    let row = manual_system(conn, &case, search, system)?;
    add_file(conn, search, file, system, None, 0)?;
    if row.outcome == NOTHING_FOUND {
        let row = SearchSystem { outcome: WAITS.to_owned(), detail: None, ended_at: None, ..row };
        searches::set_system(conn, &row)?;
        tasks::insert(conn, &answer_task(ctx, &row))?;
    }
    let event = Event::FileUploaded { search, system: system.to_owned(), file: file.id };
    case.record(conn, ctx, event, &Written::plain(ctx))?;
    ask_again(conn, ctx, &mut case)?;
    compare_when_done(conn, ctx, search)?;
    Ok(case)
}

/// Takes back what was given for a manual system, rows and files: it waits for its answer again.
///
/// # Errors
/// As [`add_upload`]; `Transition` when nothing was given.
pub fn take_back_answer(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    (search, system): (SearchId, &str),
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::AnswerSystem, Action::AnswerSystem)?;
    let row = manual_system(conn, &case, search, system)?;
    let mut given = searches::files(conn, search)?;
    given.retain(|file| file.system == system);
    if row.outcome == WAITS && given.is_empty() {
        return Err(Error::Transition { code: "nothing-to-take-back" });
    }
    for file in given {
        // The sealed file is an orphan from now on, and goes with the other orphans.
        searches::remove_file(conn, search, file.file_id)?;
        files::delete(conn, file.file_id)?;
    }
    let waited = row.outcome == WAITS;
    let outcome = WAITS.to_owned();
    let row = SearchSystem { outcome, detail: None, row_count: 0, ended_at: None, ..row };
    searches::set_system(conn, &row)?;
    if !waited {
        tasks::insert(conn, &answer_task(ctx, &row))?;
    }
    let event = Event::AnswerTakenBack { search, system: system.to_owned() };
    case.record(conn, ctx, event, written)?;
    ask_again(conn, ctx, &mut case)?;
    compare_when_done(conn, ctx, search)?;
    Ok(case)
}

/// What is handed in at once: an event for each file, and one for the answer.
#[derive(Clone, Debug)]
pub struct HandedIn {
    pub uploads: Vec<FileRow>,
    pub answer: ManualAnswer,
    /// The [`standing`] of the answer that the reader saw.
    pub seen: String,
}

/// Takes files and an answer in one transaction: all of it, or nothing.
///
/// # Errors
/// As [`add_upload`] and [`answer_system`]; `Conflict` when somebody has answered meanwhile.
pub fn hand_in(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    given: &HandedIn,
    written: &Written,
) -> Result<Case> {
    let HandedIn { uploads, answer, seen } = given;
    check_standing(conn, target, (answer.search, &answer.system), seen)?;
    for file in uploads {
        add_upload(conn, ctx, target, (answer.search, &answer.system), file)?;
    }
    answer_system(conn, ctx, target, answer, written)
}

/// Refuses when what was given for a system is not what the reader saw: other changes of the case
/// are no matter of whoever answers for one system.
///
/// # Errors
/// `Conflict`; `NotFound` when the search has no such system.
pub fn check_standing(
    conn: &mut Conn,
    target: &Target,
    (search, system): (SearchId, &str),
    seen: &str,
) -> Result<()> {
    searches::get(conn, target.id, search)?;
    let systems = searches::systems(conn, search)?;
    let row = systems.into_iter().find(|row| row.system == system).ok_or(Error::NotFound)?;
    let files = searches::files(conn, search)?;
    if standing(&row, &files) == seen { Ok(()) } else { Err(Error::Conflict { code: "stale" }) }
}

/// How an answer stands, in a word that is another one after each change of it.
#[must_use]
pub fn standing(row: &SearchSystem, files: &[SearchFile]) -> String {
    let given = files.iter().filter(|file| file.system == row.system);
    let ended = row.ended_at.map_or(0, |at| at.utc().timestamp_micros());
    let newest = given.clone().map(|file| file.file_id.to_string()).max().unwrap_or_default();
    format!("{}.{ended}.{}.{newest}", row.outcome, given.count())
}

/// The manual system of a search that takes what a person gives.
fn manual_system(
    conn: &mut Conn,
    case: &Case,
    search: SearchId,
    system: &str,
) -> Result<SearchSystem> {
    searches::get(conn, case.row.id, search)?;
    let systems = searches::systems(conn, search)?;
    let manual = |row: &SearchSystem| row.system == system && row.connector == "manual";
    let system = systems.into_iter().find(manual).ok_or(Error::NotFound)?;
    if case.state.found.is_none_or(|found| found.search != search) {
        return Err(Error::Transition { code: "search-superseded" });
    }
    if !case.state.takes_answers() {
        return Err(Error::Transition { code: "answer-needs-identity" });
    }
    Ok(system)
}
