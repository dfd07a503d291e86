//! The queue: requests of many controllers, filtered, sorted and cut into pages.
//!
//! One query a controller, each along an index and no longer than a page, merged here: a single
//! query over several controllers could not follow the order of an index.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::requests::Request;
use super::schema::{request_rights, requests, search_terms};
use crate::domain::actor::Scope;
use crate::domain::identity::Level;
use crate::domain::ids::{ControllerId, RequestId, UserId};
use crate::domain::lifecycle::Status;
use crate::domain::request::Channel;
use crate::domain::right::Right;

/// How far a count goes before it says "and more".
pub const COUNT_LIMIT: i64 = 1000;

/// Which requests.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Requests that somebody still waits for; used when no status is named.
    pub open: bool,
    pub statuses: Vec<Status>,
    pub right: Option<Right>,
    pub channel: Option<Channel>,
    /// `Some(None)`: nobody's.
    pub assignee: Option<Option<UserId>>,
    pub due_before: Option<NaiveDate>,
    /// Past their legal limit today, a day of each controller's own (none of one that is absent), or
    /// past the hours of what must be carried out at once.
    pub overdue: Option<(Vec<(ControllerId, NaiveDate)>, Instant)>,
    pub paused: Option<bool>,
    /// Whether a question to the person is open.
    pub awaits_person: Option<bool>,
    pub extended: Option<bool>,
    /// How sure it is who asks.
    pub level: Option<Level>,
    pub reference: Option<String>,
    /// Blind terms a controller, all of which a request must carry; a controller that is absent
    /// here has no match.
    pub terms: Option<Vec<(ControllerId, Vec<Vec<u8>>)>>,
}

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// What must be done at once, then by due date.
    Due,
    /// Newest receipt first.
    Receipt,
}

/// Where a page begins: after this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    Due { rank: i32, due_on: NaiveDate, id: RequestId },
    Receipt { received_at: Instant, id: RequestId },
}

impl After {
    /// The place of a request in an order.
    #[must_use]
    pub fn place(request: &Request, order: Order) -> Self {
        match order {
            Order::Due => {
                Self::Due { rank: request.queue_rank, due_on: request.due_on, id: request.id }
            }
            Order::Receipt => Self::Receipt { received_at: request.received_at, id: request.id },
        }
    }
}

/// A page of the scope: at most `limit` requests, and whether more follow.
///
/// # Errors
/// When the database fails.
pub fn page(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    order: Order,
    after: Option<After>,
    limit: i64,
) -> QueryResult<(Vec<Request>, bool)> {
    let mut found: Vec<Request> = Vec::new();
    for controller in scope.controllers() {
        // Each status by itself, too, so that every query follows an index.
        for part in parts(filter) {
            let mut missing = limit + 1;
            for slice in slices(after) {
                let Some(query) = filtered(*controller, filter, part) else {
                    break;
                };
                let query = ordered(sliced(query, slice), order).limit(missing);
                let rows: Vec<Request> = query.select(Request::as_select()).load(conn)?;
                missing -= i64::try_from(rows.len()).unwrap_or(missing);
                found.extend(rows);
                if missing == 0 {
                    break;
                }
            }
        }
    }
    match order {
        Order::Due => found.sort_by_key(|r| (r.queue_rank, r.due_on, r.id)),
        Order::Receipt => {
            found.sort_by_key(|r| std::cmp::Reverse((r.received_at, r.id)));
        }
    }
    let limit = usize::try_from(limit).unwrap_or(0);
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// How many requests of the scope match: exact up to [`COUNT_LIMIT`], which is passed by one when
/// there are more.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &mut Conn, scope: &Scope, filter: &Filter) -> QueryResult<i64> {
    let mut total: i64 = 0;
    for controller in scope.controllers() {
        for part in parts(filter) {
            let Some(query) = filtered(*controller, filter, part) else {
                continue;
            };
            let room = COUNT_LIMIT + 1 - total;
            let found: Vec<RequestId> = query.select(requests::id).limit(room).load(conn)?;
            total += i64::try_from(found.len()).unwrap_or(room);
            if total > COUNT_LIMIT {
                return Ok(total);
            }
        }
    }
    Ok(total)
}

/// The slices of a filter that one index serves each.
fn parts(filter: &Filter) -> Vec<Option<Status>> {
    if filter.statuses.is_empty() {
        return vec![None];
    }
    let mut statuses = filter.statuses.clone();
    statuses.sort_unstable();
    statuses.dedup();
    statuses.into_iter().map(Some).collect()
}

