//! How an identifier is compared with a column.

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

/// The comparison. Serialised under the name used in maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// The same value, compared as the column's type.
    Exact,
    /// Without regard to case, in every script, nor to how an accent is encoded: see [`folded`].
    Ci,
    /// The same digits, in the national or the international way of writing a phone number.
    Digits,
}

impl Match {
    /// Reads `exact`, `ci` or `digits`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Exact, Self::Ci, Self::Digits].into_iter().find(|one| one.name() == name)
    }

    /// The name in maps.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Ci => "ci",
            Self::Digits => "digits",
        }
    }

    /// The comparison of an identifier kind for which the map names none.
    #[must_use]
    pub fn default_of(kind: &str) -> Self {
        match kind {
            "email" => Self::Ci,
            "phone" => Self::Digits,
            _ => Self::Exact,
        }
    }

    /// The forms of a value that a column may hold, ready to be compared. Empty when the value
    /// must match nothing: an empty text would match every row that was left blank.
    #[must_use]
    pub fn forms(self, value: &str, country: Option<&str>) -> Vec<String> {
        let value = value.trim();
        if value.is_empty() {
            return Vec::new();
        }
        match self {
            Self::Exact => vec![value.to_owned()],
            Self::Ci => vec![folded(value)],
            Self::Digits => phone_variants(value, country),
        }
    }
}

/// The Kelvin sign, which Unicode takes for `K`, and what stands for it in a folded text.
pub const KELVIN: [char; 2] = ['\u{212A}', '\u{E000}'];
/// The sigma at the end of a word, and the one that stands for both in a folded text.
pub const SIGMA: [char; 2] = ['ς', 'σ'];

/// The text in lower case (Unicode's default mappings), composed (NFC). The Kelvin sign is kept
/// apart from `k`: it is the one sign outside A–Z that would make two e-mail addresses equal, and
/// hand one person's data to another. So only texts of ASCII fold to texts of ASCII letters.
#[must_use]
pub fn folded(text: &str) -> String {
    let [kelvin, kept] = KELVIN;
    let [last, sigma] = SIGMA;
    text.chars()
        .map(|c| if c == kelvin { kept } else { c })
        .nfc()
        .flat_map(char::to_lowercase)
        .map(|c| if c == last { sigma } else { c })
        .collect()
}

/// A column and how it is compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Matched {
    pub column: String,
    #[serde(rename = "match")]
    pub how: Match,
}

/// Fewer digits than this are no phone number.
const SHORTEST_NUMBER: usize = 6;

/// Country, calling code, trunk prefix of national numbers. ITU-T E.164 assigned codes; the trunk
/// prefixes are those of the national numbering plans listed in ITU Operational Bulletin annexes.
const PLANS: [(&str, &str, &str); 34] = [
    ("AT", "43", "0"),
    ("BE", "32", "0"),
    ("BG", "359", "0"),
    ("CA", "1", "1"),
    ("CH", "41", "0"),
    ("CY", "357", ""),
    ("CZ", "420", ""),
    ("DE", "49", "0"),
    ("DK", "45", ""),
    ("EE", "372", ""),
    ("ES", "34", ""),
    ("FI", "358", "0"),
    ("FR", "33", "0"),
    ("GB", "44", "0"),
    ("GR", "30", ""),
    ("HR", "385", "0"),
    ("HU", "36", "06"),
    ("IE", "353", "0"),
    ("IS", "354", ""),
    ("IT", "39", ""),
    ("LI", "423", ""),
    ("LT", "370", "0"),
    ("LU", "352", ""),
    ("LV", "371", ""),
    ("MT", "356", ""),
    ("NL", "31", "0"),
    ("NO", "47", ""),
    ("PL", "48", ""),
    ("PT", "351", ""),
    ("RO", "40", "0"),
    ("SE", "46", "0"),
    ("SI", "386", "0"),
    ("SK", "421", "0"),
    ("US", "1", "1"),
];

