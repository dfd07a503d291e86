//! The page of a system that a person answers for, in one search: what to look for and for whom,
//! what was given already, and the form of the answer.

mod lines;
pub mod posted;
mod records;
mod view;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use self::view::{GivenView, PersonView, TableView};
use super::case_id;
use crate::db::searches::{self, SearchFile, SearchSystem};
use crate::domain::actor::Permission;
use crate::domain::ids::{RequestId, SearchId};
use crate::domain::inventory::map::{System, Table};
use crate::error::{Error, FieldError, Result};
use crate::language::{self, Language};
use crate::web::manual::system_of;
use crate::web::opened::{self, Opened};
use crate::web::problem::{Problem, field_text};
use crate::web::ui::form::Form;
use crate::web::ui::frame::{Frame, page};
use crate::web::ui::signed::SignedPage;
use crate::web::ui::wording::named;
use crate::web::{Front, owned};
use crate::workflow::manual;
use crate::workflow::record::{Expected, Target, load};

type Answer = std::result::Result<HttpResponse, Problem>;

#[derive(Template)]
#[template(path = "web/ui/templates/system.html")]
struct SystemPage {
    frame: Frame,
    place: Place,
    title: String,
    owner: Option<String>,
    outcome: String,
    /// Whether something was given that can be taken back.
    is_given: bool,
    given: Vec<GivenView>,
    person: Option<PersonView>,
    tables: Vec<TableView>,
    /// Why nothing is taken now.
    closed: Option<String>,
    /// What is wrong: the id of its field, and the sentence.
    wrong: Vec<(String, String)>,
    note: String,
    seen: String,
}

/// Where the page stands.
struct Place {
    /// Its own address.
    path: String,
    /// The address of the case, for those who may read it.
    case: Option<String>,
    reference: String,
    controller: String,
}

impl SystemPage {
    /// What is wrong with a field.
    fn wrong_with(&self, field: &str) -> Option<&str> {
        let found = self.wrong.iter().find(|(place, _)| place == field);
        found.map(|(_, told)| told.as_str())
    }
}

/// The address of the page of a system.
#[must_use]
pub fn link(id: RequestId, search: SearchId, system: &str) -> String {
    format!("/requests/{id}/searches/{search}/systems/{system}")
}

/// A question to a person: one system, in one search, for a reader who may answer it.
pub struct Question {
    pub front: Data<Front>,
    pub signed: SignedPage,
    pub opened: Opened,
    pub search: SearchId,
    pub mapped: System,
    row: SearchSystem,
    files: Vec<SearchFile>,
}

impl Question {
    /// Finds the question of a path.
    ///
    /// # Errors
    /// `NotFound` where there is none, also for a system with a connector; `Forbidden` for whoever
    /// may not answer it.
    pub async fn of(request: &HttpRequest, front: Data<Front>, signed: SignedPage) -> Result<Self> {
        let id = case_id(request)?;
        let search = request.match_info().get("search_id").and_then(|id| id.parse().ok());
        let search: SearchId = search.ok_or(Error::NotFound)?;
        let name = request.match_info().get("system").unwrap_or_default().to_owned();
        let opened = opened::open(&front, &signed.member, id, Permission::AnswerSystem).await?;
        owned::check(&front.app, &signed.member, opened.row.controller_id, &name).await?;
        let mapped = system_of(&front, &opened, search, &name).await?;
        let (row, files) = front
            .app
            .read(move |conn| {
                let systems = searches::systems(conn, search)?;
                let manual = |row: &SearchSystem| row.system == name && row.connector == "manual";
                let row = systems.into_iter().find(manual).ok_or(Error::NotFound)?;
                let mut files = searches::files(conn, search)?;
                files.retain(|file| file.system == name);
                Ok((row, files))
            })
            .await?;
        Ok(Self { front, signed, opened, search, mapped, row, files })
    }

    /// The columns that rows are typed in: those of the map, but for what it withholds.
    fn columns(table: &Table) -> Vec<&str> {
        let given = table.columns.iter().filter(|(_, rule)| rule.withhold.is_none());
        given.map(|(name, _)| name.as_str()).collect()
    }

