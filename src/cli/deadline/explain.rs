//! `guichet deadline explain`: the dates of one request and every step, in words or as JSON.

use std::io::Write;

use anyhow::anyhow;
use chrono_tz::Tz;
use clap::Args;
use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::deadline::{parse_events, parse_instant, parse_zone};
use crate::domain::calendar::{Calendar, CalendarError};
use crate::domain::deadline::step::Step;
use crate::domain::deadline::{self, ClockInput, Dates, DeadlineError};
use crate::domain::regime;
use crate::domain::regime::clock_right::ClockRight;
use crate::language::step::sentence;
use crate::language::{Language, text_with};

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
    #[arg(long)]
    pub tz: String,
    /// The instant of receipt with its offset.
    #[arg(long)]
    pub received: String,
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
    let refused =
        |key: &str, value: &str| anyhow!(text_with(arguments.language, key, &[("value", value)]));
    let regime = regime::find(&arguments.regime)
        .map_err(|error| refused("explain-unknown-regime", &error.id))?;
    let calendar = Calendar::shipped(&arguments.calendar)
        .map_err(|error| calendar_refused(arguments.language, &error))?;
    let right = ClockRight::parse(&arguments.right)
        .ok_or_else(|| refused("explain-not-a-right", &arguments.right))?;
    let tz = parse_zone(&arguments.tz).map_err(|_| refused("explain-not-a-zone", &arguments.tz))?;
    let received_at = parse_instant(&arguments.received)
        .map_err(|_| refused("explain-not-an-instant", &arguments.received))?;
    let events = parse_events(&arguments.events, tz)
        .map_err(|reason| refused("explain-bad-events", &reason))?;
    let input = ClockInput { regime, calendar: &calendar, tz, right, received_at, events: &events };
    let (dates, steps) = deadline::explain(&input).map_err(|error| match error {
        DeadlineError::Calendar(error) => calendar_refused(arguments.language, &error),
        DeadlineError::OutOfReach { at } => refused("explain-out-of-reach", &at.to_rfc3339()),
        DeadlineError::Overflow { date } => refused("explain-overflow", &date.to_string()),
    })?;
    if arguments.json {
        print_json(arguments, tz, &dates, &steps, out)?;
    } else {
        print_words(arguments, tz, &steps, out)?;
    }
    Ok(Outcome::Done)
}

fn calendar_refused(language: Language, error: &CalendarError) -> anyhow::Error {
    let (key, value) = match error {
        CalendarError::Unknown { code } => ("explain-unknown-calendar", code.clone()),
        CalendarError::Outside { date } => ("explain-outside", date.to_string()),
        CalendarError::Data { .. } => ("explain-bad-holidays", error.to_string()),
    };
    anyhow!(text_with(language, key, &[("value", &value)]))
}

fn print_words(
    arguments: &ExplainArguments,
    tz: Tz,
    steps: &[Step],
    out: &mut dyn Write,
) -> std::io::Result<()> {
    for step in steps {
        let words = sentence(step, arguments.language, tz);
        writeln!(out, "{words}\n    {} · {}", step.rule, step.source)?;
    }
    Ok(())
}

