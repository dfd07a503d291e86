//! The queue at the front door: what a query asks for, over all controllers that a person serves.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{Datelike, NaiveDate, TimeZone};
use serde::{Deserialize, Serialize};

use super::{Front, opened};
use crate::db::controllers::{self, Controller};
use crate::db::queue::{self, After, Filter, Order};
use crate::db::requests::{self, Request, RequestRight};
use crate::domain::actor::{Permission, StaffMember};
use crate::domain::identity::Level;
use crate::domain::ids::{ControllerId, RequestId, UserId};
use crate::domain::lifecycle::Status;
use crate::domain::reference::Reference;
use crate::domain::request::Channel;
use crate::domain::right::Right;
use crate::domain::subject::kind::IdentifierKind;
use crate::domain::subject::{self, name};
use crate::error::{Error, Result};
use crate::vault::NAME_WORD;
use crate::workflow::keeping;

/// How many requests a page holds, and at most.
const PAGE: i64 = 50;
const LONGEST_PAGE: i64 = 200;

/// Which requests, as the query of an address says it.
#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
pub struct Search {
    pub controller_id: Option<String>,
    pub status: Option<String>,
    pub right: Option<String>,
    pub channel: Option<String>,
    pub assignee: Option<String>,
    pub due_before: Option<String>,
    pub overdue: Option<String>,
    pub paused: Option<String>,
    pub waiting_for: Option<String>,
    pub extended: Option<String>,
    pub level: Option<String>,
    pub reference: Option<String>,
    pub sort: Option<String>,
    pub cursor: Option<String>,
    pub limit: Option<String>,
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
    pub kind: String,
    pub value: String,
}

/// A page of the queue.
pub struct Found {
    pub page: Vec<Request>,
    /// Exact up to the limit of counts, and one more beyond.
    pub count: i64,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
    /// The controllers whose requests were looked for.
    pub controllers: Vec<Controller>,
    rights: Vec<RequestRight>,
}

impl Found {
    /// The controller of a request of the page.
    ///
    /// # Errors
    /// When the request is not of the page.
    pub fn controller(&self, row: &Request) -> Result<&Controller> {
        let found = self.controllers.iter().find(|c| c.id == row.controller_id);
        found.ok_or_else(|| Error::internal("a case out of scope"))
    }

    /// The rights of a request of the page.
    pub fn rights(&self, row: &Request) -> impl Iterator<Item = &RequestRight> {
        let id = row.id;
        self.rights.iter().filter(move |r| r.request_id == id)
    }
}

/// Finds a page of the queue.
///
/// # Errors
/// `Forbidden` for whoever may read no case; `Invalid` for a query that cannot be understood.
pub async fn find(
    front: &Front,
    member: &StaffMember,
    search: &Search,
    person: &Person,
    permission: Permission,
) -> Result<Found> {
    let mut scope = member.scope_where(permission);
    if scope.controllers().is_empty() {
        return Err(Error::Forbidden);
    }
    if let Some(text) = &search.controller_id {
        let id: ControllerId = field("controller_id", text)?;
        scope = scope
            .narrowed_to(id)
            .ok_or_else(|| Error::invalid("controller_id", "no-such-controller"))?;
    }
    let inner = scope.clone();
    let controllers = front.app.read(move |conn| Ok(controllers::list(conn, &inner)?)).await?;
    let mut filter = filter(search, member)?;
    if let Some(text) = &search.overdue
        && field::<bool>("overdue", text)?
    {
        // Each controller has its own today, as each row says of itself.
        let today = |controller: &Controller| (controller.id, today(front, controller));
        let days = controllers.iter().map(today).collect();
        filter.overdue = Some((days, front.app.now().into()));
    }
    filter.terms = terms(front, &controllers, person)?;
    let order = match search.sort.as_deref() {
        None | Some("due") => Order::Due,
        Some("receipt") => Order::Receipt,
        Some(_) => return Err(Error::invalid("sort", "unknown-value")),
    };
    let after = match &search.cursor {
        Some(cursor) => Some(Cursor::read(cursor, order)?),
        None => None,
    };
    let limit = limit(search.limit.as_deref())?;
    let load = move |conn: &mut crate::db::conn::Conn| {
        let (page, more) = queue::page(conn, &scope, &filter, order, after, limit)?;
        let count = queue::count(conn, &scope, &filter)?;
        let ids: Vec<RequestId> = page.iter().map(|request| request.id).collect();
        let rights = requests::rights_of(conn, &ids)?;
        let last = page.last().filter(|_| more);
        Ok(Found { next: last.map(|row| Cursor::of(row, order)), page, count, controllers, rights })
    };
    front.app.read(load).await
}

