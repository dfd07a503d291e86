//! The register of breaches of a controller.

use std::future::Future;
use std::pin::Pin;

use actix_web::web::{Data, Path, Query};
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::requests::verb::case_id;
use crate::db::breaches::Breach;
use crate::db::conn::Conn;
use crate::domain::actor::{Ctx, Permission};
use crate::domain::breach::{BreachKind, BreachRecord, BreachRisk};
use crate::domain::ids::{BreachId, ControllerId};
use crate::error::{Error, Result};
use crate::vault::ControllerKey;
use crate::web::breaches::{MOST, Register, breach_id};
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::spreadsheet::Format;
use crate::web::{Front, opened, tongue, version};
use crate::workflow::breaches::decision::{self, NewNotice};
use crate::workflow::breaches::record::{self, Informed, Told};
use crate::workflow::breaches::stored::Of;
use crate::workflow::record::{Expected, Target};

type Answer = std::result::Result<HttpResponse, Problem>;

const fn confidentiality() -> BreachKind {
    BreachKind::Confidentiality
}

const fn unassessed() -> BreachRisk {
    BreachRisk::Unassessed
}

/// What stands in a field that may be left out: an instant, or `null` for none.
fn informed<'de, D: Deserializer<'de>>(reader: D) -> std::result::Result<Informed, D::Error> {
    let said = Option::<DateTime<Utc>>::deserialize(reader)?;
    Ok(said.map_or(Informed::No, Informed::At))
}

/// The body of `recordBreach`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreachBody {
    #[serde(default = "confidentiality")]
    kind: BreachKind,
    #[serde(default = "unassessed")]
    risk: BreachRisk,
    aware_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "informed_at", deserialize_with = "informed")]
    informed: Informed,
    #[serde(default)]
    record: BreachRecord,
}

/// The body of `changeBreach`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeBody {
    #[serde(default = "confidentiality")]
    kind: BreachKind,
    #[serde(default = "unassessed")]
    risk: BreachRisk,
    aware_at: Option<DateTime<Utc>>,
    #[serde(default)]
    aware_reason: String,
    #[serde(default, rename = "informed_at", deserialize_with = "informed")]
    informed: Informed,
    #[serde(default)]
    record: BreachRecord,
}

/// The body of `recordCaseBreach`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseBreachBody {
    event_version: i64,
    #[serde(default = "confidentiality")]
    kind: BreachKind,
    #[serde(default = "unassessed")]
    risk: BreachRisk,
    aware_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "informed_at", deserialize_with = "informed")]
    informed: Informed,
    #[serde(default)]
    record: BreachRecord,
}

/// The body of `notifyBreach`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeBody {
    sent_at: DateTime<Utc>,
    authority: String,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    late_reason: String,
}

/// The body of `declineNotification` and of `reopenBreach`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    reason: String,
}

/// The body of `closeBreach`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseBody {
    reason: Option<String>,
}

/// The query of `listBreaches`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    format: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

impl ListQuery {
    fn limit(&self) -> Result<i64> {
        let Some(text) = &self.limit else { return Ok(MOST) };
        let limit = text.parse().ok().filter(|limit| (1..=MOST).contains(limit));
        let most = vec![("maximum", MOST.to_string())];
        limit.ok_or_else(|| Error::invalid_with("limit", "out-of-range", most))
    }
}

impl BreachBody {
    fn told(self) -> Told {
        let Self { kind, risk, aware_at, informed, record } = self;
        Told { kind, risk, aware_at, aware_reason: String::new(), informed, record }
    }
}

impl ChangeBody {
    fn told(self) -> Told {
        let Self { kind, risk, aware_at, aware_reason, informed, record } = self;
        Told { kind, risk, aware_at, aware_reason, informed, record }
    }
}

/// `GET /api/v1/controllers/{id}/breaches?format=…&cursor=…&limit=…`: as CSV the whole register.
///
/// # Errors
/// As the contract says.
pub async fn list(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    id: Path<ControllerId>,
    query: Query<ListQuery>,
) -> Answer {
    let register = Register::open(&front, &signed.0, *id).await?;
    let format = Format::parse(query.format.as_deref())?;
    let limit = query.limit()?;
    if format == Format::Csv {
        return Ok(register.csv(&register.all(&front).await?, tongue::of(&request))?);
    }
    let (page, next) = register.list(&front, query.cursor.as_deref(), limit).await?;
    let page: Vec<_> = page.iter().map(|breach| register.shown(breach)).collect();
    Ok(HttpResponse::Ok().json(json!({ "breaches": page, "next_cursor": next })))
}

/// `POST /api/v1/controllers/{id}/breaches`
///
/// # Errors
/// As the contract says.
pub async fn record(
    front: Data<Front>,
    signed: Signed,
    id: Path<ControllerId>,
    json: Json<BreachBody>,
) -> Answer {
    let register = open_to_work(&front, &signed, *id, Permission::WorkCase).await?;
    let (ctx, key) = (front.app.ctx(signed.actor()), register.key.clone());
    let told = json.body.told();
    let write = move |conn: &mut Conn| record::record(conn, &ctx, *id, &told, &key);
    let row = front.app.write(write).await?;
    created(&front, &register, &row).await
}

/// `POST /api/v1/requests/{id}/breaches`: an event of a case becomes a breach record.
///
/// # Errors
/// As the contract says.
pub async fn record_of_case(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    json: Json<CaseBreachBody>,
) -> Answer {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.0, id, Permission::WorkCase).await?;
    let target = Target { scope: signed.0.scope(), id, expected: version::expected(&request)? };
    let register = Register::open(&front, &signed.0, opened.controller.id).await?;
    let (ctx, key) = (front.app.ctx(signed.actor()), register.key.clone());
    let CaseBreachBody { event_version, kind, risk, aware_at, informed, record } = json.body;
    let told = BreachBody { kind, risk, aware_at, informed, record }.told();
    let write = move |conn: &mut Conn| {
        record::record_of_case(conn, &ctx, &target, (event_version, &told), &key)
    };
    let row = front.app.write(write).await?;
    created(&front, &register, &row).await
}

