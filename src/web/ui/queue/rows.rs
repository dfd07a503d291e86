//! One row of the queue: what is due, whose it is, and what to do next.

use crate::db::conn::Conn;
use crate::db::events;
use crate::db::requests::Request;
use crate::domain::actor::Permission;
use crate::domain::ids::RequestId;
use crate::domain::lifecycle::{Action, next};
use crate::domain::next_step::{NextStep, Standing};
use crate::domain::right::Right;
use crate::error::Result;
use crate::language;
use crate::web::Front;
use crate::web::queue::{self, Found};
use crate::web::ui::colleagues::Colleagues;
use crate::web::ui::signed::SignedPage;
use crate::web::ui::wording::{self, Due, due, named};
use crate::workflow::{keeping, record};

pub struct Row {
    pub id: String,
    pub version: i64,
    pub reference: String,
    pub controller: String,
    pub due: Due,
    pub urgent: bool,
    pub paused: bool,
    pub rights: Vec<String>,
    pub names: String,
    pub channel: String,
    pub status: String,
    pub assignee: String,
    pub next: Option<NextView>,
    /// Whether the receipt can be acknowledged, and the case taken, right here.
    pub acknowledge: bool,
    pub assign: bool,
}

/// What to do next.
pub struct NextView {
    pub word: String,
    /// Where on the page of the case it is done.
    pub place: &'static str,
}

/// Where a step is done on the page of a case: a field, so that what it stands in unfolds.
#[must_use]
pub const fn place(step: NextStep) -> &'static str {
    match step {
        NextStep::Acknowledge => "acknowledge",
        NextStep::ProveIdentity => "level",
        NextStep::Collect => "scope",
        NextStep::Release => "package",
        NextStep::Close => "ground",
        NextStep::CarryOut | NextStep::Decide => "decided-right",
        NextStep::ReadReply => "reply-ground",
        NextStep::AwaitReply => "letter",
    }
}

/// What is known of how a request stands.
#[must_use]
pub fn standing(
    row: &Request,
    reply_waits: bool,
    mut rights: impl Iterator<Item = Right>,
) -> Standing {
    let packaged = [Right::Access, Right::Portability];
    Standing {
        status: row.status,
        level: row.level,
        acknowledged: row.acknowledged_at.is_some(),
        awaits_person: row.awaits_person,
        reply_waits,
        urgent: row.urgent_until.is_some(),
        packaged: rights.any(|right| packaged.contains(&right)),
    }
}

/// The rows of a page.
///
/// # Errors
/// When the database fails, or a seal does not open.
pub async fn rows(front: &Front, signed: &SignedPage, found: &Found) -> Result<Vec<Row>> {
    let assignees = found.page.iter().filter_map(|row| row.assignee_id);
    let (reader, language) = (signed.member.id, signed.language);
    let colleagues = Colleagues::read(front, Some(reader), language, assignees.collect()).await?;
    let replied = replied(front, signed, found).await?;
    let rows = found.page.iter();
    rows.map(|row| one(front, signed, found, (row, replied.contains(&row.id)), &colleagues))
        .collect()
}

/// The requests of the page with a question whose reply waits for staff. A row knows only whether
/// the person acts next: the few in which something was asked are read whole.
async fn replied(front: &Front, signed: &SignedPage, found: &Found) -> Result<Vec<RequestId>> {
    let open = found.page.iter().filter(|row| row.ended_at.is_none());
    let ids: Vec<RequestId> = open.map(|row| row.id).collect();
    let scope = signed.member.scope();
    let read = move |conn: &mut Conn| {
        let mut replied = Vec::new();
        for id in events::requests_with(conn, &ids, "RequestPaused")? {
            if record::load(conn, &scope, id)?.state.has_reply_to_read() {
                replied.push(id);
            }
        }
        Ok(replied)
    };
    front.app.read(read).await
}

fn one(
    front: &Front,
    signed: &SignedPage,
    found: &Found,
    (row, reply_waits): (&Request, bool),
    colleagues: &Colleagues,
) -> Result<Row> {
    let language = signed.language;
    let controller = found.controller(row)?;
    let opens = keeping::check_in_use(&signed.member, row, front.app.now()).is_ok();
    let names = match queue::names(front, &signed.member, controller, row)? {
        None if !opens => language::text(language, "queue-names-put-away"),
        None => language::text(language, "queue-names-hidden"),
        Some(names) if names.is_empty() => language::text(language, "queue-names-none"),
        Some(names) => names.join(", "),
    };
    let rights = found.rights(row);
    let works = signed.member.may(row.controller_id, Permission::WorkCase);
    let exercised = found.rights(row).map(|right| right.exercised);
    let step = standing(row, reply_waits, exercised).next_step();
    let can_acknowledge = next(row.status, Action::Acknowledge).is_ok();
    Ok(Row {
        id: row.id.to_string(),
        version: row.version,
        reference: row.reference.clone(),
        controller: controller.name.clone(),
        due: due(language, row, (queue::today(front, controller), queue::zone(controller))),
        urgent: row.urgent_until.is_some() && row.ended_at.is_none(),
        paused: row.paused,
        rights: rights.map(|right| wording::right(language, right.exercised)).collect(),
        names,
        channel: named(language, "channel", row.channel.name()),
        status: named(language, "status", row.status.name()),
        assignee: colleagues.name(row.assignee_id),
        next: step.filter(|_| opens).map(|step| NextView {
            word: named(language, "next", step.name()),
            place: place(step),
        }),
        acknowledge: works && can_acknowledge && row.acknowledged_at.is_none(),
        assign: works && row.assignee_id.is_none() && row.ended_at.is_none(),
    })
}
