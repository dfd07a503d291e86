//! Words that tell that something is held, or that nothing is. A sentence is judged by what stands in
//! it together: who holds, what is done with data, and whose they are. Where that can be read in two
//! ways, the writer is asked; and some ways of saying it are not known.

mod vocabulary;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

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

/// The first words in a text that tell of what is held; those that only may, where none surely do.
#[must_use]
pub fn telling_words(words: &str) -> Option<Told> {
    // A line ends where the page does; a sentence where a paragraph ends. And "s'il vous plaît" asks,
    // and leaves nothing open.
    let text = folded(words).replace('’', "'").replace("\r\n", "\n");
    let text = text.replace("\n\n", ".").replace('\n', " ");
    let text = text.replace("s'il vous plait", "").replace("s'il te plait", "");
    let sentences = text.split(['.', ';', '!', '?', '…']);
    let found: Vec<Told> = sentences.filter_map(|sentence| Sentence::of(sentence).told()).collect();
    found.iter().find(|told| told.is_sure).or_else(|| found.first()).cloned()
}

/// A text as it sounds: no capitals, accents or widths, and nothing that cannot be seen within a word.
fn folded(words: &str) -> String {
    let is_seen = |c: &char| c.is_whitespace() || !is_hidden(*c);
    let bare = words.nfkd().filter(|c| is_seen(c) && !is_combining_mark(*c));
    let small = bare.flat_map(char::to_lowercase);
    small.filter(|c| !matches!(c, '-' | '\u{2010}' | '\u{2011}')).collect()
}

/// A sentence by its words.
struct Sentence<'a>(Vec<&'a str>);

/// Data that are the reader's: from the first word of the phrase to the last, and the word for them.
struct Phrase {
    first: usize,
    noun: usize,
    last: usize,
}

impl<'a> Sentence<'a> {
    fn of(text: &'a str) -> Self {
        let words = text.split(|c: char| !c.is_alphanumeric());
        Self(words.filter(|word| !word.is_empty()).collect())
    }

    fn told(&self) -> Option<Told> {
        let rules = [
            Self::relation,
            Self::customer,
            Self::listed,
            Self::did,
            Self::had,
            Self::entered,
            Self::known,
            Self::nothing,
            Self::held,
            Self::of_reader,
            Self::number,
        ];
        let found: Vec<Told> = rules.iter().filter_map(|rule| rule(self)).collect();
        found.iter().find(|told| told.is_sure).or_else(|| found.first()).cloned()
    }

