//! North and South America: California, the other States of the Union, HIPAA, Canada, Brazil.

use crate::domain::regime::clock_right::ClockRight;
use crate::domain::regime::{
    Extension, LOCATED, PERIOD_READ, PLAIN, Period, READ, READ_ON, Regime,
};
use crate::domain::right::Right;

/// A State's privacy act: 45 days, 45 more once, reasons told within the first 45.
const STATE: Regime = Regime {
    period: Period::Days(45),
    extension: Extension::Days(45),
    verified_on: READ_ON,
    verified_by: PERIOD_READ,
    ..PLAIN
};

/// An appeal against a State's decision: 60 days.
const APPEAL: Regime = Regime { period: Period::Days(60), ..PLAIN };

/// The rows of America.
pub const REGIMES: &[Regime] = &[
    // The period begins on the day of receipt: the strictest reading counts that day as the first.
    Regime {
        id: "US-CA-CCPA",
        strict_days: 1,
        acknowledgement: Some(10),
        elsewhere: &[(ClockRight::Right(Right::OptOut), "US-CA-OPTOUT")],
        enabled: true,
        source: "11 CCR §7021",
        verified_on: READ_ON,
        verified_by: READ,
        ..STATE
    },
    Regime {
        id: "US-CA-OPTOUT",
        period: Period::WorkingDays(15),
        enabled: true,
        source: "11 CCR §7026(f), §7027(g)",
        verified_on: READ_ON,
        verified_by: READ,
        ..PLAIN
    },
    Regime {
        id: "US-VA",
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-VA-APPEAL")],
        source: "Va. Code §59.1-577(B)",
        ..STATE
    },
    Regime { id: "US-VA-APPEAL", source: "Va. Code §59.1-577(C)", ..APPEAL },
    Regime {
        id: "US-CO",
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-CO-APPEAL")],
        source: "Colo. Rev. Stat. §6-1-1306(2)",
        ..STATE
    },
    Regime {
        id: "US-CO-APPEAL",
        period: Period::Days(45),
        extension: Extension::Days(60),
        source: "Colo. Rev. Stat. §6-1-1306(3)",
        ..APPEAL
    },
    Regime {
        id: "US-CT",
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-CT-APPEAL")],
        source: "Conn. Gen. Stat. §42-518(c)",
        ..STATE
    },
    Regime { id: "US-CT-APPEAL", source: "Conn. Gen. Stat. §42-518(d)", ..APPEAL },
    Regime {
        id: "US-TX",
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-TX-APPEAL")],
        source: "Tex. Bus. & Com. Code §541.052",
        ..STATE
    },
    Regime { id: "US-TX-APPEAL", source: "Tex. Bus. & Com. Code §541.053", ..APPEAL },
    Regime { id: "US-UT", source: "Utah Code §13-61-203", ..STATE },
    Regime {
        id: "US-OR",
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-OR-APPEAL")],
        source: "Or. Rev. Stat. §646A.576",
        ..STATE
    },
    Regime {
        id: "US-OR-APPEAL",
        period: Period::Days(45),
        source: "Or. Rev. Stat. §646A.576",
        ..APPEAL
    },
    Regime {
        id: "US-MT",
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-MT-APPEAL")],
        source: "Mont. Code §30-14-2808",
        ..STATE
    },
    Regime { id: "US-MT-APPEAL", source: "Mont. Code §30-14-2808", ..APPEAL },
    Regime {
        id: "US-DE",
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-DE-APPEAL")],
        source: "Del. Code tit. 6 §12D-104(c)",
        ..STATE
    },
    Regime { id: "US-DE-APPEAL", source: "Del. Code tit. 6 §12D-104(d)", ..APPEAL },
    Regime {
        id: "US-NJ",
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-NJ-APPEAL")],
        source: "N.J. Stat. §56:8-166.7",
        ..STATE
    },
    Regime { id: "US-NJ-APPEAL", source: "N.J. Stat. §56:8-166.7", ..APPEAL },
    Regime {
        id: "US-NH",
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-NH-APPEAL")],
        source: "N.H. Rev. Stat. §507-H:4",
        ..STATE
    },
    Regime { id: "US-NH-APPEAL", source: "N.H. Rev. Stat. §507-H:4", ..APPEAL },
    Regime {
        id: "US-MD",
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-MD-APPEAL")],
        source: "Md. Code, Com. Law §14-4705",
        ..STATE
    },
    Regime { id: "US-MD-APPEAL", source: "Md. Code, Com. Law §14-4705", ..APPEAL },
    Regime {
        id: "US-MN",
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-MN-APPEAL")],
        source: "Minn. Stat. §325M.14",
        ..STATE
    },
    Regime {
        id: "US-MN-APPEAL",
        period: Period::Days(45),
        source: "Minn. Stat. §325M.14",
        ..APPEAL
    },
    Regime {
        id: "US-IN",
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-IN-APPEAL")],
        source: "Ind. Code §24-15-3-1",
        ..STATE
    },
    Regime { id: "US-IN-APPEAL", source: "Ind. Code §24-15-3-1", ..APPEAL },
    Regime {
        id: "US-KY",
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-KY-APPEAL")],
        source: "Ky. Rev. Stat. §367.3615",
        ..STATE
    },
    Regime { id: "US-KY-APPEAL", source: "Ky. Rev. Stat. §367.3615", ..APPEAL },
    Regime {
        id: "US-TN",
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-TN-APPEAL")],
        source: "Tenn. Code §47-18-3304",
        ..STATE
    },
    Regime { id: "US-TN-APPEAL", source: "Tenn. Code §47-18-3304", ..APPEAL },
    Regime {
        id: "US-NE",
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-NE-APPEAL")],
        source: "Neb. Rev. Stat. §87-1108",
        ..STATE
    },
    Regime { id: "US-NE-APPEAL", source: "Neb. Rev. Stat. §87-1108", ..APPEAL },
    Regime {
        id: "US-FL",
        extension: Extension::Days(15),
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-FL-APPEAL")],
        source: "Fla. Stat. §501.706",
        ..STATE
    },
    Regime { id: "US-FL-APPEAL", source: "Fla. Stat. §501.707", ..APPEAL },
    Regime {
        id: "US-IA",
        period: Period::Days(90),
        elsewhere: &[(ClockRight::Right(Right::Appeal), "US-IA-APPEAL")],
        source: "Iowa Code §715D.3",
        ..STATE
    },
    Regime { id: "US-IA-APPEAL", source: "Iowa Code §715D.3", ..APPEAL },
    Regime {
        id: "US-HIPAA",
        extension: Extension::Days(30),
        elsewhere: &[(ClockRight::Right(Right::Rectification), "US-HIPAA-AMENDMENT")],
        source: "45 CFR 164.524(b)(2)",
        verified_on: READ_ON,
        verified_by: READ,
        ..PLAIN
    },
    Regime {
        id: "US-HIPAA-AMENDMENT",
        period: Period::Days(60),
        extension: Extension::Days(30),
        source: "45 CFR 164.526(b)(2)",
        ..PLAIN
    },
    // Silence is a refusal.
    Regime {
        id: "CA-QC",
        enabled: true,
        source: "Act respecting the protection of personal information in the private sector (P-39.1) s.32, 34",
        verified_on: READ_ON,
        verified_by: LOCATED,
        ..PLAIN
    },
    Regime {
        id: "CA-PIPEDA",
        extension: Extension::Days(30),
        source: "PIPEDA s.8(3)-(5)",
        ..PLAIN
    },
    // The complete declaration; the simplified one is immediate.
    Regime {
        id: "BR-LGPD",
        period: Period::Days(15),
        source: "LGPD art. 19",
        verified_on: READ_ON,
        verified_by: READ,
        ..PLAIN
    },
];
