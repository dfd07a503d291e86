//! Whether a proof holds (RFC 9162 §2.1.3.2 and §2.1.4.2), for who has it and a root, and no tree.

use super::tree::{TreeHash, node_hash};

/// Whether the hashes lead from a leaf, by its number from 0, to the root of a tree of a size.
#[must_use]
pub fn includes(path: &[TreeHash], number: u64, leaf: TreeHash, size: u64, root: TreeHash) -> bool {
    if number >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (number, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            hash = node_hash(*sibling, hash);
            (at, last) = to_right_child(at, last);
        } else {
            hash = node_hash(hash, *sibling);
        }
        (at, last) = (at / 2, last / 2);
    }
    last == 0 && hash == root
}

/// Whether the hashes show that a tree, by its size and its root, begins with an earlier one.
#[must_use]
pub fn continues(path: &[TreeHash], earlier: (u64, TreeHash), later: (u64, TreeHash)) -> bool {
    let ((size, root), (later_size, later_root)) = (earlier, later);
    if size == 0 || size > later_size {
        return false;
    }
    if size == later_size {
        return path.is_empty() && root == later_root;
    }
    // The root of a full tree is known to who asks, and stands in no proof.
    let begin = if size.is_power_of_two() { Some(root) } else { None };
    let mut hashes = begin.into_iter().chain(path.iter().copied());
    let Some(first) = hashes.next() else { return false };
    let (mut at, mut last) = (size - 1, later_size - 1);
    while at % 2 == 1 {
        (at, last) = (at / 2, last / 2);
    }
    let (mut old, mut new) = (first, first);
    for sibling in hashes {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            old = node_hash(sibling, old);
            new = node_hash(sibling, new);
            (at, last) = to_right_child(at, last);
        } else {
            new = node_hash(new, sibling);
        }
        (at, last) = (at / 2, last / 2);
    }
    last == 0 && old == root && new == later_root
}

/// Climbs while there is no left neighbour to join.
const fn to_right_child(mut at: u64, mut last: u64) -> (u64, u64) {
    while at.is_multiple_of(2) && at != 0 {
        at /= 2;
        last /= 2;
    }
    (at, last)
}

#[cfg(test)]
mod tests {
    use super::{continues, includes};
    use crate::audit::proof::{Hashes, consistency, inclusion};
    use crate::audit::tree::{Edge, TreeHash, leaf_hash};
    use std::convert::Infallible;

    /// Leaves alone: a proof asks for higher levels only from 256 leaves on.
    struct Leaves(Vec<TreeHash>);

    impl Hashes for Leaves {
        type Error = Infallible;

        fn read(&mut self, level: u8, first: u64, count: u64) -> Result<Vec<TreeHash>, Infallible> {
            assert_eq!(level, 0);
            let first = usize::try_from(first).unwrap();
            Ok(self.0[first..].iter().take(usize::try_from(count).unwrap()).copied().collect())
        }
    }

    #[test]
    fn every_proof_of_small_trees_holds_and_no_other() {
        let leaves: Vec<TreeHash> = (0..67_u64).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let (mut edge, mut roots) = (Edge::new(), vec![Edge::new().root()]);
        for leaf in &leaves {
            edge.append(*leaf);
            roots.push(edge.root());
        }
        let root = |size: u64| roots[usize::try_from(size).unwrap()];
        let mut kept = Leaves(leaves.clone());
        for size in 1..=67 {
            for number in 0..size {
                let leaf = leaves[usize::try_from(number).unwrap()];
                let path = inclusion(&mut kept, number, size).unwrap();
                assert!(includes(&path, number, leaf, size, root(size)), "{number} of {size}");
                assert!(!includes(&path, number, leaf_hash(b""), size, root(size)));
                assert!(!includes(&path, number, leaf, size, root(size - 1)));
                assert!(!includes(&path, size, leaf, size, root(size)));
                let longer = [&path[..], &[leaf]].concat();
                assert!(!includes(&longer, number, leaf, size, root(size)));
                if let Some((_, shorter)) = path.split_last() {
                    assert!(!includes(shorter, number, leaf, size, root(size)));
                }
            }
            for earlier in 1..=size {
                let path = consistency(&mut kept, earlier, size).unwrap();
                let (old, new) = ((earlier, root(earlier)), (size, root(size)));
                assert!(continues(&path, old, new), "{earlier} in {size}");
                assert!(!continues(&path, (earlier, root(earlier - 1)), new));
                assert!(!continues(&path, old, (size, root(size - 1))));
                let longer = [&path[..], &[leaf_hash(b"")]].concat();
                assert!(!continues(&longer, old, new));
                if let Some((_, shorter)) = path.split_last() {
                    assert!(!continues(shorter, old, new));
                }
            }
            assert!(!continues(&[], (0, root(0)), (size, root(size))));
        }
    }
}
