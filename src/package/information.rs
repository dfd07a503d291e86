//! `information.json`: what Article 15(1)(a) to (h) and 15(2) ask to be said, for each table.
//!
//! No element is ever absent: where the map says nothing, the document says that it is not stated,
//! and where nothing applies, that it does not apply.

use serde::Serialize;

use crate::domain::regime::law::Law;
use crate::language::text_with;
use crate::package::contents::{Authority, Contents, Origin, System, Table};
use crate::package::words::Words;

/// The rights that Article 15(1)(e) asks to be named, and those that go with them, with their
/// articles.
const RIGHTS: [(&str, &str); 6] = [
    ("rectification", "16"),
    ("erasure", "17"),
    ("restriction", "18"),
    ("objection", "21"),
    ("portability", "20"),
    ("consent", "7(3)"),
];

/// The whole of `information.json`.
#[derive(Debug, Serialize)]
pub struct Information<'a> {
    pub reference: &'a str,
    pub controller: ControllerFacts<'a>,
    pub systems: Vec<SystemFacts<'a>>,
    /// Art. 15(1)(e)
    pub rights: Vec<Statement>,
    /// Art. 15(1)(f)
    pub complaint: Complaint<'a>,
}

/// Who answers.
#[derive(Debug, Serialize)]
pub struct ControllerFacts<'a> {
    pub name: &'a str,
    pub address: Option<&'a str>,
    pub contact: Option<&'a str>,
}

/// One system.
#[derive(Debug, Serialize)]
pub struct SystemFacts<'a> {
    pub name: &'a str,
    pub title: &'a str,
    pub tables: Vec<TableFacts<'a>>,
}

/// One table.
#[derive(Debug, Serialize)]
pub struct TableFacts<'a> {
    pub name: &'a str,
    pub title: &'a str,
    /// ISO 8601, as the map has it.
    pub keep: Option<&'a str>,
    pub elements: Vec<Element>,
}

/// One element of Article 15.
#[derive(Debug, Serialize)]
pub struct Element {
    /// `15(1)(a)`; none under a law that is not the GDPR.
    pub article: Option<&'static str>,
    pub name: &'static str,
    pub label: String,
    /// Whether the map states it. If not, `values` says so in words.
    pub stated: bool,
    /// At least one.
    pub values: Vec<String>,
}

/// One right.
#[derive(Debug, Serialize)]
pub struct Statement {
    pub name: &'static str,
    pub text: String,
}

/// Where to complain.
#[derive(Debug, Serialize)]
pub struct Complaint<'a> {
    pub text: String,
    pub court: String,
    pub authority: Option<AuthorityFacts<'a>>,
}

/// A supervisory authority.
#[derive(Debug, Serialize)]
pub struct AuthorityFacts<'a> {
    pub name: &'a str,
    pub address: Option<&'a str>,
    pub web: Option<&'a str>,
    pub email: Option<&'a str>,
    pub phone: Option<&'a str>,
}

impl<'a> AuthorityFacts<'a> {
    fn new(authority: &'a Authority) -> Self {
        Self {
            name: &authority.name,
            address: authority.address.as_deref(),
            web: authority.web.as_deref(),
            email: authority.email.as_deref(),
            phone: authority.phone.as_deref(),
        }
    }
}

/// Says all of it, for every table of the map, whether something was found in it or not.
#[must_use]
pub fn information(contents: &Contents) -> Information<'_> {
    let words = contents.words();
    Information {
        reference: &contents.request.reference,
        controller: ControllerFacts {
            name: &contents.controller.name,
            address: contents.controller.address.as_deref(),
            contact: contents.controller.contact.as_deref(),
        },
        systems: contents.systems.iter().map(|system| system_facts(system, words)).collect(),
        rights: RIGHTS
            .into_iter()
            .map(|(name, article)| {
                let text = words.cite(&format!("information-rights-{name}"), article);
                Statement { name, text }
            })
            .collect(),
        complaint: Complaint {
            text: complaint(contents, words),
            court: words.cite("remedy-court", "79"),
            authority: contents.authority.as_ref().map(AuthorityFacts::new),
        },
    }
}

/// In the Union a person may choose the authority; in the United Kingdom the controller itself takes
/// complaints too (DPA 2018 s.164A).
fn complaint(contents: &Contents, words: Words) -> String {
    match words.law {
        Law::Gdpr => words.cite("remedy-complaint-choice", "77"),
        Law::Other => words.cite("remedy-complaint", "77"),
        Law::UkGdpr => {
            let contact = contents.controller.contact.as_deref().unwrap_or_default();
            let first = [("contact", contact)];
            let first = text_with(words.language, "letter-complaint-first", &first);
            format!("{}. {first}", words.cite("remedy-complaint", "77"))
        }
    }
}

