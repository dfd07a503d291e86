//! The rules of the house, read from the project's own files. Each failure says what to do.

mod documents;
mod imports;
mod source;

use source::{Source, all, has_ending};

/// How long a file may grow before it has two purposes.
const LONGEST_FILE_LINES: usize = 400;

fn report(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Checks every file of the project and reports all faults at once.
fn each(check: impl Fn(&Source, &mut Vec<String>)) {
    let mut faults = Vec::new();
    for source in all() {
        check(&source, &mut faults);
    }
    report(&faults);
}

#[test]
fn every_rust_file_says_its_purpose_first() {
    each(|source, faults| {
        if source.is_rust() && !source.text.starts_with("//! ") {
            let path = &source.path;
            faults.push(format!("{path}: begin with a line `//! …` that says its purpose"));
        }
    });
}

#[test]
fn no_rust_file_is_too_long() {
    each(|source, faults| {
        let lines = source.text.lines().count();
        // A list of every table, in the order of the migrations, has one purpose however long.
        let is_list = source.path == "src/db/schema.rs";
        if source.is_rust() && !is_list && lines > LONGEST_FILE_LINES {
            faults.push(format!(
                "{}: {lines} lines: split it by purpose into files of at most {LONGEST_FILE_LINES}, \
                 named by nouns; tests may move to a file of their own",
                source.path
            ));
        }
    });
}

#[test]
fn every_file_is_named_for_its_purpose() {
    const EMPTY: [&str; 11] = [
        "util", "utility", "helper", "common", "misc", "manager", "service", "base", "entity",
        "item", "info",
    ];
    each(|source, faults| {
        let segments = source.path.split('/');
        let stems = segments.map(|it| it.split('.').next().unwrap_or(it));
        for stem in stems {
            let singular = stem.strip_suffix('s').unwrap_or(stem);
            if EMPTY.contains(&stem) || EMPTY.contains(&singular) {
                let path = &source.path;
                faults.push(format!("{path}: `{stem}` names no purpose: use the field's term"));
            }
        }
    });
}

#[test]
fn nothing_is_left_for_later() {
    // In two halves, so that this file keeps its own rule.
    const MARKS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];
    each(|source, faults| {
        let endings = ["rs", "sql", "sh", "py", "toml", "yaml", "html", "css", "js", "ftl"];
        if !endings.iter().any(|it| has_ending(&source.path, it)) {
            return;
        }
        for (number, line) in source.text.lines().enumerate() {
            for mark in MARKS {
                let word = |it: &str| it == mark;
                if line.split(|it: char| !it.is_alphanumeric()).any(word) {
                    let path = &source.path;
                    faults
                        .push(format!("{path}:{}: {mark}: do it now or leave it out", number + 1));
                }
            }
        }
    });
}

#[test]
fn only_the_command_line_prints() {
    const PRINTING: [&str; 5] = ["println!", "eprintln!", "print!", "eprint!", "dbg!"];
    each(|source, faults| {
        let Some(room) = source.room().filter(|it| !["main", "cli"].contains(it)) else {
            return;
        };
        for (number, line) in source.code.lines().enumerate() {
            if PRINTING.iter().any(|it| line.contains(it)) {
                faults.push(format!(
                    "{}:{}: {room} may not print: return it, or log it with tracing",
                    source.path,
                    number + 1
                ));
            }
        }
    });
}

#[test]
fn tests_run_and_names_have_one_address() {
    const REFUSED: [(&str, &str); 3] = [
        ("#[ignore", "a test that does not run proves nothing: let it run or leave it out"),
        ("#[should_panic", "a test asserts what it expects: return the error and compare it"),
        ("pub use ", "a name has one address: import it from where it is defined"),
    ];
    each(|source, faults| {
        for (number, line) in source.code.lines().enumerate() {
            for (refused, advice) in REFUSED {
                if line.trim_start().starts_with(refused) {
                    faults.push(format!("{}:{}: {advice}", source.path, number + 1));
                }
            }
        }
    });
}

#[test]
fn everything_is_imported_at_once_by_tests_alone() {
    each(|source, faults| {
        if !source.path.starts_with("src/") || source.stem() == "tests" {
            return;
        }
        let tests = source.code.find("#[cfg(test)]").unwrap_or(source.code.len());
        if let Some(at) = source.code.find("use super::*").filter(|at| *at < tests) {
            faults.push(format!(
                "{}:{}: `use super::*` outside tests: name what is imported",
                source.path,
                source.code[..at].matches('\n').count() + 1
            ));
        }
    });
}

#[test]
fn no_file_names_a_machine_or_a_registry() {
    // In two halves, so that this file keeps its own rule.
    const PLACES: [&str; 4] = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("/Us", "ers/"),
    ];
    const REGISTRIES: [&str; 8] = [
        concat!("crates", ".io"),
        concat!("pypi", ".org"),
        concat!("python", "hosted.org"),
        concat!("npm", "js.org"),
        concat!("docker", ".io"),
        concat!("ghc", "r.io"),
        concat!("deb.deb", "ian.org"),
        concat!("static.rust", "-lang.org"),
    ];
    each(|source, faults| {
        for (number, line) in source.text.lines().enumerate() {
            let at = format!("{}:{}", source.path, number + 1);
            // A page of somebody's web site may lie below any path.
            let words = line.split([' ', '\t', '"', '\'']).filter(|word| !word.contains("://"));
            let paths: String = words.collect::<Vec<_>>().join(" ");
            for place in PLACES.iter().filter(|it| paths.contains(**it)) {
                faults.push(format!("{at}: {place}: a path of one machine: make it relative"));
            }
            for host in REGISTRIES.iter().filter(|it| line.contains(**it)) {
                faults.push(format!("{at}: {host}: leave it to the package manager's settings"));
            }
        }
    });
}
