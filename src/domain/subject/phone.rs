//! Phone numbers in the form of E.164 (`+33612345678`), however they are written.

use super::IdentifierError;
use super::calling_code::{FRENCH_OVERSEAS, Plan, plan_of, plan_of_digits};

/// E.164: no international number has more digits.
const MOST_DIGITS: usize = 15;
const FEWEST_DIGITS: usize = 4;

/// The number with its country: `06 12 34 56 78`, `+33 6 12 34 56 78`, `0033 612345678`,
/// `+33 (0)6.12.34.56.78` and `33612345678` are `+33612345678` for a controller in France.
/// A national number of a country that is not in the table of calling codes keeps its digits as
/// they are, without `+`.
///
/// # Errors
/// [`IdentifierError::Phone`] for anything but digits, spaces, `+ - . / ( )`, for an extension, and
/// for fewer than 4 or more than 15 digits.
pub fn normalised(value: &str, country: &str) -> Result<String, IdentifierError> {
    let home = plan_of(country);
    let (plus, digits) = digits(value)?;
    let abroad = home.map_or("00", |plan| plan.abroad);
    let international = if plus { Some(digits.as_str()) } else { digits.strip_prefix(abroad) };
    let number = match (international, home) {
        (Some(digits), _) => from_abroad(digits),
        (None, Some(plan)) => from_home(&digits, plan),
        (None, None) => digits,
    };
    let bare = number.trim_start_matches('+');
    // No country code starts with 0.
    let foreign = number.starts_with('+') && bare.starts_with('0');
    if foreign || !(FEWEST_DIGITS..=MOST_DIGITS).contains(&bare.len()) {
        return Err(IdentifierError::Phone);
    }
    Ok(number)
}

/// Whether a `+` stands in front, and the digits; `(0)` behind an international prefix is what
/// callers at home dial and falls away.
fn digits(value: &str) -> Result<(bool, String), IdentifierError> {
    let mut written: String = value.chars().filter(|it| !is_separator(*it)).collect();
    if written.starts_with('+') || written.starts_with("00") {
        written = written.replacen("(0)", "", 1);
    }
    let written: String = written.chars().filter(|it| !matches!(it, '(' | ')')).collect();
    let (plus, digits) = match written.strip_prefix('+') {
        Some(digits) => (true, digits),
        None => (false, written.as_str()),
    };
    if digits.len() < FEWEST_DIGITS || !digits.chars().all(|it| it.is_ascii_digit()) {
        return Err(IdentifierError::Phone);
    }
    Ok((plus, digits.to_owned()))
}

fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '-' | '.' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// From the digits that start with a country code.
fn from_abroad(digits: &str) -> String {
    let Some(plan) = plan_of_digits(digits) else {
        return format!("+{digits}");
    };
    let national = digits.strip_prefix(plan.code).unwrap_or(digits);
    // Where the trunk prefix is 0, no national number starts with 0: it was left in by mistake.
    let national = match plan.trunk {
        "0" => national.trim_start_matches('0'),
        _ => national,
    };
    joined(national, plan)
}

/// From the digits as they are dialled at home, or with a country code that lacks its `+`.
fn from_home(digits: &str, plan: &Plan) -> String {
    let national = match digits.strip_prefix(plan.trunk) {
        Some(national) if !plan.trunk.is_empty() => national,
        _ if digits.len() > plan.longest && digits.starts_with(plan.code) => {
            return from_abroad(digits);
        }
        _ => digits,
    };
    joined(national, plan)
}

fn joined(national: &str, plan: &Plan) -> String {
    let overseas = || {
        FRENCH_OVERSEAS.iter().find(|(start, _)| national.starts_with(start)).map(|(_, code)| *code)
    };
    let code = match plan.country {
        "FR" if national.len() == plan.longest => overseas().unwrap_or(plan.code),
        _ => plan.code,
    };
    format!("+{code}{national}")
}

