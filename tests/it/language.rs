//! The catalogue is whole: both languages have the same keys, whatever the source asks for is
//! there, nothing is there for nobody, and every code of an error has its text.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Keys that are put together while the program runs: the prefix, and why the rest is no literal.
const BUILT: [(&str, &str); 56] = [
    ("task-", "what somebody is to look after"),
    ("sufficient-", "whether a reply is enough"),
    ("undo-one-", "what can be undone"),
    ("event-undone-", "what was undone"),
    ("code-letter-", "a part of the letter with a code"),
    ("doubt-", "what makes one doubt who asks"),
    ("event-document-removed-", "why an identity document is there no more"),
    ("event-not-signed-in-", "why a sign-in settles nothing"),
    ("provider-state-", "how the test of an identity provider ended"),
    ("provider-field-", "a field of the settings of an identity provider"),
    ("field-claim-", "what is wrong with a claim, as the settings say"),
    ("field-provider-", "what is wrong with the settings of an identity provider"),
    ("retention-kept-", "what is kept"),
    ("breach-kind-", "the name of a kind of breach"),
    ("breach-risk-", "the name of a risk"),
    ("breach-decision-", "the name of a decision on a breach"),
    ("breach-decided-", "what was decided on a breach for a reason"),
    ("breach-field-", "a field of the record of a breach"),
    ("event-case-file-", "how a case file was opened"),
    ("case-file-fault-", "what is wrong with a case file"),
    ("alert-", "what somebody is alerted to"),
    ("mail-state-", "how far a mail has come"),
    ("mail-purpose-", "what a mail is for"),
    ("portal-step-", "the name of a step"),
    ("portal-sentence-", "the name of a step"),
    ("portal-next-", "the name of what comes next"),
    ("portal-extended-", "the name of a ground to extend"),
    ("portal-right-", "the name of a right"),
    ("package-", "the words of a package, which src/package/words.rs tests by itself"),
    ("audit-fault-", "what is wrong with an event"),
    ("letter-", "a letter, a part of one or its state, which tests/it/letters/words.rs tests"),
    ("letters-ground-", "the name of a ground to extend, which tests/it/letters/words.rs tests"),
    ("month-", "the number of a month"),
    ("role-", "the name of a role"),
    ("status-", "the name of a status"),
    ("channel-", "the name of a channel"),
    ("decision-", "the name of a decision"),
    ("least-level-", "what each least level needs"),
    ("level-", "the name of a level of identity"),
    ("method-", "the name of a method of identity"),
    ("contact-", "what is wrong with what is on file"),
    ("circumstance-", "what staff know of the person"),
    ("event-code-not-sent-", "why a code was not sent"),
    ("event-contact-", "what was said of what is on file"),
    ("pause-", "the name of a ground to pause"),
    ("outcome-", "how the search of a system ended"),
    ("closing-", "the name of a ground to close"),
    ("state-", "the state of a package"),
    ("next-", "the name of what staff do next"),
    ("stage-", "how far a request has come"),
    ("keys-does-", "what a key does"),
    ("keys-part-", "where a key acts"),
    ("words-", "what was written beside an event"),
    ("extent-", "how much is withheld"),
    ("retirement-", "why a package is no more"),
    ("paper-delivery-", "how an answer on paper reached the person"),
];

/// Calls whose second argument is the code of a field, a problem or a text.
const FIELD_CALLS: [&str; 3] = ["Error::invalid(", "Error::invalid_with(", "FieldError::new("];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(directory: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
}

/// Key and text of every message, with the variables that it names.
fn catalogue(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut paths = Vec::new();
    let directory = root().join("src/language/texts").join(language);
    files(&directory, ".ftl", &mut paths);
    let mut keys = BTreeMap::new();
    let mut key = String::new();
    for path in paths {
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            if !line.starts_with(char::is_whitespace) {
                let (name, _) = line.split_once('=').unwrap_or_else(|| panic!("{path:?}: {line}"));
                key = name.trim().to_owned();
                let before = keys.insert(key.clone(), BTreeSet::new());
                assert!(before.is_none(), "{key} stands twice in {language}");
            }
            let variables = line.split('$').skip(1).map(|rest| {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-');
                rest[..end.unwrap_or(rest.len())].to_owned()
            });
            keys.get_mut(&key).unwrap().extend(variables);
        }
    }
    keys
}

