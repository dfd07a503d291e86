//! One conformance suite for every connector, on real databases: SQLite files made here, and
//! PostgreSQL where `TEST_DATABASE_URL` is set.

pub mod chinook;
mod circles;
mod faults;
mod hidden;
mod interruptions;
mod limits;
mod matching;
pub mod sources;
mod strict;
mod types;
mod ways;
