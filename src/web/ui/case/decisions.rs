//! The forms that decide: a right, that another controller answers, that a case is taken up again.

use actix_web::HttpResponse;
use serde_json::json;

use super::Forms;
use super::posted::Posted;
use crate::domain::actor::Permission;
use crate::domain::exemption::Exemption;
use crate::domain::history::RightState;
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
    pub rights: Vec<(&'static str, String)>,
    pub decisions: Vec<(&'static str, String)>,
    pub grounds: Vec<(&'static str, String)>,
    pub forward: bool,
    pub reopen: bool,
}

/// The choices of a reader. Who does not decide may still record that what cannot wait was done.
#[must_use]
pub fn choices(language: Language, signed: &SignedPage, case: &Case) -> Choices {
    let may = |permission| signed.member.may(case.row.controller_id, permission);
    let can = |action| case.state.check(action).is_ok();
    let decides = may(Permission::DecideCase);
    let works = may(Permission::WorkCase);
    let offered = |state: &&RightState| {
        can(Action::DecideRight) && (decides || works && state.exercised.is_immediate())
    };
    let rights = case.state.rights.iter().filter(offered);
    let decision = |decision: &&Decision| decides || **decision == Decision::Granted;
    Choices {
        rights: rights
            .map(|state| state.exercised.right)
            .map(|right| (right.name(), wording::right(language, right)))
            .collect(),
        decisions: Decision::ALL
            .iter()
            .filter(decision)
            .map(|it| (it.name(), named(language, "decision", it.name())))
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
    let right = Right::parse(form.field("decided_right")).ok_or_else(unknown("right"))?;
    let decision = Decision::parse(form.field("decision")).ok_or_else(unknown("decision"))?;
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