/// Every source and template, without the tests inside, by its path.
fn sources() -> Vec<(String, String)> {
    let mut paths = Vec::new();
    files(&root().join("src"), ".rs", &mut paths);
    files(&root().join("src/web"), ".html", &mut paths);
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap().to_owned();
        (path.strip_prefix(root()).unwrap().display().to_string(), text)
    };
    paths.into_iter().filter(|path| !path.ends_with("tests.rs")).map(read).collect()
}

/// The top-level arguments of the call whose bracket opens at the start of `text`'s rest.
fn arguments(text: &str) -> Vec<String> {
    let (mut depth, mut quoted, mut escaped) = (0_i32, false, false);
    let mut all = vec![String::new()];
    for c in text.chars() {
        if quoted {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else {
            match c {
                '"' => quoted = true,
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' if depth == 0 => break,
                ')' | ']' | '}' => depth -= 1,
                ',' if depth == 0 => {
                    all.push(String::new());
                    continue;
                }
                _ => {}
            }
        }
        all.last_mut().unwrap().push(c);
    }
    all.into_iter().map(|argument| argument.trim().to_owned()).collect()
}

fn literal(argument: &str) -> Option<&str> {
    argument.strip_prefix('"')?.strip_suffix('"')
}

fn is_code(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(plain)
}

/// The arguments of every call or struct that begins with `start`.
fn calls<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = Vec<String>> + 'a {
    text.match_indices(start).map(move |(at, _)| arguments(&text[at + start.len()..]))
}

/// The code in `Conflict { code: "…" }`.
fn codes_of(text: &str, name: &str) -> Vec<String> {
    calls(text, &format!("{name} {{"))
        .filter_map(|fields| {
            let code =
                fields.iter().find_map(|field| field.strip_prefix("code:"))?.trim().to_owned();
            literal(&code).map(str::to_owned)
        })
        .collect()
}

/// Texts that the source asks for, with the place that asks.
#[expect(clippy::too_many_lines, reason = "what is asked for in one place")]
fn wanted() -> BTreeMap<String, String> {
    let mut wanted = BTreeMap::new();
    for (path, text) in sources() {
        let mut want = |key: String| {
            wanted.insert(key, path.clone());
        };
        for start in FIELD_CALLS {
            for call in calls(&text, start) {
                match call.get(1).and_then(|code| literal(code)) {
                    Some(code) => want(format!("field-{code}")),
                    // A variable: its values stand on the arms of a match in the same file.
                    None if call.get(1).is_some_and(|code| code == "code") => {
                        for arm in text.split("=> ").skip(1) {
                            let arm = arm.trim_start_matches(['(', '\n', ' ']);
                            let code =
                                arm.strip_prefix('"').and_then(|rest| rest.split('"').next());
                            if let Some(code) = code.filter(|code| is_code(code)) {
                                want(format!("field-{code}"));
                            }
                        }
                    }
                    None => {}
                }
            }
        }
        for name in ["Transition", "TransitionError"] {
            for code in codes_of(&text, name) {
                want(format!("transition-{code}"));
            }
        }
        for code in codes_of(&text, "Conflict") {
            want(format!("conflict-{code}"));
        }
        for call in calls(&text, "Problem::Http(") {
            if let Some(code) = call.get(1).and_then(|code| literal(code)) {
                want(format!("problem-{code}"));
                want(format!("problem-{code}-detail"));
            }
        }
        // Pages ask their frame.
        for call in calls(&text, "frame.t(") {
            if let Some(key) = literal(&call[0]) {
                want(key.to_owned());
            }
        }
        for start in ["text(", "text_with("] {
            for call in calls(&text, start) {
                if let Some(key) = call.get(1).and_then(|key| literal(key))
                    && is_code(key)
                    && call[0].contains("anguage")
                {
                    want(key.to_owned());
                }
            }
        }
    }
    // The claim of an identity answers with codes of fields.
    let identity = std::fs::read_to_string(root().join("src/domain/identity.rs")).unwrap();
    for call in calls(&identity, " fail(") {
        let code = literal(&call[0]).expect("fail(\"code\")");
        wanted.insert(format!("field-{code}"), "src/domain/identity.rs".to_owned());
    }
    // The shape of a body, and the errors that have no code of their own.
    for code in ["unknown-field", "missing", "twice", "unknown-value", "wrong-type"] {
        wanted.insert(format!("field-{code}"), "src/web/json.rs".to_owned());
    }
    for code in [
        "unauthenticated",
        "not-found",
        "forbidden",
        "put-away",
        "invalid",
        "too-many-tries",
        "unavailable",
        "internal",
        "wrong-range",
        "insufficient-user-authentication",
    ] {
        for key in [format!("problem-{code}"), format!("problem-{code}-detail")] {
            wanted.insert(key, "src/web/problem.rs".to_owned());
        }
    }
    // Their details are those of the code within.
    for code in ["not-possible-now", "conflict"] {
        wanted.insert(format!("problem-{code}"), "src/web/problem.rs".to_owned());
    }
    wanted
}

