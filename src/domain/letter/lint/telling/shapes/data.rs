//! What is held of the reader, or that nothing is.

use super::super::vocabulary as v;
use super::super::{Sentence, Told, first};

/// Data that are the reader's: from the first word of the phrase to the last, and the word for them.
struct Phrase {
    first: usize,
    noun: usize,
    last: usize,
}

impl Sentence<'_> {
    /// "we do not know you", "inconnu de nos services", "we could not find you".
    pub(super) fn known(&self) -> Option<Told> {
        let pairs = [
            ["know", "you"],
            ["found", "you"],
            ["find", "you"],
            ["located", "you"],
            ["vous", "connaissons"],
            ["vous", "retrouver"],
            ["vous", "trouver"],
        ];
        let direct = (0..self.words.len()).filter(|place| {
            pairs.iter().any(|[one, two]| self.at(*place) == *one && self.at(place + 1) == *two)
                // To find somebody is an aim, unless it failed.
                && (!self.is(*place, "find vous")
                    || self.at(place + 1) == "connaissons"
                    || self.any(v::FAILED, place.saturating_sub(5)..*place).is_some())
        });
        let direct = direct.filter_map(|place| self.tell_of_data(&[place, place + 1]));
        let found = self.places("vous").filter(|you| {
            self.at(you + 1) == "avons"
                && (you + 2..you + 4).any(|verb| self.is(verb, "retrouve trouve retrouvee trouvee"))
        });
        let strange = self.places(v::KNOWN).filter(|place| {
            let us = self.any(v::HOLDERS, place.saturating_sub(3)..place + 4);
            us.is_some() && (0..*place).any(|it| self.is(it, v::YOU) || self.is(it, v::YOUR))
        });
        let on_you = self
            .places("have hold keep avons detenons gardons conservons")
            .filter(|verb| self.is(verb + 1, "on about sur") && self.is(verb + 2, v::YOU));
        let on_you = on_you.filter(|verb| self.any(v::ASKED, 0..*verb).is_none());
        let single =
            found.chain(strange).chain(on_you).filter_map(|place| self.tell_of_data(&[place]));
        first(direct.chain(single).collect())
    }

    /// "there is a customer with this address", "plusieurs clients portent ce nom", "this address is not
    /// on our list": what one may type is compared with what is held.
    pub(super) fn namesake(&self) -> Option<Told> {
        let anchored = self.places(v::ANCHORS).filter_map(|anchor| {
            let this = self.any(v::THIS, anchor.saturating_sub(3)..anchor)?;
            let is_number = self.is(anchor, "number numero") && !self.is(this, "this ce");
            let kin = || (0..self.words.len()).filter(|it| it.abs_diff(anchor) > 1);
            let person = self.any(v::MEMBERS, kin()).or_else(|| self.related(kin()));
            let place = self.any(v::IN, 0..self.words.len()).and_then(|inside| {
                let ours = self.any("our nos notre", inside + 1..inside + 3)?;
                self.any(v::PLACES, ours + 1..ours + 3)
            });
            let worked = self.any("worked works travaille travaillait", anchor..anchor + 4);
            let us = self.any("us here nous ici", 0..self.words.len());
            let kept = self.places("have avons").find(|verb| {
                self.at(verb + 1) == "for"
                    || (self.at(verb + 1) == "pour" && self.at(verb + 2) == "vous")
            });
            let other = person.or(place).or(worked.filter(|_| us.is_some())).or(kept)?;
            (!is_number).then(|| self.tell_of_data(&[anchor, other]))?
        });
        let nobody = self.places("nobody personne anyone anybody").filter_map(|nobody| {
            let anchor = self.any(v::ANCHORS, nobody + 1..nobody + 5)?;
            self.any(v::THIS, nobody + 1..anchor)?;
            let near = || nobody.saturating_sub(4)..nobody;
            let us = self.any("we nous", near());
            let has = us.and_then(|us| self.any(v::HAVING_SOMEBODY, us + 1..nobody));
            let is_nobody = self.is(nobody, "nobody personne");
            if let Some(has) = has
                && (is_nobody || self.any(v::FAILED, near()).is_some())
            {
                return self.tell_of_data(&[has, nobody, anchor]);
            }
            let is_one = nobody > 0 && self.is(nobody - 1, "la une cette l");
            let only = is_nobody && !is_one;
            only.then(|| self.tell_of_data(&[nobody, anchor]).map(Told::unsure))?
        });
        let double = self.places("homonyme namesake").filter_map(|it| self.tell_of_data(&[it]));
        let called = self.places(v::CALLED).filter_map(|called| {
            let member = called.checked_sub(1).filter(|it| self.is(*it, v::MEMBERS))?;
            self.tell_of_data(&[member, called])
        });
        let another = self.places(v::MEMBERS).filter_map(|member| {
            let before = member.checked_sub(1)?;
            let is_other = self.is(before, "another autre other autres");
            is_other.then(|| self.tell_of_data(&[before, member]))?
        });
        first(anchored.chain(nobody).chain(double).chain(called).chain(another).collect())
    }

    /// "nothing was found", "rien n'est conservé", "we have nothing on you".
    pub(super) fn nothing(&self) -> Option<Told> {
        const KEPT: &str = "keep kept show shows montre montrent garde";
        const HAVING: &str = "have has avons a";
        let found = self.places(v::NOTHING).filter_map(|nothing| {
            // Of what somebody has just shown, nothing is kept.
            if self.any(v::SENT, nothing + 1..nothing + 5).is_some() {
                return None;
            }
            let near = || nothing.saturating_sub(4)..nothing + 5;
            let held = self.any(v::HOLDING, near()).or_else(|| self.any(KEPT, near()));
            let about = || {
                self.any(HAVING, nothing.saturating_sub(3)..nothing)?;
                let about = self.any(v::ABOUT, nothing + 1..nothing + 2)?;
                self.any(v::YOU, about + 1..about + 2)
            };
            self.tell_of_data(&[nothing, held.or_else(about)?])
        });
        first(found.collect())
    }

    /// "we hold 412 rows", "nous avons trois commandes à votre nom", "we have got 12 invoices from you".
    pub(super) fn held(&self) -> Option<Told> {
        let data = self.places(v::HOLDING).filter_map(|verb| {
            let holder = self.any(v::HOLDERS, 0..verb)?;
            let noun = (verb + 1..verb + 7).find(|place| self.is_data(*place))?;
            let is_asked = self.any(v::ASKED, verb + 1..noun).is_some();
            (!is_asked && !self.is_of_this_case(noun))
                .then(|| self.tell_of_data(&[holder, verb, noun]))?
        });
        let things = self.places(v::POSSESSING).filter_map(|verb| {
            let holder = self.any(v::HOLDERS, verb.saturating_sub(3)..verb)?;
            let is_thing = |place: &usize| {
                self.is(*place, v::RELATIONS) || self.is(*place, v::PAPERS) || self.is_data(*place)
            };
            let noun = (verb + 1..verb + 6).find(is_thing)?;
            // "We have received three messages": what came in by the request is no find.
            let came_in = self.any(v::RECEIVED, verb + 1..noun).is_some();
            if came_in && self.is(noun, v::PAPERS) {
                return None;
            }
            let of = (noun + 1..noun + 4).find(|place| {
                (self.is(*place, "from of on for under in a au de")
                    && self.is(*place + 1, "you yours your votre vous"))
                    || (self.is(*place, v::ABOUT_VERBS)
                        && self.is(*place + 1, v::YOU)
                        && self.clauses.get(*place) == self.clauses.get(place + 1))
            })?;
            self.tell_of_data(&[holder, verb, noun, of + 1])
        });
        first(data.chain(things).collect())
    }

    /// "Your messages in this case": what was written about the request lies with it.
    fn is_of_this_case(&self, noun: usize) -> bool {
        let case = (noun + 1..noun + 4).find(|it| self.is(*it, "this ce cette"));
        self.is(noun, v::MESSAGES)
            && case.is_some_and(|this| {
                self.is(this - 1, "in with dans avec")
                    && self.is(this + 1, "case file request dossier demande")
            })
    }

    /// "the address differs from the one we have", "the address on file for you", "your number ends
    /// in 33": what is held is compared with, or named by a part.
    pub(super) fn compared(&self) -> Option<Told> {
        let one = self.places("one ones celle celui celles ceux").filter_map(|one| {
            let we = (one + 1..one + 3).find(|it| self.is(*it, "we nous"))?;
            let verb = self.is(we + 1, v::POSSESSING).then_some(we + 1)?;
            let ends = self.clauses.get(verb + 1) != self.clauses.get(verb);
            let goes_on = self.is(verb + 1, "on in for here dans chez pour ici");
            (ends || goes_on).then(|| self.tell_of_data(&[one, verb]))?
        });
        let on_file = self.places("file").filter_map(|file| {
            let on = file.checked_sub(1).filter(|on| self.at(*on) == "on")?;
            // "The address on file", of whoever may be there, tells nothing.
            let for_you = self.is(file + 1, "for about") && self.is(file + 2, v::YOU);
            let your = self.any(v::YOUR, on.saturating_sub(4)..on).is_some();
            (for_you || your).then(|| self.tell_of_data(&[on, file]))?
        });
        let ending = self.places(v::ENDING).filter_map(|ends| {
            let is_figure = self.at(ends + 2).starts_with(|it: char| it.is_ascii_digit());
            let number = self.any(v::REACHED, ends.saturating_sub(6)..ends)?;
            let told = self.tell_of_data(&[number, ends])?;
            let your = self.any(v::YOUR, number.saturating_sub(3)..ends).is_some();
            let is_part = is_figure && self.is(ends + 1, "in with par");
            is_part.then(|| if your { told } else { told.unsure() })
        });
        first(one.chain(on_file).chain(ending).collect())
    }

    /// Every phrase for data of the reader.
    fn phrases(&self) -> impl Iterator<Item = Phrase> + '_ {
        let nouns = |place: &usize| self.is_data(*place) || self.is(*place, v::ALL);
        (0..self.words.len()).filter(nouns).filter_map(|noun| {
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

    /// Whether the data are what somebody asks or looks for, and not what is said to be there.
    fn is_sought(&self, phrase: &Phrase) -> bool {
        let before = (phrase.first.saturating_sub(6)..phrase.first).rev();
        let mut before = before
            .take_while(|place| !self.is(*place, v::SPEAKERS) && !self.is(*place, v::HOLDING));
        before.any(|place| {
            let is_aim = self.is(place, "find retrouver trouver locate identify")
                && place.checked_sub(1).is_some_and(|it| self.is(it, "to pour de"))
                && self.any(v::FAILED, place.saturating_sub(4)..place).is_none();
            self.is(place, v::ASKED) || self.is(place, v::SEEKING) || is_aim
        })
    }

    /// "your data are in eleven systems", "no record of you", "we process your details".
    pub(super) fn of_reader(&self) -> Option<Told> {
        let found = self.phrases().filter(|phrase| !self.is_sought(phrase)).filter_map(|phrase| {
            let Phrase { first, noun, last } = phrase;
            let holder = self.any(v::HOLDERS, 0..first);
            let does = self.any(v::HOLDING, 0..first).or_else(|| self.any(v::HANDLING, 0..first));
            if self.is_of_this_case(noun) {
                return None;
            }
            let is_new = self.is(noun, v::PAPERS) && self.any(v::RECEIVED, 0..first).is_some();
            if is_new {
                return self.tell_of_data(&[first, noun]).map(Told::unsure);
            }
            if let (Some(holder), Some(does)) = (holder, does) {
                return self.tell_of_data(&[holder, does, noun]);
            }
            if let Some(no) = self.any(v::NO, first.saturating_sub(2)..first) {
                return self.tell_of_data(&[no, noun]);
            }
            let there = (0..first).find(|place| {
                let next = self.at(place + 1);
                (self.at(*place) == "there" && self.is(place + 1, v::BEING))
                    || (self.at(*place) == "il" && matches!(next, "y" | "existe"))
            });
            let being = self.any(v::BEING, last + 1..last + 4);
            let being = being.filter(|_| self.is(noun, v::DATA));
            let size = self.any(v::CONTAINING, last + 1..last + 2);
            let held = self.any(v::HOLDING, 0..self.words.len()).or_else(|| {
                let ours = self.any("our nos", last + 1..self.words.len())?;
                self.any(v::PLACES, ours + 1..ours + 3)
            });
            match there.or(being).or(size).or(held) {
                Some(verb) => self.tell_of_data(&[verb, noun]),
                None => self.tell_of_data(&[first, noun]).map(Told::unsure),
            }
        });
        first(found.collect())
    }

    /// "I see in our files that", "we have your number on file", "we have you down as".
    pub(super) fn seen(&self) -> Option<Told> {
        let found = self.places(v::SEEING).filter_map(|verb| {
            let holder = self.any("we i nous je our", verb.saturating_sub(3)..verb)?;
            let filed = (verb + 1..verb + 6).find(|place| {
                let is_on_file = self.at(*place) == "on" && self.at(place + 1) == "file";
                let ours = self.is(*place, v::IN) && self.is(place + 1, "our nos notre");
                is_on_file || (ours && self.any(v::PLACES, place + 2..place + 4).is_some())
            });
            let down = || {
                (self.at(verb + 1) == "you" && self.is(verb + 2, "down listed as"))
                    .then_some(verb + 2)
            };
            let place = filed.or_else(down)?;
            let you = (0..self.words.len()).any(|it| self.is(it, v::YOU) || self.is(it, v::YOUR));
            you.then(|| self.tell_of_data(&[holder, verb, place]))?
        });
        first(found.collect())
    }

    /// "according to our records you live in Lyon", "the system shows two entries for you"; "we only have
    /// your address".
    pub(super) fn recorded(&self) -> Option<Told> {
        let by_place = self.places(v::PLACES).filter_map(|place| {
            self.any("our nos notre the le", place.saturating_sub(2)..place)?;
            // "The file that you sent" is the reader's.
            if self.is(place + 1, "that which que") && self.is(place + 2, "you vous") {
                return None;
            }
            let own = (place + 1..place + 7)
                .find(|it| self.at(*it) == "votre" && self.at(it + 1) == "nom");
            let you = self.any("you vous", place + 1..place + 7).or(own)?;
            let asks = (0..self.words.len())
                .any(|it| self.is(it, v::ASKED) || self.is(it, v::SEEKING) || self.is(it, v::SENT));
            (!asks).then(|| self.tell_of_data(&[place, you]))?
        });
        let verbs = (0..self.words.len())
            .filter(|it| self.is(*it, v::POSSESSING) || self.is(*it, "ai store stored save saved"));
        let reached = verbs.filter_map(|verb| {
            let holder = self.any("we i nous je j", verb.saturating_sub(2)..verb)?;
            let your = self.any(v::YOUR, verb + 1..verb + 3)?;
            let noun = self.any(v::REACHED, your + 1..your + 4)?;
            self.tell_of_data(&[holder, verb, noun])
        });
        first(by_place.chain(reached).collect())
    }
}
