//! The texts of letters that a controller words itself.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::actor::Permission;
use crate::domain::ids::ControllerId;
use crate::error::{Error, Result};
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::{Front, version};
use crate::workflow::letters::view::{Text, text_of};
use crate::workflow::record::Expected;
use crate::workflow::settings::letter_texts::{self, TextOf};
use crate::workflow::settings::permission;

type Answer = std::result::Result<HttpResponse, Problem>;

/// The body of `replaceLetterText`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextBody {
    text: String,
}

/// Which text the path names.
fn named(path: &(ControllerId, String, String)) -> Result<TextOf> {
    TextOf::named(path.0, &path.1, &path.2).ok_or(Error::NotFound)
}

/// `GET /api/v1/controllers/{id}/letter-texts`
///
/// # Errors
/// As the contract says.
pub async fn list(front: Data<Front>, signed: Signed, id: Path<ControllerId>) -> Answer {
    permission::on_controller(&signed.actor(), *id, Permission::ReadController)?;
    let read = move |conn: &mut crate::db::conn::Conn| letter_texts::list(conn, *id);
    let texts = front.app.read(read).await?;
    let texts: Vec<Value> = texts.iter().map(|(of, text)| in_short(*of, text)).collect();
    Ok(HttpResponse::Ok().json(json!({ "texts": texts })))
}

/// `GET /api/v1/controllers/{id}/letter-texts/{letter}/{language}`
///
/// # Errors
/// As the contract says.
pub async fn get(
    front: Data<Front>,
    signed: Signed,
    path: Path<(ControllerId, String, String)>,
) -> Answer {
    permission::on_controller(&signed.actor(), path.0, Permission::ReadController)?;
    let of = named(&path)?;
    let read = move |conn: &mut crate::db::conn::Conn| {
        crate::db::controllers::find(conn, of.controller)?;
        text_of(conn, of.controller, of.letter, of.language)
    };
    Ok(answer(of, &front.app.read(read).await?))
}

/// `PUT /api/v1/controllers/{id}/letter-texts/{letter}/{language}`
///
/// # Errors
/// As the contract says.
pub async fn replace(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    path: Path<(ControllerId, String, String)>,
    json: Json<TextBody>,
) -> Answer {
    permission::on_controller(&signed.actor(), path.0, Permission::EditLetterTexts)?;
    let of = named(&path)?;
    let expected = version::expected(&request)?;
    store(&front, &signed, of, expected, Some(json.body.text)).await
}

/// `DELETE /api/v1/controllers/{id}/letter-texts/{letter}/{language}`: the standard text again.
///
/// # Errors
/// As the contract says.
pub async fn reset(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    path: Path<(ControllerId, String, String)>,
) -> Answer {
    permission::on_controller(&signed.actor(), path.0, Permission::EditLetterTexts)?;
    let of = named(&path)?;
    let expected = version::expected(&request)?;
    store(&front, &signed, of, expected, None).await
}

async fn store(
    front: &Front,
    signed: &Signed,
    of: TextOf,
    expected: Expected,
    text: Option<String>,
) -> Answer {
    let ctx = front.app.ctx(signed.actor());
    let replace = move |conn: &mut crate::db::conn::Conn| {
        letter_texts::replace(conn, &ctx, of, expected, text.as_deref())
    };
    Ok(answer(of, &front.app.write(replace).await?))
}

fn in_short(of: TextOf, text: &Text) -> Value {
    json!({
        "letter": of.letter.name(),
        "language": of.language.code(),
        "version": text.version,
        "standard": text.standard,
    })
}

fn answer(of: TextOf, text: &Text) -> HttpResponse {
    let mut shown = in_short(of, text);
    if let Value::Object(shown) = &mut shown {
        let open = of.letter.allowed().map(|placeholder| placeholder.name());
        let needed = of.letter.elements().iter().map(|element| element.placeholder.name());
        shown.insert("text".to_owned(), json!(text.text));
        shown.insert("placeholders".to_owned(), open.collect());
        shown.insert("required".to_owned(), needed.collect());
    }
    HttpResponse::Ok().insert_header(version::etag(text.version)).json(shown)
}
