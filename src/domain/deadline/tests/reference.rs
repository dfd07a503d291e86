//! A second implementation by another method: it keeps sets of days, walks them one by one, and
//! replays every event from the beginning instead of keeping a state. It reads the holidays from
//! the data file itself and knows the regimes by their numbers, not from the tables.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, TimeZone};

use crate::domain::deadline::ClockInput;
use crate::domain::deadline::event::{ClockEvent, ClockEventKind as Kind};
use crate::domain::regime::clock_right::ClockRight;
use crate::domain::right::Right;

/// What a file of worked cases says of a case.
#[derive(Debug, PartialEq, Eq)]
pub struct Expected {
    pub notice_due: Option<NaiveDate>,
    pub unrolled: Option<NaiveDate>,
    pub legal: Option<NaiveDate>,
    pub conservative: NaiveDate,
    pub target: Option<NaiveDate>,
    pub status: &'static str,
}

pub struct Holidays(BTreeMap<String, BTreeSet<NaiveDate>>);

impl Holidays {
    pub fn read() -> Self {
        let mut found: BTreeMap<String, BTreeSet<NaiveDate>> = BTreeMap::new();
        let mut code = String::new();
        for line in include_str!("../../../../data/holidays.txt").lines() {
            let words: Vec<&str> = line.split(' ').collect();
            if words[0] == "calendar" {
                code = words[1].to_owned();
                let parent =
                    if words[2] == "of" { found[words[3]].clone() } else { BTreeSet::new() };
                found.insert(code.clone(), parent);
            } else if let Ok(year) = words[0].parse::<i32>() {
                for word in &words[1..] {
                    let (month, day) = word.split_at(2);
                    let (month, day) = (month.parse().unwrap(), day.parse().unwrap());
                    let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
                    found.get_mut(&code).unwrap().insert(date);
                }
            }
        }
        Self(found)
    }
}

/// Numbers of a law: months or days, what an extension makes of them, the strictest reading's days.
struct Law {
    months: Option<(u32, u32)>,
    days: (i64, i64),
    strict: i64,
    extends: bool,
    capped: bool,
    rolls: bool,
    /// `e`: EU pauses. `u`: UK restarts. `-`: none.
    pauses: char,
}

fn law(id: &str) -> Law {
    let days = |days, extended, strict, extends, capped| Law {
        months: None,
        days: (days, extended),
        strict,
        extends,
        capped,
        rolls: false,
        pauses: '-',
    };
    let months = |pauses| Law {
        months: Some((1, 3)),
        days: (30, 90),
        strict: 0,
        extends: true,
        capped: true,
        rolls: true,
        pauses,
    };
    match id {
        "EU-GDPR" => months('e'),
        "UK-GDPR" => months('u'),
        "UK-DPA-164A" => days(30, 30, 1, false, true),
        "US-CA-CCPA" => days(45, 90, 1, true, true),
        "US-VA" => days(45, 90, 0, true, true),
        "US-FL" => days(45, 60, 0, true, true),
        "US-IA" => days(90, 135, 0, true, true),
        "CA-PIPEDA" => days(30, 60, 0, true, true),
        "CH-FADP" => days(30, 30, 0, true, false),
        "KR-PIPA" => days(10, 10, 0, true, false),
        "CA-QC" => days(30, 30, 0, false, true),
        "IN-DPDP" => days(90, 90, 0, false, true),
        other => panic!("the reference does not know {other}"),
    }
}

/// The day of the month `months` later, found by walking.
fn months_later(from: NaiveDate, months: u32) -> NaiveDate {
    let mut day = from;
    let mut turned = 0;
    loop {
        let next = day.succ_opt().unwrap();
        if next.month() != day.month() {
            if turned == months {
                return day;
            }
            turned += 1;
        }
        day = next;
        if turned == months && day.day() == from.day() {
            return day;
        }
    }
}

fn walk(mut day: NaiveDate, count: i64) -> NaiveDate {
    for _ in 0..count.abs() {
        day = if count > 0 { day.succ_opt() } else { day.pred_opt() }.unwrap();
    }
    day
}

