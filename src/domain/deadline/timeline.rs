//! The events of a clock, taken in order of time.

use chrono::NaiveDate;

use crate::domain::deadline::DeadlineError;
use crate::domain::deadline::Warnings;
use crate::domain::deadline::arithmetic::civil_date;
use crate::domain::deadline::engine::Engine;
use crate::domain::deadline::event::{ClockEvent, ClockEventKind};
use crate::domain::deadline::pauses::{self, Ends, Pause};
use crate::domain::deadline::step::Trace;
use crate::domain::regime::clock_right::ClockRight;
use crate::domain::regime::{Extension, Pauses};
use crate::domain::right::Right;

/// "Not without undue delay" may be said against a question asked later than this.
pub const QUESTION_WINDOW_WORKING_DAYS: u32 = 5;

const EDPB: &str = "EDPB Guidelines 01/2022 §5.3";
const NOTICE: &str = "GDPR art. 12(3)";

/// A valid notice of extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    pub on: NaiveDate,
    pub until: Option<NaiveDate>,
    /// How many of the pauses had begun before it.
    pub pauses_before: usize,
}

/// What the person can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Identity,
    Clarification,
    Fee,
}

impl Question {
    const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Clarification => "clarification",
            Self::Fee => "fee",
        }
    }
}

/// An open question and the pause that it opened, if its days are to be added.
#[derive(Clone, Copy, Debug)]
struct Open {
    pause: Option<usize>,
}

/// The state of a clock after the events taken so far.
#[derive(Debug)]
pub struct Timeline {
    /// The day from which the period runs: the receipt, or the UK's relevant time.
    pub starts_on: NaiveDate,
    pub pauses: Vec<Pause>,
    pub notice: Option<Notice>,
    /// A notice sent while the clock stood still, in time or not as the answer comes late or soon.
    doubtful: Option<Notice>,
    pub late_notice: bool,
    pub late_question: bool,
    pub warnings: Warnings,
    identity: Option<Open>,
    clarification: Option<Open>,
    fee: Option<Open>,
}

impl Timeline {
    /// Takes every event in order of time; at one instant in the order of the kinds.
    ///
    /// # Errors
    /// As [`crate::domain::deadline::compute`].
    pub fn read(engine: &Engine<'_>, trace: &mut Trace) -> Result<Self, DeadlineError> {
        let mut timeline = Self {
            starts_on: engine.received_on,
            pauses: Vec::new(),
            notice: None,
            doubtful: None,
            late_notice: false,
            late_question: false,
            warnings: Warnings::default(),
            identity: None,
            clarification: None,
            fee: None,
        };
        let key = |event: &&ClockEvent| (event.at, event.kind, event.until);
        let events = engine.input.events;
        if events.is_sorted_by_key(|event| key(&event)) {
            for event in events {
                timeline.take(engine, event, trace)?;
            }
        } else {
            let mut sorted: Vec<&ClockEvent> = events.iter().collect();
            sorted.sort_by_key(key);
            for event in sorted {
                timeline.take(engine, event, trace)?;
            }
        }
        Ok(timeline)
    }

    /// Whether a question is open that stops this clock.
    #[must_use]
    pub const fn is_suspended(&self) -> bool {
        self.identity.is_some() || self.clarification.is_some() || self.fee.is_some()
    }

    /// The end of the period for a notice, not rolled: the first period, with the pauses begun
    /// before the notice, or with all when there was none. Nothing while that end is not known.
    ///
    /// # Errors
    /// As [`crate::domain::deadline::compute`].
    pub fn notice_end(&self, engine: &Engine<'_>) -> Result<Option<NaiveDate>, DeadlineError> {
        let notice = self.notice.or(self.doubtful);
        let begun = notice.map_or(self.pauses.len(), |notice| notice.pauses_before);
        let begun = self.pauses.get(..begun).unwrap_or_default();
        let unknown =
            self.may_restart(engine) || begun.iter().any(|pause| pause.answered_on.is_none());
        if engine.regime.extension == Extension::None || unknown {
            return Ok(None);
        }
        let days = pauses::days(begun, ends(engine));
        Ok(Some(engine.first_end(self.starts_on, days)?))
    }

    /// Whether an open question will move the start of the period (UK).
    fn may_restart(&self, engine: &Engine<'_>) -> bool {
        engine.regime.pauses == Pauses::Restart && (self.identity.is_some() || self.fee.is_some())
    }

    /// Days that the pauses take out.
    #[must_use]
    pub fn paused_days(&self, engine: &Engine<'_>) -> i64 {
        pauses::days(&self.pauses, ends(engine))
    }

