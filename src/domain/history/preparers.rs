//! Who prepared the answer of a case.

/// Who did last what makes an answer: by the names that the history gives them. Where four eyes are
/// wanted, none of them releases it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preparers {
    pub withheld_by: Option<String>,
    /// Who answered for a system by hand.
    pub answered_by: Option<String>,
    pub decided_by: Option<String>,
}

impl Preparers {
    /// Whether somebody is one of them.
    #[must_use]
    pub fn include(&self, actor: &str) -> bool {
        let all = [&self.withheld_by, &self.answered_by, &self.decided_by];
        all.into_iter().flatten().any(|by| by == actor)
    }

    /// Takes note of who brought something that was found: what a worker finds, nobody prepared.
    pub fn found(&mut self, actor: &str) {
        if actor.starts_with("user:") {
            self.answered_by = Some(actor.to_owned());
        }
    }
}
