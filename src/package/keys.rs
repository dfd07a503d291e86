//! Which keys are unique and which references resolve, found while the rows pass.
//!
//! Key values are remembered as 64-bit hashes, at most [`Budget::LIMIT`] in a package (about
//! 18 MB): beyond it a key is simply not declared, because nothing is claimed that was not seen.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

/// How many key values may still be remembered.
#[derive(Debug)]
pub struct Budget {
    left: usize,
    // Random per package, so that nobody can choose values that collide.
    state: RandomState,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: Self::LIMIT, state: RandomState::new() }
    }
}

impl Budget {
    /// Key values remembered in one package.
    pub const LIMIT: usize = 1_000_000;

    /// The hash of a tuple of cell texts.
    pub fn hash(&self, cells: &[String]) -> u64 {
        self.state.hash_one(cells)
    }

    fn take(&mut self) -> bool {
        let granted = self.left > 0;
        self.left = self.left.saturating_sub(1);
        granted
    }
}

/// The values of some columns of one table.
#[derive(Debug, Default)]
pub struct KeyValues {
    seen: HashSet<u64>,
    repeated: bool,
    /// A part is NULL or empty in a row where another part is not.
    partly_null: bool,
    null: bool,
    too_many: bool,
}

impl KeyValues {
    /// Adds one row's cells, `None` for NULL and for the empty text, which CSV cannot tell apart.
    pub fn observe(&mut self, cells: &[Option<String>], budget: &mut Budget) {
        if self.too_many {
            return;
        }
        let present: Vec<String> = cells.iter().flatten().cloned().collect();
        if present.len() < cells.len() {
            self.null = true;
            self.partly_null |= !present.is_empty();
            return;
        }
        let hash = budget.hash(&present);
        if self.seen.contains(&hash) {
            self.repeated = true;
        } else if budget.take() {
            self.seen.insert(hash);
        } else {
            self.too_many = true;
            self.seen = HashSet::new();
        }
    }

    /// Whether each row has a value of its own.
    pub const fn is_unique(&self) -> bool {
        !self.repeated && !self.null && !self.too_many
    }

    /// Whether each value that is not NULL is one of `target`'s.
    pub fn resolves_in(&self, target: &Self) -> bool {
        !self.too_many && !target.too_many && !self.partly_null && self.seen.is_subset(&target.seen)
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, KeyValues};

    fn values(rows: &[&[Option<&str>]], budget: &mut Budget) -> KeyValues {
        let mut values = KeyValues::default();
        for row in rows {
            let cells: Vec<_> = row.iter().map(|cell| cell.map(str::to_owned)).collect();
            values.observe(&cells, budget);
        }
        values
    }

    #[test]
    fn a_key_is_unique_only_without_null_and_without_repetition() {
        let unique = |rows: &[&[Option<&str>]]| values(rows, &mut Budget::default()).is_unique();
        assert!(unique(&[]));
        assert!(unique(&[&[Some("1"), Some("2")], &[Some("2"), Some("1")]]));
        assert!(unique(&[&[Some("1"), Some("12")], &[Some("11"), Some("2")]]));
        assert!(!unique(&[&[Some("1")], &[Some("1")]]));
        assert!(!unique(&[&[None]]));
    }

    #[test]
    fn a_reference_resolves_when_every_value_is_there() {
        let mut budget = Budget::default();
        let target = values(&[&[Some("1")], &[Some("2")]], &mut budget);
        let mut check = |rows: &[&[Option<&str>]], expected| {
            let resolved = values(rows, &mut budget).resolves_in(&target);
            assert_eq!(resolved, expected, "{rows:?}");
        };
        check(&[&[Some("1")], &[Some("1")], &[None]], true);
        check(&[&[Some("3")]], false);
        check(&[], true);
        check(&[&[Some("1"), None]], false);
    }

    #[test]
    fn beyond_the_budget_nothing_is_claimed() {
        let mut budget = Budget { left: 1, ..Budget::default() };
        let rows: &[&[Option<&str>]] = &[&[Some("1")], &[Some("2")]];
        let many = values(rows, &mut budget);
        assert!(!many.is_unique());
        assert!(!many.resolves_in(&many));
    }
}
