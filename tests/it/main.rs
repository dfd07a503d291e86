//! The integration tests, by activity.

#[cfg(test)]
mod deadline;
