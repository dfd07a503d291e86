//! The offer to undo what the reader did last, on the page that follows, and the form of the queue
//! that takes it.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::case::posted::Posted;
use super::form::Form;
use super::frame::see;
use super::language_choice::own_path;
use super::queue::{answer, of_query};
use super::refusal::{refusal, unnamed};
use super::signed::SignedPage;
use super::wording::named;
use crate::db::column::Instant;
use crate::db::controllers::Controller;
use crate::db::{events, requests};
use crate::domain::actor::Permission;
use crate::domain::ids::RequestId;
use crate::domain::undo::{OFFERED, Undoable};
use crate::error::{Error, Result};
use crate::language::{Language, text_with};
use crate::web::problem::Problem;
use crate::web::queue::{self, Person};
use crate::web::{Front, opened};
use crate::workflow::record::{Case, Expected, Target, Written};
use crate::workflow::undo::undo_last;

/// As many as are acknowledged together.
const MOST: usize = 200;

/// What can be undone, until when, and the form that does it.
pub struct Offer {
    pub what: String,
    pub until: String,
    /// Milliseconds until it goes away, where a script runs.
    pub left_ms: i64,
    pub action: String,
    /// The hidden fields of the form.
    pub fields: Vec<(&'static str, String)>,
}

impl Offer {
    /// Nothing once the time is over.
    fn new(
        language: Language,
        (action, count): (Undoable, usize),
        (at, now): (DateTime<Utc>, DateTime<Utc>),
        zone: Tz,
    ) -> Option<Self> {
        let until = at + OFFERED;
        let left_ms = (until - now).num_milliseconds();
        if left_ms <= 0 {
            return None;
        }
        let what = match count {
            1 => named(language, "undo-one", action.name()),
            count => text_with(language, "undo-several", &[("count", &count.to_string())]),
        };
        let time = until.with_timezone(&zone).format("%H:%M:%S").to_string();
        let until = text_with(language, "undo-until", &[("time", &time)]);
        Some(Self { what, until, left_ms, action: String::new(), fields: Vec::new() })
    }
}

/// What the reader can undo on the page of a case.
#[must_use]
pub fn of_case(front: &Front, signed: &SignedPage, case: &Case) -> Option<Offer> {
    let now = front.app.now();
    let (action, last) = case.state.undoable(&signed.actor().name(), now).ok()?;
    let zone = case.state.rules.time_zone;
    let offer = Offer::new(signed.language, (action, 1), (last.at, now), zone)?;
    let version = case.row.version.to_string();
    let action = format!("/requests/{}/undo", case.row.id);
    Some(Offer { action, fields: vec![("version", version)], ..offer })
}

/// What the reader can undo on the queue: the newest action, with all that was done at that instant.
///
/// # Errors
/// When the database fails, or an event does not read.
pub async fn of_queue(
    front: &Front,
    signed: &SignedPage,
    controllers: &[Controller],
    from: String,
) -> Result<Option<Offer>> {
    let now = front.app.now();
    let (scope, actor) = (signed.member.scope(), signed.actor().name());
    let since = Instant::from(now - OFFERED);
    let found = front.app.read(move |conn| {
        let mut rows = events::of_actor_since(conn, &actor, &KINDS, since)?;
        let newest = rows.iter().map(|row| row.at).max();
        rows.retain(|row| Some(row.at) == newest);
        let ids: Vec<RequestId> = rows.iter().filter_map(|row| row.request_id).collect();
        Ok((rows, requests::versions(conn, &scope, &ids)?))
    });
    let (mut rows, versions) = found.await?;
    rows.retain(|row| row.request_id.and_then(|id| versions.get(&id)) == Some(&row.version));
    let Some(first) = rows.first() else { return Ok(None) };
    let action = KINDS.iter().position(|kind| *kind == first.kind);
    let action = action.and_then(|place| Undoable::ALL.get(place).copied());
    let action = action.ok_or_else(|| Error::internal("an event of no action"))?;
    let controller = controllers.iter().find(|it| Some(it.id) == first.controller_id);
    let zone = controller.map_or(chrono_tz::UTC, queue::zone);
    let at = (first.at.utc(), now);
    let Some(offer) = Offer::new(signed.language, (action, rows.len()), at, zone) else {
        return Ok(None);
    };
    let requests = rows.iter().filter_map(|row| Some((row.request_id?, row.version)));
    let mut fields = vec![("from", from)];
    fields.extend(requests.map(|(id, version)| ("request", format!("{id}:{version}"))));
    Ok(Some(Offer { action: "/undo".to_owned(), fields, ..offer }))
}

/// The events of what can be undone, in the order of [`Undoable::ALL`].
const KINDS: [&str; 3] = ["RequestAcknowledged", "RequestAssigned", "RequestClosed"];

/// `POST /requests/{id}/undo`
///
/// # Errors
/// What is no matter of the form.
pub async fn post(posted: Posted) -> std::result::Result<HttpResponse, Problem> {
    let key = posted.opened.key().ok().cloned();
    let verb = posted.record(None, move |conn, ctx, target, written| {
        undo_last(conn, ctx, target, key.as_ref(), written)
    });
    let outcome = verb.await;
    posted.back("form-undo", outcome).await
}

/// `POST /undo`: each request by itself, on the version that the page showed. Those for which it is
/// too late are named, with the reason.
///
/// # Errors
/// What is no matter of the form.
pub async fn post_several(
    front: Data<Front>,
    signed: SignedPage,
    form: Form,
) -> std::result::Result<HttpResponse, Problem> {
    signed.check(&form)?;
    let back = own_path(form.field("from"));
    let mut left: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for field in form.all("request").take(MOST) {
        if let Some((reference, why)) = undo(&front, &signed, field).await? {
            left.entry(why).or_default().push(reference);
        }
    }
    if left.is_empty() {
        return Ok(see(back));
    }
    let told = left.iter().map(|(why, references)| {
        let told = [("references", references.join(", ")), ("why", why.clone())];
        let told = told.each_ref().map(|(name, value)| (*name, value.as_str()));
        text_with(signed.language, "undo-left", &told)
    });
    let told = told.collect::<Vec<_>>().join(" ");
    let search = of_query(back);
    let needed = Permission::ReadHistory;
    let found = queue::find(&front, &signed.member, &search, &Person::default(), needed).await;
    answer(&front, &signed, (search, None), found, Some((StatusCode::CONFLICT, told))).await
}

/// The reference of a request that could not be undone, and why; `field` is its id and its version.
async fn undo(
    front: &Front,
    signed: &SignedPage,
    field: &str,
) -> std::result::Result<Option<(String, String)>, Problem> {
    let wrong = || Error::invalid("request", "wrong-type");
    let (id, version) = field.split_once(':').ok_or_else(wrong)?;
    let id: RequestId = id.parse().map_err(|_| wrong())?;
    let version: i64 = version.parse().map_err(|_| wrong())?;
    let opened = opened::open(front, &signed.member, id, Permission::ReadHistory).await?;
    let (ctx, key) = (front.app.ctx(signed.actor()), opened.key().ok().cloned());
    let target = Target { scope: signed.member.scope(), id, expected: Expected::Version(version) };
    let verb = front.app.write(move |conn| {
        undo_last(conn, &ctx, &target, key.as_ref(), &Written::plain(&ctx)).map(drop)
    });
    // Whatever happened since, there is no change to look at and to send anew.
    let outcome = verb.await.map_err(|error| match error {
        Error::Conflict { code: "stale" } => Error::Transition { code: "nothing-to-undo" },
        other => other,
    });
    let Err(error) = outcome else { return Ok(None) };
    let (_, told) = refusal(error, signed.language, unnamed)?;
    Ok(Some((opened.row.reference, told.join(" "))))
}
