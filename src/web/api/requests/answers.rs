//! What a person answers for a manual system: rows typed, files uploaded before, or nothing found.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use super::searches::{load, search_id};
use super::typed_rows::{TypedRow, columns};
use super::verb::Verb;
use crate::app::new_files::NewFiles;
use crate::domain::actor::Permission;
use crate::domain::ids::SearchId;
use crate::domain::inventory::map::System;
use crate::error::{Error, Result};
use crate::web::json::Json;
use crate::web::manual::{MOST_COLUMNS, TypedRows, keep_rows, system_of};
use crate::web::problem::Problem;
use crate::web::written::{LONGEST_REASON, text};
use crate::web::{Front, owned, version};
use crate::workflow::manual::{self, ManualAnswer};
use crate::workflow::record::Case;

/// The body of `answerSystem`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    outcome: AnswerOutcome,
    #[serde(default)]
    tables: Vec<TypedTable>,
    note: Option<String>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum AnswerOutcome {
    Answered,
    NothingFound,
}

/// Rows that a person typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypedTable {
    table: String,
    rows: Vec<TypedRow>,
}

/// `POST /api/v1/requests/{id}/searches/{search_id}/systems/{system}/answer`
///
/// # Errors
/// As the contract says.
pub async fn answer_system(
    request: HttpRequest,
    front: Data<Front>,
    verb: Verb,
    json: Json<AnswerBody>,
) -> std::result::Result<HttpResponse, Problem> {
    let search = search_id(&request)?;
    let system = request.match_info().get("system").unwrap_or_default().to_owned();
    let AnswerBody { outcome, tables, note } = json.body;
    text("note", note.as_deref(), LONGEST_REASON)?;
    if tables.len() > 50 {
        let most = vec![("maximum", "50".to_owned())];
        return Err(Error::invalid_with("tables", "too-many", most).into());
    }
    let opened = verb.opened(Permission::AnswerSystem)?;
    owned::check(&front.app, verb.member(), opened.row.controller_id, &system).await?;
    let mapped = system_of(&front, opened, search, &system).await?;
    let tables = tables_of(&mapped, tables)?;
    let ctx = front.app.ctx(verb.actor());
    let (folder, mut kept) = (front.app.folder(), NewFiles::new(front.app.folder()));
    let typed =
        keep_rows(&mut kept, &folder, opened.key()?, &ctx, (&opened.row, &mapped), tables).await?;
    let nothing_found = outcome == AnswerOutcome::NothingFound;
    let special_tables = mapped.special_tables();
    let tables = typed;
    let answer =
        ManualAnswer { search, system: system.clone(), tables, nothing_found, special_tables };
    let words = note.map(|note| json!({ "note": note }));
    let recorded = verb.record(words, move |conn, ctx, target, written| {
        manual::answer_system(conn, ctx, target, &answer, written)
    });
    let recorded = async {
        recorded.await.map_err(|problem| match problem {
            Problem::Error(error) => error,
            other => Error::internal(other.to_string()),
        })
    };
    let case = kept.recorded(recorded).await?;
    shown_to(&front, &verb, &case, search, &system).await
}

/// `DELETE /api/v1/requests/{id}/searches/{search_id}/systems/{system}/answer`
///
/// # Errors
/// As the contract says.
pub async fn take_back_answer(
    request: HttpRequest,
    front: Data<Front>,
    verb: Verb,
) -> std::result::Result<HttpResponse, Problem> {
    let search = search_id(&request)?;
    let system = request.match_info().get("system").unwrap_or_default().to_owned();
    let opened = verb.opened(Permission::AnswerSystem)?;
    owned::check(&front.app, verb.member(), opened.row.controller_id, &system).await?;
    let of = system.clone();
    let case = verb
        .record(None, move |conn, ctx, target, written| {
            manual::take_back_answer(conn, ctx, target, (search, &of), written)
        })
        .await?;
    shown_to(&front, &verb, &case, search, &system).await
}

/// The search as it stands now; for who answers for systems alone, this system of it.
async fn shown_to(
    front: &Front,
    verb: &Verb,
    case: &Case,
    search: SearchId,
    system: &str,
) -> std::result::Result<HttpResponse, Problem> {
    let sees_all = verb.member().may(case.row.controller_id, Permission::ReadHistory);
    let mut shown = load(front, case.row.id, Some(search)).await?.into_iter().next();
    let systems = shown.as_mut().and_then(|shown| shown.get_mut("systems")?.as_array_mut());
    if let (Some(systems), false) = (systems, sees_all) {
        // What was found elsewhere is no matter of whoever answers for this one alone.
        systems.retain(|one| one.get("system").is_some_and(|name| *name == system));
    }
    Ok(HttpResponse::Ok().insert_header(version::etag(case.row.version)).json(shown))
}

/// Rows are typed for tables of the map: others would have no place in the package.
fn tables_of(system: &System, tables: Vec<TypedTable>) -> Result<Vec<TypedRows>> {
    let mut all: Vec<TypedRows> = Vec::with_capacity(tables.len());
    for (place, TypedTable { table, rows }) in tables.into_iter().enumerate() {
        let field = format!("tables[{place}]");
        if system.table(&table).is_none() {
            return Err(Error::invalid(format!("{field}.table"), "no-such-table"));
        }
        if all.iter().any(|other| other.table == table) {
            return Err(Error::invalid(format!("{field}.table"), "twice"));
        }
        let names = columns(&rows);
        if names.len() > MOST_COLUMNS {
            let most = vec![("maximum", MOST_COLUMNS.to_string())];
            return Err(Error::invalid_with(format!("{field}.rows"), "too-many", most));
        }
        let values = |row: &TypedRow| names.iter().map(|name| row.value(name)).collect();
        let values = rows.iter().map(values).collect();
        let columns = names.into_iter().map(str::to_owned).collect();
        all.push(TypedRows { table, columns, rows: values });
    }
    Ok(all)
}
