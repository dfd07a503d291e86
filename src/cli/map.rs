//! `guichet map check` and `guichet map draft`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Subcommand;

use super::say;
use crate::app::Clock;
use crate::connectors::error::SourceError;
use crate::connectors::hosts::Allowlist;
use crate::connectors::session::{Limits, live_schema};
use crate::connectors::settings::Connection;
use crate::domain::inventory::document::LONGEST_BYTES;
use crate::domain::inventory::draft::draft;
use crate::domain::inventory::fields::is_name;
use crate::domain::inventory::live::{self, LiveSchema, LiveTable, Undescribed};
use crate::domain::inventory::map::{DataMap, System};
use crate::domain::inventory::parse::{Document, parse};
use crate::domain::inventory::problem::Problem;
use crate::language::{Language, date, text, text_with};

/// What can be done with a data map.
#[derive(Debug, Subcommand)]
pub enum MapCommand {
    /// Checks a data map, and against the live schemas of the systems that are named.
    Check {
        /// The map, as YAML or JSON.
        file: PathBuf,
        /// A live system: NAME=postgresql://user@host/database or NAME=sqlite:PATH.
        #[arg(long = "connect", value_name = "NAME=URL")]
        connect: Vec<String>,
        /// The language of the messages.
        #[arg(long, default_value = "en")]
        language: Language,
    },
    /// Drafts a map from a live schema, on standard output.
    Draft {
        /// The live system: NAME=postgresql://user@host/database or NAME=sqlite:PATH.
        #[arg(long = "connect", value_name = "NAME=URL")]
        connect: String,
        /// The language of the messages.
        #[arg(long, default_value = "en")]
        language: Language,
    },
}

const FINDING: u8 = 1;
const UNUSABLE: u8 = 2;

/// Runs the command. 0 is done, 1 a finding, 2 unusable input.
pub async fn run(command: MapCommand) -> ExitCode {
    let done = match command {
        MapCommand::Check { file, connect, language } => check(&file, &connect, language).await,
        MapCommand::Draft { connect, language } => print_draft(&connect, language).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed { code, message }) => {
            say(&message);
            ExitCode::from(code)
        }
    }
}

/// Why a command fails, in words, and its exit code.
struct Failed {
    code: u8,
    message: String,
}

fn unusable(message: String) -> Failed {
    Failed { code: UNUSABLE, message }
}

