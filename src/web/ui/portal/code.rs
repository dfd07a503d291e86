//! "Send me a code", and the code typed back. Both answer alike whether or not anybody is on file.

use actix_web::HttpResponse;
use actix_web::http::header;

use super::case::{self, WrongCode};
use super::visit::Visit;
use crate::db::conn::Conn;
use crate::error::Error;
use crate::vault::code::Code;
use crate::web::problem::Problem;
use crate::web::ui::form::Form;
use crate::web::ui::frame::see;
use crate::workflow::codes::{self, Verdict};

type Answer = Result<HttpResponse, Problem>;

/// `POST /t/{slug}/{language}/code-request`
pub async fn ask(visit: Visit, form: Form) -> Answer {
    visit.check(&form)?;
    let (ctx, session) = (visit.ctx(), visit.session_hash().to_vec());
    let asked =
        visit.front.app.write(move |conn: &mut Conn| codes::ask(conn, &ctx, &session)).await;
    match asked {
        // Who presses too late sees where the case stands.
        Ok(()) | Err(Error::Transition { .. }) => Ok(see(&visit.place.path("case"))),
        Err(Error::RateLimited { retry_after_s }) => {
            let mut answer =
                case::answer(&visit, Some(WrongCode::OneTooMany { retry_after_s })).await?;
            answer.headers_mut().insert(header::RETRY_AFTER, retry_after_s.into());
            Ok(answer)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /t/{slug}/{language}/code`, as somebody gets who loads the page of a wrong code again.
pub async fn show(visit: Visit) -> Answer {
    Ok(see(&visit.place.path("case")))
}

/// `POST /t/{slug}/{language}/code`
pub async fn confirm(visit: Visit, form: Form) -> Answer {
    visit.check(&form)?;
    // What cannot be a code is no guess: a field that was left empty burns nothing.
    let Some(typed) = Code::parse(form.field("code")) else {
        return case::answer(&visit, Some(WrongCode::ByMail)).await;
    };
    let (ctx, session) = (visit.ctx(), visit.session_hash().to_vec());
    let app = visit.front.app.clone();
    let verb = move |conn: &mut Conn| codes::confirm(conn, &ctx, app.vault(), &session, &typed);
    match visit.front.app.write(verb).await {
        Ok(Verdict::Right) | Err(Error::Transition { .. }) => Ok(see(&visit.place.path("case"))),
        Ok(Verdict::Wrong) => case::answer(&visit, Some(WrongCode::ByMail)).await,
        Err(error) => Err(error.into()),
    }
}
