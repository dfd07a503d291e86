//! What a person decides and writes for one letter.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Letter;
use super::element::Element;
use super::placeholder::{Filler, Placeholder};
use crate::domain::event::{ExtensionGround, PauseGround};
use crate::domain::exemption::Exemption;
use crate::domain::ids::BreachId;
use crate::domain::right::Right;

/// The filled parts of a letter. Sealed under the key of the case: it holds personal data.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Content {
    /// What a person writes, by the name of the placeholder.
    pub parts: BTreeMap<Placeholder, String>,
    /// Elements that do not apply to this case, and that the letter says so of.
    pub not_applicable: BTreeSet<Placeholder>,
    /// The rights that a refusal is about.
    pub rights: Vec<RefusedRight>,
    /// The State where the person lives, ISO 3166-1 alpha-2, if it is known.
    pub subject_country: Option<String>,
    /// Why the period is extended.
    pub extension_ground: Option<ExtensionGround>,
    /// The date announced by an extension; without it, the longest that the law allows.
    pub until: Option<NaiveDate>,
    /// Send the notice although it is late and has no effect.
    pub record_late: bool,
    /// Which question was answered, and when: the clock runs again from there.
    pub pause_ground: Option<PauseGround>,
    pub replied_at: Option<DateTime<Utc>>,
    /// When the person was reminded before the case is closed.
    pub reminded_on: Option<NaiveDate>,
    /// Nothing about the person was found.
    pub nothing_held: bool,
    /// The breach that the person is told of.
    pub breach: Option<BreachId>,
}

/// What a refusal says of one right.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedRight {
    pub right: Right,
    #[serde(default)]
    pub ground: Option<Exemption>,
    #[serde(default)]
    pub reason: String,
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Content([redacted])")
    }
}

impl Content {
    /// What stands in a part; nothing for one that was not written.
    #[must_use]
    pub fn part(&self, part: Placeholder) -> &str {
        self.parts.get(&part).map_or("", String::as_str)
    }

    /// Whether an element does not apply: because a person says so, or because nothing is held.
    #[must_use]
    pub fn is_waived(&self, element: &Element) -> bool {
        element.waivable
            && (self.nothing_held || self.not_applicable.contains(&element.placeholder))
    }

    /// The fields that this letter does not have, by name.
    #[must_use]
    pub fn foreign(&self, letter: Letter) -> Vec<String> {
        let mut foreign = Vec::new();
        let known = |part: &Placeholder| letter.parts().any(|it| it == *part);
        let parts = self.parts.keys().filter(|part| !known(part));
        foreign.extend(parts.map(|part| format!("parts.{}", part.name())));
        let waivable = |part: &Placeholder| {
            part.filler() == Filler::Person
                && letter.elements().iter().any(|it| it.placeholder == *part && it.waivable)
        };
        let waived = self.not_applicable.iter().filter(|part| !waivable(part));
        foreign.extend(waived.map(|_| "not_applicable".to_owned()));
        let is = |letters: &[Letter]| letters.contains(&letter);
        for (name, is_given, is_known) in [
            ("rights", !self.rights.is_empty(), is(&[Letter::Refusal, Letter::PartialRefusal])),
            ("extension_ground", self.extension_ground.is_some(), is(&[Letter::Extension])),
            ("until", self.until.is_some(), is(&[Letter::Extension])),
            ("record_late", self.record_late, is(&[Letter::Extension])),
            ("pause_ground", self.pause_ground.is_some(), is(&[Letter::ClockResumed])),
            ("replied_at", self.replied_at.is_some(), is(&[Letter::ClockResumed])),
            ("reminded_on", self.reminded_on.is_some(), is(&[Letter::ClosedWithoutReply])),
            ("breach", self.breach.is_some(), is(&[Letter::BreachInformation])),
            (
                "nothing_held",
                self.nothing_held,
                is(&[Letter::AccessResponse, Letter::PortabilityDelivery]),
            ),
        ] {
            if is_given && !is_known {
                foreign.push(name.to_owned());
            }
        }
        foreign
    }
}
