//! The rights that a person can exercise, under the law's own names and their usual aliases.

use serde::{Deserialize, Serialize};

/// A right, as a request names it. A case may carry several, each with its own clock and decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// GDPR Art. 15.
    #[serde(alias = "know")]
    Access,
    /// GDPR Art. 16.
    #[serde(alias = "correction")]
    Rectification,
    /// GDPR Art. 17.
    #[serde(alias = "deletion")]
    Erasure,
    /// GDPR Art. 18.
    Restriction,
    /// GDPR Art. 20.
    Portability,
    /// GDPR Art. 21.
    Objection,
    /// GDPR Art. 22(3).
    HumanReview,
    /// GDPR Art. 7(3).
    ConsentWithdrawal,
    /// UK DPA 2018 s.164A.
    Complaint,
    /// An appeal against a decision, where the regime knows one.
    Appeal,
    /// Opt-out of sale or sharing, or limitation of use (California).
    OptOut,
}

impl Right {
    /// Every right, in the order of the law.
    pub const ALL: [Self; 11] = [
        Self::Access,
        Self::Rectification,
        Self::Erasure,
        Self::Restriction,
        Self::Portability,
        Self::Objection,
        Self::HumanReview,
        Self::ConsentWithdrawal,
        Self::Complaint,
        Self::Appeal,
        Self::OptOut,
    ];

    /// The name used in the API, in files and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Rectification => "rectification",
            Self::Erasure => "erasure",
            Self::Restriction => "restriction",
            Self::Portability => "portability",
            Self::Objection => "objection",
            Self::HumanReview => "human_review",
            Self::ConsentWithdrawal => "consent_withdrawal",
            Self::Complaint => "complaint",
            Self::Appeal => "appeal",
            Self::OptOut => "opt_out",
        }
    }

    /// The article of the GDPR that gives it; none where another law does.
    #[must_use]
    pub const fn gdpr_article(self) -> Option<&'static str> {
        match self {
            Self::Access => Some("15"),
            Self::Rectification => Some("16"),
            Self::Erasure => Some("17"),
            Self::Restriction => Some("18"),
            Self::Portability => Some("20"),
            Self::Objection => Some("21"),
            Self::HumanReview => Some("22"),
            Self::ConsentWithdrawal => Some("7"),
            Self::Complaint | Self::Appeal | Self::OptOut => None,
        }
    }

    /// Reads a name or one of its aliases: know → access, correction → rectification,
    /// deletion → erasure.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "know" => Some(Self::Access),
            "correction" => Some(Self::Rectification),
            "deletion" => Some(Self::Erasure),
            _ => Self::ALL.into_iter().find(|right| right.name() == text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Right;

    #[test]
    fn a_name_reads_back_and_so_do_its_aliases() {
        for right in Right::ALL {
            assert_eq!(Right::parse(right.name()), Some(right));
            let json = serde_json::to_string(&right).unwrap();
            assert_eq!(json, format!("\"{}\"", right.name()));
        }
        assert_eq!(Right::parse("know"), Some(Right::Access));
        assert_eq!(Right::parse("correction"), Some(Right::Rectification));
        assert_eq!(Right::parse("deletion"), Some(Right::Erasure));
        assert_eq!(Right::parse("breach"), None);
    }
}
