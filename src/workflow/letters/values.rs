//! What stands for each placeholder of a letter: facts of the case, every date from the engine, and
//! the sentences of the law that the facts choose.

use crate::domain::regime::law::Law;
use crate::language::citation;
use chrono::NaiveDate;

use super::document;
use crate::db::controllers::Controller;
use crate::domain::event::PauseGround;
use crate::domain::history::RightState;
use crate::domain::letter::Letter;
use crate::domain::letter::authority::{self, Named};
use crate::domain::letter::content::Content;
use crate::domain::letter::facts::Facts;
use crate::domain::letter::lint::Values;
use crate::domain::letter::placeholder::{Filler, Placeholder};
use crate::domain::regime::{self, Pauses};
use crate::domain::request::Decision;
use crate::domain::right::Right;
use crate::language::{self, Language, text, text_with};
use crate::workflow::subject::Subject;

/// Who writes to whom about what.
pub struct Parties<'a> {
    pub controller: &'a Controller,
    pub subject: &'a Subject,
    pub reference: &'a str,
}

/// The values of one letter in one language.
pub struct Writing<'a> {
    pub language: Language,
    pub letter: Letter,
    pub content: &'a Content,
    pub facts: &'a Facts,
    pub parties: &'a Parties<'a>,
}

/// The standard text of a letter, with its placeholders in braces.
#[must_use]
pub fn standard_text(language: Language, letter: Letter) -> String {
    let open: Vec<(&str, String)> =
        Placeholder::ALL.iter().map(|it| (it.name(), format!("{{{}}}", it.name()))).collect();
    let open: Vec<(&str, &str)> = open.iter().map(|(name, it)| (*name, it.as_str())).collect();
    text_with(language, &format!("letter-text-{}", letter.key()), &open)
}

