//! The fixed list of what a text may leave open: facts of the case, sentences of the law, and parts
//! that a person fills in. There is no other way into a text, and no expression among them.

use crate::domain::named::named;

named! {
    /// What stands in braces in a text.
    Placeholder {
        // Facts of the case, every date from the engine.
        Reference = "reference",
        ReceivedOn = "received_on",
        SentOn = "sent_on",
        Rights = "rights",
        Salutation = "salutation",
        Controller = "controller",
        Contact = "contact",
        DueOn = "due_on",
        LegalOn = "legal_on",
        RepliedOn = "replied_on",
        Until = "until",
        AskedOn = "asked_on",
        RemindedOn = "reminded_on",

        // Sentences of the law, which the facts choose.
        Identity = "identity",
        Processing = "processing",
        Pause = "pause",
        Clock = "clock",
        Unanswered = "unanswered",
        Deletion = "deletion",
        Everything = "everything",
        RightsInformation = "rights_information",
        Complaint = "complaint",
        Remedy = "remedy",
        Reopening = "reopening",

        // Parts that a person fills in for this very case.
        Understood = "understood",
        NextSteps = "next_steps",
        Doubt = "doubt",
        Options = "options",
        Masking = "masking",
        SecureChannel = "secure_channel",
        Again = "again",
        Volume = "volume",
        Choices = "choices",
        ReplyReceived = "reply_received",
        Reasons = "reasons",
        Provided = "provided",
        Findings = "findings",
        Purposes = "purposes",
        Categories = "categories",
        Recipients = "recipients",
        Storage = "storage",
        Source = "source",
        AutomatedDecisions = "automated_decisions",
        Transfers = "transfers",
        Withheld = "withheld",
        Format = "format",
        Dictionary = "dictionary",
        Scope = "scope",
        Excluded = "excluded",
        Transfer = "transfer",
        Demonstration = "demonstration",
        HelpfulDetails = "helpful_details",
        ActualController = "actual_controller",
        Forwarding = "forwarding",
        Withdrawn = "withdrawn",
        Nature = "nature",
        Consequences = "consequences",
        Measures = "measures",
    }
}

/// Who fills a placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filler {
    Case,
    Law,
    Person,
}

impl Placeholder {
    /// Who fills it.
    #[must_use]
    pub const fn filler(self) -> Filler {
        use Placeholder as P;
        match self {
            P::Reference
            | P::ReceivedOn
            | P::SentOn
            | P::Rights
            | P::Salutation
            | P::Controller
            | P::Contact
            | P::DueOn
            | P::LegalOn
            | P::RepliedOn
            | P::Until
            | P::AskedOn
            | P::RemindedOn => Filler::Case,
            P::Identity
            | P::Processing
            | P::Pause
            | P::Clock
            | P::Unanswered
            | P::Deletion
            | P::Everything
            | P::RightsInformation
            | P::Complaint
            | P::Remedy
            | P::Reopening => Filler::Law,
            _ => Filler::Person,
        }
    }

    /// Whether it is a date of the clock, and so there is none while the clock stands still:
    /// [`Self::Clock`] says then what it waits for.
    #[must_use]
    pub const fn is_of_clock(self) -> bool {
        matches!(self, Self::DueOn | Self::LegalOn | Self::Until)
    }

    /// What every text may use, whatever the letter.
    pub const COMMON: [Self; 10] = [
        Self::Reference,
        Self::ReceivedOn,
        Self::SentOn,
        Self::Rights,
        Self::Salutation,
        Self::Controller,
        Self::Contact,
        Self::DueOn,
        Self::LegalOn,
        Self::Clock,
    ];
}
