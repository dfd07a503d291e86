//! What is written twice and must agree: settings and commands with README, the migrations of the
//! two databases with each other.

use std::collections::BTreeSet;
use std::path::Path;

use clap::CommandFactory;
use guichet::cli::Arguments;

use super::report;
use super::source::root;

const READMES: [&str; 2] = ["README.md", "README.fr.md"];

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()))
}

#[test]
fn every_setting_stands_in_both_readmes() {
    let config = read("src/config.rs");
    let (_, after) = config.split_once("struct Written {").unwrap();
    let (fields, _) = after.split_once("\n}").unwrap();
    let named =
        fields.lines().filter_map(|line| line.trim().split_once(": ")).map(|(name, _)| name);
    let settings: BTreeSet<&str> = named.collect();
    assert!(settings.contains("database_url"), "{settings:?}");
    let mut faults = Vec::new();
    for readme in READMES {
        let text = read(readme);
        for setting in &settings {
            if !text.contains(&format!("`{setting}`")) {
                faults.push(format!("{readme}: add `{setting}` of src/config.rs to the settings"));
            }
        }
    }
    report(&faults);
}

#[test]
fn every_command_stands_in_both_readmes() {
    let mut commands = Vec::new();
    leaves(&Arguments::command(), "guichet", &mut commands);
    assert!(commands.contains(&"guichet deadline check".to_owned()), "{commands:?}");
    let mut faults = Vec::new();
    for readme in READMES {
        let text = read(readme);
        for command in &commands {
            if !text.contains(&format!("`{command}")) {
                faults.push(format!("{readme}: add `{command}` to the commands"));
            }
        }
    }
    report(&faults);
}

/// The commands that do something: those with no commands below them.
fn leaves(command: &clap::Command, name: &str, found: &mut Vec<String>) {
    let mut below = command.get_subcommands().peekable();
    if below.peek().is_none() {
        found.push(name.to_owned());
    }
    for command in below {
        leaves(command, &format!("{name} {}", command.get_name()), found);
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |database: &str| -> BTreeSet<String> {
        let folder = root().join("migrations").join(database);
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let sqlite = names("sqlite");
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite, names("postgres"), "the folders must have the same names");
    let mut faults = Vec::new();
    for name in &sqlite {
        for file in ["up.sql", "down.sql"] {
            let ours = read(format!("migrations/sqlite/{name}/{file}"));
            let theirs = read(format!("migrations/postgres/{name}/{file}"));
            if ours.contains("BYTEA") {
                faults.push(format!("migrations/sqlite/{name}/{file}: write BLOB for BYTEA"));
            }
            let theirs = theirs.replace("BYTEA", "BLOB");
            let first = ours.lines().zip(theirs.lines()).position(|(a, b)| a != b);
            if ours != theirs {
                let line = first.unwrap_or(ours.lines().count().min(theirs.lines().count())) + 1;
                faults.push(format!(
                    "migrations/*/{name}/{file}: the two differ from line {line} on: they must be \
                     equal but for BLOB and BYTEA"
                ));
            }
        }
    }
    report(&faults);
}
