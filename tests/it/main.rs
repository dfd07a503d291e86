//! Everything through the front door, in one test binary: one module an activity.

mod contract;
#[cfg(test)]
mod deadline;
#[cfg(test)]
mod package;
mod intake;
mod sign_in;
mod support;
