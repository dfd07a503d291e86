//! Everything through the front door, in one test binary: one module an activity.
#![allow(
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test says that it fails by panicking"
    clippy::as_conversions,
    clippy::string_slice,
    reason = "a test that cannot go on shall say where and stop"
)]

mod connectors;
mod contract;
mod deadline;
mod intake;
mod map;
mod package;
mod language;
mod sign_in;
mod support;
mod migrations;
mod tidy;
