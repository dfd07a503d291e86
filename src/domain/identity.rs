//! Identity: methods, levels, and what each needs (identity.md). The clock never waits for it.

use std::collections::BTreeSet;

use super::named::named;

named! {
    /// How sure the controller is that the requester is the person.
    Level {
        /// Nothing is known.
        V0 = "v0",
        /// One proof by a route that was on file before the request.
        V1 = "v1",
        /// Two independent routes, or one and further evidence that a person checked.
        V2 = "v2",
        /// A person decided, with a written reason that a second person confirmed.
        V3 = "v3",
    }
}

named! {
    /// How identity was checked. None is a knowledge question put by a machine, a caller's number
    /// or an uploaded document alone: those never raise a level by themselves.
    Method {
        CodeOnFile = "code_on_file",
        IdentityProvider = "identity_provider",
        CallBack = "call_back",
        LetterOnFile = "letter_on_file",
        InPerson = "in_person",
        /// Facts that only the customer knows, checked by staff against the source.
        KnownFacts = "known_facts",
        RegisteredLetter = "registered_letter",
        /// Handed in on a recorded doubt and looked at here; deleted on the decision.
        MaskedDocument = "masked_document",
        Mandate = "mandate",
        Other = "other",
    }
}

impl Method {
    /// Whether it is one of the routes that prove control of what was on file (level V1).
    #[must_use]
    pub const fn is_route(self) -> bool {
        matches!(
            self,
            Self::CodeOnFile
                | Self::IdentityProvider
                | Self::CallBack
                | Self::LetterOnFile
                | Self::InPerson
        )
    }
}

impl Method {
    /// Whether it proves who the person is without what is on file: nobody who merely reads their
    /// mail can pass it. A sign-in is none such: who reads the mail gets a new password by it.
    #[must_use]
    pub const fn stands_alone(&self) -> bool {
        matches!(self, Self::InPerson)
    }
}

impl Method {
    /// Whether the portal or a verb of its own sees it happen and records it: then nobody says so by
    /// hand. A document that was seen elsewhere, such as at the counter, is [`Method::InPerson`].
    #[must_use]
    pub const fn is_recorded(self) -> bool {
        matches!(
            self,
            Self::CodeOnFile
                | Self::IdentityProvider
                | Self::CallBack
                | Self::LetterOnFile
                | Self::MaskedDocument
        )
    }

    /// Its name, or that of another that whoever passes the one passes too: who reads the mail gets
    /// the code, and a new password for the sign-in; both letters go into one letter box.
    const fn way(self) -> Self {
        match self {
            Self::IdentityProvider => Self::CodeOnFile,
            Self::RegisteredLetter => Self::LetterOnFile,
            other => other,
        }
    }
}

/// What a person claims to have found out.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    pub level: Level,
    pub methods: &'a [Method],
    /// The recorded methods that this case has seen.
    pub recorded: &'a BTreeSet<Method>,
    pub has_doubt: bool,
    pub has_reason: bool,
}

/// Why the evidence does not carry the level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct ClaimError {
    pub code: &'static str,
}

/// Checks that the methods named carry the level claimed.
///
/// # Errors
/// When they do not; the code says what is missing.
pub fn check(claim: &Claim<'_>) -> Result<(), ClaimError> {
    let fail = |code| Err(ClaimError { code });
    let mut methods = claim.methods.to_vec();
    methods.sort_unstable();
    methods.dedup();
    check_recorded(&methods, claim.recorded)?;
    // A mandate says who may act for the person, not who the person is.
    let proofs = methods.iter().filter(|method| **method != Method::Mandate);
    let ways: BTreeSet<Method> = proofs.map(|method| method.way()).collect();
    let routes = methods.iter().filter(|method| method.is_route()).count();
    // Asking for a document needs a reason to doubt (Art. 12(6)).
    if methods.contains(&Method::MaskedDocument) && !claim.has_doubt {
        return fail("document-needs-doubt");
    }
    if methods.contains(&Method::Other) && !claim.has_reason {
        return fail("other-needs-reason");
    }
    match claim.level {
        Level::V0 => fail("level-v0"),
        Level::V1 if routes == 0 => fail("v1-needs-route"),
        Level::V2 if routes == 0 || ways.len() < 2 => fail("v2-needs-two"),
        Level::V3 if !claim.has_reason => fail("v3-needs-reason"),
        _ => Ok(()),
    }
}

