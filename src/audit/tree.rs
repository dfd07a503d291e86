//! The Merkle tree of RFC 6962 §2.1, kept by its right edge: appending reads and writes a few
//! hashes, however many leaves there are.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Every how many levels the hashes of full subtrees are stored, so that a proof reads at most
/// `2^STRIDE` hashes a step and storing them costs one row in `2^STRIDE`.
pub const STRIDE: u8 = 8;

/// How many bytes a hash is long.
pub const HASH_BYTES: usize = 32;

/// SHA-256 of a leaf, of a node or of nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TreeHash([u8; HASH_BYTES]);

impl TreeHash {
    /// The hash of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; HASH_BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads the bytes that the database keeps.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; HASH_BYTES] {
        &self.0
    }

    /// As checkpoints write it.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// Reads what checkpoints write.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        Self::from_slice(&STANDARD.decode(text).ok()?)
    }
}

impl fmt::Debug for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_base64())
    }
}

/// The hash of a leaf (RFC 6962 §2.1): `SHA-256(0x00 || entry)`.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> TreeHash {
    TreeHash(Sha256::new().chain_update([0]).chain_update(entry).finalize().into())
}

/// The hash of two subtrees (RFC 6962 §2.1): `SHA-256(0x01 || left || right)`.
#[must_use]
pub fn node_hash(left: TreeHash, right: TreeHash) -> TreeHash {
    TreeHash(
        Sha256::new()
            .chain_update([1])
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize()
            .into(),
    )
}

/// The root of a tree without leaves: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> TreeHash {
    TreeHash(Sha256::digest([]).into())
}

/// The root of a full subtree whose two halves, and theirs, stand side by side.
#[must_use]
pub fn fold(mut hashes: Vec<TreeHash>) -> Option<TreeHash> {
    if !hashes.len().is_power_of_two() {
        return None;
    }
    while hashes.len() > 1 {
        let pairs = hashes.chunks_exact(2);
        hashes = pairs
            .filter_map(|pair| match pair {
                [left, right] => Some(node_hash(*left, *right)),
                _ => None,
            })
            .collect();
    }
    hashes.first().copied()
}

/// The root of a full subtree that became complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Complete {
    /// How many times its leaves were halved; 0 is a leaf.
    pub level: u8,
    /// Its place among the subtrees of its level, from 0.
    pub position: u64,
    pub hash: TreeHash,
}

/// The right edge of a tree: the roots of the full subtrees that it consists of, the largest first.
/// There is one for each bit of the size that is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    hashes: Vec<TreeHash>,
}

impl Default for Edge {
    fn default() -> Self {
        Self::new()
    }
}

impl Edge {
    /// The edge of a tree without leaves.
    #[must_use]
    pub const fn new() -> Self {
        Self { size: 0, hashes: Vec::new() }
    }

    /// Reads an edge back: the hashes one after the other, or nothing when they are not as many as
    /// a tree of this size has.
    #[must_use]
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (chunks, rest) = bytes.as_chunks::<HASH_BYTES>();
        let wanted = usize::try_from(size.count_ones()).ok()?;
        let hashes: Vec<TreeHash> = chunks.iter().map(|chunk| TreeHash(*chunk)).collect();
        (rest.is_empty() && hashes.len() == wanted).then_some(Self { size, hashes })
    }

    /// The hashes one after the other.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(|hash| hash.0).collect()
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf and gives the roots of the subtrees that it completed, from the leaf up.
    pub fn append(&mut self, leaf: TreeHash) -> Vec<Complete> {
        let mut grown = Complete { level: 0, position: self.size, hash: leaf };
        let mut complete = vec![grown];
        // As long as a full subtree of the same size stands to the left, the two become one.
        while grown.position & 1 == 1
            && let Some(left) = self.hashes.pop()
        {
            grown = Complete {
                level: grown.level + 1,
                position: grown.position >> 1,
                hash: node_hash(left, grown.hash),
            };
            complete.push(grown);
        }
        self.hashes.push(grown.hash);
        self.size += 1;
        complete
    }

    /// The root of the tree (RFC 6962 §2.1, MTH).
    #[must_use]
    pub fn root(&self) -> TreeHash {
        let from_the_right = self.hashes.iter().rev().copied();
        from_the_right.reduce(|right, left| node_hash(left, right)).unwrap_or_else(empty_root)
    }
}

#[cfg(test)]
mod tests {
    use super::{Edge, TreeHash, empty_root, fold, leaf_hash, node_hash};
    use proptest::prelude::{any, prop_assert_eq, proptest};

    /// The classic leaves of Certificate Transparency and the roots of the trees of 0 to 8 of them.
    const LEAVES: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    fn hex(hash: TreeHash) -> String {
        hash.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_published_trees_have_their_published_roots() {
        let mut edge = Edge::new();
        assert_eq!(hex(edge.root()), ROOTS[0]);
        for (leaf, root) in LEAVES.iter().zip(&ROOTS[1..]) {
            edge.append(leaf_hash(leaf));
            assert_eq!(hex(edge.root()), *root);
        }
    }

    /// RFC 6962 §2.1 as it is written, from all leaves at once.
    fn from_scratch(leaves: &[TreeHash]) -> TreeHash {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            more => {
                let split = more.len().next_power_of_two() / 2;
                node_hash(from_scratch(&more[..split]), from_scratch(&more[split..]))
            }
        }
    }

    proptest! {
        #[test]
        fn growing_leaf_by_leaf_comes_to_the_same_as_from_scratch(
            entries in proptest::collection::vec(any::<u16>(), 0..600),
        ) {
            let leaves: Vec<TreeHash> =
                entries.iter().map(|entry| leaf_hash(&entry.to_be_bytes())).collect();
            let mut edge = Edge::new();
            for (number, leaf) in leaves.iter().enumerate() {
                for grown in edge.append(*leaf) {
                    let width = 1_usize << grown.level;
                    let first = usize::try_from(grown.position).unwrap() * width;
                    prop_assert_eq!(first + width - 1, number);
                    prop_assert_eq!(grown.hash, from_scratch(&leaves[first..=number]));
                    prop_assert_eq!(fold(leaves[first..=number].to_vec()), Some(grown.hash));
                }
                // Kept in between, as in a row.
                edge = Edge::from_bytes(edge.size(), &edge.to_bytes()).unwrap();
            }
            prop_assert_eq!(edge.root(), from_scratch(&leaves));
        }
    }

    #[test]
    fn an_edge_of_another_size_is_none() {
        let mut edge = Edge::new();
        for leaf in LEAVES {
            edge.append(leaf_hash(leaf));
        }
        assert!(Edge::from_bytes(8, &edge.to_bytes()).is_some());
        assert!(Edge::from_bytes(7, &edge.to_bytes()).is_none());
        assert!(Edge::from_bytes(8, &edge.to_bytes()[1..]).is_none());
        assert_eq!(fold(vec![]), None);
    }
}
