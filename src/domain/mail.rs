//! What a mail is for, how far it has come, and how long it waits before it goes.

use chrono::Duration;

use super::named::named;

named! {
    /// What a mail is for.
    MailPurpose {
        /// A code by which a person proves to read this address.
        Code = "code",
        /// Something waits in the portal; the mail says nothing of what.
        PortalNotice = "portal_notice",
        /// One thing that a member of staff must do.
        Alert = "alert",
        /// Several of them at once.
        Digest = "digest",
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

/// How long a mail that a person caused waits, so that it can be undone.
const UNDO: Duration = Duration::seconds(10);

impl MailPurpose {
    /// How long a mail waits before it goes: long enough to undo what a person did by a click; a
    /// code is awaited, and an alert is no person's doing.
    #[must_use]
    pub const fn delay(self) -> Duration {
        match self {
            Self::PortalNotice => UNDO,
            Self::Code | Self::Alert | Self::Digest => Duration::zero(),
        }
    }
}
