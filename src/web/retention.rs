//! What is kept no longer, at the front door: the preview, for the API, the pages and as CSV.

use actix_web::HttpResponse;
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{Front, spreadsheet};
use crate::domain::actor::{Actor, Permission};
use crate::domain::ids::ControllerId;
use crate::domain::retention::{Kept, Retention};
use crate::error::{Error, FieldError, Result};
use crate::workflow::keeping::{self, Due, Preview};
use crate::workflow::settings::permission;
use crate::workflow::settings::retention::{self, Settings};

/// How far a preview looks, in days.
pub const DAYS: [u32; 2] = [30, 90];
/// The most that it looks ahead.
const MOST_DAYS: u32 = 366;
/// How many lines of each kind it has at most.
pub const MOST: i32 = 1_000;

/// Reads the `days` of a query; the first of [`DAYS`] without one.
///
/// # Errors
/// `Invalid`.
pub fn days(text: Option<&str>) -> Result<u32> {
    let Some(text) = text else { return Ok(DAYS[0]) };
    let days = text.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days));
    let most = vec![("maximum", MOST_DAYS.to_string())];
    days.ok_or_else(|| Error::invalid_with("days", "out-of-range", most))
}

/// Times that a query proposes; what it leaves out stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Proposed {
    pub case_months: Option<String>,
    pub working_copy_days: Option<String>,
    pub package_days: Option<String>,
}

impl Proposed {
    fn times(&self, today: Retention) -> Result<Option<Retention>> {
        let mut errors = Vec::new();
        let mut number = |name: &'static str, text: &Option<String>, today: u32| match text {
            None => today,
            Some(text) => text.parse().unwrap_or_else(|_| {
                errors.push(FieldError::new(name, "wrong-type"));
                today
            }),
        };
        let kept = Retention {
            case_months: number("case_months", &self.case_months, today.case_months),
            working_copy_days: number(
                "working_copy_days",
                &self.working_copy_days,
                today.working_copy_days,
            ),
            package_days: number("package_days", &self.package_days, today.package_days),
        };
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        Ok((kept != today).then_some(kept))
    }
}

/// Whether somebody may see the cases of a preview, and not only their number: whoever sets the times
/// without seeing any case must know what that destroys.
///
/// # Errors
/// `NotFound`, `Forbidden` for whoever may do neither.
pub fn sees_cases(actor: &Actor, controller: ControllerId) -> Result<bool> {
    if permission::on_cases(actor, controller, Permission::ReadHistory).is_ok() {
        return Ok(true);
    }
    permission::on_controller(actor, controller, Permission::EditRetention)?;
    Ok(false)
}

/// What will be destroyed in so many days, as things stand or with other times. It names cases: see
/// [`sees_cases`].
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid`.
pub async fn preview(
    front: &Front,
    actor: &Actor,
    controller: ControllerId,
    (days, proposed): (u32, Proposed),
) -> Result<Preview> {
    sees_cases(actor, controller)?;
    let now = front.app.now();
    let until = now + Duration::days(days.into());
    let read = move |conn: &mut crate::db::conn::Conn| {
        let today = retention::of(conn, controller)?.kept;
        let proposed = proposed.times(today)?.map(|kept| (kept, now));
        keeping::preview(conn, controller, proposed, until, MOST.into())
    };
    front.app.read(read).await
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The settings of a controller.
#[must_use]
pub fn settings(settings: &Settings) -> Value {
    json!({
        "case_months": settings.kept.case_months,
        "working_copy_days": settings.kept.working_copy_days,
        "package_days": settings.kept.package_days,
        "justification": settings.justification,
        "standard": settings.version == 0,
        "version": settings.version,
    })
}

/// The setting that a line follows from, as `name: value`.
#[must_use]
pub fn setting(due: &Due, settings: &Settings) -> (&'static str, u32) {
    match due.kept {
        Kept::CaseFile => ("case_months", settings.kept.case_months),
        Kept::WorkingCopies => ("working_copy_days", settings.kept.working_copy_days),
        Kept::Package => ("package_days", settings.kept.package_days),
    }
}

/// A preview as JSON; without its cases for whoever may not see them.
#[must_use]
pub fn shown(preview: &Preview, days: u32, sees_cases: bool) -> Value {
    let counts = preview.counts().map(
        |it| json!({ "kept": it.kept.name(), "count": it.count, "first": it.first.map(instant) }),
    );
    let due = preview.due.iter().map(|due| {
        let (name, value) = setting(due, &preview.settings);
        json!({
            "kept": due.kept.name(),
            "request_id": due.request.id,
            "reference": due.request.reference,
            "package_id": due.package,
            "since": instant(due.since),
            "destroyed_from": instant(due.at),
            "setting": name,
            "value": value,
            "law": due.kept.source(),
            "held_at": due.request.held_at.map(|at| instant(at.utc())),
            "open_breach": due.open_breach,
        })
    });
    let due = sees_cases.then(|| due.collect::<Vec<_>>());
    json!({ "days": days, "counts": counts, "due": due, "more": preview.more })
}

/// A preview as CSV, with the names of the API.
///
/// # Errors
/// When it cannot be written.
pub fn csv(preview: &Preview) -> Result<HttpResponse> {
    let rows = preview.due.iter().map(|due| {
        let (name, value) = setting(due, &preview.settings);
        vec![
            due.request.reference.clone(),
            due.kept.name().to_owned(),
            due.package.map_or_else(String::new, |id| id.to_string()),
            instant(due.since),
            instant(due.at),
            name.to_owned(),
            value.to_string(),
            due.kept.source().to_owned(),
            due.request.held_at.map_or_else(String::new, |at| instant(at.utc())),
            due.open_breach.to_string(),
        ]
    });
    let header = [
        "reference",
        "kept",
        "package_id",
        "since",
        "destroyed_from",
        "setting",
        "value",
        "law",
        "held_at",
        "open_breach",
    ];
    spreadsheet::answer("retention", &header, &rows.collect::<Vec<_>>())
}
