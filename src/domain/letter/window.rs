//! Whether name and address can be read through the window of an envelope: 85 by 40 millimetres, as
//! the style sheet of a letter has it. What does not fit would be cut off, mostly the town.

/// The size of print in which an address fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Print {
    /// 11 points, as the letter.
    Large,
    /// 9 points: the smallest that sorting machines and people read without trouble.
    Small,
}

impl Print {
    /// How many lines the window shows.
    const fn lines(self) -> usize {
        match self {
            Self::Large => 7,
            Self::Small => 10,
        }
    }

    /// How wide the window is, in hundredths of the size of the print.
    const fn width(self) -> u32 {
        match self {
            Self::Large => 2_190,
            Self::Small => 2_670,
        }
    }
}

/// The size in which the lines fit; nothing where they do in none.
#[must_use]
pub fn print(lines: &[String]) -> Option<Print> {
    let fits = |print: &Print| {
        let rows: usize = lines.iter().map(|line| rows(line, print.width())).sum();
        rows <= print.lines()
    };
    [Print::Large, Print::Small].into_iter().find(fits)
}

/// How many rows a line fills where words go on below that do not fit.
fn rows(line: &str, width: u32) -> usize {
    let (mut rows, mut used) = (1_usize, 0_u32);
    for word in line.split_whitespace() {
        let length = word.chars().map(of_letter).fold(0_u32, u32::saturating_add);
        let with_space = used.saturating_add(if used == 0 { 0 } else { of_letter(' ') });
        if with_space.saturating_add(length) <= width {
            used = with_space.saturating_add(length);
            continue;
        }
        rows += usize::from(used > 0);
        // A word that is longer than the window is broken anywhere.
        let full = length.saturating_sub(1) / width.max(1);
        rows = rows.saturating_add(usize::try_from(full).unwrap_or(usize::MAX));
        used = length - full * width;
    }
    rows
}

/// The width of a letter, in hundredths of the size of the print: of a wide typeface, so that an
/// estimate is never short.
const fn of_letter(letter: char) -> u32 {
    match letter {
        ' ' | '.' | ',' | ':' | ';' | '\'' | '|' | 'i' | 'j' | 'l' => 36,
        'f' | 'r' | 't' | '-' | '(' | ')' | '/' => 42,
        'm' | 'w' | 'M' | 'W' | '@' => 100,
        'A'..='Z' => 78,
        'a'..='z' | '0'..='9' => 64,
        // Scripts whose signs are as wide as they are high begin there.
        '\u{1100}'.. => 100,
        _ => 80,
    }
}

#[cfg(test)]
mod tests {
    use super::{Print, print};

    #[test]
    fn an_address_is_printed_smaller_before_it_is_cut_off() {
        let lines = |count: usize| vec!["12 rue de l'Exemple".to_owned(); count];
        let long = "Résidence des Trois Fontaines, bâtiment C, escalier 4, porte 12".to_owned();
        let with = |line: &str, count: usize| {
            let mut all = lines(count);
            all.push(line.to_owned());
            all
        };
        for (lines, expected) in [
            (lines(1), Some(Print::Large)),
            (lines(7), Some(Print::Large)),
            (lines(8), Some(Print::Small)),
            (lines(10), Some(Print::Small)),
            (lines(11), None),
            (with(&long, 5), Some(Print::Large)),
            (with(&long, 6), Some(Print::Small)),
            (with(&long, 9), None),
            (with(&"W".repeat(300), 0), None),
            (with("", 6), Some(Print::Large)),
        ] {
            assert_eq!(print(&lines), expected, "{lines:?}");
        }
    }
}