#[cfg(test)]
mod tests {
    use super::normalised;
    use crate::domain::subject::IdentifierError;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    #[test]
    fn ways_of_writing_one_number_are_equal() {
        for (country, expected, ways) in [
            (
                "FR",
                "+33612345678",
                &[
                    "06 12 34 56 78",
                    "06.12.34.56.78",
                    "06-12-34-56-78",
                    "06\u{a0}12\u{202f}34 56 78",
                    "0612345678",
                    "+33 6 12 34 56 78",
                    "0033 6 12 34 56 78",
                    "+33 (0)6 12 34 56 78",
                    "00 33 (0) 6 12 34 56 78",
                    "+33 06 12 34 56 78",
                    "33612345678",
                    "612345678",
                ][..],
            ),
            ("FR", "+262692123456", &["0692 12 34 56", "+262 692 12 34 56", "+33692123456"]),
            ("FR", "+596696123456", &["0696 12 34 56", "+596 696 12 34 56"]),
            ("IE", "+353851234567", &["085 123 4567", "+353 (0)85 123 4567", "353851234567"]),
            ("GB", "+442079460000", &["020 7946 0000", "+44 (0)20 7946 0000", "442079460000"]),
            ("UK", "+442079460000", &["(020) 7946 0000"]),
            ("DE", "+493012345678", &["030/12345678", "+49 30 12345678", "0049 30 12345678"]),
            ("IT", "+390612345678", &["06 1234 5678", "+39 06 1234 5678"]),
            ("ES", "+34612345678", &["612 345 678", "+34 612 345 678", "34612345678"]),
            ("HU", "+36201234567", &["06 20 123 4567", "+36 20 123 4567"]),
            ("LI", "+4232345678", &["234 5678", "0234 5678", "+423 234 5678"]),
            ("AT", "+436641234567", &["0664 1234567", "436641234567"]),
            ("FR", "+33508412345", &["0508 41 23 45"]),
            ("CH", "+41791234567", &["079 123 45 67", "+41 (0)79 123 45 67"]),
            (
                "US",
                "+12125550100",
                &["(212) 555-0100", "1-212-555-0100", "+1 212 555 0100", "12125550100"],
            ),
            ("US", "+33612345678", &["011 33 6 12 34 56 78"]),
            ("FR", "+81312345678", &["+81 3 1234 5678", "0081312345678"]),
            ("JP", "0312345678", &["03-1234-5678"]),
            ("FR", "+333631", &["3631"]),
        ] {
            for way in ways {
                let found = normalised(way, country);
                assert_eq!(found.as_deref(), Ok(expected), "{country} {way}");
            }
        }
    }

    #[test]
    fn different_numbers_stay_different() {
        let home = |value| normalised(value, "FR").unwrap();
        assert_ne!(home("06 12 34 56 78"), home("06 12 34 56 79"));
        assert_ne!(home("06 12 34 56 78"), home("+32 6 12 34 56 78"));
        assert_ne!(normalised("020 7946 0000", "GB"), normalised("020 7946 0000", "IE"));
    }

    #[test]
    fn what_is_no_number_says_so() {
        for value in [
            "",
            "+",
            "no phone",
            "06 12 34 56 78 ext. 12",
            "06 12 34 56 7B",
            "++33612345678",
            "33+612345678",
            "٠٦١٢٣٤٥٦٧٨",
            "12",
            "+1234567890123456",
            "+33(0)",
            "+33 0000",
            "00000",
        ] {
            assert_eq!(normalised(value, "FR"), Err(IdentifierError::Phone), "{value}");
        }
    }

    proptest! {
        #[test]
        fn a_form_is_its_own_form(value in "(\\+|00|0)?[0-9]{3,14}") {
            for country in ["FR", "IT", "HU", "US", "IE"] {
                if let Ok(form) = normalised(&value, country) {
                    prop_assert!(form.starts_with('+'));
                    prop_assert_eq!(normalised(&form, country), Ok(form.clone()));
                }
            }
        }
    }
}