/// The digit strings under which a phone number may be on file: international with and without
/// `00`, national, and international with the trunk prefix left in (`+33 (0)6 …`).
///
/// `country` (ISO 3166-1 alpha-2) is that of the controller: numbers without an international
/// prefix are read as its national numbers, and only its own are looked for in national form, for
/// a foreign national number would be somebody else's here.
#[must_use]
pub fn phone_variants(value: &str, country: Option<&str>) -> Vec<String> {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < SHORTEST_NUMBER {
        return Vec::new();
    }
    let plan = country.and_then(|country| PLANS.iter().find(|(code, _, _)| *code == country));
    let international = if value.trim_start().starts_with('+') {
        Some(digits.clone())
    } else {
        digits.strip_prefix("00").map(str::to_owned)
    };
    let mut variants = Vec::new();
    match (plan, international) {
        (Some((_, code, trunk)), Some(full)) => match full.strip_prefix(code) {
            Some(rest) => national(&mut variants, code, trunk, rest),
            None => foreign(&mut variants, &full),
        },
        (Some((_, code, trunk)), None) => national(&mut variants, code, trunk, &digits),
        (None, Some(full)) => foreign(&mut variants, &full),
        (None, None) => variants.push(digits),
    }
    variants.retain(|variant| variant.len() >= SHORTEST_NUMBER);
    variants
}

fn foreign(variants: &mut Vec<String>, full: &str) {
    variants.push(full.to_owned());
    variants.push(format!("00{full}"));
}

fn national(variants: &mut Vec<String>, code: &str, trunk: &str, rest: &str) {
    let significant = rest.strip_prefix(trunk).unwrap_or(rest);
    variants.push(format!("{code}{significant}"));
    variants.push(format!("00{code}{significant}"));
    variants.push(format!("{trunk}{significant}"));
    if !trunk.is_empty() {
        variants.push(format!("{code}{trunk}{significant}"));
        variants.push(format!("00{code}{trunk}{significant}"));
    }
}

#[cfg(test)]
mod tests {
    use super::{Match, folded, phone_variants};

    #[test]
    fn a_number_is_known_under_its_national_and_international_forms() {
        let french =
            vec!["33612345678", "0033612345678", "0612345678", "330612345678", "00330612345678"];
        for written in
            ["+33 6 12 34 56 78", "0033612345678", "06.12.34.56.78", "+33 (0)6 12 34 56 78"]
        {
            assert_eq!(phone_variants(written, Some("FR")), french, "{written}");
        }
        assert_eq!(
            phone_variants("+34 612 345 678", Some("FR")),
            ["34612345678", "0034612345678"],
            "a Spanish number is not looked for as a French one"
        );
        assert_eq!(
            phone_variants("612345678", Some("ES")),
            ["34612345678", "0034612345678", "612345678"]
        );
        assert_eq!(phone_variants("06 12 34 56 78", None), ["0612345678"]);
    }

    #[test]
    fn what_is_empty_or_too_short_matches_nothing() {
        for value in ["", "   ", "n/a", "12345", "+33"] {
            assert!(phone_variants(value, Some("FR")).is_empty(), "{value}");
        }
        assert!(Match::Exact.forms("  ", None).is_empty());
        assert!(Match::Ci.forms("", None).is_empty());
    }

    #[test]
    fn case_is_folded_in_every_script_and_only_letters_that_are_the_same_become_equal() {
        assert_eq!(Match::Ci.forms(" Ana.K@X.ie ", None), ["ana.k@x.ie"]);
        for text in ["Élise", "élise", "ÉLISE", "E\u{301}lise"] {
            assert_eq!(folded(text), "élise", "{text}");
        }
        assert_eq!(folded("ΟΔΥΣΣΕΥΣ"), folded("Οδυσσευς"));
        assert_eq!(folded("ЖАННА"), "жанна");
        assert_ne!(folded("\u{212A}ate@x.ie"), folded("kate@x.ie"));
        assert_ne!(folded("Elise"), folded("Élise"));
    }
}
