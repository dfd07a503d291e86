//! How the types of `domain` stand in columns: ids as 16 bytes, enums as text, instants as
//! microseconds. `domain` itself knows nothing of SQL.

use chrono::{DateTime, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{BigInt, Binary, Text};

use crate::domain::actor::Role;
use crate::domain::alert::AlertKind;
use crate::domain::breach::{BreachDecision, BreachKind, BreachRisk};
use crate::domain::checkpoint::DeliveryChannel;
use crate::domain::code::CodeState;
use crate::domain::contact::{Condition, OnFile};
use crate::domain::exemption::Exemption;
use crate::domain::identity::Level;
use crate::domain::identity_document::{DocumentKind, DocumentRemoval};
use crate::domain::ids::{
    AlertId, ApiKeyId, BackupId, BreachId, CodeId, ControllerId, DeliveryId, EventId, FileId,
    JobId, LetterCodeId, LetterId, MailId, PackageId, RequestId, SearchId, SystemId, TaskId,
    TreeId, UserId, WithholdingId,
};
use crate::domain::letter::{Delivery, Letter, LetterState};
use crate::domain::lifecycle::Status;
use crate::domain::mail::{MailPurpose, MailState};
use crate::domain::request::{Channel, Decision};
use crate::domain::right::Right;
use crate::domain::withholding::{Extent, PaperDelivery, WithholdingState};
use crate::language::Language;

macro_rules! id_column {
    ($($module:ident: $id:ident),+ $(,)?) => {$(
        mod $module {
            use diesel::deserialize::FromSqlRow;
            use diesel::expression::AsExpression;

            // The proxy is never built: it only tells the derives which type to serve.
            #[derive(AsExpression, FromSqlRow)]
            #[diesel(foreign_derive, sql_type = diesel::sql_types::Binary)]
            #[expect(dead_code, reason = "read by the derives alone")]
            struct Proxy(super::$id);
        }

        impl<DB: Backend> ToSql<Binary, DB> for $id
        where
            [u8]: ToSql<Binary, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                <[u8] as ToSql<Binary, DB>>::to_sql(self.as_bytes().as_slice(), out)
            }
        }

        impl<DB: Backend> FromSql<Binary, DB> for $id
        where
            Vec<u8>: FromSql<Binary, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                let bytes = Vec::<u8>::from_sql(bytes)?;
                $id::from_slice(&bytes).ok_or_else(|| "an id that is not 16 bytes".into())
            }
        }
    )+};
}

id_column!(
    alert_id: AlertId,
    api_key_id: ApiKeyId,
    breach_id: BreachId,
    backup_id: BackupId,
    code_id: CodeId,
    controller_id: ControllerId,
    delivery_id: DeliveryId,
    event_id: EventId,
    file_id: FileId,
    job_id: JobId,
    letter_code_id: LetterCodeId,
    letter_id: LetterId,
    mail_id: MailId,
    package_id: PackageId,
    request_id: RequestId,
    search_id: SearchId,
    system_id: SystemId,
    task_id: TaskId,
    tree_id: TreeId,
    user_id: UserId,
    withholding_id: WithholdingId,
);

macro_rules! text_column {
    ($($module:ident: $type:ident . $name:ident),+ $(,)?) => {$(
        mod $module {
            use diesel::deserialize::FromSqlRow;
            use diesel::expression::AsExpression;

            #[derive(AsExpression, FromSqlRow)]
            #[diesel(foreign_derive, sql_type = diesel::sql_types::Text)]
            #[expect(dead_code, reason = "read by the derives alone")]
            struct Proxy(super::$type);
        }

        impl<DB: Backend> ToSql<Text, DB> for $type
        where
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                <str as ToSql<Text, DB>>::to_sql(self.$name(), out)
            }
        }

        impl<DB: Backend> FromSql<Text, DB> for $type
        where
            String: FromSql<Text, DB>,
        {
            fn from_sql(text: DB::RawValue<'_>) -> deserialize::Result<Self> {
                let text = String::from_sql(text)?;
                $type::parse(&text)
                    .ok_or_else(|| format!("{} does not know {text}", stringify!($type)).into())
            }
        }
    )+};
}

text_column!(
    alert_kind: AlertKind.name,
    breach_decision: BreachDecision.name,
    breach_kind: BreachKind.name,
    breach_risk: BreachRisk.name,
    channel: Channel.name,
    code_state: CodeState.name,
    condition: Condition.name,
    decision: Decision.name,
    delivery: Delivery.name,
    document_kind: DocumentKind.name,
    document_removal: DocumentRemoval.name,
    exemption: Exemption.code,
    extent: Extent.name,
    language: Language.code,
    letter: Letter.name,
    letter_state: LetterState.name,
    on_file: OnFile.name,
    paper_delivery: PaperDelivery.name,
    level: Level.name,
    delivery_channel: DeliveryChannel.name,
    mail_purpose: MailPurpose.name,
    mail_state: MailState.name,
    right: Right.name,
    role: Role.name,
    status: Status.name,
    withholding_state: WithholdingState.name,
);

/// An instant as microseconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
pub struct Instant(i64);

impl Instant {
    /// The instant in UTC.
    #[must_use]
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

impl From<DateTime<Utc>> for Instant {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_micros())
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for Instant
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <i64 as ToSql<BigInt, DB>>::to_sql(&self.0, out)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Instant
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i64::from_sql(value).map(Self)
    }
}
