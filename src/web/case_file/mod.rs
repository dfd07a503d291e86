//! The file of a case at the front door: one ZIP, and the same as one page for print. Staff who may
//! not read who the person is get it without the person's data.

pub mod archive;
pub mod page;
pub mod words;

use actix_web::http::{Method, header};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};

use super::Front;
use super::opened::Opened;
use super::problem::Problem;
use super::ui::case::facts::{self, Facts};
use super::ui::case::history::{self, Line, Reading};
use super::ui::colleagues::{self, Colleagues};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::domain::actor::{Actor, Permission, StaffMember};
use crate::domain::case_file::CaseFileForm;
use crate::domain::ids::UserId;
use crate::error::Result;
use crate::language::Language;
use crate::vault::CaseKey;
use crate::workflow::case_file::{self, CaseFile};
use crate::workflow::record::{Expected, Target};
use crate::workflow::sealing::Sealer;

/// A case file, read and put into words for its reader.
pub struct Prepared {
    pub file: CaseFile,
    pub facts: Facts,
    pub lines: Vec<Line>,
    pub language: Language,
    pub zone: chrono_tz::Tz,
    /// For those who may read what is sealed, while it can be read.
    pub key: Option<CaseKey>,
    pub sealer: Sealer,
}

/// Records that the file is opened, numbers the events of the case, and reads it.
///
/// # Errors
/// `Forbidden`; when the database fails.
pub async fn open(
    front: &Front,
    member: &StaffMember,
    opened: &Opened,
    (language, form): (Language, CaseFileForm),
) -> Result<Prepared> {
    let app = &front.app;
    let (id, controller) = (opened.row.id, opened.controller.id);
    let ctx = app.ctx(Actor::Staff(member.clone()));
    let target = Target { scope: opened.scope(), id, expected: Expected::Any };
    app.write(move |conn: &mut Conn| case_file::open(conn, &ctx, &target, form)).await?;
    let sealer = Sealer::new(app.vault(), &app.config().base_url);
    let (now, seals) = (Instant::from(app.now()), sealer.clone());
    let number = move |conn: &mut Conn| case_file::number(conn, now, &seals, (controller, id));
    // The events that have no number then say so in the file; the log says why.
    if let Err(error) = app.write(number).await {
        tracing::error!(tree = %controller, %error, "the events of a case were not numbered");
    }
    let (scope, reads) = (opened.scope(), sealer.clone());
    let file = app.read(move |conn| case_file::read(conn, &scope, id, &reads)).await?;
    let may_read = member.may(controller, Permission::ReadSubject);
    let key = if may_read { opened.key().ok().cloned() } else { None };
    let mut named: Vec<UserId> =
        file.events.iter().filter_map(|row| colleagues::user(&row.actor)).collect();
    named.extend(file.events.iter().filter_map(history::assignee));
    named.extend(file.case.row.assignee_id);
    // The file goes to a court or an authority: everybody in it has a name, its reader too.
    let colleagues = Colleagues::read(front, None, language, named).await?;
    let zone = file.case.state.rules.time_zone;
    let reading = Reading { language, zone, colleagues: &colleagues, key: key.as_ref() };
    let lines: Result<Vec<Line>> = file.events.iter().map(|row| reading.line(row)).collect();
    let lines = lines?;
    let subject = if may_read { opened.subject()? } else { None };
    let facts = facts::of(front, opened, &file.case, language, subject, &colleagues)?;
    Ok(Prepared { file, facts, lines, language, zone, key, sealer })
}

/// Sends the ZIP, and records it; to a question for the headers alone, those.
///
/// # Errors
/// As [`open`].
pub async fn send(
    request: &HttpRequest,
    front: &Front,
    (member, language): (&StaffMember, Language),
    opened: &Opened,
) -> std::result::Result<HttpResponse, Problem> {
    let mut response = HttpResponse::Ok();
    response.content_type("application/zip");
    let name = format!("attachment; filename=\"{}-case-file.zip\"", opened.row.reference);
    response.insert_header((header::CONTENT_DISPOSITION, name));
    if request.method() == Method::HEAD {
        return Ok(response.finish());
    }
    let prepared = open(front, member, opened, (language, CaseFileForm::Archive)).await?;
    let made_at = front.app.now();
    let (sender, receiver) = tokio::sync::mpsc::channel::<std::io::Result<Bytes>>(4);
    tokio::task::spawn_blocking(move || {
        let out = archive::Sending::new(sender.clone());
        if let Err(error) = archive::write(&prepared, made_at, out) {
            tracing::error!(%error, "a case file could not be written to its end");
            let _ = sender.blocking_send(Err(error));
        }
    });
    let stream = futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    });
    Ok(response.streaming(stream))
}
