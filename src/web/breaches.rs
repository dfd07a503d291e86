//! The register of breaches at the front door: opened for whoever may read it, and shown in one shape.

mod table;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::Front;
use crate::db::breaches::{self, Breach, Notice};
use crate::db::column::Instant;
use crate::db::controllers::{self, Controller};
use crate::db::keyset::After;
use crate::domain::actor::{Actor, Permission, StaffMember};
use crate::domain::breach::{
    AwarenessChange, BreachDecision, BreachNotice, BreachRecord, DecisionReason, late_notice,
};
use crate::domain::ids::{BreachId, ControllerId};
use crate::error::{Error, Result};
use crate::vault::ControllerKey;
use crate::workflow::breaches::stored::{
    open_awareness, open_decision_reasons, open_notice, open_record,
};
use crate::workflow::settings::permission;

/// How many breaches an answer of the API holds at most, and what is read at once.
pub const MOST: i64 = 1_000;

/// Somebody at work on the register of a controller.
pub struct Register {
    pub controller: Controller,
    pub key: ControllerKey,
    /// Whether the member may read what people wrote.
    pub reads: bool,
    now: DateTime<Utc>,
}

/// A breach with what is written of it.
pub struct Opened {
    pub row: Breach,
    pub record: BreachRecord,
    /// The reference of its case.
    pub reference: Option<String>,
    pub notices: Vec<(Notice, BreachNotice)>,
    /// The number of the notice that told the authority first, if that was after the limit.
    pub late: Option<i64>,
    /// Why the instant of becoming aware was changed.
    pub awareness: Vec<AwarenessChange>,
    /// Why was decided what.
    pub decision_reasons: Vec<DecisionReason>,
}

impl Opened {
    /// Why the authority was told after the limit: that may be said in a phase.
    #[must_use]
    pub fn late_reason(&self) -> &str {
        let reasons = self.notices.iter().map(|(_, notice)| notice.late_reason.as_str());
        let mut reasons = reasons.filter(|reason| !reason.is_empty());
        if self.late.is_some() { reasons.next().unwrap_or_default() } else { "" }
    }
}

impl Register {
    /// Opens the register of a controller for a member of staff.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`.
    pub async fn open(front: &Front, member: &StaffMember, id: ControllerId) -> Result<Self> {
        permission::on_cases(&Actor::Staff(member.clone()), id, Permission::ReadHistory)?;
        let controller = front.app.read(move |conn| Ok(controllers::find(conn, id)?)).await?;
        let key = front.app.controller_key(&controller)?;
        let reads = member.may(id, Permission::ReadSubject);
        Ok(Self { controller, key, reads, now: front.app.now() })
    }

    /// Every breach, the newest awareness first.
    ///
    /// # Errors
    /// When the database fails, or a seal does not open.
    pub async fn all(&self, front: &Front) -> Result<Vec<Opened>> {
        let (mut all, mut next) = self.list(front, None, MOST).await?;
        while let Some(cursor) = next {
            let (more, after) = self.list(front, Some(&cursor), MOST).await?;
            all.extend(more);
            next = after;
        }
        Ok(all)
    }

    /// So many breaches, the newest awareness first, and the cursor of the next ones.
    ///
    /// # Errors
    /// `Invalid` when the cursor is none; when the database fails, or a seal does not open.
    pub async fn list(
        &self,
        front: &Front,
        cursor: Option<&str>,
        limit: i64,
    ) -> Result<(Vec<Opened>, Option<String>)> {
        let (id, after) = (self.controller.id, cursor.map(after).transpose()?);
        let mut found = self.page(front, (id, after), limit.saturating_add(1)).await?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = found.len() > most;
        found.truncate(most);
        let last = found.last().filter(|_| has_more).map(|last| &last.row);
        let next = last.map(|row| format!("{}.{}", row.aware_at.utc().timestamp_micros(), row.id));
        Ok((found, next))
    }

    async fn page(
        &self,
        front: &Front,
        (id, after): (ControllerId, After<BreachId>),
        limit: i64,
    ) -> Result<Vec<Opened>> {
        let read = front.app.read(move |conn| {
            let rows = breaches::of_controller(conn, id, after, limit)?;
            let mut found = Vec::with_capacity(rows.len());
            for row in rows {
                found.push((breaches::notices(conn, row.id)?, reference(conn, &row)?, row));
            }
            Ok(found)
        });
        read.await?.into_iter().map(|found| self.opened(found)).collect()
    }

    /// One breach.
    ///
    /// # Errors
    /// `NotFound`; when a seal does not open.
    pub async fn get(&self, front: &Front, id: BreachId) -> Result<Opened> {
        let controller = self.controller.id;
        let read = front.app.read(move |conn| {
            let row = breaches::get(conn, controller, id)?;
            Ok((breaches::notices(conn, id)?, reference(conn, &row)?, row))
        });
        self.opened(read.await?)
    }

