//! What each letter must say, as data: the elements on top of the common block, each with its legal
//! anchor, and what a text may use besides.

use super::Letter;
use super::placeholder::{Filler, Placeholder};
use super::template;

/// Something that a letter must say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element {
    pub placeholder: Placeholder,
    /// Article, recital or guideline.
    pub anchor: &'static str,
    /// It may be answered with "not applicable".
    pub waivable: bool,
}

const fn must(placeholder: Placeholder, anchor: &'static str) -> Element {
    Element { placeholder, anchor, waivable: false }
}

const fn or_not_applicable(placeholder: Placeholder, anchor: &'static str) -> Element {
    Element { placeholder, anchor, waivable: true }
}

use Placeholder as P;

const GOOD_PRACTICE: &str = "good practice; 11 CCR §7021(a)";
const DOUBT: &str = "GDPR Art. 12(6)";
const CLARITY: &str = "GDPR recital 63";
const NOTICE: &str = "GDPR Art. 12(3)";
const REFUSAL: &str = "GDPR Art. 12(4)";
const BREACH: &str = "GDPR Art. 34(2)";
const PAUSE: &str = "EDPB Guidelines 01/2022 §5.3; UK GDPR Art. 12A";

const ACKNOWLEDGEMENT: &[Element] = &[
    must(P::ReceivedOn, GOOD_PRACTICE),
    must(P::Understood, GOOD_PRACTICE),
    must(P::DueOn, GOOD_PRACTICE),
    must(P::LegalOn, NOTICE),
    must(P::NextSteps, GOOD_PRACTICE),
    must(P::Identity, GOOD_PRACTICE),
    must(P::Processing, "GDPR Art. 13"),
];

const IDENTITY_REQUEST: &[Element] = &[
    must(P::Doubt, DOUBT),
    must(P::Options, "EDPB Guidelines 01/2022 §3.3"),
    must(P::Masking, "EDPB Guidelines 01/2022 §3.3"),
    must(P::Deletion, "GDPR Art. 5(1)(e)"),
    must(P::Pause, PAUSE),
    must(P::SecureChannel, "GDPR Art. 32"),
];

const CLARIFICATION_REQUEST: &[Element] = &[
    must(P::Volume, CLARITY),
    must(P::Choices, CLARITY),
    must(P::Everything, CLARITY),
    must(P::Pause, PAUSE),
];

const CLOCK_RESUMED: &[Element] =
    &[must(P::RepliedOn, PAUSE), must(P::DueOn, PAUSE), must(P::LegalOn, PAUSE)];

const EXTENSION: &[Element] =
    &[must(P::Reasons, NOTICE), must(P::Until, NOTICE), must(P::Provided, NOTICE)];

const ACCESS_RESPONSE: &[Element] = &[
    must(P::Findings, "GDPR Art. 15(1), (3)"),
    or_not_applicable(P::Purposes, "GDPR Art. 15(1)(a)"),
    or_not_applicable(P::Categories, "GDPR Art. 15(1)(b)"),
    or_not_applicable(P::Recipients, "GDPR Art. 15(1)(c)"),
    or_not_applicable(P::Storage, "GDPR Art. 15(1)(d)"),
    must(P::RightsInformation, "GDPR Art. 15(1)(e)"),
    must(P::Complaint, "GDPR Art. 15(1)(f)"),
    or_not_applicable(P::Source, "GDPR Art. 15(1)(g)"),
    or_not_applicable(P::AutomatedDecisions, "GDPR Art. 15(1)(h)"),
    or_not_applicable(P::Transfers, "GDPR Art. 15(2)"),
    or_not_applicable(P::Withheld, "GDPR Art. 12(4), 15(4)"),
    must(P::Remedy, REFUSAL),
];

const PORTABILITY_DELIVERY: &[Element] = &[
    must(P::Format, "GDPR Art. 20(1)"),
    must(P::Dictionary, "GDPR Art. 20(1)"),
    must(P::Scope, "GDPR Art. 20(1)"),
    must(P::Excluded, "WP 242 rev.01"),
    must(P::Transfer, "GDPR Art. 20(2)"),
];

const REFUSED: &[Element] = &[
    must(P::Reasons, REFUSAL),
    must(P::Complaint, "GDPR Art. 12(4), 77"),
    must(P::Remedy, "GDPR Art. 12(4), 79"),
];

const REFUSED_IN_PART: &[Element] = &[
    must(P::Provided, "GDPR Art. 12(4), 15(4), 17(3)"),
    must(P::Reasons, "GDPR Art. 12(4), 15(4), 17(3)"),
    must(P::Complaint, "GDPR Art. 12(4), 77"),
    must(P::Remedy, "GDPR Art. 12(4), 79"),
];