/// A question with its answer, and the notice, among the events that counted.
#[derive(Clone, Debug, Default)]
struct Facts {
    /// Kind of question, day asked, day answered.
    asked: Vec<(Kind, NaiveDate, Option<NaiveDate>)>,
    /// The announced date, and how many questions had been asked.
    notice: Option<(Option<NaiveDate>, usize)>,
    /// A notice that the next answers make in time or late: its day, and as above.
    doubtful: Option<(NaiveDate, Option<NaiveDate>, usize)>,
    late_notice: bool,
    late_question: bool,
}

pub struct Reference<'a> {
    law: Law,
    input: &'a ClockInput<'a>,
    holidays: &'a BTreeSet<NaiveDate>,
    received: NaiveDate,
}

impl<'a> Reference<'a> {
    pub fn new(input: &'a ClockInput<'a>, id: &str, holidays: &'a Holidays) -> Self {
        let mut law = law(id);
        law.rolls &= !input.calendar.is_strict();
        let received = input.tz.from_utc_datetime(&input.received_at.naive_utc()).date_naive();
        Self { law, input, holidays: &holidays.0[input.calendar.code()], received }
    }

    fn free(&self, day: NaiveDate) -> bool {
        // 1 January 2024 was a Monday.
        let monday = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
        let weekday = (day - monday).num_days().rem_euclid(7);
        weekday >= 5 || self.holidays.contains(&day)
    }

    fn forward(&self, mut day: NaiveDate) -> NaiveDate {
        while self.law.rolls && self.free(day) {
            day = walk(day, 1);
        }
        day
    }

    fn restart(&self, facts: &Facts) -> NaiveDate {
        let moves = |kind| kind == Kind::IdentityRequested || kind == Kind::FeeRequested;
        facts
            .asked
            .iter()
            .filter(|(kind, _, _)| self.law.pauses == 'u' && moves(*kind))
            .filter_map(|(_, _, answered)| *answered)
            .fold(self.received, NaiveDate::max)
    }

    /// The days that do not count, from the first so many questions.
    fn lost(&self, facts: &Facts, questions: usize) -> i64 {
        let mut days = BTreeSet::new();
        for (kind, asked, answered) in &facts.asked[..questions] {
            let Some(answered) = answered else { continue };
            let mut day = *asked;
            while day <= *answered {
                let counts = match self.law.pauses {
                    'e' => day < *answered,
                    _ => *kind == Kind::ClarificationRequested,
                };
                if counts && day >= self.received {
                    days.insert(day);
                }
                day = walk(day, 1);
            }
        }
        i64::try_from(days.len()).unwrap()
    }

    fn end(&self, start: NaiveDate, extended: bool) -> NaiveDate {
        match self.law.months {
            Some((first, longest)) => months_later(start, if extended { longest } else { first }),
            None => walk(start, if extended { self.law.days.1 } else { self.law.days.0 }),
        }
    }

    fn strictest(&self, start: NaiveDate, extended: bool) -> NaiveDate {
        let days = if extended { self.law.days.1 } else { self.law.days.0 };
        self.end(start, extended).min(walk(start, days - self.law.strict))
    }

    fn extended(&self, first: NaiveDate, longest: NaiveDate, facts: &Facts) -> NaiveDate {
        match facts.notice {
            None => first,
            Some((None, _)) => longest,
            Some((Some(until), _)) if !self.law.capped => until.max(first),
            Some((Some(until), _)) => until.min(longest).max(first),
        }
    }

    fn unrolled(&self, facts: &Facts) -> NaiveDate {
        let (start, lost) = (self.restart(facts), self.lost(facts, facts.asked.len()));
        let (first, longest) = (self.end(start, false), self.end(start, true));
        self.extended(walk(first, lost), walk(longest, lost), facts)
    }

    fn open(&self, facts: &Facts) -> bool {
        facts.asked.iter().any(|(_, _, answered)| answered.is_none())
    }

    fn stops(&self, kind: Kind) -> bool {
        match self.law.pauses {
            'e' => kind != Kind::FeeRequested,
            'u' => {
                kind != Kind::ClarificationRequested
                    || self.input.right == ClockRight::Right(Right::Access)
            }
            _ => false,
        }
    }

