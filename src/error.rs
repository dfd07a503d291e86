//! The one error and the one result. They know nothing of HTTP: `web/problem.rs` alone gives them
//! a status. None carries personal data.

/// What can keep a verb or a query from being done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("nobody is signed in")]
    Unauthenticated,
    /// Also: not allowed to know.
    #[error("not found")]
    NotFound,
    #[error("not allowed")]
    Forbidden,
    /// The case ended long ago, and few open it now.
    #[error("put away")]
    PutAway,
    /// The input breaks a rule; every broken rule is told.
    #[error("invalid input: {}", .0.iter().map(|f| f.code).collect::<Vec<_>>().join(", "))]
    Invalid(Vec<FieldError>),
    /// The case is not in a state that allows it.
    #[error("not possible in this state: {code}")]
    Transition { code: &'static str },
    /// Somebody else changed it first, or it exists already.
    #[error("conflict: {code}")]
    Conflict { code: &'static str },
    #[error("too many tries")]
    RateLimited { retry_after_s: u64 },
    /// Nothing was saved, and a later try may work.
    #[error("unavailable: {0}")]
    Unavailable(&'static str),
    /// The whole transaction may be run again: the database asks for it (PostgreSQL's 40001 and
    /// 40P01), or refused a statement and does not say why.
    #[error("the transaction must run again")]
    RunAgain,
    /// Our fault; the text is for the log.
    #[error("internal error: {0}")]
    Internal(String),
}

/// One broken rule of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Where: `subject.identifiers[0].value`.
    pub field: String,
    /// The rule, as the catalogue knows it (`field-<code>`).
    pub code: &'static str,
    /// What the sentence needs; never what the person typed.
    pub arguments: Vec<(&'static str, String)>,
}

impl FieldError {
    /// A broken rule whose sentence needs nothing.
    #[must_use]
    pub fn new(field: impl Into<String>, code: &'static str) -> Self {
        Self { field: field.into(), code, arguments: Vec::new() }
    }
}

/// The one result.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// One broken rule.
    #[must_use]
    pub fn invalid(field: impl Into<String>, code: &'static str) -> Self {
        Self::Invalid(vec![FieldError { field: field.into(), code, arguments: Vec::new() }])
    }

    /// One broken rule with what its sentence needs.
    #[must_use]
    pub fn invalid_with(
        field: impl Into<String>,
        code: &'static str,
        arguments: Vec<(&'static str, String)>,
    ) -> Self {
        Self::Invalid(vec![FieldError { field: field.into(), code, arguments }])
    }

    /// Our fault.
    #[must_use]
    pub fn internal(text: impl Into<String>) -> Self {
        Self::Internal(text.into())
    }
}

impl From<crate::domain::lifecycle::TransitionError> for Error {
    fn from(error: crate::domain::lifecycle::TransitionError) -> Self {
        Self::Transition { code: error.code }
    }
}

impl From<crate::domain::actor::NotPermitted> for Error {
    fn from(_: crate::domain::actor::NotPermitted) -> Self {
        Self::Forbidden
    }
}

impl From<crate::vault::key::SealError> for Error {
    fn from(error: crate::vault::key::SealError) -> Self {
        Self::Internal(error.to_string())
    }
}