/// `GET /api/v1/controllers/{id}/breaches/{breach_id}`
///
/// # Errors
/// As the contract says.
pub async fn get(front: Data<Front>, signed: Signed, path: Path<(ControllerId, String)>) -> Answer {
    let register = Register::open(&front, &signed.0, path.0).await?;
    let breach = register.get(&front, breach_id(&path.1)?).await?;
    let etag = version::etag(breach.row.version);
    Ok(HttpResponse::Ok().insert_header(etag).json(register.shown(&breach)))
}

/// `PUT /api/v1/controllers/{id}/breaches/{breach_id}`
///
/// # Errors
/// As the contract says.
pub async fn change(verb: BreachVerb, json: Json<ChangeBody>) -> Answer {
    let told = json.body.told();
    verb.run(Permission::WorkCase, move |conn, ctx, of, key| {
        record::change(conn, ctx, of, &told, key)
    })
    .await
}

/// `POST /api/v1/controllers/{id}/breaches/{breach_id}/notices`
///
/// # Errors
/// As the contract says.
pub async fn notify(verb: BreachVerb, json: Json<NoticeBody>) -> Answer {
    let NoticeBody { sent_at, authority, reference, late_reason } = json.body;
    let new = NewNotice { sent_at, authority, reference, late_reason };
    verb.run(Permission::DecideCase, move |conn, ctx, of, key| {
        decision::notify(conn, ctx, of, &new, key)
    })
    .await
}

/// `POST /api/v1/controllers/{id}/breaches/{breach_id}/no-notification`
///
/// # Errors
/// As the contract says.
pub async fn decline(verb: BreachVerb, json: Json<ReasonBody>) -> Answer {
    let reason = json.body.reason;
    verb.run(Permission::DecideCase, move |conn, ctx, of, key| {
        decision::decline(conn, ctx, of, &reason, key)
    })
    .await
}

/// `POST /api/v1/controllers/{id}/breaches/{breach_id}/closing`
///
/// # Errors
/// As the contract says.
pub async fn close(verb: BreachVerb, json: Json<CloseBody>) -> Answer {
    let reason = json.body.reason;
    verb.run(Permission::DecideCase, move |conn, ctx, of, key| {
        decision::close(conn, ctx, of, reason.as_deref(), key)
    })
    .await
}

/// `POST /api/v1/controllers/{id}/breaches/{breach_id}/reopening`
///
/// # Errors
/// As the contract says.
pub async fn reopen(verb: BreachVerb, json: Json<ReasonBody>) -> Answer {
    let reason = json.body.reason;
    verb.run(Permission::DecideCase, move |conn, ctx, of, key| {
        decision::reopen(conn, ctx, of, &reason, key)
    })
    .await
}

async fn open_to_work(
    front: &Front,
    signed: &Signed,
    controller: ControllerId,
    permission: Permission,
) -> Result<Register> {
    use crate::workflow::settings::permission::on_cases;
    on_cases(&signed.actor(), controller, permission)?;
    Register::open(front, &signed.0, controller).await
}

/// A verb on its way: who calls, on which breach, on which version.
pub struct BreachVerb {
    front: Data<Front>,
    signed: Signed,
    place: Result<(ControllerId, BreachId)>,
    expected: std::result::Result<Expected, Problem>,
}

impl FromRequest for BreachVerb {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let signed = Signed::from_request(request, payload);
        let (place, expected) = (place(request), version::expected(request));
        let front = request.app_data::<Data<Front>>().cloned();
        Box::pin(async move {
            let signed = signed.await?;
            let front = front.ok_or_else(|| Error::internal("no front door"))?;
            Ok(Self { front, signed, place, expected })
        })
    }
}

/// The ids in the path; what is no UUID names nothing.
fn place(request: &HttpRequest) -> Result<(ControllerId, BreachId)> {
    let part = |name: &str| request.match_info().get(name).unwrap_or_default();
    let controller = part("id").parse().map_err(|_| Error::NotFound)?;
    Ok((controller, breach_id(part("breach_id"))?))
}

impl BreachVerb {
    /// Runs it, and answers the breach as it stands then.
    async fn run<F>(self, permission: Permission, verb: F) -> Answer
    where
        F: Fn(&mut Conn, &Ctx, Of, &ControllerKey) -> Result<Breach> + Send + 'static,
    {
        let (front, (controller, id)) = (self.front, self.place?);
        let register = open_to_work(&front, &self.signed, controller, permission).await?;
        // Whether it exists is told before what the call lacks.
        register.get(&front, id).await?;
        let of = Of { controller, id, expected: self.expected? };
        let (ctx, key) = (front.app.ctx(self.signed.actor()), register.key.clone());
        front.app.write(move |conn| verb(conn, &ctx, of, &key).map(drop)).await?;
        let breach = register.get(&front, id).await?;
        let etag = version::etag(breach.row.version);
        Ok(HttpResponse::Ok().insert_header(etag).json(register.shown(&breach)))
    }
}

async fn created(front: &Front, register: &Register, row: &Breach) -> Answer {
    let breach = register.get(front, row.id).await?;
    let place = format!("/api/v1/controllers/{}/breaches/{}", row.controller_id, row.id);
    Ok(HttpResponse::Created()
        .insert_header(("location", place))
        .insert_header(version::etag(breach.row.version))
        .json(register.shown(&breach)))
}
