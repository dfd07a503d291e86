//! Logging a request. Everything slow (sealing, hashing, dates) is prepared before the transaction,
//! which only stores it.

use chrono::{DateTime, Utc};
use rand::Rng;

use super::record::{self, Written};
use super::subject::{NewSubject, Representative, Subject};
use crate::db::call_codes::{self, CallCodeRow};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::controllers::{CalendarDay, Controller};
use crate::db::events::{self, EventRow};
use crate::db::idempotency::{self, IdempotencyKey};
use crate::db::jobs::{self, JobRow};
use crate::db::requests::{self, Request, RequestRight, SearchTerm};
use crate::domain::actor::{Ctx, Permission};
use crate::domain::calendar::Calendar;
use crate::domain::clock::{self, CaseDates};
use crate::domain::event::{DayChange, Event, Rules};
use crate::domain::history::{Entry, RequestState};
use crate::domain::ids::{RequestId, UserId};
use crate::domain::job::Job;
use crate::domain::reference::Reference;
use crate::domain::request::{Channel, Exercised, ReceiptError, check_receipt};
use crate::domain::right::Right;
use crate::domain::subject::says_minor;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::vault::ControllerKey;
use crate::vault::secret::ReceiptSecret;

/// A request as somebody asks it, checked for form.
#[derive(Debug)]
pub struct NewRequest {
    pub channel: Channel,
    pub rights: Vec<Exercised>,
    pub subject: NewSubject,
    pub words: String,
    pub language: Language,
    pub received_at: Option<DateTime<Utc>>,
    pub received_reason: Option<String>,
    pub representative: Option<Representative>,
}

/// A request with everything that its transaction stores.
pub struct Prepared {
    pub request: Request,
    pub rights: Vec<RequestRight>,
    pub dates: CaseDates,
    pub state: RequestState,
    /// Shown once, to whoever logs the request.
    pub receipt: ReceiptSecret,
    /// What is kept of the code that is read out to whoever calls, where one is.
    pub call_code: Option<CallCodeRow>,
    terms: Vec<SearchTerm>,
    event: EventRow,
    job: JobRow,
}

impl Prepared {
    /// The blind terms by which the request is found.
    #[must_use]
    pub fn terms(&self) -> &[SearchTerm] {
        &self.terms
    }

    /// The event that it was logged.
    #[must_use]
    pub const fn event(&self) -> &EventRow {
        &self.event
    }
}

/// What logging a request came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Logged {
    New,
    /// The same key was used before: what was answered then.
    Replayed {
        status: i32,
        sealed_answer: Vec<u8>,
    },
}

/// The controller that a request is for, as far as preparing needs it.
pub struct Addressee<'a> {
    pub controller: &'a Controller,
    pub key: &'a ControllerKey,
    pub days: &'a [CalendarDay],
}

/// Prepares a request: dates, keys, seals, blind terms, event and job.
///
/// # Errors
/// `Invalid` when the receipt lies in the future, too far back, or before today without a reason.
pub fn prepare(ctx: &Ctx, to: &Addressee<'_>, new: &NewRequest) -> Result<Prepared> {
    let rules = rules(to)?;
    let received_at = receipt(ctx, &rules, new)?;
    let id: RequestId = ctx.new_id();
    let (case_key, wrapped_key) = to.key.new_case_key(id.uuid())?;
    let today = ctx.now.with_timezone(&rules.time_zone).date_naive();
    let minor = says_minor(&new.subject.identifiers, today);
    let event = Event::RequestLogged {
        channel: new.channel,
        rights: new.rights.clone(),
        received_at,
        rules,
        represented: new.representative.is_some(),
        minor,
    };
    let entry = Entry { at: ctx.now, actor: ctx.actor.name(), event };
    let state = RequestState::begin(&entry).map_err(|error| Error::internal(error.to_string()))?;
    let dates = clock::dates(&state).map_err(record::clock_error)?;
    let projection = record::projection(&state, &dates)?;
    let written = match &new.received_reason {
        Some(reason) => {
            Written::sealed(ctx, &case_key, &serde_json::json!({ "received_reason": reason }))?
        }
        None => Written::plain(ctx),
    };
    let receipt = ReceiptSecret::random();
    let controller = to.controller.id;
    let request = Request {
        id,
        controller_id: controller,
        reference: random_reference().to_string(),
        status: projection.status,
        channel: new.channel,
        language: new.language,
        level: projection.level,
        received_at: projection.received_at,
        received_on: projection.received_on,
        target_on: projection.target_on,
        legal_on: projection.legal_on,
        conservative_on: projection.conservative_on,
        due_on: projection.due_on,
        queue_rank: projection.queue_rank,
        urgent_until: projection.urgent_until,
        paused: projection.paused,
        acknowledged_at: None,
        assignee_id: None,
        ended_at: None,
        wrapped_key: Some(wrapped_key),
        sealed_subject: Some(subject(new).seal(&case_key, id)?),
        receipt_hash: receipt.hash().bytes().to_vec(),
        version: 1,
        created_at: Instant::from(ctx.now),
        alert_at: record::alert_at(&state, &dates)?,
        held_at: None,
        awaits_person: false,
        extended: false,
    };
    let place = (controller, id);
    let watch = Job::WatchAcknowledgement { request: id };
    Ok(Prepared {
        rights: record::right_rows(controller, id, &dates),
        terms: new.subject.terms(to.key, place),
        event: record::event_row((controller, id, 1), &entry, &written)?,
        job: record::job_row(ctx, &watch, Some(place), acknowledgement_check(&state, &dates))?,
        request,
        dates,
        state,
        receipt,
        call_code: None,
    })
}

