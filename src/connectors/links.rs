//! Values that travel between systems and around circles.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::search_plan::plan::Link;

/// A row's values of a link's columns, as texts, in the order of [`Link::on`].
pub type Tuple = Vec<String>;

/// A value that a link takes from a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    Text(String),
    /// As its source prints it: `42`, `42.0` and `42.00` are one number.
    Number(String),
    /// Of a kind that no other system could compare.
    Never,
}

impl Carried {
    /// The texts that stand for it elsewhere.
    fn forms(&self) -> Vec<String> {
        match self {
            Self::Text(text) => vec![text.clone()],
            Self::Number(text) => {
                // The zeros of an exponent are none of a fraction.
                let is_plain = text.contains('.') && !text.contains(['e', 'E']);
                let plain = is_plain.then(|| text.trim_end_matches('0'));
                let plain = plain.map(|plain| plain.trim_end_matches('.').to_owned());
                let plain = plain.filter(|plain| plain != text && !plain.is_empty());
                std::iter::once(text.clone()).chain(plain).collect()
            }
            Self::Never => Vec::new(),
        }
    }
}

/// What a link takes from a table.
#[derive(Default, PartialEq, Eq)]
pub struct Travelled {
    pub tuples: BTreeSet<Tuple>,
    /// A row had a value that cannot travel: what it leads to is not found.
    pub left_behind: bool,
}

impl Travelled {
    /// Takes in the values of one row.
    pub fn add(&mut self, row: &[Carried]) {
        let mut tuples: Vec<Tuple> = vec![Vec::new()];
        for value in row {
            let forms = value.forms();
            tuples = combined(&tuples, &forms);
        }
        self.left_behind |= tuples.is_empty();
        self.tuples.extend(tuples);
    }
}

/// Each beginning with each of the forms after it.
fn combined(heads: &[Tuple], forms: &[String]) -> Vec<Tuple> {
    let longer = |head: &Tuple, form: &String| head.iter().chain([form]).cloned().collect();
    heads.iter().flat_map(|head| forms.iter().map(move |form| longer(head, form))).collect()
}

/// The values known so far, by link. They are personal data: whoever keeps them seals them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkValues {
    values: BTreeMap<usize, BTreeSet<Tuple>>,
    /// Links whose source could not give all its values.
    broken: BTreeSet<usize>,
}

impl std::fmt::Debug for LinkValues {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counts = self.values.iter().map(|(link, values)| (link, values.len()));
        formatter.debug_map().entries(counts).finish()
    }
}

impl LinkValues {
    /// The values that a link brings.
    pub fn of(&self, link: usize) -> impl Iterator<Item = &Tuple> {
        self.values.get(&link).into_iter().flatten()
    }

    /// Adds values up to a limit, and tells whether any was new. What does not fit breaks the link.
    pub fn add(&mut self, link: usize, found: BTreeSet<Tuple>, limit: usize) -> bool {
        let known = self.values.entry(link).or_default();
        let before = known.len();
        for tuple in found {
            if known.len() >= limit && !known.contains(&tuple) {
                self.broken.insert(link);
                break;
            }
            known.insert(tuple);
        }
        known.len() > before
    }

    /// Notes that a link's source could not give all its values.
    pub fn mark_broken(&mut self, link: usize) {
        self.broken.insert(link);
    }

    /// Whether a link's source could not give all its values.
    #[must_use]
    pub fn is_broken(&self, link: usize) -> bool {
        self.broken.contains(&link)
    }

    /// Takes in what another search of the same plan found.
    pub fn merge(&mut self, other: Self) {
        for (link, values) in other.values {
            self.values.entry(link).or_default().extend(values);
        }
        self.broken.extend(other.broken);
    }

    /// The values of a link in every form that its target may hold.
    #[must_use]
    pub fn forms(&self, number: usize, link: &Link, country: Option<&str>) -> Vec<Tuple> {
        let mut all = BTreeSet::new();
        for tuple in self.of(number) {
            let mut partial: Vec<Tuple> = vec![Vec::new()];
            for value in tuple {
                let forms = match link.how {
                    // A key is compared as it stands, blanks at its ends included.
                    crate::domain::inventory::matching::Match::Exact => vec![value.clone()],
                    how => how.forms(value, country),
                };
                partial = combined(&partial, &forms);
            }
            all.extend(partial);
        }
        all.into_iter().collect()
    }
}
