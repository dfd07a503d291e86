//! The rules of single letters, beyond that every element is there.

use chrono::Days;

use super::identity_copy::asks_for_identity_copy;
use super::telling::telling_words;
use super::words::{wrong_reason, wrong_words};
use super::{Draft, Finding};
use crate::domain::country::is_country;
use crate::domain::exemption::Exemption;
use crate::domain::identity::Level;
use crate::domain::letter::placeholder::Placeholder;
use crate::domain::letter::telling::Telling;
use crate::domain::letter::{Delivery, Letter};
use crate::domain::regime::{self, Extension};
use crate::domain::request::Decision;

const DOUBT: &str = "GDPR Art. 12(6)";
const CLARITY: &str = "GDPR recital 63";
const NOTICE: &str = "GDPR Art. 12(3)";
const REFUSAL: &str = "GDPR Art. 12(4)";
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
        Letter::ClockResumed => resumed(draft, findings),
        Letter::Extension => extension(draft, findings),
        Letter::AccessResponse | Letter::PortabilityDelivery => answer(draft, findings),
        Letter::Refusal | Letter::PartialRefusal => refusal(draft, findings),
        Letter::ClosedWithoutReply => no_reply(draft, findings),
        Letter::CannotIdentify => {
            reason(draft, Placeholder::Demonstration, findings);
            if draft.facts.state.level >= Level::V1 {
                findings.push(Finding::blocking("identity", "letter-identified", IDENTITY));
            }
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
        Telling::Nothing => {}
        Telling::Words => untold(draft, findings),
        Telling::Held => {
            let unknown = Finding::blocking("identity", "letter-level", CONFIDENTIALITY);
            let unknown = unknown.with("level", needed);
            let may_leave = draft.letter.may_leave_unknown(facts.delivery);
            findings.push(if may_leave { unknown.told() } else { unknown });
        }
    }
}

/// The law wants this letter sent in time: then it tells nothing to a reader who may be anybody.
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
        if refused.ground.is_some_and(Exemption::tells_of_data) {
            let place = format!("rights[{number}].ground");
            findings.push(Finding::blocking(place, "letter-ground-tells", CONFIDENTIALITY));
        }
    }
    findings.push(Finding::blocking("identity", "letter-reader-unknown", CONFIDENTIALITY).told());
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
        let mut undecided =
            facts.state.rights.iter().filter(|right| right.decision == Decision::Undecided);
        // What must be done at once needs no proof of who asks for it (law.md §7, invariant 6).
        if undecided.all(|right| right.exercised.is_immediate()) {
            findings.push(Finding::blocking("letter", "letter-identity-not-needed", IMMEDIATE));
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
    if facts.asked_on(ground).is_some()
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

fn resumed(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let (content, facts) = (draft.content, draft.facts);
    match content.pause_ground {
        None => findings.push(Finding::blocking("pause_ground", "letter-no-pause-ground", DELAY)),
        Some(ground) if facts.asked_on(Some(ground)).is_none() => {
            findings.push(Finding::blocking("pause_ground", "letter-never-asked", DELAY));
        }
        Some(_) => {}
    }
    let Some(replied_at) = content.replied_at else { return };
    if replied_at > facts.now {
        findings.push(Finding::blocking("replied_at", "letter-in-future", DELAY));
    }
    let asked_at = content.pause_ground.and_then(|ground| facts.asked_at(Some(ground)));
    if asked_at.is_some_and(|asked_at| replied_at < asked_at) {
        findings.push(Finding::blocking("replied_at", "before-question", DELAY));
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

/// What is handed over was released before, or nothing is held.
fn answer(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let right = draft.letter.answers();
    let mut rights = draft.facts.state.rights.iter();
    let anchor =
        if draft.letter == Letter::AccessResponse { "GDPR Art. 15" } else { "GDPR Art. 20" };
    let Some(state) = rights.find(|state| Some(state.exercised.right) == right) else {
        findings.push(Finding::blocking("letter", "letter-right-not-exercised", anchor));
        return;
    };
    let is_released = matches!(state.decision, Decision::Granted | Decision::GrantedInPart);
    if !draft.content.nothing_held && !is_released {
        findings.push(Finding::blocking("nothing_held", "letter-not-released", anchor));
    }
    // A negative answer is true, or is none.
    if draft.content.nothing_held && draft.facts.state.found.is_some_and(|found| found.rows > 0) {
        findings.push(Finding::blocking("nothing_held", "letter-something-found", anchor));
    }
    if draft.content.nothing_held && is_released {
        findings.push(Finding::blocking("nothing_held", "letter-released", anchor));
    }
    let waived = draft.content.not_applicable.contains(&Placeholder::Withheld);
    if state.decision == Decision::GrantedInPart && waived {
        let missing = Finding::blocking("parts.withheld", "letter-missing", REFUSAL);
        findings.push(missing.of(Placeholder::Withheld));
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
        let mut exercised = draft.facts.state.rights.iter().map(|state| state.exercised.right);
        if !exercised.any(|right| right == refused.right) {
            wrong("right", "letter-right-not-exercised");
        }
        if rights.iter().take(number).any(|before| before.right == refused.right) {
            wrong("right", "letter-right-twice");
        }
        if refused.ground.is_none() {
            wrong("ground", "letter-no-ground");
        }
        if let Some(code) = wrong_reason(&refused.reason) {
            wrong("reason", code);
        }
    }
}

/// Closed only after a question that is still open for this long. The law names no number; the ICO
/// takes one month to be generally reasonable (Right of access, on a request for clarification), and
/// that is our reading everywhere.
const UNANSWERED_DAYS: Days = Days::new(30);

/// And after a reminder that left time to reply: our reading of fairness (GDPR Art. 5(1)(a)).
const REMINDED_DAYS: Days = Days::new(7);

/// Closed only after a question that is still open, and a reminder.
fn no_reply(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let facts = draft.facts;
    reason(draft, Placeholder::Reasons, findings);
    let open = facts.state.open_pauses();
    if open.is_empty() {
        findings.push(Finding::blocking("letter", "letter-nothing-asked", REFUSAL));
    }
    let asked_on = open.iter().filter_map(|ground| facts.asked_on(Some(*ground))).min();
    let Some(reminded_on) = draft.content.reminded_on else { return };
    if reminded_on > facts.today {
        findings.push(Finding::blocking("reminded_on", "letter-in-future", REFUSAL));
    }
    if asked_on.is_some_and(|asked_on| reminded_on <= asked_on) {
        findings.push(Finding::blocking("reminded_on", "letter-before-question", REFUSAL));
    }
    let unanswered = asked_on.and_then(|on| on.checked_add_days(UNANSWERED_DAYS));
    let first = unanswered.max(reminded_on.checked_add_days(REMINDED_DAYS));
    if let Some(first) = first.filter(|first| facts.today < *first) {
        let early = Finding::blocking("sending", "letter-too-early", REFUSAL);
        findings.push(early.with("first", first.to_string()));
    }
}
