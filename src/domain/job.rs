//! Work that the engine room does for a case: what, how often it is tried again, and how long one
//! try may take.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::ids::{
    BackupId, CodeId, ControllerId, DeliveryId, FileId, LetterCodeId, MailId, PackageId, RequestId,
    SearchId, SystemId,
};
use super::mail::Notice;

/// A job as it stands in its row. It names rows and holds nothing personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job")]
pub enum Job {
    /// At the acknowledgement date: makes a task when nobody has acknowledged yet.
    WatchAcknowledgement { request: RequestId },
    /// Reads the systems of one group of a search plan into sealed row files; mostly one system.
    SearchGroup { search: SearchId, group: usize },
    /// Looks whose the rows are that a search of all systems has found.
    ComparePeople { search: SearchId },
    /// Builds the package from the row files.
    BuildPackage { package: PackageId },
    /// Tries the connection of a system.
    TestSystem { system: SystemId },
    /// Fetches what the identity provider of a controller says of itself.
    TestProvider { controller: ControllerId },
    /// Compares a version of a data map with the live schemas of its connected systems.
    LiveCheck { controller: ControllerId, version: i64 },
    /// Removes the sealed files of a case whose key is destroyed.
    RemoveFiles { request: RequestId },
    /// Hands one mail to the mail server.
    SendMail { mail: MailId },
    /// Looks up who is on file, and sends a code there.
    SendCode { code: CodeId },
    /// Tells the contact on file that something waits in the portal, or was fetched there.
    SendNotice {
        request: RequestId,
        #[serde(default)]
        about: Notice,
    },
    /// Looks up the contact that was declared unfit, so that every case of the controller meets it.
    NoteCondition { request: RequestId },
    /// Marks the codes of a case as expired once they are, so that no clock which is set back brings one
    /// back.
    ExpireCodes { request: RequestId },
    /// Five days after a code was sent: makes a task when it was not used.
    WatchCode { code: CodeId },
    /// When a code by letter is over, or was guessed at too often: makes a task when it was not used.
    WatchLetterCode { code: LetterCodeId },
    /// Ends the work of a case that was closed, once that cannot be undone any more.
    EndWork { request: RequestId },
    /// Looks whether an identity document was handed in for somebody else, too.
    CompareDocument { document: FileId },
    /// Hands a signed checkpoint to the webhook.
    SendCheckpoint { delivery: DeliveryId },
    /// Makes the backup of a day, verifies it, and removes old ones.
    MakeBackup { backup: BackupId },
}

/// A mail server that is down, or asks to come again (RFC 5321 §4.5.4.1 wants tries over days), is
/// tried for 48 hours: soon at first, since greylisting ends within minutes, then every four hours.
const MAIL_SCHEDULE_S: [i64; 19] = [
    30, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 14_400, 14_400, 14_400, 14_400, 14_400,
    14_400, 14_400, 14_400, 14_400, 14_250,
];

/// A webhook that does not answer is tried as Standard Webhooks 1.0.0 suggests: for a day, and then
/// some.
const WEBHOOK_SCHEDULE_S: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// The names of those jobs that a verb calls off.
pub const SEARCH_GROUP: &str = "SearchGroup";
pub const BUILD_PACKAGE: &str = "BuildPackage";
pub const WATCH_ACKNOWLEDGEMENT: &str = "WatchAcknowledgement";
pub const SEND_NOTICE: &str = "SendNotice";
/// While one waits, every other job of its case stands still.
pub const END_WORK: &str = "EndWork";
/// Why they do, as their rows say it.
pub const CLOSING: &str = "closing";

/// The names of those that a person waits for.
pub const TEST_SYSTEM: &str = "TestSystem";
pub const TEST_PROVIDER: &str = "TestProvider";
pub const LIVE_CHECK: &str = "LiveCheck";

/// The name of those that wait while no mail server is set.
pub const SEND_MAIL: &str = "SendMail";

