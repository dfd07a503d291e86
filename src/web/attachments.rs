//! What a person or staff attached to messages: listed, and sent as a file to be kept. Nothing of it is ever
//! shown on a page of ours: a browser is told to keep it, and to run nothing of it.

use std::fs::File;

use actix_web::HttpResponse;
use actix_web::http::header;

use super::Front;
use super::opened::Opened;
use super::packages::stream;
use super::problem::Problem;
use crate::db::column::Instant;
use crate::db::files::{self, ATTACHMENT, FileRow, SENT_ATTACHMENT};
use crate::domain::ids::FileId;
use crate::error::{Error, Result};
use crate::vault::CaseKey;
use crate::vault::file::SealedReader;
use crate::vault::place::Place;

/// An attachment as it is listed.
pub struct Attachment {
    pub id: FileId,
    pub name: String,
    pub size_bytes: i64,
    pub created_at: Instant,
    /// Staff attached it, for the person.
    pub is_sent: bool,
}

/// The attachments of a case, oldest first.
///
/// # Errors
/// `Transition` once the key of the case is destroyed.
pub async fn list(front: &Front, opened: &Opened) -> Result<Vec<Attachment>> {
    let (key, id) = (opened.key()?, opened.row.id);
    let mut rows = front.app.read(move |conn| Ok(files::of_request(conn, id)?)).await?;
    rows.retain(|row| [ATTACHMENT, SENT_ATTACHMENT].contains(&row.purpose.as_str()));
    rows.iter().map(|row| shown(key, row)).collect()
}

fn shown(key: &CaseKey, row: &FileRow) -> Result<Attachment> {
    let sealed = row.sealed_name.as_ref().ok_or_else(|| Error::internal("a nameless file"))?;
    let name = key.key().open(&name_place(row.id), sealed)?;
    let name = String::from_utf8_lossy(&name).into_owned();
    Ok(Attachment {
        id: row.id,
        name,
        size_bytes: row.size_bytes,
        created_at: row.created_at,
        is_sent: row.purpose == SENT_ATTACHMENT,
    })
}

/// Where the sealed name of a file stands.
#[must_use]
pub const fn name_place(id: FileId) -> Place<'static> {
    Place::new("files", "sealed_name", id.uuid())
}

/// Sends an attachment of a case.
///
/// # Errors
/// `NotFound` when it is none of this case; `Unavailable` when its file cannot be read.
pub async fn send(
    front: &Front,
    opened: &Opened,
    id: FileId,
) -> std::result::Result<HttpResponse, Problem> {
    let found = list(front, opened).await?.into_iter().find(|attachment| attachment.id == id);
    let found = found.ok_or(Error::NotFound)?;
    let length = u64::try_from(found.size_bytes).unwrap_or(0);
    let sealed = front.app.folder().open(id, opened.key()?);
    let sealed = sealed.map_err(|_| Error::Unavailable("sealed file"))?;
    Ok(to_keep(sealed, &found.name, length))
}

/// The answer that is a file to be kept under a name, and that no browser shows or runs.
#[must_use]
pub fn to_keep(sealed: SealedReader<File>, name: &str, length: u64) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, "application/octet-stream"));
    response.insert_header((header::CONTENT_DISPOSITION, disposition(name)));
    response.insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"));
    response.no_chunking(length).streaming(stream(sealed, 0, length))
}

/// A file to be kept under its name (RFC 6266, with the name as in RFC 8187).
fn disposition(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let mut encoded = String::new();
    for byte in name.bytes() {
        if plain(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn a_name_stands_in_its_header_and_ends_it_nowhere() {
        for (name, expected) in [
            ("card.png", "card.png"),
            ("lettre à Zoé.pdf", "lettre%20%C3%A0%20Zo%C3%A9.pdf"),
            ("a\";x=\r\n.pdf", "a%22%3Bx%3D%0D%0A.pdf"),
        ] {
            assert_eq!(disposition(name), format!("attachment; filename*=UTF-8''{expected}"));
        }
    }
}
