//! The letters of a case: drafted from what is known, sent by a person. Sending a letter is the
//! verb: the same transaction runs the rules of the verb that the letter stands for.
//!
//! Drafts are working papers and leave no event; what is sent does.

pub mod document;
pub mod draft;
pub mod sending;
pub mod stored;
pub mod values;
pub mod view;
pub mod withheld;
