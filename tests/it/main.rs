//! Everything through the front door, in one test binary: one module an activity.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says that it fails by panicking"
)]

mod connectors;
mod contract;
mod deadline;
mod intake;
mod map;
mod package;
mod sign_in;
mod support;
