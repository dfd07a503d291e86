//! Grounds to refuse, withhold, redact or keep: one list of codes for all of them.

use serde::{Deserialize, Serialize};

/// A ground, under the code that stands in data maps, redactions, refusals and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exemption {
    /// GDPR Art. 12(5): manifestly unfounded.
    Unfounded,
    /// GDPR Art. 12(5): excessive because of its repetition.
    ExcessiveRepetitive,
    /// GDPR Art. 12(5) as read in C-526/24: a first request made abusively.
    AbusiveFirstRequest,
    /// GDPR Art. 11(2) and 12(2): the controller cannot identify the person.
    CannotIdentify,
    /// GDPR Art. 15(4) and 20(4): the rights and freedoms of others.
    RightsOfOthers,
    /// GDPR recital 63: trade secrets and intellectual property.
    TradeSecret,
    /// Secrets that protect the person or the system, such as password hashes and keys.
    Security,
    LegalPrivilege,
    /// GDPR Art. 17(3)(b).
    LegalObligation,
    /// GDPR Art. 17(3)(e).
    LegalClaims,
    /// GDPR Art. 17(3)(a).
    FreedomOfExpression,
    /// GDPR Art. 17(3)(c).
    PublicHealth,
    /// GDPR Art. 17(3)(d) and 89.
    ArchivingResearch,
    /// GDPR Art. 23: a restriction in national law.
    NationalLaw,
    NotController,
    OutOfScope,
}

impl Exemption {
    /// Every ground, in the order of the list.
    pub const ALL: [Self; 16] = [
        Self::Unfounded,
        Self::ExcessiveRepetitive,
        Self::AbusiveFirstRequest,
        Self::CannotIdentify,
        Self::RightsOfOthers,
        Self::TradeSecret,
        Self::Security,
        Self::LegalPrivilege,
        Self::LegalObligation,
        Self::LegalClaims,
        Self::FreedomOfExpression,
        Self::PublicHealth,
        Self::ArchivingResearch,
        Self::NationalLaw,
        Self::NotController,
        Self::OutOfScope,
    ];

    /// The code used in maps, in the API and in answers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unfounded => "unfounded",
            Self::ExcessiveRepetitive => "excessive_repetitive",
            Self::AbusiveFirstRequest => "abusive_first_request",
            Self::CannotIdentify => "cannot_identify",
            Self::RightsOfOthers => "rights_of_others",
            Self::TradeSecret => "trade_secret",
            Self::Security => "security",
            Self::LegalPrivilege => "legal_privilege",
            Self::LegalObligation => "legal_obligation",
            Self::LegalClaims => "legal_claims",
            Self::FreedomOfExpression => "freedom_of_expression",
            Self::PublicHealth => "public_health",
            Self::ArchivingResearch => "archiving_research",
            Self::NationalLaw => "national_law",
            Self::NotController => "not_controller",
            Self::OutOfScope => "out_of_scope",
        }
    }

    /// Whether it can justify that nothing at all is handed out: the rights of others never do
    /// (recital 63: not a refusal to provide all information).
    #[must_use]
    pub const fn refuses_whole(self) -> bool {
        !matches!(self, Self::RightsOfOthers)
    }

    /// Reads a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|exemption| exemption.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::Exemption;

    #[test]
    fn a_code_reads_back_and_is_what_json_shows() {
        for exemption in Exemption::ALL {
            assert_eq!(Exemption::parse(exemption.code()), Some(exemption));
            let json = serde_json::to_string(&exemption).unwrap();
            assert_eq!(json, format!("\"{}\"", exemption.code()));
        }
        assert_eq!(Exemption::parse("because"), None);
    }
}
