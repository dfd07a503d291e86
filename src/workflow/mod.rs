//! Verbs: one function, one transaction, one event. They write rows and jobs, and never touch
//! network, mail or files.

pub mod alert_mail;
pub mod alerts;
pub mod breaches;
pub mod call_codes;
pub mod case_file;
pub mod checkpoint_mail;
pub mod clock;
pub mod closing;
pub mod codes;
pub mod collection;
pub mod contact_conditions;
pub mod correction;
pub mod extension;
pub mod findings;
pub mod identity;
pub mod identity_documents;
pub mod intake;
pub mod keeping;
pub mod letter_codes;
pub mod letters;
pub mod mails;
pub mod manual;
pub mod messages;
pub mod proven_routes;
pub mod provider_sign_ins;
pub mod record;
pub mod release;
pub mod response;
pub mod review;
pub mod sealing;
pub mod settings;
pub mod sources;
pub mod stopping;
pub mod subject;
pub mod tasks;
