//! What can go wrong with an identity provider: codes, never a value, a token or a secret.

use thiserror::Error;

use crate::connectors::remote::ConnectError;

/// A failure. [`ProviderError::code`] is the key in the catalogue of what a test can come to; the
/// others stand in the log alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProviderError {
    #[error(transparent)]
    NoConnection(#[from] ConnectError),
    #[error("it answered more than is taken")]
    TooLarge,
    #[error("it answered {0}")]
    Answered(u16),
    #[error("the answer has another form")]
    Malformed,
    #[error("the document names another issuer")]
    OtherIssuer,
    #[error("the document names an address that cannot be used")]
    BadEndpoint,
    #[error("it offers no authorization code, no S256, or no client secret")]
    NotOffered,
    #[error("it does not take the code")]
    CodeRefused,
    #[error("it gave no ID token")]
    NoIdToken,
    #[error("the ID token does not read")]
    TokenMalformed,
    #[error("the ID token is signed in a way that is not taken")]
    TokenAlgorithm,
    #[error("the ID token is signed with a key that the provider does not publish")]
    TokenKey,
    #[error("the signature of the ID token is wrong")]
    TokenSignature,
    #[error("the ID token is of another issuer")]
    TokenIssuer,
    #[error("the ID token is for another client")]
    TokenAudience,
    #[error("the ID token is not valid now")]
    TokenTime,
    #[error("the ID token is of another sign-in")]
    TokenNonce,
}

impl ProviderError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoConnection(ConnectError::NotResolved) => "provider-not-resolved",
            Self::NoConnection(ConnectError::NotAllowed) => "provider-not-allowed",
            Self::NoConnection(ConnectError::Unreachable) => "provider-unreachable",
            Self::NoConnection(ConnectError::NotSecure) => "provider-not-secure",
            Self::NoConnection(ConnectError::TimedOut) => "provider-timed-out",
            Self::TooLarge => "provider-too-large",
            Self::Answered(300..=399) => "provider-redirected",
            Self::Answered(_) => "provider-refused",
            Self::Malformed => "provider-malformed",
            Self::OtherIssuer => "provider-other-issuer",
            Self::BadEndpoint => "provider-bad-endpoint",
            Self::NotOffered => "provider-not-offered",
            Self::CodeRefused => "provider-code-refused",
            Self::NoIdToken => "provider-no-id-token",
            Self::TokenMalformed => "provider-token-malformed",
            Self::TokenAlgorithm => "provider-token-algorithm",
            Self::TokenKey => "provider-token-key",
            Self::TokenSignature => "provider-token-signature",
            Self::TokenIssuer => "provider-token-issuer",
            Self::TokenAudience => "provider-token-audience",
            Self::TokenTime => "provider-token-time",
            Self::TokenNonce => "provider-token-nonce",
        }
    }
}
