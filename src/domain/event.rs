//! What has happened to a request. Events hold no personal data in clear: what a person wrote
//! stands sealed beside them.

pub mod kind;
mod pause_ground;
pub mod sent_message;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::case_file::CaseFileForm;
use super::circumstance::Circumstance;
use super::code::NotSent;
use super::contact::{Condition, OnFile};
use super::exemption::Exemption;
use super::identity::{Level, Method};
use super::identity_document::{DocumentRemoval, Doubt};
use super::ids::{BreachId, FileId, LetterId, MailId, PackageId, SearchId, UserId, WithholdingId};
use super::letter::{Delivery, Letter};
use super::mail::MailPurpose;
use super::named::named;
use super::provider_sign_in::Unmatched;
use super::request::{Channel, ClosingGround, Decision, Exercised};
use super::right::Right;
use super::undo::Undoable;
use super::withholding::{Extent, PaperDelivery, Retirement};

named! {
    /// Why a clock stands still.
    PauseGround {
        Identity = "identity",
        Clarification = "clarification",
        Fee = "fee",
    }
}

/// A message to the person, as its record. The sender's own reference of it (a Message-ID, a number of
/// a letter) may hold an address: it stands sealed beside the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMessage {
    pub sent_at: DateTime<Utc>,
    pub channel: Channel,
}

/// A day that the controller adds to its calendar, or takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayChange {
    pub day: NaiveDate,
    /// Added as a holiday, or removed.
    pub added: bool,
}

/// The rules that a case is counted by, copied from the controller at receipt: a later change of
/// the controller or of the tables never moves the dates of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    pub regime: String,
    pub calendar: String,
    pub calendar_version: String,
    pub time_zone: chrono_tz::Tz,
    /// Whether a period that ends on a day that is no working day ends on the next one.
    pub roll_over: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<DayChange>,
}

