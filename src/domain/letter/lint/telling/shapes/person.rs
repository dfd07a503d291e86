//! What the reader is, has or did that only somebody is, has or did who is known.

use super::super::vocabulary as v;
use super::super::{Sentence, Told, first};
use super::is_done;

impl Sentence<'_> {
    /// "your last order", "votre contrat"; "the contract of your husband".
    pub(super) fn relation(&self) -> Option<Told> {
        let found = self.places(v::YOUR).filter_map(|your| {
            let noun = self.owned(your, v::RELATIONS);
            let card = (self.at(your + 1) == "carte" && self.at(your + 3) == "fidelite")
                .then_some(your + 3);
            // A "compte rendu" is no account; a file on somebody's health is more than a file.
            let noun = noun.filter(|noun| self.at(noun + 1) != "rendu").or(card);
            let kind = self.is(your + 2, "medical medicaux client clients patient salarie")
                || (self.is(your + 2, "de d") && !self.is(your + 3, "demande reclamation"));
            let file = (self.at(your + 1) == "dossier" && kind).then_some(your + 2);
            let other = || {
                let before = your.checked_sub(2)?;
                let is_of = self.is(your - 1, "of de") && self.is(before, v::RELATIONS);
                is_of.then_some(before)
            };
            let noun = noun.or(file).or_else(other)?;
            if self.is_proof(noun) {
                return None;
            }
            // "The number of your order" is what one asks for.
            let asked = self.any(v::ASKED_OF, your.saturating_sub(3)..your);
            match asked {
                Some(asked) => self.tell_of_reader(&[asked, your, noun]).map(Told::unsure),
                None => self.tell_of_reader(&[your, noun]),
            }
        });
        first(found.collect())
    }

    /// "Your lease is no proof of identity": of what the reader showed.
    fn is_proof(&self, noun: usize) -> bool {
        let being = self.any(v::BEING, noun + 1..noun + 5);
        being.is_some_and(|being| self.any(v::PROOF, being + 1..being + 6).is_some())
    }

    /// "your wife called about the same account": there is one, then.
    pub(super) fn same(&self) -> Option<Told> {
        let found = self.places("same meme memes").filter_map(|same| {
            // Requests are answered in the same order.
            let is_thing = self.is(same + 1, v::RELATIONS) && self.at(same + 1) != "order";
            is_thing.then(|| self.tell_of_reader(&[same, same + 1]))?
        });
        first(found.collect())
    }

    /// "you are a customer", "en tant que client", "vous faisiez partie de nos adhérents".
    pub(super) fn customer(&self) -> Option<Told> {
        let found = self.places(v::MEMBERS).filter_map(|noun| {
            let mut before = noun;
            while before > 0 && self.is(before - 1, v::BETWEEN) {
                before -= 1;
            }
            let copula = before.checked_sub(1)?;
            let is_copula =
                self.is(copula, "are were have be etes etiez avez restez faites faisiez");
            let you = self.any(v::YOU, copula.saturating_sub(3)..copula);
            if is_copula && let Some(you) = you {
                return self.tell_of_reader(&[you, noun]);
            }
            let as_one = self.at(copula) == "as"
                || (self.is(copula, "que qualite")
                    && copula >= 1
                    && self.is(copula - 1, "tant en"));
            let since = self.is(noun + 1, "since depuis");
            (as_one || since).then(|| self.tell_of_reader(&[noun]))?
        });
        first(found.collect())
    }

    /// "you are not in our database", "vous figurez dans nos fichiers", "you appear nowhere".
    pub(super) fn listed(&self) -> Option<Told> {
        let found = self.places(v::STANDING).filter_map(|verb| {
            let near = || verb.saturating_sub(3)..verb;
            let you = self.any(v::YOU, near()).or_else(|| self.any(v::YOUR, near()))?;
            let after = || verb + 1..verb + 6;
            if let Some(place) = self.any(v::HERE, after()) {
                let is_strong = !self.is(verb, "are were etes etiez");
                return if is_strong { self.tell_of_reader(&[you, verb, place]) } else { None };
            }
            let inside = self.any(v::IN, verb + 1..verb + 5)?;
            if self.clauses.get(inside) != self.clauses.get(verb) {
                return None;
            }
            let place = self.any(v::PLACES, inside + 1..inside + 6)?;
            self.tell_of_reader(&[you, verb, place])
        });
        first(found.collect())
    }

    /// "you ordered twice", "vous avez acheté un vélo".
    pub(super) fn did(&self) -> Option<Told> {
        let verbs = || self.places(v::DONE).chain(self.places(v::CAME));
        let found = verbs().filter_map(|verb| {
            let you = self.any("you vous", verb.saturating_sub(4)..verb)?;
            let is_french = self.at(you) == "vous";
            let has = (you + 1..verb).any(|place| self.is(place, "avez aviez etes etiez"));
            // Anybody may come to the counter with a request.
            if self.is(verb, v::CAME) {
                return self.tell_of_reader(&[you, verb]).map(Told::unsure);
            }
            let is_mail = self
                .any(v::SENT, verb + 1..verb + 4)
                .is_some_and(|sent| !self.is(sent - 1, "our notre nos"));
            ((!is_french || has) && !is_mail).then(|| self.tell_of_reader(&[you, verb]))?
        });
        first(found.collect())
    }

    /// "you had an account", "vous avez encore deux commandes".
    pub(super) fn had(&self) -> Option<Told> {
        let found = self.places(v::HAVING).filter_map(|verb| {
            let you = self.any("you vous", verb.saturating_sub(3)..verb)?;
            let near = (verb + 1..verb + 6).take_while(|place| !self.is(*place, v::ASKED));
            let noun = self.related(near)?;
            self.tell_of_reader(&[you, verb, noun])
        });
        first(found.collect())
    }

    /// "you are registered with us", "vous étiez inscrit", "you have been with us since".
    pub(super) fn entered(&self) -> Option<Told> {
        let found = self.places(v::ENTERED).filter_map(|state| {
            let you = self.any("you vous", state.saturating_sub(4)..state)?;
            let copula = self.any("are were been etes etiez ete", you + 1..state)?;
            self.tell_of_reader(&[you, copula, state])
        });
        let with_us = self.places("with chez").filter_map(|with| {
            let us = self.is(with + 1, "us nous").then_some(with + 1)?;
            let near = || with.saturating_sub(3)..with;
            let you = self.any("you vous", with.saturating_sub(4)..with)?;
            let copula = self.any("are were been etes etiez ete", near())?;
            let other = (copula + 1..with).any(|place| !self.is(place, v::BETWEEN));
            (!other).then(|| self.tell_of_reader(&[you, copula, us]))?
        });
        let mut found: Vec<Told> = found.collect();
        found.extend(with_us);
        first(found)
    }

    /// "you owe us", "we sent you a parcel", "nous vous avons soigné", "we never had dealings with you".
    pub(super) fn dealt(&self) -> Option<Told> {
        let owed = self.places("owe owed devez deviez").filter_map(|verb| {
            let near = || verb.saturating_sub(2)..verb + 2;
            let (you, us) = (self.any("you vous", near())?, self.any("us nous", near())?);
            self.tell_of_reader(&[you, verb, us])
        });
        let treated = self.places(v::TREATED).filter_map(|verb| {
            let holder = self.any(v::HOLDERS, verb.saturating_sub(4)..verb)?;
            let near = || verb.saturating_sub(3)..verb + 3;
            let you = near().find(|place| *place != holder && self.is(*place, "you vous"))?;
            self.tell_of_reader(&[holder, verb, you])
        });
        let given = self.places("sent gave envoye adresse").filter_map(|verb| {
            let holder = self.any(v::HOLDERS, verb.saturating_sub(4)..verb)?;
            let near = || verb.saturating_sub(3)..verb + 2;
            let you = near().find(|place| *place != holder && self.is(*place, "you vous"))?;
            let thing = self.related(verb + 1..verb + 5)?;
            self.tell_of_reader(&[holder, verb, you, thing])
        });
        let dealings = self.places("dealings affaire heard entendu contact").filter_map(|noun| {
            let you = self.any("you vous", noun + 1..noun + 4)?;
            let earlier = || (noun.saturating_sub(3)..noun).any(|it| self.is(it, v::EARLIER));
            (self.at(noun) != "contact" || earlier()).then(|| self.tell_of_reader(&[noun, you]))?
        });
        first(owed.chain(treated).chain(given).chain(dealings).collect())
    }

    /// "we bought your address", "you logged in yesterday": what was done with a person, or by one, that
    /// is no part of answering a request or of making it.
    pub(super) fn acted(&self) -> Option<Told> {
        let by_us = self.places("we nous our nos notre").filter_map(|we| {
            let is_our = self.is(we, "our nos notre");
            let from = if is_our { we + 2 } else { we + 1 };
            let verb = (from..from + 5).find(|it| !self.is(*it, v::SKIPPED))?;
            let mut near = (we + 1..verb).chain([verb + 1]);
            let you = near.find(|it| {
                self.is(*it, "you vous") || (self.is(*it, v::YOUR) && self.is(it + 1, v::REACHED))
            })?;
            // "Nous laisser vous rappeler": whom it is done to, and not who does it.
            let is_infinitive = ["er", "ir"].iter().any(|end| self.at(verb).ends_with(end));
            let is_other = !is_infinitive
                && !self.is(verb, v::CASEWORK)
                && (!is_our || is_done(self.at(verb)));
            (is_other && self.is_said(we, verb)).then(|| self.tell_of_reader(&[we, verb, you]))?
        });
        let by_reader = self.places("you vous").filter_map(|you| {
            let helped = self.is(you + 1, "avez aviez etes etiez vous");
            if self.at(you) == "vous" && !helped {
                return None;
            }
            let verb = (you + 1..you + 5).find(|it| !self.is(*it, v::SKIPPED))?;
            let is_other = is_done(self.at(verb)) && !self.is(verb, v::REQUESTING);
            let told = (is_other && self.is_said(you, verb))
                .then(|| self.tell_of_reader(&[you, verb]))??;
            let with_us = self.is(verb + 1, "with from chez") && self.is(verb + 2, "us nous");
            Some(if with_us { told } else { told.unsure() })
        });
        first(by_us.map(Told::unsure).chain(by_reader).collect())
    }

    /// "your customer number": whoever is asked for it may have one.
    pub(super) fn number(&self) -> Option<Told> {
        let found = self.places(v::MEMBERS).filter_map(|member| {
            let number = "number numero reference card carte";
            let near = member.saturating_sub(2)..member + 3;
            self.tell_of_reader(&[member, self.any(number, near)?]).map(Told::unsure)
        });
        first(found.collect())
    }

    /// "your card was blocked": who is known may have what not everybody has who asks.
    pub(super) fn strange(&self) -> Option<Told> {
        let found = self.places(v::YOUR).filter_map(|your| {
            let mut near =
                (your + 1..your + 4).take_while(|place| !self.is(*place, v::FUNCTION)).peekable();
            let noun = near.peek().copied()?;
            let is_harmless = noun >= self.words.len()
                || self.is_proof(noun)
                || near.any(|place| self.is(place, v::OF_ANYBODY) || self.is_data(place));
            (!is_harmless).then(|| self.tell_of_reader(&[your, noun]).map(Told::unsure))?
        });
        first(found.collect())
    }
}