    fn after(&self, mut facts: Facts, event: &ClockEvent) -> Facts {
        let on = self.input.tz.from_utc_datetime(&event.at.naive_utc()).date_naive();
        let question = match event.kind {
            Kind::IdentityReceived => Kind::IdentityRequested,
            Kind::ClarificationReceived => Kind::ClarificationRequested,
            Kind::FeePaid => Kind::FeeRequested,
            kind => kind,
        };
        let open = facts.asked.iter().position(|(kind, _, end)| *kind == question && end.is_none());
        match event.kind {
            Kind::IdentityInsufficient => {}
            Kind::IdentityReceived | Kind::ClarificationReceived | Kind::FeePaid => {
                if let Some(place) = open {
                    facts.asked[place].2 = Some(on);
                }
                if let Some((sent, until, asked)) = facts.doubtful
                    && let Some(due) = self.notice_due(&facts)
                {
                    facts.doubtful = None;
                    match sent <= due {
                        true => facts.notice = Some((until, asked)),
                        false => facts.late_notice = true,
                    }
                }
            }
            Kind::IdentityRequested | Kind::ClarificationRequested | Kind::FeeRequested => {
                if !self.stops(question) || open.is_some() {
                } else if !self.open(&facts) && on > self.forward(self.unrolled(&facts)) {
                    facts.late_question = true;
                } else {
                    facts.asked.push((question, on, None));
                }
            }
            Kind::ExtensionNotice => {
                let void = !self.law.extends
                    || self.input.right == ClockRight::Refusal
                    || on < self.received
                    || (!self.law.capped && event.until.is_none())
                    || facts.notice.is_some()
                    || facts.doubtful.is_some();
                // As if every open question were answered on the day of the notice.
                let mut soonest = facts.clone();
                for (_, _, answered) in &mut soonest.asked {
                    answered.get_or_insert(on);
                }
                let late = on > self.forward(self.unrolled(&soonest));
                if void {
                } else if late && self.open(&facts) {
                    facts.doubtful = Some((on, event.until, facts.asked.len()));
                } else if late {
                    facts.late_notice = true;
                } else {
                    facts.notice = Some((event.until, facts.asked.len()));
                }
            }
        }
        facts
    }

    fn notice_due(&self, facts: &Facts) -> Option<NaiveDate> {
        let doubtful = facts.doubtful.map(|(_, until, asked)| (until, asked));
        let begun = facts.notice.or(doubtful).map_or(facts.asked.len(), |(_, asked)| asked);
        let unknown = facts.asked.iter().enumerate().any(|(place, (kind, _, answered))| {
            let moves_start = self.law.pauses == 'u' && *kind != Kind::ClarificationRequested;
            answered.is_none() && (place < begun || moves_start)
        });
        let end = walk(self.end(self.restart(facts), false), self.lost(facts, begun));
        (self.law.extends && !unknown).then(|| self.forward(end))
    }

    pub fn expected(&self) -> Expected {
        let mut events: Vec<&ClockEvent> = self.input.events.iter().collect();
        events.sort_by_key(|event| (event.at, event.kind, event.until));
        let facts =
            events.into_iter().fold(Facts::default(), |facts, event| self.after(facts, event));
        let pick = |strict: bool, start, extended| match strict {
            true => self.strictest(start, extended),
            false => self.end(start, extended),
        };
        let bare = |strict, start, lost| {
            let first = walk(pick(strict, start, false), lost);
            self.extended(first, walk(pick(strict, start, true), lost), &facts)
        };
        let suspended = self.open(&facts);
        let mut target = bare(true, self.restart(&facts), self.lost(&facts, facts.asked.len()));
        while self.free(target) && target > self.received {
            target = walk(target, -1);
        }
        let unrolled = self.unrolled(&facts);
        Expected {
            notice_due: self.notice_due(&facts),
            unrolled: (!suspended).then_some(unrolled),
            legal: (!suspended).then(|| self.forward(unrolled)),
            conservative: bare(self.law.months.is_none(), self.received, 0),
            target: (!suspended).then_some(target),
            status: match (suspended, facts.late_notice, facts.late_question) {
                (true, _, _) => "suspended",
                (_, true, _) if facts.notice.is_none() => "extension_void_late_notice",
                (_, _, true) => "pause_ignored_too_late",
                _ => "ok",
            },
        }
    }
}
