//! The page of one breach: what is known, what was decided, and what can be done.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::fields::{Fields, event_at, lifted, told};
use super::view::{self, BreachView};
use super::{Answer, field_name};
use crate::db::breaches::Breach;
use crate::db::conn::Conn;
use crate::domain::actor::Permission;
use crate::domain::ids::{BreachId, ControllerId};
use crate::error::{Error, Result};
use crate::web::Front;
use crate::web::breaches::{Register, breach_id};
use crate::web::ui::form::Form;
use crate::web::ui::frame::{Frame, page, see};
use crate::web::ui::refusal::{Refusal, refusal};
use crate::web::ui::signed::SignedPage;
use crate::workflow::breaches::decision::{self, NewNotice};
use crate::workflow::breaches::record::{self, Informed};
use crate::workflow::breaches::stored::{Of, one_line};
use crate::workflow::record::Expected;
use crate::workflow::settings::permission::on_cases;

#[derive(Template)]
#[template(path = "web/ui/templates/breach.html")]
struct BreachPage {
    frame: Frame,
    controller: String,
    path: String,
    title: String,
    version: i64,
    breach: BreachView,
    /// For whoever may change it, while it is open.
    fields: Option<Fields>,
    /// Whether the reader may decide on it.
    decides: bool,
    /// Whether the reader may take it up again.
    reopens: bool,
    authority: String,
    told: Vec<String>,
    refused: Option<Form>,
}

impl BreachPage {
    fn kept(&self, name: &str) -> &str {
        self.refused.as_ref().map_or("", |form| form.field(name))
    }

    fn is_refused(&self, what: &str) -> bool {
        self.kept("do") == what
    }
}

/// The ids of a path; what is no UUID names nothing.
fn named(request: &HttpRequest) -> Result<(ControllerId, BreachId)> {
    let part = |name: &str| request.match_info().get(name).unwrap_or_default();
    let controller = part("id").parse().map_err(|_| Error::NotFound)?;
    Ok((controller, breach_id(part("breach_id"))?))
}

/// `GET /controllers/{id}/breaches/{breach_id}`
pub async fn show(request: HttpRequest, front: Data<Front>, signed: SignedPage) -> Answer {
    answer(&front, &signed, named(&request)?, None).await
}

/// `POST /controllers/{id}/breaches/{breach_id}`: what the button says.
pub async fn act(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
    form: Form,
) -> Answer {
    signed.check(&form)?;
    let of = named(&request)?;
    let decides = form.field("do") != "change";
    let permission = if decides { Permission::DecideCase } else { Permission::WorkCase };
    on_cases(&signed.actor(), of.0, permission)?;
    match carry_out(&front, &signed, of, &form).await {
        Ok(_) => Ok(see(&format!("/controllers/{}/breaches/{}", of.0, of.1))),
        Err(error) => {
            let refused = refusal(error, signed.language, field_name(signed.language))?;
            answer(&front, &signed, of, Some((form, refused))).await
        }
    }
}

