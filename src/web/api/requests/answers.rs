//! What a person answers for a manual system: rows typed, files uploaded before, or nothing found.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use super::searches::{load, search_id};
use super::typed_rows::{TypedRow, columns};
use super::verb::Verb;
use crate::db::column::Instant;
use crate::db::files::FileRow;
use crate::db::requests::Request;
use crate::db::{data_maps, searches};
use crate::domain::actor::{Ctx, Permission};
use crate::domain::ids::{FileId, SearchId};
use crate::domain::row::{self, Column, ValueKind};
use crate::error::{Error, Result};
use crate::package::row_file::writer::RowFileWriter;
use crate::sealed_folder::{SealedFolder, Stored};
use crate::vault::CaseKey;
use crate::web::json::Json;
use crate::web::opened::Opened;
use crate::web::problem::Problem;
use crate::web::written::{LONGEST_REASON, text};
use crate::web::{Front, owned, version};
use crate::workflow::manual::{self, ManualAnswer};
use crate::workflow::sources::open_map;

/// How many columns typed rows may have between them.
const MOST_COLUMNS: usize = 200;

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
    check_tables(&front, opened, search, &system, &tables).await?;
    let ctx = front.app.ctx(verb.actor());
    let typed = type_rows(&front.app.folder(), opened.key()?, &ctx, &opened.row, tables).await?;
    let sees_all = verb.member().may(opened.row.controller_id, Permission::ReadHistory);
    let nothing_found = outcome == AnswerOutcome::NothingFound;
    let files: Vec<FileId> = typed.iter().map(|(file, _, _)| file.id).collect();
    let answer = ManualAnswer { search, system: system.clone(), tables: typed, nothing_found };
    let words = note.map(|note| json!({ "note": note }));
    let recorded = verb
        .record(words, move |conn, ctx, target, written| {
            manual::answer_system(conn, ctx, target, &answer, written)
        })
        .await;
    let case = match recorded {
        Ok(case) => case,
        Err(problem) => {
            give_up(&front.app.folder(), &files, &problem);
            return Err(problem);
        }
    };
    let mut shown = load(&front, case.row.id, Some(search)).await?.into_iter().next();
    let systems = shown.as_mut().and_then(|shown| shown.get_mut("systems")?.as_array_mut());
    if let (Some(systems), false) = (systems, sees_all) {
        // What was found elsewhere is no matter of whoever answers for this one alone.
        systems.retain(|one| one.get("system").is_some_and(|name| *name == system));
    }
    Ok(HttpResponse::Ok().insert_header(version::etag(case.row.version)).json(shown))
}

/// Removes files that a refused verb has left without a row. Where it is not known what became of
/// the verb they stay, and are looked at with the orphans.
pub(super) fn give_up(folder: &SealedFolder, files: &[FileId], problem: &Problem) {
    let unknown = matches!(
        problem,
        Problem::Error(Error::Unavailable(_) | Error::RunAgain | Error::Internal(_))
    );
    for id in files.iter().filter(|_| !unknown) {
        // What cannot be removed now is an orphan, and is looked for later.
        let _ = folder.remove(*id);
    }
}

/// Rows are typed for tables of the map: others would have no place in the package.
async fn check_tables(
    front: &Front,
    opened: &Opened,
    search: SearchId,
    system: &str,
    tables: &[TypedTable],
) -> Result<()> {
    let (request, controller) = (opened.row.id, opened.controller.id);
    let row = front
        .app
        .read(move |conn| {
            let search = searches::get(conn, request, search)?;
            Ok(data_maps::get(conn, controller, search.map_version)?)
        })
        .await?;
    let map = open_map(&front.app.controller_key(&opened.controller)?, &row)?;
    let system = map.system(system).ok_or(Error::NotFound)?;
    for (place, table) in tables.iter().enumerate() {
        let field = format!("tables[{place}]");
        if system.table(&table.table).is_none() {
            return Err(Error::invalid(format!("{field}.table"), "no-such-table"));
        }
        let before = tables.iter().take(place);
        if before.into_iter().any(|other| other.table == table.table) {
            return Err(Error::invalid(format!("{field}.table"), "twice"));
        }
        if columns(&table.rows).len() > MOST_COLUMNS {
            let most = vec![("maximum", MOST_COLUMNS.to_string())];
            return Err(Error::invalid_with(format!("{field}.rows"), "too-many", most));
        }
    }
    Ok(())
}

/// Typed rows as row files, so that the package finds them like any others.
async fn type_rows(
    folder: &SealedFolder,
    key: &CaseKey,
    ctx: &Ctx,
    request: &Request,
    tables: Vec<TypedTable>,
) -> Result<Vec<(FileRow, String, u64)>> {
    let mut typed = Vec::with_capacity(tables.len());
    for (place, table) in tables.into_iter().enumerate() {
        if table.table.is_empty() || table.table.chars().count() > 200 {
            return Err(Error::invalid(format!("tables[{place}].table"), "wrong-name"));
        }
        let (folder, key, id) = (folder.clone(), key.clone(), ctx.new_id());
        let name = table.table.clone();
        let stored = tokio::task::spawn_blocking(move || write_rows(&folder, &key, id, &table));
        let (stored, rows) = stored
            .await
            .map_err(|_| Error::internal("typed rows could not be kept"))?
            .map_err(|_| Error::Unavailable("disk"))?;
        typed.push((row_of(ctx, request, &stored, "rows"), name, rows));
    }
    Ok(typed)
}

fn write_rows(
    folder: &SealedFolder,
    key: &CaseKey,
    id: FileId,
    table: &TypedTable,
) -> std::io::Result<(Stored, u64)> {
    let names = columns(&table.rows);
    let columns: Vec<Column> = names
        .iter()
        .map(|name| Column { name: (*name).to_owned(), kind: ValueKind::Text })
        .collect();
    let mut writer = RowFileWriter::create(folder.create(id, key)?, &table.table, &columns)?;
    for given in &table.rows {
        let values: Vec<row::Value> = names.iter().map(|name| given.value(name)).collect();
        writer.write(&values)?;
    }
    let (file, rows) = writer.finish()?;
    Ok((file.finish()?, rows))
}

/// The row of a file that stands in the folder.
pub(super) fn row_of(ctx: &Ctx, request: &Request, stored: &Stored, purpose: &str) -> FileRow {
    FileRow {
        id: stored.id,
        controller_id: request.controller_id,
        request_id: request.id,
        purpose: purpose.to_owned(),
        sealed_name: None,
        size_bytes: i64::try_from(stored.size_bytes).unwrap_or(i64::MAX),
        sha256: stored.sha256.to_vec(),
        created_at: Instant::from(ctx.now),
    }
}
