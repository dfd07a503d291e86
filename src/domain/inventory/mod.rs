//! The data map: where personal data lives, why, how long, and how it is found.
//!
//! Reading order: [`map`] (the types), [`document`] (YAML with places), [`parse`](parse::parse),
//! [`reach`] (which tables an identifier reaches), [`live`] (the map against a live schema),
//! [`portability`], [`special`], [`draft`].

mod columns;
pub mod document;
pub mod draft;
pub mod fields;
pub mod label;
pub mod live;
pub mod map;
pub mod matching;
pub mod parse;
pub mod portability;
pub mod problem;
pub mod reach;
mod references;
pub mod special;
mod tables;
