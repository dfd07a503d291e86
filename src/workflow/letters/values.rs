//! What stands for each placeholder of a letter: facts of the case, every date from the engine, and
//! the sentences of the law that the facts choose.

use crate::domain::regime::law::Law;
use crate::language::citation;
use chrono::NaiveDate;

use crate::db::controllers::Controller;
use crate::domain::event::PauseGround;
use crate::domain::identity::Level;
use crate::domain::letter::Letter;
use crate::domain::letter::authority::{self, Named};
use crate::domain::letter::content::Content;
use crate::domain::letter::facts::Facts;
use crate::domain::letter::lint::Values;
use crate::domain::letter::placeholder::{Filler, Placeholder};
use crate::domain::regime::{self, Pauses};
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
        let exercised = self.facts.state.rights.iter().map(|state| state.exercised.right);
        let about: Vec<Right> = match self.letter.answers() {
            Some(right) => vec![right],
            None if !self.content.rights.is_empty() => {
                self.content.rights.iter().map(|refused| refused.right).collect()
            }
            None => exercised.collect(),
        };
        about.into_iter().map(|right| self.right(right)).collect::<Vec<_>>().join(", ")
    }

    fn date(&self, date: Option<NaiveDate>) -> String {
        date.map_or_else(String::new, |date| language::date(self.language, date))
    }

    fn fact(&self, placeholder: Placeholder) -> String {
        let facts = self.facts;
        let governing = facts.foreseen.governing();
        // A clock that stands still has no limit: the date that holds if the pause is contested
        // can be promised all the same.
        let conservative = || facts.foreseen.conservative_on();
        match placeholder {
            Placeholder::Reference => self.parties.reference.to_owned(),
            Placeholder::ReceivedOn => self.date(Some(facts.civil(facts.state.received_at))),
            Placeholder::SentOn => self.date(Some(facts.today)),
            Placeholder::Rights => self.rights(),
            Placeholder::Salutation => self.salutation(),
            Placeholder::Controller => self.parties.controller.name.clone(),
            Placeholder::Contact => self.parties.controller.contact.clone(),
            Placeholder::DueOn => {
                self.date(governing.and_then(|dates| dates.target_on).or_else(conservative))
            }
            Placeholder::LegalOn => {
                self.date(governing.and_then(|dates| dates.legal_on).or_else(conservative))
            }
            Placeholder::RepliedOn => self.date(self.content.replied_at.map(|at| facts.civil(at))),
            Placeholder::Until => self.date(self.until()),
            Placeholder::AskedOn => self.date(self.asked_on()),
            Placeholder::RemindedOn => self.date(self.content.reminded_on),
            _ => String::new(),
        }
    }

    fn salutation(&self) -> String {
        match self.parties.subject.names.first() {
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
        extended.filter_map(|right| right.dates.legal_on).max()
    }

    fn asked_on(&self) -> Option<NaiveDate> {
        let open = self.facts.state.open_pauses();
        open.into_iter().filter_map(|ground| self.facts.asked_on(Some(ground))).min()
    }

    fn sentence(&self, placeholder: Placeholder) -> String {
        let say = |key: &str| text(self.language, key);
        let contact = ("contact", self.parties.controller.contact.as_str());
        match placeholder {
            Placeholder::Identity => say(self.identity()),
            Placeholder::Processing => text_with(self.language, "letter-processing", &[contact]),
            Placeholder::Pause => {
                let today = language::date(self.language, self.facts.today);
                text_with(self.language, self.pause(), &[("date", &today)])
            }
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
        let state = &self.facts.state;
        if state.level > Level::V0 {
            "letter-identity-settled"
        } else if state.open_pauses().contains(&PauseGround::Identity) {
            "letter-identity-asked"
        } else if state.rules.regime.starts_with("US-") {
            "letter-identity-verification"
        } else {
            "letter-identity-open"
        }
    }

    /// What the question does to the clock under the law of the case.
    fn pause(&self) -> &'static str {
        let regime = regime::find(&self.facts.state.rules.regime);
        match regime.map_or(Pauses::None, |regime| regime.pauses) {
            Pauses::Suspend => "letter-pause-suspend",
            Pauses::Restart if self.letter == Letter::IdentityRequest => {
                "letter-pause-restart-identity"
            }
            Pauses::Restart => "letter-pause-restart-other",
            Pauses::None => "letter-pause-none",
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
                let website =
                    if listed.complaints.is_empty() { listed.website } else { listed.complaints };
                let told =
                    [("name", listed.name), ("address", listed.address), ("website", website)];
                text_with(self.language, "letter-authority", &told)
            }
        }
    }
}
