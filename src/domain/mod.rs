//! The law. Pure: no I/O, no SQL, no clock, no async. Imports nothing of ours.

pub mod right;
pub mod row;
