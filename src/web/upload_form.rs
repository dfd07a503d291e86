//! A form with files, as a browser without script sends it: read piece by piece. The files are
//! sealed while they come in; those of a form that is not taken are gone.

pub mod typed;

use std::cell::RefCell;
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::http::header::Charset;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Payload};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use futures_util::StreamExt;
use futures_util::stream::{self, Fuse};
use tokio::time::timeout;

use super::ui::form::{self, Form};
use crate::app::new_files::NewFiles;
use crate::db::files::FileRow;
use crate::domain::actor::Actor;
use crate::domain::attachment::content::Content;
use crate::domain::attachment::{self, HEAD_BYTES, LONGEST_BYTES, MOST_A_MESSAGE};
use crate::domain::identity_document::DocumentKind;
use crate::domain::ids::FileId;
use crate::error::Error;
use crate::web::Front;
use crate::web::attachments::name_place;
use crate::web::identity_documents::NewDocumentKey;
use crate::web::incoming::{Limits, receive};
use crate::web::opened::Opened;
use crate::web::problem::Problem;

/// The longest name of a part.
const LONGEST_NAME: usize = 100;

/// The field of the words of a message.
pub const MESSAGE: &str = "message";

/// How much of each text field comes back when the form is too long, however much stands before it.
const LEAST_KEPT: usize = 32 << 10;

/// The field of the files.
const FILES: &str = "files";

/// How much a form may bring.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    pub files: usize,
    /// Of one file.
    pub bytes: u64,
    /// How long one file may take.
    pub time: Duration,
    /// How long the text fields may be together, in bytes.
    pub text: usize,
    /// Where it is told that they are longer, with which code, and the limit as it is said there.
    pub too_long: (&'static str, &'static str, u64),
    /// A form has a token, texts and a few files; more is none of ours, and costs memory.
    pub parts: usize,
    /// How much of a form is read to its end after something in it was refused, in bytes, so that
    /// the browser hears the answer.
    pub drained: usize,
}

/// What a message may bring, of the person or of staff.
pub const OF_MESSAGE: Most = Most {
    files: MOST_A_MESSAGE,
    bytes: LONGEST_BYTES,
    time: Duration::from_mins(10),
    text: 256 << 10,
    too_long: (MESSAGE, "text-too-large", 256),
    parts: 50,
    drained: 64 << 20,
};

/// Whose form it is, and what becomes of its files.
pub struct Receiver<'a> {
    pub front: &'a Front,
    pub opened: &'a Opened,
    pub actor: Actor,
    /// What the files are kept as.
    pub purpose: &'static str,
    pub most: Most,
    /// Refuses a form that this session was not shown.
    pub check: &'a dyn Fn(&Form) -> Result<(), Problem>,
    /// Why no file is taken at all: then only what was typed is read.
    pub refused: Option<Error>,
    /// The one file is an identity document: of its kinds, under its own key, and without a name.
    pub document: Option<&'a NewDocumentKey>,
}

/// What came in.
pub struct Received {
    pub form: Form,
    pub rows: Vec<FileRow>,
    /// The files, which go unless they are recorded.
    pub kept: NewFiles,
    /// Why one of them was not taken.
    pub refused: Option<Error>,
    /// More came than is taken; what was typed is here as far as it was read.
    pub too_large: bool,
    /// What the identity document is, where the file is one.
    pub document: Option<DocumentKind>,
}

/// The page that says why a form was refused, with the status of one that is too large if it was.
#[must_use]
pub fn refused_as(mut page: HttpResponse, too_large: bool) -> HttpResponse {
    if too_large && page.status() == StatusCode::UNPROCESSABLE_ENTITY {
        *page.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
    }
    page
}

/// Reads a form with files, or one without.
///
/// # Errors
/// 403 for a form that this session was not shown; 400 when it breaks off; 408 when it stalls.
pub async fn read(
    request: &HttpRequest,
    receiver: Receiver<'_>,
    payload: Payload,
) -> Result<Received, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        let form = Form::from_request(request, &mut payload.into_inner()).await?;
        (receiver.check)(&form)?;
        let (rows, refused) = (Vec::new(), receiver.refused);
        let kept = NewFiles::new(receiver.front.app.folder());
        return Ok(Received { form, rows, kept, refused, too_large: false, document: None });
    }
    form::check_origin(request)?;
    parts(request, receiver, payload).await
}

