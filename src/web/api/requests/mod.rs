//! Requests: logged, read, found, and moved by their verbs.

pub mod clock;
pub mod closing;
pub mod find;
pub mod history;
pub mod identity;
pub mod log;
pub mod read;
pub mod shown;
pub mod verb;
