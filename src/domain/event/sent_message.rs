//! When a message that left outside of the product may be recorded.

use chrono::{DateTime, Duration, Utc};

use super::SentMessage;

/// How long after it left such a message is still recorded with its effect: a week, and no more. A
/// pause or an extension that is remembered once the date has passed would turn a late case into one in
/// time.
const RECORDED_WITHIN: Duration = Duration::days(7);

/// Why it may not, as a code of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct SentError {
    pub code: &'static str,
}

impl SentMessage {
    /// That it left between the receipt of the request and now.
    ///
    /// # Errors
    /// When it did not.
    pub fn check(&self, received_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), SentError> {
        let code = match self.sent_at {
            at if at > now => "in-future",
            at if at < received_at => "before-receipt",
            _ => return Ok(()),
        };
        Err(SentError { code })
    }

    /// That it left so lately that it still moves a date.
    ///
    /// # Errors
    /// When it did not.
    pub fn check_in_time(&self, now: DateTime<Utc>) -> Result<(), SentError> {
        let is_late = now - self.sent_at > RECORDED_WITHIN;
        if is_late { Err(SentError { code: "sent-long-ago" }) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::{RECORDED_WITHIN, SentMessage};
    use crate::domain::request::Channel;
    use chrono::{DateTime, Duration, Utc};

    #[test]
    fn a_message_left_after_the_receipt_and_moves_a_date_for_a_week() {
        let sent_at: DateTime<Utc> = "2026-02-10T10:00:00Z".parse().unwrap();
        let message = SentMessage { sent_at, channel: Channel::Letter };
        let (second, code) = (Duration::seconds(1), |error: super::SentError| error.code);
        assert_eq!(message.check(sent_at, sent_at), Ok(()));
        let early = message.check(sent_at, sent_at - second).map_err(code);
        assert_eq!(early, Err("in-future"));
        let before = message.check(sent_at + second, sent_at + second).map_err(code);
        assert_eq!(before, Err("before-receipt"));
        let last = sent_at + RECORDED_WITHIN;
        assert_eq!(last - sent_at, Duration::days(7));
        assert_eq!(message.check_in_time(last), Ok(()));
        let late = message.check_in_time(last + second).map_err(code);
        assert_eq!(late, Err("sent-long-ago"));
    }
}
