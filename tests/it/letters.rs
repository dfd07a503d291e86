//! Letters through the front door: drafted from the case, held back while something is missing,
//! sent as the verb that they stand for.

mod authorities;
pub mod desk;
mod kept;
mod rendered;
mod said;
mod texts;
mod truth;
mod verbs;
mod whom;
mod words;
