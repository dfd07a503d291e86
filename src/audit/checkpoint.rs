//! Checkpoints (C2SP tlog-checkpoint v1.0.0): how large a tree is and what its root is, signed.

use std::fmt;

use super::note::{self, NoteError, Signer, VerifierKey};
use super::tree::TreeHash;

/// A tree at one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the tree: `<host>/audit/<id>`.
    pub origin: String,
    /// How many leaves it has.
    pub size: u64,
    pub root: TreeHash,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, self.root.to_base64())
    }
}

impl Checkpoint {
    /// The checkpoint as a note.
    #[must_use]
    pub fn sign(&self, signer: &Signer) -> String {
        signer.sign(&self.to_string())
    }

    /// Opens a note that one of the keys signed under the name of the tree.
    ///
    /// # Errors
    /// When the note does not open, or is no checkpoint of the tree that its key is for.
    pub fn open(note: &str, keys: &[VerifierKey]) -> Result<Self, NoteError> {
        let (text, key) = note::open(note, keys)?;
        let checkpoint = Self::parse(text).ok_or(NoteError::Malformed)?;
        if checkpoint.origin == key.name() { Ok(checkpoint) } else { Err(NoteError::UnknownKey) }
    }

    /// Reads a checkpoint whose signature was not looked at: to find out which key to ask for.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let number: u64 = size.parse().ok()?;
        // One number is written in one way.
        (number.to_string() == size && !origin.is_empty()).then_some(())?;
        Some(Self { origin: origin.to_owned(), size: number, root: TreeHash::from_base64(root)? })
    }
}

#[cfg(test)]
mod tests {
    use super::Checkpoint;
    use crate::audit::note::{NoteError, Signer};
    use crate::audit::tree::empty_root;

    #[test]
    fn a_checkpoint_reads_back_and_belongs_to_its_tree() {
        let signer = Signer::new("rights.example/audit/one", &[7; 32]).unwrap();
        let keys = [signer.key().clone()];
        let checkpoint =
            Checkpoint { origin: signer.key().name().to_owned(), size: 0, root: empty_root() };
        let note = checkpoint.sign(&signer);
        let expected =
            "rights.example/audit/one\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— ";
        assert!(note.starts_with(expected), "{note}");
        assert_eq!(Checkpoint::open(&note, &keys), Ok(checkpoint.clone()));
        // The key of one tree signs for no other.
        let moved = Checkpoint { origin: "rights.example/audit/two".to_owned(), ..checkpoint };
        assert_eq!(Checkpoint::open(&moved.sign(&signer), &keys), Err(NoteError::UnknownKey));
        for bad in ["a\n01\nAAAA\n", "a\n1\n", "\n1\nAAAA\n", "a\n1\nAAAA\n", "a\n-1\n"] {
            assert_eq!(Checkpoint::parse(bad), None, "{bad:?}");
        }
    }
}
