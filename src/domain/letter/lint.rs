//! What keeps a letter from being sent: every missing element with its place, and what a person
//! should know before sending it all the same (law.md §6.1, GDPR Art. 12).

mod answer;
mod clock;
mod identity_copy;
mod reply;
mod rules;
mod standing;
pub mod telling;
mod withheld;
pub mod words;

use std::collections::BTreeMap;

use super::Letter;
use super::content::Content;
use super::element::Element;
use super::facts::Facts;
use super::placeholder::{Filler, Placeholder};

/// What stands for each placeholder, in the language of the letter.
pub type Values = BTreeMap<Placeholder, String>;

/// Something that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where: `parts.doubt`, `rights[0].reason`, `until`, or `text` for the controller's own text.
    pub place: String,
    /// A rule of the catalogue, `field-<code>`.
    pub code: &'static str,
    /// The element that is missing, where it is one.
    pub element: Option<Placeholder>,
    /// The legal anchor.
    pub anchor: &'static str,
    pub arguments: Vec<(&'static str, String)>,
    /// Whether the letter cannot be sent; else the sender is only told.
    pub blocks: bool,
}

impl Finding {
    fn blocking(place: impl Into<String>, code: &'static str, anchor: &'static str) -> Self {
        let (place, arguments) = (place.into(), Vec::new());
        Self { place, code, element: None, anchor, arguments, blocks: true }
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.arguments.push((name, value));
        self
    }

    fn of(mut self, element: Placeholder) -> Self {
        self.element = Some(element);
        self
    }

    fn told(mut self) -> Self {
        self.blocks = false;
        self
    }
}

/// A letter as it would leave.
#[derive(Clone, Copy)]
pub struct Draft<'a> {
    pub letter: Letter,
    /// The controller's text, with its placeholders.
    pub text: &'a str,
    pub content: &'a Content,
    pub values: &'a Values,
    pub facts: &'a Facts,
}

/// Everything that is missing or wrong.
#[must_use]
pub fn lint(draft: &Draft<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for element in draft.letter.elements() {
        findings.extend(said(draft, element));
        findings.extend(filled(draft, element));
    }
    rules::of_letter(draft, &mut findings);
    rules::of_case(draft, &mut findings);
    standing::ended(draft, &mut findings);
    clock::unsaid(draft, &mut findings);
    withheld::unsaid(draft, &mut findings);
    findings
}

/// The text must have a place for the element.
fn said(draft: &Draft<'_>, element: &Element) -> Option<Finding> {
    let has_place = Letter::has_place(draft.text, element.placeholder);
    let missing =
        || Finding::blocking("text", "letter-removed", element.anchor).of(element.placeholder);
    (!has_place).then(missing)
}

/// And something must stand there.
fn filled(draft: &Draft<'_>, element: &Element) -> Option<Finding> {
    let placeholder = element.placeholder;
    // While the clock stands still there is no date, and another rule says so.
    if placeholder.is_of_clock() && draft.facts.has_no_limit() {
        return None;
    }
    let missing = |place: String| Finding::blocking(place, "letter-missing", element.anchor);
    if draft.content.is_waived(element) || draft.letter.by_right(placeholder) {
        return None;
    }
    if placeholder.filler() != Filler::Person {
        let value = draft.values.get(&placeholder).map_or("", String::as_str);
        let place = || format!("case.{}", placeholder.name());
        return value.trim().is_empty().then(|| missing(place()).of(placeholder));
    }
    let place = format!("parts.{}", placeholder.name());
    words::wrong_words(draft.content.part(placeholder))
        .map(|code| Finding::blocking(place, code, element.anchor).of(placeholder))
}

#[cfg(test)]
mod tests;
