//! `POST /api/v1/requests`: a request of any channel is logged and gets its dates.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::shown;
use crate::db::column::Instant;
use crate::db::controllers::{self, CalendarDay, Controller};
use crate::db::idempotency::IdempotencyKey;
use crate::domain::actor::{Ctx, Permission};
use crate::domain::clock;
use crate::domain::ids::{ControllerId, UserId};
use crate::domain::request::{Channel, ObjectionTo};
use crate::domain::right::Right;
use crate::domain::subject::text::is_blank;
use crate::error::{Error, FieldError, Result};
use crate::language::Language;
use crate::language::step::sentence;
use crate::vault::code::CallCode;
use crate::vault::place::Place;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::subject_given::SubjectGiven;
use crate::web::written::{required, text};
use crate::web::{Front, queue, tongue, version};
use crate::workflow::call_codes;
use crate::workflow::intake::{self, Addressee, Logged, NewRequest, Prepared};
use crate::workflow::record::Case;
use crate::workflow::subject::Representative;

/// How long the words of a request may be, in characters.
const LONGEST_WORDS: usize = 20_000;

/// The body of the call.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    controller_id: ControllerId,
    channel: Channel,
    rights: Vec<Right>,
    objection_to: Option<ObjectionTo>,
    subject: SubjectGiven,
    #[serde(default)]
    words: String,
    language: Option<Language>,
    received_at: Option<DateTime<Utc>>,
    received_reason: Option<String>,
    representative: Option<Representative>,
}

/// `POST /api/v1/requests`
///
/// # Errors
/// As the contract says.
pub async fn log_request(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    json: Json<Body>,
) -> std::result::Result<HttpResponse, Problem> {
    let key = idempotency_key(&request)?;
    let controller_id = json.body.controller_id;
    // A controller that one may not know does not exist.
    if !signed.0.belongs_to(controller_id) {
        return Err(Error::invalid("controller_id", "no-such-controller").into());
    }
    if !signed.0.may(controller_id, Permission::LogRequest) {
        return Err(Error::Forbidden.into());
    }
    let (scope, user) = (signed.0.scope(), signed.0.id);
    let key = key.map(|key| Key::new(user, key, &json.bytes));
    let asked = key.clone();
    let (controller, days, before) = front
        .app
        .read(move |conn| {
            let controller = controllers::get(conn, &scope, controller_id)?;
            let days = controllers::calendar_days(conn, controller_id)?;
            let before = match &asked {
                Some(key) => intake::replay(conn, user, &key.hash, &key.body_hash)?,
                None => None,
            };
            Ok((controller, days, before))
        })
        .await?;
    // Before anything is compared with the present: what was accepted yesterday as of that day is
    // answered today as it was then.
    if let (Some(key), Some(Logged::Replayed { sealed_answer, .. })) = (&key, before) {
        return Ok(replayed(&front, key, &sealed_answer)?);
    }
    let new = parse(json.body, &front, &controller)?;
    let ctx = front.app.ctx(signed.actor());
    let intake = Intake {
        front: &front,
        controller: &controller,
        days: &days,
        language: tongue::of(&request),
    };
    Ok(intake.log(ctx, new, key).await?)
}

/// An idempotency key with what it stands for.
#[derive(Clone)]
struct Key {
    user: UserId,
    hash: Vec<u8>,
    body_hash: Vec<u8>,
    /// The answer holds a receipt secret, so it is sealed; the key and its owner are its place.
    place: String,
}

impl Key {
    fn new(user: UserId, key: String, body: &[u8]) -> Self {
        Self {
            user,
            hash: Sha256::digest(&key).to_vec(),
            body_hash: Sha256::digest(body).to_vec(),
            place: format!("{user}/{key}"),
        }
    }

    fn place(&self) -> Place<'_> {
        Place::of_text("idempotency_keys", "sealed_answer", &self.place)
    }
}

/// The first answer to a key, again.
fn replayed(front: &Front, key: &Key, sealed_answer: &[u8]) -> Result<HttpResponse> {
    let answer = front.app.vault().staff_key().open(&key.place(), sealed_answer)?;
    let id = serde_json::from_slice::<Value>(&answer)
        .ok()
        .and_then(|answer| answer.pointer("/request/id")?.as_str().map(str::to_owned));
    let location = format!("/api/v1/requests/{}", id.unwrap_or_default());
    Ok(created(&location, answer, true))
}

struct Intake<'a> {
    front: &'a Front,
    controller: &'a Controller,
    days: &'a [CalendarDay],
    language: Language,
}

