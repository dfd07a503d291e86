//! The records of an archive: a kind, a length and bytes, one after the other in a sealed file.

use std::io::{Read, Write};

use anyhow::{Context, bail, ensure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// The id under which every backup is sealed: a clean machine knows no other. Each has a key of
/// its own all the same, by its random bytes.
pub const ID: Uuid = Uuid::from_bytes(*b"guichet backup 1");

/// The longest record: a row, with what is sealed in it.
const LONGEST: u64 = 256 * 1024 * 1024;

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Header,
    /// The name of the table whose rows follow.
    Table,
    Row,
    /// The name of the file whose parts follow.
    File,
    Part,
    End,
}

impl Kind {
    const ALL: [Self; 6] =
        [Self::Header, Self::Table, Self::Row, Self::File, Self::Part, Self::End];

    const fn byte(self) -> u8 {
        match self {
            Self::Header => b'H',
            Self::Table => b'T',
            Self::Row => b'R',
            Self::File => b'F',
            Self::Part => b'P',
            Self::End => b'E',
        }
    }
}

/// Writes a record.
///
/// # Errors
/// When the disk refuses.
pub fn put(out: &mut impl Write, kind: Kind, bytes: &[u8]) -> anyhow::Result<()> {
    let length = u64::try_from(bytes.len())?;
    ensure!(length <= LONGEST, "a record is too long for a backup");
    out.write_all(&[kind.byte()])
        .and_then(|()| out.write_all(&length.to_be_bytes()))
        .and_then(|()| out.write_all(bytes))
        .context("the backup cannot be written")
}

/// Writes a record of JSON.
///
/// # Errors
/// When the disk refuses.
pub fn put_json(out: &mut impl Write, kind: Kind, value: &impl Serialize) -> anyhow::Result<()> {
    put(out, kind, &serde_json::to_vec(value)?)
}

/// Reads a record.
///
/// # Errors
/// When the file ends, does not open, or holds something else.
pub fn take(source: &mut impl Read) -> anyhow::Result<(Kind, Vec<u8>)> {
    let (mut kind, mut length) = ([0], [0; 8]);
    source
        .read_exact(&mut kind)
        .and_then(|()| source.read_exact(&mut length))
        .context("the backup cannot be read")?;
    let [byte] = kind;
    let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.byte() == byte) else {
        bail!("the backup holds a record that this version does not know");
    };
    let length = u64::from_be_bytes(length);
    ensure!(length <= LONGEST, "the backup holds a record that is too long");
    let mut bytes = Vec::new();
    let read = source.take(length).read_to_end(&mut bytes).context("the backup cannot be read")?;
    ensure!(u64::try_from(read)? == length, "the backup ends in the middle of a record");
    Ok((kind, bytes))
}

/// Reads JSON out of a record.
///
/// # Errors
/// When it is of another shape.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> anyhow::Result<T> {
    serde_json::from_slice(bytes).context("a record of the backup has another shape")
}
