//! The connected systems of a controller. A connection goes in and never comes out again.

use std::path::Path as FilePath;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::app::App;
use crate::connectors::settings::Connection;
use crate::db::controllers::{self, Controller};
use crate::db::systems::{self, System};
use crate::domain::actor::Permission;
use crate::domain::ids::ControllerId;
use crate::error::{Error, FieldError};
use crate::vault::ControllerKey;
use crate::vault::place::Place;
use crate::web::Front;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::workflow::settings::systems::{self as verbs, NewConnection};
use crate::workflow::settings::{permission, text};

type Answer = Result<HttpResponse, Problem>;

/// `GET /api/v1/controllers/{id}/systems`
pub async fn list(front: Data<Front>, signed: Signed, id: Path<ControllerId>) -> Answer {
    permission::on_controller(&signed.actor(), *id, Permission::ReadController)?;
    let (controller, rows) = front
        .app
        .read(move |conn| {
            let controller = controllers::find(conn, *id)?;
            Ok((controller, systems::list(conn, *id)?))
        })
        .await?;
    let key = front.app.controller_key(&controller)?;
    let rows: Result<Vec<Value>, Error> = rows.iter().map(|row| shown(&key, row)).collect();
    Ok(HttpResponse::Ok().json(json!({ "systems": rows? })))
}

/// `PUT /api/v1/controllers/{id}/systems/{name}`
pub async fn connect(
    front: Data<Front>,
    signed: Signed,
    path: Path<(ControllerId, String)>,
    body: Json<Connection>,
) -> Answer {
    let (id, name) = path.into_inner();
    let ctx = front.app.ctx(signed.actor());
    permission::on_controller(&ctx.actor, id, Permission::Administer)?;
    let connection = body.body;
    check(&front.app, &connection)?;
    let (controller, known) = find(&front.app, id, &name).await?;
    let key = front.app.controller_key(&controller)?;
    let settings =
        serde_json::to_vec(&connection).map_err(|_| Error::internal("a connection to JSON"))?;
    let new =
        NewConnection { name: &name, connector: connection.kind().name(), settings: &settings };
    let row = verbs::prepare(&ctx, &key, id, known.as_ref(), &new)?;
    let stored = row.clone();
    let is_new = front.app.write(move |conn| verbs::connect(conn, &ctx, &stored)).await?;
    let mut answer = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.json(shown(&key, &row)?))
}

/// `DELETE /api/v1/controllers/{id}/systems/{name}`
pub async fn disconnect(
    front: Data<Front>,
    signed: Signed,
    path: Path<(ControllerId, String)>,
) -> Answer {
    let (id, name) = path.into_inner();
    let ctx = front.app.ctx(signed.actor());
    front.app.write(move |conn| verbs::disconnect(conn, &ctx, id, &name)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/v1/controllers/{id}/systems/{name}/test`: the worker tries the connection.
pub async fn test(
    front: Data<Front>,
    signed: Signed,
    path: Path<(ControllerId, String)>,
) -> Answer {
    let (id, name) = path.into_inner();
    let ctx = front.app.ctx(signed.actor());
    let row = front.app.write(move |conn| verbs::test(conn, &ctx, id, &name)).await?;
    let (controller, _) = find(&front.app, id, &row.name).await?;
    let key = front.app.controller_key(&controller)?;
    Ok(HttpResponse::Accepted().json(shown(&key, &row)?))
}

async fn find(
    app: &App,
    id: ControllerId,
    name: &str,
) -> Result<(Controller, Option<System>), Error> {
    let name = name.to_owned();
    app.read(move |conn| {
        let controller = controllers::find(conn, id)?;
        Ok((controller, systems::by_name(conn, id, &name)?))
    })
    .await
}

/// What a connection breaks: texts that are none, and places that the operator does not allow.
/// Whether something answers there is for the test to find out.
fn check(app: &App, connection: &Connection) -> Result<(), Error> {
    let allowed = &app.config().allowed;
    let mut errors = Vec::new();
    match connection {
        Connection::Postgresql(settings) => {
            errors.extend(text::line("host", &settings.host, 253));
            errors.extend(text::line("database", &settings.database, 128));
            errors.extend(text::line("user", &settings.user, 128));
            let password = settings.password.as_ref().map(ExposeSecret::expose_secret);
            errors.extend(password.and_then(|it| text::line("password", it, 1_000)));
            if errors.is_empty() && !allowed.may_reach(&settings.host, settings.port) {
                errors.push(FieldError::new("host", "host-not-allowed"));
            }
            let is_refused = |file: &FilePath| !allowed.may_hold(file);
            if settings.ca_file.as_deref().is_some_and(is_refused) {
                errors.push(FieldError::new("ca_file", "path-not-allowed"));
            }
        }
        Connection::Sqlite(settings) => {
            if !allowed.may_hold(&settings.path) {
                errors.push(FieldError::new("path", "path-not-allowed"));
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// Where a system stands, and nothing that opens it.
fn shown(key: &ControllerKey, row: &System) -> Result<Value, Error> {
    let place = Place::new("systems", "sealed_connection", row.id.uuid());
    let settings = key.key().open(&place, &row.sealed_connection)?;
    let connection: Connection = serde_json::from_slice(&settings)
        .map_err(|_| Error::internal("a connection does not read"))?;
    let (host, port, database, path) = match connection {
        Connection::Postgresql(it) => (Some(it.host), Some(it.port), Some(it.database), None),
        Connection::Sqlite(it) => (None, None, None, Some(it.path)),
    };
    Ok(json!({
        "name": row.name,
        "connector": row.connector,
        "host": host,
        "port": port,
        "database": database,
        "path": path,
        "test": {
            "state": row.test_state,
            "code": row.test_detail,
            "at": row.tested_at.map(|at| at.utc()),
        },
    }))
}
