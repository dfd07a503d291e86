//! The pages of the register of breaches: the list, one breach, and the whole register to print.

pub mod fields;
pub mod page;
pub mod view;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use self::fields::{Fields, told};
use self::view::BreachView;
use super::form::Form;
use super::frame::{Frame, page as answer_page, see};
use super::refusal::{Refusal, refusal};
use super::signed::SignedPage;
use crate::db::conn::Conn;
use crate::domain::actor::Permission;
use crate::domain::ids::ControllerId;
use crate::error::FieldError;
use crate::language::Language;
use crate::web::Front;
use crate::web::breaches::Register;
use crate::web::problem::Problem;
use crate::workflow::breaches::record;
use crate::workflow::settings::permission::on_cases;

type Answer = Result<HttpResponse, Problem>;

/// How many breaches a page of the list holds.
const PAGE: i64 = 100;

/// Where the list goes on.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    cursor: Option<String>,
}

#[derive(Template)]
#[template(path = "web/ui/templates/breaches.html")]
struct ListPage {
    frame: Frame,
    id: String,
    controller: String,
    lines: Vec<BreachView>,
    /// Where the next ones stand.
    next: Option<String>,
    /// For whoever may record one.
    fields: Option<Fields>,
    told: Vec<String>,
}

#[derive(Template)]
#[template(path = "web/ui/templates/breaches_print.html")]
struct PrintPage {
    frame: Frame,
    id: String,
    controller: String,
    breaches: Vec<BreachView>,
}

/// `GET /controllers/{id}/breaches`
pub async fn list(
    front: Data<Front>,
    signed: SignedPage,
    id: Path<ControllerId>,
    query: Query<ListQuery>,
) -> Answer {
    answer(&front, &signed, (*id, query.cursor.as_deref()), None).await
}

/// `GET /controllers/{id}/breaches.csv`
pub async fn table(front: Data<Front>, signed: SignedPage, id: Path<ControllerId>) -> Answer {
    let register = Register::open(&front, &signed.member, *id).await?;
    Ok(register.csv(&register.all(&front).await?, signed.language)?)
}

/// `GET /controllers/{id}/breaches/print`
pub async fn print(front: Data<Front>, signed: SignedPage, id: Path<ControllerId>) -> Answer {
    let register = Register::open(&front, &signed.member, *id).await?;
    let all = register.all(&front).await?;
    let template = PrintPage {
        frame: signed.frame(),
        id: id.to_string(),
        controller: register.controller.name.clone(),
        breaches: all.iter().map(|it| view::of(&register, it, signed.language)).collect(),
    };
    answer_page(StatusCode::OK, signed.language, &template)
}

/// `POST /controllers/{id}/breaches`
pub async fn record(
    front: Data<Front>,
    signed: SignedPage,
    id: Path<ControllerId>,
    form: Form,
) -> Answer {
    signed.check(&form)?;
    let id = *id;
    on_cases(&signed.actor(), id, Permission::WorkCase)?;
    let register = Register::open(&front, &signed.member, id).await?;
    let outcome = match told(&form, view::zone(&register)) {
        Ok(told) => {
            let told = told.lifted(None, front.app.now());
            let (ctx, key) = (front.app.ctx(signed.actor()), register.key.clone());
            let write = move |conn: &mut Conn| record::record(conn, &ctx, id, &told, &key);
            front.app.write(write).await
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(row) => Ok(see(&format!("/controllers/{id}/breaches/{}", row.id))),
        Err(error) => {
            let refused = refusal(error, signed.language, field_name(signed.language))?;
            answer(&front, &signed, (id, None), Some((form, refused))).await
        }
    }
}

/// What a field is called, by the last part of its name.
fn field_name(language: Language) -> impl Fn(&FieldError) -> Option<String> {
    move |field| {
        let name = field.field.rsplit('.').next().unwrap_or_default();
        Some(fields::label(language, name))
    }
}

async fn answer(
    front: &Front,
    signed: &SignedPage,
    (id, cursor): (ControllerId, Option<&str>),
    refused: Option<(Form, Refusal)>,
) -> Answer {
    let register = Register::open(front, &signed.member, id).await?;
    let (page, next) = register.list(front, cursor, PAGE).await?;
    let language = signed.language;
    let may_record = on_cases(&signed.actor(), id, Permission::WorkCase).is_ok();
    let fields = match &refused {
        Some((form, _)) => Fields::of_form(language, form),
        None => Fields::empty(language, &register.controller.contact),
    };
    let (status, told) = refused.map_or((StatusCode::OK, Vec::new()), |(_, refused)| refused);
    let template = ListPage {
        frame: signed.frame(),
        id: id.to_string(),
        controller: register.controller.name.clone(),
        next: next.map(|cursor| format!("/controllers/{id}/breaches?cursor={cursor}")),
        lines: page.iter().map(|it| view::of(&register, it, language)).collect(),
        fields: may_record.then_some(fields),
        told,
    };
    answer_page(status, language, &template)
}
