//! Who may import whom. The table is the picture in README as data: a room that is not named for
//! another room stays unknown to it.

use super::report;
use super::source::{Source, all};

/// A room and the rooms that it may import, beside itself.
const ROOMS: [(&str, &[&str]); 20] = [
    ("domain", &[]),
    ("language", &["domain"]),
    ("vault", &["domain", "language"]),
    ("audit", &["domain"]),
    ("error", &["domain", "vault"]),
    // The hosts that systems may stand on are a setting of the operator.
    ("config", &["connectors", "db", "mail"]),
    ("db", &["domain", "error", "language", "vault", "audit"]),
    // A verb writes the mail that it wants; only the worker sends it.
    (
        "workflow",
        &[
            "audit",
            "db",
            "domain",
            "error",
            "language",
            "mail::address",
            "mail::bounce",
            "mail::message",
            "mail::render",
            "mail::salutation",
            "vault",
        ],
    ),
    ("connectors", &["domain"]),
    ("backup", &["config", "db", "domain", "sealed_folder", "start", "vault"]),
    ("sealed_folder", &["domain", "vault"]),
    // What takes the rows of a source into the folder, for the worker and for the command line.
    ("sealed_rows", &["connectors", "domain", "package", "sealed_folder", "vault"]),
    ("package", &["domain", "language", "vault"]),
    ("mail", &["domain", "language", "vault"]),
    ("start", &["config", "db", "domain", "sealed_folder", "vault"]),
    ("app", &["config", "db", "domain", "error", "sealed_folder", "start", "vault"]),
    (
        "web",
        // Rows that a person types become row files; how a system is reached is checked and sealed;
        // the code of a sign-in lives too short to wait for a worker.
        &[
            "app",
            "audit",
            "config",
            "connectors::provider",
            "connectors::settings",
            "db",
            "domain",
            "error",
            "language",
            "mail",
            "package",
            "sealed_folder",
            "start",
            "vault",
            "workflow",
        ],
    ),
    (
        "worker",
        &[
            "app",
            "audit",
            "backup",
            "config",
            "connectors",
            "db",
            "domain",
            "error",
            "language",
            "mail",
            "package",
            "sealed_folder",
            "sealed_rows",
            "start",
            "vault",
            "workflow",
        ],
    ),
    (
        "cli",
        &[
            "app",
            "audit",
            "backup",
            "config",
            "connectors",
            "db",
            "domain",
            "error",
            "language",
            "mail",
            "package",
            "sealed_folder",
            "sealed_rows",
            "start",
            "vault",
            "web",
            "worker",
            "workflow",
        ],
    ),
    ("lib", &[]),
];

/// Parts of a room that are known to more rooms than the rest of it: what is data, how a system is
/// reached, what a mail says; and the identity provider, which a sign-in calls at once.
const PARTS: [&str; 7] = [
    "connectors::provider",
    "connectors::settings",
    "mail::address",
    "mail::bounce",
    "mail::message",
    "mail::render",
    "mail::salutation",
];

/// Crates that belong to one room, and the rooms that may name them.
const CRATES: [(&[&str], &[&str]); 5] = [
    (&["lettre"], &["mail"]),
    (&["diesel", "diesel_migrations"], &["db"]),
    (&["actix_web", "actix_multipart", "actix_http", "tracing_actix_web"], &["web"]),
    (
        &["rusqlite", "tokio_postgres", "tokio_postgres_rustls", "mysql_async"],
        &["connectors", "cli"],
    ),
    (&["anyhow"], &["worker", "cli", "connectors", "sealed_rows", "backup", "main"]),
];

#[test]
fn rooms_import_only_what_the_plan_allows() {
    let mut faults = Vec::new();
    for source in all() {
        let Some(room) = source.room().filter(|_| source.is_rust()) else {
            continue;
        };
        // The command line's entry names the library from outside.
        if room == "main" {
            continue;
        }
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            faults.push(format!(
                "{}: the room {room} is not in the plan: add it to ROOMS in \
                 tests/it/tidy/imports.rs with what it may import",
                source.path
            ));
            continue;
        };
        for (line, imported) in imports(&source) {
            let outer = imported.split("::").next().unwrap_or_default();
            if outer != room && !allowed.contains(&imported.as_str()) && !allowed.contains(&outer) {
                faults.push(format!(
                    "{}:{line}: {room} may not import {imported}: move what is needed to a room \
                     that both know, or pass it as an argument",
                    source.path
                ));
            }
        }
        if let Some(line) = escape(&source) {
            faults.push(format!(
                "{}:{line}: `super` leaves the room: write `crate::` so that the import shows",
                source.path
            ));
        }
    }
    report(&faults);
}

