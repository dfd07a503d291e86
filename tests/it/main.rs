//! Everything through the front door, in one test binary: one module an activity.

mod contract;
#[cfg(test)]
mod deadline;
#[cfg(test)]
mod package;
mod intake;
mod sign_in;
mod support;
//! The integration tests, one binary.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says that it fails by panicking"
mod connectors;
mod map;
