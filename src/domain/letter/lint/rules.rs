//! The rules of single letters, beyond that every element is there.

use super::identity_copy::asks_for_identity_copy;
use super::telling::telling_words;
use super::words::{wrong_reason, wrong_words};
use super::{Draft, Finding, answer, reply};
use crate::domain::country::is_country;
use crate::domain::exemption::Exemption;
use crate::domain::history::RightState;
use crate::domain::identity::Level;
use crate::domain::letter::authority;
use crate::domain::letter::placeholder::Placeholder;
use crate::domain::letter::telling::Telling;
use crate::domain::letter::{Delivery, Letter};
use crate::domain::regime::{self, Extension};
use crate::domain::unidentified::{Hindrance, standing};

const DOUBT: &str = "GDPR Art. 12(6)";
const CLARITY: &str = "GDPR recital 63";
const NOTICE: &str = "GDPR Art. 12(3)";
const REFUSAL: &str = "GDPR Art. 12(4)";
const COMPLAINT: &str = "GDPR Art. 12(4), 77";
const BREACH: &str = "GDPR Art. 34(2)";
const PROPORTION: &str = "GDPR Art. 5(1)(c), 32; EDPB Guidelines 01/2022 §3.3";
const IMMEDIATE: &str = "GDPR Art. 21(3)";
const CONFIDENTIALITY: &str = "GDPR Art. 5(1)(f)";
const IDENTITY: &str = "GDPR Art. 11(2)";
const DELAY: &str = "EDPB Guidelines 01/2022 §5.3";

/// The rules of this letter.
pub(super) fn of_letter(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    level(draft, findings);
    match draft.letter {
        Letter::IdentityRequest | Letter::ClarificationRequest => question(draft, findings),
        Letter::ClockResumed => reply::resumed(draft, findings),
        Letter::Extension => extension(draft, findings),
        Letter::AccessResponse | Letter::PortabilityDelivery => answer::held(draft, findings),
        Letter::Refusal | Letter::PartialRefusal => refusal(draft, findings),
        Letter::ClosedWithoutReply => {
            reason(draft, Placeholder::Reasons, findings);
            reply::missing(draft, findings);
        }
        Letter::CannotIdentify => {
            reason(draft, Placeholder::Demonstration, findings);
            unidentified(draft, findings);
        }
        Letter::Acknowledgement => acknowledgement(draft, findings),
        Letter::BreachInformation => breach(draft, findings),
        Letter::NotController | Letter::Withdrawal => {}
    }
}

/// What holds for every letter.
pub(super) fn of_case(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let (content, facts) = (draft.content, draft.facts);
    if let Some(country) = &content.subject_country
        && !is_country(country)
    {
        findings.push(Finding::blocking("subject_country", "letter-country", "GDPR Art. 77"));
    }
    if facts.delivery == Some(Delivery::RegisteredLetter) && !facts.has_address {
        findings.push(Finding::blocking("delivery", "letter-no-address", NOTICE));
    }
    // An address that is cut off sends the letter to nobody, or to somebody else.
    if !facts.address_fits {
        let long = Finding::blocking("delivery", "letter-address-long", CONFIDENTIALITY);
        match facts.delivery {
            Some(Delivery::RegisteredLetter) => findings.push(long),
            None => findings.push(long.told()),
            Some(_) => {}
        }
    }
    if !facts.authority_is_whole && Letter::has_place(draft.text, Placeholder::Complaint) {
        let unknown = Finding::blocking("case.complaint", "letter-authority", COMPLAINT);
        let unknown = unknown.of(Placeholder::Complaint);
        findings.push(if draft.letter.refuses() { unknown } else { unknown.told() });
    }
    let country = content.subject_country.as_deref().unwrap_or_default();
    if draft.letter.allows(Placeholder::Complaint) && authority::are_several(country) {
        findings.push(
            Finding::blocking("subject_country", "letter-authorities", "GDPR Art. 77").told(),
        );
    }
    let limit = facts.dates.rights.iter().filter_map(|right| right.dates.notice_due_on).min();
    let limit = limit.filter(|limit| draft.letter.refuses() && facts.today > *limit);
    if let Some(limit) = limit {
        let late = Finding::blocking("sending", "letter-late-refusal", REFUSAL);
        findings.push(late.with("limit", limit.to_string()).told());
    }
}

/// A reason that is written but names no fact; that one is missing is told already.
fn reason(draft: &Draft<'_>, part: Placeholder, findings: &mut Vec<Finding>) {
    if wrong_reason(draft.content.part(part)) == Some("letter-not-specific") {
        let place = format!("parts.{}", part.name());
        findings.push(Finding::blocking(place, "letter-not-specific", REFUSAL).of(part));
    }
}

