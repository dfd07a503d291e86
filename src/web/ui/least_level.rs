//! What a controller asks for before any answer leaves: the policy, or more, never less.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

use super::form::Form;
use super::frame::{Frame, page};
use super::setting::{Outcome, Setting};
use super::signed::SignedPage;
use super::wording::named;
use crate::db::conn::Conn;
use crate::db::controllers;
use crate::domain::actor::Permission;
use crate::domain::identity::{LEAST, Level};
use crate::domain::ids::ControllerId;
use crate::error::{Error, FieldError, Result};
use crate::language::text;
use crate::web::Front;
use crate::web::problem::Problem;
use crate::workflow::record::Expected;
use crate::workflow::settings::controllers::{self as verbs, Change};
use crate::workflow::settings::permission;

type Answer = std::result::Result<HttpResponse, Problem>;

#[derive(Template)]
#[template(path = "web/ui/templates/least_level.html")]
struct LevelPage {
    frame: Frame,
    id: String,
    controller: String,
    version: i64,
    may_edit: bool,
    /// Value of the form, words, and whether it is set.
    levels: Vec<(&'static str, String, bool)>,
    told: Vec<String>,
}

/// `GET /controllers/{id}/least-level`
pub async fn show(front: Data<Front>, signed: SignedPage, id: Path<ControllerId>) -> Answer {
    permission::on_controller(&signed.actor(), *id, Permission::ReadController)?;
    answer(&front, &signed, *id, (StatusCode::OK, Vec::new())).await
}

/// `POST /controllers/{id}/least-level`
pub async fn write(
    front: Data<Front>,
    signed: SignedPage,
    id: Path<ControllerId>,
    form: Form,
) -> Answer {
    let (controller, page, permission) = (*id, "least-level", Permission::Administer);
    let setting = Setting { signed: &signed, controller, form: &form, page, permission };
    let storing = store(&front, &signed, controller, &form);
    let name = |_: &FieldError| text(signed.language, "least-level-field");
    match setting.store(storing, name).await? {
        Outcome::Taken(page) => Ok(page),
        Outcome::Refused(told) => answer(&front, &signed, controller, told).await,
    }
}

async fn store(front: &Front, signed: &SignedPage, id: ControllerId, form: &Form) -> Result<()> {
    let version = form.field("version").parse();
    let version = version.map_err(|_| Error::Conflict { code: "stale" })?;
    let level = Level::parse(form.field("least_level"));
    let level = level.ok_or_else(|| Error::invalid("least_level", "least-level"))?;
    let change = Change { least_level: Some(level), ..Change::default() };
    let ctx = front.app.ctx(signed.actor());
    let replace = move |conn: &mut Conn| {
        verbs::change(conn, &ctx, id, Expected::Version(version), &change).map(drop)
    };
    front.app.write(replace).await
}

async fn answer(
    front: &Front,
    signed: &SignedPage,
    id: ControllerId,
    (status, told): (StatusCode, Vec<String>),
) -> Answer {
    let controller = front.app.read(move |conn| Ok(controllers::find(conn, id)?)).await?;
    let language = signed.language;
    let levels = Level::ALL.iter().filter(|level| **level >= LEAST).map(|level| {
        let name = level.name();
        (name, named(language, "least-level", name), *level == controller.least_level)
    });
    let template = LevelPage {
        frame: signed.frame(),
        id: id.to_string(),
        levels: levels.collect(),
        controller: controller.name,
        version: controller.version,
        may_edit: permission::on_controller(&signed.actor(), id, Permission::Administer).is_ok(),
        told,
    };
    page(status, language, &template)
}
