//! Identity documents on the page of a case: what is kept now, the form to record one that came
//! otherwise, and the file for whoever looks at it.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::case_id;
use super::history::Reading;
use super::posted::Posted;
use crate::app::new_files::NewFiles;
use crate::db::conn::Conn;
use crate::db::files::IDENTITY_DOCUMENT;
use crate::db::identity_documents::IdentityDocument;
use crate::domain::actor::Permission;
use crate::domain::identity_document::Doubt;
use crate::domain::ids::FileId;
use crate::error::{Error, Result};
use crate::language::text_with;
use crate::web::Front;
use crate::web::identity_documents::{self, NewDocumentKey, OF_DOCUMENT, stated, written};
use crate::web::opened::{self, Opened};
use crate::web::problem::Problem;
use crate::web::ui::signed::SignedPage;
use crate::web::ui::wording::{named, size};
use crate::web::upload_form::{self, Received, Receiver};
use crate::workflow::identity_documents as verbs;
use crate::workflow::identity_documents::NewDocument;

type Answer = std::result::Result<HttpResponse, Problem>;

/// A document that is kept now.
pub struct DocumentView {
    pub id: String,
    /// How it came, and when.
    pub received: String,
    pub size: String,
    /// Until when it can be looked at.
    pub until: String,
}

/// What the page shows of the documents of a case, to whoever works it: those that are kept now.
///
/// # Errors
/// When the database fails.
pub async fn views(
    front: &Front,
    opened: &Opened,
    reading: &Reading<'_>,
    works: bool,
) -> Result<Vec<DocumentView>> {
    if !works || reading.key.is_none() {
        return Ok(Vec::new());
    }
    let all = identity_documents::list(front, opened).await?;
    let kept = all.iter().filter(|row| row.removed_at.is_none());
    Ok(kept.map(|row| view(reading, row)).collect())
}

fn view(reading: &Reading<'_>, row: &IdentityDocument) -> DocumentView {
    let language = reading.language;
    let channel = named(language, "channel", row.channel.name());
    let at = reading.instant(row.received_at.utc());
    let told = [("channel", channel.as_str()), ("at", at.as_str())];
    let until = reading.instant(row.delete_by.utc());
    DocumentView {
        id: row.id.to_string(),
        received: text_with(language, "document-received", &told),
        size: size(language, row.size_bytes),
        until: text_with(language, "document-until", &[("until", &until)]),
    }
}

/// `POST /requests/{id}/identity-documents`
pub async fn record(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
    payload: Payload,
) -> Answer {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.member, id, Permission::WorkCase).await?;
    let new = NewDocumentKey::new(&front.app.ctx(signed.actor()), &opened)?;
    let receiver = Receiver {
        front: &front,
        opened: &opened,
        actor: signed.actor(),
        purpose: IDENTITY_DOCUMENT,
        most: OF_DOCUMENT,
        check: &|form| signed.check(form),
        refused: None,
        document: Some(&new),
    };
    let Received { form, rows, kept, refused, too_large, document } =
        upload_form::read(&request, receiver, payload).await?;
    let posted = Posted { front, signed, form, opened };
    let file = rows.into_iter().next().zip(document);
    let taken = || -> Result<_> {
        let field = |name| posted.form.field(name);
        let (channel, doubt, words) =
            stated(field("document_channel"), field("document_doubt"), field("document_reason"))?;
        let ctx = posted.ctx();
        let new = new.taken((&posted.front, &posted.opened), file, (channel, &ctx))?;
        Ok((new, doubt, words))
    };
    let outcome = match refused {
        Some(refused) => Err(refused),
        None => match taken() {
            Ok((new, doubt, words)) => keep(&posted, (new, kept), doubt, words).await,
            Err(error) => Err(error),
        },
    };
    Ok(upload_form::refused_as(posted.back("form-document", outcome).await?, too_large))
}

async fn keep(
    posted: &Posted,
    (new, kept): (NewDocument, NewFiles),
    doubt: Option<Doubt>,
    words: Option<Value>,
) -> Result<()> {
    let (ctx, target) = (posted.ctx(), posted.target()?);
    let written = written(&ctx, &posted.opened, words.as_ref())?;
    let verb = move |conn: &mut Conn| {
        verbs::record_document(conn, &ctx, &target, (&new, doubt), &written).map(drop)
    };
    kept.recorded(posted.front.app.write(verb)).await
}

/// `GET /requests/{id}/identity-documents/{document_id}`
pub async fn look(request: HttpRequest, front: Data<Front>, signed: SignedPage) -> Answer {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.member, id, Permission::WorkCase).await?;
    let document = request.match_info().get("document_id").and_then(|id| id.parse().ok());
    let document: FileId = document.ok_or(Error::NotFound)?;
    identity_documents::send(&front, &opened, signed.actor(), document).await
}
