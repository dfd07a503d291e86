//! Lines of separated values, read strictly (RFC 4180 §2): what a lenient reader joins or guesses at
//! is refused with its line.

use std::iter::Peekable;
use std::str::Chars;

/// The values of one row, and the line that it begins on, from 1.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    pub line: usize,
    pub cells: Vec<String>,
}

/// Why a text is no table: the code of its sentence, and the line, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    pub code: &'static str,
    pub line: usize,
}

/// Reads all records of a text whose lines end with LF. An empty line is a record of one empty value.
/// A value goes over several lines only between quotation marks, the second of which ends it.
///
/// # Errors
/// At a NUL, at a quotation mark that is not closed, and where something follows a closed one.
pub fn read(text: &str, separator: char) -> Result<Vec<Record>, Unreadable> {
    if let Some(line) = text.split('\n').position(|line| line.contains('\0')) {
        return Err(Unreadable { code: "rows-nul", line: line + 1 });
    }
    let mut reader = Reader { rest: text.chars().peekable(), line: 1, separator };
    let mut records = Vec::new();
    while reader.rest.peek().is_some() {
        records.push(reader.record()?);
    }
    Ok(records)
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    line: usize,
    separator: char,
}

/// What stands behind a value.
#[derive(PartialEq, Eq)]
enum Behind {
    Value,
    LineEnd,
}

impl Reader<'_> {
    fn record(&mut self) -> Result<Record, Unreadable> {
        let mut record = Record { line: self.line, cells: Vec::new() };
        loop {
            let quoted = self.rest.next_if_eq(&'"').is_some();
            let (cell, behind) = if quoted { self.quoted()? } else { self.plain() };
            record.cells.push(cell);
            if behind == Behind::LineEnd {
                return Ok(record);
            }
        }
    }

    /// A value that does not begin with a quotation mark: one within it is a character like others.
    fn plain(&mut self) -> (String, Behind) {
        let mut cell = String::new();
        loop {
            match self.rest.next() {
                None => return (cell, Behind::LineEnd),
                Some('\n') => {
                    self.line += 1;
                    return (cell, Behind::LineEnd);
                }
                Some(next) if next == self.separator => return (cell, Behind::Value),
                Some(next) => cell.push(next),
            }
        }
    }

    fn quoted(&mut self) -> Result<(String, Behind), Unreadable> {
        let line = self.line;
        let mut cell = String::new();
        loop {
            match self.rest.next() {
                None => return Err(Unreadable { code: "rows-open-quotation", line }),
                Some('"') if self.rest.next_if_eq(&'"').is_some() => cell.push('"'),
                Some('"') => break,
                Some(next) => {
                    self.line += usize::from(next == '\n');
                    cell.push(next);
                }
            }
        }
        let (behind, end) = self.plain();
        if behind.trim().is_empty() {
            return Ok((cell, end));
        }
        Err(Unreadable { code: "rows-after-quotation", line })
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    /// Line and values of each record, or line and code of what is wrong.
    fn of(text: &str) -> String {
        match read(text, ';') {
            Err(wrong) => format!("{} {}", wrong.line, wrong.code),
            Ok(records) => {
                let shown = records.iter().map(|it| format!("{}:{}", it.line, it.cells.join("|")));
                shown.collect::<Vec<_>>().join(" ")
            }
        }
    }

    #[test]
    fn what_would_be_joined_is_refused_with_its_line() {
        for (text, expected) in [
            ("", ""),
            ("a;b", "1:a|b"),
            ("a;b\n", "1:a|b"),
            ("a;\n\nb", "1:a| 2: 3:b"),
            ("\"a;\"\"b\"\"\";c\nd", "1:a;\"b\"|c 2:d"),
            ("\"a\nb\";c\nd", "1:a\nb|c 3:d"),
            ("a 5\" pipe;b", "1:a 5\" pipe|b"),
            ("\"a\" ;b", "1:a|b"),
            ("a;b\n\"c;d\ne;f\n", "2 rows-open-quotation"),
            ("a\n\"b\n\"c;d", "2 rows-after-quotation"),
            ("\"Yes\" he said;b", "1 rows-after-quotation"),
            ("a\n\"b\";\"", "2 rows-open-quotation"),
            ("a\nb\0;c", "2 rows-nul"),
        ] {
            assert_eq!(of(text), expected, "{text:?}");
        }
    }
}
