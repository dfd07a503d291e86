//! Reading nodes into values, gathering every error on the way.

use std::fmt::Write;

use super::document::{Content, Node};
use super::label::Label;
use super::problem::{Place, Problem, Rule};

/// Texts longer than this, in characters, are refused; labels may be ten times as long.
pub const LONGEST_TEXT: usize = 300;
/// A list holds no more than this; so does a map of tables.
pub const LONGEST_LIST: usize = 2_000;

/// Appends a key to a path. Keys that are no plain word are quoted.
#[must_use]
pub fn join(path: &str, key: &str) -> String {
    let plain = !key.is_empty()
        && key.chars().all(|one| one.is_alphanumeric() || matches!(one, '_' | '-' | '+'));
    let mut joined = path.to_owned();
    if !path.is_empty() {
        joined.push('.');
    }
    if plain {
        joined.push_str(key);
    } else {
        // Writing to a String cannot fail.
        let _ = write!(joined, "{key:?}");
    }
    joined
}

/// A node with its path.
#[derive(Clone, Debug)]
pub struct Spot<'a> {
    pub node: &'a Node,
    pub path: String,
}

/// Gathers errors.
#[derive(Debug, Default)]
pub struct Reader {
    pub problems: Vec<Problem>,
}

/// The fields of a mapping whose keys were checked.
pub struct Fields<'a> {
    path: String,
    place: Place,
    fields: &'a [(String, Place, Node)],
}

impl<'a> Fields<'a> {
    /// The value of a key, unless it is absent or null.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Spot<'a>> {
        self.raw(key).filter(|spot| !matches!(spot.node.content, Content::Null))
    }

    /// The value of a key, null included.
    #[must_use]
    pub fn raw(&self, key: &str) -> Option<Spot<'a>> {
        let (_, _, node) = self.fields.iter().find(|(name, _, _)| name == key)?;
        Some(Spot { node, path: join(&self.path, key) })
    }
}

impl Reader {
    /// Notes an error at a node.
    pub fn problem(&mut self, at: &Spot<'_>, rule: Rule, arguments: Vec<(&'static str, String)>) {
        let (place, path) = (at.node.place, at.path.clone());
        self.problems.push(Problem { place, path, rule, arguments });
    }

    /// The fields of a mapping; every key that is not `allowed` is an error.
    pub fn fields<'a>(&mut self, at: &Spot<'a>, allowed: &[&str]) -> Option<Fields<'a>> {
        let Content::Mapping(fields) = &at.node.content else {
            self.problem(at, Rule::ExpectedMapping, Vec::new());
            return None;
        };
        for (key, place, _) in fields {
            if !allowed.contains(&key.as_str()) {
                self.problems.push(Problem {
                    place: *place,
                    path: join(&at.path, key),
                    rule: Rule::UnknownKey,
                    arguments: vec![("key", key.clone()), ("allowed", allowed.join(", "))],
                });
            }
        }
        Some(Fields { path: at.path.clone(), place: at.node.place, fields })
    }

    /// The entries of a mapping with free keys.
    pub fn entries<'a>(&mut self, at: &Spot<'a>) -> Vec<(String, Spot<'a>)> {
        let Content::Mapping(fields) = &at.node.content else {
            self.problem(at, Rule::ExpectedMapping, Vec::new());
            return Vec::new();
        };
        fields
            .iter()
            .map(|(key, _, node)| (key.clone(), Spot { node, path: join(&at.path, key) }))
            .collect()
    }

    /// A key that must be there.
    pub fn required<'a>(&mut self, fields: &Fields<'a>, key: &str) -> Option<Spot<'a>> {
        let spot = fields.get(key);
        if spot.is_none() {
            self.problems.push(Problem {
                place: fields.place,
                path: fields.path.clone(),
                rule: Rule::Missing,
                arguments: vec![("key", key.to_owned())],
            });
        }
        spot
    }

    /// The elements of a list.
    pub fn list<'a>(&mut self, at: &Spot<'a>) -> Vec<Spot<'a>> {
        let Content::List(nodes) = &at.node.content else {
            self.problem(at, Rule::ExpectedList, Vec::new());
            return Vec::new();
        };
        if nodes.len() > LONGEST_LIST {
            self.problem(at, Rule::TooMany, vec![("limit", LONGEST_LIST.to_string())]);
        }
        nodes
            .iter()
            .take(LONGEST_LIST)
            .enumerate()
            .map(|(index, node)| Spot { node, path: format!("{}[{index}]", at.path) })
            .collect()
    }

    /// The elements of a list, or the one value that stands in its place.
    pub fn one_or_list<'a>(&mut self, at: &Spot<'a>) -> Vec<Spot<'a>> {
        match at.node.content {
            Content::List(_) => self.list(at),
            _ => vec![at.clone()],
        }
    }

    /// A text that is not empty, without control characters.
    pub fn text(&mut self, at: &Spot<'_>) -> Option<String> {
        self.bounded(at, LONGEST_TEXT, false)
    }

    fn bounded(&mut self, at: &Spot<'_>, longest: usize, lines: bool) -> Option<String> {
        let Content::Text(text) = &at.node.content else {
            self.problem(at, Rule::ExpectedText, Vec::new());
            return None;
        };
        let allowed = |one: char| !one.is_control() || (lines && one == '\n');
        if text.trim().is_empty() {
            self.problem(at, Rule::Empty, Vec::new());
        } else if text.chars().count() > longest {
            self.problem(at, Rule::TooLong, vec![("limit", longest.to_string())]);
        } else if !text.chars().all(allowed) {
            self.problem(at, Rule::ControlCharacter, Vec::new());
        } else {
            return Some(text.clone());
        }
        None
    }

    /// A text for people, or one per language.
    pub fn label(&mut self, at: &Spot<'_>) -> Option<Label> {
        if matches!(at.node.content, Content::Text(_)) {
            return self.bounded(at, LONGEST_TEXT * 10, true).map(Label::One);
        }
        let mut texts = std::collections::BTreeMap::new();
        for (language, spot) in self.entries(at) {
            if !is_language(&language) {
                self.problem(&spot, Rule::BadLanguage, vec![("value", language)]);
            } else if let Some(text) = self.bounded(&spot, LONGEST_TEXT * 10, true) {
                texts.insert(language, text);
            }
        }
        (!texts.is_empty()).then_some(Label::PerLanguage(texts))
    }

    /// One of a set of names.
    pub fn choice<T: Copy>(
        &mut self,
        at: &Spot<'_>,
        parse: impl Fn(&str) -> Option<T>,
        allowed: &[&str],
    ) -> Option<T> {
        let text = self.text(at)?;
        let choice = parse(&text);
        if choice.is_none() {
            let arguments = vec![("value", text), ("allowed", allowed.join(", "))];
            self.problem(at, Rule::UnknownValue, arguments);
        }
        choice
    }

    /// A name of ours: `[a-z][a-z0-9_]*`, at most 63 characters.
    pub fn name(&mut self, at: &Spot<'_>) -> Option<String> {
        let name = self.text(at)?;
        if is_name(&name) {
            return Some(name);
        }
        self.problem(at, Rule::BadName, vec![("value", name)]);
        None
    }
}

/// Whether a text is a name of ours.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '_')
}

/// `fr`, `gsw`, `pt-BR`.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.chars().all(|one| one.is_ascii_lowercase())
        && parts.all(|part| {
            (2..=8).contains(&part.len()) && part.chars().all(|one| one.is_ascii_alphanumeric())
        })
}
