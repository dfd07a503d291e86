//! The code that came by letter, typed back. It answers alike whether or not a letter was written.

use actix_web::HttpResponse;

use super::case::{self, WrongCode};
use super::visit::Visit;
use crate::db::conn::Conn;
use crate::error::Error;
use crate::vault::code::LetterCode;
use crate::web::problem::Problem;
use crate::web::ui::form::Form;
use crate::web::ui::frame::see;
use crate::workflow::codes::Verdict;
use crate::workflow::letter_codes;

type Answer = Result<HttpResponse, Problem>;

/// `GET /t/{slug}/{language}/letter-code`, as somebody gets who loads the page of a wrong code again.
pub async fn show(visit: Visit) -> Answer {
    Ok(see(&visit.place.path("case")))
}

/// `POST /t/{slug}/{language}/letter-code`
pub async fn confirm(visit: Visit, form: Form) -> Answer {
    visit.check(&form)?;
    // What cannot be a code is no guess: a field that was left empty burns nothing.
    let Some(typed) = LetterCode::parse(form.field("letter_code")) else {
        return case::answer(&visit, Some(WrongCode::ByLetter)).await;
    };
    let (ctx, session) = (visit.ctx(), visit.session_hash().to_vec());
    let app = visit.front.app.clone();
    let verb =
        move |conn: &mut Conn| letter_codes::confirm(conn, &ctx, app.vault(), &session, &typed);
    match visit.front.app.write(verb).await {
        Ok(Verdict::Right) | Err(Error::Transition { .. }) => Ok(see(&visit.place.path("case"))),
        Ok(Verdict::Wrong) => case::answer(&visit, Some(WrongCode::ByLetter)).await,
        Err(error) => Err(error.into()),
    }
}