/// Checks that the methods which are recorded by themselves were, whatever is decided by them.
///
/// # Errors
/// When one was not.
pub fn check_recorded(methods: &[Method], recorded: &BTreeSet<Method>) -> Result<(), ClaimError> {
    let is_seen = |method: &Method| !method.is_recorded() || recorded.contains(method);
    match methods.iter().all(is_seen) {
        true => Ok(()),
        false => Err(ClaimError { code: "method-not-recorded" }),
    }
}

/// The least level of every answer (identity.md): a controller may ask for more, and never for less.
pub const LEAST: Level = Level::V1;

/// The level that releasing needs: V2 for special data, a stated doubt or a representative, V1
/// otherwise.
#[must_use]
pub const fn needed_to_release(special: bool, doubt: bool, representative: bool) -> Level {
    if special || doubt || representative { Level::V2 } else { Level::V1 }
}

#[cfg(test)]
mod tests {
    use super::{BTreeSet, Claim, Level, Method, check, needed_to_release};

    fn outcome(level: Level, methods: &[Method], doubt: bool, reason: bool) -> &'static str {
        outcome_of(level, methods, (doubt, reason), true)
    }

    fn outcome_of(
        level: Level,
        methods: &[Method],
        (doubt, reason): (bool, bool),
        looked_at: bool,
    ) -> &'static str {
        let mut recorded = BTreeSet::from([Method::CodeOnFile, Method::IdentityProvider]);
        recorded.extend(looked_at.then_some(Method::MaskedDocument));
        let recorded = &recorded;
        let claim = Claim { level, methods, recorded, has_doubt: doubt, has_reason: reason };
        check(&claim).err().map_or("ok", |error| error.code)
    }

    #[test]
    fn s_07_the_evidence_carries_the_level() {
        use Method as M;
        for (level, methods, doubt, reason, expected) in [
            (Level::V0, &[M::CodeOnFile][..], false, false, "level-v0"),
            (Level::V1, &[M::CodeOnFile], false, false, "ok"),
            (Level::V1, &[M::InPerson], false, false, "ok"),
            (Level::V1, &[M::KnownFacts], false, false, "v1-needs-route"),
            (Level::V1, &[], false, true, "v1-needs-route"),
            (Level::V2, &[M::CodeOnFile], false, false, "v2-needs-two"),
            (Level::V2, &[M::CodeOnFile, M::CodeOnFile], false, false, "v2-needs-two"),
            (Level::V2, &[M::CodeOnFile, M::InPerson], false, false, "ok"),
            (Level::V2, &[M::CodeOnFile, M::IdentityProvider], false, false, "v2-needs-two"),
            (Level::V2, &[M::CodeOnFile, M::CallBack], false, false, "method-not-recorded"),
            (Level::V1, &[M::LetterOnFile], false, false, "method-not-recorded"),
            (Level::V3, &[M::CallBack], false, true, "method-not-recorded"),
            (Level::V2, &[M::CodeOnFile, M::RegisteredLetter], false, false, "ok"),
            (Level::V2, &[M::CodeOnFile, M::KnownFacts], false, false, "ok"),
            (Level::V2, &[M::KnownFacts, M::Other], false, true, "v2-needs-two"),
            (Level::V2, &[M::InPerson, M::Other], false, false, "other-needs-reason"),
            (Level::V2, &[M::InPerson, M::Other], false, true, "ok"),
            (Level::V2, &[M::InPerson, M::Mandate], false, true, "v2-needs-two"),
            (Level::V3, &[M::KnownFacts], false, false, "v3-needs-reason"),
            (Level::V3, &[M::KnownFacts], false, true, "ok"),
            (Level::V3, &[M::MaskedDocument], false, true, "document-needs-doubt"),
            (Level::V3, &[M::MaskedDocument], true, true, "ok"),
        ] {
            assert_eq!(outcome(level, methods, doubt, reason), expected, "{level:?} {methods:?}");
        }
    }

    #[test]
    fn a_document_that_nobody_has_looked_at_here_proves_nothing() {
        let methods = [Method::InPerson, Method::MaskedDocument];
        for (looked_at, expected) in [(true, "ok"), (false, "method-not-recorded")] {
            assert_eq!(outcome_of(Level::V2, &methods, (true, false), looked_at), expected);
        }
    }

    #[test]
    fn special_data_a_doubt_or_a_representative_need_more() {
        assert_eq!(needed_to_release(false, false, false), Level::V1);
        for (special, doubt, representative) in
            [(true, false, false), (false, true, false), (false, false, true)]
        {
            assert_eq!(needed_to_release(special, doubt, representative), Level::V2);
        }
    }
}
