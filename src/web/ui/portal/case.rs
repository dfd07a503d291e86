//! The case as the person sees it: one of five steps, one sentence, one date, one thing to do.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Duration, Utc};

use super::Frame;
use super::messages::is_settled;
use super::provider;
use super::visit::Visit;
use super::waiting::{self, Waiting};
use crate::db::codes::{self, CodeRow};
use crate::db::column::Instant;
use crate::db::events::EventRow;
use crate::db::letter_codes::LetterCodeRow;
use crate::db::packages::Package;
use crate::db::{letter_codes, letters};
use crate::domain::code::{CodeState, cool_down};
use crate::domain::event::{Event, ExtensionGround};
use crate::domain::history::RequestState;
use crate::domain::identity::Level;
use crate::domain::lifecycle::Action;
use crate::domain::portal::{self, Answer as Released, NextAction, Step};
use crate::error::{Error, Result};
use crate::language::{self, Language};
use crate::web::packages;
use crate::web::problem::Problem;
use crate::web::ui::frame::{page, see};
use crate::workflow::identity_documents;
use crate::workflow::record::{self, Case};
use crate::workflow::response::{self, Reach};

/// A code counts for ten minutes after it was sent, and may be sent some minutes after it was asked
/// for.
const AWAITED: Duration = Duration::minutes(15);

type Answer = std::result::Result<HttpResponse, Problem>;

#[derive(Template)]
#[template(path = "web/ui/templates/portal_case.html")]
struct CasePage {
    frame: Frame,
    reference: String,
    rights: Vec<String>,
    step: Step,
    sentence: String,
    date: Option<String>,
    /// Why there is more time, in words.
    extended: Option<String>,
    next: NextAction,
    answers: Vec<AnswerView>,
    can_withdraw: bool,
    /// A question on identity waits: there is a place for a document.
    asked: bool,
    /// A letter waits until it is known who reads: the key of what shows it.
    letter_way: Option<&'static str>,
    /// The person has said that somebody else reads what is on file.
    said_unsafe: bool,
    code: CodeForm,
    /// The field for a code that came by letter.
    letter_code: bool,
    /// The controller has an identity provider, at which the person can sign in.
    has_provider: bool,
    wrong: Option<WrongCode>,
}

/// Which code was wrong, too late, or one too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongCode {
    ByMail,
    ByLetter,
    /// Another was asked for, and there were enough.
    OneTooMany {
        retry_after_s: u64,
    },
}

/// What the page offers to prove who the person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeForm {
    /// Nothing: it is settled, or no matter.
    None,
    /// A button that asks for a code.
    Ask,
    /// The field for a code that this visit asked for; whether anybody is on file shows nowhere.
    Type,
    /// It was typed wrong too often, whether or not one was sent: when another can be asked for.
    Burned { minutes: u64 },
}

/// An answer that can be fetched now.
struct AnswerView {
    path: String,
    right: String,
}

impl CasePage {
    fn steps(&self) -> &'static [Step] {
        Step::ALL
    }

    fn step_name(&self, step: &Step) -> String {
        self.frame.t(&format!("portal-step-{}", step.name()))
    }

    fn has_error(&self) -> bool {
        self.wrong_mail()
            || self.wrong_letter()
            || (self.wrong.is_some() && self.too_many().is_some())
    }

    /// Whether the code is no matter any more.
    fn has_settled(&self, wrong: WrongCode) -> bool {
        match wrong {
            WrongCode::ByMail | WrongCode::OneTooMany { .. } => self.code == CodeForm::None,
            WrongCode::ByLetter => !self.letter_code,
        }
    }

    /// When another code can be asked for, where there were enough.
    fn too_many(&self) -> Option<String> {
        let minutes = match (self.wrong, self.code) {
            (Some(WrongCode::OneTooMany { retry_after_s }), _) => retry_after_s.div_ceil(60),
            (_, CodeForm::Burned { minutes }) => minutes,
            _ => return None,
        };
        let (key, unit, left) = match minutes {
            0..=120 => ("portal-code-too-many", "minutes", minutes),
            _ => ("portal-code-too-many-hours", "hours", minutes.div_ceil(60)),
        };
        let left = left.to_string();
        Some(language::text_with(self.frame.place.language, key, &[(unit, left.as_str())]))
    }

    fn wrong_mail(&self) -> bool {
        self.code == CodeForm::Type && self.wrong == Some(WrongCode::ByMail)
    }

    fn wrong_letter(&self) -> bool {
        self.letter_code && self.wrong == Some(WrongCode::ByLetter)
    }

    fn provider_button(&self) -> String {
        let named = [("controller", self.frame.controller.as_str())];
        language::text_with(self.frame.place.language, "portal-provider-ask", &named)
    }

    fn next_text(&self) -> String {
        self.frame.t(&format!("portal-next-{}", self.next.name()))
    }
}

