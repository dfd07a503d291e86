//! Identifiers: UUIDv7 (RFC 9562), one type per table, so that none can stand for another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What every identifier type offers.
pub trait Id: Copy {
    /// Takes a UUID for an identifier of this type.
    fn from_uuid(uuid: Uuid) -> Self;
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl Id for $name {
            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl $name {
            /// The UUID itself, for associated data and answers.
            #[must_use]
            pub const fn uuid(&self) -> Uuid {
                self.0
            }

            /// The sixteen bytes that the database keeps.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Reads the sixteen bytes that the database keeps.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                Uuid::from_slice(bytes).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    )+};
}

id!(
    /// Something that somebody was alerted to.
    AlertId,
    /// A key that a program signs in with.
    ApiKeyId,
    /// A breach of personal data.
    BreachId,
    /// A backup that a worker makes.
    BackupId,
    /// A code that a person asked for in the portal.
    CodeId,
    /// An organisation that answers: the tenant.
    ControllerId,
    /// A checkpoint on its way to somebody outside.
    DeliveryId,
    /// One entry of the history.
    EventId,
    /// A sealed file.
    FileId,
    /// Work for the engine room.
    JobId,
    /// A letter of a case.
    LetterId,
    /// A code that goes by letter to the address on file.
    LetterCodeId,
    /// A mail that goes out.
    MailId,
    /// An answer as one ZIP.
    PackageId,
    /// A data-subject request: the case.
    RequestId,
    /// One run over the connected systems for a case.
    SearchId,
    /// A connected system of a controller.
    SystemId,
    /// Something that a person has to do.
    TaskId,
    /// A tree over events: of a controller, whose id it has, or of the instance.
    TreeId,
    /// A member of staff, of a controller or of the operator.
    UserId,
    /// Something that a person withholds from an answer.
    WithholdingId,
);
