//! How long a sweep of alerts takes over 1,000,000 open requests: when nothing is due, and when the
//! time of 10,000 of them has come at once: `scripts/bench.sh sweep`.
//!
//! Those that are not due are copies of one prepared request with their own ids and dates over the
//! next month, since the sweep never opens them; the 10,000 are prepared as an intake prepares them,
//! with their history.

use std::io::Write;
use std::time::Instant;

use anyhow::ensure;
use chrono::Duration;
use guichet::db::alerts;
use guichet::db::column::Instant as Stamp;
use guichet::db::users::{self, Membership};
use guichet::db::{events, requests};
use guichet::domain::actor::{Actor, Ctx, Role};
use guichet::worker::alerts::sweep;
use guichet::workflow::intake::{self, Addressee, Prepared};

use crate::instance::{Instance as Guichet, On, wait};
use crate::queue::new_request;

const OPEN: usize = 1_000_000;
const DUE: usize = 10_000;
const BATCH: usize = 2_000;

/// Measures and prints.
///
/// # Errors
/// When something cannot be run, or does not do what is measured.
pub fn run(out: &mut impl Write) -> anyhow::Result<()> {
    for on in On::all() {
        let guichet = Guichet::make(&on)?;
        fill(&guichet)?;
        let nothing = timed(&guichet)?;
        come(&guichet)?;
        let many = timed(&guichet)?;
        let again = timed(&guichet)?;
        let user = guichet.agent;
        let left = wait(guichet.app.read(move |conn| Ok(alerts::waiting_for(conn, user, 1)?)))??;
        ensure!(left.is_empty(), "somebody was not told");
        writeln!(
            out,
            "{}: a sweep of {OPEN} open requests: {nothing:.3} s with nothing due, {many:.3} s \
             with {DUE} due at once, {again:.3} s after that",
            on.name()
        )?;
    }
    Ok(())
}

fn timed(guichet: &Guichet) -> anyhow::Result<f64> {
    let began = Instant::now();
    wait(sweep(&guichet.app, true))??;
    Ok(began.elapsed().as_secs_f64())
}

fn prepare(guichet: &Guichet, ctx: &Ctx, number: usize) -> anyhow::Result<Prepared> {
    let key = guichet.app.controller_key(&guichet.controller)?;
    let to = Addressee { controller: &guichet.controller, key: &key, days: &[] };
    Ok(intake::prepare(ctx, &to, &new_request(number)?)?)
}

/// Requests whose time comes within a month.
fn fill(guichet: &Guichet) -> anyhow::Result<()> {
    let ctx = guichet.app.ctx(Actor::CommandLine);
    let membership = Membership {
        user_id: guichet.agent,
        controller_id: guichet.controller.id,
        role: Role::Dpo,
        created_at: Stamp::from(ctx.now),
    };
    wait(guichet.app.write(move |conn| Ok(users::add_membership(conn, &membership)?)))??;
    let template = prepare(guichet, &ctx, 0)?.request;
    let step = Duration::days(30) / i32::try_from(OPEN)?;
    let mut at = ctx.now + Duration::hours(1);
    for begin in (DUE..OPEN).step_by(BATCH) {
        let mut rows = Vec::with_capacity(BATCH);
        for number in begin..(begin + BATCH).min(OPEN) {
            let mut row = template.clone();
            row.id = ctx.new_id();
            row.reference = number.to_string();
            row.alert_at = Some(Stamp::from(at));
            rows.push(row);
            at += step;
        }
        wait(guichet.app.write(move |conn| {
            for row in &rows {
                requests::insert(conn, row, &[], &[])?;
            }
            Ok(())
        }))??;
    }
    Ok(())
}

/// Requests that nobody has acknowledged, and whose time has come.
fn come(guichet: &Guichet) -> anyhow::Result<()> {
    let now = guichet.app.now() - Duration::days(10);
    let ctx = Ctx { actor: Actor::CommandLine, now };
    for begin in (0..DUE).step_by(BATCH) {
        let mut rows = Vec::with_capacity(BATCH);
        for number in begin..(begin + BATCH).min(DUE) {
            rows.push(prepare(guichet, &ctx, number)?);
        }
        wait(guichet.app.write(move |conn| {
            for prepared in &rows {
                requests::insert(conn, &prepared.request, &prepared.rights, &[])?;
                events::insert(conn, prepared.event())?;
            }
            Ok(())
        }))??;
    }
    Ok(())
}