/// `GET /t/{slug}/{language}/case`
pub async fn show(visit: Visit) -> Answer {
    answer(&visit, None).await
}

/// The page, after a code that was wrong or without one.
///
/// # Errors
/// When the database fails.
pub async fn answer(visit: &Visit, wrong: Option<WrongCode>) -> Answer {
    let own = visit.own;
    let now = visit.front.app.now();
    let (ctx, is_proved) = (visit.ctx(), visit.is_proved());
    let (case, events, (reach, released), (code, by_letter), (waits, asked)) = visit
        .front
        .app
        .read(move |conn| {
            let case = record::load(conn, &own.scope(), own.request)?;
            let events = crate::db::events::of_request(conn, own.request)?;
            let reach = response::reach(conn, &ctx, &case)?;
            let asked = identity_documents::is_asked(conn, &ctx, &case)?;
            let code =
                (codes::newest(conn, own.request)?, letter_codes::newest(conn, own.request)?);
            let is_known = is_proved && is_settled(conn, &ctx, &case)?;
            let waiting = Waiting::of(is_known, &events)?;
            let letters = letters::of_request(conn, own.request)?;
            let seen = |letter: &&letters::LetterRow| !case.state.holds_back(letter.id, now);
            let in_letter = letters.iter().filter(seen).any(is_answer) || case.state.is_written;
            let released = released_as(&reach, is_proved, in_letter);
            let waits = letters.iter().filter(seen).any(|letter| waiting.holds(letter));
            Ok((case, events, (reach, released), code, (waits, asked)))
        })
        .await?;
    let language = visit.place.language;
    let step = portal::step(&case.state, released);
    let ground = extension_ground(&events);
    let told = Told { language, case: &case, released };
    let code = code.filter(|code| visit.session_hash() == code.session_hash.as_slice());
    // What is held waits for a person; a code opens nothing there.
    let needs = released != Released::Held && portal::needs_code(&case.state, is_proved);
    let said_unsafe = case.state.says_unsafe;
    let code = match code {
        // Nothing is written to what the person says that others read.
        _ if !needs || said_unsafe => CodeForm::None,
        Some(code) => form_of(&code, now),
        None => CodeForm::Ask,
    };
    let template = CasePage {
        letter_way: waits.then(|| waiting::way(visit, &case.state)),
        reference: case.row.reference.clone(),
        rights: told.rights(),
        step,
        sentence: told.sentence(step),
        date: told.date(step, &reach),
        extended: ground.filter(|_| case.dates.is_extended()).map(|it| told.extended(it)),
        next: portal::next_action(&case.state, released),
        answers: match released {
            Released::Ready => {
                reach.handed_out.iter().map(|it| told.answer(visit, &it.package)).collect()
            }
            _ => Vec::new(),
        },
        code,
        letter_code: needs || takes_second_letter(&case.state, by_letter.as_ref(), now),
        wrong,
        has_provider: needs && provider::offered(visit).await?.is_some(),
        said_unsafe,
        asked,
        can_withdraw: is_proved && case.state.check(Action::Withdraw).is_ok(),
        frame: visit.frame("case"),
    };
    if wrong.is_some_and(|wrong| template.has_settled(wrong)) {
        // Pressed twice: the first time has settled it.
        return Ok(see(&visit.place.path("case")));
    }
    page(wrong.map_or(StatusCode::OK, WrongCode::status), language, &template)
}

/// Why the period was extended last.
fn extension_ground(events: &[EventRow]) -> Option<ExtensionGround> {
    events.iter().rev().find_map(|row| match row.entry().ok()?.event {
        Event::RequestExtended { ground, .. } => Some(ground),
        _ => None,
    })
}

/// Whether a letter in the portal is what answers the request.
fn is_answer(row: &letters::LetterRow) -> bool {
    waiting::is_in_portal(row) && row.letter.is_answer()
}

/// How far an answer has come for whoever looks at it.
fn released_as(reach: &Reach, is_proved: bool, in_letter: bool) -> Released {
    match (!reach.handed_out.is_empty(), is_proved) {
        (true, true) => Released::Ready,
        (true, false) => Released::Locked,
        (false, _) if reach.is_held => Released::Held,
        // Also beside a letter, which may be no more than what came along with it.
        (false, _) if reach.over_since.is_some() => Released::Over,
        (false, _) if in_letter => Released::Letter,
        (false, _) => Released::None,
    }
}

