//! SQLite files, over `rusqlite`: opened read-only, one read transaction, on a thread of its own.

pub mod catalogue;
pub mod compare;
pub mod rest;
pub mod rows;
pub mod session;
