//! The page of one case: what is known, what has happened, and what can be done.

pub mod answering;
pub mod call_code;
pub mod case_file;
pub mod circumstances;
pub mod correction;
pub mod decisions;
pub mod facts;
pub mod forms;
pub mod history;
pub mod identity;
pub mod identity_document;
pub mod keeping;
pub mod letter_code;
pub mod letters;
pub mod paper;
pub mod posted;
pub mod progress;
pub mod replies;
pub mod review;
pub mod revocation;
pub mod system;
pub mod tasks;
pub mod work;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::colleagues::{self, Colleagues};
use super::form::Form;
use super::frame::{Frame, page};
use super::signed::SignedPage;
use super::undo::{self, Offer};
use super::wording;
use crate::db::events;
use crate::domain::actor::Permission;
use crate::domain::history::RequestState;
use crate::domain::identity::{Level, Method};
use crate::domain::identity_document::Doubt;
use crate::domain::ids::{RequestId, SearchId, UserId};
use crate::domain::lifecycle::Action;
use crate::domain::request::{Channel, ClosingGround};
use crate::domain::right::Right;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::web::identity_documents::CHANNELS;
use crate::web::letters::LetterDesk;
use crate::web::problem::Problem;
use crate::web::{Front, attachments, opened, packages, searches};
use crate::workflow::record::{self, Case};
use crate::workflow::sources::SearchScope;

#[derive(Template)]
#[template(path = "web/ui/templates/case.html")]
struct CasePage {
    handing: progress::Handing,
    frame: Frame,
    facts: facts::Facts,
    progress: progress::Progress,
    /// What somebody else did after the page was read that a refused form came from.
    changed: Vec<history::Line>,
    alerts: Vec<tasks::AlertView>,
    tasks: Vec<tasks::TaskView>,
    events: Vec<history::Line>,
    searches: Vec<work::SearchView>,
    packages: Vec<work::PackageView>,
    letters: Vec<work::LetterView>,
    attachments: Vec<work::AttachmentView>,
    documents: Vec<identity_document::DocumentView>,
    letter_names: Vec<(&'static str, String)>,
    keeping: keeping::Keeping,
    forms: Forms,
    reply: Option<replies::ReplyForm>,
    levels: [&'static str; 3],
    methods: Vec<&'static str>,
    conditions: Vec<&'static str>,
    circumstances: Vec<String>,
    grounds: Vec<&'static str>,
    refused: Option<Refused>,
    undo: Option<Offer>,
}

/// Which forms the page offers to this reader in this state.
struct Forms {
    acknowledge: bool,
    assign: bool,
    note: bool,
    identity: bool,
    letter_code: bool,
    confirm_identity: bool,
    contact: bool,
    correct_subject: bool,
    correct_receipt: bool,
    search: bool,
    /// The rights that a package can answer.
    package: Vec<Right>,
    release: bool,
    /// Whether what was released can be fetched.
    download: bool,
    /// Whether what is prepared can be looked at.
    preview: bool,
    close: bool,
    withdraw: bool,
    letter: bool,
    choices: decisions::Choices,
    read_letter: bool,
    /// Whether there is something to review.
    review: bool,
    case_file: bool,
}

/// A form that was not carried out: why, and what stood in it.
pub struct Refused {
    pub told: Vec<String>,
    /// The key of the form's heading.
    pub what: &'static str,
    pub status: StatusCode,
    pub form: Form,
}

impl CasePage {
    /// What stood in the refused form.
    fn kept(&self, name: &str) -> &str {
        let refused = self.refused.as_ref();
        refused.map_or("", |refused| refused.form.field(name))
    }

    fn is_kept(&self, name: &str, value: &str) -> bool {
        let refused = self.refused.as_ref();
        refused.is_some_and(|refused| refused.form.all(name).any(|kept| kept == value))
    }

    fn is_refused(&self, what: &str) -> bool {
        self.refused.as_ref().is_some_and(|refused| refused.what == what)
    }

    fn word(&self, kind: &str, name: &str) -> String {
        wording::named(self.frame.language, kind, name)
    }

    fn doubts(&self) -> &'static [Doubt] {
        Doubt::ALL
    }

    fn ways(&self) -> [Channel; 3] {
        CHANNELS
    }

    fn right(&self, right: &Right) -> String {
        wording::right(self.frame.language, *right)
    }

    /// Whether the page leads with acknowledging; otherwise its form stands with the others.
    fn leads_with_acknowledging(&self) -> bool {
        self.progress.next.as_ref().is_some_and(|next| next.place == "acknowledge")
    }

    fn any_form(&self) -> bool {
        let forms = &self.forms;
        forms.letter
            || forms.acknowledge
            || forms.assign
            || forms.note
            || forms.close
            || forms.decide()
            || forms.release
            || forms.download
    }

    fn released(&self) -> impl Iterator<Item = &work::PackageView> {
        self.packages.iter().filter(|package| package.released)
    }

    fn can_fetch(&self, package: &work::PackageView) -> bool {
        package.built && (self.forms.download || self.forms.preview && package.prepared)
    }

    fn releasable(&self) -> impl Iterator<Item = &work::PackageView> {
        self.packages.iter().filter(|package| package.built && !package.out_of_date)
    }

    fn full_searches(&self) -> impl Iterator<Item = &work::SearchView> {
        self.searches.iter().filter(|search| search.full)
    }

    /// Whether the form that builds a package stands on the page.
    fn can_build(&self) -> bool {
        !self.forms.package.is_empty() && self.full_searches().next().is_some()
    }

    fn refusal(&self) -> String {
        let what = self.refused.as_ref().map_or("", |refused| refused.what);
        let what = self.frame.t(what);
        crate::language::text_with(self.frame.language, "case-refused", &[("what", &what)])
    }
}

/// The id in the path; one that is no UUID names nothing.
///
/// # Errors
/// `NotFound`.
pub fn case_id(request: &HttpRequest) -> Result<RequestId> {
    let id = request.match_info().get("id").and_then(|id| id.parse().ok());
    id.ok_or(Error::NotFound)
}

/// What a person can say of identity: what they saw themselves, and the proofs that were recorded.
fn methods(state: &RequestState) -> Vec<&'static str> {
    let all = Method::ALL.iter();
    let can_be = all.filter(|method| !method.is_recorded() || state.proved.contains(method));
    can_be.map(|method| method.name()).collect()
}

