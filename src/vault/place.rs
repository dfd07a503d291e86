//! Where a sealed value belongs: its table, column and row, bound to it as associated data.

use uuid::Uuid;

/// Starts every encoding, so that the associated data of a field never equals that of a file.
const LABEL: &[u8] = b"guichet.place.1";

/// The row that a sealed value stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row<'a> {
    Uuid(Uuid),
    Text(&'a str),
}

/// The one place where a sealed value may be opened. A value that was moved to another table,
/// column or row does not open there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    table: &'a str,
    column: &'a str,
    row: Row<'a>,
}

impl<'a> Place<'a> {
    /// A column of a row that a UUID names.
    #[must_use]
    pub const fn new(table: &'a str, column: &'a str, row: Uuid) -> Self {
        Self { table, column, row: Row::Uuid(row) }
    }

    /// A column of a row that a text names. Never equal to the place of a UUID, not even of the
    /// same bytes.
    #[must_use]
    pub const fn of_text(table: &'a str, column: &'a str, row: &'a str) -> Self {
        Self { table, column, row: Row::Text(row) }
    }

    /// The associated data: a label, the format version, the kind of row, and every part behind
    /// its length, so that no two places share an encoding.
    pub(super) fn encode(&self, version: u8) -> Vec<u8> {
        let (kind, row): (u8, &[u8]) = match &self.row {
            Row::Uuid(id) => (b'u', id.as_bytes()),
            Row::Text(text) => (b't', text.as_bytes()),
        };
        let parts = [self.table.as_bytes(), self.column.as_bytes(), row];
        let length = parts.iter().map(|part| part.len() + 8).sum::<usize>();
        let mut data = Vec::with_capacity(LABEL.len() + 2 + length);
        data.extend_from_slice(LABEL);
        data.extend_from_slice(&[version, kind]);
        for part in parts {
            data.extend_from_slice(&length_prefix(part));
            data.extend_from_slice(part);
        }
        data
    }
}

/// The length of a part as eight bytes, big-endian.
pub(super) fn length_prefix(part: &[u8]) -> [u8; 8] {
    #[expect(
        clippy::as_conversions,
        reason = "usize has at most 64 bits on every platform that Rust knows"
    )]
    let length = part.len() as u64;
    length.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::Place;
    use uuid::Uuid;

    #[test]
    fn no_two_places_share_an_encoding() {
        let id = Uuid::from_u128(0x6162_6364_6566_6768_696a_6b6c_6d6e_6f70);
        let text = id.to_string();
        let places = [
            Place::new("requests", "subject", id),
            Place::new("requests", "subject", Uuid::from_u128(1)),
            Place::new("requestss", "ubject", id),
            Place::new("request", "ssubject", id),
            Place::new("requests", "words", id),
            Place::new("messages", "subject", id),
            // The same bytes as the UUID above, but a text.
            Place::of_text("requests", "subject", "abcdefghijklmnop"),
            Place::of_text("requests", "subject", &text),
            Place::of_text("requests", "", "subject"),
            Place::of_text("requests", "subject", ""),
            Place::of_text("", "requests", "subject"),
        ];
        let mut encodings: Vec<_> = places.iter().map(|place| place.encode(1)).collect();
        encodings.push(places[0].encode(2));
        let count = encodings.len();
        encodings.sort();
        encodings.dedup();
        assert_eq!(encodings.len(), count);
    }
}
