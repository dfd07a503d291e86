//! Words that tell that something is held, or that nothing is. A sentence is judged by its shape: who
//! holds or is something, what is done with data, and whose they are; and by its mood, because what is
//! asked, left open or to come tells nothing. Where that can be read in two ways, the writer is asked;
//! and some ways of saying it are not known.

mod mood;
mod shapes;
mod vocabulary;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use self::mood::{Mood, moods};
use self::vocabulary as v;
use crate::domain::subject::text::is_hidden;

/// What was found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The words that made the difference, without those between them.
    pub words: String,
    /// Whether they can hardly mean anything else; otherwise a person judges.
    pub is_sure: bool,
}

impl Told {
    /// Told to a person who judges.
    fn unsure(self) -> Self {
        Self { is_sure: false, ..self }
    }
}

/// The first words in a text that tell of what is held; those that only may, where none surely do.
#[must_use]
pub fn telling_words(words: &str) -> Option<Told> {
    let text = spelled_out(&folded(words));
    let told = text
        .split_inclusive(['.', ';', '!', '?', '…'])
        .flat_map(parts)
        .filter_map(|sentence| Sentence::of(sentence).told());
    first(masked_address(words).into_iter().chain(told).collect())
}

/// "f***@example.net": nobody masks but what is on file, in whatever mood.
fn masked_address(words: &str) -> Option<Told> {
    let is_mask = |letter: char| matches!(letter, '*' | '•' | '●' | '·');
    let masked = words.split_whitespace().find(|word| {
        word.split_once('@').is_some_and(|(name, _)| name.matches(is_mask).count() > 1)
    })?;
    Some(Told { words: masked.to_owned(), is_sure: true })
}

/// The most words that are judged together: every word is compared with every other.
const MOST_WORDS: usize = 80;

/// A sentence, in parts where it is longer than anybody's.
fn parts(sentence: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = sentence;
    while let Some((end, _)) =
        rest.match_indices(|letter: char| !letter.is_alphanumeric()).nth(MOST_WORDS)
    {
        let (part, next) = rest.split_at(end);
        parts.push(part);
        rest = next;
    }
    parts.push(rest);
    parts
}

fn first(found: Vec<Told>) -> Option<Told> {
    found.iter().find(|told| told.is_sure).or_else(|| found.first()).cloned()
}

/// A text as it sounds: no capitals, accents or widths, and nothing that cannot be seen within a word.
fn folded(words: &str) -> String {
    let is_seen = |c: &char| c.is_whitespace() || !is_hidden(*c);
    let bare = words.nfkd().filter(|c| is_seen(c) && !is_combining_mark(*c));
    let plain = bare.map(|c| match c {
        '’' => '\'',
        '\u{2010}' | '\u{2011}' => '-',
        _ => c,
    });
    plain.flat_map(char::to_lowercase).collect()
}

/// Short forms in full, and pronouns apart from their verbs. A line ends where the page does, a
/// sentence where a paragraph or an entry of a list ends. And "s'il vous plaît" asks, and leaves nothing
/// open.
fn spelled_out(folded: &str) -> String {
    let mut text = folded.replace("\r\n", "\n");
    for (short, long) in v::SPELLED {
        text = text.replace(short, long);
    }
    text.replace('-', "")
}

/// A sentence by its words, and how each is meant.
struct Sentence<'a> {
    words: Vec<&'a str>,
    moods: Vec<Mood>,
    /// The number of the clause that each word stands in.
    clauses: Vec<usize>,
}

impl<'a> Sentence<'a> {
    fn of(text: &'a str) -> Self {
        let (mut words, mut begins, mut clauses) = (Vec::new(), Vec::new(), Vec::new());
        for (clause, part) in text.split([',', ':', '(', ')', '–', '—', '«', '»', '"']).enumerate()
        {
            let of_part = part.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty());
            for (number, word) in of_part.enumerate() {
                words.push(word);
                begins.push(number == 0);
                clauses.push(clause);
            }
        }
        let moods = moods(&words, &begins, text.ends_with('?'));
        Self { words, moods, clauses }
    }

    fn at(&self, place: usize) -> &'a str {
        self.words.get(place).copied().unwrap_or_default()
    }

    fn is(&self, place: usize, table: &str) -> bool {
        v::has(table, self.at(place))
    }

    fn places(&self, table: &'static str) -> impl Iterator<Item = usize> + '_ {
        (0..self.words.len()).filter(|place| self.is(*place, table))
    }

    fn any(&self, table: &str, mut among: impl Iterator<Item = usize>) -> Option<usize> {
        among.find(|place| self.is(*place, table))
    }

    /// That the reader is or has what only a known person is or has.
    fn tell_of_reader(&self, places: &[usize]) -> Option<Told> {
        self.tell(places, |mood| match mood {
            Mood::Said => Some(true),
            Mood::Hinged | Mood::Coming => Some(false),
            Mood::Asked | Mood::Open => None,
        })
    }

    /// That something of the reader is held, or that nothing is.
    fn tell_of_data(&self, places: &[usize]) -> Option<Told> {
        self.tell(places, |mood| match mood {
            Mood::Said => Some(true),
            Mood::Hinged | Mood::Asked => Some(false),
            Mood::Open | Mood::Coming => None,
        })
    }

    /// A figure beside it is known, also where the rest is asked or left open.
    fn tell(&self, places: &[usize], sure: impl Fn(Mood) -> Option<bool>) -> Option<Told> {
        let last = places.iter().max().copied()?;
        let first = places.iter().min().copied()?;
        let mood = self.moods.get(last).copied()?;
        let has_figure = (first..last + 4)
            .any(|place| self.at(place).starts_with(|letter: char| letter.is_ascii_digit()));
        let is_sure = match (sure(mood), has_figure) {
            (None, true) => false,
            (Some(is_sure), has_figure) => is_sure || (has_figure && mood == Mood::Hinged),
            (None, false) => return None,
        };
        let mut places = places.to_vec();
        places.sort_unstable();
        places.dedup();
        let words: Vec<&str> = places.iter().map(|place| self.at(*place)).collect();
        Some(Told { words: words.join(" … "), is_sure })
    }
}

