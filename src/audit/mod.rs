//! Proof: an RFC 6962 tree over the events of a controller, checkpoints signed as C2SP notes, and
//! the verification of both. Pure: knows no database, no clock and no file.
//!
//! An event becomes a [`leaf`], a leaf becomes the next hash of a [`tree`], the root of the tree is
//! signed as a [`checkpoint`] in a [`note`]. Who kept a checkpoint outside can later tell, with a
//! [`verification`], whether any event before it was edited, removed, added, moved or put elsewhere;
//! and with a [`case_file`], whether what it holds of one case is what was signed.

pub mod case_file;
pub mod checkpoint;
pub mod leaf;
pub mod note;
pub mod path;
pub mod proof;
pub mod restoration;
pub mod tree;
pub mod verification;