    fn at(&self, place: usize) -> &'a str {
        self.0.get(place).copied().unwrap_or_default()
    }

    fn is(&self, place: usize, table: &str) -> bool {
        let word = self.at(place);
        !word.is_empty() && table.split(' ').any(|one| one == word)
    }

    fn places(&self, table: &'static str) -> impl Iterator<Item = usize> + '_ {
        (0..self.0.len()).filter(|place| self.is(*place, table))
    }

    fn any(&self, table: &str, mut among: impl Iterator<Item = usize>) -> Option<usize> {
        among.find(|place| self.is(*place, table))
    }

    /// What these words say; not sure where it is said with "if" or "whether" before.
    fn tell(&self, places: &[usize]) -> Option<Told> {
        let last = places.iter().max().copied()?;
        let is_hedge = |place| {
            self.is(place, v::HEDGES) || (self.at(place) == "s" && self.at(place + 1) == "il")
        };
        let mut told = self.perhaps(places)?;
        told.is_sure = !(0..last).any(is_hedge);
        Some(told)
    }

    fn perhaps(&self, places: &[usize]) -> Option<Told> {
        let mut places = places.to_vec();
        places.sort_unstable();
        places.dedup();
        let words: Vec<&str> = places.iter().map(|place| self.at(*place)).collect();
        (!words.is_empty()).then(|| Told { words: words.join(" … "), is_sure: false })
    }

    /// The noun that "your" is about, up to three words on.
    fn owned(&self, your: usize, nouns: &str) -> Option<usize> {
        let near = (your + 1..your + 5)
            .take_while(|place| self.is(*place, nouns) || !self.is(*place, v::FUNCTION));
        self.any(nouns, near)
    }

    /// "your last order", "votre contrat".
    fn relation(&self) -> Option<Told> {
        self.places(v::YOUR).find_map(|your| {
            let noun = self.owned(your, v::RELATIONS);
            let card = (self.at(your + 1) == "carte" && self.at(your + 3) == "fidelite")
                .then_some(your + 3);
            // A "compte rendu" is no account; a medical file is more than a file.
            let noun = noun.filter(|noun| self.at(noun + 1) != "rendu").or(card);
            let special = "medical medicaux client clients patient";
            let file =
                (self.at(your + 1) == "dossier" && self.is(your + 2, special)).then_some(your + 2);
            self.tell(&[your, noun.or(file)?])
        })
    }

    /// "you are a customer", "en tant que client".
    fn customer(&self) -> Option<Told> {
        self.places(v::MEMBERS).find_map(|noun| {
            let mut before = noun;
            while before > 0 && self.is(before - 1, v::BETWEEN) {
                before -= 1;
            }
            let copula = before.checked_sub(1)?;
            let is_copula = self.is(copula, "are were have etes etiez avez restez");
            let you = self.any(v::YOU, copula.saturating_sub(2)..copula);
            if is_copula && let Some(you) = you {
                return self.tell(&[you, noun]);
            }
            let as_one = self.at(copula) == "as" || (self.at(copula) == "que" && copula >= 2);
            let since = self.is(noun + 1, "since depuis");
            (as_one || since).then(|| self.tell(&[noun]))?
        })
    }

    /// "you are not in our database", "vous figurez dans nos fichiers".
    fn listed(&self) -> Option<Told> {
        const STANDING: &str = "are were appear appears figure figures feature stands etes etiez figurez apparait apparaissez";
        const IN: &str = "in among within dans parmi";
        self.places(STANDING).find_map(|verb| {
            let near = || verb.saturating_sub(2)..verb;
            let you = self.any(v::YOU, near()).or_else(|| self.any(v::YOUR, near()))?;
            let inside = self.any(IN, verb + 1..verb + 4)?;
            let place = self.any(v::PLACES, inside + 1..inside + 6)?;
            self.tell(&[you, verb, place])
        })
    }

    /// "you ordered twice", "vous avez acheté un vélo".
    fn did(&self) -> Option<Told> {
        self.places(v::DONE).find_map(|verb| {
            let you = self.any("you vous", verb.saturating_sub(3)..verb)?;
            let is_french = self.at(you) == "vous";
            let has = self.at(you + 1) == "avez";
            (!is_french || has).then(|| self.tell(&[you, verb]))?
        })
    }

    /// "you had an account", "vous avez encore deux commandes". Whoever is asked may have none.
    fn had(&self) -> Option<Told> {
        self.places(v::HAVING).find_map(|verb| {
            let you = self.any("you vous", verb.saturating_sub(3)..verb)?;
            let near = (verb + 1..verb + 6).take_while(|place| !self.is(*place, v::ASKED));
            let noun = self.any(v::RELATIONS, near).filter(|noun| self.at(noun + 1) != "rendu")?;
            self.unless_asked(you, &[you, verb, noun])
        })
    }

    /// "you are registered with us", "vous étiez inscrit".
    fn entered(&self) -> Option<Told> {
        self.places(v::ENTERED).find_map(|state| {
            let you = self.any("you vous", state.saturating_sub(4)..state)?;
            let copula = self.any("are were been etes etiez", you + 1..state)?;
            self.unless_asked(you, &[you, copula, state])
        })
    }

    /// What these words say; not sure where the sentence asks: "do you have", "est-ce que vous avez".
    fn unless_asked(&self, you: usize, places: &[usize]) -> Option<Told> {
        let before = you.checked_sub(1);
        let asks = before.is_some_and(|it| self.is(it, v::ASKING))
            || (0..you).any(|place| self.at(place) == "estce");
        if asks { self.perhaps(places) } else { self.tell(places) }
    }

    /// "we do not know you", "inconnu de nos services".
    fn known(&self) -> Option<Told> {
        let pairs =
            [["know", "you"], ["found", "you"], ["located", "you"], ["vous", "connaissons"]];
        let direct = (0..self.0.len()).find(|place| {
            pairs.iter().any(|[one, two]| self.at(*place) == *one && self.at(place + 1) == *two)
        });
        let found = self.places("vous").find(|you| {
            self.at(you + 1) == "avons" && self.is(you + 2, "retrouve trouve retrouvee trouvee")
        });
        let strange = self.places("unknown inconnu inconnue").find(|place| {
            self.any(v::HOLDERS, place + 1..place + 4).is_some()
                && self.any(v::YOU, 0..*place).is_some()
        });
        if let Some(place) = direct {
            return self.tell(&[place, place + 1]);
        }
        found.or(strange).and_then(|place| self.tell(&[place]))
    }

    /// "nothing was found", "rien n'est conservé", "we have nothing on you".
    fn nothing(&self) -> Option<Told> {
        const KEPT: &str = "keep kept";
        const HAVING: &str = "have has avons a";
        self.places(v::NOTHING).find_map(|nothing| {
            let near = || nothing.saturating_sub(4)..nothing + 5;
            let held = self.any(v::HOLDING, near()).or_else(|| self.any(KEPT, near()));
            let about = || {
                self.any(HAVING, nothing.saturating_sub(3)..nothing)?;
                let about = self.any(v::ABOUT, nothing + 1..nothing + 2)?;
                self.any(v::YOU, about + 1..about + 2)
            };
            self.tell(&[nothing, held.or_else(about)?])
        })
    }

    /// "we hold 412 rows", "notre recherche a trouvé plusieurs enregistrements".
    fn held(&self) -> Option<Told> {
        self.places(v::HOLDING).find_map(|verb| {
            let holder = self.any(v::HOLDERS, 0..verb)?;
            let noun = (verb + 1..verb + 7).find(|place| self.is_data(*place))?;
            let is_asked = self.any(v::ASKED, verb + 1..noun).is_some();
            (!is_asked).then(|| self.tell(&[holder, verb, noun]))?
        })
    }

    fn is_data(&self, place: usize) -> bool {
        let is_noun = self.is(place, v::DATA) || self.is(place, v::PAPERS);
        is_noun && !self.is(place + 1, v::COMPOUNDS)
    }

    /// Every phrase for data of the reader.
    fn phrases(&self) -> impl Iterator<Item = Phrase> + '_ {
        (0..self.0.len()).filter(|place| self.is_data(*place)).filter_map(|noun| {
            let your = (noun.saturating_sub(3)..noun).rev().find(|your| {
                self.is(*your, v::YOUR)
                    && !(your + 1..noun).any(|between| self.is(between, v::FUNCTION))
            });
            if let Some(first) = your {
                return Some(Phrase { first, noun, last: noun });
            }
            // One word may stand between: data stored about you.
            (noun + 1..noun + 3).find_map(|next| {
                let plain = self.is(next, v::ABOUT) && self.is(next + 1, v::YOU);
                let ends = |words: &&[&str]| {
                    words.iter().enumerate().all(|(step, word)| self.at(next + step) == *word)
                };
                let longer =
                    v::ABOUT_YOU.iter().filter(|words| ends(words)).map(|it| it.len()).max();
                let length = if plain { Some(2) } else { longer }?;
                Some(Phrase { first: noun, noun, last: next + length - 1 })
            })
        })
    }

    /// Whether the data are what somebody asks for, and not what is said to be there.
    fn is_asked(&self, phrase: &Phrase) -> bool {
        let before = (phrase.first.saturating_sub(6)..phrase.first).rev();
        let mut before = before
            .take_while(|place| !self.is(*place, v::SPEAKERS) && !self.is(*place, v::HOLDING));
        before.any(|place| self.is(place, v::ASKED))
    }

    /// "your data are in eleven systems", "no record of you", "we process your details".
    fn of_reader(&self) -> Option<Told> {
        let found = self.phrases().filter(|phrase| !self.is_asked(phrase)).filter_map(|phrase| {
            let Phrase { first, noun, last } = phrase;
            let holder = self.any(v::HOLDERS, 0..first);
            let does = self.any(v::HOLDING, 0..first).or_else(|| self.any(v::HANDLING, 0..first));
            let is_new = self.is(noun, v::PAPERS) && self.any(v::RECEIVED, 0..first).is_some();
            if is_new {
                return self.perhaps(&[first, noun]);
            }
            if let (Some(holder), Some(does)) = (holder, does) {
                return self.tell(&[holder, does, noun]);
            }
            if let Some(no) = self.any(v::NO, first.saturating_sub(2)..first) {
                return self.tell(&[no, noun]);
            }
            let there = (0..first).find(|place| {
                let next = self.at(place + 1);
                (self.at(*place) == "there" && self.is(place + 1, v::BEING))
                    || (self.at(*place) == "il" && matches!(next, "y" | "existe"))
            });
            let being = self.any(v::BEING, last + 1..last + 4);
            let being = being.filter(|_| self.is(noun, v::DATA));
            let held = self.any(v::HOLDING, 0..self.0.len());
            match there.or(being).or(held) {
                Some(verb) => self.tell(&[verb, noun]),
                None => self.perhaps(&[first, noun]),
            }
        });
        let found: Vec<Told> = found.collect();
        found.iter().find(|told| told.is_sure).or_else(|| found.first()).cloned()
    }

    /// "your customer number": whoever is asked for it may have one.
    fn number(&self) -> Option<Told> {
        self.places(v::MEMBERS).find_map(|member| {
            let number = "number numero reference card carte";
            let near = member.saturating_sub(2)..member + 3;
            self.perhaps(&[member, self.any(number, near)?])
        })
    }
}

#[cfg(test)]
mod sentences;

#[cfg(test)]
mod tests {
    use super::sentences::{SILENT_EN, SILENT_FR, TELLING_EN, TELLING_FR, UNSURE};
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

    #[test]
    fn what_surely_tells_comes_before_what_may() {
        let told = telling_words("Your file is with a colleague. We hold 412 rows.").unwrap();
        assert_eq!((told.words.as_str(), told.is_sure), ("we … hold … rows", true));
        // No name that stands between is repeated.
        let told = telling_words("We hold Zoé Martin's records.").unwrap();
        assert_eq!(told.words, "we … hold … records");
    }
}
