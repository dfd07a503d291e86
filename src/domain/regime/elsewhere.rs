//! Asia, the Pacific and Africa. None is offered for new cases.

use chrono::NaiveDate;

use crate::domain::regime::clock_right::ClockRight;
use crate::domain::regime::{Extension, FORCE_READ, PLAIN, Period, READ, READ_ON, Regime};
use crate::domain::right::Right;

/// Everything but access has the longer period of Taiwan's act.
const OTHER_THAN_ACCESS: &[(ClockRight, &str)] = &[
    (ClockRight::Right(Right::Rectification), "TW-PDPA-OTHER"),
    (ClockRight::Right(Right::Erasure), "TW-PDPA-OTHER"),
    (ClockRight::Right(Right::Restriction), "TW-PDPA-OTHER"),
    (ClockRight::Right(Right::Objection), "TW-PDPA-OTHER"),
    (ClockRight::Right(Right::ConsentWithdrawal), "TW-PDPA-OTHER"),
];

const VERIFIED: Regime = Regime { verified_on: READ_ON, verified_by: READ, ..PLAIN };

/// The rows of the rest of the world.
pub const REGIMES: &[Regime] = &[
    // Postponement with its grounds and the way to appeal.
    Regime {
        id: "KR-PIPA",
        period: Period::Days(10),
        extension: Extension::Announced,
        source: "PIPA Enforcement Decree art. 41-44",
        ..VERIFIED
    },
    Regime { id: "TH-PDPA", source: "PDPA s.30", ..PLAIN },
    Regime { id: "TR-KVKK", source: "KVKK art. 13-14", ..PLAIN },
    Regime {
        id: "ZA-PAIA",
        extension: Extension::Days(30),
        source: "PAIA s.56-57; POPIA s.23, 25",
        ..PLAIN
    },
    // The fiduciary publishes its period; 90 days is the most.
    Regime {
        id: "IN-DPDP",
        period: Period::Days(90),
        in_force_on: NaiveDate::from_ymd_opt(2027, 5, 13),
        source: "DPDP Rules 2025 r.14(3)",
        verified_on: READ_ON,
        verified_by: FORCE_READ,
        ..PLAIN
    },
    Regime {
        id: "JP-APPI",
        period: Period::WithoutDelay { target_days: 14 },
        source: "APPI art. 33-39",
        ..PLAIN
    },
    // "Timely"; the rules for apps say 15 working days.
    Regime {
        id: "CN-PIPL",
        period: Period::WorkingDays(15),
        source: "PIPL art. 50; GB/T 35273",
        ..PLAIN
    },
    Regime {
        id: "NZ-PRIVACY",
        period: Period::WorkingDays(20),
        extension: Extension::Announced,
        source: "Privacy Act 2020 s.44, 48",
        ..VERIFIED
    },
    Regime {
        id: "SA-PDPL",
        extension: Extension::Days(30),
        source: "PDPL Implementing Regulation art. 3(1)(a)",
        ..VERIFIED
    },
    Regime {
        id: "TW-PDPA",
        period: Period::Days(15),
        extension: Extension::Days(15),
        elsewhere: OTHER_THAN_ACCESS,
        source: "PDPA art. 13",
        ..VERIFIED
    },
    Regime {
        id: "TW-PDPA-OTHER",
        extension: Extension::Days(30),
        source: "PDPA art. 13",
        ..VERIFIED
    },
];
