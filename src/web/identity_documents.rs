//! Identity documents at the front door: sealed under keys of their own while they come in, and given
//! out as files to be kept, never shown on a page of ours.

use std::time::Duration;

use actix_web::HttpResponse;
use serde_json::{Value, json};

use super::Front;
use super::attachments::to_keep;
use super::opened::Opened;
use super::packages::hex;
use super::problem::Problem;
use super::upload_form::Most;
use super::written::{LONGEST_REASON, required};
use crate::db::column::Instant;
use crate::db::files::FileRow;
use crate::db::identity_documents::{self, IdentityDocument};
use crate::domain::actor::{Actor, Ctx};
use crate::domain::attachment::LONGEST_BYTES;
use crate::domain::identity_document::{DocumentKind, Doubt, KEPT};
use crate::domain::ids::FileId;
use crate::domain::request::Channel;
use crate::error::{Error, Result};
use crate::vault::DocumentKey;
use crate::workflow::identity_documents::{self as verbs, NewDocument};
use crate::workflow::record::{Expected, Target, Written};

/// Under which name files are compared; with its space, no identifier can be of it.
const CONTENT: &str = "identity document";

/// The field of the reason of a doubt.
pub const REASON: &str = "reason";

/// What the form of a document may bring.
pub const OF_DOCUMENT: Most = Most {
    files: 1,
    bytes: LONGEST_BYTES,
    time: Duration::from_mins(10),
    text: 64 << 10,
    too_long: (REASON, "text-too-large", 64),
    parts: 20,
    drained: 64 << 20,
};

/// How staff may have come by a document; what the person hands in on the portal comes by `web`.
pub const CHANNELS: [Channel; 3] = [Channel::Letter, Channel::InPerson, Channel::Email];

/// The key of a document that comes in.
pub struct NewDocumentKey {
    pub id: FileId,
    pub key: DocumentKey,
    wrapped: Vec<u8>,
}

impl NewDocumentKey {
    /// A new one, for a document of this case.
    ///
    /// # Errors
    /// `Transition` once the key of the case is destroyed.
    pub fn new(ctx: &Ctx, opened: &Opened) -> Result<Self> {
        let id: FileId = ctx.new_id();
        let (key, wrapped) = opened.key()?.new_document_key(id.uuid())?;
        Ok(Self { id, key, wrapped })
    }

    /// The document whose file a form has brought.
    ///
    /// # Errors
    /// `Invalid` when there is none.
    pub fn taken(
        self,
        (front, opened): (&Front, &Opened),
        file: Option<(FileRow, DocumentKind)>,
        (channel, ctx): (Channel, &Ctx),
    ) -> Result<NewDocument> {
        let (file, kind) = file.ok_or_else(|| Error::invalid("files", "document-missing"))?;
        let key = front.app.controller_key(&opened.controller)?;
        let row = IdentityDocument {
            id: self.id,
            controller_id: opened.row.controller_id,
            request_id: opened.row.id,
            channel,
            kind,
            size_bytes: file.size_bytes,
            wrapped_key: Some(self.wrapped),
            content_index: Some(key.index(CONTENT, &hex(&file.sha256)).to_vec()),
            received_at: Instant::from(ctx.now),
            delete_by: Instant::from(ctx.now + KEPT),
            removed_at: None,
            removal: None,
        };
        // The digest itself would prove a guess of the file.
        let file = FileRow { sha256: Vec::new(), ..file };
        Ok(NewDocument { row, file })
    }
}

/// What staff say of a document: how it came, and the doubt, if any, with its reason, as it is sealed.
///
/// # Errors
/// `Invalid` for an unknown way or doubt, and for a doubt without its reason.
pub fn stated(
    channel: &str,
    doubt: &str,
    reason: &str,
) -> Result<(Channel, Option<Doubt>, Option<Value>)> {
    let unknown = |field| Error::invalid(field, "unknown-value");
    let channel = CHANNELS.into_iter().find(|known| known.name() == channel);
    let channel = channel.ok_or_else(|| unknown("channel"))?;
    let doubt = match doubt {
        "" => None,
        name => Some(Doubt::parse(name).ok_or_else(|| unknown("doubt"))?),
    };
    if doubt.is_some() {
        required(REASON, reason, LONGEST_REASON)?;
    }
    Ok((channel, doubt, doubt.map(|_| json!({ "doubt": reason }))))
}

/// What is sealed beside the event of a document; nothing where nothing was written.
///
/// # Errors
/// When it cannot be sealed.
pub fn written(ctx: &Ctx, opened: &Opened, words: Option<&Value>) -> Result<Written> {
    match words {
        Some(words) => Written::sealed(ctx, opened.key()?, words),
        None => Ok(Written::plain(ctx)),
    }
}

/// The documents of a case, oldest first, also those that are gone.
///
/// # Errors
/// `Transition` once the key of the case is destroyed.
pub async fn list(front: &Front, opened: &Opened) -> Result<Vec<IdentityDocument>> {
    opened.key()?;
    let id = opened.row.id;
    front.app.read(move |conn| Ok(identity_documents::of_request(conn, id)?)).await
}

/// Sends a document to whoever looks at it, and records that they did.
///
/// # Errors
/// `NotFound` when it is none of this case; `Transition` once it is gone; `Unavailable` when its file
/// cannot be read.
pub async fn send(
    front: &Front,
    opened: &Opened,
    actor: Actor,
    id: FileId,
) -> std::result::Result<HttpResponse, Problem> {
    let key = opened.key()?;
    let ctx = front.app.ctx(actor);
    let target = Target { scope: opened.scope(), id: opened.row.id, expected: Expected::Any };
    let open = move |conn: &mut _| verbs::open_document(conn, &ctx, &target, id);
    let row = front.app.write(open).await?;
    let wrapped = row.wrapped_key.ok_or_else(|| Error::internal("a document without its key"))?;
    let key = key.document_key(id.uuid(), &wrapped).map_err(Error::from)?;
    let sealed = front.app.folder().open(id, &key);
    let sealed = sealed.map_err(|_| Error::Unavailable("sealed file"))?;
    let name = format!("identity-document.{}", row.kind.name());
    Ok(to_keep(sealed, &name, u64::try_from(row.size_bytes).unwrap_or(0)))
}
