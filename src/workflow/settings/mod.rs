//! Verbs on what stands beside the cases: controllers, people, their roles and their keys. Each
//! writes one event, without personal data.

pub mod profile;
