//! Everything through the front door, in one test binary: one module an activity.
#![allow(
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test says that it fails by panicking"
)]

mod alerts;
mod alike;
mod answers;
mod attachments;
mod audit;
mod authorization;
mod backup;
mod breaches;
mod call_codes;
mod canary;
mod case_file;
mod circumstances;
mod clock;
mod codes;
mod collect;
mod collection;
mod commands;
mod connectors;
mod contract;
mod controllers;
mod correction;
mod data_map;
mod deadline;
mod delivery;
mod demo;
mod downloads;
mod faults;
mod find;
mod head;
mod identity;
mod identity_documents;
mod intake;
mod jobs;
mod keeping;
mod language;
mod least_level;
mod letter_codes;
mod letters;
mod lifecycle;
mod mail;
mod manual;
mod map;
mod migrations;
mod nightly;
mod package;
mod pages;
mod portal;
mod provider;
mod recovery;
mod release;
mod review;
mod sign_in;
mod start;
mod support;
mod systems;
mod tasks;
mod telling;
mod tidy;
mod undo;
mod users;
mod writer;
