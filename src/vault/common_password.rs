//! Passwords that anybody would try first: common ones, joined together, with years and runs of keys.
//!
//! `common_passwords.txt` holds small letters and digits only, one entry a line: the 6,000 most
//! frequent entries of the list of zxcvbn 4.5 (MIT License, Copyright 2012-2016 Dan Wheeler and
//! Dropbox, Inc.) without pure digits, and French and office words that it lacks.

use std::collections::HashSet;
use std::sync::LazyLock;

static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// Keys that lie beside each other, the alphabet, and the digits, all from left to right.
const ROWS: [&str; 8] = [
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
];
const SHORTEST_WORD: usize = 4;
const LONGEST_WORD: usize = 16;
const SHORTEST_RUN: usize = 3;
/// A date has eight digits.
const LONGEST_NUMBER: usize = 8;
/// So many common pieces are tried by every guesser.
const PIECES: usize = 3;

/// Whether a password is nothing but at most three common passwords, runs of neighbouring keys and
/// short numbers, whatever stands between them: `Password1234567`, `azerty-azerty-2024`,
/// `p@ssw0rdp@ssw0rd`.
#[must_use]
pub fn is_common(password: &str) -> bool {
    let core: Vec<char> = password
        .chars()
        .flat_map(char::to_lowercase)
        .map(|character| match character {
            '@' => 'a',
            '$' => 's',
            other => other,
        })
        .filter(|character| character.is_alphanumeric())
        .collect();
    // The fewest pieces that cover the text up to each position.
    let mut fewest = vec![Some(0)];
    for end in 1..=core.len() {
        let best = fewest
            .iter()
            .enumerate()
            .filter_map(|(start, pieces): (usize, &Option<usize>)| {
                let pieces = (*pieces)? + 1;
                let piece = core.get(start..end)?;
                (pieces <= PIECES && is_piece(piece)).then_some(pieces)
            })
            .min();
        fewest.push(best);
    }
    !core.is_empty() && fewest.last().copied().flatten().is_some()
}

fn is_piece(piece: &[char]) -> bool {
    let number = piece.len() <= LONGEST_NUMBER && piece.iter().all(char::is_ascii_digit);
    number || is_run(piece) || is_word(piece)
}

/// Neighbours of one row, in either direction; the row of digits goes round.
fn is_run(piece: &[char]) -> bool {
    if piece.len() < SHORTEST_RUN {
        return false;
    }
    let follows = |row: &str, one: char, next: char| {
        row.chars().zip(row.chars().skip(1)).any(|(left, right)| left == one && right == next)
    };
    ROWS.iter().any(|row| {
        let pairs = || piece.iter().zip(piece.iter().skip(1));
        pairs().all(|(one, next)| follows(row, *one, *next))
            || pairs().all(|(one, next)| follows(row, *next, *one))
    })
}

/// A word of the list, as it stands or with digits that stand for letters.
fn is_word(piece: &[char]) -> bool {
    if piece.len() < SHORTEST_WORD || piece.len() > LONGEST_WORD {
        return false;
    }
    let plain: String = piece.iter().collect();
    let spelled: String = piece
        .iter()
        .map(|character| match character {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            '7' => 't',
            other => *other,
        })
        .collect();
    COMMON.contains(plain.as_str()) || COMMON.contains(spelled.as_str())
}

#[cfg(test)]
mod tests {
    use super::{COMMON, is_common};

    #[test]
    fn common_passwords_and_their_compounds_are_known() {
        for password in [
            "password",
            "PasswordPassword",
            "Password1234567!",
            "p@ssw0rdP@ssw0rd",
            "motdepasse12345",
            "azertyuiop12345",
            "AzertyAzerty2024",
            "qwertyuiopasdfgh",
            "123456789012345",
            "0987654321098765",
            "bonjour 14071789",
            "Welcome-Summer-2026",
            "abcdefghijklmnop",
            "trustno1trustno1",
        ] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn passwords_with_something_of_their_own_are_not() {
        for password in [
            "",
            "!!!???;;;",
            "correct horse battery staple",
            "le chat gris dort sur mon clavier",
            "7k4mq-2xd5c-9wnpe-3tz8r",
            "Xk9#vPq2!mLw7$zR",
            "Straße nach Köln im Regen",
            "пароль для конторы",
        ] {
            assert!(!is_common(password), "{password}");
        }
    }

    #[test]
    fn the_list_is_as_it_is_searched() {
        assert!(COMMON.len() > 5000);
        for word in COMMON.iter() {
            let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
            assert!(word.len() >= 4 && word.chars().all(plain), "{word}");
        }
    }
}