async fn carry_out(
    front: &Front,
    signed: &SignedPage,
    (controller, id): (ControllerId, BreachId),
    form: &Form,
) -> Result<Breach> {
    let register = Register::open(front, &signed.member, controller).await?;
    let version = form.field("version").parse();
    let version = version.map_err(|_| Error::Conflict { code: "stale" })?;
    let of = Of { controller, id, expected: Expected::Version(version) };
    let (ctx, key) = (front.app.ctx(signed.actor()), register.key.clone());
    let zone = view::zone(&register);
    let text = |name: &str| form.field(name).to_owned();
    match form.field("do") {
        "notify" => {
            let sent_at = form.instant("sent_at", zone)?;
            let sent_at = sent_at.ok_or_else(|| Error::invalid("sent_at", "empty"))?;
            let before = register.get(front, id).await?.row;
            let new = NewNotice {
                sent_at: lifted(sent_at, before.aware_at.utc()),
                authority: text("authority"),
                reference: text("authority_reference"),
                late_reason: text("late_reason"),
            };
            let notify = move |conn: &mut Conn| decision::notify(conn, &ctx, of, &new, &key);
            front.app.write(notify).await
        }
        "decline" => {
            let reason = text("decline_reason");
            let decline = move |conn: &mut Conn| decision::decline(conn, &ctx, of, &reason, &key);
            front.app.write(decline).await
        }
        "reopen" => {
            let reason = text("reopen_reason");
            let reopen = move |conn: &mut Conn| decision::reopen(conn, &ctx, of, &reason, &key);
            front.app.write(reopen).await
        }
        "close" => {
            let reason = text("close_reason");
            let close = move |conn: &mut Conn| decision::close(conn, &ctx, of, Some(&reason), &key);
            front.app.write(close).await
        }
        _ => {
            let mut told = told(form, zone)?;
            // A browser sends minutes: what was not touched keeps its seconds.
            let before = register.get(front, id).await?.row;
            told.aware_at = kept(told.aware_at, Some(before.aware_at.utc()));
            let is_later = told.aware_at.is_some_and(|at| at > before.aware_at.utc());
            if is_later && on_cases(&ctx.actor, controller, Permission::DecideCase).is_err() {
                return Err(Error::invalid("aware_at", "later-awareness"));
            }
            let informed_at = before.informed_at.map(|at| at.utc());
            if let Informed::At(typed) = told.informed {
                told.informed = kept(Some(typed), informed_at).map_or(Informed::No, Informed::At);
            }
            let place = before.request_id.zip(before.event_version);
            let change = move |conn: &mut Conn| {
                let event = place.map(|place| event_at(conn, place)).transpose()?.flatten();
                let told = told.clone().lifted(event, before.aware_at.utc());
                record::change(conn, &ctx, of, &told, &key)
            };
            front.app.write(change).await
        }
    }
}

fn kept(
    typed: Option<chrono::DateTime<chrono::Utc>>,
    stored: Option<chrono::DateTime<chrono::Utc>>,
) -> Option<chrono::DateTime<chrono::Utc>> {
    let minute = |at: chrono::DateTime<chrono::Utc>| at.timestamp().div_euclid(60);
    match (typed, stored) {
        (Some(typed), Some(stored)) if minute(typed) == minute(stored) => Some(stored),
        (typed, _) => typed,
    }
}

async fn answer(
    front: &Front,
    signed: &SignedPage,
    (controller, id): (ControllerId, BreachId),
    refused: Option<(Form, Refusal)>,
) -> std::result::Result<HttpResponse, crate::web::problem::Problem> {
    let register = Register::open(front, &signed.member, controller).await?;
    let found = register.get(front, id).await?;
    let (language, actor) = (signed.language, signed.actor());
    let may = |permission| on_cases(&actor, controller, permission).is_ok();
    let is_open = found.row.closed_at.is_none();
    let changed = refused.as_ref().filter(|(form, _)| form.field("do") == "change");
    let fields = match changed {
        Some((form, _)) => {
            Fields::of_form(language, form).of_change(language, form.field("aware_reason"))
        }
        None => {
            let known = (&found.row, &found.record);
            Fields::of_breach(language, known, view::zone(&register)).of_change(language, "")
        }
    };
    let breach = view::of(&register, &found, language);
    let (form, (status, told)) = match refused {
        Some((form, refused)) => (Some(form), refused),
        None => (None, (StatusCode::OK, Vec::new())),
    };
    let mut frame = signed.frame();
    let path = format!("/controllers/{controller}/breaches/{id}");
    frame.path.clone_from(&path);
    let typed = form.as_ref().map(|form| form.field("authority").to_owned());
    let authority = typed.filter(|typed| !typed.is_empty());
    let template = BreachPage {
        frame,
        controller: controller.to_string(),
        path,
        title: breach.title.clone(),
        version: found.row.version,
        breach,
        fields: (is_open && may(Permission::WorkCase)).then_some(fields),
        decides: is_open && may(Permission::DecideCase),
        reopens: !is_open && may(Permission::DecideCase),
        authority: authority.unwrap_or_else(|| one_line(&register.controller.authority)),
        told,
        refused: form,
    };
    page(status, language, &template)
}