/// What says that something is held, or that nothing is, goes to nobody of whom too little is
/// known.
fn level(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let facts = draft.facts;
    if facts.state.level >= facts.needed {
        return;
    }
    let needed = facts.needed.name().to_ascii_uppercase();
    match draft.letter.telling().0 {
        Telling::Nothing => untold(draft, findings),
        Telling::Words => {
            untold(draft, findings);
            ungrounded(draft, findings);
        }
        Telling::Held => {
            let unknown = Finding::blocking("identity", "letter-level", CONFIDENTIALITY);
            let unknown = unknown.with("level", needed);
            let may_leave = draft.letter.may_leave_unknown(facts.delivery);
            findings.push(if may_leave { unknown.told() } else { unknown });
        }
    }
}

/// Whatever somebody writes for a reader who may be anybody tells nothing of what is held.
fn untold(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let tells = |words: &str, place: String| {
        let told = telling_words(words)?;
        let code = if told.is_sure { "letter-tells" } else { "letter-may-tell" };
        let found = Finding::blocking(place, code, CONFIDENTIALITY).with("words", told.words);
        Some(if told.is_sure { found } else { found.told() })
    };
    for part in draft.letter.parts() {
        let place = format!("parts.{}", part.name());
        findings.extend(tells(draft.content.part(part), place).map(|told| told.of(part)));
    }
    for (number, refused) in draft.content.rights.iter().enumerate() {
        findings.extend(tells(&refused.reason, format!("rights[{number}].reason")));
    }
}

/// The law wants this letter sent in time, whoever reads it: neither does its ground tell.
fn ungrounded(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    for (number, refused) in draft.content.rights.iter().enumerate() {
        if refused.ground.is_some_and(Exemption::tells_of_data) {
            let place = format!("rights[{number}].ground");
            findings.push(Finding::blocking(place, "letter-ground-tells", CONFIDENTIALITY));
        }
    }
    findings.push(Finding::blocking("identity", "letter-reader-unknown", CONFIDENTIALITY).told());
}

/// What stands against saying that the person cannot be identified. Where the case was closed for that
/// before, the letter only tells of it, and must still be true.
fn unidentified(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let state = &draft.facts.state;
    let mut found = standing(state);
    if state.closed_as.is_some() {
        found.retain(|hindrance| *hindrance == Hindrance::Identified);
    }
    let told = found.into_iter().filter_map(|hindrance| match hindrance {
        Hindrance::Identified => Some(("identity", "letter-identified", IDENTITY)),
        Hindrance::NotNeeded => Some(("letter", "unidentified-not-needed", IMMEDIATE)),
        Hindrance::ProofWaits => Some(("identity", "unidentified-proof-waits", IDENTITY)),
        Hindrance::ReplyWaits => Some(("letter", "letter-reply-waits", IDENTITY)),
        // It is this letter that tells.
        Hindrance::Untold
        | Hindrance::ToldInFuture
        | Hindrance::ToldBeforeReceipt
        | Hindrance::Unanswered(_) => None,
    });
    findings.extend(told.map(|(place, code, anchor)| Finding::blocking(place, code, anchor)));
}

/// One word describes no breach: the person must be able to act on what they read. Of several, the
/// letter names the one that it is about.
fn breach(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    for part in [Placeholder::Nature, Placeholder::Consequences, Placeholder::Measures] {
        if wrong_reason(draft.content.part(part)) == Some("letter-not-specific") {
            let place = format!("parts.{}", part.name());
            findings.push(Finding::blocking(place, "letter-not-specific", BREACH).of(part));
        }
    }
    if draft.content.breach.is_none() {
        findings.push(Finding::blocking("breach", "letter-no-breach", BREACH));
    }
}

/// Some laws say by when a receipt is confirmed; elsewhere it is good practice.
fn acknowledgement(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let limit = draft.facts.dates.acknowledge_on;
    if draft.facts.today > limit {
        let late = Finding::blocking("sending", "letter-late-acknowledgement", "11 CCR §7021(a)");
        findings.push(late.with("limit", limit.to_string()).told());
    }
}

