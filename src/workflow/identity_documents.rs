//! Identity documents: taken in on a doubt that is stated, looked at by whoever works the case, and gone
//! with the decision, with the end of the case, or after 72 hours. To be gone is to have no key: the
//! file that is left goes with the next job, and what a backup holds of it opens for nobody who keeps
//! to the ledger.

use super::identity::needed_to_answer;
use super::record::{Case, Target, Written, begin, begin_own, load};
use super::stopping::discard;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::files::{self, FileRow};
use crate::db::identity_documents::{self, IdentityDocument, OfEnded};
use crate::db::{events, requests, tasks};
use crate::domain::actor::{Actor, Ctx, OwnCase, Permission, Scope};
use crate::domain::event::Event;
use crate::domain::identity_document::{
    DocumentRemoval, Doubt, MOST_AT_ONCE, MOST_OF_CASE, ends_with,
};
use crate::domain::ids::{ControllerId, FileId, RequestId};
use crate::domain::job::Job;
use crate::domain::lifecycle::Action;
use crate::error::{Error, Result};

/// The kind of the task to look at a document and decide; its detail is until when that can be done.
pub const CHECK_TASK: &str = "check_identity_document";

/// The kind of the task that one leaves which went undecided.
pub const OVER_TASK: &str = "identity_document_over";

/// The kind of the task of both cases in which the same file was handed in; its detail is the reference
/// of the other.
pub const REUSED_TASK: &str = "identity_document_reused";

/// In how many other cases one file is looked for.
const MOST_COMPARED: i64 = 20;

/// How many cases one look of the sweep takes.
const LOOK: i64 = 100;

/// A document on its way in, with its file, which stands in the folder.
#[derive(Clone, Debug)]
pub struct NewDocument {
    pub row: IdentityDocument,
    pub file: FileRow,
}

/// Whether the portal takes a document of the person now.
///
/// # Errors
/// As [`hand_in`].
pub fn may_hand_in(conn: &mut Conn, ctx: &Ctx) -> Result<()> {
    let case = asking(conn, ctx)?;
    has_room(conn, &case)
}

/// Takes in what the person hands in on the portal: where a letter has asked, and is not answered yet.
///
/// # Errors
/// `Transition` where nobody asked; `Invalid` when the case takes no more.
pub fn hand_in(conn: &mut Conn, ctx: &Ctx, new: &NewDocument, written: &Written) -> Result<Case> {
    let mut case = asking(conn, ctx)?;
    take(conn, ctx, &mut case, (new, None), written)?;
    Ok(case)
}

fn asking(conn: &mut Conn, ctx: &Ctx) -> Result<Case> {
    let case = begin_own(conn, ctx, Action::DecideIdentity)?;
    if is_asked(conn, ctx, &case)? {
        Ok(case)
    } else {
        Err(Error::Transition { code: "document-not-asked" })
    }
}

/// Whether the person is asked who they are, so that a document may answer it.
///
/// # Errors
/// When the database fails.
pub fn is_asked(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<bool> {
    let needed = needed_to_answer(conn, ctx, case, false)?;
    Ok(case.state.asks_identity(needed))
}

/// The documents that are kept now and that a visit is told of: all of them once it has proved who it
/// is; else those that came in it. Whoever has but a call code is not told that others came.
///
/// # Errors
/// When the database fails, or an event does not read.
pub fn told_of(conn: &mut Conn, own: &OwnCase, is_proved: bool) -> Result<Vec<IdentityDocument>> {
    let mut told = identity_documents::of_request(conn, own.request)?;
    told.retain(|row| row.removed_at.is_none());
    if is_proved {
        return Ok(told);
    }
    let mut of_visit = Vec::new();
    for row in events::of_request(conn, own.request)? {
        let entry = row.entry().map_err(|error| Error::internal(error.to_string()))?;
        match entry.event {
            Event::IdentityDocumentReceived { document, visit: Some(visit), .. }
                if visit == own.visit =>
            {
                of_visit.push(document);
            }
            _ => {}
        }
    }
    told.retain(|row| of_visit.contains(&row.id));
    Ok(told)
}

/// Takes in what came by post or mail, or was handed over at the counter.
///
/// # Errors
/// As [`begin`]; `Invalid` where no open question states a doubt and none is given (Art. 12(6)), or the
/// case takes no more.
pub fn record_document(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    (new, doubt): (&NewDocument, Option<Doubt>),
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::DecideIdentity)?;
    if doubt.is_none() && !is_asked(conn, ctx, &case)? {
        return Err(Error::invalid("doubt", "document-needs-doubt"));
    }
    take(conn, ctx, &mut case, (new, doubt), written)?;
    Ok(case)
}

