//! What is known of a case: where it stands, its dates with their explanation, the person.

use chrono::NaiveDate;

use super::circumstances;
use crate::domain::clock;
use crate::domain::deadline::Dates;
use crate::error::Result;
use crate::language::step::sentence;
use crate::language::{self, Language};
use crate::web::opened::Opened;
use crate::web::ui::colleagues::Colleagues;
use crate::web::ui::wording::{self, Due, due, instant, named};
use crate::web::{Front, queue};
use crate::workflow::record::{self, Case};
use crate::workflow::subject::Subject;

/// The case at a glance.
pub struct Facts {
    pub id: String,
    pub reference: String,
    pub version: i64,
    pub controller: String,
    pub status: String,
    pub due: Due,
    /// Until when it must be carried out at once.
    pub urgent: Option<String>,
    pub paused: bool,
    pub channel: String,
    /// The tag of the person's language, and the regime.
    pub language: &'static str,
    pub law: String,
    pub received: String,
    pub acknowledged: Option<String>,
    pub acknowledge_by: String,
    pub ended: Option<String>,
    pub assignee: String,
    pub key_destroyed: bool,
    pub level: String,
    pub doubt: bool,
    /// Under eighteen by the birth date that was given.
    pub minor: bool,
    /// What staff know of the person, and what follows from it.
    pub circumstances: Vec<String>,
    pub awaits: bool,
    /// Why what is on file is not relied on.
    pub contact: Option<String>,
    pub pauses: Vec<String>,
    /// The person has replied to one of them, and the clock waits for us.
    pub replied: bool,
    pub rights: Vec<RightView>,
    /// For those who may read it, while the key exists.
    pub subject: Option<Subject>,
}

/// One right with its clock.
pub struct RightView {
    pub name: String,
    pub decision: String,
    pub target: Option<String>,
    pub legal: Option<String>,
    pub conservative: Option<String>,
    pub notice: Option<String>,
    pub steps: Vec<StepView>,
}

/// One step of an explanation.
pub struct StepView {
    pub text: String,
    pub source: &'static str,
}

/// Puts a case into words.
///
/// # Errors
/// When its dates cannot be explained.
pub fn of(
    front: &Front,
    opened: &Opened,
    case: &Case,
    language: Language,
    subject: Option<Subject>,
    colleagues: &Colleagues,
) -> Result<Facts> {
    let (row, state) = (&case.row, &case.state);
    let zone = state.rules.time_zone;
    let at = |at: crate::db::column::Instant| instant(language, at.utc(), zone);
    let rights: Result<Vec<RightView>> =
        case.dates.rights.iter().map(|dates| right(language, case, dates)).collect();
    let pauses = state.open_pauses();
    Ok(Facts {
        id: row.id.to_string(),
        reference: row.reference.clone(),
        version: row.version,
        controller: opened.controller.name.clone(),
        status: named(language, "status", row.status.name()),
        due: due(language, row, (queue::today(front, &opened.controller), zone)),
        urgent: row
            .urgent_until
            .map(at)
            .map(|at| language::text_with(language, "case-urgent", &[("at", &at)])),
        paused: row.paused,
        channel: named(language, "channel", row.channel.name()),
        language: row.language.code(),
        law: state.rules.regime.clone(),
        received: at(row.received_at),
        acknowledged: row.acknowledged_at.map(at),
        acknowledge_by: language::date(language, case.dates.acknowledge_on),
        ended: row.ended_at.map(at),
        assignee: colleagues.name(row.assignee_id),
        key_destroyed: row.wrapped_key.is_none(),
        level: named(language, "level", state.level.name()),
        doubt: state.doubt,
        minor: state.minor,
        circumstances: circumstances::told(language, state),
        awaits: state.awaited.is_some(),
        contact: state.contact.map(|it| named(language, "contact", it.name())),
        pauses: pauses.iter().map(|ground| named(language, "pause", ground.name())).collect(),
        replied: state.has_reply_to_read(),
        rights: rights?,
        subject,
    })
}

fn right(language: Language, case: &Case, dates: &clock::RightDates) -> Result<RightView> {
    let (_, steps) = clock::explain(&case.state, dates.right).map_err(record::clock_error)?;
    let zone = case.state.rules.time_zone;
    let written = |date: Option<NaiveDate>| date.map(|date| language::date(language, date));
    let Dates { target_on, legal_on, conservative_on, notice_due_on, .. } = dates.dates;
    Ok(RightView {
        name: wording::right(language, dates.right),
        decision: named(language, "decision", dates.decision.name()),
        target: written(target_on),
        legal: written(legal_on),
        conservative: written(conservative_on.filter(|date| Some(*date) != legal_on)),
        notice: written(notice_due_on),
        steps: steps
            .iter()
            .map(|step| StepView { text: sentence(step, language, zone), source: step.source })
            .collect(),
    })
}
