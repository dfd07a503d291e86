//! On to the case that is due next, after one was dealt with.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::domain::actor::Permission;
use crate::web::Front;
use crate::web::problem::Problem;
use crate::web::queue::{self, Person, Search};
use crate::web::ui::case::case_id;
use crate::web::ui::frame::see;
use crate::web::ui::signed::SignedPage;

/// `GET /requests/{id}/next`: the open case that follows this one by due date; from the last one,
/// and from one that has ended, the first; the queue when there is no other.
pub async fn show(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
) -> Result<HttpResponse, Problem> {
    let id = case_id(&request)?;
    let (search, nobody) = (Search::default(), Person::default());
    let needed = Permission::ReadHistory;
    let found = queue::find(&front, &signed.member, &search, &nobody, needed).await?;
    let mut after = found.page.iter().skip_while(|row| row.id != id).skip(1);
    let first = || found.page.iter().find(|row| row.id != id);
    let path = match after.next().or_else(first) {
        Some(row) => format!("/requests/{}", row.id),
        None => "/".to_owned(),
    };
    Ok(see(&path))
}
