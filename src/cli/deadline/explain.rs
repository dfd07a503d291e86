//! `guichet deadline explain`: the dates of one request and every step, in words or as JSON.

use std::io::Write;

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::Args;
use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::deadline::{parse_events, parse_instant, parse_zone};
use crate::domain::calendar::Calendar;
use crate::domain::deadline::step::{Argument, Step};
use crate::domain::deadline::{self, ClockInput, Dates};
use crate::domain::regime;
use crate::domain::regime::clock_right::ClockRight;
use crate::language::{Language, date, text_with};

/// One request.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// The law: EU-GDPR, UK-GDPR, CH-FADP, US-CA-CCPA, CA-QC …
    #[arg(long)]
    pub regime: String,
    /// The public holidays: FR, FR-ALM, DE-BY, GB-ENG, US …; `+strict` for no roll-over.
    #[arg(long)]
    pub calendar: String,
    /// The IANA zone of the establishment that answers.
    #[arg(long, value_parser = parse_zone)]
    pub tz: Tz,
    /// The instant of receipt with its offset.
    #[arg(long, value_parser = parse_instant)]
    pub received: DateTime<Utc>,
    /// A right, or refusal, complaint_ack, breach.
    #[arg(long, default_value = "access")]
    pub right: String,
    /// A JSON array of events with type, at, and until where a date is announced.
    #[arg(long, default_value = "[]")]
    pub events: String,
    /// The language of the words.
    #[arg(long, value_enum, default_value = "en")]
    pub language: Language,
    /// Dates and steps as JSON.
    #[arg(long)]
    pub json: bool,
}

/// A step as JSON shows it.
#[derive(Serialize)]
struct ShownStep {
    rule: &'static str,
    text: String,
    source: &'static str,
    arguments: serde_json::Map<String, serde_json::Value>,
}

/// Prints the dates and the steps.
///
/// # Errors
/// An argument that cannot be used: exit code 2.
pub fn explain(arguments: &ExplainArguments, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let regime = regime::find(&arguments.regime)?;
    let calendar = Calendar::shipped(&arguments.calendar)?;
    let right = ClockRight::parse(&arguments.right)
        .ok_or_else(|| anyhow!("--right {}: not a right", arguments.right))?;
    let events = parse_events(&arguments.events, arguments.tz)
        .map_err(|reason| anyhow!("--events: {reason}"))?;
    let input = ClockInput {
        regime,
        calendar: &calendar,
        tz: arguments.tz,
        right,
        received_at: arguments.received,
        events: &events,
    };
    let (dates, steps) = deadline::explain(&input)?;
    if arguments.json {
        print_json(arguments, &dates, &steps, out)?;
    } else {
        print_words(arguments, &steps, out)?;
    }
    Ok(Outcome::Done)
}

fn print_words(
    arguments: &ExplainArguments,
    steps: &[Step],
    out: &mut dyn Write,
) -> std::io::Result<()> {
    for step in steps {
        let words = sentence(step, arguments.language, arguments.tz);
        writeln!(out, "{words}\n    {} · {}", step.rule, step.source)?;
    }
    Ok(())
}

fn print_json(
    arguments: &ExplainArguments,
    dates: &Dates,
    steps: &[Step],
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut shown = Vec::with_capacity(steps.len());
    for step in steps {
        let mut values = serde_json::Map::new();
        for (name, value) in &step.arguments {
            values.insert((*name).to_owned(), serde_json::to_value(value)?);
        }
        shown.push(ShownStep {
            rule: step.rule,
            text: sentence(step, arguments.language, arguments.tz),
            source: step.source,
            arguments: values,
        });
    }
    let document = serde_json::json!({ "dates": dates, "due_on": dates.due_on(), "steps": shown });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)?;
    Ok(())
}

/// The sentence of a step, with its dates written out.
fn sentence(step: &Step, language: Language, tz: Tz) -> String {
    let shown: Vec<(&'static str, String)> = step
        .arguments
        .iter()
        .map(|(name, value)| (*name, show(value, language, tz)))
        .collect();
    let arguments: Vec<(&'static str, &str)> = shown
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    text_with(language, step.rule, &arguments)
}

fn show(value: &Argument, language: Language, tz: Tz) -> String {
    match value {
        Argument::Date(day) => date(language, *day),
        Argument::Instant(at) => {
            let local = at.with_timezone(&tz);
            format!(
                "{} {}",
                date(language, local.date_naive()),
                local.format("%H:%M %Z")
            )
        }
        Argument::Number(number) => number.to_string(),
        Argument::Text(text) => text.clone(),
    }
}
