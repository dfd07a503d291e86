//! Calling codes and trunk prefixes: how a number is dialled at home and from abroad.
//!
//! ITU-T E.164 country codes of the EU, the EEA, the United Kingdom, Switzerland, the United States
//! and Canada. Codes, trunk prefixes and first digits overseas were compared with the metadata of
//! libphonenumber 9.0.43 on 2026-11-22; Italy's, Iceland's and the like have no trunk prefix there
//! either.

/// How numbers are written in one country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// The country code of E.164.
    pub code: &'static str,
    /// What stands before a national number at home and falls away from abroad; empty where
    /// nothing does. Italy's leading 0 is part of the number and stays.
    pub trunk: &'static str,
    /// What is dialled at home before the country code of another country.
    pub abroad: &'static str,
    /// The digits of the longest national number in common use, without trunk prefix. Only a longer
    /// one is read as starting with a country code that lacks its `+`.
    pub longest: usize,
}

const fn plan(
    country: &'static str,
    code: &'static str,
    trunk: &'static str,
    longest: usize,
) -> Plan {
    Plan { country, code, trunk, abroad: "00", longest }
}

const fn north_america(country: &'static str) -> Plan {
    Plan { country, code: "1", trunk: "1", abroad: "011", longest: 10 }
}

/// The EU, then the EEA, then others.
pub const PLANS: [Plan; 34] = [
    plan("AT", "43", "0", 11),
    plan("BE", "32", "0", 9),
    plan("BG", "359", "0", 9),
    plan("CY", "357", "", 8),
    plan("CZ", "420", "", 9),
    plan("DE", "49", "0", 11),
    plan("DK", "45", "", 8),
    plan("EE", "372", "", 8),
    plan("ES", "34", "", 9),
    plan("FI", "358", "0", 11),
    plan("FR", "33", "0", 9),
    plan("GR", "30", "", 10),
    plan("HR", "385", "0", 9),
    plan("HU", "36", "06", 9),
    plan("IE", "353", "0", 9),
    plan("IT", "39", "", 11),
    plan("LT", "370", "0", 8),
    plan("LU", "352", "", 11),
    plan("LV", "371", "", 8),
    plan("MT", "356", "", 8),
    plan("NL", "31", "0", 9),
    plan("PL", "48", "", 9),
    plan("PT", "351", "", 9),
    plan("RO", "40", "0", 9),
    plan("SE", "46", "0", 9),
    plan("SI", "386", "0", 8),
    plan("SK", "421", "0", 9),
    plan("IS", "354", "", 7),
    plan("LI", "423", "0", 7),
    plan("NO", "47", "", 8),
    plan("CH", "41", "0", 9),
    plan("GB", "44", "0", 10),
    north_america("US"),
    north_america("CA"),
];

/// French overseas numbers are written at home like any French number, but have the country code of
/// their territory: the first digits without trunk prefix, and the code. Saint-Pierre-et-Miquelon
/// is left out: its numbers are shorter from abroad.
pub const FRENCH_OVERSEAS: [(&str, &str); 14] = [
    ("262", "262"),
    ("263", "262"),
    ("269", "262"),
    ("590", "590"),
    ("594", "594"),
    ("596", "596"),
    ("639", "262"),
    ("690", "590"),
    ("691", "590"),
    ("692", "262"),
    ("693", "262"),
    ("694", "594"),
    ("696", "596"),
    ("697", "596"),
];

/// The plan of a country (ISO 3166-1 alpha-2, capitals); the United Kingdom also as `UK`.
#[must_use]
pub fn plan_of(country: &str) -> Option<&'static Plan> {
    let country = if country == "UK" { "GB" } else { country };
    PLANS.iter().find(|plan| plan.country == country)
}

/// The plan whose country code starts these digits. No code starts another (E.164), so that there
/// is at most one; the United States stand for all of +1.
#[must_use]
pub fn plan_of_digits(digits: &str) -> Option<&'static Plan> {
    PLANS.iter().find(|plan| digits.starts_with(plan.code))
}

#[cfg(test)]
mod tests {
    use super::{PLANS, north_america, plan, plan_of, plan_of_digits};

    #[test]
    fn countries_and_codes_are_unambiguous() {
        for (place, plan) in PLANS.iter().enumerate() {
            assert_eq!(plan_of(plan.country), Some(plan));
            for other in &PLANS[..place] {
                assert_ne!(plan.country, other.country);
                let shared = plan.code == "1" && other.code == "1";
                assert!(shared || !plan.code.starts_with(other.code));
                assert!(shared || !other.code.starts_with(plan.code));
            }
            let code = plan_of_digits(plan.code).map(|it| it.code);
            assert_eq!(code, Some(plan.code));
        }
        assert_eq!(plan_of("UK"), plan_of("GB"));
        assert_eq!(plan_of("JP"), None);
        assert_eq!(plan_of("FR"), Some(&plan("FR", "33", "0", 9)));
        assert_eq!(plan_of("CA"), Some(&north_america("CA")));
        assert_eq!(plan_of_digits("81312345678"), None);
    }
}