/// The sentence about a source, in a language.
#[must_use]
pub fn source_sentence(language: Language, error: &SourceError) -> String {
    let arguments = error.arguments();
    let arguments: Vec<(&'static str, &str)> =
        arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
    text_with(language, error.code(), &arguments)
}

/// `shop=postgresql://…` → the name and the connection.
///
/// # Errors
///
/// A sentence that says what to write. It does not repeat the URL, which may hold a password.
pub fn read_connect(language: Language, argument: &str) -> Result<(String, Connection), String> {
    let Some((name, url)) = argument.split_once('=').filter(|(name, _)| !name.contains("://"))
    else {
        return Err(text(language, "map-bad-connect"));
    };
    if !is_name(name) {
        return Err(text_with(language, "map-bad-system-name", &[("value", name)]));
    }
    let failed = |error: crate::connectors::settings::SettingsError| {
        let (key, option) = error.words();
        let reason = text_with(language, key, &[("value", &option)]);
        text_with(language, "map-cannot-connect", &[("system", name), ("reason", &reason)])
    };
    Ok((name.to_owned(), Connection::from_url(url).map_err(failed)?))
}

/// Reads the live schema of a `--connect` argument.
async fn connect(
    language: Language,
    argument: &str,
) -> Result<(String, LiveSchema, Connection), Failed> {
    let (name, connection) = read_connect(language, argument).map_err(unusable)?;
    let schema = live_schema(&connection, &Allowlist::anything(), &Limits::default()).await;
    let schema = schema.map_err(|error| {
        let reason = source_sentence(language, &error);
        let arguments = [("system", name.as_str()), ("reason", reason.as_str())];
        unusable(text_with(language, "map-cannot-connect", &arguments))
    })?;
    Ok((name, schema, connection))
}

/// Reads a map's text, no more of it than a map may have.
///
/// # Errors
///
/// A sentence that says why not.
pub fn read_map_file(language: Language, file: &std::path::Path) -> Result<String, String> {
    use std::io::Read;
    let shown = file.display().to_string();
    let failed = |error: std::io::Error| {
        let reason = error.to_string();
        text_with(language, "map-cannot-read", &[("file", &shown), ("reason", &reason)])
    };
    let limit = u64::try_from(LONGEST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut map = String::new();
    let opened = std::fs::File::open(file).map_err(failed)?;
    opened.take(limit).read_to_string(&mut map).map_err(failed)?;
    Ok(map)
}

/// `file:line:column: path: sentence`, one line for each error.
#[must_use]
pub fn problem_lines(language: Language, file: &str, problems: &[Problem]) -> Vec<String> {
    let line = |problem: &Problem| {
        let sentence = text_with(language, problem.rule.code(), &problem.arguments());
        let path =
            if problem.path.is_empty() { String::new() } else { format!("{}: ", problem.path) };
        format!("{file}:{}:{}: {path}{sentence}", problem.place.line, problem.place.column)
    };
    problems.iter().map(line).collect()
}

async fn check(
    file: &std::path::Path,
    connects: &[String],
    language: Language,
) -> Result<(), Failed> {
    let map = read_map_file(language, file).map_err(unusable)?;
    let shown = file.display().to_string();
    let failed = |problems: &[Problem]| {
        let mut lines = problem_lines(language, &shown, problems);
        let count = problems.len().to_string();
        lines.push(text_with(language, "map-failed", &[("count", &count)]));
        Failed { code: FINDING, message: lines.join("\n") }
    };
    let document = parse(&map).map_err(|problems| failed(&problems))?;
    let mut problems = Vec::new();
    let mut connected = BTreeSet::new();
    for argument in connects {
        let (name, _) = read_connect(language, argument).map_err(unusable)?;
        if !connected.insert(name.clone()) {
            let named = [("system", name.as_str())];
            return Err(unusable(text_with(language, "collect-connected-twice", &named)));
        }
    }
    for argument in connects {
        let (system, schema, connection) = connect(language, argument).await?;
        let (found, undescribed) = live::check(&document, &system, connection.kind(), &schema);
        problems.extend(found);
        for one in &undescribed {
            println!("{}", undescribed_line(&system, &schema, one));
        }
        if !undescribed.is_empty() {
            let count = undescribed.len().to_string();
            say(&text_with(language, "map-undescribed", &[("count", &count)]));
        }
    }
    if !problems.is_empty() {
        return Err(failed(&problems));
    }
    for warning in overdue_reviews(language, &document.map, Clock::Machine.now().date_naive()) {
        say(&warning);
    }
    say(&checked(language, &document));
    Ok(())
}

/// A sentence for each system that nobody has looked at for a year, which is no error.
fn overdue_reviews(language: Language, map: &DataMap, today: NaiveDate) -> Vec<String> {
    let sentence = |system: &System| match system.reviewed_on {
        Some(on) => {
            let on = date(language, on);
            text_with(language, "map-review-old", &[("system", &system.name), ("date", &on)])
        }
        None => text_with(language, "map-never-reviewed", &[("system", &system.name)]),
    };
    map.not_reviewed_for_a_year(today).into_iter().map(sentence).collect()
}

/// `shop.customers.nickname`, one line whatever the names: those with other signs than letters,
/// digits, `_`, `-` and `$` are quoted as JSON quotes, so that a dot in a name is told apart.
fn undescribed_line(system: &str, schema: &LiveSchema, one: &Undescribed) -> String {
    // The table as the catalogue lists it: its label alone does not say where the schema ends.
    let parts = schema.tables.iter().find(|table| table.label() == one.table).map(|table| {
        let schema = table.schema.as_deref().filter(|_| !table.visible);
        schema.into_iter().chain([table.name.as_str()]).collect::<Vec<_>>()
    });
    let parts = parts.unwrap_or_else(|| vec![one.table.as_str()]);
    let names = [system].into_iter().chain(parts).chain(one.column.as_deref());
    names.map(quoted).collect::<Vec<_>>().join(".")
}

fn quoted(name: &str) -> String {
    let plain = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '-' | '$');
    if !name.is_empty() && name.chars().all(plain) {
        return name.to_owned();
    }
    serde_json::Value::from(name).to_string()
}

fn checked(language: Language, document: &Document) -> String {
    let systems = &document.map.systems;
    let tables: usize = systems.iter().map(|system| system.tables.len()).sum();
    let (systems, tables) = (systems.len().to_string(), tables.to_string());
    text_with(language, "map-checked", &[("systems", &systems), ("tables", &tables)])
}

async fn print_draft(argument: &str, language: Language) -> Result<(), Failed> {
    let (system, schema, connection) = connect(language, argument).await?;
    let drafted = draft(&system, connection.kind(), &schema);
    let Some(map) = drafted.map else {
        let message = text_with(language, "map-no-personal-tables", &[("system", &system)]);
        return Err(Failed { code: FINDING, message });
    };
    let yaml = serde_norway::to_string(&map).map_err(|error| unusable(error.to_string()))?;
    println!("{}", comment(&text(language, "map-draft-head")));
    print!("{yaml}");
    let views: BTreeSet<String> =
        schema.tables.iter().filter(|table| table.view).map(LiveTable::label).collect();
    let left_out: Vec<&str> =
        drafted.left_out.iter().map(String::as_str).filter(|one| !views.contains(*one)).collect();
    if !left_out.is_empty() {
        println!("{}", comment(&text(language, "map-draft-left-out")));
        println!("{}", comment(&left_out.join("\n")));
    }
    Ok(())
}

/// Every line behind a `#`.
fn comment(text: &str) -> String {
    text.lines().map(|line| format!("# {line}")).collect::<Vec<_>>().join("\n")
}