fn has_room(conn: &mut Conn, case: &Case) -> Result<()> {
    let all = identity_documents::of_request(conn, case.row.id)?;
    if case.state.documents.len() >= MOST_AT_ONCE || all.len() >= MOST_OF_CASE {
        return Err(Error::invalid("files", "document-too-many"));
    }
    Ok(())
}

fn take(
    conn: &mut Conn,
    ctx: &Ctx,
    case: &mut Case,
    (new, doubt): (&NewDocument, Option<Doubt>),
    written: &Written,
) -> Result<()> {
    has_room(conn, case)?;
    let (document, channel) = (new.row.id, new.row.channel);
    files::insert(conn, &new.file)?;
    identity_documents::insert(conn, &new.row)?;
    let visit = match &ctx.actor {
        Actor::Subject(own) => Some(own.visit),
        _ => None,
    };
    let event = Event::IdentityDocumentReceived { document, channel, doubt, visit };
    case.record(conn, ctx, event, written)?;
    complete(conn, ctx, case, OVER_TASK)?;
    // Of several the first ends first; its task stands.
    case.ask_person(conn, ctx, CHECK_TASK, &new.row.delete_by.utc().to_rfc3339())?;
    // Not here: nobody outside may tell by the time that it takes.
    case.enqueue(conn, ctx, &Job::CompareDocument { document }, ctx.now)
}

/// Records that somebody looks at a document, and gives what opens it.
///
/// # Errors
/// As [`begin`]; `NotFound` when it is none of this case; `Transition` once it is gone, or its time over.
pub fn open_document(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    id: FileId,
) -> Result<IdentityDocument> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::Note)?;
    let row = identity_documents::get(conn, case.row.id, id)?;
    if row.wrapped_key.is_none() || row.delete_by <= Instant::from(ctx.now) {
        return Err(Error::Transition { code: "document-removed" });
    }
    let event = Event::IdentityDocumentOpened { document: id };
    case.record(conn, ctx, event, &Written::plain(ctx))?;
    Ok(row)
}

/// Removes every document that a case keeps, also under a hold.
///
/// # Errors
/// When the database fails.
pub fn remove_all(conn: &mut Conn, ctx: &Ctx, case: &mut Case, why: DocumentRemoval) -> Result<()> {
    let kept = case.state.documents.clone();
    remove(conn, ctx, case, &kept, why)
}

fn remove(
    conn: &mut Conn,
    ctx: &Ctx,
    case: &mut Case,
    documents: &[FileId],
    why: DocumentRemoval,
) -> Result<()> {
    if documents.is_empty() {
        return Ok(());
    }
    for document in documents {
        let event = Event::IdentityDocumentRemoved { document: *document, why };
        case.record(conn, ctx, event, &Written::plain(ctx))?;
        identity_documents::remove(conn, *document, Instant::from(ctx.now), why)?;
    }
    // Whatever else holds the case back: the copy is no part of what a hold is for.
    discard(conn, ctx, case, documents)?;
    if case.state.documents.is_empty() {
        complete(conn, ctx, case, CHECK_TASK)?;
    }
    Ok(())
}

fn complete(conn: &mut Conn, ctx: &Ctx, case: &Case, kind: &str) -> Result<()> {
    let at = Instant::from(ctx.now);
    tasks::complete_kind(conn, case.row.id, kind, None, at, &ctx.actor.name())?;
    Ok(())
}

