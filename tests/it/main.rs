//! The integration tests, by activity.

mod deadline;