/// `GET /requests/{id}`
pub async fn show(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
) -> std::result::Result<HttpResponse, Problem> {
    answer(&front, &signed, case_id(&request)?, None).await
}

/// The page of a case, after a form that was refused or without one.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn answer(
    front: &Front,
    signed: &SignedPage,
    id: RequestId,
    refused: Option<Refused>,
) -> std::result::Result<HttpResponse, Problem> {
    let opened = opened::open(front, &signed.member, id, Permission::ReadHistory).await?;
    let scope = signed.member.scope();
    let (case, rows) = front
        .app
        .read(move |conn| Ok((record::load(conn, &scope, id)?, events::of_request(conn, id)?)))
        .await?;
    let may_read = signed.member.may(case.row.controller_id, Permission::ReadSubject);
    let mut named: Vec<UserId> =
        rows.iter().filter_map(|row| colleagues::user(&row.actor)).collect();
    named.extend(rows.iter().filter_map(history::assignee));
    named.extend(case.row.assignee_id);
    let (reader, language) = (signed.member.id, signed.language);
    let colleagues = Colleagues::read(front, Some(reader), language, named).await?;
    let subject = if may_read { opened.subject()? } else { None };
    let key = if may_read { opened.key().ok() } else { None };
    let reading = history::Reading {
        language,
        zone: case.state.rules.time_zone,
        colleagues: &colleagues,
        key,
    };
    let changed = changed(&rows, refused.as_ref(), &reading);
    let events = rows.iter().map(|row| reading.line(row)).collect::<Result<Vec<_>>>()?;
    let keeping = keeping::of(front, signed, &case, &reading, (&rows, &events)).await?;
    let works = signed.member.may(case.row.controller_id, Permission::WorkCase);
    let (alerts, tasks) = tasks::views(front, &case, &reading, works).await?;
    let searches = searches::load(front, id, None).await?;
    let packages = packages::list(front, id).await?;
    let desk = LetterDesk { front, member: &signed.member, opened: &opened };
    let letters = desk.list().await?;
    let attached = match key {
        Some(_) => attachments::list(front, &opened).await?,
        None => Vec::new(),
    };
    let answered = answered(signed, &case);
    let status = refused.as_ref().map_or(StatusCode::OK, |it| it.status);
    let template = CasePage {
        handing: progress::handing(front, signed, &case).await?,
        progress: progress::of(language, &case, works, searches.iter().any(full)),
        changed: changed?,
        facts: facts::of(front, &opened, &case, language, subject, &colleagues)?,
        alerts,
        tasks,
        events,
        searches: searches.iter().map(|run| work::search(&reading, run, answered)).collect(),
        packages: packages
            .iter()
            .map(|(row, file)| work::package(&reading, &case.state, (row, file.as_ref())))
            .collect(),
        letters: letters.iter().map(|row| work::letter(&reading, row)).collect(),
        documents: identity_document::views(front, &opened, &reading, works).await?,
        attachments: attached.iter().map(|file| work::attachment(&reading, file)).collect(),
        letter_names: work::letter_names(language),
        keeping,
        undo: undo::of_case(front, signed, &case),
        forms: forms_of(signed, (&case, opened.controller.least_level), language),
        reply: replies::form(language, signed, &case, &rows),
        levels: ["v1", "v2", "v3"],
        methods: methods(&case.state),
        conditions: identity::conditions(&case),
        circumstances: circumstances::choices(signed, &case),
        grounds: ClosingGround::ALL.iter().map(|it| it.name()).collect(),
        refused,
        frame: Frame { path: format!("/requests/{id}"), ..signed.frame() },
    };
    page(status, language, &template)
}

