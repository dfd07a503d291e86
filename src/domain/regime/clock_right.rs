//! What a clock runs for: a right, a refusal, the acknowledgement of a complaint, or a breach.

use crate::domain::right::Right;

/// What must be done before the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClockRight {
    /// Answering a request that exercises a right.
    Right(Right),
    /// Saying why no action is taken (GDPR art. 12(4)).
    Refusal,
    /// Confirming the receipt of a complaint (DPA 2018 s.164A).
    ComplaintAcknowledgement,
    /// Notifying a personal data breach to the authority (GDPR art. 33(1)).
    Breach,
}

impl ClockRight {
    /// Reads a right by name or alias, or `refusal`, `complaint_ack`, `breach`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "refusal" => Some(Self::Refusal),
            "complaint_ack" => Some(Self::ComplaintAcknowledgement),
            "breach" => Some(Self::Breach),
            _ => Right::parse(text).map(Self::Right),
        }
    }

    /// The name that [`ClockRight::parse`] reads.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Right(right) => right.name(),
            Self::Refusal => "refusal",
            Self::ComplaintAcknowledgement => "complaint_ack",
            Self::Breach => "breach",
        }
    }
}

impl From<Right> for ClockRight {
    fn from(right: Right) -> Self {
        Self::Right(right)
    }
}

#[cfg(test)]
mod tests {
    use super::ClockRight;
    use crate::domain::right::Right;

    #[test]
    fn a_name_reads_back() {
        let others =
            [ClockRight::Refusal, ClockRight::ComplaintAcknowledgement, ClockRight::Breach];
        for right in Right::ALL.into_iter().map(ClockRight::from).chain(others) {
            assert_eq!(ClockRight::parse(right.name()), Some(right));
        }
        assert_eq!(ClockRight::parse("know"), Some(ClockRight::Right(Right::Access)));
        assert_eq!(ClockRight::parse("anything"), None);
    }
}
