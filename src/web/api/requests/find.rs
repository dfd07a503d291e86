//! `GET /api/v1/requests`: the queue over all controllers that a person serves.

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{NaiveDate, TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::shown;
use crate::db::controllers::{self, Controller};
use crate::db::queue::{self, After, COUNT_LIMIT, Filter, Order};
use crate::db::requests::{self, Request, RequestRight};
use crate::domain::actor::{Permission, Scope, StaffMember};
use crate::domain::ids::{ControllerId, RequestId, UserId};
use crate::domain::lifecycle::Status;
use crate::domain::reference::Reference;
use crate::domain::request::Channel;
use crate::domain::right::Right;
use crate::domain::subject::kind::IdentifierKind;
use crate::domain::subject::{self, name};
use crate::error::{Error, Result};
use crate::vault::NAME_WORD;
use crate::web::Front;
use crate::web::opened;
use crate::web::problem::Problem;
use crate::web::signed::Signed;

/// How many requests a page holds, and at most.
const PAGE: i64 = 50;
const LONGEST_PAGE: i64 = 200;

/// The query of the call.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    controller_id: Option<String>,
    status: Option<String>,
    right: Option<String>,
    channel: Option<String>,
    assignee: Option<String>,
    due_before: Option<String>,
    overdue: Option<String>,
    paused: Option<String>,
    reference: Option<String>,
    sort: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

/// What is looked for in the person: in the body, since URLs end up in logs.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Person {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub identifier: Option<PersonIdentifier>,
}

/// An identifier that a request must carry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonIdentifier {
    kind: String,
    value: String,
}

/// `GET /api/v1/requests`
///
/// # Errors
/// As the contract says.
pub async fn list_requests(
    front: Data<Front>,
    signed: Signed,
    search: Query<Search>,
) -> std::result::Result<HttpResponse, Problem> {
    find(
        &front,
        &signed.0,
        &search,
        Person::default(),
        Permission::ReadHistory,
    )
    .await
}

/// `POST /api/v1/requests/search`
///
/// # Errors
/// As the contract says.
pub async fn search_requests(
    front: Data<Front>,
    signed: Signed,
    search: Query<Search>,
    person: crate::web::json::Json<Person>,
) -> std::result::Result<HttpResponse, Problem> {
    find(
        &front,
        &signed.0,
        &search,
        person.body,
        Permission::ReadSubject,
    )
    .await
}

async fn find(
    front: &Front,
    member: &StaffMember,
    search: &Search,
    person: Person,
    permission: Permission,
) -> std::result::Result<HttpResponse, Problem> {
    let mut scope = member.scope_where(permission);
    if scope.controllers().is_empty() {
        return Err(Error::Forbidden.into());
    }
    if let Some(text) = &search.controller_id {
        let id: ControllerId = field("controller_id", text)?;
        scope = scope
            .narrowed_to(id)
            .ok_or_else(|| Error::invalid("controller_id", "no-such-controller"))?;
    }
    let inner = scope.clone();
    let controllers = front
        .app
        .read(move |conn| Ok(controllers::list(conn, &inner)?))
        .await?;
    let mut filter = filter(search, member, front)?;
    filter.terms = terms(front, &controllers, &person)?;
    let order = match search.sort.as_deref() {
        None | Some("due") => Order::Due,
        Some("receipt") => Order::Receipt,
        Some(_) => return Err(Error::invalid("sort", "unknown-value").into()),
    };
    let after = match &search.cursor {
        Some(cursor) => Some(Cursor::read(cursor, order)?),
        None => None,
    };
    let limit = limit(search.limit.as_deref())?;
    let found = load(front, scope, filter, order, after, limit).await?;
    Ok(HttpResponse::Ok().json(shown(front, member, &controllers, &found, order)?))
}

struct Found {
    page: Vec<Request>,
    more: bool,
    count: i64,
    rights: Vec<RequestRight>,
}

async fn load(
    front: &Front,
    scope: Scope,
    filter: Filter,
    order: Order,
    after: Option<After>,
    limit: i64,
) -> Result<Found> {
    let load = move |conn: &mut crate::db::conn::Conn| {
        let (page, more) = queue::page(conn, &scope, &filter, order, after, limit)?;
        let count = queue::count(conn, &scope, &filter)?;
        let ids: Vec<RequestId> = page.iter().map(|request| request.id).collect();
        let rights = requests::rights_of(conn, &ids)?;
        Ok(Found {
            page,
            more,
            count,
            rights,
        })
    };
    front.app.read(load).await
}

fn shown(
    front: &Front,
    member: &StaffMember,
    controllers: &[Controller],
    found: &Found,
    order: Order,
) -> Result<Value> {
    let mut items = Vec::with_capacity(found.page.len());
    for row in &found.page {
        let controller = controllers.iter().find(|c| c.id == row.controller_id);
        let controller = controller.ok_or_else(|| Error::internal("a case out of scope"))?;
        items.push(item(front, member, controller, row, &found.rights)?);
    }
    let next = found
        .page
        .last()
        .filter(|_| found.more)
        .map(|row| Cursor::of(row, order));
    Ok(json!({
        "requests": items,
        "count": found.count.min(COUNT_LIMIT),
        "more_than_counted": found.count > COUNT_LIMIT,
        "next_cursor": next,
    }))
}