#[cfg(test)]
mod sentences;

#[cfg(test)]
mod tests {
    use super::sentences::{SILENT_EN, SILENT_FR, TELLING_EN, TELLING_FR, UNSURE};
    use super::sentences::{desk, harder, held_back, reported};
    use super::telling_words;

    #[test]
    fn what_tells_of_what_is_held_is_told_from_what_does_not() {
        let mut wrong = Vec::new();
        for sentence in TELLING_EN.iter().chain(&TELLING_FR) {
            if telling_words(sentence).is_none_or(|told| !told.is_sure) {
                wrong.push(format!("tells: {sentence} {:?}", telling_words(sentence)));
            }
        }
        for sentence in SILENT_EN.iter().chain(&SILENT_FR) {
            if let Some(told) = telling_words(sentence) {
                wrong.push(format!("does not: {sentence} {told:?}"));
            }
        }
        for sentence in UNSURE {
            if telling_words(sentence).is_none_or(|told| told.is_sure) {
                wrong.push(format!("may: {sentence} {:?}", telling_words(sentence)));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// How many are kept back, shown to the writer, and let through.
    fn judged(sentences: [&[&str]; 2]) -> [usize; 3] {
        let mut count = [0; 3];
        for sentence in sentences.concat() {
            let place = telling_words(sentence).map_or(2, |told| usize::from(!told.is_sure));
            count[place] += 1;
        }
        count
    }

    #[test]
    fn what_a_desk_writes_is_judged_as_measured() {
        let plain = [
            judged([&desk::HONEST_EN, &desk::HONEST_FR]),
            judged([&desk::TELLING_EN, &desk::TELLING_FR]),
        ];
        let hard = [
            judged([&harder::HONEST_EN, &harder::HONEST_FR]),
            judged([&harder::TELLING_EN, &harder::TELLING_FR]),
        ];
        let held_back = [
            judged([&held_back::HONEST_EN, &held_back::HONEST_FR]),
            judged([&held_back::TELLING_EN, &held_back::TELLING_FR]),
        ];
        let fresh = [
            judged([&reported::FRESH_HONEST_EN, &reported::FRESH_HONEST_FR]),
            judged([&reported::FRESH_TELLING_EN, &reported::FRESH_TELLING_FR]),
        ];
        assert_eq!(plain, [[0, 3, 89], [92, 0, 0]]);
        assert_eq!(hard, [[0, 4, 86], [63, 18, 9]]);
        assert_eq!(held_back, [[0, 1, 39], [22, 6, 12]]);
        assert_eq!(fresh, [[0, 0, 30], [6, 8, 16]]);
    }

    #[test]
    fn what_was_once_judged_wrong_is_judged_right() {
        for sentence in reported::HONEST {
            assert_eq!(telling_words(sentence), None, "{sentence}");
        }
        for sentence in reported::TELLING {
            assert!(telling_words(sentence).is_some_and(|told| told.is_sure), "{sentence}");
        }
    }

    #[test]
    fn a_sentence_without_end_takes_no_longer_than_its_length() {
        let long = "Please send this customer's last order to your name, ".repeat(200);
        let begin = std::time::Instant::now();
        assert!(telling_words(&format!("{long}. We hold 412 rows.")).unwrap().is_sure);
        assert!(begin.elapsed().as_secs() < 5, "{:?}", begin.elapsed());
    }

    #[test]
    fn what_surely_tells_comes_before_what_may() {
        let told = telling_words("Your file is with a colleague. We hold 412 rows.").unwrap();
        assert_eq!((told.words.as_str(), told.is_sure), ("we … hold … rows", true));
        // No name that stands between is repeated.
        let told = telling_words("We hold Zoé Martin's records.").unwrap();
        assert_eq!(told.words, "we … hold … records");
    }
}
