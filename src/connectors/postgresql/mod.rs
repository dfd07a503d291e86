//! PostgreSQL, over `tokio-postgres`: one read-only snapshot, rows streamed as text.
//!
//! The server renders every value as text, since that alone is exact for all of its types, and
//! binds compare in the column's own type, so that its indexes serve.

pub mod catalogue;
pub mod compare;
pub mod connect;
pub mod frames;
pub mod session;
pub mod values;