fn print_json(
    arguments: &ExplainArguments,
    tz: Tz,
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
            text: sentence(step, arguments.language, tz),
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
        let rows = [
            (["--right", "acces"], "--right: “acces”", "--right\u{a0}: «\u{a0}acces\u{a0}» n’est"),
            (["--regime", "EU"], "the regime “EU” is not", "le régime «\u{a0}EU\u{a0}» n’est pas"),
            (["--calendar", "XX"], "the calendar “XX”", "le calendrier «\u{a0}XX\u{a0}» n’est pas"),
            (["--events", "{"], "--events: not a JSON array", "--events\u{a0}: il faut un tableau"),
            (["--tz", "Paris"], "not an IANA time zone", "n’est pas un fuseau horaire IANA"),
            (["--received", "today"], "is not an instant with its offset", "n’est pas un instant"),
            (["--received", "1999-01-01T00:00:00Z"], "is outside 2020-01-01", "est hors de la pér"),
            (
                ["--events", r#"[{"type":"fee_paid","at":"2200-01-01T00:00:00Z"}]"#],
                "1970 to 2100",
                "de 1970 à 2100",
            ),
        ];
        for ([option, value], english, french) in rows {
            for (language, expected) in [("en", english), ("fr", french)] {
                let error = run(&[option, value, "--language", language]).unwrap_err();
                assert!(error.contains(expected), "{error}");
            }
        }
        assert!(run(&["--language", "de"]).unwrap_err().contains("[possible values: fr, en]"));
    }

    /// Each date that is computed has its step, and the target bears its name.
    #[test]
    fn every_date_is_said() {
        let received = ["--received", "2025-03-05T10:00:00+01:00"];
        let english = run(&received).unwrap();
        for words in [
            "A notice of extension must leave by the next one, 7 April 2025; sent by 5 April 2025",
            "30 days after 5 March 2025, 4 April 2025, and the end of the months, 5 April 2025",
            "The “30-day deadline” is the date to work towards.",
            "If every pause were contested, the date would be 5 April 2025",
            "The legal limit is 7 April 2025",
        ] {
            assert!(english.contains(words), "{words} in {english}");
        }
        let french = run(&[received[0], received[1], "--language", "fr"]).unwrap();
        for words in [
            "Un avis de prolongation doit partir au plus tard le jour ouvrable suivant, le 7 avril",
            "30 jours après le 5 mars 2025, soit le 4 avril 2025",
            "L’«\u{a0}échéance à 30 jours\u{a0}» est l’objectif.",
        ] {
            assert!(french.contains(words), "{words} in {french}");
        }
        let place = ["--regime", "US-CA-CCPA", "--calendar", "US", "--tz", "America/Los_Angeles"];
        let request = ["--received", "2025-01-05T10:00:00-08:00"];
        let california = run(&[place.as_slice(), &request].concat()).unwrap();
        for words in [
            "the day of receipt, 5 January 2025, is the first day of the period",
            "This strictest reading ends on 18 February 2025",
            "This law knows no pause. The conservative date counts the day of receipt as the first \
             day: 18 February 2025",
            "A notice of extension must leave by 19 February 2025",
        ] {
            assert!(california.contains(words), "{words} in {california}");
        }
        assert!(!california.contains("contested"), "{california}");
        // Paused, extended to a date that was announced.
        let moved = r#"[{"type":"identity_requested","at":"2025-03-06T10:00:00Z"},
            {"type":"identity_received","at":"2025-03-10T10:00:00Z"},
            {"type":"extension_notice","at":"2025-03-20T10:00:00Z","until":"2025-05-15"}]"#;
        let moved = run(&[received[0], received[1], "--events", moved]).unwrap();
        assert!(moved.contains("90 days after 5 March 2025, 3 June 2025"), "{moved}");
        assert!(moved.contains("the strictest reading ends on 15 May 2025"), "{moved}");
    }

    /// Nothing was asked for, and the hours run from the instant itself.
    #[test]
    fn a_breach_is_no_request() {
        let breach = ["--right", "breach", "--received", "2026-03-27T10:00:00+01:00"];
        let english = run(&breach).unwrap();
        assert!(english.contains("became aware of the breach on 27 March 2026 10:00 CET"));
        assert!(english.contains("it ends on 30 March 2026 11:00 CEST"), "{english}");
        assert!(!english.contains("request") && !english.contains("not counted"), "{english}");
        let french = run(&[breach.as_slice(), &["--language", "fr"]].concat()).unwrap();
        assert!(!french.contains("demande") && french.contains("la violation le 27 mars 2026"));
    }

    /// Every rule that the engine names is in the catalogue, and the catalogue names no other.
    #[test]
    fn the_catalogue_and_the_rules_are_the_same() {
        let rules: BTreeSet<&str> = [
            include_str!("../../domain/deadline/engine.rs"),
            include_str!("../../domain/deadline/timeline.rs"),
            include_str!("../../domain/deadline/target.rs"),
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
