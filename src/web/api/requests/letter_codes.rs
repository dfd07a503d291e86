//! The code by letter: made to be printed and posted to the postal address on file.

use actix_web::HttpResponse;
use serde_json::json;

use super::shown::instant;
use super::verb::Verb;
use crate::domain::actor::Permission;
use crate::domain::letter_code::LIFETIME;
use crate::web::json::Json;
use crate::web::letter_codes::{OnFile, letter, subject};
use crate::web::problem::Problem;
use crate::web::version;
use crate::workflow::letter_codes;

/// `POST /api/v1/requests/{id}/letter-code`
///
/// # Errors
/// As the contract says.
pub async fn make_letter_code(verb: Verb, json: Json<OnFile>) -> Result<HttpResponse, Problem> {
    let opened = verb.opened(Permission::WorkCase)?;
    let subject = subject(verb.member(), opened)?;
    let words = json.body.words()?;
    let (printing, app) = (json.body.printing(&subject)?, verb.app());
    let now = app.now();
    let made = printing.clone();
    let make = move |conn: &mut _, ctx: &_, target: &_, written: &_| {
        letter_codes::make(conn, ctx, target, (app.vault(), &made), written)
    };
    let case = verb.record(Some(words), make).await?;
    let letter = letter(verb.front(), (opened, &case), (&subject, &printing), now);
    let about = letter.about.iter().map(|(label, value)| json!({ "label": label, "value": value }));
    let shown = json!({
        "letter_code": letter.code.as_str(),
        "expires_at": instant(now + LIFETIME),
        "language": letter.language.code(),
        "title": letter.title,
        "sender": letter.sender,
        "recipient": letter.recipient,
        "printed_on": letter.printed_on,
        "about": about.collect::<Vec<_>>(),
        "before": letter.before,
        "after": letter.after,
    });
    Ok(HttpResponse::Created().insert_header(version::etag(case.row.version)).json(shown))
}
