//! Who prepared the answer of a case.

use std::collections::BTreeSet;

/// Who did what makes an answer, withholding from it, answering for a system by hand, or deciding: by
/// the names that the history gives them. Where four eyes are wanted, none of them releases it,
/// whatever somebody else did later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preparers(BTreeSet<String>);

impl Preparers {
    /// Whether somebody is one of them.
    #[must_use]
    pub fn include(&self, actor: &str) -> bool {
        self.0.contains(actor)
    }

    /// Takes note of somebody who did a part of it; what a worker finds, nobody prepared.
    pub fn add(&mut self, actor: &str) {
        if actor.starts_with("user:") {
            self.0.insert(actor.to_owned());
        }
    }
}
