//! What an orchestrator asks: is the process alive, can it serve; and the contract of the API.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use serde_json::json;

use crate::db::{instance, migrations};
use crate::error::Error;
use crate::mail::settings::Delivery;
use crate::start;
use crate::web::Front;
use crate::web::problem::Problem;
use crate::web::standing::{BackupStanding, MailStanding};

/// The contract, as it is built into this very program.
const OPENAPI: &str = include_str!("../../../openapi.yaml");

/// `GET /healthz`: the process answers, whatever the database does.
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "alive" }))
}

/// `GET /readyz`: the database answers and has this program's schema, and the sealed folder can be
/// written. Without a mail server it serves all the same, and says so; so it does when it is muted,
/// its own mails do not arrive, or the last backup failed.
pub async fn ready(front: Data<Front>) -> Result<HttpResponse, Problem> {
    let settings = front.app.config().clone();
    let now = front.app.now();
    let (muted, backup, undelivered) = front
        .app
        .read(move |conn| {
            let found = instance::get(conn)?.is_some();
            if !found || !migrations::is_current(conn) {
                return Err(Error::Unavailable("database"));
            }
            let backup = BackupStanding::read(conn, &settings)?;
            Ok((instance::is_muted(conn)?, backup, MailStanding::read(conn, now)?))
        })
        .await
        // Whatever the reason, somebody who asks here wants to know whether to send requests.
        .map_err(|_| Error::Unavailable("database"))?;
    let config = front.app.config().clone();
    tokio::task::spawn_blocking(move || start::try_folder(&config))
        .await
        .map_err(|_| Error::internal("trying the folder panicked"))?
        .map_err(|_| Error::Unavailable("folder"))?;
    let mail = match &front.app.config().mail {
        Delivery::NotSetUp => "not set up: mails wait until smtp_host is set, and none is lost",
        Delivery::KeptHere => "kept here: this is a demo, and sends none",
        Delivery::Smtp(_) => "ready",
    };
    let mail = match undelivered.word() {
        Some(word) => format!("{mail}; {word}"),
        None => mail.to_owned(),
    };
    Ok(HttpResponse::Ok().json(json!({
        "status": "ready",
        "mail": mail,
        "muted": muted,
        "backup": backup.word(),
    })))
}

/// `GET /api/v1/openapi.yaml`
pub async fn contract() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/yaml")).body(OPENAPI)
}
