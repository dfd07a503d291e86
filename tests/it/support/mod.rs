//! What every test stands on: an instance with a fresh database, people, and a client.
#![allow(dead_code, reason = "each activity uses a part")]

pub mod app;
pub mod builders;
pub mod cases;
pub mod client;
pub mod db;
pub mod postgresql;
pub mod provider;
pub mod sources;
pub mod visit;
pub mod wire;