#[test]
fn the_two_faces_of_web_do_not_know_each_other() {
    let mut faults = Vec::new();
    for source in all() {
        for (face, other) in [("api", "ui"), ("ui", "api")] {
            let inside = source.path.starts_with(&format!("src/web/{face}/"))
                || source.path == format!("src/web/{face}.rs");
            let named = [format!("web::{other}::"), format!("super::{other}::")];
            if inside && named.iter().any(|it| source.code.contains(it.as_str())) {
                faults.push(format!(
                    "{}: web/{face} may not import web/{other}: move what both need to src/web/",
                    source.path
                ));
            }
        }
    }
    report(&faults);
}

#[test]
fn each_foreign_crate_stays_in_its_room() {
    let mut faults = Vec::new();
    for source in all() {
        let Some(room) = source.room().filter(|_| source.is_rust()) else {
            continue;
        };
        for (crates, rooms) in CRATES {
            for name in crates {
                if let Some(line) = line_of_path(&source.code, name)
                    && !rooms.contains(&room)
                {
                    let rooms = rooms.join(", ");
                    let path = &source.path;
                    faults.push(format!("{path}:{line}: {name} may be named in {rooms} only"));
                }
            }
        }
    }
    report(&faults);
}

#[test]
fn few_files_ask_which_database_it_is() {
    // Opening differs: the file must be made, the server must be there.
    // Copying rows as they are asks each for its own words throughout.
    const CONN: [&str; 4] =
        ["src/db/conn.rs", "src/db/dialect.rs", "src/db/dump.rs", "src/db/migrations.rs"];
    const ADDRESS: [&str; 6] = [
        "src/config.rs",
        "src/db/dialect.rs",
        "src/db/pool.rs",
        "src/db/url.rs",
        "src/db/writer.rs",
        "src/start.rs",
    ];
    let mut faults = Vec::new();
    for source in all().iter().filter(|it| it.room().is_some()) {
        for (kind, files) in [("Conn::", &CONN[..]), ("DatabaseUrl::", &ADDRESS[..])] {
            for arm in ["Sqlite", "Postgres"] {
                let arm = format!("{kind}{arm}");
                if let Some(line) = line_of(&source.code, &arm)
                    && !files.contains(&source.path.as_str())
                {
                    faults.push(format!(
                        "{}:{line}: {arm}: only src/db/dialect.rs asks which database it is: give \
                         it a function that both databases answer",
                        source.path
                    ));
                }
            }
        }
    }
    report(&faults);
}

/// The rooms that a file names after `crate::`, each with its line; groups in braces too.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in source.code.match_indices("crate::") {
        let line = source.code[..at].matches('\n').count() + 1;
        let rest = &source.code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => {
                let part = PARTS.iter().find(|part| rest.starts_with(**part));
                found.push((line, part.map_or(word(rest), |part| part).to_owned()));
            }
            Some(group) => {
                let (mut depth, mut start) = (0, true);
                for (at, it) in group.char_indices() {
                    match it {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        _ if start && !it.is_whitespace() => {
                            found.push((line, word(&group[at..]).to_owned()));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    found
}

fn word(text: &str) -> &str {
    let end = text.find(|it: char| !it.is_alphanumeric() && it != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The line of an unindented `use super::…` that climbs out of the room.
fn escape(source: &Source) -> Option<usize> {
    let below = source.path.strip_prefix("src/")?.strip_suffix(".rs")?;
    let module = below.strip_suffix("/mod").unwrap_or(below);
    let depth = module.split('/').count();
    let climbs = "super::".repeat(depth);
    let line = |line: &str| line.strip_prefix("use ").is_some_and(|it| it.starts_with(&climbs));
    Some(source.code.lines().position(line)? + 1)
}

fn line_of(code: &str, needle: &str) -> Option<usize> {
    let at = code.find(needle)?;
    Some(code[..at].matches('\n').count() + 1)
}

/// The line where a path begins with this crate, in an import, an expression or an attribute.
fn line_of_path(code: &str, name: &str) -> Option<usize> {
    let path = format!("{name}::");
    let named = |(at, _): &(usize, &str)| {
        !code[..*at].ends_with(|it: char| it.is_alphanumeric() || it == '_' || it == ':')
    };
    let (at, _) = code.match_indices(&path).find(named)?;
    Some(code[..at].matches('\n').count() + 1)
}
