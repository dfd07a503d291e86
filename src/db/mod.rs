//! Memory: rows and queries. The only room with SQL. It returns rows or their absence, and never
//! decides.

pub mod alerts;
pub mod audit;
pub mod backups;
pub mod checkpoint_deliveries;
pub mod codes;
pub mod column;
pub mod conn;
pub mod contacts;
pub mod controllers;
pub mod data_maps;
pub mod dialect;
pub mod dump;
pub mod events;
pub mod files;
pub mod idempotency;
pub mod instance;
pub mod jobs;
pub mod letter_texts;
pub mod letters;
pub mod live_checks;
pub mod mails;
pub mod migrations;
pub mod packages;
pub mod pool;
pub mod portal_sessions;
pub mod queue;
pub mod requests;
pub mod schema;
pub mod searches;
pub mod sessions;
pub mod systems;
pub mod tasks;
pub mod url;
pub mod users;
pub mod writer;
