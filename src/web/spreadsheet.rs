//! Lists as CSV (RFC 4180), safe for spreadsheets: no cell runs as a formula.

use actix_web::HttpResponse;
use actix_web::http::header;

use crate::error::{Error, Result};
use crate::package::csv_rows::neutral;

/// In which form a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Json,
    Csv,
}

impl Format {
    /// Reads the `format` of a query; JSON without one.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn parse(text: Option<&str>) -> Result<Self> {
        match text {
            None | Some("json") => Ok(Self::Json),
            Some("csv") => Ok(Self::Csv),
            Some(_) => Err(Error::invalid("format", "unknown-value")),
        }
    }
}

/// Rows under a header, as a file to be saved.
///
/// # Errors
/// When a row has another length than the header.
pub fn answer(name: &str, header_cells: &[&str], rows: &[Vec<String>]) -> Result<HttpResponse> {
    let failed = |_| Error::internal("a list could not be written as CSV");
    let mut writer = csv::WriterBuilder::new();
    let mut writer = writer.terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(header_cells).map_err(failed)?;
    for row in rows {
        let cells = row.iter().map(|cell| neutral(cell));
        writer.write_record(cells.map(|cell| cell.into_owned().into_bytes())).map_err(failed)?;
    }
    let body = writer.into_inner();
    let body = body.map_err(|_| Error::internal("a list could not be written as CSV"))?;
    let disposition = format!("attachment; filename=\"{name}.csv\"");
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .body(body))
}