    fn target(&self) -> Target {
        let scope = self.signed.member.scope();
        Target { scope, id: self.opened.row.id, expected: Expected::Any }
    }

    /// Why nothing can be given for it now, if so: identity is open, the case has ended, a newer
    /// search has taken its place.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refusal(&self) -> Result<Option<Error>> {
        if let Err(gone) = self.opened.key() {
            return Ok(Some(gone));
        }
        let (ctx, target) = (self.front.app.ctx(self.signed.actor()), self.target());
        let (search, system) = (self.search, self.row.system.clone());
        let may = move |conn: &mut _| manual::may_upload(conn, &ctx, &target, search, &system);
        match self.front.app.read(may).await {
            Ok(()) => Ok(None),
            Err(refusal @ Error::Transition { .. }) => Ok(Some(refusal)),
            Err(error) => Err(error),
        }
    }

    /// The page, after a form that was refused or without one.
    ///
    /// # Errors
    /// When the database fails, or a seal does not open.
    pub async fn answer(&self, form: &Form, refused: Option<Error>) -> Answer {
        let language = self.signed.language;
        let (status, wrong) = match refused {
            None => (StatusCode::OK, Vec::new()),
            Some(error) => told(error, language)?,
        };
        let closed = match self.refusal().await? {
            Some(Error::Transition { code }) => {
                Some(language::text(language, &format!("transition-{code}")))
            }
            _ => None,
        };
        let member = &self.signed.member;
        let controller = self.opened.row.controller_id;
        let sees_all = member.may(controller, Permission::ReadSubject);
        // Whoever answers for one system learns whose data to look for while it is asked for.
        let subject = if sees_all || closed.is_none() { self.opened.subject()? } else { None };
        let (id, scope) = (self.opened.row.id, member.scope());
        let case = self.front.app.read(move |conn| load(conn, &scope, id)).await?;
        let given = view::given(self, case.state.rules.time_zone).await?;
        let reads = member.may(controller, Permission::ReadHistory);
        let template = SystemPage {
            place: Place {
                path: link(id, self.search, &self.row.system),
                case: reads.then(|| format!("/requests/{id}")),
                reference: self.opened.row.reference.clone(),
                controller: self.opened.controller.name.clone(),
            },
            title: view::title(self.mapped.title.as_ref(), &self.mapped.name, language),
            owner: self.mapped.owner.clone(),
            outcome: named(language, "outcome", &self.row.outcome),
            is_given: self.row.ended_at.is_some() || !self.files.is_empty(),
            given,
            person: subject.map(|subject| view::person(&subject, &self.mapped, sees_all)),
            tables: view::tables(&self.mapped, form, language),
            closed,
            wrong,
            note: form.field("note").to_owned(),
            seen: manual::standing(&self.row, &self.files),
            frame: self.signed.frame(),
        };
        page(status, language, &template)
    }
}

/// What is wrong, by the id of the field that it is wrong with.
fn told(
    error: Error,
    language: Language,
) -> std::result::Result<(StatusCode, Vec<(String, String)>), Problem> {
    let whole = |key: String| vec![("answer".to_owned(), language::text(language, &key))];
    match error {
        Error::Invalid(fields) => {
            let place = |field: &FieldError| match field.field.as_str() {
                "files" | "note" => field.field.clone(),
                rows if rows.starts_with("rows-") => rows.to_owned(),
                _ => "answer".to_owned(),
            };
            let told = fields.iter().map(|field| (place(field), field_text(field, language)));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, told.collect()))
        }
        Error::Transition { code } => {
            Ok((StatusCode::CONFLICT, whole(format!("transition-{code}"))))
        }
        Error::Conflict { code } => Ok((StatusCode::CONFLICT, whole(format!("conflict-{code}")))),
        error => Err(error.into()),
    }
}

/// `GET /requests/{id}/searches/{search_id}/systems/{system}`
pub async fn show(request: HttpRequest, front: Data<Front>, signed: SignedPage) -> Answer {
    let question = Question::of(&request, front, signed).await?;
    question.answer(&Form::of(Vec::new()), None).await
}