/// Reads the parts of a form, wherever it comes from.
///
/// # Errors
/// As [`read`].
pub async fn parts(
    request: &HttpRequest,
    receiver: Receiver<'_>,
    payload: Payload,
) -> Result<Received, Problem> {
    let kept = NewFiles::new(receiver.front.app.folder());
    let refused = receiver.refused.clone();
    let mut reading = Reading {
        of: receiver,
        fields: Vec::new(),
        drained: 0,
        parts: 0,
        text: 0,
        held: 0,
        rows: Vec::new(),
        kept,
        refused,
        document: None,
    };
    let mut parts = Multipart::new(request.headers(), payload);
    let mut too_large = false;
    while let Some(part) = next(reading.of.front, &mut parts).await? {
        match reading.part(part).await {
            Ok(()) => {}
            // What was typed comes back, whatever came after it.
            Err(Problem::Http(StatusCode::PAYLOAD_TOO_LARGE, _)) => {
                too_large = true;
                let beyond = beyond("attachment-too-large", reading.of.most.bytes >> 20);
                reading.refused.get_or_insert(beyond);
                break;
            }
            Err(problem) => return Err(problem),
        }
    }
    too_large |= reading.text > reading.of.most.text;
    let form = Form::of(reading.fields);
    (reading.of.check)(&form)?;
    let (rows, kept, refused) = (reading.rows, reading.kept, reading.refused);
    Ok(Received { form, rows, kept, refused, too_large, document: reading.document })
}

async fn next(front: &Front, parts: &mut Multipart) -> Result<Option<Field>, Problem> {
    let next = timeout(front.upload_pause, parts.next()).await;
    let next = next.map_err(|_| Problem::Http(StatusCode::REQUEST_TIMEOUT, "too-slow"))?;
    next.transpose().map_err(|_| broken())
}

async fn piece(front: &Front, part: &mut Fuse<Field>) -> Result<Option<Bytes>, Problem> {
    let next = timeout(front.upload_pause, part.next()).await;
    let next = next.map_err(|_| Problem::Http(StatusCode::REQUEST_TIMEOUT, "too-slow"))?;
    next.transpose().map_err(|_| broken())
}

/// The name that a browser gives a file: in letters beyond ASCII only some say it in this way
/// (RFC 6266 §4.3), and where both stand the extended one is meant.
fn given_name(part: &Field) -> Option<String> {
    let disposition = part.content_disposition()?;
    let extended = disposition.get_filename_ext().map(|name| {
        // Latin-1 is the other charset of RFC 5987, and every byte of it is a character.
        match name.charset {
            Charset::Iso_8859_1 => name.value.iter().copied().map(char::from).collect(),
            _ => String::from_utf8_lossy(&name.value).into_owned(),
        }
    });
    extended.or_else(|| disposition.get_filename().map(str::to_owned))
}

fn beyond(code: &'static str, most: u64) -> Error {
    Error::invalid_with("files", code, vec![("maximum", most.to_string())])
}

const fn broken() -> Problem {
    Problem::Http(StatusCode::BAD_REQUEST, "upload-broken")
}

/// A form on its way in.
struct Reading<'a> {
    of: Receiver<'a>,
    fields: Vec<(String, String)>,
    /// How long the text fields are so far, and how much of them is here, in bytes.
    text: usize,
    held: usize,
    drained: usize,
    parts: usize,
    rows: Vec<FileRow>,
    kept: NewFiles,
    refused: Option<Error>,
    document: Option<DocumentKind>,
}

