//! What was typed into a form with files, without the files: of somebody whose session is over.

use actix_multipart::Multipart;
use actix_web::http::header;
use actix_web::web::{Data, Payload};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;

use super::{LONGEST_NAME, Most, given_name, next, piece};
use crate::error::Error;
use crate::web::Front;
use crate::web::problem::Problem;
use crate::web::ui::form::{self, Form};

/// What was typed into a form whose sender is not known, or no more.
pub struct Typed {
    pub form: Form,
    /// Whether files came with it. They are not kept: nobody is known who may store anything.
    pub has_files: bool,
    /// Whether more came than is read.
    pub too_long: bool,
}

/// Reads the text fields of a form, as long as they are within the limit together.
///
/// # Errors
/// 403 for a form of another site; 400 when it breaks off; 408 when it stalls.
pub async fn read(request: &HttpRequest, payload: Payload, most: &Most) -> Result<Typed, Problem> {
    let front = request.app_data::<Data<Front>>();
    let front = front.ok_or_else(|| Error::internal("no front door"))?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        let form = Form::from_request(request, &mut payload.into_inner()).await?;
        return Ok(Typed { form, has_files: false, too_long: false });
    }
    form::check_origin(request)?;
    let (mut fields, mut has_files, mut too_long) = (Vec::new(), false, false);
    let (mut held, mut read) = (0, 0);
    let mut parts = Multipart::new(request.headers(), payload);
    while let Some(part) = next(front, &mut parts).await? {
        let name = part.name().unwrap_or_default().to_owned();
        let given = given_name(&part);
        has_files |= given.as_ref().is_some_and(|name| !name.is_empty());
        let mut part = part.fuse();
        let mut text = Vec::new();
        while let Some(piece) = piece(front, &mut part).await? {
            read += piece.len();
            if read > most.drained {
                break;
            }
            // Nothing after what did not fit: two ends would be joined.
            too_long |= given.is_none() && held + piece.len() > most.text;
            if given.is_none() && !too_long {
                held += piece.len();
                text.extend_from_slice(&piece);
            }
        }
        let is_taken = fields.len() < most.parts && name.len() <= LONGEST_NAME;
        too_long |= given.is_none() && !is_taken || read > most.drained;
        if given.is_none() && is_taken {
            fields.push((name, form::one_line_ending(&String::from_utf8_lossy(&text))));
        }
        if read > most.drained {
            break;
        }
    }
    Ok(Typed { form: Form::of(fields), has_files, too_long })
}
