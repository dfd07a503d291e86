//! Identity documents: recorded on a stated doubt, listed, and looked at.

use actix_web::http::header;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::verb::{Verb, case_id};
use crate::db::files::IDENTITY_DOCUMENT;
use crate::db::identity_documents::IdentityDocument;
use crate::domain::actor::Permission;
use crate::domain::identity_document::DocumentRemoval;
use crate::domain::ids::FileId;
use crate::error::Error;
use crate::web::identity_documents::{self, NewDocumentKey, OF_DOCUMENT, REASON, stated, written};
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::upload_form::{self, Received, Receiver};
use crate::web::{Front, opened, version};
use crate::workflow::identity_documents as verbs;
use crate::workflow::record::Target;

type Answer = Result<HttpResponse, Problem>;

/// The fields of the form beside the file.
const FIELDS: [&str; 3] = ["channel", "doubt", REASON];

/// `POST /api/v1/requests/{id}/identity-documents`
///
/// # Errors
/// As the contract says.
pub async fn record_identity_document(
    request: HttpRequest,
    front: Data<Front>,
    verb: Verb,
    payload: Payload,
) -> Answer {
    // Before a byte is taken: of whoever may not record one, and of a case that is closed to all.
    let opened = verb.opened(Permission::WorkCase)?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        return Err(Error::invalid("files", "document-missing").into());
    }
    let new = NewDocumentKey::new(&front.app.ctx(verb.actor()), opened)?;
    let receiver = Receiver {
        front: &front,
        opened,
        actor: verb.actor(),
        purpose: IDENTITY_DOCUMENT,
        most: OF_DOCUMENT,
        // A program carries a token, which no other site can have a browser send.
        check: &|_| Ok(()),
        refused: None,
        document: Some(&new),
    };
    let Received { form, rows, kept, refused, document, .. } =
        upload_form::parts(&request, receiver, payload).await?;
    if let Some(refused) = refused {
        return Err(refused.into());
    }
    if form.names().any(|name| !FIELDS.contains(&name)) {
        return Err(Error::invalid("", "unknown-field").into());
    }
    if let Some(twice) = FIELDS.into_iter().find(|name| form.all(name).count() > 1) {
        return Err(Error::invalid(twice, "twice").into());
    }
    let (channel, doubt, words) =
        stated(form.field("channel"), form.field("doubt"), form.field(REASON))?;
    let ctx = front.app.ctx(verb.actor());
    let file = rows.into_iter().next().zip(document);
    let new = new.taken((&front, opened), file, (channel, &ctx))?;
    let written = written(&ctx, opened, words.as_ref())?;
    let target =
        Target { scope: verb.member().scope(), id: opened.row.id, expected: verb.expected() };
    let row = new.row.clone();
    let record =
        move |conn: &mut _| verbs::record_document(conn, &ctx, &target, (&new, doubt), &written);
    let case = kept.recorded(front.app.write(record)).await?;
    let mut answer = HttpResponse::Created();
    Ok(answer.insert_header(version::etag(case.row.version)).json(shown(&row)))
}

/// `GET /api/v1/requests/{id}/identity-documents`
///
/// # Errors
/// As the contract says.
pub async fn list_identity_documents(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
) -> Answer {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.0, id, Permission::WorkCase).await?;
    let all = identity_documents::list(&front, &opened).await?;
    let all: Vec<Value> = all.iter().map(shown).collect();
    Ok(HttpResponse::Ok().json(json!({ "documents": all })))
}

/// `GET /api/v1/requests/{id}/identity-documents/{document_id}`
///
/// # Errors
/// As the contract says.
pub async fn get_identity_document(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
) -> Answer {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.0, id, Permission::WorkCase).await?;
    let document = request.match_info().get("document_id").and_then(|id| id.parse().ok());
    let document: FileId = document.ok_or(Error::NotFound)?;
    identity_documents::send(&front, &opened, signed.actor(), document).await
}

fn shown(row: &IdentityDocument) -> Value {
    json!({
        "id": row.id,
        "channel": row.channel.name(),
        "kind": row.kind.name(),
        "size_bytes": row.size_bytes,
        "received_at": row.received_at.utc(),
        "delete_by": row.delete_by.utc(),
        "removed_at": row.removed_at.map(|at| at.utc()),
        "removal": row.removal.map(DocumentRemoval::name),
    })
}
