//! What a mail is for, how far it has come, and how long it waits before it goes.

use chrono::Duration;

use super::named::named;
use super::undo::OFFERED;

named! {
    /// What a mail is for.
    MailPurpose {
        /// A code by which a person proves to read this address.
        Code = "code",
        /// Something waits in the portal; the mail says nothing of what.
        PortalNotice = "portal_notice",
        /// Somebody fetched the answer in the portal.
        DownloadNotice = "download_notice",
        /// One thing that a member of staff must do.
        Alert = "alert",
        /// Several of them at once.
        Digest = "digest",
        /// Signed checkpoints, for whoever keeps them outside.
        Checkpoints = "checkpoints",
    }
}

named! {
    /// What a person is told of without being told what it is.
    Notice {
        /// Something waits in the portal.
        Waiting = "waiting",
        /// Somebody fetched the answer.
        Downloaded = "downloaded",
        /// The acknowledgement waits in the portal. The mail has the reference: it proves nothing
        /// (identity.md), and whoever wrote by mail has it from nowhere else.
        Acknowledged = "acknowledged",
    }
}

impl Default for Notice {
    /// What jobs meant that say nothing.
    fn default() -> Self {
        Self::Waiting
    }
}

impl Notice {
    /// The mail that tells it.
    #[must_use]
    pub const fn purpose(self) -> MailPurpose {
        match self {
            Self::Waiting | Self::Acknowledged => MailPurpose::PortalNotice,
            Self::Downloaded => MailPurpose::DownloadNotice,
        }
    }
}

named! {
    /// How far a mail has come.
    MailState {
        Waiting = "waiting",
        /// The mail server took it. That is not yet delivery.
        Sent = "sent",
        /// The mail server will never take it.
        Refused = "refused",
        /// The mail server took it, and reported later that it could not deliver it.
        ComeBack = "come_back",
        /// It could not be handed over for too long, or is of no use any more.
        GivenUp = "given_up",
        /// Somebody undid what wanted it, before it went.
        CalledOff = "called_off",
    }
}

impl MailPurpose {
    /// Whether it goes to the person, at the contact on file.
    #[must_use]
    pub const fn is_to_contact(self) -> bool {
        match self {
            Self::Code | Self::PortalNotice | Self::DownloadNotice => true,
            Self::Alert | Self::Digest | Self::Checkpoints => false,
        }
    }

    /// How long a mail waits before it goes: long enough to undo what a person did by a click; a
    /// code is awaited, and an alert is no person's doing.
    #[must_use]
    pub const fn delay(self) -> Duration {
        match self {
            Self::PortalNotice | Self::DownloadNotice => OFFERED,
            Self::Code | Self::Alert | Self::Digest | Self::Checkpoints => Duration::zero(),
        }
    }
}
