//! The integration tests, by activity.

#[cfg(test)]
mod deadline;
#[cfg(test)]
mod package;
