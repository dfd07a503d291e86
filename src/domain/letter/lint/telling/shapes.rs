//! The shapes of sentences that tell of what is held.

mod data;
mod person;

use super::vocabulary as v;
use super::{Mood, Sentence, Told, first};

impl Sentence<'_> {
    pub(super) fn told(&self) -> Option<Told> {
        let rules = [
            Self::relation,
            Self::customer,
            Self::listed,
            Self::did,
            Self::had,
            Self::entered,
            Self::dealt,
            Self::known,
            Self::namesake,
            Self::nothing,
            Self::held,
            Self::of_reader,
            Self::seen,
            Self::recorded,
            Self::number,
            Self::strange,
            Self::acted,
            Self::compared,
            Self::same,
        ];
        first(rules.iter().filter_map(|rule| rule(self)).collect())
    }

    /// The noun that "your" is about, up to four words on.
    fn owned(&self, your: usize, nouns: &str) -> Option<usize> {
        let near = (your + 1..your + 5)
            .take_while(|place| self.is(*place, nouns) || !self.is(*place, v::FUNCTION));
        self.any(nouns, near)
    }

    /// What only somebody has who is known. A "compte rendu" is no account; and some words are verbs, too.
    fn related(&self, mut among: impl Iterator<Item = usize>) -> Option<usize> {
        among.find(|noun| {
            let before = noun.checked_sub(1).map_or("", |before| self.at(before));
            let is_noun = !self.is(*noun, v::VERBS_TOO) || v::has(v::DETERMINERS, before);
            is_noun && self.is(*noun, v::RELATIONS) && self.at(noun + 1) != "rendu"
        })
    }

    fn is_data(&self, place: usize) -> bool {
        let is_noun = self.is(place, v::DATA) || self.is(place, v::PAPERS);
        is_noun && !self.is(place + 1, v::COMPOUNDS)
    }

    /// Whether a clause says both, under no condition.
    fn is_said(&self, one: usize, other: usize) -> bool {
        self.clauses.get(one) == self.clauses.get(other)
            && self.moods.get(other) == Some(&Mood::Said)
    }
}

/// A past form, by its end or by heart.
fn is_done(word: &str) -> bool {
    (word.len() > 4 && word.ends_with("ed")) || v::has(v::IRREGULAR, word)
}
