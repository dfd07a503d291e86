//! The project's own files as the house rules read them: Rust without its comments and texts, so
//! that a rule about code never stumbles over a sentence.

use std::path::{Path, PathBuf};

/// A file of the project.
pub struct Source {
    /// From the root of the project, with `/`.
    pub path: String,
    pub text: String,
    /// Rust only: the text with comments, strings and characters blanked, line by line.
    pub code: String,
}

impl Source {
    /// The first segment below `src`: the room, or the name of a file that stands alone.
    pub fn room(&self) -> Option<&str> {
        let below = self.path.strip_prefix("src/")?;
        let first = below.split('/').next()?;
        Some(first.strip_suffix(".rs").unwrap_or(first))
    }

    pub fn is_rust(&self) -> bool {
        has_ending(&self.path, "rs")
    }

    /// The name without folder and ending.
    pub fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.split('.').next().unwrap_or(name)
    }
}

pub fn has_ending(path: &str, ending: &str) -> bool {
    Path::new(path).extension().is_some_and(|it| it == ending)
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every text file of the project but what is made by tools or copied whole.
pub fn all() -> Vec<Source> {
    let mut paths = Vec::new();
    walk(root(), &mut paths);
    paths.sort();
    assert!(paths.len() > 100, "the walk over the project found too few");
    let sources = paths.iter().filter_map(|path| {
        let text = std::fs::read_to_string(path).ok()?;
        let path = path.strip_prefix(root()).unwrap().to_str().unwrap();
        let code = match has_ending(path, "rs") {
            true => blank(&text),
            false => String::new(),
        };
        Some(Source { path: path.to_owned(), text, code })
    });
    sources.collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    const PASSED_OVER: [&str; 5] = [".git", "target", "node_modules", "Cargo.lock", "LICENSE"];
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if PASSED_OVER.iter().any(|it| name == *it) {
            continue;
        }
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            walk(&entry.path(), found);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
}

/// Blanks comments, strings and characters, and keeps every line where it is.
pub fn blank(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let skipped = match next {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => string(rest),
            'r' | 'b' | 'c' if !ends_in_word(&code) => raw_or_byte_string(rest),
            '\'' => character(rest),
            _ => 0,
        };
        if skipped == 0 {
            code.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        }
        let blanked = rest[..skipped].chars();
        code.extend(blanked.map(|it| if it == '\n' { '\n' } else { ' ' }));
        rest = &rest[skipped..];
    }
    code
}

fn ends_in_word(code: &str) -> bool {
    code.ends_with(|it: char| it.is_alphanumeric() || it == '_')
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, it) in text.char_indices().skip(1) {
        match it {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn raw_or_byte_string(text: &str) -> usize {
    let prefix = text.len() - text.trim_start_matches(['b', 'c']).len();
    let after = &text[prefix..];
    if prefix <= 1 && after.starts_with('"') {
        return prefix + string(after);
    }
    let Some(after_r) = after.strip_prefix('r').filter(|_| prefix <= 1) else {
        return 0;
    };
    let hashes = after_r.len() - after_r.trim_start_matches('#').len();
    if !after_r[hashes..].starts_with('"') {
        return 0;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let start = prefix + 1 + hashes + 1;
    let body = &text[start..];
    body.find(&end).map_or(text.len(), |at| start + at + end.len())
}

/// A character, or 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, escaped))) => {
            let from = at + escaped.len_utf8();
            text[from..].find('\'').map_or(0, |end| from + end + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}

#[test]
fn code_is_told_from_comments_and_texts() {
    let cases = [
        ("a // b\nc", "a     \nc"),
        ("a /* b /* c */ d */ e", "a                   e"),
        (r#"f("x \" y", z)"#, "f(        , z)"),
        (r###"r#"a " b"# + 1"###, "           + 1"),
        (r#"b"a" br"b" 'c' '\'' '\u{e9}'"#, "                            "),
        ("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}"),
        ("for r in bar {}", "for r in bar {}"),
        ("\"a\nb\" c", "  \n   c"),
    ];
    for (text, code) in cases {
        assert_eq!(blank(text), code, "{text}");
    }
}
