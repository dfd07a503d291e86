//! Hands: reach into other people's systems, to read only, within limits.
//!
//! Reading order: [`settings`] (how a system is reached), [`hosts`] (where one may reach),
//! [`error`], [`sink`] (where rows go), [`search`] (drives the searches of a plan), [`session`]
//! (one snapshot of one system), [`statement`] (a plan as SQL), then the databases. [`remote`] reaches
//! what speaks HTTP: [`webhook`] calls in checkpoints, [`provider`] has people signed in.

pub mod error;
pub mod hosts;
pub mod links;
pub mod postgresql;
pub mod provider;
pub mod remote;
pub mod search;
pub mod session;
pub mod settings;
pub mod sink;
pub mod sqlite;
pub mod statement;
pub mod webhook;