/// The search whose manual systems the reader may answer for.
fn answered(signed: &SignedPage, case: &Case) -> Option<SearchId> {
    let may = signed.member.may(case.row.controller_id, Permission::AnswerSystem);
    case.state.found.filter(|_| may).map(|found| found.search)
}

/// What others did since the form was opened that was refused.
fn changed(
    rows: &[events::EventRow],
    refused: Option<&Refused>,
    reading: &history::Reading<'_>,
) -> Result<Vec<history::Line>> {
    let seen = refused.and_then(|refused| refused.form.field("version").parse().ok());
    let later = |row: &&events::EventRow| seen.is_some_and(|seen: i64| row.version > seen);
    rows.iter().filter(later).map(|row| reading.line(row)).collect()
}

/// Whether a package can be built from a search.
fn full(run: &searches::SearchRun) -> bool {
    run.row.scope == SearchScope::Full.name()
}

fn forms_of(signed: &SignedPage, (case, least): (&Case, Level), language: Language) -> Forms {
    let may = |permission, action| {
        signed.member.may(case.row.controller_id, permission) && case.state.check(action).is_ok()
    };
    let works = |action| may(Permission::WorkCase, action);
    let packaged = [Right::Access, Right::Portability];
    let exercised = |right: &Right| {
        let mut rights = case.state.rights.iter();
        rights.any(|state| state.exercised.right == *right)
    };
    let package = packaged.into_iter().filter(exercised);
    Forms {
        acknowledge: works(Action::Acknowledge) && case.state.acknowledged_at.is_none(),
        assign: works(Action::Assign) && case.row.assignee_id != Some(signed.member.id),
        note: works(Action::Note),
        identity: works(Action::DecideIdentity),
        letter_code: works(Action::DecideIdentity) && case.state.takes_code_by_letter(),
        confirm_identity: may(Permission::DecideCase, Action::ConfirmIdentity)
            && case.state.awaited.is_some(),
        contact: works(Action::Note),
        correct_subject: works(Action::CorrectSubject)
            && may(Permission::ReadSubject, Action::CorrectSubject),
        correct_receipt: works(Action::CorrectReceipt),
        search: works(Action::Search),
        package: package.filter(|_| works(Action::AnswerSystem)).collect(),
        release: may(Permission::Release, Action::Release),
        download: may(Permission::Release, Action::Download),
        preview: works(Action::Download),
        close: may(Permission::DecideCase, Action::Close),
        withdraw: works(Action::Withdraw),
        letter: works(Action::Note),
        choices: decisions::choices(language, signed, (case, least)),
        read_letter: may(Permission::ReadSubject, Action::Note),
        review: may(Permission::ReadSubject, Action::Note) && case.state.found.is_some(),
        case_file: signed.member.may(case.row.controller_id, Permission::ReadCaseFile),
    }
}
