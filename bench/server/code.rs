//! How long 200 guesses at one code take that come at once, and how many of them are compared at
//! all: `scripts/bench.sh code`.

use std::io::Write;
use std::time::Instant;

use anyhow::ensure;
use chrono::Duration;
use guichet::db::codes::{self, CodeRow};
use guichet::db::column::Instant as Stamp;
use guichet::db::{events, requests};
use guichet::domain::actor::{Actor, Ctx, OwnCase};
use guichet::domain::code::CodeState;
use guichet::domain::ids::CodeId;
use guichet::vault::code::Code;
use guichet::workflow::codes::{Verdict, confirm};
use guichet::workflow::intake::{self, Addressee};
use tokio::task::JoinSet;

use crate::figures::Durations;
use crate::instance::{Instance as Guichet, On, wait};
use crate::queue::new_request;

const TRIES: usize = 200;
const MOST_COMPARED: i32 = 5;

/// Measures and prints.
///
/// # Errors
/// When something cannot be run, or more guesses are compared than may be.
pub fn run(out: &mut impl Write) -> anyhow::Result<()> {
    for on in On::all() {
        let guichet = Guichet::make(&on)?;
        let (own, session, id, code) = ask(&guichet)?;
        let began = Instant::now();
        let (each, right) = wait(guess(&guichet, own, &session, &code))??;
        let seconds = began.elapsed().as_secs_f64();
        let row = wait(guichet.app.read(move |conn| Ok(codes::get(conn, id)?)))??;
        let compared = row.map_or(0, |row| row.guesses);
        ensure!(compared == MOST_COMPARED, "{compared} guesses were compared");
        ensure!(right == 0, "the right code came after five wrong ones, and was taken");
        writeln!(
            out,
            "{}: {TRIES} guesses at once: {seconds:.3} s, p50 {:.1} ms, p99 {:.1} ms; {compared} \
             compared, the right code among the rest refused",
            on.name(),
            each.milliseconds(50),
            each.milliseconds(99)
        )?;
    }
    Ok(())
}

/// A case in whose portal a code was asked for, and sent.
fn ask(guichet: &Guichet) -> anyhow::Result<(OwnCase, Vec<u8>, CodeId, Code)> {
    let ctx = guichet.app.ctx(Actor::CommandLine);
    let key = guichet.app.controller_key(&guichet.controller)?;
    let to = Addressee { controller: &guichet.controller, key: &key, days: &[] };
    let prepared = intake::prepare(&ctx, &to, &new_request(1)?)?;
    let (controller, request) = (guichet.controller.id, prepared.request.id);
    let (session, id, code) = (vec![7; 32], ctx.new_id::<CodeId>(), Code::random());
    let hash = code.hash(guichet.app.vault(), id.uuid());
    let row = CodeRow {
        id,
        controller_id: controller,
        request_id: request,
        session_hash: session.clone(),
        state: CodeState::Sent,
        code_hash: Some(hash.to_vec()),
        guesses: 0,
        asked_at: Stamp::from(ctx.now),
        expires_at: Some(Stamp::from(ctx.now + Duration::minutes(10))),
        ended_at: None,
    };
    wait(guichet.app.write(move |conn| {
        requests::insert(conn, &prepared.request, &prepared.rights, &[])?;
        events::insert(conn, prepared.event())?;
        Ok(codes::insert(conn, &row)?)
    }))??;
    Ok((OwnCase { controller, request, visit: 1 }, session, id, code))
}

/// Wrong guesses, all at once, and the right code once five of them were answered.
async fn guess(
    guichet: &Guichet,
    own: OwnCase,
    session: &[u8],
    code: &Code,
) -> anyhow::Result<(Durations, usize)> {
    let mut tries = JoinSet::new();
    for number in 0..TRIES {
        let (app, session) = (guichet.app.clone(), session.to_vec());
        let shown = code.shown();
        let last = shown.trim_end().chars().last().unwrap_or('0');
        // A digit of the code is another one; from the hundredth on it is the code itself.
        let wrong = if last == '0' { '1' } else { '0' };
        let typed = match number {
            100.. => shown.to_string(),
            _ => shown.chars().take(shown.chars().count() - 1).chain([wrong]).collect(),
        };
        let typed = Code::parse(&typed).ok_or_else(|| anyhow::anyhow!("a code does not read"))?;
        tries.spawn(async move {
            let began = Instant::now();
            let ctx = Ctx { actor: Actor::Subject(own), now: app.now() };
            let vault = app.vault().clone();
            let typed = std::sync::Arc::new(typed);
            let answer = app.write(move |conn| confirm(conn, &ctx, &vault, &session, &typed)).await;
            (began.elapsed(), answer)
        });
    }
    let (mut each, mut right) = (Vec::new(), 0);
    while let Some(tried) = tries.join_next().await {
        let (took, answer) = tried?;
        each.push(took);
        right += usize::from(answer? == Verdict::Right);
    }
    Ok((Durations::new(each), right))
}
