//! A form with files, as a browser without script sends it: read piece by piece. The files are
//! sealed while they come in; those of a form that is not taken are gone.

use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Payload};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use futures_util::stream::{self, Fuse};
use tokio::time::timeout;

use super::form::{self, Form};
use crate::app::new_files::NewFiles;
use crate::db::column::Instant;
use crate::db::files::FileRow;
use crate::domain::actor::Actor;
use crate::domain::attachment::{self, HEAD_BYTES, LONGEST_BYTES, MOST_A_MESSAGE};
use crate::domain::ids::FileId;
use crate::error::Error;
use crate::web::Front;
use crate::web::attachments::name_place;
use crate::web::incoming::{Limits, receive};
use crate::web::opened::Opened;
use crate::web::problem::Problem;

/// A form has a token, texts and a few files; more is none of ours, and costs memory.
const MOST_PARTS: usize = 300;
/// The longest name of a part.
const LONGEST_NAME: usize = 100;

/// How much of a form is read to its end after something in it was refused, so that the browser
/// hears the answer.
const MOST_DRAINED: usize = 128 << 20;

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
}

/// What a message may bring, of the person or of staff.
pub const OF_MESSAGE: Most = Most {
    files: MOST_A_MESSAGE,
    bytes: LONGEST_BYTES,
    time: Duration::from_mins(10),
    text: 64 << 10,
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
}

/// What came in.
pub struct Received {
    pub form: Form,
    pub rows: Vec<FileRow>,
    /// The files, which go unless they are recorded.
    pub kept: NewFiles,
    /// Why one of them was not taken.
    pub refused: Option<Error>,
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
    let kept = NewFiles::new(receiver.front.app.folder());
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        let form = Form::from_request(request, &mut payload.into_inner()).await?;
        (receiver.check)(&form)?;
        return Ok(Received { form, rows: Vec::new(), kept, refused: receiver.refused });
    }
    form::check_origin(request)?;
    let refused = receiver.refused.clone();
    let mut reading = Reading {
        of: receiver,
        fields: Vec::new(),
        drained: 0,
        parts: 0,
        text: 0,
        rows: Vec::new(),
        kept,
        refused,
    };
    let mut parts = Multipart::new(request.headers(), payload);
    while let Some(part) = next(reading.of.front, &mut parts).await? {
        reading.part(part).await?;
    }
    let form = Form::of(reading.fields);
    (reading.of.check)(&form)?;
    Ok(Received { form, rows: reading.rows, kept: reading.kept, refused: reading.refused })
}

async fn next(front: &Front, parts: &mut Multipart) -> Result<Option<Field>, Problem> {
    let next = timeout(front.upload_pause, parts.next()).await;
    let next = next.map_err(|_| Problem::Http(StatusCode::REQUEST_TIMEOUT, "too-slow"))?;
    next.transpose().map_err(|_| broken())
}

const fn broken() -> Problem {
    Problem::Http(StatusCode::BAD_REQUEST, "upload-broken")
}

/// A form on its way in.
struct Reading<'a> {
    of: Receiver<'a>,
    fields: Vec<(String, String)>,
    text: usize,
    drained: usize,
    parts: usize,
    rows: Vec<FileRow>,
    kept: NewFiles,
    refused: Option<Error>,
}

impl Reading<'_> {
    async fn part(&mut self, part: Field) -> Result<(), Problem> {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.content_disposition().and_then(|it| it.get_filename());
        let given = file.map(str::to_owned);
        // A field must not be asked again after its end.
        let mut part = part.fuse();
        self.parts += 1;
        if self.parts > MOST_PARTS || name.len() > LONGEST_NAME {
            return Err(Problem::Http(StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
        }
        let Some(given) = given else {
            let text = self.text_of(&mut part).await?;
            self.fields.push((name, text));
            return Ok(());
        };
        // The token stands before the files: of a forged form not a byte is kept.
        (self.of.check)(&Form::of(self.fields.clone()))?;
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
            if self.drained > MOST_DRAINED {
                return Err(Problem::Http(StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
            }
        }
        Ok(())
    }

    async fn piece(&self, part: &mut Fuse<Field>) -> Result<Option<Bytes>, Problem> {
        let next = timeout(self.of.front.upload_pause, part.next()).await;
        let next = next.map_err(|_| Problem::Http(StatusCode::REQUEST_TIMEOUT, "too-slow"))?;
        next.transpose().map_err(|_| broken())
    }

    async fn text_of(&mut self, part: &mut Fuse<Field>) -> Result<String, Problem> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.piece(part).await? {
            self.text += piece.len();
            if self.text > self.of.most.text {
                return Err(Problem::Http(StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn file(&mut self, given: &str, part: &mut Fuse<Field>) -> Result<(), Problem> {
        let refuse = |code| Error::invalid("files", code);
        let beyond = |code, most: u64| {
            Error::invalid_with("files", code, vec![("maximum", most.to_string())])
        };
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
        attachment::check(&name, looked_at).map_err(|error| refuse(error.code))?;
        let (front, row) = (self.of.front, &self.of.opened.row);
        let (ctx, key) = (front.app.ctx(self.of.actor.clone()), self.of.opened.key()?.clone());
        let id: FileId = ctx.new_id();
        let limits = Limits { bytes: most.bytes, pause: front.upload_pause, whole: most.time };
        let first = stream::iter([Ok(Bytes::from(head))]);
        let mut whole = first.chain(&mut *part);
        let stored = receive(front.app.folder(), id, key.clone(), &mut whole, &limits).await;
        let stored = stored.map_err(|problem| match problem {
            Problem::Http(StatusCode::PAYLOAD_TOO_LARGE, _) => {
                beyond("attachment-too-large", most.bytes >> 20).into()
            }
            other => other,
        })?;
        self.kept.add(id);
        let sealed = key.key().seal(&name_place(id), name.as_bytes()).map_err(Error::from)?;
        self.rows.push(FileRow {
            id,
            controller_id: row.controller_id,
            request_id: row.id,
            purpose: self.of.purpose.to_owned(),
            sealed_name: Some(sealed),
            size_bytes: i64::try_from(stored.size_bytes).unwrap_or(i64::MAX),
            sha256: stored.sha256.to_vec(),
            created_at: Instant::from(ctx.now),
        });
        Ok(())
    }
}
