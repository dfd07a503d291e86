//! Keeping a case, and what of it is a breach: what the page says, and its forms.

use actix_web::HttpResponse;
use serde_json::json;

use super::history::{Line, Reading};
use super::posted::Posted;
use crate::db::breaches;
use crate::db::conn::Conn;
use crate::db::events::EventRow;
use crate::domain::actor::Permission;
use crate::domain::lifecycle::Action;
use crate::error::{Error, Result};
use crate::language::{text, text_with};
use crate::web::Front;
use crate::web::breaches::Register;
use crate::web::problem::Problem;
use crate::web::ui::breaches::fields::{event_at, told};
use crate::web::ui::breaches::view::zone;
use crate::web::ui::frame::see;
use crate::web::ui::signed::SignedPage;
use crate::web::written::{LONGEST_REASON, required};
use crate::workflow::breaches::record;
use crate::workflow::keeping;
use crate::workflow::record::Case;
use crate::workflow::settings::retention;

type Answer = std::result::Result<HttpResponse, Problem>;

/// What the page of a case says of its keeping.
pub struct Keeping {
    pub sentence: String,
    /// Where each breach of the case stands, and when it became known.
    pub breaches: Vec<(String, String)>,
    pub hold: bool,
    pub lift: bool,
    /// The events that can be recorded as a breach, the answers first; none for who may not.
    pub events: Vec<(String, String)>,
}

/// Puts the keeping of a case into words.
///
/// # Errors
/// When the database fails.
pub async fn of(
    front: &Front,
    signed: &SignedPage,
    case: &Case,
    reading: &Reading<'_>,
    history: (&[EventRow], &[Line]),
) -> Result<Keeping> {
    let (controller, id) = (case.row.controller_id, case.row.id);
    let read = move |conn: &mut Conn| {
        Ok((retention::terms(conn, controller)?, breaches::of_request(conn, id)?))
    };
    let (terms, found) = front.app.read(read).await?;
    let may = |permission, action| {
        signed.member.may(controller, permission) && case.state.check(action).is_ok()
    };
    let at = |key: &str, at| text_with(reading.language, key, &[("at", &reading.instant(at))]);
    let until = case.state.ended_at.and_then(|ended_at| terms.case_until(ended_at));
    let sentence = match (case.state.key_destroyed, case.state.held_at, until) {
        (true, _, _) => text(reading.language, "keeping-destroyed"),
        (_, Some(held_at), _) => at("keeping-held", held_at),
        (_, None, Some(until)) => at("keeping-until", until),
        (_, None, None) => text(reading.language, "keeping-open"),
    };
    let title = |row: &breaches::Breach| at_aware(reading, row);
    let path = |row: &breaches::Breach| format!("/controllers/{controller}/breaches/{}", row.id);
    Ok(Keeping {
        sentence,
        breaches: found.iter().map(|row| (path(row), title(row))).collect(),
        hold: may(Permission::DecideCase, Action::Hold),
        lift: may(Permission::DecideCase, Action::LiftHold),
        events: if may(Permission::WorkCase, Action::Note) { events(history) } else { Vec::new() },
    })
}

fn at_aware(reading: &Reading<'_>, row: &breaches::Breach) -> String {
    let on = reading.instant(row.aware_at.utc());
    text_with(reading.language, "breach-title", &[("on", &on)])
}

fn events((rows, lines): (&[EventRow], &[Line])) -> Vec<(String, String)> {
    let mut all: Vec<(u8, String, String)> = rows
        .iter()
        .zip(lines)
        .rev()
        .map(|(row, line)| {
            let words = format!("{}. {} ({})", row.version, line.what, line.at);
            (place(&row.kind), row.version.to_string(), words)
        })
        .collect();
    all.sort_by_key(|(place, _, _)| *place);
    all.into_iter().map(|(_, version, words)| (version, words)).collect()
}

/// What went out comes first, the answers before all: that is where most goes wrong. A notice says
/// nothing of anybody, and comes last.
fn place(kind: &str) -> u8 {
    match kind {
        "PackageReleased" | "PackageDownloaded" | "PackageDelivered" => 0,
        "LetterSent" | "MessageSent" => 1,
        "MailSent" => 3,
        _ => 2,
    }
}

/// `POST /requests/{id}/hold`
pub async fn hold(posted: Posted) -> Answer {
    let outcome = match reason(&posted, "hold_reason") {
        Ok(words) => posted.record(Some(words), keeping::hold).await,
        Err(error) => Err(error),
    };
    posted.back("form-hold", outcome).await
}

/// `POST /requests/{id}/hold-lifting`
pub async fn lift(posted: Posted) -> Answer {
    let outcome = match reason(&posted, "lift_reason") {
        Ok(words) => posted.record(Some(words), keeping::lift_hold).await,
        Err(error) => Err(error),
    };
    posted.back("form-lift-hold", outcome).await
}

fn reason(posted: &Posted, name: &'static str) -> Result<serde_json::Value> {
    posted.permit(Permission::DecideCase)?;
    let given = posted.form.field(name);
    required(name, given, LONGEST_REASON)?;
    Ok(json!({ "reason": given }))
}

/// `POST /requests/{id}/breaches`
pub async fn record_breach(posted: Posted) -> Answer {
    posted.permit(Permission::WorkCase)?;
    match breach(&posted).await {
        Ok(path) => Ok(see(&path)),
        Err(error) => posted.back("form-breach-of-case", Err(error)).await,
    }
}

async fn breach(posted: &Posted) -> Result<String> {
    let member = &posted.signed.member;
    let register = Register::open(&posted.front, member, posted.opened.controller.id).await?;
    let told = told(&posted.form, zone(&register))?;
    let version = posted.form.field("event_version").parse();
    let version = version.map_err(|_| Error::invalid("event_version", "no-such-event"))?;
    let (ctx, target, key) = (posted.ctx(), posted.target()?, register.key.clone());
    let id = posted.opened.row.id;
    let write = move |conn: &mut Conn| {
        let told = told.clone().lifted(event_at(conn, (id, version))?, ctx.now);
        record::record_of_case(conn, &ctx, &target, (version, &told), &key)
    };
    let row = posted.front.app.write(write).await?;
    Ok(format!("/controllers/{}/breaches/{}", row.controller_id, row.id))
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn a_release_stands_before_its_letter_and_a_notice_after_all() {
        let history =
            ["MailSent", "LetterSent", "NoteAdded", "PackageDownloaded", "PackageReleased"];
        let mut kinds = history;
        kinds.sort_by_key(|kind| place(kind));
        let expected =
            ["PackageDownloaded", "PackageReleased", "LetterSent", "NoteAdded", "MailSent"];
        assert_eq!(kinds, expected);
    }
}