type Boxed = requests::BoxedQuery<'static, <Conn as Connection>::Backend>;

fn filtered(controller: ControllerId, filter: &Filter, status: Option<Status>) -> Option<Boxed> {
    let mut query = requests::table.filter(requests::controller_id.eq(controller)).into_boxed();
    match status {
        Some(status) => query = query.filter(requests::status.eq(status)),
        None if filter.open => query = query.filter(requests::ended_at.is_null()),
        None => {}
    }
    if let Some(channel) = filter.channel {
        query = query.filter(requests::channel.eq(channel));
    }
    match filter.assignee {
        Some(Some(user)) => query = query.filter(requests::assignee_id.eq(user)),
        Some(None) => query = query.filter(requests::assignee_id.is_null()),
        None => {}
    }
    if let Some(date) = filter.due_before {
        query = query.filter(requests::due_on.lt(date));
    }
    if let Some((days, now)) = &filter.overdue {
        let (_, today) = days.iter().find(|(id, _)| *id == controller)?;
        // NULL is neither past nor not: a missing date must not hide the other.
        let late = requests::legal_on.is_not_null().and(requests::legal_on.lt(*today));
        let hours = requests::urgent_until.is_not_null().and(requests::urgent_until.lt(*now));
        let either = late.assume_not_null().or(hours.assume_not_null());
        query = query.filter(either).filter(requests::ended_at.is_null());
    }
    if let Some(paused) = filter.paused {
        query = query.filter(requests::paused.eq(paused));
    }
    if let Some(awaits) = filter.awaits_person {
        query = query.filter(requests::awaits_person.eq(awaits));
    }
    if let Some(extended) = filter.extended {
        query = query.filter(requests::extended.eq(extended));
    }
    if let Some(level) = filter.level {
        query = query.filter(requests::level.eq(level));
    }
    if let Some(reference) = &filter.reference {
        query = query.filter(requests::reference.eq(reference.clone()));
    }
    if let Some(right) = filter.right {
        let with_right = request_rights::table
            .filter(request_rights::exercised.eq(right))
            .select(request_rights::request_id);
        query = query.filter(requests::id.eq_any(with_right));
    }
    if let Some(terms) = &filter.terms {
        let (_, terms) = terms.iter().find(|(id, _)| *id == controller)?;
        for term in terms {
            let carrying = search_terms::table
                .filter(search_terms::controller_id.eq(controller))
                .filter(search_terms::term.eq(term.clone()))
                .select(search_terms::request_id);
            query = query.filter(requests::id.eq_any(carrying));
        }
    }
    Some(query)
}

/// A range of an index: what follows a place, in the order in which the ranges follow each other.
/// One condition over all three columns would be read from the beginning of the index.
#[derive(Clone, Copy)]
enum Slice {
    All,
    SameDay { rank: i32, due_on: NaiveDate, id: RequestId },
    LaterDay { rank: i32, due_on: NaiveDate },
    HigherRank { rank: i32 },
    SameInstant { received_at: Instant, id: RequestId },
    Earlier { received_at: Instant },
}

fn slices(after: Option<After>) -> Vec<Slice> {
    match after {
        None => vec![Slice::All],
        Some(After::Due { rank, due_on, id }) => vec![
            Slice::SameDay { rank, due_on, id },
            Slice::LaterDay { rank, due_on },
            Slice::HigherRank { rank },
        ],
        Some(After::Receipt { received_at, id }) => {
            vec![Slice::SameInstant { received_at, id }, Slice::Earlier { received_at }]
        }
    }
}

fn sliced(query: Boxed, slice: Slice) -> Boxed {
    match slice {
        Slice::All => query,
        Slice::SameDay { rank, due_on, id } => query
            .filter(requests::queue_rank.eq(rank))
            .filter(requests::due_on.eq(due_on))
            .filter(requests::id.gt(id)),
        Slice::LaterDay { rank, due_on } => {
            query.filter(requests::queue_rank.eq(rank)).filter(requests::due_on.gt(due_on))
        }
        Slice::HigherRank { rank } => query.filter(requests::queue_rank.gt(rank)),
        Slice::SameInstant { received_at, id } => {
            query.filter(requests::received_at.eq(received_at)).filter(requests::id.lt(id))
        }
        Slice::Earlier { received_at } => query.filter(requests::received_at.lt(received_at)),
    }
}

fn ordered(query: Boxed, order: Order) -> Boxed {
    match order {
        Order::Due => query.order((requests::queue_rank, requests::due_on, requests::id)),
        Order::Receipt => query.order((requests::received_at.desc(), requests::id.desc())),
    }
}
