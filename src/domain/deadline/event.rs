//! What happens to a request and moves its clock.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// The kinds of events, named as in files. Their order is that of events at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockEventKind {
    /// The person was told of an extension and its reasons.
    ExtensionNotice,
    /// Information was asked to confirm who the person is, on reasonable doubt (GDPR art. 12(6)).
    IdentityRequested,
    /// The person was asked which data or processing the request is about (recital 63).
    ClarificationRequested,
    /// A fee was asked (GDPR art. 12(5)).
    FeeRequested,
    /// An answer came and does not settle the doubt.
    IdentityInsufficient,
    /// Sufficient information came.
    IdentityReceived,
    ClarificationReceived,
    FeePaid,
}

impl ClockEventKind {
    /// The name used in files, in the API and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ExtensionNotice => "extension_notice",
            Self::IdentityRequested => "identity_requested",
            Self::ClarificationRequested => "clarification_requested",
            Self::FeeRequested => "fee_requested",
            Self::IdentityInsufficient => "identity_insufficient",
            Self::IdentityReceived => "identity_received",
            Self::ClarificationReceived => "clarification_received",
            Self::FeePaid => "fee_paid",
        }
    }
}

/// One event of a clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockEvent {
    #[serde(rename = "type")]
    pub kind: ClockEventKind,
    pub at: DateTime<Utc>,
    /// A reason code; the arithmetic does not depend on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The date announced by a notice of extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

#[cfg(test)]
mod tests {
    use super::{ClockEvent, ClockEventKind};

    #[test]
    fn an_event_reads_as_files_write_it() {
        let kinds = [
            ClockEventKind::ExtensionNotice,
            ClockEventKind::IdentityRequested,
            ClockEventKind::ClarificationRequested,
            ClockEventKind::FeeRequested,
            ClockEventKind::IdentityInsufficient,
            ClockEventKind::IdentityReceived,
            ClockEventKind::ClarificationReceived,
            ClockEventKind::FeePaid,
        ];
        for kind in kinds {
            let text = format!(
                r#"{{"type":"{}","at":"2026-03-05T10:00:00+01:00","until":"2026-05-01"}}"#,
                kind.name()
            );
            let event: ClockEvent = serde_json::from_str(&text).unwrap();
            assert_eq!(event.kind, kind);
            assert_eq!(event.at.to_rfc3339(), "2026-03-05T09:00:00+00:00");
            assert_eq!(event.until.unwrap().to_string(), "2026-05-01");
            assert_eq!(event.reason, None);
        }
    }
}