    fn take(
        &mut self,
        engine: &Engine<'_>,
        event: &ClockEvent,
        trace: &mut Trace,
    ) -> Result<(), DeadlineError> {
        let on = civil_date(event.at, engine.input.tz)?;
        match event.kind {
            ClockEventKind::ExtensionNotice => self.extend(engine, event, on, trace),
            ClockEventKind::IdentityRequested => self.ask(engine, Question::Identity, on, trace),
            ClockEventKind::ClarificationRequested => {
                self.ask(engine, Question::Clarification, on, trace)
            }
            ClockEventKind::FeeRequested => self.ask(engine, Question::Fee, on, trace),
            ClockEventKind::IdentityReceived => self.answer(engine, Question::Identity, on, trace),
            ClockEventKind::ClarificationReceived => {
                self.answer(engine, Question::Clarification, on, trace)
            }
            ClockEventKind::FeePaid => self.answer(engine, Question::Fee, on, trace),
            // EDPB: suspended until *sufficient* information arrives.
            ClockEventKind::IdentityInsufficient => {
                trace.step("deadline-answer-insufficient", EDPB, || [("date", on.into())]);
                Ok(())
            }
        }
    }

    fn slot(&mut self, question: Question) -> &mut Option<Open> {
        match question {
            Question::Identity => &mut self.identity,
            Question::Clarification => &mut self.clarification,
            Question::Fee => &mut self.fee,
        }
    }

    /// A question suspends when it is asked before the limit that stands on that day.
    fn ask(
        &mut self,
        engine: &Engine<'_>,
        question: Question,
        on: NaiveDate,
        trace: &mut Trace,
    ) -> Result<(), DeadlineError> {
        let source = source(engine);
        let about = || [("question", question.name().into()), ("date", on.into())];
        if !stops(engine, question) {
            trace.step("deadline-question-without-effect", source, about);
            return Ok(());
        }
        if self.slot(question).is_some() {
            trace.step("deadline-question-repeated", source, about);
            return Ok(());
        }
        if !self.is_suspended() {
            let days = self.paused_days(engine);
            let limit = engine.roll(engine.unrolled(self.starts_on, days, self.notice)?)?;
            if on > limit {
                self.late_question = true;
                trace.step("deadline-question-late", source, || {
                    [
                        ("question", question.name().into()),
                        ("date", on.into()),
                        ("limit", limit.into()),
                    ]
                });
                return Ok(());
            }
        }
        trace.step("deadline-question", source, about);
        let calendar = engine.input.calendar;
        let window =
            calendar.working_days_after(engine.received_on, QUESTION_WINDOW_WORKING_DAYS)?;
        if on > window {
            self.warnings.contestable_pause = true;
            trace.step("deadline-question-contestable", source, || [("date", window.into())]);
        }
        // The UK's identity and fee move the start; every other question adds days.
        let adds = engine.regime.pauses == Pauses::Suspend || question == Question::Clarification;
        let pause = adds.then(|| {
            let asked_on = on.max(engine.received_on);
            self.pauses.push(Pause { asked_on, answered_on: None });
            self.pauses.len().saturating_sub(1)
        });
        *self.slot(question) = Some(Open { pause });
        Ok(())
    }

    fn answer(
        &mut self,
        engine: &Engine<'_>,
        question: Question,
        on: NaiveDate,
        trace: &mut Trace,
    ) -> Result<(), DeadlineError> {
        let source = source(engine);
        let about = || [("question", question.name().into()), ("date", on.into())];
        let Some(open) = self.slot(question).take() else {
            trace.step("deadline-answer-unasked", source, about);
            return Ok(());
        };
        trace.step("deadline-answer", source, about);
        if let Some(index) = open.pause {
            // An answer before the receipt ends before the pause begins, which adds no day.
            if let Some(pause) = self.pauses.get_mut(index) {
                pause.answered_on = Some(on);
            }
        } else {
            // UK art. 12A: the latest of request, identity information and fee.
            self.starts_on = self.starts_on.max(on);
            let start = self.starts_on;
            trace.step("deadline-restart", source, || [("date", start.into())]);
        }
        if let (Some(notice), Some(end)) = (self.doubtful, self.notice_end(engine)?) {
            self.doubtful = None;
            self.judge(engine, notice, end, trace)?;
        }
        Ok(())
    }