impl Intake<'_> {
    /// Prepares and stores the request. A reference that is taken, or a key that another call uses
    /// at this very moment, makes a second try.
    async fn log(&self, ctx: Ctx, new: NewRequest, key: Option<Key>) -> Result<HttpResponse> {
        let controller_key = self.front.app.controller_key(self.controller)?;
        let to = Addressee { controller: self.controller, key: &controller_key, days: self.days };
        for _ in 0..3 {
            let mut prepared = intake::prepare(&ctx, &to, &new)?;
            // Whoever calls has nothing to keep a receipt on.
            let spoken = (new.channel == Channel::Phone).then(CallCode::random);
            let vault = self.front.app.vault();
            let kept = |code: &CallCode| call_codes::row(&ctx, vault, &prepared.request, code);
            prepared.call_code = spoken.as_ref().map(kept);
            let answer = self.answer(&prepared, spoken.as_ref())?;
            let row = match &key {
                Some(key) => Some(self.key_row(&ctx, key, &answer)?),
                None => None,
            };
            let location = format!("/api/v1/requests/{}", prepared.request.id);
            let ctx = ctx.clone();
            let stored = self
                .front
                .app
                .write(move |conn| intake::log_request(conn, &ctx, &prepared, row.as_ref()))
                .await;
            match stored {
                Ok(Logged::New) => return Ok(created(&location, answer, false)),
                Ok(Logged::Replayed { sealed_answer, .. }) => {
                    let key = key.as_ref().ok_or_else(|| Error::internal("a replay of no key"))?;
                    return replayed(self.front, key, &sealed_answer);
                }
                Err(Error::Conflict { code: "exists" }) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Unavailable("reference"))
    }

    fn answer(&self, prepared: &Prepared, spoken: Option<&CallCode>) -> Result<Vec<u8>> {
        let zone = prepared.state.rules.time_zone;
        let mut explanation = Vec::new();
        for right in &prepared.dates.rights {
            let (_, steps) = clock::explain(&prepared.state, right.right)
                .map_err(crate::workflow::record::clock_error)?;
            let steps: Vec<_> = steps
                .iter()
                .map(|step| {
                    json!({
                        "rule": step.rule,
                        "text": sentence(step, self.language, zone),
                        "source": step.source,
                    })
                })
                .collect();
            explanation.push(json!({ "right": right.right.name(), "steps": steps }));
        }
        let case = Case {
            row: prepared.request.clone(),
            state: prepared.state.clone(),
            dates: prepared.dates.clone(),
        };
        let mut answer = json!({
            "request": shown::case(&case, None, self.front.app.now()),
            "receipt_secret": prepared.receipt.shown().as_str(),
            "explanation": explanation,
        });
        if let (Value::Object(answer), Some(spoken)) = (&mut answer, spoken) {
            answer.insert("call_code".to_owned(), Value::from(spoken.shown().as_str()));
        }
        serde_json::to_vec(&answer).map_err(|_| Error::internal("an answer to JSON"))
    }

    fn key_row(&self, ctx: &Ctx, key: &Key, answer: &[u8]) -> Result<IdempotencyKey> {
        Ok(IdempotencyKey {
            user_id: key.user,
            key_hash: key.hash.clone(),
            body_hash: key.body_hash.clone(),
            status: 201,
            sealed_answer: self.front.app.vault().staff_key().seal(&key.place(), answer)?,
            created_at: Instant::from(ctx.now),
        })
    }
}

fn created(location: &str, answer: Vec<u8>, replayed: bool) -> HttpResponse {
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, location));
    response.insert_header(version::etag(1));
    if replayed {
        response.insert_header(("Idempotency-Replayed", "true"));
    }
    response.content_type("application/json").body(answer)
}

/// At most 255 printable ASCII characters.
fn idempotency_key(request: &HttpRequest) -> Result<Option<String>> {
    let mut values = request.headers().get_all("idempotency-key");
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let wrong = || Error::invalid("Idempotency-Key", "wrong-key");
    if values.next().is_some() {
        return Err(wrong());
    }
    let key = value.to_str().map_err(|_| wrong())?;
    if key.is_empty() || key.len() > 255 {
        return Err(wrong());
    }
    Ok(Some(key.to_owned()))
}

fn parse(body: Body, front: &Front, controller: &Controller) -> Result<NewRequest> {
    let mut errors: Vec<FieldError> = Vec::new();
    let mut keep = |result: Result<()>| {
        if let Err(Error::Invalid(more)) = result {
            errors.extend(more);
        }
    };
    let subject = body.subject.parse(&controller.country, queue::today(front, controller));
    keep(subject.as_ref().map(drop).map_err(Clone::clone));
    let rights = intake::exercised(&body.rights, body.objection_to);
    keep(rights.as_ref().map(drop).map_err(Clone::clone));
    keep(text("words", Some(&body.words), LONGEST_WORDS));
    keep(text("received_reason", body.received_reason.as_deref(), 2000));
    if let Some(representative) = &body.representative {
        keep(required("representative.name", &representative.name, 200));
        keep(required("representative.capacity", &representative.capacity, 200));
        keep(text("representative.contact", Some(&representative.contact), 500));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    Ok(NewRequest {
        channel: body.channel,
        rights: rights?,
        subject: subject?,
        words: body.words,
        language: body.language.unwrap_or(controller.language),
        received_at: body.received_at,
        received_reason: body.received_reason.filter(|reason| !is_blank(reason)),
        representative: body.representative,
    })
}
