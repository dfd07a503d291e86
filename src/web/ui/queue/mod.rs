//! The queue: the requests of all controllers that a person serves, what is due first on top.

pub mod acknowledging;
pub mod following;
pub mod rows;
pub mod views;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;

use self::rows::Row;
use self::views::View;
use super::form::Form;
use super::frame::{Frame, page};
use super::home;
use super::signed::SignedPage;
use super::undo::{self, Offer};
use super::unreached::{self, Unreached};
use super::wording::named;
use crate::db::controllers;
use crate::db::queue::COUNT_LIMIT;
use crate::domain::actor::Permission;
use crate::domain::lifecycle::Status;
use crate::error::{Error, Result};
use crate::language::{self, Language};
use crate::web::Front;
use crate::web::problem::{Problem, field_text};
use crate::web::queue::{self, Found, Person, PersonIdentifier, Search};

#[derive(Template)]
#[template(path = "web/ui/templates/queue.html")]
struct Queue {
    frame: Frame,
    errors: Vec<String>,
    /// Why what was pressed was not done; the queue stands below all the same.
    told: Option<String>,
    undo: Option<Offer>,
    unreached: Vec<Unreached>,
    views: Vec<View>,
    search: Search,
    /// Set on the answer to a search for a person.
    person: Option<PersonForm>,
    may_find_persons: bool,
    /// Id and name.
    controllers: Vec<(String, String)>,
    /// Name and word.
    statuses: Vec<(&'static str, String)>,
    rows: Vec<Row>,
    count: String,
    /// The cursor of the next page.
    next: Option<String>,
    next_link: String,
}

/// What was looked for, so that the form shows it again.
#[derive(Default, Clone)]
pub struct PersonForm {
    name: String,
    kind: String,
    value: String,
}

impl Queue {
    fn is_status(&self, name: &str) -> bool {
        self.search.status.as_deref() == Some(name)
    }

    fn is_controller(&self, id: &str) -> bool {
        self.search.controller_id.as_deref() == Some(id)
    }

    fn reference(&self) -> &str {
        self.search.reference.as_deref().unwrap_or_default()
    }

    /// Whether rows can be chosen, to acknowledge several at once.
    fn can_choose(&self) -> bool {
        self.rows.iter().any(|row| row.acknowledge)
    }

    /// Where a form of this page leads back to.
    fn from(&self) -> String {
        here(&self.search)
    }

