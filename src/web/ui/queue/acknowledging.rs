//! Acknowledging the receipt of several requests at once, from the queue.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;

use super::{answer, of_query};
use crate::domain::actor::{Ctx, Permission};
use crate::domain::ids::RequestId;
use crate::error::Error;
use crate::language;
use crate::web::Front;
use crate::web::problem::Problem;
use crate::web::queue::{self, Person};
use crate::web::ui::form::Form;
use crate::web::ui::frame::see;
use crate::web::ui::language_choice::own_path;
use crate::web::ui::signed::SignedPage;
use crate::workflow::closing;
use crate::workflow::record::{Expected, Target, Written};

/// As many as a page of the queue can hold.
const MOST: usize = 200;

/// `POST /acknowledgements`: each request by itself, on the version that the page showed. Those
/// that somebody changed meanwhile are named, and stay as they are.
pub async fn post(
    front: Data<Front>,
    signed: SignedPage,
    form: Form,
) -> Result<HttpResponse, Problem> {
    signed.check(&form)?;
    let back = own_path(form.field("from"));
    let language = signed.language;
    // One instant for all of them: they are undone together.
    let ctx = front.app.ctx(signed.actor());
    let mut left = 0;
    let mut chosen = 0;
    for field in form.all("request").take(MOST) {
        chosen += 1;
        if !acknowledge(&front, (&signed, &ctx), field).await? {
            left += 1;
        }
    }
    if chosen > 0 && left == 0 {
        return Ok(see(back));
    }
    let told = if chosen == 0 {
        language::text(language, "queue-none-chosen")
    } else {
        language::text_with(language, "queue-not-acknowledged", &[("count", &left.to_string())])
    };
    let search = of_query(back);
    let needed = Permission::ReadHistory;
    let found = queue::find(&front, &signed.member, &search, &Person::default(), needed).await;
    let status = if chosen == 0 { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
    answer(&front, &signed, (search, None), found, Some((status, told))).await
}

/// Whether it was acknowledged; `field` is the id of a request and its version.
async fn acknowledge(
    front: &Front,
    (signed, ctx): (&SignedPage, &Ctx),
    field: &str,
) -> Result<bool, Problem> {
    let wrong = || Error::invalid("request", "wrong-type");
    let (id, version) = field.split_once(':').ok_or_else(wrong)?;
    let id: RequestId = id.parse().map_err(|_| wrong())?;
    let version: i64 = version.parse().map_err(|_| wrong())?;
    let ctx = ctx.clone();
    let expected = Expected::Version(version);
    let target = Target { scope: signed.member.scope(), id, expected };
    let verb = front.app.write(move |conn| {
        closing::acknowledge(conn, &ctx, &target, None, &Written::plain(&ctx)).map(drop)
    });
    match verb.await {
        Ok(()) => Ok(true),
        Err(Error::Conflict { .. } | Error::Transition { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