/// One entry of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Event {
    RequestLogged {
        channel: Channel,
        rights: Vec<Exercised>,
        received_at: DateTime<Utc>,
        rules: Rules,
        /// Whether somebody acts for the person.
        represented: bool,
        /// Whether the birth date that was given says that the person is under eighteen.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        minor: bool,
    },
    /// The receipt was wrong; the evidence is sealed beside.
    ReceiptCorrected {
        received_at: DateTime<Utc>,
    },
    /// The names, identifiers or address of the person were wrong; what stood there before and the
    /// reason are sealed beside.
    SubjectCorrected {
        /// Whether systems are asked for somebody else now.
        begins_anew: bool,
        /// Whether the person is under eighteen by the birth date that stands there now; absent in
        /// events from before that was looked at.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minor: Option<bool>,
    },
    RequestAcknowledged {
        message: Option<SentMessage>,
    },
    IdentityDecided {
        /// `None`: identity failed.
        level: Option<Level>,
        methods: Vec<Method>,
        doubt: bool,
        /// V3 counts only once a second person has confirmed it.
        awaits_confirmation: bool,
    },
    /// A code went to the contact on file; what it says and where it went stands nowhere.
    CodeSent {
        /// What the look-up came to; nothing in events of before. It is as long as the other, so that
        /// reading takes as long.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_file: Option<OnFile>,
    },
    /// A code was asked for and none was sent.
    CodeNotSent {
        why: NotSent,
    },
    /// The code was typed back in the session of the portal that had asked for it.
    CodeConfirmed,
    /// The person signed in at the controller's own identity provider, and is who the request names.
    /// The last characters of what says so are sealed beside.
    ProviderSignInConfirmed {
        /// The host of the provider.
        issuer: String,
        /// The kind of identifier that matched.
        identifier: String,
    },
    /// The person signed in there, and that settles nothing.
    ProviderSignInUnmatched {
        issuer: String,
        why: Unmatched,
    },
    /// A code was made to be read out on the telephone; what it says stands nowhere.
    CallCodeMade,
    /// A code was made to be printed in a letter to the postal address on file; the address and where
    /// it was found are sealed beside, and what the code says stands nowhere.
    LetterCodeMade {
        /// The address in the request is the same.
        as_given: bool,
    },
    /// The code of a letter was typed in the portal, in any visit to the case.
    LetterCodeConfirmed,
    /// What is on file was found unfit to prove anything or to be written to; nothing: it is fit
    /// again. The reason is sealed beside.
    ContactDeclared {
        condition: Option<Condition>,
        /// Said of the same address in another case of the controller.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        elsewhere: bool,
    },
    /// Staff know something of the person that asks for a decision of V3, or know that it is not so; how
    /// they know it is sealed beside. A decision of V3 from before knew nothing of it.
    CircumstanceStated {
        circumstance: Circumstance,
        holds: bool,
    },
    IdentityConfirmed {
        level: Level,
        by_same_person: bool,
    },
    /// A document that shows who somebody is came in; of its content nothing stands here.
    IdentityDocumentReceived {
        document: FileId,
        channel: Channel,
        /// What makes one doubt, where no open question states it; the reason is sealed beside.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        doubt: Option<Doubt>,
        /// In which visit of the portal; absent in events from before that was asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        visit: Option<u32>,
    },
    /// Somebody fetched it, to look at it.
    IdentityDocumentOpened {
        document: FileId,
    },
    /// Its key is destroyed, and its file removed.
    IdentityDocumentRemoved {
        document: FileId,
        why: DocumentRemoval,
    },
    /// The same file was handed in for somebody else, in another case of the controller.
    IdentityDocumentReused {
        document: FileId,
        /// The reference of the other case.
        other: String,
    },
    RequestPaused {
        ground: PauseGround,
        message: SentMessage,
        contestable: bool,
    },
    RequestResumed {
        ground: PauseGround,
        received_at: DateTime<Utc>,
    },
    /// An answer came that does not end the pause.
    ReplyInsufficient {
        ground: PauseGround,
        received_at: DateTime<Utc>,
    },
    RequestExtended {
        message: SentMessage,
        until: Option<NaiveDate>,
        ground: ExtensionGround,
        /// Sent after the limit that stood when it was recorded. Whether it has an effect is what
        /// the dates say: a corrected receipt moves the limit.
        late: bool,
    },
    RequestAssigned {
        assignee: Option<UserId>,
    },
    NoteAdded,
    /// The person wrote in the portal; the text is sealed beside, and so are the files.
    MessageReceived {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<FileId>,
    },
    /// Staff wrote to the person, who reads it in the portal; the text is sealed beside, and so are
    /// the files.
    MessageSent {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<FileId>,
    },
    SearchStarted {
        search: SearchId,
        contacts_only: bool,
        systems: u32,
        /// A DPO decided that it could not wait for identity.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        before_identity: bool,
    },
    SystemSearched {
        search: SearchId,
        system: String,
        outcome: String,
        rows: u64,
        /// Something was found that the map calls special.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        special: bool,
    },
    /// A person handed in a file for a manual system.
    FileUploaded {
        search: SearchId,
        system: String,
        file: FileId,
    },
    /// What was given by hand for a system, rows and files, is no part of the answer any more.
    AnswerTakenBack {
        search: SearchId,
        system: String,
    },
    /// The rows that a search has found were compared: whose they are.
    PeopleCompared {
        search: SearchId,
        /// The version of the case when they were read.
        read_at_version: i64,
        /// They may be several people's, or of another name than the request.
        several_people: bool,
    },
    PackageBuilt {
        package: PackageId,
        right: Right,
        complete: bool,
        /// The version of the case when its content was read; a package that does not know it
        /// holds nothing for certain.
        #[serde(default)]
        read_at_version: i64,
        /// What was found belongs to several people, or to one whose contacts differ.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        several_people: bool,
    },
    PackageReleased {
        package: PackageId,
        right: Right,
        decision: Decision,
    },
    PackageDownloaded {
        package: PackageId,
        /// Whether the contact on file was told of it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        noticed: bool,
        /// In which visit of the portal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        visit: Option<u32>,
    },
    /// Nobody can fetch it any more, and its file is gone.
    PackageRetired {
        package: PackageId,
        why: Retirement,
        /// The right that it answered is open again: nothing answers it any more. Events of before
        /// this was asked leave the right as it was shown then.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        reopens: bool,
    },
    /// It reached the person on paper; the number of the letter, or what was seen at the counter, is
    /// sealed beside.
    PackageDelivered {
        package: PackageId,
        how: PaperDelivery,
    },
    /// Something that was found is not given out; which row and which words is sealed elsewhere.
    DataWithheld {
        withholding: WithholdingId,
        extent: Extent,
        system: String,
        table: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        column: Option<String>,
        exemption: Exemption,
    },
    WithholdingTakenBack {
        withholding: WithholdingId,
    },
    /// The data map proposes to withhold a column, and a person does not.
    ProposalDeclined {
        system: String,
        table: String,
        column: String,
    },
    /// Somebody opened the case file, which holds the case and its proof.
    CaseFileOpened {
        form: CaseFileForm,
    },
    RightDecided {
        right: Right,
        decision: Decision,
        ground: Option<String>,
    },
    /// A letter left; what it does to the case stands in the event beside.
    LetterSent {
        letter: LetterId,
        /// Which one.
        name: Letter,
        delivery: Delivery,
        /// Whether it left below the level of an answer where the fold does not say so: the controller
        /// or the contact on file asked for more. Its words were checked for any reader.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        for_anybody: bool,
        /// Whether it carries an answer; of older letters any on paper was taken for one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answers: Option<bool>,
    },
    RequestWithdrawn,
    RequestForwarded,
    RequestClosed {
        ground: ClosingGround,
    },
    RequestReopened,
    /// What was done last was undone: the history reads as though it had not been recorded.
    ActionUndone {
        action: Undoable,
        /// The place in this history of the first event that is undone; the last is the newest
        /// before this.
        of_version: i64,
    },
    /// The mail server took a mail.
    MailSent {
        mail: MailId,
        purpose: MailPurpose,
    },
    /// A mail did not go out: refused, or tried for too long. The code says why.
    MailFailed {
        mail: MailId,
        purpose: MailPurpose,
        code: String,
        /// Whether an answer waited that was told by no other way; older notices took any back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        takes_back: Option<bool>,
    },
    /// Nothing of the case may be destroyed until the hold is lifted; the reason is sealed beside.
    RequestHeld,
    HoldLifted,
    /// What was found and handed in is kept no longer; so many files.
    WorkingCopiesRemoved {
        files: u64,
    },
    /// Something in this case is a breach of personal data; the register of the controller has it.
    BreachRecorded {
        breach: BreachId,
        /// The place in this history of the event that is the breach.
        of_version: i64,
    },
    /// The key of the case is destroyed: nobody can read it any more.
    CaseKeyDestroyed,
}

named! {
    /// Why two further months are needed (GDPR Art. 12(3)).
    ExtensionGround {
        Complexity = "complexity",
        NumberOfRequests = "number_of_requests",
    }
}
