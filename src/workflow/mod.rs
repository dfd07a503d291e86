//! Verbs: one function, one transaction, one event. They write rows and jobs, and never touch
//! network, mail or files.

pub mod clock;
pub mod closing;
pub mod collection;
pub mod extension;
pub mod findings;
pub mod identity;
pub mod intake;
pub mod letters;
pub mod manual;
pub mod record;
pub mod response;
pub mod settings;
pub mod sources;
pub mod stopping;
pub mod tasks;
