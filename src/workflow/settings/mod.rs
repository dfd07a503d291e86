//! Verbs on what stands beside the cases: controllers, people, their roles and their keys. Each
//! writes one event, without personal data.

pub mod api_keys;
pub mod controllers;
pub mod data_map;
pub mod identity_provider;
pub mod letter_texts;
pub mod memberships;
pub mod permission;
pub mod profile;
pub mod retention;
pub mod systems;
pub mod text;
pub mod users;