impl Writing<'_> {
    /// The value of every placeholder that the letter may use.
    #[must_use]
    pub fn values(&self) -> Values {
        self.letter.allowed().map(|placeholder| (placeholder, self.value(placeholder))).collect()
    }

    fn value(&self, placeholder: Placeholder) -> String {
        match placeholder.filler() {
            Filler::Person => self.part(placeholder),
            Filler::Case => self.fact(placeholder),
            Filler::Law => self.sentence(placeholder),
        }
    }

    fn part(&self, part: Placeholder) -> String {
        if self.letter.by_right(part) {
            return self.reasons();
        }
        let mut elements = self.letter.elements().iter();
        let element = elements.find(|element| element.placeholder == part);
        if element.is_some_and(|element| self.content.is_waived(element)) {
            return text(self.language, "letter-not-applicable");
        }
        self.content.part(part).trim().to_owned()
    }

    /// What is refused, each right with its ground and its reason.
    fn reasons(&self) -> String {
        let said = self.content.rights.iter().map(|refused| {
            let right = self.right(refused.right);
            let ground = refused.ground.map_or_else(String::new, |ground| {
                text(self.language, &format!("package-exemption-{}", ground.code()))
            });
            let told = [
                ("right", right.as_str()),
                ("ground", ground.as_str()),
                ("reason", refused.reason.trim()),
            ];
            text_with(self.language, "letter-reason-of-right", &told)
        });
        said.collect::<Vec<_>>().join("\n")
    }

    /// A right with its article.
    fn right(&self, right: Right) -> String {
        citation::right(self.language, Law::of(&self.facts.state.rules.regime), right)
    }

    /// The rights of the case, or those that the letter is about.
    #[must_use]
    pub fn rights(&self) -> String {
        let about: Vec<Right> = match self.letter.answers() {
            Some(right) => vec![right],
            None if !self.content.rights.is_empty() => {
                self.content.rights.iter().map(|refused| refused.right).collect()
            }
            None => self.exercised(),
        };
        about.into_iter().map(|right| self.right(right)).collect::<Vec<_>>().join(", ")
    }

    /// The rights of the case. What takes longer, or is asked, concerns those alone that wait for a
    /// decision.
    fn exercised(&self) -> Vec<Right> {
        let of = |is_meant: fn(&RightState) -> bool| -> Vec<Right> {
            let rights = self.facts.state.rights.iter().filter(|state| is_meant(state));
            rights.map(|state| state.exercised.right).collect()
        };
        if self.letter == Letter::Extension || self.letter.asks().is_some() {
            let open = of(|state| state.decision == Decision::Undecided);
            if !open.is_empty() {
                return open;
            }
        }
        of(|_| true)
    }

    fn date(&self, date: Option<NaiveDate>) -> String {
        date.map_or_else(String::new, |date| language::date(self.language, date))
    }

    fn fact(&self, placeholder: Placeholder) -> String {
        let facts = self.facts;
        match placeholder {
            Placeholder::Reference => self.parties.reference.to_owned(),
            Placeholder::ReceivedOn => self.date(Some(facts.civil(facts.state.received_at))),
            Placeholder::SentOn => self.date(Some(facts.today)),
            Placeholder::Rights => self.rights(),
            Placeholder::Salutation => self.salutation(),
            Placeholder::Controller => self.parties.controller.name.clone(),
            Placeholder::Contact => self.parties.controller.contact.clone(),
            // A clock that stands still has no date, and the letter says what it waits for.
            Placeholder::DueOn => self.date(self.due_on()),
            Placeholder::LegalOn => self.date(facts.foreseen.legal_on()),
            Placeholder::RepliedOn => self.date(self.content.replied_at.map(|at| facts.civil(at))),
            Placeholder::Until => self.date(self.until()),
            Placeholder::AskedOn => self.days(facts.asked_on()).unwrap_or_default(),
            Placeholder::RemindedOn => self.date(self.content.reminded_on),
            _ => String::new(),
        }
    }

    fn salutation(&self) -> String {
        match document::addressed(self.parties.subject) {
            Some(name) => text_with(self.language, "letter-salutation", &[("name", name)]),
            None => text(self.language, "letter-salutation-none"),
        }
    }

    /// The date that an extension announces: what the engine makes of it, or for a notice without
    /// effect the date that a person names.
    fn until(&self) -> Option<NaiveDate> {
        if !self.facts.foreseen.is_extended() {
            return self.content.until.filter(|_| self.content.record_late);
        }
        let extended = self.facts.foreseen.rights.iter().filter(|right| right.dates.extended);
        // While the clock stands still, the date that holds if nothing is counted of that.
        extended.filter_map(|right| right.dates.legal_on.or(right.dates.conservative_on)).max()
    }

    fn due_on(&self) -> Option<NaiveDate> {
        let dates = &self.facts.foreseen;
        dates.target_on().or_else(|| dates.legal_on())
    }

    /// Days in words, one after the other.
    fn days(&self, days: Vec<NaiveDate>) -> Option<String> {
        let days = days.into_iter().map(|day| language::date(self.language, day));
        let and = |first: String, next: String| {
            let told = [("first", first.as_str()), ("next", next.as_str())];
            text_with(self.language, "letter-days", &told)
        };
        days.reduce(and)
    }

    /// The dates of the clock once the letter has left, and what it waits for where it stands still.
    fn clock(&self) -> String {
        let facts = self.facts;
        let has_no_limit = facts.has_no_limit();
        let mut said = Vec::new();
        let mut say = |key: &str, arguments: &[(&str, &str)]| {
            said.push(text_with(self.language, key, arguments));
        };
        let (until, due) = (self.date(self.until()), self.date(self.due_on()));
        let legal = self.date(facts.foreseen.legal_on());
        match self.letter {
            Letter::Extension if has_no_limit => {
                say("letter-clock-extended-waiting", &[("until", &until)]);
            }
            Letter::Extension => say("letter-clock-extended", &[("until", &until)]),
            _ if has_no_limit => {}
            Letter::ClockResumed => {
                say("letter-clock-resumed", &[("due", &due), ("legal", &legal)]);
            }
            _ => say("letter-clock-runs", &[("due", &due), ("legal", &legal)]),
        }
        for (ground, asked_on) in &facts.waits_for {
            let question = text(self.language, &format!("letter-question-{}", ground.name()));
            let asked_on = language::date(self.language, *asked_on);
            let told = [("date", asked_on.as_str()), ("question", question.as_str())];
            let key =
                if has_no_limit { "letter-clock-waits" } else { "letter-clock-waits-in-part" };
            say(key, &told);
        }
        said.join(" ")
    }

    /// Why the case is closed for want of a reply: none came, or none that was enough.
    fn unanswered(&self) -> String {
        match self.days(self.facts.insufficient_on()) {
            None => text(self.language, "letter-unanswered"),
            Some(on) => text_with(self.language, "letter-unanswered-enough", &[("date", &on)]),
        }
    }

    fn sentence(&self, placeholder: Placeholder) -> String {
        let say = |key: &str| text(self.language, key);
        let contact = ("contact", self.parties.controller.contact.as_str());
        match placeholder {
            Placeholder::Identity => say(self.identity()),
            Placeholder::Processing => text_with(self.language, "letter-processing", &[contact]),
            Placeholder::Pause => self.pause(),
            Placeholder::Clock => self.clock(),
            Placeholder::Unanswered => self.unanswered(),
            Placeholder::Deletion => say("letter-deletion"),
            Placeholder::Everything => say("letter-everything"),
            Placeholder::RightsInformation => say("letter-rights-information"),
            Placeholder::Complaint => self.complaint(),
            Placeholder::Remedy if self.is_european() => say("letter-remedy-european"),
            Placeholder::Remedy => say("letter-remedy"),
            Placeholder::Reopening => {
                let reference = ("reference", self.parties.reference);
                text_with(self.language, "letter-reopening", &[contact, reference])
            }
            _ => String::new(),
        }
    }

    fn identity(&self) -> &'static str {
        let (state, needed) = (&self.facts.state, self.facts.needed);
        // A question that is open is to be answered, whatever was proved before.
        if state.open_pauses().contains(&PauseGround::Identity) {
            "letter-identity-asked"
        } else if state.level >= needed && state.awaited.is_none() {
            "letter-identity-settled"
        } else if state.rules.regime.starts_with("US-") {
            "letter-identity-verification"
        } else {
            "letter-identity-open"
        }
    }

    /// What the question does to the clock under the law of the case. A pause that runs already began on
    /// the day of the first question, and does not begin anew.
    fn pause(&self) -> String {
        let facts = self.facts;
        let say = |anew: &str, runs: &str, since: NaiveDate| {
            let key = if since == facts.today { anew } else { runs };
            text_with(self.language, key, &[("date", &language::date(self.language, since))])
        };
        let regime = regime::find(&facts.state.rules.regime);
        match (regime.map_or(Pauses::None, |it| it.pauses), facts.stands_still_since()) {
            (Pauses::Suspend, Some(since)) => {
                say("letter-pause-suspend", "letter-pause-suspended", since)
            }
            (Pauses::Restart, _) if self.letter == Letter::IdentityRequest => {
                text(self.language, "letter-pause-restart-identity")
            }
            (Pauses::Restart, _) => {
                let mut waits = facts.waits_for.iter();
                let own = waits.find(|(ground, _)| Some(*ground) == self.letter.asks());
                let since = own.map_or(facts.today, |(_, asked_on)| *asked_on);
                say("letter-pause-restart-other", "letter-pause-restart-since", since)
            }
            (Pauses::None | Pauses::Suspend, _) => text(self.language, "letter-pause-none"),
        }
    }

    fn is_european(&self) -> bool {
        authority::is_european(&self.parties.controller.country)
    }

    /// The authority of the controller's State, the choice of Art. 77, and the authority of the
    /// person's State where it is known to be another one of the EU or the EEA.
    fn complaint(&self) -> String {
        let controller = self.parties.controller;
        let told = |key: &str, authority: &Named| {
            let name = self.authority(authority);
            text_with(self.language, key, &[("authority", &name)])
        };
        let own = authority::of_controller(&controller.country, &controller.authority);
        let mut said = vec![told("letter-complaint", &own)];
        if self.is_european() {
            let country = self.content.subject_country.as_deref().unwrap_or_default();
            let lives_elsewhere = country != controller.country && authority::is_european(country);
            if let Some(theirs) = authority::of_state(country).filter(|_| lives_elsewhere) {
                said.push(told("letter-complaint-residence", &Named::Listed(theirs)));
            }
            if let Some(federal) = authority::federal_of(country).filter(|_| lives_elsewhere) {
                said.push(told("letter-complaint-several", &Named::Listed(federal)));
            }
            said.push(text(self.language, "letter-complaint-choice"));
        }
        if self.facts.state.rules.regime.starts_with("UK-") {
            let contact = [("contact", controller.contact.as_str())];
            said.push(text_with(self.language, "letter-complaint-first", &contact));
        }
        said.join(" ")
    }

    fn authority(&self, authority: &Named) -> String {
        match authority {
            Named::Written(words) => words.clone(),
            Named::Listed(listed) => {
                let (address, website) = (listed.address, listed.page());
                let told = [("name", listed.name), ("address", address), ("website", website)];
                text_with(self.language, "letter-authority", &told)
            }
        }
    }
}