    /// GDPR art. 12(3): the person is told of the extension and its reasons within the first
    /// period. A late notice has no effect.
    fn extend(
        &mut self,
        engine: &Engine<'_>,
        event: &ClockEvent,
        on: NaiveDate,
        trace: &mut Trace,
    ) -> Result<(), DeadlineError> {
        let source = notice_source(engine);
        let ignored = if engine.regime.extension == Extension::None {
            Some("deadline-notice-unknown-to-the-law")
        } else if engine.input.right == ClockRight::Refusal {
            Some("deadline-notice-on-refusal")
        } else if on < engine.received_on {
            Some("deadline-notice-before-receipt")
        } else if engine.regime.extension == Extension::Announced && event.until.is_none() {
            Some("deadline-notice-undated")
        } else if self.notice.or(self.doubtful).is_some() {
            Some("deadline-notice-repeated")
        } else {
            None
        };
        if let Some(rule) = ignored {
            trace.step(rule, source, || [("date", on.into())]);
            return Ok(());
        }
        // A pause that begins with the notice did not begin before it: the order of kinds at one
        // instant has put the notice first.
        let notice = Notice { on, until: event.until, pauses_before: self.pauses.len() };
        if !self.is_suspended() {
            let end = engine.first_end(self.starts_on, self.paused_days(engine))?;
            return self.judge(engine, notice, end, trace);
        }
        if self.may_restart(engine) || on <= engine.roll(self.earliest_end(engine, on)?)? {
            trace.step("deadline-notice-while-suspended", source, || [("date", on.into())]);
            return self.accept(engine, notice, trace);
        }
        trace.step("deadline-notice-doubtful", source, || [("date", on.into())]);
        self.doubtful = Some(notice);
        Ok(())
    }

    /// The end of the first period if the open questions were answered on that day. A later answer
    /// makes it later.
    fn earliest_end(&self, engine: &Engine<'_>, on: NaiveDate) -> Result<NaiveDate, DeadlineError> {
        let answered =
            |pause: &Pause| Pause { answered_on: pause.answered_on.or(Some(on)), ..*pause };
        let pauses: Vec<Pause> = self.pauses.iter().map(answered).collect();
        engine.first_end(self.starts_on, pauses::days(&pauses, ends(engine)))
    }

    /// Whether a notice left by its last day: the end of the first period with the pauses begun
    /// before it, rolled. A pause does not save every notice sent during it: a question asked on
    /// a day to which the end had rolled adds its days to the end that lies before that day, and
    /// a notice sent soon before the answer can be later than what results.
    fn judge(
        &mut self,
        engine: &Engine<'_>,
        notice: Notice,
        end: NaiveDate,
        trace: &mut Trace,
    ) -> Result<(), DeadlineError> {
        let source = notice_source(engine);
        let limit = engine.roll(end)?;
        let about = || [("date", notice.on.into()), ("limit", limit.into())];
        if notice.on > limit {
            self.late_notice = true;
            trace.step("deadline-notice-late", source, about);
            return Ok(());
        }
        trace.step("deadline-notice", source, about);
        if notice.on > end {
            self.warnings.notice_relies_on_roll = true;
            trace.step("deadline-notice-relies-on-roll", source, || [("limit", end.into())]);
        }
        self.accept(engine, notice, trace)
    }

    fn accept(
        &mut self,
        engine: &Engine<'_>,
        notice: Notice,
        trace: &mut Trace,
    ) -> Result<(), DeadlineError> {
        let unpaused = engine.roll(engine.first_end(engine.received_on, 0)?)?;
        if notice.on > unpaused {
            self.warnings.notice_relies_on_pause = true;
            trace.step("deadline-notice-relies-on-pause", notice_source(engine), || {
                [("limit", unpaused.into())]
            });
        }
        self.notice = Some(notice);
        Ok(())
    }
}

/// Whether a question stops this clock. EU: identity (décret 2019-536 art. 77 in France) and, under
/// recital 63, clarification; a fee does not. UK art. 12A: identity and fee restart; clarification
/// pauses access requests alone. Elsewhere: nothing (11 CCR §7021(b): "regardless of time required
/// to verify").
fn stops(engine: &Engine<'_>, question: Question) -> bool {
    match (engine.regime.pauses, question) {
        (Pauses::None, _) | (Pauses::Suspend, Question::Fee) => false,
        (Pauses::Suspend, _) | (Pauses::Restart, Question::Identity | Question::Fee) => true,
        (Pauses::Restart, Question::Clarification) => {
            engine.input.right == ClockRight::Right(Right::Access)
        }
    }
}

/// How the ends of this regime's pauses count.
fn ends(engine: &Engine<'_>) -> Ends {
    match engine.regime.pauses {
        Pauses::Restart => Ends::Both,
        Pauses::Suspend | Pauses::None => Ends::Difference,
    }
}

fn source(engine: &Engine<'_>) -> &'static str {
    match engine.regime.pauses {
        Pauses::Suspend => EDPB,
        Pauses::Restart => "UK GDPR art. 12A",
        Pauses::None => engine.regime.source,
    }
}

/// The law that a notice of extension is measured by.
#[must_use]
pub fn notice_source(engine: &Engine<'_>) -> &'static str {
    match engine.regime.pauses {
        Pauses::Suspend => NOTICE,
        Pauses::Restart => "UK GDPR art. 12(3), 12A",
        Pauses::None => engine.regime.source,
    }
}