const CANNOT_IDENTIFY: &[Element] = &[
    must(P::Demonstration, "GDPR Art. 11(2), 12(2)"),
    must(P::HelpfulDetails, "GDPR Art. 11(2)"),
    must(P::Complaint, "GDPR Art. 12(4), 77"),
    must(P::Remedy, "GDPR Art. 12(4), 79"),
];

const NOT_CONTROLLER: &[Element] = &[
    must(P::ActualController, "GDPR Art. 12(2), 28"),
    must(P::Forwarding, "GDPR Art. 12(2), 28"),
    must(P::SentOn, "GDPR Art. 12(2)"),
];

const CLOSED_WITHOUT_REPLY: &[Element] = &[
    must(P::AskedOn, REFUSAL),
    must(P::RemindedOn, REFUSAL),
    must(P::Reasons, REFUSAL),
    must(P::Reopening, REFUSAL),
    must(P::Complaint, "GDPR Art. 12(4), 77"),
    must(P::Remedy, "GDPR Art. 12(4), 79"),
];

const WITHDRAWAL: &[Element] = &[must(P::Withdrawn, "GDPR Art. 5(2)"), must(P::Reopening, NOTICE)];

const BREACH_INFORMATION: &[Element] = &[
    must(P::Nature, BREACH),
    must(P::Contact, "GDPR Art. 34(2), 33(3)(b)"),
    must(P::Consequences, "GDPR Art. 34(2), 33(3)(c)"),
    must(P::Measures, "GDPR Art. 34(2), 33(3)(d)"),
];

impl Letter {
    /// What its text must say, on top of the common block that surrounds every text: controller,
    /// contact, reference, date of receipt, right.
    #[must_use]
    pub const fn elements(self) -> &'static [Element] {
        match self {
            Self::Acknowledgement => ACKNOWLEDGEMENT,
            Self::IdentityRequest => IDENTITY_REQUEST,
            Self::ClarificationRequest => CLARIFICATION_REQUEST,
            Self::ClockResumed => CLOCK_RESUMED,
            Self::Extension => EXTENSION,
            Self::AccessResponse => ACCESS_RESPONSE,
            Self::PortabilityDelivery => PORTABILITY_DELIVERY,
            Self::Refusal => REFUSED,
            Self::PartialRefusal => REFUSED_IN_PART,
            Self::CannotIdentify => CANNOT_IDENTIFY,
            Self::NotController => NOT_CONTROLLER,
            Self::ClosedWithoutReply => CLOSED_WITHOUT_REPLY,
            Self::Withdrawal => WITHDRAWAL,
            Self::BreachInformation => BREACH_INFORMATION,
        }
    }

    /// What its text may leave open beside its elements and the common facts.
    #[must_use]
    pub const fn options(self) -> &'static [Placeholder] {
        match self {
            Self::IdentityRequest | Self::ClarificationRequest => &[P::Again],
            Self::ClockResumed => &[P::ReplyReceived],
            Self::ClosedWithoutReply => &[P::Unanswered],
            Self::PortabilityDelivery
            | Self::Extension
            | Self::NotController
            | Self::BreachInformation => &[P::Complaint, P::Remedy],
            _ => &[],
        }
    }

    /// Whether its text may use a placeholder.
    #[must_use]
    pub fn allows(self, placeholder: Placeholder) -> bool {
        Placeholder::COMMON.contains(&placeholder)
            || self.options().contains(&placeholder)
            || self.elements().iter().any(|element| element.placeholder == placeholder)
    }

    /// Whether a text has a place for an element. The dates of the clock also stand in `{clock}`,
    /// which says in their place what the clock waits for.
    #[must_use]
    pub fn has_place(text: &str, element: Placeholder) -> bool {
        template::placeholders(text)
            .any(|it| it == element || (it == P::Clock && element.is_of_clock()))
    }

    /// The placeholders that its text may use, in the order of the list.
    pub fn allowed(self) -> impl Iterator<Item = Placeholder> {
        let all = Placeholder::ALL.iter().copied();
        all.filter(move |placeholder| self.allows(*placeholder))
    }

    /// The parts that a person fills in, in the order of the letter. Reasons of a refusal are
    /// written for each right instead.
    pub fn parts(self) -> impl Iterator<Item = Placeholder> {
        let required = self.elements().iter().map(|element| element.placeholder);
        let all = required.chain(self.options().iter().copied());
        all.filter(move |part| part.filler() == Filler::Person && !self.by_right(*part))
    }

    /// Whether a part is put together from what is written for each right.
    #[must_use]
    pub const fn by_right(self, part: Placeholder) -> bool {
        matches!(self, Self::Refusal | Self::PartialRefusal) && matches!(part, P::Reasons)
    }
}
