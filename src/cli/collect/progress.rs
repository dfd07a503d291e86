//! How a collection goes on, on standard error: a line when a system begins and ends, and one a
//! second while it takes longer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::app::Clock;
use crate::cli::map::source_sentence;
use crate::cli::say;
use crate::connectors::search::{Outcome, SystemFound, Watch};
use crate::connectors::sink::RowSink;
use crate::domain::row::{Column, Value};
use crate::language::{Language, text, text_with};
use crate::sealed_rows::RowFiles;

/// When a system was searched.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

#[derive(Debug)]
struct Line {
    span: Span,
    began: Instant,
    rows: u64,
}

/// Tells the person at the terminal, and notes the times.
#[derive(Clone, Debug)]
pub struct Progress {
    language: Language,
    lines: Arc<Mutex<BTreeMap<String, Line>>>,
}

impl Progress {
    /// Nothing has begun yet.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self { language, lines: Arc::default() }
    }

    /// Says every second how far the systems at work are; never ends.
    pub async fn tell_every_second(self) {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.with(|lines| {
                for (system, line) in lines.iter().filter(|(_, line)| line.span.ended_at.is_none())
                {
                    say(&self.sentence("collect-running", system, line, ""));
                }
            });
        }
    }

    /// When a system was searched; nothing for one that never began.
    #[must_use]
    pub fn span(&self, system: &str) -> Option<Span> {
        self.with(|lines| lines.get(system).map(|line| line.span))
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<String, Line>) -> T) -> T {
        // The lines are plain values: they are whole whenever the lock is free.
        act(&mut self.lines.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn sentence(&self, key: &str, system: &str, line: &Line, ending: &str) -> String {
        let (rows, seconds) =
            (line.rows.to_string(), format!("{:.1}", line.began.elapsed().as_secs_f64()));
        let arguments = [
            ("system", system),
            ("rows", rows.as_str()),
            ("seconds", seconds.as_str()),
            ("outcome", ending),
        ];
        text_with(self.language, key, &arguments)
    }
}

/// How a search ended, in words.
#[must_use]
pub fn ending(language: Language, found: &SystemFound) -> String {
    match &found.outcome {
        Outcome::Complete if found.lacks.is_empty() => text(language, "collect-complete"),
        Outcome::Complete => {
            let lacks = found.lacks.join(", ");
            text_with(language, "collect-lacks", &[("systems", &lacks)])
        }
        Outcome::RowCap => text(language, "collect-row-cap"),
        Outcome::LinkCap => text(language, "collect-link-cap"),
        Outcome::TimedOut => text(language, "source-timed-out"),
        Outcome::Failed { error } => source_sentence(language, error),
        Outcome::WaitsForPerson => text(language, "collect-manual"),
    }
}

impl Watch for Progress {
    fn began(&self, system: &str) {
        let line = Line {
            span: Span { started_at: Clock::Machine.now(), ended_at: None },
            began: Instant::now(),
            rows: 0,
        };
        say(&self.sentence("collect-began", system, &line, ""));
        self.with(|lines| lines.insert(system.to_owned(), line));
    }

    fn ended(&self, found: &SystemFound) {
        self.with(|lines| {
            let Some(line) = lines.get_mut(&found.system) else {
                return;
            };
            line.span.ended_at = Some(Clock::Machine.now());
            let ending = ending(self.language, found);
            say(&self.sentence("collect-ended", &found.system, line, &ending));
        });
    }
}

/// The row files of a system, counted for the person who waits.
pub struct CountedRows {
    pub files: RowFiles,
    pub system: String,
    pub progress: Progress,
}

impl RowSink for CountedRows {
    fn table(&mut self, table: &str, columns: &[Column]) -> anyhow::Result<()> {
        self.files.table(table, columns)
    }

    fn row(&mut self, row: &[Value]) -> anyhow::Result<()> {
        self.files.row(row)?;
        self.progress.with(|lines| {
            if let Some(line) = lines.get_mut(&self.system) {
                line.rows += 1;
            }
        });
        Ok(())
    }
}
