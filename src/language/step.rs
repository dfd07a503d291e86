//! The steps of a computation of dates, as sentences.

use chrono_tz::Tz;

use super::{Language, date, text_with};
use crate::domain::deadline::step::{Argument, Step};

/// The sentence of a step, with its dates written out.
#[must_use]
pub fn sentence(step: &Step, language: Language, tz: Tz) -> String {
    let shown: Vec<(&'static str, String)> =
        step.arguments.iter().map(|(name, value)| (*name, show(value, language, tz))).collect();
    let arguments: Vec<(&'static str, &str)> =
        shown.iter().map(|(name, value)| (*name, value.as_str())).collect();
    text_with(language, step.rule, &arguments)
}

fn show(value: &Argument, language: Language, tz: Tz) -> String {
    match value {
        Argument::Date(day) => date(language, *day),
        Argument::Instant(at) => {
            let local = at.with_timezone(&tz);
            format!("{} {}", date(language, local.date_naive()), local.format("%H:%M %Z"))
        }
        Argument::Number(number) => number.to_string(),
        Argument::Text(text) => text.clone(),
    }
}
