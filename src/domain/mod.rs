//! The law. Pure: no I/O, no SQL, no clock, no async. Imports nothing of ours.

pub mod actor;
pub mod crockford;
pub mod event;
pub mod history;
pub mod identity;
pub mod ids;
pub mod job;
pub mod lifecycle;
pub mod named;
pub mod request;
pub mod calendar;
pub mod deadline;
pub mod regime;
pub mod exemption;
pub mod inventory;
pub mod right;
pub mod row;
pub mod search_plan;
pub mod reference;
pub mod subject;