impl WrongCode {
    const fn status(self) -> StatusCode {
        match self {
            Self::OneTooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::ByMail | Self::ByLetter => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// What the page offers after a code was asked for. It waits for one as long as one would count that
/// was sent at once; that, and how often it was typed wrong, is the same whether or not one was sent.
fn form_of(code: &CodeRow, now: DateTime<Utc>) -> CodeForm {
    if let Some(left) = cool_down(code.state, code.ended_at.map(Instant::utc), now) {
        return CodeForm::Burned { minutes: left.num_seconds().max(1).unsigned_abs().div_ceil(60) };
    }
    let ended = [CodeState::Used, CodeState::Replaced, CodeState::Burned].contains(&code.state);
    let is_awaited = !ended && now - code.asked_at.utc() < AWAITED;
    if is_awaited { CodeForm::Type } else { CodeForm::Ask }
}

/// Whether a code by letter can be typed as a second route, while one is on its way. By whoever is not
/// known yet it can be typed whether or not a letter was written.
fn takes_second_letter(
    state: &RequestState,
    code: Option<&LetterCodeRow>,
    now: DateTime<Utc>,
) -> bool {
    let is_open =
        code.is_some_and(|code| code.state == CodeState::Sent && now < code.expires_at.utc());
    state.level == Level::V1 && state.check(Action::DecideIdentity).is_ok() && is_open
}

/// `GET /t/{slug}/{language}/packages/{package_id}`
pub async fn download(request: HttpRequest, visit: Visit) -> Answer {
    let package = request.match_info().get("package_id").and_then(|id| id.parse().ok());
    let package = package.filter(|_| visit.is_proved()).ok_or(Error::NotFound)?;
    packages::send(&request, &visit.front, visit.actor(), &visit.opened, package).await
}

/// A case put into words.
struct Told<'a> {
    language: Language,
    case: &'a Case,
    released: Released,
}

impl Told<'_> {
    fn day(&self, at: DateTime<Utc>) -> String {
        let zone = self.case.state.rules.time_zone;
        language::date(self.language, at.with_timezone(&zone).date_naive())
    }

    fn with_day(&self, key: &str, day: &str) -> String {
        language::text_with(self.language, key, &[("on", day)])
    }

    fn rights(&self) -> Vec<String> {
        let rights = self.case.state.rights.iter();
        let name = |key: &str| language::text(self.language, &format!("portal-right-{key}"));
        rights.map(|right| name(right.exercised.right.name())).collect()
    }

    fn sentence(&self, step: Step) -> String {
        let name = match self.released {
            Released::Locked => "locked",
            Released::Held => "held",
            Released::Over => "over",
            Released::Letter if step == Step::Ready => "letter",
            _ if self.has_reply_to_read(step) => "replied",
            _ => step.name(),
        };
        let key = format!("portal-sentence-{name}");
        self.with_day(&key, &self.day(self.case.state.received_at))
    }

    /// The one date that matters now: until when an answer can or could be fetched, when the case
    /// ended, or until when the law lets the controller answer.
    fn date(&self, step: Step, reach: &Reach) -> Option<String> {
        match step {
            _ if self.released == Released::Over => {
                Some(self.with_day("portal-date-over", &self.day(reach.over_since?)))
            }
            Step::Ready if self.released == Released::Letter => self.ended("portal-date-letter"),
            Step::Ready => {
                let until = reach.handed_out.iter().map(|it| it.until).min()?;
                Some(self.with_day("portal-date-ready", &self.day(until)))
            }
            Step::Closed => self.ended("portal-date-closed"),
            Step::Identity if self.released == Released::Held => self.ended("portal-date-held"),
            Step::Received | Step::Identity | Step::Working => {
                let Some(legal_on) = self.case.dates.legal_on() else {
                    let key = if self.has_reply_to_read(step) {
                        "portal-date-replied"
                    } else {
                        "portal-date-paused"
                    };
                    let asked =
                        self.case.state.open_questions().map(|(_, it)| it.asked_at).min()?;
                    return Some(self.with_day(key, &self.day(asked)));
                };
                Some(self.with_day("portal-date-open", &language::date(self.language, legal_on)))
            }
        }
    }

    /// Since when the case has its answer.
    fn ended(&self, key: &str) -> Option<String> {
        Some(self.with_day(key, &self.day(self.case.state.ended_at?)))
    }

    /// Whether the reply of the person is what the case waits with.
    fn has_reply_to_read(&self, step: Step) -> bool {
        step != Step::Ready && self.case.state.has_reply_to_read()
    }

    fn extended(&self, ground: ExtensionGround) -> String {
        language::text(self.language, &format!("portal-extended-{}", ground.name()))
    }

    fn answer(&self, visit: &Visit, package: &Package) -> AnswerView {
        let right = format!("portal-right-{}", package.exercised.name());
        AnswerView {
            path: visit.place.path(&format!("packages/{}", package.id)),
            right: language::text(self.language, &right),
        }
    }
}

/// The case of a visit as a verb would find it.
///
/// # Errors
/// When the database fails.
pub async fn load(visit: &Visit) -> Result<Case> {
    let own = visit.own;
    visit.front.app.read(move |conn| record::load(conn, &own.scope(), own.request)).await
}