/// Everything is asked at once, and soon: a second round says why.
fn question(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let (content, facts) = (draft.content, draft.facts);
    let ground = draft.letter.asks();
    let anchor = if draft.letter == Letter::IdentityRequest { DOUBT } else { CLARITY };
    if draft.letter == Letter::IdentityRequest {
        if !facts.state.may_ask_identity() {
            findings.push(Finding::blocking("letter", "letter-identity-not-needed", IMMEDIATE));
        } else if facts.state.level >= facts.needed {
            // Reasonable doubt alone stops the clock (GDPR Art. 12(6)).
            let known = Finding::blocking("identity", "letter-identity-settled", DOUBT);
            findings.push(if facts.state.level == Level::V3 { known } else { known.told() });
        }
        reason(draft, Placeholder::Doubt, findings);
        for part in draft.letter.parts().filter(|it| asks_for_identity_copy(content.part(*it))) {
            let place = format!("parts.{}", part.name());
            let asked = Finding::blocking(place, "letter-identity-copy", PROPORTION);
            findings.push(asked.of(part).told());
        }
    } else {
        reason(draft, Placeholder::Volume, findings);
        let choices = content.part(Placeholder::Choices).lines();
        let concrete = choices.filter(|line| wrong_words(line).is_none()).count();
        if concrete == 1 {
            let one = Finding::blocking("parts.choices", "letter-one-choice", CLARITY);
            findings.push(one.of(Placeholder::Choices));
        }
    }
    if ground.is_some_and(|ground| facts.state.questions.contains_key(&ground))
        && let Some(code) = wrong_reason(content.part(Placeholder::Again))
    {
        let code = if code == "letter-missing" { "letter-again" } else { code };
        findings.push(Finding::blocking("parts.again", code, anchor).of(Placeholder::Again));
    }
    if facts.today > facts.question_window_ends_on {
        let limit = facts.question_window_ends_on.to_string();
        let late = Finding::blocking("sending", "letter-contestable", DELAY);
        findings.push(late.with("limit", limit).told());
    }
}

fn extension(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let (content, facts) = (draft.content, draft.facts);
    let law = regime::find(&facts.state.rules.regime).map(|regime| regime.extension);
    match law {
        Ok(Extension::None) => {
            return findings.push(Finding::blocking("letter", "letter-no-extension", NOTICE));
        }
        Ok(Extension::Announced) if content.until.is_none() => {
            return findings.push(Finding::blocking("until", "letter-until-missing", NOTICE));
        }
        _ => {}
    }
    reason(draft, Placeholder::Reasons, findings);
    if content.extension_ground.is_none() {
        findings.push(Finding::blocking("extension_ground", "letter-no-extension-ground", NOTICE));
    }
    if !content.record_late && !facts.foreseen.is_extended() {
        let due = facts.dates.rights.iter().filter_map(|right| right.dates.notice_due_on).max();
        let due = due.map_or_else(String::new, |due| due.to_string());
        let late = Finding::blocking("sending", "letter-notice-late", NOTICE);
        findings.push(late.with("due", due));
    }
    let Some(until) = content.until else { return };
    if let Some(longest) = facts.longest_on().filter(|longest| until > *longest) {
        let beyond = Finding::blocking("until", "letter-until-beyond", NOTICE);
        findings.push(beyond.with("limit", longest.to_string()));
    }
    if content.record_late && until < facts.today {
        findings.push(Finding::blocking("until", "letter-until-past", NOTICE));
    }
    let limit = facts.dates.governing().and_then(|dates| dates.legal_on);
    if limit.is_some_and(|limit| until <= limit) {
        findings.push(Finding::blocking("until", "letter-until-early", NOTICE));
    }
}

/// Facts and reasons for each right, with the legal ground.
fn refusal(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let rights = &draft.content.rights;
    if rights.is_empty() {
        findings
            .push(Finding::blocking("rights", "letter-no-right", REFUSAL).of(Placeholder::Reasons));
    }
    for (number, refused) in rights.iter().enumerate() {
        let mut wrong = |field: &str, code| {
            let place = format!("rights[{number}].{field}");
            findings.push(Finding::blocking(place, code, REFUSAL).of(Placeholder::Reasons));
        };
        let mut states = draft.facts.state.rights.iter();
        let known = states.find(|state| state.exercised.right == refused.right);
        if known.is_none() {
            wrong("right", "letter-right-not-exercised");
        }
        if rights.iter().take(number).any(|before| before.right == refused.right) {
            wrong("right", "letter-right-twice");
        }
        if let Some(code) = known.and_then(|known| untaken(draft, known)) {
            wrong("right", code);
        }
        if refused.ground.is_none() {
            wrong("ground", "letter-no-ground");
        }
        if let Some(code) = wrong_reason(&refused.reason) {
            wrong("reason", code);
        }
    }
}

/// What is given in part is given by a release, and what is handed out is not refused. What was given so
/// may be told of once it has ended, too.
fn untaken(draft: &Draft<'_>, known: &RightState) -> Option<&'static str> {
    let decision = draft.letter.decides()?;
    let is_given = known.decision == decision && known.rests_on().is_some();
    let error = draft.facts.state.check_answer(known.exercised.right, decision).err()?;
    match error.code {
        "answer-handed-out" => Some("letter-handed-out"),
        _ => (!is_given).then_some("letter-not-given"),
    }
}
