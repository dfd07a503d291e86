//! The European Union and the EEA, France's health records, the United Kingdom, Switzerland.

use crate::domain::regime::clock_right::ClockRight;
use crate::domain::regime::{Extension, PLAIN, Pauses, Period, READ, READ_ON, Regime, Roll};
use crate::domain::right::Right;

/// Health records: only access has the short period, everything else is the GDPR's.
const ALL_BUT_ACCESS: &[(ClockRight, &str)] = &[
    (ClockRight::Right(Right::Rectification), "EU-GDPR"),
    (ClockRight::Right(Right::Erasure), "EU-GDPR"),
    (ClockRight::Right(Right::Restriction), "EU-GDPR"),
    (ClockRight::Right(Right::Portability), "EU-GDPR"),
    (ClockRight::Right(Right::Objection), "EU-GDPR"),
    (ClockRight::Right(Right::HumanReview), "EU-GDPR"),
    (ClockRight::Right(Right::ConsentWithdrawal), "EU-GDPR"),
    (ClockRight::Right(Right::Complaint), "EU-GDPR"),
    (ClockRight::Right(Right::Appeal), "EU-GDPR"),
    (ClockRight::Right(Right::OptOut), "EU-GDPR"),
    (ClockRight::Refusal, "EU-GDPR"),
    (ClockRight::ComplaintAcknowledgement, "EU-GDPR"),
    (ClockRight::Breach, "EU-GDPR-ART33"),
];

const READ_AND_OFFERED: Regime =
    Regime { enabled: true, verified_on: READ_ON, verified_by: READ, ..PLAIN };

const GDPR: Regime = Regime {
    period: Period::Months(1),
    extension: Extension::Months(2),
    roll: Roll::NextWorkingDay,
    ..READ_AND_OFFERED
};

/// The rows of Europe.
pub const REGIMES: &[Regime] = &[
    Regime {
        id: "EU-GDPR",
        pauses: Pauses::Suspend,
        elsewhere: &[(ClockRight::Breach, "EU-GDPR-ART33")],
        source: "GDPR art. 12(3)-(4); Reg. (EEC, Euratom) 1182/71 art. 3; EDPB Guidelines 01/2022 §5.3",
        ..GDPR
    },
    Regime {
        id: "EU-GDPR-ART33",
        period: Period::Days(3),
        elapsed_hours: Some(72),
        source: "GDPR art. 33(1)",
        ..READ_AND_OFFERED
    },
    Regime {
        id: "UK-GDPR",
        pauses: Pauses::Restart,
        elsewhere: &[
            (ClockRight::Right(Right::Complaint), "UK-DPA-164A"),
            (ClockRight::ComplaintAcknowledgement, "UK-DPA-164A"),
            (ClockRight::Breach, "UK-GDPR-ART33"),
        ],
        source: "UK GDPR art. 12, 12A; ICO right of access guidance of 8 December 2025",
        ..GDPR
    },
    Regime {
        id: "UK-GDPR-ART33",
        period: Period::Days(3),
        elapsed_hours: Some(72),
        source: "UK GDPR art. 33(1)",
        ..READ_AND_OFFERED
    },
    Regime {
        id: "UK-DPA-164A",
        period: Period::Days(30),
        strict_days: 1,
        source: "DPA 2018 s.164A(3)",
        ..READ_AND_OFFERED
    },
    Regime {
        id: "FR-CSP",
        period: Period::Days(8),
        reflection_hours: Some(48),
        elsewhere: ALL_BUT_ACCESS,
        source: "Code de la santé publique art. L1111-7",
        ..READ_AND_OFFERED
    },
    // Data over five years old: a matter of the data, so no controller answers by it as a whole.
    Regime {
        id: "FR-CSP-5Y",
        enabled: false,
        period: Period::Months(2),
        reflection_hours: Some(48),
        elsewhere: ALL_BUT_ACCESS,
        source: "Code de la santé publique art. L1111-7",
        ..READ_AND_OFFERED
    },
    Regime {
        id: "CH-FADP",
        period: Period::Days(30),
        extension: Extension::Announced,
        source: "DPO (SR 235.11) art. 18",
        ..READ_AND_OFFERED
    },
];
