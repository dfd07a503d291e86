//! Guichet answers people who exercise their data-protection rights.
//!
//! The rooms, in reading order; `tests/it/tidy/imports.rs` says who may import whom:
//!
//! - [`domain`]: the law. Pure functions and types; knows nothing of databases, networks or time.
//! - [`vault`]: secrets. Keys, sealing of fields and files, blind indexes. Knows no case.
//! - [`audit`]: proof. A tree over the events, signed checkpoints, and their verification.
//! - [`db`]: memory. Rows and queries, the one writer; the only room with SQL of our own.
//! - [`workflow`]: verbs. One function, one transaction, one event; synchronous.
//! - [`connectors`]: hands. Reach into other people's systems, to read only.
//! - [`package`]: the parcel. Streams the rows found into JSON, CSV and pages, in one ZIP.
//! - [`mail`]: the letterbox. Builds mails, and hands them to the mail server.
//! - [`worker`]: the engine room. Claims jobs and touches the outside.
//! - [`web`]: the front door. Routes, API, pages; the only room that knows HTTP.
//! - [`language`]: every text that a person reads, in French and English.
//! - [`cli`]: one file per command. [`config`], [`start`], [`app`]: settings, opening an instance,
//!   the instance at work. [`backup`]: all of it in one sealed file. [`sealed_folder`], [`sealed_rows`]: files that only their case opens.
//!
//! What holds everywhere:
//!
//! - A request is the fold of its events ([`domain::history`]). The columns of the queue are a
//!   projection of the same fold, rewritten by every verb; no verb changes a column alone.
//! - A change, its event and its jobs commit together, and so do the outcome of a job and its end.
//!   Nothing is acknowledged before the commit.
//! - An event is folded for ever as it was when it was recorded: what a newer rule asks is a field that
//!   older events lack, and never changes what they said. So an answer that was revoked before
//!   `reopens` was recorded leaves its right answered; a person takes such a case up again.
//! - Time and ids enter at the edge ([`app`]) and travel in a `Ctx`.
//! - Personal data is sealed before it reaches a row or a file, under a key of its case.
//! - A query of a controller's data takes a `Scope`, made from memberships read on this call, or
//!   from the job at hand.
//!
//! Where this house differs from the usual plan, and why:
//!
//! - Ids are 16 bytes in the database and not text: the indexes of a million requests are a third
//!   of the size.
//! - A page of the queue is one index range a controller and a status, merged in memory: no index
//!   serves the order of several controllers at once.
//! - A search is one job for each group of systems that depend on each other, and mostly that is
//!   one system: a circle through two systems cannot be searched one after the other.
//! - A person is looked for with a POST: what stands in a URL ends up in logs.
//! - What is undone is an event too, and the fold goes back to where it was before the action: there is
//!   one way to the state, and the proof holds both. Nothing is done that an undo would have to give
//!   back: what a closing ends is ended by a job, and the other jobs of the case stand still until then.
//! - A lease lasts seconds and is renewed during the work, however long that is, so that what a
//!   killed worker held is taken up at once.
//! - The code that an identity provider sends a person back with is redeemed in the call that brings
//!   it, by [`web`] itself: it lives for a minute, and every worker may be searching for five. It is
//!   the one call to the outside that is not a job.
//! - OpenID Connect is done with the libraries that are there (`jsonwebtoken` on `aws-lc-rs`, `hyper`)
//!   and some hundred lines: the usual library brings 38 crates more, a second set of cryptography
//!   among them.
//! - An identity document has a key of its own below that of its case: to be gone is to have no key, in
//!   the transaction of the decision, and a restore destroys it again. A decision of V3 deletes it before
//!   the second person confirms, because they confirm a written reason. No hold makes its 72 hours
//!   longer. A keyed hash of the file stays with the case, or nobody would notice that it comes again.
//! - The instance's own PostgreSQL is reached without TLS, because its client library is built in
//!   without OpenSSL: nothing has to be installed, and README says what to do instead.

pub mod app;
pub mod audit;
pub mod backup;
pub mod cli;
pub mod config;
pub mod connectors;
pub mod db;
pub mod domain;
pub mod error;
pub mod language;
pub mod mail;
pub mod package;
pub mod sealed_folder;
pub mod sealed_rows;
pub mod start;
pub mod vault;
pub mod web;
pub mod worker;
pub mod workflow;
