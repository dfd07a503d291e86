//! Taking a request back, after one look at what that means.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::Frame;
use super::case::load;
use super::visit::Visit;
use crate::domain::lifecycle::Action;
use crate::error::Error;
use crate::web::problem::Problem;
use crate::web::ui::form::Form;
use crate::web::ui::frame::{page, see};
use crate::workflow::closing;
use crate::workflow::record::Written;

type Answer = Result<HttpResponse, Problem>;

#[derive(Template)]
#[template(path = "web/ui/templates/portal_withdrawal.html")]
struct WithdrawalPage {
    frame: Frame,
    reference: String,
}

/// `GET /t/{slug}/{language}/withdrawal`
pub async fn show(visit: Visit) -> Answer {
    let case = load(&visit).await?;
    // Who began with a call code reads and writes, and ends nothing (identity.md).
    if !visit.is_proved() || case.state.check(Action::Withdraw).is_err() {
        return Ok(see(&visit.place.path("case")));
    }
    let reference = case.row.reference;
    let template = WithdrawalPage { frame: visit.frame("withdrawal"), reference };
    page(StatusCode::OK, visit.place.language, &template)
}

/// `POST /t/{slug}/{language}/withdrawal`
pub async fn post(visit: Visit, form: Form) -> Answer {
    visit.check(&form)?;
    if !visit.is_proved() {
        return Ok(see(&visit.place.path("case")));
    }
    let ctx = visit.ctx();
    let written = Written::plain(&ctx);
    let verb = move |conn: &mut crate::db::conn::Conn| {
        closing::withdraw_own(conn, &ctx, &written).map(drop)
    };
    match visit.front.app.write(verb).await {
        // Who presses twice, or was too late, sees where the case stands.
        Ok(()) | Err(Error::Transition { .. }) => Ok(see(&visit.place.path("case"))),
        Err(error) => Err(error.into()),
    }
}