    fn sought(&self) -> PersonForm {
        self.person.clone().unwrap_or_default()
    }
}

/// `GET /`: the queue, or who one is for those who see no cases.
pub async fn show(
    front: Data<Front>,
    signed: SignedPage,
    search: Query<Search>,
) -> std::result::Result<HttpResponse, Problem> {
    let scope = signed.member.scope_where(Permission::ReadHistory);
    if scope.controllers().is_empty() {
        return home::show(front, signed).await;
    }
    let search = tidied(search.into_inner());
    let nobody = Person::default();
    let found =
        queue::find(&front, &signed.member, &search, &nobody, Permission::ReadHistory).await;
    answer(&front, &signed, (search, None), found, None).await
}

/// `POST /`: a search for a person, in the body since addresses end up in logs.
pub async fn find_person(
    front: Data<Front>,
    signed: SignedPage,
    form: Form,
) -> std::result::Result<HttpResponse, Problem> {
    signed.check(&form)?;
    let given = |name: &str| Some(form.field(name).trim().to_owned()).filter(|it| !it.is_empty());
    let search =
        Search { status: Some("all".to_owned()), cursor: given("cursor"), ..Search::default() };
    let person = Person {
        name: given("name"),
        identifier: given("value")
            .map(|value| PersonIdentifier { kind: given("kind").unwrap_or_default(), value }),
    };
    let found = if person.name.is_none() && person.identifier.is_none() {
        Err(Error::invalid("name", "nobody"))
    } else {
        let needed = Permission::ReadSubject;
        queue::find(&front, &signed.member, &search, &person, needed).await
    };
    let sought = PersonForm {
        name: given("name").unwrap_or_default(),
        kind: given("kind").unwrap_or_default(),
        value: given("value").unwrap_or_default(),
    };
    answer(&front, &signed, (search, Some(sought)), found, None).await
}

/// Forms send every field, also the empty ones.
fn tidied(search: Search) -> Search {
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    Search {
        controller_id: filled(search.controller_id),
        status: filled(search.status),
        right: filled(search.right),
        channel: filled(search.channel),
        assignee: filled(search.assignee),
        due_before: filled(search.due_before),
        overdue: filled(search.overdue),
        paused: filled(search.paused),
        waiting_for: filled(search.waiting_for),
        extended: filled(search.extended),
        level: filled(search.level),
        reference: filled(search.reference),
        sort: filled(search.sort),
        cursor: filled(search.cursor),
        limit: filled(search.limit),
    }
}

/// The queue, after a form that was not carried out or without one; `told` says why.
///
/// # Errors
/// When the database fails.
pub async fn answer(
    front: &Front,
    signed: &SignedPage,
    (search, person): (Search, Option<PersonForm>),
    found: Result<Found>,
    told: Option<(StatusCode, String)>,
) -> std::result::Result<HttpResponse, Problem> {
    let language = signed.language;
    let (found, errors) = match found {
        Ok(found) => (Some(found), Vec::new()),
        Err(Error::Invalid(fields)) => {
            let told = fields.iter().map(|field| field_text(field, language));
            (None, told.collect())
        }
        Err(error) => return Err(error.into()),
    };
    let rows = match &found {
        Some(found) => rows::rows(front, signed, found).await?,
        None => Vec::new(),
    };
    let scope = signed.member.scope_where(Permission::ReadHistory);
    let controllers = front.app.read(move |conn| Ok(controllers::list(conn, &scope)?)).await?;
    let next = found.as_ref().and_then(|found| found.next.clone());
    let persons = signed.member.scope_where(Permission::ReadSubject);
    let status = match &told {
        Some((status, _)) => *status,
        None if errors.is_empty() => StatusCode::OK,
        None => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let views = views::views(front, signed, &search).await?;
    let undo = undo::of_queue(front, signed, &controllers, here(&search)).await?;
    let template = Queue {
        undo,
        unreached: unreached::list(front, signed).await?,
        frame: signed.frame(),
        errors,
        told: told.map(|(_, told)| told),
        views,
        next_link: next_link(&search, next.as_deref()),
        search,
        person,
        may_find_persons: !persons.controllers().is_empty(),
        controllers: controllers.into_iter().map(|row| (row.id.to_string(), row.name)).collect(),
        statuses: Status::ALL
            .iter()
            .map(|status| (status.name(), named(language, "status", status.name())))
            .collect(),
        rows,
        count: found.map_or_else(String::new, |found| count(language, found.count)),
        next,
    };
    page(status, language, &template)
}

fn next_link(search: &Search, cursor: Option<&str>) -> String {
    let mut query = asked(search);
    query.append_pair("cursor", cursor.unwrap_or_default());
    format!("/?{}", query.finish())
}

/// The address of this very page.
fn here(search: &Search) -> String {
    let mut query = asked(search);
    if let Some(cursor) = &search.cursor {
        query.append_pair("cursor", cursor);
    }
    match query.finish() {
        none if none.is_empty() => "/".to_owned(),
        query => format!("/?{query}"),
    }
}

/// The search of an address of the queue; an empty one when it does not read.
#[must_use]
pub fn of_query(path: &str) -> Search {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    Query::<Search>::from_query(query)
        .map_or_else(|_| Search::default(), |it| tidied(it.into_inner()))
}

fn asked(search: &Search) -> url::form_urlencoded::Serializer<'static, String> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in [
        ("controller_id", &search.controller_id),
        ("status", &search.status),
        ("right", &search.right),
        ("channel", &search.channel),
        ("assignee", &search.assignee),
        ("due_before", &search.due_before),
        ("overdue", &search.overdue),
        ("paused", &search.paused),
        ("waiting_for", &search.waiting_for),
        ("extended", &search.extended),
        ("level", &search.level),
        ("reference", &search.reference),
        ("sort", &search.sort),
        ("limit", &search.limit),
    ] {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    query
}

fn count(language: Language, count: i64) -> String {
    match count {
        1 => language::text(language, "queue-one"),
        more if more > COUNT_LIMIT => language::text(language, "queue-more"),
        _ => language::text_with(language, "queue-many", &[("count", &count.to_string())]),
    }
}