fn item(
    front: &Front,
    member: &StaffMember,
    controller: &Controller,
    row: &Request,
    rights: &[RequestRight],
) -> Result<Value> {
    let zone: chrono_tz::Tz = controller.time_zone.parse().unwrap_or(chrono_tz::UTC);
    let today = zone
        .from_utc_datetime(&front.app.now().naive_utc())
        .date_naive();
    let mut item = shown::summary(row, today);
    let rights: Vec<Value> = rights
        .iter()
        .filter(|r| r.request_id == row.id)
        .map(shown::listed_right)
        .collect();
    item.insert("rights".to_owned(), json!(rights));
    if member.may(row.controller_id, Permission::ReadSubject)
        && let (Some(wrapped), Some(sealed)) = (&row.wrapped_key, &row.sealed_subject)
    {
        let key = front
            .app
            .controller_key(controller)?
            .case_key(row.id.uuid(), wrapped)?;
        let subject = opened::subject(&key, row.id, sealed)?;
        item.insert("subject_names".to_owned(), json!(subject.names));
    }
    Ok(Value::Object(item))
}

fn filter(search: &Search, member: &StaffMember, front: &Front) -> Result<Filter> {
    let mut filter = Filter {
        open: true,
        ..Filter::default()
    };
    if let Some(list) = &search.status {
        filter.open = false;
        for text in list.split(',') {
            match text {
                "open" => filter.open = true,
                "all" => {}
                _ => filter.statuses.push(known("status", Status::parse(text))?),
            }
        }
    }
    if let Some(text) = &search.right {
        filter.right = Some(known("right", Right::parse(text))?);
    }
    if let Some(text) = &search.channel {
        filter.channel = Some(known("channel", Channel::parse(text))?);
    }
    filter.assignee = match search.assignee.as_deref() {
        None => None,
        Some("me") => Some(Some(member.id)),
        Some("nobody") => Some(None),
        Some(text) => Some(Some(field::<UserId>("assignee", text)?)),
    };
    if let Some(text) = &search.due_before {
        filter.due_before = Some(field::<NaiveDate>("due_before", text)?);
    }
    if let Some(text) = &search.overdue
        && field::<bool>("overdue", text)?
    {
        // The earliest "today" on Earth would call a case overdue too soon; UTC is close enough
        // for a filter, and each row says for itself in the zone of its controller.
        filter.overdue_on = Some(front.app.now().date_naive());
    }
    if let Some(text) = &search.paused {
        filter.paused = Some(field::<bool>("paused", text)?);
    }
    if let Some(text) = &search.reference {
        let reference =
            Reference::parse(text).map_err(|_| Error::invalid("reference", "wrong-reference"))?;
        filter.reference = Some(reference.to_string());
        filter.open = search.status.is_some() && filter.open;
    }
    Ok(filter)
}

fn known<T>(name: &str, parsed: Option<T>) -> Result<T> {
    parsed.ok_or_else(|| Error::invalid(name, "unknown-value"))
}

fn field<T: std::str::FromStr>(name: &str, text: &str) -> Result<T> {
    text.parse().map_err(|_| Error::invalid(name, "wrong-type"))
}

fn limit(text: Option<&str>) -> Result<i64> {
    let Some(text) = text else { return Ok(PAGE) };
    let limit: i64 = field("limit", text)?;
    if !(1..=LONGEST_PAGE).contains(&limit) {
        let range = vec![("maximum", LONGEST_PAGE.to_string())];
        return Err(Error::invalid_with("limit", "out-of-range", range));
    }
    Ok(limit)
}

/// The blind terms a controller: each has its own index key and its own country.
#[expect(
    clippy::type_complexity,
    reason = "a list of controllers with their terms"
)]
fn terms(
    front: &Front,
    controllers: &[Controller],
    person: &Person,
) -> Result<Option<Vec<(ControllerId, Vec<Vec<u8>>)>>> {
    if person.name.is_none() && person.identifier.is_none() {
        return Ok(None);
    }
    let words = name::words(person.name.as_deref().unwrap_or_default());
    if person.name.is_some() && words.is_empty() {
        return Err(Error::invalid("name", "empty"));
    }
    let mut all = Vec::with_capacity(controllers.len());
    for controller in controllers {
        let key = front.app.controller_key(controller)?;
        let mut terms: Vec<Vec<u8>> = words
            .iter()
            .map(|word| key.index(NAME_WORD, word).to_vec())
            .collect();
        if let Some(identifier) = &person.identifier {
            let kind = IdentifierKind::parse(&identifier.kind)
                .map_err(|_| Error::invalid("identifier.kind", "wrong-kind"))?;
            let normalised = subject::normalised(&kind, &identifier.value, &controller.country)
                .map_err(|_| Error::invalid("identifier.value", "wrong-value"))?;
            terms.push(key.index(kind.name(), &normalised).to_vec());
        }
        all.push((controller.id, terms));
    }
    Ok(Some(all))
}

/// Where the next page begins, as text that means nothing to the caller.
#[derive(Serialize, Deserialize)]
enum Cursor {
    Due(i32, NaiveDate, RequestId),
    Receipt(i64, RequestId),
}

impl Cursor {
    fn of(row: &Request, order: Order) -> String {
        let cursor = match After::place(row, order) {
            After::Due { rank, due_on, id } => Self::Due(rank, due_on, id),
            After::Receipt { received_at, id } => {
                Self::Receipt(received_at.utc().timestamp_micros(), id)
            }
        };
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
    }

    fn read(text: &str, order: Order) -> Result<After> {
        let wrong = || Error::invalid("cursor", "wrong-cursor");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
        match (serde_json::from_slice(&bytes).map_err(|_| wrong())?, order) {
            (Self::Due(rank, due_on, id), Order::Due) => Ok(After::Due { rank, due_on, id }),
            (Self::Receipt(at, id), Order::Receipt) => {
                let at = chrono::DateTime::from_timestamp_micros(at).ok_or_else(wrong)?;
                Ok(After::Receipt {
                    received_at: at.into(),
                    id,
                })
            }
            _ => Err(wrong()),
        }
    }
}
