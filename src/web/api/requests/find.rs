//! `GET /api/v1/requests`: the queue over all controllers that a person serves.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use serde_json::{Value, json};

use super::shown;
use crate::db::queue::COUNT_LIMIT;
use crate::db::requests::Request;
use crate::domain::actor::{Permission, StaffMember};
use crate::error::Result;
use crate::web::Front;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::queue::{self, Found, Person, Search};
use crate::web::signed::Signed;

/// `GET /api/v1/requests`
///
/// # Errors
/// As the contract says.
pub async fn list_requests(
    front: Data<Front>,
    signed: Signed,
    search: Query<Search>,
) -> std::result::Result<HttpResponse, Problem> {
    answer(&front, &signed.0, &search, &Person::default(), Permission::ReadHistory).await
}

/// `POST /api/v1/requests/search`
///
/// # Errors
/// As the contract says.
pub async fn search_requests(
    front: Data<Front>,
    signed: Signed,
    search: Query<Search>,
    person: Json<Person>,
) -> std::result::Result<HttpResponse, Problem> {
    answer(&front, &signed.0, &search, &person.body, Permission::ReadSubject).await
}

async fn answer(
    front: &Front,
    member: &StaffMember,
    search: &Search,
    person: &Person,
    permission: Permission,
) -> std::result::Result<HttpResponse, Problem> {
    let found = queue::find(front, member, search, person, permission).await?;
    let mut rows = Vec::with_capacity(found.page.len());
    for row in &found.page {
        rows.push(listed(front, member, &found, row)?);
    }
    Ok(HttpResponse::Ok().json(json!({
        "requests": rows,
        "count": found.count.min(COUNT_LIMIT),
        "more_than_counted": found.count > COUNT_LIMIT,
        "next_cursor": found.next,
    })))
}

fn listed(front: &Front, member: &StaffMember, found: &Found, row: &Request) -> Result<Value> {
    let controller = found.controller(row)?;
    let mut listed = shown::summary(row, front.app.now(), queue::today(front, controller));
    let rights: Vec<Value> = found.rights(row).map(shown::listed_right).collect();
    listed.insert("rights".to_owned(), json!(rights));
    if let Some(names) = queue::names(front, member, controller, row)? {
        listed.insert("subject_names".to_owned(), json!(names));
    }
    Ok(Value::Object(listed))
}
