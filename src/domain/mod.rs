//! The law. Pure: no I/O, no SQL, no clock, no async. Imports nothing of ours.

pub mod actor;
pub mod calendar;
pub mod clock;
pub mod crockford;
pub mod deadline;
pub mod event;
pub mod exemption;
pub mod history;
pub mod identity;
pub mod ids;
pub mod inventory;
pub mod job;
pub mod letter;
pub mod lifecycle;
pub mod named;
pub mod reference;
pub mod regime;
pub mod request;
pub mod right;
pub mod row;
pub mod search_plan;
pub mod subject;
