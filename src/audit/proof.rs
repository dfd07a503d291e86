//! Proofs of RFC 6962 §2.1.1 and §2.1.2: that a leaf is in a tree, and that a tree continues an
//! earlier one. They are made from the hashes of leaves and of every [`STRIDE`]th level.

use super::tree::{STRIDE, TreeHash, fold, node_hash};

/// Stored hashes of a tree.
pub trait Hashes {
    type Error;

    /// The roots of `count` full subtrees of a level (0: the leaves; else a multiple of
    /// [`STRIDE`]) from a position on; fewer when there are no more.
    ///
    /// # Errors
    /// When they cannot be read.
    fn read(&mut self, level: u8, first: u64, count: u64) -> Result<Vec<TreeHash>, Self::Error>;
}

/// Why there is no proof.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError<E> {
    #[error("the tree is not that large")]
    OutOfRange,
    #[error("a stored hash is missing")]
    Missing,
    #[error(transparent)]
    Stored(E),
}

type Proof<E> = Result<Vec<TreeHash>, ProofError<E>>;

/// The hashes that lead from a leaf (by its number, from 0) to the root of the tree of a size.
///
/// # Errors
/// When there is no such leaf, or a hash cannot be read.
pub fn inclusion<H: Hashes>(hashes: &mut H, number: u64, size: u64) -> Proof<H::Error> {
    if number >= size {
        return Err(ProofError::OutOfRange);
    }
    let (mut low, mut high) = (0, size);
    let mut path = Vec::new();
    while high - low > 1 {
        let middle = low + split(high - low);
        if number < middle {
            path.push(subtree(hashes, middle, high)?);
            high = middle;
        } else {
            path.push(subtree(hashes, low, middle)?);
            low = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The hashes that prove that the tree of a size begins with the tree of an earlier size.
///
/// # Errors
/// When the earlier size is 0 or the larger one, or a hash cannot be read.
pub fn consistency<H: Hashes>(hashes: &mut H, earlier: u64, size: u64) -> Proof<H::Error> {
    if earlier == 0 || earlier > size {
        return Err(ProofError::OutOfRange);
    }
    let (mut low, mut high) = (0, size);
    let mut path = Vec::new();
    // Whether what is left of the earlier tree is all of it: its root is known to who asks.
    let mut is_whole = true;
    while earlier != high {
        let middle = low + split(high - low);
        if earlier <= middle {
            path.push(subtree(hashes, middle, high)?);
            high = middle;
        } else {
            path.push(subtree(hashes, low, middle)?);
            low = middle;
            is_whole = false;
        }
    }
    if !is_whole {
        path.push(subtree(hashes, low, high)?);
    }
    path.reverse();
    Ok(path)
}

/// The largest power of two below a size of at least 2.
fn split(size: u64) -> u64 {
    (size / 2 + size % 2).next_power_of_two()
}

/// The root of the leaves from `low` (where a subtree of this size may begin) to before `high`.
fn subtree<H: Hashes>(
    hashes: &mut H,
    low: u64,
    high: u64,
) -> Result<TreeHash, ProofError<H::Error>> {
    let mut roots = Vec::new();
    let mut low = low;
    while low < high {
        // The size of the largest full subtree that fits; it begins at a multiple of itself.
        let level = (high - low).ilog2();
        roots.push(full(hashes, level, low >> level)?);
        low += 1 << level;
    }
    let from_the_right = roots.into_iter().rev();
    from_the_right.reduce(|right, left| node_hash(left, right)).ok_or(ProofError::Missing)
}

/// The root of a full subtree, from the stored level at or below its own.
fn full<H: Hashes>(
    hashes: &mut H,
    level: u32,
    position: u64,
) -> Result<TreeHash, ProofError<H::Error>> {
    let above = level % u32::from(STRIDE);
    let stored = u8::try_from(level - above).map_err(|_| ProofError::OutOfRange)?;
    let read = hashes.read(stored, position << above, 1 << above).map_err(ProofError::Stored)?;
    if u64::try_from(read.len()) != Ok(1 << above) {
        return Err(ProofError::Missing);
    }
    fold(read).ok_or(ProofError::Missing)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::convert::Infallible;

    use super::{Hashes, ProofError, consistency, inclusion};
    use crate::audit::tree::{Edge, STRIDE, TreeHash, leaf_hash};
    use proptest::prelude::{prop_assert, proptest};
    use tlog_tiles::{check_record, check_tree};

    /// What a database keeps.
    #[derive(Default)]
    struct Kept {
        edge: Edge,
        hashes: HashMap<(u8, u64), TreeHash>,
        roots: Vec<TreeHash>,
    }

    impl Kept {
        fn of(leaves: u64) -> Self {
            let mut kept = Self::default();
            kept.roots.push(kept.edge.root());
            for number in 0..leaves {
                for grown in kept.edge.append(leaf(number)) {
                    if grown.level % STRIDE == 0 {
                        kept.hashes.insert((grown.level, grown.position), grown.hash);
                    }
                }
                kept.roots.push(kept.edge.root());
            }
            kept
        }

        fn root(&self, size: u64) -> tlog_tiles::Hash {
            tlog(self.roots[usize::try_from(size).unwrap()])
        }
    }

    impl Hashes for Kept {
        type Error = Infallible;

        fn read(&mut self, level: u8, first: u64, count: u64) -> Result<Vec<TreeHash>, Infallible> {
            let at = |position| self.hashes.get(&(level, position)).copied();
            Ok((first..first + count).map_while(at).collect())
        }
    }

    fn leaf(number: u64) -> TreeHash {
        leaf_hash(&number.to_be_bytes())
    }

    fn tlog(hash: TreeHash) -> tlog_tiles::Hash {
        tlog_tiles::Hash(*hash.as_bytes())
    }

    #[test]
    fn an_independent_verifier_accepts_every_proof_of_small_trees() {
        let mut kept = Kept::of(70);
        for size in 1..=70 {
            for number in 0..size {
                let path = inclusion(&mut kept, number, size).unwrap();
                let path = path.into_iter().map(tlog).collect();
                check_record(&path, size, kept.root(size), number, tlog(leaf(number))).unwrap();
                let wrong = check_record(&path, size, kept.root(size), number, tlog(leaf(size)));
                assert!(wrong.is_err(), "leaf {number} of {size}");
            }
            for earlier in 1..=size {
                let path = consistency(&mut kept, earlier, size).unwrap();
                let path = path.into_iter().map(tlog).collect();
                check_tree(&path, size, kept.root(size), earlier, kept.root(earlier)).unwrap();
                let other = kept.root(earlier - 1);
                assert!(check_tree(&path, size, kept.root(size), earlier, other).is_err());
            }
        }
    }

    #[test]
    fn what_is_not_there_has_no_proof() {
        let mut kept = Kept::of(3);
        assert_eq!(inclusion(&mut kept, 3, 3), Err(ProofError::OutOfRange));
        assert_eq!(consistency(&mut kept, 0, 3), Err(ProofError::OutOfRange));
        assert_eq!(consistency(&mut kept, 4, 3), Err(ProofError::OutOfRange));
        assert_eq!(inclusion(&mut kept, 0, 5), Err(ProofError::Missing));
    }

    proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(8))]
        #[test]
        fn an_independent_verifier_accepts_proofs_over_stored_levels(
            size in 500_u64..70_000, one: u64, two: u64,
        ) {
            let mut kept = Kept::of(size);
            let (number, earlier) = (one % size, two % size + 1);
            let path = inclusion(&mut kept, number, size).unwrap();
            let path = path.into_iter().map(tlog).collect();
            let leaf = tlog(leaf(number));
            prop_assert!(check_record(&path, size, kept.root(size), number, leaf).is_ok());
            let path = consistency(&mut kept, earlier, size).unwrap();
            let path = path.into_iter().map(tlog).collect();
            let held = check_tree(&path, size, kept.root(size), earlier, kept.root(earlier));
            prop_assert!(held.is_ok());
        }
    }
}
