//! The forms of the review: withhold, decline a proposal, take back.

use actix_web::{HttpRequest, HttpResponse};

use super::{answer, rows};
use crate::domain::actor::Permission;
use crate::domain::ids::{SearchId, WithholdingId};
use crate::error::{Error, Result};
use crate::web::problem::Problem;
use crate::web::review::{self, Asked};
use crate::web::ui::case::posted::Posted;
use crate::web::ui::frame::see;
use crate::web::ui::refusal::{refusal, unnamed};
use crate::workflow;

type Answer = std::result::Result<HttpResponse, Problem>;

/// `POST /requests/{id}/withholdings`
pub async fn withhold(posted: Posted) -> Answer {
    posted.permit(Permission::WorkCase)?;
    let outcome = withhold_asked(&posted).await;
    back(posted, outcome).await
}

async fn withhold_asked(posted: &Posted) -> Result<()> {
    let form = &posted.form;
    let filled = |name: &str| Some(form.field(name).to_owned()).filter(|it| !it.trim().is_empty());
    let review = review::load(&posted.front, &posted.opened, Some(search(posted)?)).await?;
    let asked = Asked {
        system: form.field("system").to_owned(),
        table: form.field("table").to_owned(),
        column: filled("column"),
        extent: extent(posted),
        exemption: form.field("exemption").to_owned(),
        row: form.field("row").parse().ok(),
        ranges: Vec::new(),
        words: filled("words"),
        note: filled("withholding_note"),
    };
    let actor = posted.signed.actor();
    let new = review::withholding(&posted.front, &posted.opened, actor, &review, &asked).await?;
    let verb = posted.record(None, move |conn, ctx, target, written| {
        workflow::review::withhold(conn, ctx, target, &new, written)
    });
    verb.await
}

/// A form about a row names the column or none, and the words or none.
fn extent(posted: &Posted) -> String {
    let form = &posted.form;
    let is_empty = |name: &str| form.field(name).trim().is_empty();
    let extent = match (is_empty("row"), is_empty("column"), is_empty("words")) {
        (true, _, _) => "column",
        (false, true, _) => "row",
        (false, false, true) => "value",
        (false, false, false) => "passage",
    };
    extent.to_owned()
}

/// `POST /requests/{id}/declined-proposals`
pub async fn decline(posted: Posted) -> Answer {
    posted.permit(Permission::WorkCase)?;
    let outcome = decline_asked(&posted).await;
    back(posted, outcome).await
}

async fn decline_asked(posted: &Posted) -> Result<()> {
    let form = &posted.form;
    let review = review::load(&posted.front, &posted.opened, Some(search(posted)?)).await?;
    let of = (form.field("system"), form.field("table"), form.field("column"));
    let new = review::declining(&posted.front, posted.signed.actor(), &review, of)?;
    let verb = posted.record(None, move |conn, ctx, target, written| {
        workflow::review::decline_proposal(conn, ctx, target, &new, written)
    });
    verb.await
}

/// `POST /requests/{id}/withholdings/{withholding_id}`
pub async fn take_back(request: HttpRequest, posted: Posted) -> Answer {
    posted.permit(Permission::WorkCase)?;
    let id = request.match_info().get("withholding_id").and_then(|id| id.parse().ok());
    let id: WithholdingId = id.ok_or(Error::NotFound)?;
    let verb = posted.record(None, move |conn, ctx, target, written| {
        workflow::review::take_back_withholding(conn, ctx, target, id, written)
    });
    let outcome = verb.await;
    back(posted, outcome).await
}

fn search(posted: &Posted) -> Result<SearchId> {
    let search = posted.form.field("search_id").parse();
    search.map_err(|_| Error::invalid("search_id", "no-such-search"))
}

/// Back to the rows that the form stood beside, or to the review; when it was refused, with the
/// reasons on top and what was typed.
async fn back(posted: Posted, outcome: Result<()>) -> Answer {
    let id = posted.opened.row.id;
    let Posted { front, signed, form, opened } = posted;
    let (system, table) = (form.field("system").to_owned(), form.field("table").to_owned());
    let from: Option<u64> = form.field("from").parse().ok();
    let Err(error) = outcome else {
        return Ok(see(&match from {
            Some(from) => rows::link(id, &system, &table, from),
            None => format!("/requests/{id}/review"),
        }));
    };
    let (status, told) = refusal(error, signed.language, unnamed)?;
    if from.is_some() {
        let found = review::load(&front, &opened, None).await?;
        // In another search, a row of this number may be another one.
        let is_same = form.field("search_id") == found.search.id.to_string();
        if is_same && found.file(&system, &table).is_ok() {
            let query = rows::RowsQuery { system, table, from };
            let refused = rows::Refused { status, told, form };
            return rows::answer(&front, (&signed, &opened), &found, &query, refused).await;
        }
    }
    answer(&front, &signed, &opened, (status, told, form)).await
}
