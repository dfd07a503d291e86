//! The name of each kind of event, as it stands in the column beside it and in the API.

use super::Event;

/// The events that the ledger of destroyed keys is made of.
pub const KEY_DESTROYED: &str = "CaseKeyDestroyed";
pub const DOCUMENT_REMOVED: &str = "IdentityDocumentRemoved";

impl Event {
    /// The name of the event, as the history shows it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::RequestLogged { .. } => "RequestLogged",
            Self::ReceiptCorrected { .. } => "ReceiptCorrected",
            Self::SubjectCorrected { .. } => "SubjectCorrected",
            Self::RequestAcknowledged { .. } => "RequestAcknowledged",
            Self::IdentityDecided { .. } => "IdentityDecided",
            Self::CodeSent { .. } => "CodeSent",
            Self::CodeNotSent { .. } => "CodeNotSent",
            Self::CodeConfirmed => "CodeConfirmed",
            Self::ProviderSignInConfirmed { .. } => "ProviderSignInConfirmed",
            Self::ProviderSignInUnmatched { .. } => "ProviderSignInUnmatched",
            Self::CallCodeMade => "CallCodeMade",
            Self::LetterCodeMade { .. } => "LetterCodeMade",
            Self::LetterCodeConfirmed => "LetterCodeConfirmed",
            Self::ContactDeclared { .. } => "ContactDeclared",
            Self::CircumstanceStated { .. } => "CircumstanceStated",
            Self::IdentityConfirmed { .. } => "IdentityConfirmed",
            Self::IdentityDocumentReceived { .. } => "IdentityDocumentReceived",
            Self::IdentityDocumentOpened { .. } => "IdentityDocumentOpened",
            Self::IdentityDocumentRemoved { .. } => DOCUMENT_REMOVED,
            Self::IdentityDocumentReused { .. } => "IdentityDocumentReused",
            Self::RequestPaused { .. } => "RequestPaused",
            Self::RequestResumed { .. } => "RequestResumed",
            Self::ReplyInsufficient { .. } => "ReplyInsufficient",
            Self::RequestExtended { .. } => "RequestExtended",
            Self::RequestAssigned { .. } => "RequestAssigned",
            Self::NoteAdded => "NoteAdded",
            Self::MessageReceived { .. } => "MessageReceived",
            Self::MessageSent { .. } => "MessageSent",
            Self::SearchStarted { .. } => "SearchStarted",
            Self::SystemSearched { .. } => "SystemSearched",
            Self::FileUploaded { .. } => "FileUploaded",
            Self::AnswerTakenBack { .. } => "AnswerTakenBack",
            Self::PeopleCompared { .. } => "PeopleCompared",
            Self::PackageBuilt { .. } => "PackageBuilt",
            Self::PackageReleased { .. } => "PackageReleased",
            Self::PackageDownloaded { .. } => "PackageDownloaded",
            Self::PackageRetired { .. } => "PackageRetired",
            Self::PackageDelivered { .. } => "PackageDelivered",
            Self::DataWithheld { .. } => "DataWithheld",
            Self::WithholdingTakenBack { .. } => "WithholdingTakenBack",
            Self::ProposalDeclined { .. } => "ProposalDeclined",
            Self::CaseFileOpened { .. } => "CaseFileOpened",
            Self::RightDecided { .. } => "RightDecided",
            Self::LetterSent { .. } => "LetterSent",
            Self::RequestWithdrawn => "RequestWithdrawn",
            Self::RequestForwarded => "RequestForwarded",
            Self::RequestClosed { .. } => "RequestClosed",
            Self::RequestReopened => "RequestReopened",
            Self::ActionUndone { .. } => "ActionUndone",
            Self::MailSent { .. } => "MailSent",
            Self::MailFailed { .. } => "MailFailed",
            Self::RequestHeld => "RequestHeld",
            Self::HoldLifted => "HoldLifted",
            Self::WorkingCopiesRemoved { .. } => "WorkingCopiesRemoved",
            Self::BreachRecorded { .. } => "BreachRecorded",
            Self::CaseKeyDestroyed => KEY_DESTROYED,
        }
    }
}
