//! `guichet collect`: the search and the package, with no server.

pub mod input;
pub mod parcel;
pub mod progress;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;
use uuid::Uuid;

use self::input::Input;
use self::parcel::{Rows, Unfinished};
use self::progress::{CountedRows, Progress};
use super::private_directory::PrivateDirectory;
use super::{say, stopped};
use crate::app::Clock;
use crate::connectors::hosts::Allowlist;
use crate::connectors::search::{Reach, SystemFound, search};
use crate::connectors::session::Limits;
use crate::domain::actor::{Actor, Ctx};
use crate::domain::right::Right;
use crate::language::{Language, text, text_with};
use crate::package::contents::Contents;
use crate::package::write::Summary;
use crate::sealed_folder::SealedFolder;
use crate::sealed_rows::RowFiles;
use crate::vault::key::Key;
use crate::vault::master::MasterKey;
use crate::vault::{CaseKey, Vault};

/// What to search, for whom, and where the package goes.
#[derive(Debug, Args)]
pub struct CollectArguments {
    /// The data map, as YAML or JSON.
    #[arg(long)]
    map: PathBuf,
    /// A live system: NAME=postgresql://user@host/database or NAME=sqlite:PATH.
    #[arg(long = "connect", value_name = "NAME=URL")]
    connect: Vec<String>,
    /// What the person is known by: email=ana@example.ie; a pair as 'name+birth_date=Ana|1990-02-01'.
    #[arg(long = "identity", value_name = "KIND=VALUE", required = true)]
    identity: Vec<String>,
    /// What the package answers: access holds everything, portability what the person provided.
    #[arg(long, value_parser = PossibleValuesParser::new(["access", "portability"]))]
    right: String,
    /// The language of the package and of the messages.
    #[arg(long, default_value = "en")]
    language: Language,
    /// How many rows one system may give.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    row_cap: u64,
    /// How many seconds the search of one system may take.
    #[arg(long, value_name = "N", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout_s: u64,
    /// Where the package goes. A file of this name is replaced once the package is whole.
    #[arg(long, value_name = "FILE.zip")]
    out: PathBuf,
}

const FINDING: u8 = 1;
const UNUSABLE: u8 = 2;

/// Runs the command. 0: the package holds everything; 1: something could not be searched, and the
/// package says what; 2: unusable input, and there is no package.
pub async fn run(arguments: CollectArguments) -> ExitCode {
    let language = arguments.language;
    let ended = tokio::select! {
        // First, so that a signal is heard before there is anything to clean up.
        biased;
        () = stopped() => {
            say(&text(language, "collect-stopped"));
            // A package that is being written has no name yet, and now never gets one.
            std::process::exit(i32::from(UNUSABLE));
        }
        ended = collect(&arguments) => ended,
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(FINDING),
        Err(message) => {
            say(&message);
            ExitCode::from(UNUSABLE)
        }
    }
}

/// Whether the search was complete.
async fn collect(arguments: &CollectArguments) -> Result<bool, String> {
    let language = arguments.language;
    let disk = |error: std::io::Error| {
        let file = arguments.out.display().to_string();
        let reason = error.to_string();
        let arguments = [("file", file.as_str()), ("reason", reason.as_str())];
        text_with(language, "collect-cannot-write", &arguments)
    };
    let right = Right::parse(&arguments.right).ok_or_else(|| text(language, "collect-right"))?;
    let input = input::read(arguments)?;
    tell_gaps(language, &input);
    // Made now, so that a search of an hour does not end at a place that cannot be written.
    let mut unfinished = Unfinished::of(&arguments.out);
    for place in unfinished.places() {
        if !parcel::may_be_replaced(place).map_err(disk)? {
            let file = place.display().to_string();
            return Err(text_with(language, "collect-no-file", &[("file", &file)]));
        }
    }
    let file = unfinished.begin().map_err(disk)?;
    let directory = PrivateDirectory::create().map_err(disk)?;
    let progress = Progress::new(language);
    let (found, rows) =
        gather(arguments, &input, &directory, &progress).await.map_err(|error| {
            let reason = format!("{error:#}");
            text_with(language, "collect-rows-lost", &[("reason", &reason)])
        })?;
    let packing = tokio::task::spawn_blocking(move || {
        let now = Clock::Machine.now();
        let contents = parcel::contents(&input, &found, &rows, &progress, (right, language, now))?;
        let summary = parcel::pack(file, &contents, rows)?;
        Ok((contents, summary))
    });
    let packed = packing.await.map_err(|error| error.to_string())?;
    let (contents, summary): (Contents, Summary) = packed.map_err(disk)?;
    unfinished.name().map_err(disk)?;
    Ok(tell_end(arguments, &contents, &summary))
}

/// Says what the map and the identifiers leave out, before the search begins.
fn tell_gaps(language: Language, input: &Input) {
    for kind in &input.unused_kinds {
        say(&text_with(language, "collect-unused-kind", &[("kind", kind)]));
    }
    for missed in &input.plan.not_searched {
        let needs = missed.needs.join(", ");
        let arguments = [
            ("system", missed.system.as_str()),
            ("table", missed.table.as_str()),
            ("kinds", needs.as_str()),
        ];
        say(&text_with(language, "collect-not-reached", &arguments));
    }
}

/// Searches every system into sealed row files.
async fn gather(
    arguments: &CollectArguments,
    input: &Input,
    directory: &PrivateDirectory,
    progress: &Progress,
) -> anyhow::Result<(Vec<SystemFound>, Rows)> {
    let key = random_key()?;
    let folder = SealedFolder::new(directory.path().to_owned());
    let ctx = Ctx { actor: Actor::CommandLine, now: Clock::Machine.now() };
    let limits = Limits {
        rows: arguments.row_cap,
        search: Duration::from_secs(arguments.timeout_s),
        ..Limits::default()
    };
    let reach = Reach {
        plan: &input.plan,
        connections: &input.connections,
        allowed: &Allowlist::anything(),
        limits: &limits,
    };
    let mut sinks = BTreeMap::new();
    for system in &input.plan.systems {
        let sink = CountedRows {
            files: RowFiles::new(folder.clone(), &key, &ctx),
            system: system.system.clone(),
            progress: progress.clone(),
        };
        sinks.insert(system.system.clone(), sink);
    }
    let telling = tokio::spawn(progress.clone().tell_every_second());
    let found = search(&reach, &mut sinks, progress).await;
    telling.abort();
    let found = found?;
    let mut files = BTreeMap::new();
    for (system, sink) in sinks {
        for (table, stored, rows) in sink.files.done()? {
            files.insert((system.clone(), table), (stored, rows));
        }
    }
    Ok((found, Rows { folder, key, files }))
}

/// A key that nobody keeps: what a killed collection leaves behind opens for nobody.
fn random_key() -> anyhow::Result<CaseKey> {
    let vault = Vault::open(MasterKey::from_key(Key::random()));
    let (controller, _) = vault.new_controller_key(Uuid::nil())?;
    Ok(controller.new_case_key(Uuid::nil())?.0)
}

fn tell_end(arguments: &CollectArguments, contents: &Contents, summary: &Summary) -> bool {
    let complete = contents.systems.iter().all(|system| system.outcome.is_complete());
    let (file, rows) = (arguments.out.display().to_string(), summary.rows.to_string());
    let key = if complete { "collect-done" } else { "collect-done-incomplete" };
    let words = [("file", file.as_str()), ("rows", rows.as_str())];
    say(&text_with(arguments.language, key, &words));
    complete
}
