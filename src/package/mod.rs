//! The parcel: streams the rows that were found into JSON, CSV and pages, in one ZIP.

pub mod archive;
pub mod column;
pub mod contents;
pub mod csv_rows;
pub mod datapackage;
pub mod information;
pub mod json_rows;
pub mod keys;
pub mod names;
pub mod page;
pub mod portability;
pub mod profile;
pub mod report;
pub mod row_file;
pub mod table;
pub mod words;
pub mod write;
