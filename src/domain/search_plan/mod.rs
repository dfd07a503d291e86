//! Data map + identifiers → the steps of a search, as a graph that is settled before it runs.
//!
//! Reading order: [`identifiers`], [`plan`], [`contacts`] (what may be read before identity is
//! verified), [`graph`], [`persons`] (whose what was found is).

pub mod contacts;
pub mod graph;
pub mod identifiers;
pub mod persons;
pub mod plan;
