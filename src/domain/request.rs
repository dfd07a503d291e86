//! A data-subject request as it is asked for: channel, rights, words, people.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::named::named;
use super::right::Right;

named! {
    /// How a request reached the controller.
    Channel {
        Web = "web",
        Email = "email",
        Phone = "phone",
        Letter = "letter",
        InPerson = "in_person",
        Social = "social",
        Api = "api",
    }
}

named! {
    /// What an objection is against. Against marketing it is absolute and carried out at once
    /// (GDPR Art. 21(2)-(3)).
    ObjectionTo {
        Marketing = "marketing",
        Processing = "processing",
    }
}

named! {
    /// What was decided on one right.
    Decision {
        Undecided = "undecided",
        Granted = "granted",
        GrantedInPart = "granted_in_part",
        Refused = "refused",
        /// Nothing about the person was found, and the person was told.
        NothingHeld = "nothing_held",
    }
}

named! {
    /// Why a request ends without every right being decided.
    ClosingGround {
        Answered = "answered",
        NoReply = "no_reply",
        CannotIdentify = "cannot_identify",
        Duplicate = "duplicate",
        Mistake = "mistake",
        NotController = "not_controller",
    }
}

/// A right that is exercised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exercised {
    pub right: Right,
    /// Only with an objection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<ObjectionTo>,
}

impl Exercised {
    /// Whether it is carried out at once, whatever is known of the person: an objection to
    /// marketing (Art. 21(3)) or a withdrawal of consent (Art. 7(3)).
    #[must_use]
    pub fn is_immediate(self) -> bool {
        self.right == Right::ConsentWithdrawal
            || (self.right == Right::Objection && self.against == Some(ObjectionTo::Marketing))
    }

    /// Whether a decision needs to know the person: it says what is held of them, or that nothing is,
    /// or it changes what is held. An impostor must get neither (identity.md: V1 for every right).
    #[must_use]
    pub fn needs_identity(self, decision: Decision) -> bool {
        let grants = matches!(decision, Decision::Granted | Decision::GrantedInPart);
        match self.right {
            Right::Access | Right::Portability => grants || decision == Decision::NothingHeld,
            Right::Complaint | Right::Appeal | Right::OptOut | Right::ConsentWithdrawal => false,
            _ => grants && !self.is_immediate(),
        }
    }
}

/// How far back a receipt may be logged, in days: ten years.
pub const OLDEST_RECEIPT_DAYS: i64 = 3653;

/// When a request was received, checked against the clock: never in the future (a minute of skew
/// is forgiven), and earlier than today only with a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptError {
    InFuture,
    TooOld,
    NeedsReason,
}

/// Checks the instant of receipt.
///
/// # Errors
/// When it lies in the future, too far back, or before today without a reason.
pub fn check_receipt(
    received_at: DateTime<Utc>,
    now: DateTime<Utc>,
    zone: chrono_tz::Tz,
    has_reason: bool,
) -> Result<DateTime<Utc>, ReceiptError> {
    if received_at > now + chrono::Duration::minutes(1) {
        return Err(ReceiptError::InFuture);
    }
    if received_at < now - chrono::Duration::days(OLDEST_RECEIPT_DAYS) {
        return Err(ReceiptError::TooOld);
    }
    let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    if day(received_at) < day(now) && !has_reason {
        return Err(ReceiptError::NeedsReason);
    }
    Ok(received_at.min(now))
}

#[cfg(test)]
mod tests {
    use super::{Decision, Exercised, ObjectionTo, ReceiptError, check_receipt};
    use crate::domain::right::Right;
    use chrono::{DateTime, Utc};

    #[test]
    fn only_marketing_objections_and_withdrawals_of_consent_are_immediate() {
        let marketing = Some(ObjectionTo::Marketing);
        let processing = Some(ObjectionTo::Processing);
        for (right, against, immediate) in [
            (Right::Objection, marketing, true),
            (Right::Objection, processing, false),
            (Right::Objection, None, false),
            (Right::ConsentWithdrawal, None, true),
            (Right::Access, None, false),
        ] {
            assert_eq!(Exercised { right, against }.is_immediate(), immediate);
        }
    }

    #[test]
    fn what_tells_of_data_or_changes_them_needs_to_know_the_person() {
        use Decision::{Granted, GrantedInPart, NothingHeld, Refused, Undecided};
        let marketing = Some(ObjectionTo::Marketing);
        for (right, against, needs) in [
            (Right::Access, None, &[Granted, GrantedInPart, NothingHeld][..]),
            (Right::Erasure, None, &[Granted, GrantedInPart]),
            (Right::Objection, None, &[Granted, GrantedInPart]),
            (Right::Objection, marketing, &[]),
            (Right::ConsentWithdrawal, None, &[]),
            (Right::Complaint, None, &[]),
        ] {
            for decision in [Undecided, Granted, GrantedInPart, Refused, NothingHeld] {
                let found = Exercised { right, against }.needs_identity(decision);
                assert_eq!(found, needs.contains(&decision), "{right:?} {decision:?}");
            }
        }
    }

    #[test]
    fn a_receipt_is_never_in_the_future_and_earlier_only_with_a_reason() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let now = at("2026-03-31T22:30:00Z");
        let paris = chrono_tz::Europe::Paris;
        let check = |text, reason| check_receipt(at(text), now, paris, reason);
        assert_eq!(check("2026-03-31T22:30:01Z", false), Ok(now));
        assert_eq!(check("2026-03-31T22:32:00Z", true), Err(ReceiptError::InFuture));
        assert_eq!(check("2026-03-31T22:00:00Z", false), Ok(at("2026-03-31T22:00:00Z")));
        // 23:59 in Paris on the day before.
        assert_eq!(check("2026-03-31T21:59:00Z", false), Err(ReceiptError::NeedsReason));
        assert_eq!(check("2026-03-31T21:59:00Z", true), Ok(at("2026-03-31T21:59:00Z")));
        assert_eq!(check("2016-01-01T00:00:00Z", true), Err(ReceiptError::TooOld));
    }
}
