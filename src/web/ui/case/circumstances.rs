//! What staff know of the person, on the page of a case: stated, and taken back by a DPO.

use actix_web::HttpResponse;
use serde_json::json;

use super::posted::Posted;
use crate::domain::actor::Permission;
use crate::domain::circumstance::Circumstance;
use crate::domain::history::RequestState;
use crate::error::{Error, Result};
use crate::language::{Language, text_with};
use crate::web::problem::Problem;
use crate::web::ui::signed::SignedPage;
use crate::web::ui::wording::named;
use crate::web::written::{LONGEST_REASON, required};
use crate::workflow::circumstances::state_circumstance;
use crate::workflow::record::Case;

/// What stands before the name of one that does not hold.
const NOT: &str = "not_";

/// What the reader can say: what was not said yet, and, for who may take it back, what was.
#[must_use]
pub fn choices(signed: &SignedPage, case: &Case) -> Vec<String> {
    let may_take_back = signed.member.may(case.row.controller_id, Permission::DecideCase);
    let stated = &case.state.circumstances;
    let new = Circumstance::ALL.iter().filter(|it| !stated.contains(it));
    let back = stated.iter().filter(|_| may_take_back).map(|it| format!("{NOT}{}", it.name()));
    new.map(|it| it.name().to_owned()).chain(back).collect()
}

/// What is known of the person, and what follows from it, in words.
#[must_use]
pub fn told(language: Language, state: &RequestState) -> Vec<String> {
    let told = |one: &Circumstance| {
        let what = named(language, "circumstance", one.name());
        text_with(language, "case-circumstance", &[("what", &what)])
    };
    state.circumstances.iter().map(told).collect()
}

/// `POST /requests/{id}/circumstances`
pub async fn state(posted: Posted) -> std::result::Result<HttpResponse, Problem> {
    let outcome = record(&posted).await;
    posted.back("form-circumstance", outcome).await
}

async fn record(posted: &Posted) -> Result<()> {
    let said = posted.form.field("circumstance");
    let (name, holds) = match said.strip_prefix(NOT) {
        Some(name) => (name, false),
        None => (said, true),
    };
    let unknown = || Error::invalid("circumstance", "unknown-value");
    let circumstance = Circumstance::parse(name).ok_or_else(unknown)?;
    let reason = posted.form.field("circumstance_reason");
    required("reason", reason, LONGEST_REASON)?;
    let words = Some(json!({ "reason": reason }));
    let verb = posted.record(words, move |conn, ctx, target, written| {
        state_circumstance(conn, ctx, target, (circumstance, holds), written)
    });
    verb.await
}