#[test]
fn both_languages_have_the_same_keys_and_variables() {
    let (fr, en) = (catalogue("fr"), catalogue("en"));
    assert!(en.len() > 200, "{}", en.len());
    let keys = |texts: &BTreeMap<String, BTreeSet<String>>| -> BTreeSet<String> {
        texts.keys().cloned().collect()
    };
    let difference: Vec<_> = keys(&fr).symmetric_difference(&keys(&en)).cloned().collect();
    assert!(difference.is_empty(), "in one language only: {difference:?}");
    for (key, variables) in &en {
        assert_eq!(&fr[key], variables, "{key} names other variables in French");
    }
}

#[test]
fn whatever_the_source_asks_for_is_there() {
    let en = catalogue("en");
    let wanted = wanted();
    assert!(wanted.len() > 80, "the search of the source found {}", wanted.len());
    let missing: Vec<String> = wanted
        .iter()
        .filter(|(key, _)| !en.contains_key(*key))
        .map(|(key, path)| format!("{key} ({path})"))
        .collect();
    assert!(missing.is_empty(), "write these in src/language/texts/{{fr,en}}/: {missing:#?}");
}

#[test]
fn nothing_is_there_for_nobody() {
    let wanted = wanted();
    let has_map_command = root().join("src/cli/map.rs").exists();
    let sources: String = sources().into_iter().map(|(_, text)| text).collect();
    let unused: Vec<String> = catalogue("en")
        .into_keys()
        .filter(|key| {
            let built = BUILT.iter().any(|(prefix, _)| key.starts_with(prefix))
                || (key.starts_with("map-") && !has_map_command);
            // `map-too-deep` may be asked for whole, or as the code `too-deep` of its room.
            let (_, code) = key.split_once('-').unwrap_or(("", key));
            let quoted = |text: &str| sources.contains(&format!("\"{text}\""));
            !built && !wanted.contains_key(key) && !quoted(key) && !quoted(code)
        })
        .collect();
    assert!(unused.is_empty(), "nothing asks for these: {unused:#?}");
}

#[test]
fn french_has_its_spaces_before_high_punctuation() {
    let mut paths = Vec::new();
    files(&root().join("src/language/texts/fr"), ".ftl", &mut paths);
    for path in paths {
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let text = line.split_once('=').map_or(line, |(_, text)| text);
            if line.starts_with('#') {
                continue;
            }
            for mark in [" :", " ;", " ?", " !"] {
                assert!(!text.contains(mark), "a breaking space in {path:?}: {line}");
            }
        }
    }
}