fn system_facts(system: &System, words: Words) -> SystemFacts<'_> {
    SystemFacts {
        name: &system.name,
        title: &system.title,
        tables: system
            .tables
            .iter()
            .map(|table| TableFacts {
                name: &table.name,
                title: &table.title,
                keep: table.facts.retention.as_ref().map(|retention| retention.keep.as_str()),
                elements: elements(table, words),
            })
            .collect(),
    }
}

fn elements(table: &Table, words: Words) -> Vec<Element> {
    let facts = &table.facts;
    let element = |article, name: &'static str, values: Vec<String>, otherwise: &str| Element {
        article: Some(article).filter(|_| words.law != Law::Other),
        name,
        label: words.say(&format!("information-{}", label(name, words.law))),
        stated: !values.is_empty(),
        values: if values.is_empty() {
            vec![words.say(&format!("information-{otherwise}"))]
        } else {
            values
        },
    };
    let listed = |article, name, values: &Option<Vec<String>>, none: &str| match values {
        Some(values) => element(article, name, values.clone(), none),
        None => element(article, name, Vec::new(), "not-stated"),
    };
    let retention = facts.retention.iter().map(|r| words.retention(r, table)).collect();
    let source = facts.origin.iter().map(|origin| match origin {
        Origin::Subject => words.say("information-source-subject"),
        Origin::Other(name) => name.clone(),
    });
    let bases = facts.bases.iter().map(|basis| words.basis(basis)).collect();
    vec![
        element("15(1)(a)", "purposes", facts.purposes.clone(), "not-stated"),
        element("15(1)(a)", "bases", bases, "not-stated"),
        element("15(1)(b)", "categories", categories(table), "not-stated"),
        listed("15(1)(c)", "recipients", &facts.recipients, "no-recipients"),
        element("15(1)(d)", "retention", retention, "not-stated"),
        element("15(1)(g)", "source", source.collect(), "not-stated"),
        element("15(1)(h)", "automated", automated(table, words), "not-stated"),
        listed("15(2)", "transfers", &facts.transfers, "no-transfers"),
    ]
}

/// Abroad is another place under each law; the Union's is the European Economic Area's.
fn label(name: &'static str, law: Law) -> &'static str {
    match (name, law) {
        ("transfers", Law::UkGdpr | Law::Other) => "transfers-other",
        _ => name,
    }
}

/// The table's categories and its columns', each once, in their order.
fn categories(table: &Table) -> Vec<String> {
    let mut categories: Vec<String> = Vec::new();
    let columns = table.columns.iter().filter_map(|column| column.category.as_ref());
    for category in table.facts.categories.iter().chain(columns) {
        if !categories.contains(category) {
            categories.push(category.clone());
        }
    }
    categories
}

fn automated(table: &Table, words: Words) -> Vec<String> {
    let decisions = table.columns.iter().filter_map(|column| {
        let logic = column.automated_decision.as_deref()?;
        let title = column.title.as_deref().unwrap_or(&column.name);
        Some(words.say_with("information-decision", &[("column", title), ("logic", logic)]))
    });
    decisions.collect()
}

#[cfg(test)]
mod tests {
    use super::elements;
    use crate::domain::regime::law::Law;
    use crate::language::Language;
    use crate::package::contents::{Facts, Table};
    use crate::package::words::Words;

    #[test]
    fn what_the_map_does_not_say_is_not_called_absent() {
        let said = |recipients, transfers| -> Vec<String> {
            let table = Table {
                name: "t".into(),
                title: "T".into(),
                rows: 0,
                withheld: Default::default(),
                columns: Vec::new(),
                key: Vec::new(),
                references: Vec::new(),
                facts: Facts { recipients, transfers, ..Facts::default() },
            };
            let elements = elements(&table, Words { language: Language::En, law: Law::Gdpr });
            elements.into_iter().map(|element| element.values.concat()).collect()
        };
        let unstated = "Not stated; write to us and we will tell you.";
        let all = said(None, None);
        assert_eq!(all, [unstated; 8]);
        let none = said(Some(Vec::new()), Some(Vec::new()));
        assert_eq!(none[3], "Not applicable: the data is handed to nobody.");
        assert_eq!(none[7], "Not applicable: there is no such transfer.");
    }
}