impl Job {
    /// The name of the job's row and of its log lines.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::WatchAcknowledgement { .. } => WATCH_ACKNOWLEDGEMENT,
            Self::SearchGroup { .. } => SEARCH_GROUP,
            Self::ComparePeople { .. } => "ComparePeople",
            Self::BuildPackage { .. } => BUILD_PACKAGE,
            Self::TestSystem { .. } => TEST_SYSTEM,
            Self::TestProvider { .. } => TEST_PROVIDER,
            Self::LiveCheck { .. } => LIVE_CHECK,
            Self::RemoveFiles { .. } => "RemoveFiles",
            Self::SendMail { .. } => SEND_MAIL,
            Self::SendCode { .. } => "SendCode",
            Self::ExpireCodes { .. } => "ExpireCodes",
            Self::WatchCode { .. } => "WatchCode",
            Self::WatchLetterCode { .. } => "WatchLetterCode",
            Self::SendNotice { .. } => SEND_NOTICE,
            Self::EndWork { .. } => END_WORK,
            Self::CompareDocument { .. } => "CompareDocument",
            Self::NoteCondition { .. } => "NoteCondition",
            Self::SendCheckpoint { .. } => "SendCheckpoint",
            Self::MakeBackup { .. } => "MakeBackup",
        }
    }

    /// How long a worker may be silent before another may think it dead. A worker at work renews
    /// its lease at a third of this, however long the work takes.
    pub const LEASE: Duration = Duration::seconds(6);

    /// How long to wait after the given number of failed tries, or `None` to give up and ask a
    /// person.
    #[must_use]
    pub fn retry_after(&self, failed_tries: i32) -> Option<Duration> {
        let schedule_s: &[i64] = match self {
            // A source that is down for a while is the usual case.
            Self::SearchGroup { .. } => &[5, 30, 120, 600],
            Self::ComparePeople { .. } | Self::BuildPackage { .. } => &[2, 10, 60, 300],
            // A person waits for the answer and may press the button again.
            Self::TestSystem { .. } | Self::TestProvider { .. } | Self::LiveCheck { .. } => &[],
            Self::SendMail { .. } => &MAIL_SCHEDULE_S,
            // A person waits for it, for some minutes.
            Self::SendCode { .. } => &[2, 10, 30, 60],
            Self::SendCheckpoint { .. } => &WEBHOOK_SCHEDULE_S,
            Self::MakeBackup { .. } => &[60, 600, 3_600],
            Self::WatchAcknowledgement { .. }
            | Self::ExpireCodes { .. }
            | Self::WatchCode { .. }
            | Self::WatchLetterCode { .. }
            | Self::SendNotice { .. }
            | Self::NoteCondition { .. }
            | Self::EndWork { .. }
            | Self::CompareDocument { .. }
            | Self::RemoveFiles { .. } => &[10, 60, 600, 3600, 21_600],
        };
        let next = usize::try_from(failed_tries.max(1) - 1).ok()?;
        schedule_s.get(next).map(|seconds| Duration::seconds(*seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::Job;
    use crate::domain::ids::{Id, MailId, RequestId, SystemId};
    use chrono::Duration;
    use uuid::Uuid;

    #[test]
    fn a_job_is_tried_again_by_its_own_schedule_and_then_given_up() {
        let watch = Job::WatchAcknowledgement { request: RequestId::from_uuid(Uuid::nil()) };
        assert_eq!(watch.retry_after(1), Some(Duration::seconds(10)));
        assert_eq!(watch.retry_after(5), Some(Duration::hours(6)));
        assert_eq!(watch.retry_after(6), None);
        let test = Job::TestSystem { system: SystemId::from_uuid(Uuid::nil()) };
        assert_eq!(test.retry_after(1), None);
    }

    #[test]
    fn a_mail_is_tried_for_two_days_and_ever_more_rarely() {
        let send = Job::SendMail { mail: MailId::from_uuid(Uuid::nil()) };
        let waits: Vec<Duration> = (1..).map_while(|failed| send.retry_after(failed)).collect();
        assert_eq!(waits.iter().sum::<Duration>(), Duration::hours(48));
        assert!(waits.first() <= Some(&Duration::minutes(1)));
        assert!(waits.iter().all(|wait| *wait <= Duration::hours(4)));
    }
}
