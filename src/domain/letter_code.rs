//! The code that goes by letter to the postal address on file (identity.md, V1): how long it counts,
//! how often it may be guessed, and when two addresses are one.

use chrono::Duration;

use super::history::RequestState;
use super::identity::Level;

/// How many digits it has.
pub const DIGITS: usize = 8;

/// How often it is compared with a guess.
pub const MOST_GUESSES: i32 = 5;

/// How long it counts after it was printed: a letter takes days, and people are away.
pub const LIFETIME: Duration = Duration::days(30);

/// An address as it is compared: letters and digits alone, in lower case.
#[must_use]
pub fn normalised(address: &str) -> String {
    address.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether two postal addresses are the same but for their lines, spaces, commas and capitals.
#[must_use]
pub fn is_same_address(one: &str, other: &str) -> bool {
    normalised(one) == normalised(other)
}

impl RequestState {
    /// Whether a letter with a code may go to the postal address on file, also above V1: an answer that
    /// waits is opened with it by whoever has no receipt. Whoever reads what is on file and unfit may read
    /// the letter, too; after a decision of V3, which knew that, the letter raises nothing, and staff
    /// answer for its address as they do for that of the answer on paper.
    #[must_use]
    pub fn takes_code_by_letter(&self) -> bool {
        self.contact.is_none() || self.level == Level::V3
    }
}

#[cfg(test)]
mod tests {
    use super::is_same_address;

    #[test]
    fn an_address_is_the_same_however_its_lines_are_written() {
        let on_file = "12 rue de l'Église\n31000 TOULOUSE";
        for (other, expected) in [
            ("12, Rue de l’église, 31000 Toulouse", true),
            ("12 rue de l'Église 31000 Toulouse", true),
            ("12 bis rue de l'Église, 31000 Toulouse", false),
            ("1 rue de l'Église\n31000 Toulouse", false),
            ("", false),
        ] {
            assert_eq!(is_same_address(on_file, other), expected, "{other}");
        }
    }
}
