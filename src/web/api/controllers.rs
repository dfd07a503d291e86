//! Controllers and their calendars.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::db::controllers::{self, CalendarDay, Controller};
use crate::domain::actor::Permission;
use crate::domain::identity::{LEAST, Level};
use crate::domain::ids::ControllerId;
use crate::language::Language;
use crate::web::Front;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::version;
use crate::workflow::settings::controllers::{Change, DayChange, MailChange, NewController};
use crate::workflow::settings::{controllers as verbs, permission};

type Answer = Result<HttpResponse, Problem>;

/// A controller as an operator asks for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct New {
    slug: String,
    name: String,
    address: String,
    country: String,
    contact: String,
    authority: String,
    language: Language,
    regime: String,
    calendar: String,
    #[serde(default = "yes")]
    roll_over: bool,
    time_zone: String,
    #[serde(default = "least")]
    least_level: Level,
}

const fn yes() -> bool {
    true
}

const fn least() -> Level {
    LEAST
}

/// The settings to change; what is absent stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    name: Option<String>,
    address: Option<String>,
    country: Option<String>,
    contact: Option<String>,
    authority: Option<String>,
    language: Option<Language>,
    regime: Option<String>,
    calendar: Option<String>,
    roll_over: Option<bool>,
    time_zone: Option<String>,
    mail_from: Option<String>,
    mail_reply_to: Option<String>,
    mail_name: Option<String>,
    four_eyes: Option<bool>,
    least_level: Option<Level>,
}

/// Every day by which the calendar differs from the shipped one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    days: Vec<Day>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Day {
    day: NaiveDate,
    change: DayKind,
    name: String,
}

#[derive(Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum DayKind {
    Added,
    Removed,
}

/// `GET /api/v1/controllers`: those that the caller belongs to; all of them for an operator.
pub async fn list(front: Data<Front>, signed: Signed) -> Answer {
    let member = signed.0;
    let rows = front
        .app
        .read(move |conn| {
            if member.is_operator {
                return Ok(controllers::list_all(conn)?);
            }
            Ok(controllers::list(conn, &member.scope())?)
        })
        .await?;
    let rows: Vec<Value> = rows.iter().map(in_short).collect();
    Ok(HttpResponse::Ok().json(json!({ "controllers": rows })))
}

/// `POST /api/v1/controllers`
pub async fn create(front: Data<Front>, signed: Signed, new: Json<New>) -> Answer {
    let ctx = front.app.ctx(signed.actor());
    permission::run_instance(&ctx.actor)?;
    let New {
        slug,
        name,
        address,
        country,
        contact,
        authority,
        language,
        regime,
        calendar,
        roll_over,
        time_zone,
        least_level,
    } = new.body;
    let new = NewController {
        slug,
        name,
        address,
        country,
        contact,
        authority,
        language,
        regime,
        calendar,
        roll_over,
        time_zone,
        least_level,
    };
    let row = verbs::prepare(&ctx, front.app.vault(), new)?;
    let stored = row.clone();
    front.app.write(move |conn| verbs::create(conn, &ctx, &stored)).await?;
    let place = format!("/api/v1/controllers/{}", row.id);
    Ok(HttpResponse::Created()
        .insert_header(("location", place))
        .insert_header(version::etag(row.version))
        .json(in_full(&row)))
}

/// `GET /api/v1/controllers/{id}`
pub async fn get(front: Data<Front>, signed: Signed, id: Path<ControllerId>) -> Answer {
    permission::on_controller(&signed.actor(), *id, Permission::ReadController)?;
    let row = front.app.read(move |conn| Ok(controllers::find(conn, *id)?)).await?;
    Ok(answer(&row))
}

/// `PATCH /api/v1/controllers/{id}`
pub async fn change(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    id: Path<ControllerId>,
    changed: Json<Changed>,
) -> Answer {
    let ctx = front.app.ctx(signed.actor());
    permission::on_controller(&ctx.actor, *id, Permission::Administer)?;
    let expected = version::expected(&request)?;
    let body = changed.body;
    let change = Change {
        name: body.name,
        address: body.address,
        country: body.country,
        contact: body.contact,
        authority: body.authority,
        language: body.language,
        regime: body.regime,
        calendar: body.calendar,
        roll_over: body.roll_over,
        four_eyes: body.four_eyes,
        least_level: body.least_level,
        time_zone: body.time_zone,
        mail: MailChange {
            from: body.mail_from,
            reply_to: body.mail_reply_to,
            name: body.mail_name,
        },
    };
    let row =
        front.app.write(move |conn| verbs::change(conn, &ctx, *id, expected, &change)).await?;
    Ok(answer(&row))
}

/// `GET /api/v1/controllers/{id}/calendar-days`
pub async fn days(front: Data<Front>, signed: Signed, id: Path<ControllerId>) -> Answer {
    permission::on_controller(&signed.actor(), *id, Permission::ReadController)?;
    let (row, days) = front
        .app
        .read(move |conn| {
            let row = controllers::find(conn, *id)?;
            let days = controllers::calendar_days(conn, *id)?;
            Ok((row, days))
        })
        .await?;
    let days: Vec<Day> = days.into_iter().map(shown_day).collect();
    Ok(HttpResponse::Ok().insert_header(version::etag(row.version)).json(json!({ "days": days })))
}

/// `PUT /api/v1/controllers/{id}/calendar-days`
pub async fn replace_days(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    id: Path<ControllerId>,
    body: Json<Days>,
) -> Answer {
    let ctx = front.app.ctx(signed.actor());
    permission::on_controller(&ctx.actor, *id, Permission::Administer)?;
    let expected = version::expected(&request)?;
    let days: Vec<DayChange> = body
        .body
        .days
        .iter()
        .map(|day| DayChange {
            day: day.day,
            added: day.change == DayKind::Added,
            name: day.name.clone(),
        })
        .collect();
    let row =
        front.app.write(move |conn| verbs::replace_days(conn, &ctx, *id, expected, &days)).await?;
    let mut days = body.body.days;
    days.sort_by_key(|day| day.day);
    Ok(HttpResponse::Ok().insert_header(version::etag(row.version)).json(json!({ "days": days })))
}

fn shown_day(row: CalendarDay) -> Day {
    Day {
        day: row.day,
        change: if row.change == "added" { DayKind::Added } else { DayKind::Removed },
        name: row.name,
    }
}

fn answer(row: &Controller) -> HttpResponse {
    HttpResponse::Ok().insert_header(version::etag(row.version)).json(in_full(row))
}

/// What whoever belongs to it may know.
fn in_short(row: &Controller) -> Value {
    json!({
        "id": row.id,
        "slug": row.slug,
        "name": row.name,
        "country": row.country,
        "language": row.language.code(),
        "regime": row.regime,
    })
}

fn in_full(row: &Controller) -> Value {
    json!({
        "id": row.id,
        "slug": row.slug,
        "name": row.name,
        "address": row.address,
        "country": row.country,
        "contact": row.contact,
        "authority": row.authority,
        "language": row.language.code(),
        "regime": row.regime,
        "calendar": row.calendar,
        "roll_over": row.roll_over,
        "time_zone": row.time_zone,
        "mail_from": row.mail_from,
        "mail_reply_to": row.mail_reply_to,
        "mail_name": row.mail_name,
        "four_eyes": row.four_eyes,
        "least_level": row.least_level.name(),
        "version": row.version,
        "created_at": row.created_at.utc(),
    })
}