    fn opened(&self, found: (Vec<Notice>, Option<String>, Breach)) -> Result<Opened> {
        let (notices, reference, row) = found;
        let record = open_record(&self.key, &row)?;
        let decision_reasons = open_decision_reasons(&self.key, &row)?;
        let notices: Result<Vec<_>> = notices
            .into_iter()
            .map(|notice| Ok((notice.clone(), open_notice(&self.key, &notice)?)))
            .collect();
        let notices = notices?;
        let awareness = open_awareness(&self.key, &row)?;
        let sent = notices.iter().map(|(notice, _)| (notice.number, notice.sent_at.utc()));
        let late = late_notice(row.limit_at.map(|limit| limit.utc()), sent);
        Ok(Opened { row, record, reference, notices, late, awareness, decision_reasons })
    }

    /// A breach as the API shows it.
    #[must_use]
    pub fn shown(&self, breach: &Opened) -> Value {
        let Opened { row, record, reference, notices, late, awareness, decision_reasons } = breach;
        let missing = record.missing().into_iter();
        let missing = missing.map(|(field, law)| json!({ "field": field, "law": law }));
        let mut shown = Map::new();
        let mut put = |name: &str, value: Value| {
            shown.insert(name.to_owned(), value);
        };
        put("id", json!(row.id));
        put("controller_id", json!(row.controller_id));
        put("request_id", json!(row.request_id));
        put("reference", json!(reference));
        put("event_version", json!(row.event_version));
        put("kind", json!(row.kind.name()));
        put("risk", json!(row.risk.name()));
        put("aware_at", json!(instant(row.aware_at)));
        put("aware_changes", awareness.iter().map(|change| self.change(change)).collect());
        put("limit_at", json!(row.limit_at.map(instant)));
        put("overdue", json!(self.is_overdue(row)));
        put("decision", json!(row.decision.name()));
        put("decision_reasons", decision_reasons.iter().map(|it| self.decided(it)).collect());
        put("notified_at", json!(row.notified_at.map(instant)));
        put("late", json!(late.is_some()));
        put("informed_at", json!(row.informed_at.map(instant)));
        put("closed_at", json!(row.closed_at.map(instant)));
        put("version", json!(row.version));
        put("created_by", json!(row.created_by));
        put("created_at", json!(instant(row.created_at)));
        put("missing", missing.collect());
        put("record", if self.reads { json!(record) } else { Value::Null });
        let is_late = |row: &Notice| Some(row.number) == *late;
        let notices = notices.iter().map(|(row, notice)| self.notice((row, is_late(row)), notice));
        put("notices", notices.collect());
        Value::Object(shown)
    }

    fn change(&self, change: &AwarenessChange) -> Value {
        json!({
            "before": instant(change.before.into()),
            "after": instant(change.after.into()),
            "changed_at": instant(change.changed_at.into()),
            "changed_by": change.changed_by,
            "reason": if self.reads { json!(change.reason) } else { Value::Null },
        })
    }

    fn decided(&self, decided: &DecisionReason) -> Value {
        json!({
            "decision": decided.decision.name(),
            "decided_at": instant(decided.decided_at.into()),
            "decided_by": decided.decided_by,
            "reason": if self.reads { json!(decided.reason) } else { Value::Null },
        })
    }

    fn notice(&self, (row, late): (&Notice, bool), notice: &BreachNotice) -> Value {
        let read = |text: &str| if self.reads { json!(text) } else { Value::Null };
        json!({
            "number": row.number,
            "sent_at": instant(row.sent_at),
            "late": late,
            "authority": read(&notice.authority),
            "reference": read(&notice.reference),
            "late_reason": read(&notice.late_reason),
            "record": if self.reads { json!(notice.record) } else { Value::Null },
        })
    }

    /// Whether the limit has passed and nobody has decided.
    #[must_use]
    pub fn is_overdue(&self, row: &Breach) -> bool {
        row.decision == BreachDecision::Undecided
            && row.limit_at.is_some_and(|limit| limit < Instant::from(self.now))
    }
}

/// Where a list goes on: the instant and the id of the last one that was read.
fn after(cursor: &str) -> Result<(Instant, BreachId)> {
    let wrong = || Error::invalid("cursor", "wrong-cursor");
    let (at, id) = cursor.split_once('.').ok_or_else(wrong)?;
    let at = at.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or_else(wrong)?;
    Ok((at.into(), id.parse().map_err(|_| wrong())?))
}

/// An instant as the API writes it.
#[must_use]
pub fn instant(at: Instant) -> String {
    at.utc().to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn reference(conn: &mut crate::db::conn::Conn, row: &Breach) -> Result<Option<String>> {
    use crate::domain::actor::Scope;
    let Some(request) = row.request_id else { return Ok(None) };
    let scope = Scope::of_job(row.controller_id);
    Ok(Some(crate::db::requests::reference(conn, &scope, request)?))
}

/// The breach that a path names; an id that is no UUID names nothing.
///
/// # Errors
/// `NotFound`.
pub fn breach_id(text: &str) -> Result<BreachId> {
    text.parse().map_err(|_| Error::NotFound)
}
