//! "Somebody else reads my mail": from then on nothing is written to what is on file.

use actix_web::HttpResponse;

use super::visit::Visit;
use crate::db::conn::Conn;
use crate::web::problem::Problem;
use crate::web::ui::form::Form;
use crate::web::ui::frame::see;
use crate::workflow::identity::declare_own_contact;
use crate::workflow::record::Written;

/// `POST /t/{slug}/{language}/unsafe-contact`
pub async fn declare(visit: Visit, form: Form) -> Result<HttpResponse, Problem> {
    visit.check(&form)?;
    let ctx = visit.ctx();
    let written = Written::plain(&ctx);
    let is_proved = visit.is_proved();
    let verb =
        move |conn: &mut Conn| declare_own_contact(conn, &ctx, is_proved, &written).map(drop);
    visit.front.app.write(verb).await?;
    Ok(see(&visit.place.path("case")))
}
