//! YAML read into nodes that know their place, within limits. JSON is read too, as a part of YAML.

use std::collections::{BTreeMap, BTreeSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::problem::{Place, Problem, Rule};

/// The longest map, in bytes.
pub const LONGEST_BYTES: usize = 1024 * 1024;
const DEEPEST: usize = 32;
const MOST_NODES: usize = 100_000;

/// A value and where it starts.
#[derive(Clone, Debug)]
pub struct Node {
    pub place: Place,
    pub content: Content,
}

/// What a node holds. Numbers, dates and booleans stay texts: the reader knows what it expects.
#[derive(Clone, Debug)]
pub enum Content {
    Null,
    Text(String),
    List(Vec<Node>),
    Mapping(Vec<(String, Place, Node)>),
}

impl Node {
    fn count(&self) -> usize {
        1 + match &self.content {
            Content::Null | Content::Text(_) => 0,
            Content::List(nodes) => nodes.iter().map(Self::count).sum(),
            Content::Mapping(fields) => fields.iter().map(|(_, _, node)| node.count()).sum(),
        }
    }
}

/// A collection being read.
struct Open {
    place: Place,
    anchor: usize,
    content: Content,
    key: Option<(String, Place)>,
    seen: BTreeSet<String>,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    nodes: usize,
    root: Option<Node>,
    duplicates: Vec<Problem>,
}

fn problem(place: Place, rule: Rule, arguments: Vec<(&'static str, String)>) -> Problem {
    Problem { place, path: String::new(), rule, arguments }
}

fn place_of(span: Span) -> Place {
    Place { line: span.start.line(), column: span.start.col() + 1 }
}

/// Reads a document.
///
/// # Errors
///
/// The first error that makes the text unreadable, or every key that stands twice.
pub fn read(text: &str) -> Result<Node, Vec<Problem>> {
    let start = Place { line: 1, column: 1 };
    if text.len() > LONGEST_BYTES {
        let limit = LONGEST_BYTES.to_string();
        return Err(vec![problem(start, Rule::TooLarge, vec![("limit", limit)])]);
    }
    let mut builder = Builder::default();
    let mut documents = 0;
    for event in Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        let (event, span) = event.map_err(|error| {
            let place =
                Place { line: error.marker().line().max(1), column: error.marker().col() + 1 };
            vec![problem(place, Rule::Syntax, vec![("detail", error.info().to_owned())])]
        })?;
        let place = place_of(span);
        if matches!(event, Event::DocumentStart(_)) {
            documents += 1;
            if documents > 1 {
                return Err(vec![problem(place, Rule::SeveralDocuments, Vec::new())]);
            }
        }
        builder.take(event, place).map_err(|problem| vec![problem])?;
    }
    if !builder.duplicates.is_empty() {
        return Err(builder.duplicates);
    }
    Ok(builder.root.unwrap_or(Node { place: start, content: Content::Null }))
}

impl Builder {
    fn take(&mut self, event: Event<'_>, place: Place) -> Result<(), Problem> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                refuse_tag(tag.is_some(), place)?;
                let null = style == ScalarStyle::Plain
                    && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let content = if null { Content::Null } else { Content::Text(text.into_owned()) };
                self.close(Node { place, content }, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                refuse_tag(tag.is_some(), place)?;
                self.open(place, anchor, Content::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                refuse_tag(tag.is_some(), place)?;
                self.open(place, anchor, Content::Mapping(Vec::new()))
            }
            // The reader closes nothing that it has not opened.
            Event::SequenceEnd | Event::MappingEnd => self.open.pop().map_or(Ok(()), |open| {
                self.close(Node { place: open.place, content: open.content }, open.anchor)
            }),
            Event::Alias(anchor) => {
                let Some(mut node) = self.anchors.get(&anchor).cloned() else {
                    let detail = "alias of an anchor that is not complete".to_owned();
                    return Err(problem(place, Rule::Syntax, vec![("detail", detail)]));
                };
                node.place = place;
                self.nodes += node.count();
                self.close(node, 0)
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, place: Place, anchor: usize, content: Content) -> Result<(), Problem> {
        if self.open.len() >= DEEPEST {
            return Err(problem(place, Rule::TooDeep, vec![("limit", DEEPEST.to_string())]));
        }
        self.open.push(Open { place, anchor, content, key: None, seen: BTreeSet::new() });
        Ok(())
    }

    fn close(&mut self, node: Node, anchor: usize) -> Result<(), Problem> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            let limit = MOST_NODES.to_string();
            return Err(problem(node.place, Rule::TooManyNodes, vec![("limit", limit)]));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        // What is open is a list or a mapping.
        if let Content::List(nodes) = &mut parent.content {
            nodes.push(node);
        } else if let Content::Mapping(fields) = &mut parent.content {
            if let Some((key, place)) = parent.key.take() {
                fields.push((key, place, node));
                return Ok(());
            }
            let Content::Text(key) = node.content else {
                return Err(problem(node.place, Rule::KeyNotText, Vec::new()));
            };
            if !parent.seen.insert(key.clone()) {
                let arguments = vec![("key", key.clone())];
                self.duplicates.push(problem(node.place, Rule::DuplicateKey, arguments));
            }
            parent.key = Some((key, node.place));
        }
        Ok(())
    }
}

/// Tags ask for types of a programming language; a map needs none.
fn refuse_tag(tagged: bool, place: Place) -> Result<(), Problem> {
    if tagged { Err(problem(place, Rule::Tagged, Vec::new())) } else { Ok(()) }
}

/// Where each path of a document stands: `systems[0].name` → its value, and the key of a mapping.
#[derive(Clone, Debug, Default)]
pub struct Places(BTreeMap<String, Place>);

impl Places {
    /// Lists every path of a document.
    #[must_use]
    pub fn of(root: &Node) -> Self {
        let mut places = Self::default();
        places.add(String::new(), root);
        places
    }

    fn add(&mut self, path: String, node: &Node) {
        match &node.content {
            Content::Null | Content::Text(_) => {}
            Content::List(nodes) => {
                for (index, node) in nodes.iter().enumerate() {
                    self.add(format!("{path}[{index}]"), node);
                }
            }
            Content::Mapping(fields) => {
                for (key, _, node) in fields {
                    self.add(super::fields::join(&path, key), node);
                }
            }
        }
        self.0.insert(path, node.place);
    }

    /// The place of a path, or of the nearest part of it that stands in the file: the path of a
    /// list's element also names the single value that the map wrote in place of a list.
    #[must_use]
    pub fn find(&self, path: &str) -> (String, Place) {
        let mut known = path;
        loop {
            if let Some(place) = self.0.get(known) {
                return (known.to_owned(), *place);
            }
            match known.rfind(['.', '[']).and_then(|end| known.get(..end)) {
                Some(shorter) => known = shorter,
                None => return (String::new(), Place { line: 1, column: 1 }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, Place, Places, read};
    use crate::domain::inventory::problem::Rule;

    fn refused(text: &str) -> (Rule, Place) {
        let problems = read(text).unwrap_err();
        (problems[0].rule, problems[0].place)
    }

    #[test]
    fn a_text_that_is_no_map_is_refused_with_its_place() {
        let at = |line, column| Place { line, column };
        assert_eq!(refused("a: 1\nb: [2"), (Rule::Syntax, at(3, 1)));
        assert_eq!(refused("a: 1\na: 2"), (Rule::DuplicateKey, at(2, 1)));
        assert_eq!(refused("a: !!binary x"), (Rule::Tagged, at(1, 4)));
        assert_eq!(refused("a: 1\n---\nb: 2").0, Rule::SeveralDocuments);
        assert_eq!(refused(&"[".repeat(100)).0, Rule::TooDeep);
        // The reader of YAML has a limit of its own, which it meets first.
        assert_eq!(refused(&"[".repeat(3_000)).0, Rule::Syntax);
        assert_eq!(refused(&"a".repeat(1_048_577)).0, Rule::TooLarge);
        assert_eq!(refused("? [a]\n: b").0, Rule::KeyNotText);
        assert_eq!(refused("a: &x [*x]"), (Rule::Syntax, at(1, 8)));
        // A path that the text has nothing of stands at its beginning.
        let places = Places::of(&read("a: 1").unwrap());
        assert_eq!(places.find("b"), (String::new(), at(1, 1)));
    }

    #[test]
    fn hostile_texts_are_answered_in_time() {
        for piece in [
            "- ", "? ", "[", "{", "a: ", "&a ", "*a ", "!", "'", "\"", "\n", "#", "|", "\t", "- [",
            "{a: ",
        ] {
            let text = piece.repeat(300_000 / piece.len());
            let start = std::time::Instant::now();
            // Whatever the answer is, it comes.
            let answer = read(&text).map(|node| node.count());
            assert!(start.elapsed().as_secs() < 10, "{piece:?} {answer:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "[-?:,{}\\[\\]&*!|>'\"%@#ab \n\t]{0,200}") {
            let _ = crate::domain::inventory::parse::parse(&text);
            let map = format!("systems:\n- name: s\n  connector: sqlite\n  tables:\n  - {text}");
            let _ = crate::domain::inventory::parse::parse(&map);
        }
    }

    #[test]
    fn an_alias_bomb_is_refused_and_an_honest_alias_is_not() {
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for level in 1..12 {
            let before = level - 1;
            let aliases = vec![format!("*a{before}"); 10].join(",");
            bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        assert_eq!(refused(&bomb).0, Rule::TooManyNodes);
        let root = read("a: &x {b: c}\nd: *x").unwrap();
        let Content::Mapping(fields) = root.content else { panic!("not a mapping") };
        assert!(matches!(&fields[1].2.content, Content::Mapping(inner) if inner.len() == 1));
    }
}