/// Today where a controller stands.
#[must_use]
pub fn today(front: &Front, controller: &Controller) -> NaiveDate {
    zone(controller).from_utc_datetime(&front.app.now().naive_utc()).date_naive()
}

/// The time zone of a controller.
#[must_use]
pub fn zone(controller: &Controller) -> chrono_tz::Tz {
    controller.time_zone.parse().unwrap_or(chrono_tz::UTC)
}

/// The names of the person whose request it is, for whoever may read them and open the case, while its
/// key exists.
///
/// # Errors
/// When the seal does not open.
pub fn names(
    front: &Front,
    member: &StaffMember,
    controller: &Controller,
    row: &Request,
) -> Result<Option<Vec<String>>> {
    let reads = member.may(row.controller_id, Permission::ReadSubject);
    if !reads || keeping::check_in_use(member, row, front.app.now()).is_err() {
        return Ok(None);
    }
    let (Some(wrapped), Some(sealed)) = (&row.wrapped_key, &row.sealed_subject) else {
        return Ok(None);
    };
    let key = front.app.controller_key(controller)?.case_key(row.id.uuid(), wrapped)?;
    Ok(Some(opened::subject(&key, row.id, sealed)?.names))
}

/// Whether exactly the open ones are asked for, and else which; none named stands for all.
fn statuses(list: &str) -> Result<(bool, Vec<Status>)> {
    let (mut all, mut open, mut named) = (false, false, Vec::new());
    for text in list.split(',') {
        match text {
            "open" => open = true,
            "all" => all = true,
            _ => named.push(known("status", Status::parse(text))?),
        }
    }
    if all {
        return Ok((false, Vec::new()));
    }
    if open && named.is_empty() {
        return Ok((true, Vec::new()));
    }
    if open {
        named.extend(Status::ALL.iter().filter(|status| status.is_open()));
    }
    Ok((false, named))
}

fn filter(search: &Search, member: &StaffMember) -> Result<Filter> {
    let mut filter = Filter { open: true, ..Filter::default() };
    if let Some(list) = &search.status {
        (filter.open, filter.statuses) = statuses(list)?;
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
        let date = field::<NaiveDate>("due_before", text)?;
        if !is_written_in_four_digits(date) {
            return Err(Error::invalid("due_before", "wrong-type"));
        }
        filter.due_before = Some(date);
    }
    if let Some(text) = &search.paused {
        filter.paused = Some(field::<bool>("paused", text)?);
    }
    filter.awaits_person = match search.waiting_for.as_deref() {
        None => None,
        Some("person") => Some(true),
        Some("us") => Some(false),
        Some(_) => return Err(Error::invalid("waiting_for", "unknown-value")),
    };
    if let Some(text) = &search.extended {
        filter.extended = Some(field::<bool>("extended", text)?);
    }
    if let Some(text) = &search.level {
        filter.level = Some(known("level", Level::parse(text))?);
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

/// Other years cannot be compared by both databases.
fn is_written_in_four_digits(date: NaiveDate) -> bool {
    (0..=9999).contains(&date.year())
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
#[expect(clippy::type_complexity, reason = "a list of controllers with their terms")]
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
        let mut terms: Vec<Vec<u8>> =
            words.iter().map(|word| key.index(NAME_WORD, word).to_vec()).collect();
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
            (Self::Due(rank, due_on, id), Order::Due) if is_written_in_four_digits(due_on) => {
                Ok(After::Due { rank, due_on, id })
            }
            (Self::Receipt(at, id), Order::Receipt) => {
                let at = chrono::DateTime::from_timestamp_micros(at).ok_or_else(wrong)?;
                Ok(After::Receipt { received_at: at.into(), id })
            }
            _ => Err(wrong()),
        }
    }
}
