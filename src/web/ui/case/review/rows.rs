//! The rows of one table, page by page, each with a form to withhold of it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::{Place, grounds, place};
use crate::domain::actor::Permission;
use crate::domain::ids::RequestId;
use crate::domain::row::Value;
use crate::language::text_with;
use crate::web::opened;
use crate::web::problem::Problem;
use crate::web::review::{self, rows};
use crate::web::ui::case::case_id;
use crate::web::ui::frame::{Frame, page};
use crate::web::ui::signed::SignedPage;
use crate::web::{Front, review::rows::Row};

/// How many rows stand on a page.
const ROWS: usize = 20;

#[derive(Template)]
#[template(path = "web/ui/templates/review_rows.html")]
struct RowsPage {
    frame: Frame,
    place: Place,
    system: String,
    table: String,
    caption: String,
    columns: Vec<String>,
    rows: Vec<RowView>,
    grounds: Vec<(&'static str, String)>,
    from: u64,
    before: Option<String>,
    next: Option<String>,
    works: bool,
}

struct RowView {
    number: u64,
    is_withheld: bool,
    /// The columns with their values.
    cells: Vec<CellView>,
}

struct CellView {
    column: String,
    value: String,
    /// A word of ours in the place of a value.
    is_said: bool,
    is_withheld: bool,
}

/// The query of the page.
#[derive(Deserialize)]
pub struct RowsQuery {
    system: String,
    table: String,
    from: Option<u64>,
}

/// Where the rows of a table are shown from a number on.
#[must_use]
pub fn link(id: RequestId, system: &str, table: &str, from: u64) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("system", system)
        .append_pair("table", table)
        .append_pair("from", &from.to_string())
        .finish();
    format!("/requests/{id}/review/rows?{query}")
}

/// `GET /requests/{id}/review/rows`
pub async fn show(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
    query: Query<RowsQuery>,
) -> Result<HttpResponse, Problem> {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.member, id, Permission::ReadSubject).await?;
    let found = review::load(&front, &opened, None).await?;
    let file = found.file(&query.system, &query.table)?;
    let (_, held) = found.held(opened.key()?, file)?;
    let from = query.from.unwrap_or(1).max(1);
    let of = rows::page(&front, &opened, file, (from, ROWS), held).await?;
    let last = of.rows.last().map_or(0, |row| row.number);
    let (first, last, total) = (from.to_string(), last.to_string(), file.row_count.to_string());
    let told = [("first", first.as_str()), ("last", &last), ("total", &total)];
    let columns: Vec<String> = of.columns.iter().map(|column| column.name.clone()).collect();
    let turn = |from: u64| link(id, &query.system, &query.table, from);
    let back = from.saturating_sub(u64::try_from(ROWS).unwrap_or(1)).max(1);
    let frame = signed.frame();
    let template = RowsPage {
        place: place(&found, &opened),
        caption: text_with(frame.language, "review-rows-caption", &told),
        rows: of.rows.iter().map(|row| view(&frame, &columns, row)).collect(),
        columns,
        grounds: grounds(frame.language),
        before: (from > 1).then(|| turn(back)),
        next: of.next.map(turn),
        from,
        works: signed.member.may(opened.row.controller_id, Permission::WorkCase),
        system: query.system.clone(),
        table: query.table.clone(),
        frame,
    };
    page(StatusCode::OK, signed.language, &template)
}

fn view(frame: &Frame, columns: &[String], row: &Row) -> RowView {
    let cells = columns.iter().zip(&row.cells).map(|(column, cell)| {
        let said = match &cell.value {
            Value::Null => Some(frame.t("review-null")),
            Value::Bytes(_) => Some(frame.t("review-bytes")),
            Value::Boolean(true) => Some(frame.t("review-true")),
            Value::Boolean(false) => Some(frame.t("review-false")),
            Value::Text(_) | Value::Number(_) | Value::Json(_) => None,
        };
        let written = match &cell.value {
            Value::Text(text) | Value::Number(text) | Value::Json(text) => text.clone(),
            _ => String::new(),
        };
        CellView {
            column: column.clone(),
            is_said: said.is_some(),
            value: said.unwrap_or(written),
            is_withheld: !cell.withheld.is_empty(),
        }
    });
    RowView { number: row.number, is_withheld: row.withheld.is_some(), cells: cells.collect() }
}