/// Cases of which the sweep has something to remove, some at once.
///
/// # Errors
/// When the database fails.
pub fn due(conn: &mut Conn, ctx: &Ctx) -> Result<Vec<(ControllerId, RequestId)>> {
    let mut found = identity_documents::over_by(conn, Instant::from(ctx.now), LOOK)?;
    let (mut ended, mut after) = (0, None);
    loop {
        let page = identity_documents::of_ended(conn, after, LOOK)?;
        let Some(last) = page.last() else { break };
        after = Some(last.document);
        let is_over = |row: &&OfEnded| {
            let ended_at = row.ended_at.map(Instant::utc);
            ends_with(row.status, ended_at, row.received_at.utc(), ctx.now)
        };
        found.extend(page.iter().filter(is_over).map(|row| (row.controller, row.request)));
        ended += page.iter().filter(is_over).count();
        if i64::try_from(ended).is_ok_and(|ended| ended >= LOOK) {
            break;
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Removes what a case keeps beyond its time, or beyond its end. Where nobody had decided, a person is
/// asked what comes next. Gives how many documents that were.
///
/// # Errors
/// When the database fails.
pub fn remove_over(
    conn: &mut Conn,
    ctx: &Ctx,
    controller: ControllerId,
    id: RequestId,
) -> Result<usize> {
    let mut case = load(conn, &Scope::of_job(controller), id)?;
    let (status, ended_at) = (case.state.status, case.state.ended_at);
    let all = identity_documents::of_request(conn, id)?;
    let kept = all.iter().filter(|row| row.removed_at.is_none());
    let (ended, kept): (Vec<_>, Vec<_>) =
        kept.partition(|row| ends_with(status, ended_at, row.received_at.utc(), ctx.now));
    let ended: Vec<FileId> = ended.iter().map(|row| row.id).collect();
    remove(conn, ctx, &mut case, &ended, DocumentRemoval::CaseEnded)?;
    let over = kept.iter().filter(|row| row.delete_by <= Instant::from(ctx.now));
    let over: Vec<FileId> = over.map(|row| row.id).collect();
    remove(conn, ctx, &mut case, &over, DocumentRemoval::TimeOver)?;
    if !over.is_empty() && case.state.documents.is_empty() {
        case.ask_person(conn, ctx, OVER_TASK, "")?;
    }
    Ok(ended.len() + over.len())
}

/// Removes every document whose time is over, after a backup was put back.
///
/// # Errors
/// When the database fails.
pub fn remove_all_over(conn: &mut Conn, ctx: &Ctx) -> Result<usize> {
    let mut removed = 0;
    loop {
        let before = removed;
        for (controller, id) in due(conn, ctx)? {
            removed += remove_over(conn, ctx, controller, id)?;
        }
        if removed == before {
            return Ok(removed);
        }
    }
}

/// Removes a document again that was removed before, and came back with a backup. False when it is not
/// there.
///
/// # Errors
/// When the database fails.
pub fn remove_again(conn: &mut Conn, ctx: &Ctx, id: RequestId, document: FileId) -> Result<bool> {
    let Some(controller) = requests::controller_of(conn, id)? else {
        return Ok(false);
    };
    let mut case = load(conn, &Scope::of_job(controller), id)?;
    if !case.state.documents.contains(&document) {
        return Ok(false);
    }
    remove(conn, ctx, &mut case, &[document], DocumentRemoval::Restored)?;
    Ok(true)
}

/// Looks whether the same file was handed in for somebody else of the controller. Then staff of both
/// cases are told; nothing is decided by it, and nobody outside learns of it (security.md, S-06).
///
/// # Errors
/// `NotFound` when the document is none of the controller; else when the database fails.
pub fn compare(
    conn: &mut Conn,
    ctx: &Ctx,
    scope: &Scope,
    (request, id): (RequestId, FileId),
) -> Result<()> {
    let mut case = load(conn, scope, request)?;
    let document = identity_documents::get(conn, request, id)?;
    let Some(index) = &document.content_index else {
        return Ok(());
    };
    let controller = case.row.controller_id;
    let others = identity_documents::with_content(conn, controller, index, request, MOST_COMPARED)?;
    let own = identity_documents::terms(conn, request)?;
    for other in others {
        if is_same_person(&own, &identity_documents::terms(conn, other)?) {
            continue;
        }
        let mut other = load(conn, scope, other)?;
        tell(conn, ctx, &mut other, (id, &case))?;
        tell(conn, ctx, &mut case, (id, &other))?;
    }
    Ok(())
}

fn tell(
    conn: &mut Conn,
    ctx: &Ctx,
    case: &mut Case,
    (document, other): (FileId, &Case),
) -> Result<()> {
    let other_reference = other.row.reference.clone();
    let event = Event::IdentityDocumentReused { document, other: other_reference };
    case.record(conn, ctx, event, &Written::plain(ctx))?;
    case.ask_person(conn, ctx, REUSED_TASK, &other.row.reference)
}

/// Whether two requests say the same of whom they are about, one of them perhaps more: who asks twice
/// hands in the same file twice.
fn is_same_person(one: &[Vec<u8>], other: &[Vec<u8>]) -> bool {
    let (less, more) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    !less.is_empty() && less.iter().all(|term| more.contains(term))
}
