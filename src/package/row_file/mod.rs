//! The row file: the rows that a search found in one table, compressed, in the order of the source.
//!
//! It is written once while the source is read, and read again, as often as needed, when the
//! package is built. In production the bytes go through a sealed file; nothing here keeps more
//! than one row in memory.
//!
//! Layout: the magic `GUICHETROWS1\n`, then one gzip member (deflate level 1, CRC-32) holding the
//! table's name, the columns, the rows, and a closing mark with the number of rows. Lengths are
//! LEB128. A file without its closing mark, or whose checksum differs, is an error: rows that were
//! lost must never look like rows that were never there.

pub mod reader;
pub mod writer;

use crate::domain::row::ValueKind;

const MAGIC: &[u8; 13] = b"GUICHETROWS1\n";
const BUFFER_BYTES: usize = 64 * 1024;
/// A table wider than this is not a table that a database can hold.
const MAX_COLUMNS: u64 = 65_536;
const MAX_NAME_BYTES: u64 = 65_536;

const MARK_ROW: u8 = 1;
const MARK_END: u8 = 2;

const TAG_NULL: u8 = 0;
const TAG_TEXT: u8 = 1;
const TAG_NUMBER: u8 = 2;
const TAG_FALSE: u8 = 3;
const TAG_TRUE: u8 = 4;
const TAG_BYTES: u8 = 5;
const TAG_JSON: u8 = 6;

const KINDS: [ValueKind; 12] = [
    ValueKind::Text,
    ValueKind::Integer,
    ValueKind::Decimal,
    ValueKind::Float,
    ValueKind::Boolean,
    ValueKind::Date,
    ValueKind::Time,
    ValueKind::Timestamp,
    ValueKind::TimestampTz,
    ValueKind::Uuid,
    ValueKind::Json,
    ValueKind::Bytes,
];

fn kind_code(kind: ValueKind) -> u8 {
    match kind {
        ValueKind::Text => 0,
        ValueKind::Integer => 1,
        ValueKind::Decimal => 2,
        ValueKind::Float => 3,
        ValueKind::Boolean => 4,
        ValueKind::Date => 5,
        ValueKind::Time => 6,
        ValueKind::Timestamp => 7,
        ValueKind::TimestampTz => 8,
        ValueKind::Uuid => 9,
        ValueKind::Json => 10,
        ValueKind::Bytes => 11,
    }
}

#[cfg(test)]
mod tests {
    use super::{KINDS, kind_code};

    #[test]
    fn every_kind_has_its_own_code() {
        for (code, kind) in KINDS.into_iter().enumerate() {
            assert_eq!(usize::from(kind_code(kind)), code, "{kind:?}");
        }
    }
}