/// Stores a prepared request, or finds that its idempotency key was used before.
///
/// # Errors
/// `Forbidden`; `Invalid` when the key was used with another body.
pub fn log_request(
    conn: &mut Conn,
    ctx: &Ctx,
    prepared: &Prepared,
    key: Option<&IdempotencyKey>,
) -> Result<Logged> {
    ctx.actor.permit(prepared.request.controller_id, Permission::LogRequest)?;
    if let Some(key) = key {
        if let Some(logged) = replay(conn, key.user_id, &key.key_hash, &key.body_hash)? {
            return Ok(logged);
        }
        idempotency::insert(conn, key)?;
    }
    requests::insert(conn, &prepared.request, &prepared.rights, &prepared.terms)?;
    events::insert(conn, &prepared.event)?;
    jobs::insert(conn, &prepared.job)?;
    if let Some(call_code) = &prepared.call_code {
        call_codes::put(conn, call_code)?;
    }
    Ok(Logged::New)
}

/// What was answered to a key before, if it was used.
///
/// # Errors
/// `Invalid` when it was used with another body.
pub fn replay(
    conn: &mut Conn,
    user: UserId,
    key_hash: &[u8],
    body_hash: &[u8],
) -> Result<Option<Logged>> {
    let Some(stored) = idempotency::get(conn, user, key_hash)? else {
        return Ok(None);
    };
    if stored.body_hash != body_hash {
        return Err(Error::invalid("Idempotency-Key", "key-of-another-body"));
    }
    let (status, sealed_answer) = (stored.status, stored.sealed_answer);
    Ok(Some(Logged::Replayed { status, sealed_answer }))
}

/// The rules of the controller as they stand now, to be copied into the case.
///
/// # Errors
/// When its calendar is not shipped, or its time zone is not known.
pub fn rules(to: &Addressee<'_>) -> Result<Rules> {
    let controller = to.controller;
    let unknown = |what: &str| Error::internal(format!("a controller with an unknown {what}"));
    let calendar = Calendar::shipped(&controller.calendar).map_err(|_| unknown("calendar"))?;
    let days = to.days.iter().map(|day| DayChange { day: day.day, added: day.change == "added" });
    Ok(Rules {
        regime: controller.regime.clone(),
        calendar: controller.calendar.clone(),
        calendar_version: calendar.version().to_owned(),
        time_zone: controller.time_zone.parse().map_err(|_| unknown("time zone"))?,
        roll_over: controller.roll_over,
        days: days.collect(),
    })
}

fn receipt(ctx: &Ctx, rules: &Rules, new: &NewRequest) -> Result<DateTime<Utc>> {
    let Some(received_at) = new.received_at else {
        return Ok(ctx.now);
    };
    let has_reason = new.received_reason.is_some();
    check_receipt(received_at, ctx.now, rules.time_zone, has_reason).map_err(receipt_error)
}

/// The receipt's error at its field.
#[must_use]
pub fn receipt_error(error: ReceiptError) -> Error {
    match error {
        ReceiptError::InFuture => Error::invalid("received_at", "in-future"),
        ReceiptError::TooOld => Error::invalid("received_at", "too-old"),
        ReceiptError::NeedsReason => Error::invalid("received_reason", "earlier-needs-reason"),
    }
}

fn subject(new: &NewRequest) -> Subject {
    new.subject.with(new.words.clone(), new.representative.clone())
}

/// The beginning of the day after the acknowledgement date, in the controller's zone.
#[must_use]
pub fn acknowledgement_check(state: &RequestState, dates: &CaseDates) -> DateTime<Utc> {
    use chrono::TimeZone;
    let next = dates.acknowledge_on.succ_opt().unwrap_or(dates.acknowledge_on);
    let midnight = next.and_time(chrono::NaiveTime::MIN);
    state
        .rules
        .time_zone
        .from_local_datetime(&midnight)
        .earliest()
        .map_or_else(|| midnight.and_utc(), |at| at.with_timezone(&Utc))
}

/// A reference that nobody can guess, and that tells nothing of when it was made.
#[must_use]
pub fn random_reference() -> Reference {
    let mut random = [0; 5];
    rand::rng().fill_bytes(&mut random);
    Reference::from_random(random)
}

/// The rights of a request, each once, with what an objection is against.
///
/// # Errors
/// `Invalid` when there is none, or an objection's target stands without an objection.
pub fn exercised(
    rights: &[Right],
    against: Option<crate::domain::request::ObjectionTo>,
) -> Result<Vec<Exercised>> {
    use crate::domain::request::ObjectionTo;
    if rights.is_empty() {
        return Err(Error::invalid("rights", "none"));
    }
    if against.is_some() && !rights.contains(&Right::Objection) {
        return Err(Error::invalid("objection_to", "no-objection"));
    }
    let mut all: Vec<Exercised> = Vec::new();
    for right in rights {
        let against =
            (*right == Right::Objection).then(|| against.unwrap_or(ObjectionTo::Processing));
        let exercised = Exercised { right: *right, against };
        if !all.contains(&exercised) {
            all.push(exercised);
        }
    }
    Ok(all)
}
