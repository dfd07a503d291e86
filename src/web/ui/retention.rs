//! How long a controller keeps its cases, and what will be destroyed next.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::form::Form;
use super::frame::{Frame, page, see};
use super::refusal::refusal;
use super::signed::SignedPage;
use super::wording::named;
use crate::db::conn::Conn;
use crate::db::controllers::{self, Controller};
use crate::domain::actor::Permission;
use crate::domain::ids::ControllerId;
use crate::domain::retention::{Kept, Retention};
use crate::error::{Error, FieldError, Result};
use crate::language::{self, Language, text, text_with};
use crate::web::Front;
use crate::web::problem::Problem;
use crate::web::retention::{DAYS, MOST, Proposed, csv, days, preview as read_preview, setting};
use crate::workflow::keeping::{self, Due, Preview};
use crate::workflow::record::Expected;
use crate::workflow::settings::permission;
use crate::workflow::settings::retention::{self, Settings};

type Answer = std::result::Result<HttpResponse, Problem>;

/// How far the preview looks.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct PreviewQuery {
    days: Option<String>,
}

#[derive(Template)]
#[template(path = "web/ui/templates/retention.html")]
struct RetentionPage {
    frame: Frame,
    id: String,
    controller: String,
    state: String,
    version: i64,
    may_edit: bool,
    /// Name, label, value and the most.
    numbers: Vec<(&'static str, String, String, u32)>,
    justification: String,
    told: Vec<String>,
    /// What the times that were typed destroy, and the times as they are confirmed.
    loss: Option<(String, String)>,
    /// For those who may know of the cases.
    preview: Option<PreviewView>,
}

struct PreviewView {
    title: String,
    links: Vec<(String, String)>,
    csv: String,
    lines: Vec<LineView>,
    more: bool,
}

struct LineView {
    id: String,
    reference: String,
    from: String,
    since: String,
    what: String,
    setting: String,
    law: &'static str,
    held: bool,
    open_breach: bool,
}

/// `GET /controllers/{id}/retention`
pub async fn show(
    front: Data<Front>,
    signed: SignedPage,
    id: Path<ControllerId>,
    query: Query<PreviewQuery>,
) -> Answer {
    permission::on_controller(&signed.actor(), *id, Permission::ReadController)?;
    let days = days(query.days.as_deref())?;
    answer(&front, &signed, *id, days, None).await
}

/// `GET /controllers/{id}/retention.csv`
pub async fn table(
    front: Data<Front>,
    signed: SignedPage,
    id: Path<ControllerId>,
    query: Query<PreviewQuery>,
) -> Answer {
    let days = days(query.days.as_deref())?;
    permission::on_cases(&signed.actor(), *id, Permission::ReadHistory)?;
    let found = read_preview(&front, &signed.actor(), *id, (days, Proposed::default())).await?;
    Ok(csv(&found)?)
}

/// `POST /controllers/{id}/retention`
pub async fn write(
    front: Data<Front>,
    signed: SignedPage,
    id: Path<ControllerId>,
    form: Form,
) -> Answer {
    signed.check(&form)?;
    permission::on_controller(&signed.actor(), *id, Permission::EditRetention)?;
    let language = signed.language;
    let (status, told) = match store(&front, &signed, *id, &form).await {
        Ok(None) => return Ok(see(&format!("/controllers/{id}/retention"))),
        Ok(Some(loss)) => {
            let shown = Shown { form, status: StatusCode::OK, told: Vec::new(), loss: Some(loss) };
            return answer(&front, &signed, *id, DAYS[0], Some(shown)).await;
        }
        Err(error) => refusal(error, language, |field| {
            Some(text(language, &format!("retention-{}", field.field.replace('_', "-"))))
        })?,
    };
    answer(&front, &signed, *id, DAYS[0], Some(Shown { form, status, told, loss: None })).await
}

/// A form that comes back: what was wrong with it, or what it would destroy.
struct Shown {
    form: Form,
    status: StatusCode,
    told: Vec<String>,
    loss: Option<(Retention, Preview)>,
}

/// Times as a form confirms them.
fn confirmed(kept: Retention) -> String {
    format!("{}/{}/{}", kept.case_months, kept.working_copy_days, kept.package_days)
}

/// Stores what a form says; or says what that destroys, as long as it is not confirmed for these times.
async fn store(
    front: &Front,
    signed: &SignedPage,
    id: ControllerId,
    form: &Form,
) -> Result<Option<(Retention, Preview)>> {
    let version = form.field("version").parse();
    let version = version.map_err(|_| Error::Conflict { code: "stale" })?;
    let mut errors = Vec::new();
    let mut number = |name: &str| match form.field(name).trim().parse::<u32>() {
        Ok(value) => value,
        Err(_) => {
            errors.push(FieldError::new(name, "wrong-type"));
            1
        }
    };
    let kept = Retention {
        case_months: number("case_months"),
        working_copy_days: number("working_copy_days"),
        package_days: number("package_days"),
    };
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let justification = form.field("justification").to_owned();
    let ctx = front.app.ctx(signed.actor());
    if form.field("confirmed") != confirmed(kept) {
        let now = ctx.now;
        let read = move |conn: &mut Conn| keeping::losses(conn, id, (kept, now), MOST.into());
        let found = front.app.read(read).await?;
        if found.more || found.due.iter().any(Due::goes) {
            return Ok(Some((kept, found)));
        }
    }
    let replace = move |conn: &mut Conn| {
        let expected = Expected::Version(version);
        retention::replace(conn, &ctx, id, expected, (kept, &justification)).map(drop)
    };
    front.app.write(replace).await.map(|()| None)
}

async fn answer(
    front: &Front,
    signed: &SignedPage,
    id: ControllerId,
    days: u32,
    refused: Option<Shown>,
) -> Answer {
    let read = move |conn: &mut Conn| Ok((controllers::find(conn, id)?, retention::of(conn, id)?));
    let (controller, found) = front.app.read(read).await?;
    let (language, actor) = (signed.language, signed.actor());
    let preview = match permission::on_cases(&actor, id, Permission::ReadHistory) {
        Ok(()) => {
            let found = read_preview(front, &actor, id, (days, Proposed::default())).await?;
            Some(preview_of(language, &controller, &found, days))
        }
        Err(_) => None,
    };
    let kept = |name: &str, stored: String| match &refused {
        Some(shown) => shown.form.field(name).to_owned(),
        None => stored,
    };
    let numbers = numbers(language, &found)
        .map(|(name, label, value, most)| (name, label, kept(name, value.to_string()), most));
    let standard = || text(language, "retention-justification-default");
    let justification = found.justification.clone().unwrap_or_else(standard);
    let justification = kept("justification", justification);
    let (status, told, loss) = match refused {
        Some(shown) => (shown.status, shown.told, shown.loss),
        None => (StatusCode::OK, Vec::new(), None),
    };
    let loss = loss.map(|(kept, found)| (loss_of(language, &controller, &found), confirmed(kept)));
    let template = RetentionPage {
        frame: signed.frame(),
        id: id.to_string(),
        controller: controller.name,
        state: state(language, &found),
        version: found.version,
        may_edit: permission::on_controller(&actor, id, Permission::EditRetention).is_ok(),
        numbers: numbers.to_vec(),
        justification,
        told,
        loss,
        preview,
    };
    page(status, language, &template)
}

fn state(language: Language, found: &Settings) -> String {
    if found.version == 0 {
        return text(language, "retention-standard");
    }
    text_with(language, "retention-own", &[("version", &found.version.to_string())])
}

fn numbers(language: Language, found: &Settings) -> [(&'static str, String, u32, u32); 3] {
    let kept = found.kept;
    [
        (
            "case_months",
            text(language, "retention-case-months"),
            kept.case_months,
            Retention::MOST_MONTHS,
        ),
        (
            "working_copy_days",
            text(language, "retention-working-copy-days"),
            kept.working_copy_days,
            Retention::MOST_DAYS,
        ),
        (
            "package_days",
            text(language, "retention-package-days"),
            kept.package_days,
            Retention::MOST_DAYS,
        ),
    ]
}

/// How much goes, and from when on: by number alone, for whoever sees no case.
fn loss_of(language: Language, controller: &Controller, found: &Preview) -> String {
    let counts = found.counts();
    let [cases, copies, packages] = counts.map(|it| match found.more {
        true => text_with(language, "retention-at-least", &[("count", &it.count.to_string())]),
        false => it.count.to_string(),
    });
    let zone: chrono_tz::Tz = controller.time_zone.parse().unwrap_or(chrono_tz::UTC);
    let first = counts.iter().filter_map(|it| it.first).min();
    let from = first.map_or_else(String::new, |at| {
        language::date(language, at.with_timezone(&zone).date_naive())
    });
    let told = [("cases", cases.as_str()), ("copies", &copies), ("packages", &packages)];
    text_with(language, "retention-loss", &[told.as_slice(), &[("from", &from)]].concat())
}

fn preview_of(
    language: Language,
    controller: &Controller,
    found: &Preview,
    days: u32,
) -> PreviewView {
    let in_days = |key: &str, days: u32| text_with(language, key, &[("days", &days.to_string())]);
    let path = |days: u32| format!("/controllers/{}/retention?days={days}", controller.id);
    PreviewView {
        title: in_days("retention-preview", days),
        links: DAYS.map(|days| (path(days), in_days("retention-show", days))).to_vec(),
        csv: format!("/controllers/{}/retention.csv?days={days}", controller.id),
        lines: found.due.iter().map(|due| line(language, controller, found, due)).collect(),
        more: found.more,
    }
}

fn line(language: Language, controller: &Controller, found: &Preview, due: &Due) -> LineView {
    let zone: chrono_tz::Tz = controller.time_zone.parse().unwrap_or(chrono_tz::UTC);
    let day = |at: chrono::DateTime<chrono::Utc>| {
        language::date(language, at.with_timezone(&zone).date_naive())
    };
    let (_, value) = setting(due, &found.settings);
    let value = value.to_string();
    let setting = match due.kept {
        Kept::CaseFile => text_with(language, "retention-setting-months", &[("months", &value)]),
        Kept::WorkingCopies | Kept::Package => {
            text_with(language, "retention-setting-days", &[("days", &value)])
        }
    };
    LineView {
        id: due.request.id.to_string(),
        reference: due.request.reference.clone(),
        from: day(due.at),
        since: day(due.since),
        what: named(language, "retention-kept", due.kept.name()),
        setting,
        law: due.kept.source(),
        held: due.request.held_at.is_some(),
        open_breach: due.open_breach,
    }
}
