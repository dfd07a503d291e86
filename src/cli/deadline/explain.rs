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
use crate::domain::deadline::step::Step;
use crate::domain::deadline::{self, ClockInput, Dates};
use crate::domain::regime;
use crate::domain::regime::clock_right::ClockRight;
use crate::language::Language;
use crate::language::step::sentence;

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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::Parser;

    use super::explain;
    use crate::cli::deadline::DeadlineCommand;
    use crate::cli::{Arguments, Command, Outcome};
    use crate::language::{Language, text_with};

    /// The command with a request of its own; an option given in `extra` takes its place.
    fn run(extra: &[&str]) -> Result<String, String> {
        let mut given = vec!["guichet", "deadline", "explain"];
        for (option, value) in [
            ("--regime", "EU-GDPR"),
            ("--calendar", "FR"),
            ("--tz", "Europe/Paris"),
            ("--received", "2026-03-04T10:00:00+01:00"),
        ] {
            if !extra.contains(&option) {
                given.extend([option, value]);
            }
        }
        let arguments = Arguments::try_parse_from(given.iter().chain(extra))
            .map_err(|error| error.to_string())?;
        let Command::Deadline { command: DeadlineCommand::Explain(arguments) } = arguments.command
        else {
            panic!("another command");
        };
        let mut out = Vec::new();
        let ended = explain(&arguments, &mut out).map_err(|error| format!("{error:#}"))?;
        assert_eq!(ended, Outcome::Done);
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn every_step_is_said_in_both_languages_with_rule_and_source() {
        let french = run(&["--language", "fr"]).unwrap();
        assert!(french.contains("Le 4 avril 2026 n’est pas un jour ouvrable"), "{french}");
        assert!(french.contains("le 7 avril 2026"), "{french}");
        let english = run(&[]).unwrap();
        assert!(english.contains("4 April 2026 is no working day"), "{english}");
        assert!(english.contains("deadline-rolled · Reg. (EEC, Euratom) 1182/71 art. 3(4)"));
        assert_eq!(french.lines().count(), english.lines().count());
        for words in [french, english] {
            assert!(!words.contains("[deadline"), "{words}");
            assert!(!words.contains('{'), "{words}");
        }
    }

    #[test]
    fn the_machine_gets_dates_and_steps() {
        let events = r#"[{"type":"extension_notice","at":"2026-03-10T10:00:00Z"}]"#;
        let json = run(&["--json", "--events", events, "--right", "know"]).unwrap();
        let document: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(document["dates"]["legal_on"], "2026-06-04");
        assert_eq!(document["dates"]["status"], "ok");
        assert_eq!(document["due_on"], "2026-06-02");
        let rules: Vec<_> =
            document["steps"].as_array().unwrap().iter().map(|step| &step["rule"]).collect();
        assert_eq!(rules.first().unwrap().as_str(), Some("deadline-regime"));
        assert!(rules.iter().any(|rule| *rule == "deadline-extended"));
    }

    #[test]
    fn an_argument_that_cannot_be_used_says_what_to_write() {
        let rows: [(&[&str], &str); 8] = [
            (&["--right", "acces"], "--right acces"),
            (&["--regime", "EU"], "the regime “EU” is not known"),
            (&["--calendar", "XX"], "the calendar “XX” is not known"),
            (&["--events", "{"], "--events: not a JSON array"),
            (&["--language", "de"], "[possible values: fr, en]"),
            (&["--tz", "Paris"], "not an IANA time zone"),
            (&["--received", "today"], "is not an instant with its offset"),
            (&["--events", r#"[{"type":"fee_paid","at":"2200-01-01T00:00:00Z"}]"#], "1970 to 2100"),
        ];
        for (extra, expected) in rows {
            let error = run(extra).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }

    /// Every rule that the engine names is in the catalogue, and the catalogue names no other.
    #[test]
    fn the_catalogue_and_the_rules_are_the_same() {
        let rules: BTreeSet<&str> = [
            include_str!("../../domain/deadline/engine.rs"),
            include_str!("../../domain/deadline/timeline.rs"),
        ]
        .into_iter()
        .flat_map(|code| code.split('"'))
        .filter(|word| word.starts_with("deadline-") && !word.contains(' '))
        .collect();
        for (language, texts) in [
            (Language::Fr, include_str!("../../language/texts/fr/deadline.ftl")),
            (Language::En, include_str!("../../language/texts/en/deadline.ftl")),
        ] {
            let keys: BTreeSet<&str> = texts
                .lines()
                .filter(|line| line.starts_with("deadline-"))
                .filter_map(|line| line.split(" =").next())
                .collect();
            assert_eq!(keys, rules, "{language:?}");
            for rule in &rules {
                let all = ["calendar", "count", "date", "from", "instant", "limit", "question"]
                    .into_iter()
                    .chain(["regime", "to", "version", "zone"]);
                let arguments: Vec<_> = all.map(|name| (name, "x")).collect();
                let words = text_with(language, rule, &arguments);
                assert_ne!(words, format!("[{rule}]"));
            }
        }
        // French typography: the space before : ; ? ! does not break.
        for line in include_str!("../../language/texts/fr/deadline.ftl").lines() {
            let text = line.split_once(" = ").map_or("", |(_, text)| text);
            for mark in [" :", " ;", " ?", " !", " »", "« "] {
                assert!(!text.contains(mark), "“{mark}” breaks in {text}");
            }
        }
    }
}
