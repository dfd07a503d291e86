//! The forms that decide: a right, that another controller answers, that a case is taken up again.

use actix_web::HttpResponse;
use serde_json::json;

use super::Forms;
use super::posted::Posted;
use crate::domain::actor::Permission;
use crate::domain::exemption::Exemption;
use crate::domain::history::RightState;
use crate::domain::identity::Level;
use crate::domain::lifecycle::Action;
use crate::domain::request::Decision;
use crate::domain::right::Right;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::web::problem::Problem;
use crate::web::ui::signed::SignedPage;
use crate::web::ui::wording::{self, named};
use crate::web::written::{LONGEST_REASON, required};
use crate::workflow::closing;
use crate::workflow::record::Case;

type Answer = std::result::Result<HttpResponse, Problem>;

/// What the forms offer to a reader in this state of the case; name and word each.
pub struct Choices {
    pub rights: Vec<OfRight>,
    pub grounds: Vec<(&'static str, String)>,
    pub forward: bool,
    pub reopen: bool,
}

/// What may be decided on one right.
pub struct OfRight {
    pub right: String,
    /// Value of the form, word, and whether it is what is mostly decided.
    pub decisions: Vec<(String, String, bool)>,
}

/// The decisions on a right that the verb would take now: no others are offered.
fn of_right(
    language: Language,
    state: &RightState,
    (case, least): (&Case, Level),
    decides: bool,
) -> Option<OfRight> {
    let (exercised, right) = (state.exercised, state.exercised.right);
    let is_known = case.state.level >= case.state.needed_level(false, least);
    let is_taken = |decision: Decision| {
        let refuses = matches!(decision, Decision::Refused | Decision::GrantedInPart);
        (decides || (decision == Decision::Granted && exercised.is_immediate()))
            && (decision != Decision::Undecided || state.decision != Decision::Undecided)
            && !(refuses && exercised.is_immediate())
            && (is_known || !exercised.needs_identity(decision))
            && case.state.check_answer(right, decision).is_ok()
    };
    let taken = Decision::ALL.iter().filter(|decision| is_taken(**decision));
    let decisions = taken.map(|decision| {
        let value = format!("{}/{}", right.name(), decision.name());
        (value, named(language, "decision", decision.name()), *decision == Decision::Granted)
    });
    let decisions: Vec<_> = decisions.collect();
    let right = wording::right(language, right);
    (!decisions.is_empty()).then_some(OfRight { right, decisions })
}

/// The choices of a reader, where the controller asks for a level at least. Who does not decide may
/// still record that what cannot wait was done.
#[must_use]
pub fn choices(language: Language, signed: &SignedPage, (case, least): (&Case, Level)) -> Choices {
    let may = |permission| signed.member.may(case.row.controller_id, permission);
    let can = |action| case.state.check(action).is_ok();
    let decides = may(Permission::DecideCase);
    let may_decide = can(Action::DecideRight) && (decides || may(Permission::WorkCase));
    let rights = case.state.rights.iter().filter(|_| may_decide);
    Choices {
        rights: rights
            .filter_map(|state| of_right(language, state, (case, least), decides))
            .collect(),
        grounds: Exemption::ALL
            .iter()
            .map(|it| (it.code(), named(language, "package-exemption", it.code())))
            .collect(),
        forward: decides && can(Action::Forward),
        reopen: decides && can(Action::Reopen),
    }
}

impl Forms {
    /// Whether there is anything to decide.
    pub(super) fn decide(&self) -> bool {
        let Choices { rights, forward, reopen, .. } = &self.choices;
        !rights.is_empty() || *forward || *reopen
    }
}

/// `POST /requests/{id}/decision`
pub async fn decide(posted: Posted) -> Answer {
    let outcome = record_decision(&posted).await;
    posted.back("form-decide", outcome).await
}

async fn record_decision(posted: &Posted) -> Result<()> {
    let form = &posted.form;
    let unknown = |field| move || Error::invalid(field, "unknown-value");
    let (right, decision) = form.field("decided").split_once('/').unwrap_or_default();
    let right = Right::parse(right).ok_or_else(unknown("right"))?;
    let decision = Decision::parse(decision).ok_or_else(unknown("decision"))?;
    let ground = match form.field("decision_ground") {
        "" => None,
        code => Some(Exemption::parse(code).ok_or_else(unknown("ground"))?),
    };
    let reason = posted.written("decision_reason")?;
    let words = reason.map(|reason| json!({ "reason": reason }));
    let verb = posted.record(words, move |conn, ctx, target, written| {
        closing::decide_right(conn, ctx, target, (right, decision, ground), written)
    });
    verb.await
}

/// `POST /requests/{id}/forwarding`
pub async fn forward(posted: Posted) -> Answer {
    posted.permit(Permission::DecideCase)?;
    let outcome = match reason(&posted, "forwarding_reason") {
        Ok(words) => posted.record(Some(words), closing::forward).await,
        Err(error) => Err(error),
    };
    posted.back("form-forward", outcome).await
}

/// `POST /requests/{id}/reopening`
pub async fn reopen(posted: Posted) -> Answer {
    posted.permit(Permission::DecideCase)?;
    let outcome = match reason(&posted, "reopening_reason") {
        Ok(words) => posted.record(Some(words), closing::reopen).await,
        Err(error) => Err(error),
    };
    posted.back("form-reopen", outcome).await
}

fn reason(posted: &Posted, field: &str) -> Result<serde_json::Value> {
    let reason = posted.form.field(field);
    required("reason", reason, LONGEST_REASON)?;
    Ok(json!({ "reason": reason }))
}
