//! How many requests a second get all their dates on one core: `cargo bench --bench deadline`.
//!
//! Each item is one call of `compute` with every date; the calendar and the events are at hand, as
//! they are for a row read from the database.

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use guichet::domain::calendar::Calendar;
use guichet::domain::deadline::event::{ClockEvent, ClockEventKind};
use guichet::domain::deadline::{ClockInput, compute, explain};
use guichet::domain::regime;
use guichet::domain::right::Right;

fn main() {
    divan::main();
}

/// One receipt each seven hours over three years.
fn receipts() -> Vec<DateTime<Utc>> {
    let first = DateTime::from_timestamp(1_767_225_600, 0).unwrap_or_default();
    (0..3_754).map(|step| first + Duration::hours(7 * step)).collect()
}

/// A pause for the identity and an extension, both in time.
fn events(received_at: DateTime<Utc>) -> Vec<ClockEvent> {
    let event = |kind, days| ClockEvent {
        kind,
        at: received_at + Duration::days(days),
        reason: None,
        until: None,
    };
    vec![
        event(ClockEventKind::IdentityRequested, 2),
        event(ClockEventKind::IdentityReceived, 9),
        event(ClockEventKind::ExtensionNotice, 20),
    ]
}

fn run(bencher: Bencher<'_, '_>, id: &str, code: &str, tz: Tz, with_events: bool) {
    let (Ok(regime), Ok(calendar)) = (regime::find(id), Calendar::shipped(code)) else {
        eprintln!("{id} {code} is not shipped");
        return;
    };
    let cases: Vec<_> = receipts()
        .into_iter()
        .map(|at| (at, if with_events { events(at) } else { Vec::new() }))
        .collect();
    bencher.counter(ItemsCount::new(cases.len())).bench_local(|| {
        for (received_at, events) in &cases {
            let right = Right::Access.into();
            let input = ClockInput {
                regime,
                calendar: &calendar,
                tz,
                right,
                received_at: *received_at,
                events,
            };
            black_box(compute(black_box(&input)).is_ok());
        }
    });
}

#[divan::bench]
fn european_without_events(bencher: Bencher<'_, '_>) {
    run(bencher, "EU-GDPR", "FR", Tz::Europe__Paris, false);
}

#[divan::bench]
fn european_with_pause_and_extension(bencher: Bencher<'_, '_>) {
    run(bencher, "EU-GDPR", "FR", Tz::Europe__Paris, true);
}

#[divan::bench]
fn british_with_restart_and_extension(bencher: Bencher<'_, '_>) {
    run(bencher, "UK-GDPR", "GB-ENG", Tz::Europe__London, true);
}

#[divan::bench]
fn californian_with_acknowledgement(bencher: Bencher<'_, '_>) {
    run(bencher, "US-CA-CCPA", "US", Tz::America__Los_Angeles, false);
}

#[divan::bench]
fn explained_with_pause_and_extension(bencher: Bencher<'_, '_>) {
    let (Ok(regime), Ok(calendar)) = (regime::find("EU-GDPR"), Calendar::shipped("FR")) else {
        return;
    };
    let cases: Vec<_> = receipts().into_iter().map(|at| (at, events(at))).collect();
    bencher.counter(ItemsCount::new(cases.len())).bench_local(|| {
        for (received_at, events) in &cases {
            let input = ClockInput {
                regime,
                calendar: &calendar,
                tz: Tz::Europe__Paris,
                right: Right::Access.into(),
                received_at: *received_at,
                events,
            };
            black_box(explain(black_box(&input)).is_ok());
        }
    });
}
