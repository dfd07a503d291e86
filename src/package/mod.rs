//! The parcel: streams the rows that were found into JSON, CSV and pages, in one ZIP.

pub mod archive;
pub mod contents;
pub mod csv_rows;
pub mod json_rows;
pub mod keys;
pub mod names;
pub mod profile;
pub mod row_file;
pub mod table;
pub mod write;
