//! The parcel: streams the rows that were found into JSON, CSV and pages, in one ZIP.
//!
//! A collection writes one [`row_file`] per table. [`write::write`] takes [`contents::Contents`],
//! which says everything but the rows, and a [`write::Supply`], which opens row files and uploads;
//! it reads each row file three times (the first rows for the page, all for the JSON, all for the
//! CSV) and holds no more than the largest row. The archive, in this order:
//!
//! - `index.html`, `information.html`: for the person, in the person's language;
//! - `information.json`: Article 15(1) and (2); `sources.json`: what was searched, with what end;
//!   `portability.json`: each column, and why it is there or not;
//! - `data/<system>.<table>.json`, the faithful copies, then the same as `.csv`, for spreadsheets;
//! - `files/<system>/…`: what a person added by hand;
//! - `datapackage.json`: describes all of these; `SHA256SUMS`: over all of these and it.

pub mod archive;
pub mod column;
pub mod contents;
pub mod csv_rows;
pub mod datapackage;
pub mod exceptions;
pub mod from_map;
pub mod information;
pub mod json_rows;
pub mod keys;
pub mod names;
pub mod page;
pub mod paper;
pub mod portability;
pub mod profile;
pub mod report;
pub mod row_file;
pub mod table;
pub mod withheld;
pub mod words;
pub mod write;
