//! The steps of an explanation: rule codes with arguments and source, never sentences.

use chrono::{DateTime, NaiveDate, Utc};

/// A value that a step speaks of.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Argument {
    Date(NaiveDate),
    Instant(DateTime<Utc>),
    Number(i64),
    Text(String),
}

impl From<NaiveDate> for Argument {
    fn from(date: NaiveDate) -> Self {
        Self::Date(date)
    }
}

impl From<DateTime<Utc>> for Argument {
    fn from(at: DateTime<Utc>) -> Self {
        Self::Instant(at)
    }
}

impl From<i64> for Argument {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Argument {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// One step: the rule's key in the catalogue, its arguments, and the text of law behind it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Step {
    pub rule: &'static str,
    pub arguments: Vec<(&'static str, Argument)>,
    pub source: &'static str,
}

/// Collects steps, or nothing when only the dates are wanted.
#[derive(Debug)]
pub struct Trace(Option<Vec<Step>>);

impl Trace {
    /// Nothing is kept and no argument is built.
    #[must_use]
    pub const fn silent() -> Self {
        Self(None)
    }

    /// Every step is kept.
    #[must_use]
    pub const fn recording() -> Self {
        Self(Some(Vec::new()))
    }

    /// Adds a step.
    pub fn step<const N: usize>(
        &mut self,
        rule: &'static str,
        source: &'static str,
        arguments: impl FnOnce() -> [(&'static str, Argument); N],
    ) {
        if let Some(steps) = &mut self.0 {
            steps.push(Step { rule, arguments: arguments().into(), source });
        }
    }

    /// The steps in the order in which they were taken.
    #[must_use]
    pub fn into_steps(self) -> Vec<Step> {
        self.0.unwrap_or_default()
    }
}
