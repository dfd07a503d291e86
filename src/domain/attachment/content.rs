//! What a file is where its first bytes do not say it: a text to its last byte, and an office document
//! by the list of its parts, which a ZIP has at its end. Looked at piece by piece while it comes in.

use super::{AttachmentError, Kind};

/// How the list of a ZIP names one of its files (APPNOTE.TXT 6.3.10, §4.3.12).
const LISTED: &[u8] = b"PK\x01\x02";
const NAME_LENGTH_AT: usize = 28;
const NAME_AT: usize = 46;

/// Every document of this family lists its parts here (ECMA-376-2 §7.2.3).
const PARTS: &[u8] = b"[Content_Types].xml";

/// What runs when somebody opens the document, which this kind must not have.
const MACROS: &[u8] = b"vbaproject.bin";

/// A file on its way in.
#[derive(Debug)]
pub struct Content {
    kind: Kind,
    /// The end of what came, of which the rest is awaited: part of a character, or of an entry.
    tail: Vec<u8>,
    is_broken: bool,
    has_parts: bool,
    has_folder: bool,
    has_macros: bool,
}

impl Content {
    /// A file of this kind, of which nothing has come yet.
    #[must_use]
    pub const fn of(kind: Kind) -> Self {
        Self {
            kind,
            tail: Vec::new(),
            is_broken: false,
            has_parts: false,
            has_folder: false,
            has_macros: false,
        }
    }

    /// Looks at the next piece.
    pub fn push(&mut self, piece: &[u8]) {
        match self.kind {
            Kind::Told => {}
            Kind::Text => self.text(piece),
            Kind::Word => self.entries(piece, b"word/"),
            Kind::Sheet => self.entries(piece, b"xl/"),
        }
    }

    /// Says whether the whole was what its name says.
    ///
    /// # Errors
    /// When it was not, or when it carries what runs.
    pub const fn finish(&self) -> Result<(), AttachmentError> {
        let code = match self.kind {
            Kind::Text if self.is_broken || !self.tail.is_empty() => "attachment-text",
            Kind::Word | Kind::Sheet if self.has_macros => "attachment-macros",
            Kind::Word | Kind::Sheet if !self.has_parts || !self.has_folder => "attachment-content",
            _ => return Ok(()),
        };
        Err(AttachmentError { code })
    }

    fn text(&mut self, piece: &[u8]) {
        self.tail.extend_from_slice(piece);
        let (read, rest) = match std::str::from_utf8(&self.tail) {
            Ok(text) => (text, Vec::new()),
            Err(error) => {
                self.is_broken |= error.error_len().is_some();
                let (read, rest) = self.tail.split_at(error.valid_up_to());
                (std::str::from_utf8(read).unwrap_or_default(), rest.to_vec())
            }
        };
        let is_line = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{c}');
        self.is_broken |= read.chars().any(|c| c.is_control() && !is_line(c));
        // Nothing more is to be known of what is broken.
        self.tail = if self.is_broken { Vec::new() } else { rest };
    }

    fn entries(&mut self, piece: &[u8], folder: &[u8]) {
        self.tail.extend_from_slice(piece);
        let mut from = 0;
        loop {
            let rest = self.tail.get(from..).unwrap_or_default();
            let Some(at) = rest.windows(LISTED.len()).position(|bytes| bytes == LISTED) else {
                // The signature itself may be cut.
                from = from.max(self.tail.len().saturating_sub(LISTED.len() - 1));
                break;
            };
            let start = from + at;
            let Some(name) = self.name_at(start) else {
                from = start;
                break;
            };
            let name = name.to_ascii_lowercase();
            self.has_parts |= name == PARTS.to_ascii_lowercase();
            self.has_folder |= name.starts_with(folder);
            self.has_macros |= name.ends_with(MACROS);
            from = start + LISTED.len();
        }
        self.tail.drain(..from);
    }

    /// The name of an entry of the list; nothing while it has not come whole.
    fn name_at(&self, start: usize) -> Option<&[u8]> {
        let length = self.tail.get(start + NAME_LENGTH_AT..start + NAME_LENGTH_AT + 2)?;
        let length = usize::from(u16::from_le_bytes(length.try_into().ok()?));
        self.tail.get(start + NAME_AT..start + NAME_AT + length)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, tests::zip};
    use super::Content;

    fn outcome(kind: Kind, bytes: &[u8], step: usize) -> &'static str {
        let mut content = Content::of(kind);
        bytes.chunks(step).for_each(|piece| content.push(piece));
        content.finish().err().map_or("ok", |error| error.code)
    }

    #[test]
    fn f_06_a_file_is_looked_at_to_its_end() {
        let word = zip(&["_rels/.rels", "word/document.xml", "[Content_Types].xml"]);
        let sheet = zip(&["[Content_Types].xml", "xl/workbook.xml"]);
        let macros = zip(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]);
        let parcel = zip(&["word/document.xml", "run.exe"]);
        let long = [b"a".repeat(5_000).as_slice(), b"\0"].concat();
        for (kind, bytes, expected) in [
            (Kind::Word, word.as_slice(), "ok"),
            (Kind::Sheet, &sheet, "ok"),
            (Kind::Sheet, &word, "attachment-content"),
            (Kind::Word, &sheet, "attachment-content"),
            (Kind::Word, &macros, "attachment-macros"),
            (Kind::Word, &parcel, "attachment-content"),
            (Kind::Word, b"PK\x03\x04", "attachment-content"),
            (Kind::Text, "Zoé à Rennes,\r\n\t\u{20ac}\u{1f600}".as_bytes(), "ok"),
            (Kind::Text, b"", "ok"),
            (Kind::Text, b"Zo\xe9 in Latin-1", "attachment-text"),
            (Kind::Text, b"cut \xe2\x82", "attachment-text"),
            (Kind::Text, "\u{9b}31m".as_bytes(), "attachment-text"),
            (Kind::Text, &long, "attachment-text"),
            (Kind::Told, &long, "ok"),
        ] {
            for step in [1, 3, 7, 100, 1_000_000] {
                assert_eq!(outcome(kind, bytes, step), expected, "{kind:?} by {step}");
            }
        }
    }
}
