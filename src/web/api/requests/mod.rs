//! Requests: logged, read, found, and moved by their verbs.

pub mod alerts;
pub mod answers;
pub mod attachments;
pub mod call_codes;
pub mod case_file;
pub mod clock;
pub mod closing;
pub mod correction;
pub mod find;
pub mod history;
pub mod identity;
pub mod identity_documents;
pub mod letter_codes;
pub mod letters;
pub mod log;
pub mod message;
pub mod messages;
pub mod packages;
pub mod read;
pub mod review;
pub mod searches;

pub mod shown;
mod typed_rows;
pub mod uploads;
pub mod verb;