impl Reading<'_> {
    async fn part(&mut self, part: Field) -> Result<(), Problem> {
        let name = part.name().unwrap_or_default().to_owned();
        let given = given_name(&part);
        // A field must not be asked again after its end.
        let mut part = part.fuse();
        self.parts += 1;
        if self.parts > self.of.most.parts || name.len() > LONGEST_NAME {
            return Err(Problem::Http(StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
        }
        let Some(given) = given else {
            let (text, read) = self.text_of(&mut part).await;
            self.fields.push((name, form::one_line_ending(&text)));
            return read;
        };
        // The token stands before the files: of a forged form not a byte is kept.
        (self.of.check)(&Form::of(self.fields.clone()))?;
        // A file under another name is none that anybody would find again.
        if name != FILES && !given.is_empty() {
            self.refused.get_or_insert_with(|| Error::invalid(FILES, "unknown-field"));
        }
        // A field that was left empty is a file without name and content.
        if name != FILES || given.is_empty() || self.refused.is_some() {
            return self.drain(&mut part).await;
        }
        match self.file(&given, &mut part).await {
            Ok(()) => Ok(()),
            Err(Problem::Error(error @ Error::Invalid(_))) => {
                self.refused = Some(error);
                self.drain(&mut part).await
            }
            Err(problem) => Err(problem),
        }
    }

    /// Reads on without keeping anything.
    async fn drain(&mut self, part: &mut Fuse<Field>) -> Result<(), Problem> {
        while let Some(piece) = self.piece(part).await? {
            self.drained += piece.len();
            if self.drained > self.of.most.drained {
                return Err(Problem::Http(StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
            }
        }
        Ok(())
    }

    async fn piece(&self, part: &mut Fuse<Field>) -> Result<Option<Bytes>, Problem> {
        piece(self.of.front, part).await
    }

    /// What a field says, as far as it was read, and why it was not read to its end. Beyond the limit
    /// as much again is held, so that what was typed comes back.
    async fn text_of(&mut self, part: &mut Fuse<Field>) -> (String, Result<(), Problem>) {
        let most = self.of.most;
        let mut bytes = Vec::new();
        let read = loop {
            match self.piece(part).await {
                Ok(Some(piece)) => {
                    self.text += piece.len();
                    let room = (2 * most.text).saturating_sub(self.held);
                    let room = room.max(LEAST_KEPT.saturating_sub(bytes.len())).min(piece.len());
                    bytes.extend_from_slice(piece.get(..room).unwrap_or(&piece));
                    self.held += room;
                }
                Ok(None) => break Ok(()),
                Err(problem) => break Err(problem),
            }
            if self.text > most.drained {
                break Err(Problem::Http(StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
            }
        };
        if self.text > most.text {
            let (field, code, maximum) = most.too_long;
            let told = vec![("maximum", maximum.to_string())];
            self.refused.get_or_insert(Error::invalid_with(field, code, told));
        }
        (String::from_utf8_lossy(&bytes).into_owned(), read)
    }

    async fn file(&mut self, given: &str, part: &mut Fuse<Field>) -> Result<(), Problem> {
        let refuse = |code| Error::invalid("files", code);
        let most = self.of.most;
        if self.rows.len() >= most.files {
            let files = u64::try_from(most.files).unwrap_or(u64::MAX);
            return Err(beyond("attachment-too-many", files).into());
        }
        let name = attachment::tidy_name(given);
        let mut head = Vec::new();
        while head.len() < HEAD_BYTES {
            let Some(piece) = self.piece(part).await? else { break };
            head.extend_from_slice(&piece);
        }
        if head.is_empty() {
            return Err(refuse("attachment-empty").into());
        }
        let looked_at = head.get(..HEAD_BYTES).unwrap_or(&head);
        let kind = attachment::check(&name, looked_at).map_err(|error| refuse(error.code))?;
        if self.of.document.is_some() && DocumentKind::of_name(&name).is_none() {
            return Err(refuse("document-kind").into());
        }
        let content = RefCell::new(Content::of(kind));
        let (front, row) = (self.of.front, &self.of.opened.row);
        let (ctx, key) = (front.app.ctx(self.of.actor.clone()), self.of.opened.key()?.clone());
        let id: FileId = self.of.document.map_or_else(|| ctx.new_id(), |document| document.id);
        let limits = Limits { bytes: most.bytes, pause: front.upload_pause, whole: most.time };
        let first = stream::iter([Ok(Bytes::from(head))]);
        // What a file is can show at its end alone: each piece is looked at on its way.
        let look = |piece: &Result<Bytes, _>| {
            if let Ok(piece) = piece {
                content.borrow_mut().push(piece);
            }
        };
        let mut whole = first.chain(&mut *part).inspect(look);
        let folder = front.app.folder();
        let stored = match self.of.document {
            Some(own) => receive(folder, id, own.key.clone(), &mut whole, &limits).await,
            None => receive(folder, id, key.clone(), &mut whole, &limits).await,
        };
        let stored = stored.map_err(|problem| match problem {
            Problem::Http(StatusCode::PAYLOAD_TOO_LARGE, _) => {
                beyond("attachment-too-large", most.bytes >> 20).into()
            }
            other => other,
        })?;
        self.kept.add(id);
        content.borrow().finish().map_err(|error| refuse(error.code))?;
        let plain = FileRow::of(&ctx, row, stored.row(), self.of.purpose);
        if self.of.document.is_some() {
            self.document = DocumentKind::of_name(&name);
            self.rows.push(plain);
            return Ok(());
        }
        let sealed = key.key().seal(&name_place(id), name.as_bytes()).map_err(Error::from)?;
        self.rows.push(FileRow { sealed_name: Some(sealed), ..plain });
        Ok(())
    }
}
