//! Guichet answers people who exercise their data-protection rights.
//!
//! The rooms, in reading order:
//!
//! - [`domain`]: the law. Pure functions and types; knows nothing of databases, networks or time.
//! - [`vault`]: secrets. Keys, sealing of fields and files, blind indexes. Knows no case.
//! - [`connectors`]: hands. Reach into other people's systems, to read only.
//! - [`language`]: every text that a person reads, in French and English.
//! - [`cli`]: one file per command.
//! - [`package`]: the parcel. Streams the rows found into JSON, CSV and pages, in one ZIP.

pub mod app;
pub mod cli;
pub mod config;
pub mod connectors;
pub mod db;
pub mod domain;
pub mod error;
pub mod language;
pub mod package;
pub mod sealed_folder;
pub mod sealed_rows;
pub mod start;
pub mod vault;
pub mod web;
pub mod worker;
pub mod workflow;
