//! What is kept no longer, at the front door: the preview, for the API, the pages and as CSV.

use actix_web::HttpResponse;
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{Front, spreadsheet};
use crate::domain::actor::{Actor, Permission};
use crate::domain::ids::ControllerId;
use crate::domain::retention::Kept;
use crate::error::{Error, Result};
use crate::workflow::keeping::{self, Due, Preview};
use crate::workflow::settings::permission;
use crate::workflow::settings::retention::Settings;

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

/// What will be destroyed in so many days.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn preview(
    front: &Front,
    actor: &Actor,
    controller: ControllerId,
    days: u32,
) -> Result<Preview> {
    permission::on_cases(actor, controller, Permission::ReadHistory)?;
    let until = front.app.now() + Duration::days(days.into());
    let limit = i64::from(MOST);
    front.app.read(move |conn| keeping::preview(conn, controller, until, limit)).await
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

/// A preview as JSON.
#[must_use]
pub fn shown(preview: &Preview, days: u32) -> Value {
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
    json!({ "days": days, "due": due.collect::<Vec<_>>(), "more": preview.more })
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
