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
use crate::web::opened::{self, Opened};
use crate::web::problem::Problem;
use crate::web::review::{self, Review, rows};
use crate::web::ui::case::case_id;
use crate::web::ui::form::Form;
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
    /// Why a form was refused, and what stood in it.
    wrong: Vec<String>,
    form: Form,
}

impl RowsPage {
    /// Whether the refused form stands beside this row.
    fn is_refused(&self, number: u64) -> bool {
        self.form.field("row") == number.to_string()
    }

    /// What stood in a field of the form beside a row.
    fn kept(&self, number: u64, field: &str) -> &str {
        if self.is_refused(number) { self.form.field(field) } else { "" }
    }

    /// Whether a ground is the one that stands chosen.
    fn is_ground(&self, number: u64, code: &str) -> bool {
        match self.kept(number, "exemption") {
            "" => code == "rights_of_others",
            kept => kept == code,
        }
    }
}

/// A form that was not carried out: why, and what stood in it.
pub struct Refused {
    pub status: StatusCode,
    pub told: Vec<String>,
    pub form: Form,
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
    pub system: String,
    pub table: String,
    pub from: Option<u64>,
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
    let none = Refused { status: StatusCode::OK, told: Vec::new(), form: Form::of(Vec::new()) };
    answer(&front, (&signed, &opened), &found, &query, none).await
}

/// The page, after a form that was refused or without one; what stood in it stands there again.
///
/// # Errors
/// `Invalid` when there are no rows of the table.
pub async fn answer(
    front: &Front,
    (signed, opened): (&SignedPage, &Opened),
    found: &Review,
    query: &RowsQuery,
    refused: Refused,
) -> Result<HttpResponse, Problem> {
    let id = opened.row.id;
    let file = found.file(&query.system, &query.table)?;
    let (_, held) = found.held(opened.key()?, file)?;
    let from = query.from.unwrap_or(1).max(1);
    let of = rows::page(front, opened, file, (from, ROWS), held).await?;
    let last = of.rows.last().map_or(0, |row| row.number);
    let (first, last, total) = (from.to_string(), last.to_string(), file.row_count.to_string());
    let told = [("first", first.as_str()), ("last", &last), ("total", &total)];
    let columns: Vec<String> = of.columns.iter().map(|column| column.name.clone()).collect();
    let turn = |from: u64| link(id, &query.system, &query.table, from);
    let back = from.saturating_sub(u64::try_from(ROWS).unwrap_or(1)).max(1);
    let mut frame = signed.frame();
    frame.path = turn(from);
    let Refused { status, told: wrong, form } = refused;
    let template = RowsPage {
        place: place(found, opened),
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
        wrong,
        form,
        frame,
    };
    page(status, signed.language, &template)
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
