//! Reads a row file.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

use crate::domain::row::{Column, Value};
use crate::package::row_file::{
    BUFFER_BYTES, KINDS, MAGIC, MARK_END, MARK_ROW, MAX_COLUMNS, MAX_NAME_BYTES, TAG_BYTES,
    TAG_FALSE, TAG_JSON, TAG_NULL, TAG_NUMBER, TAG_TEXT, TAG_TRUE,
};

fn damaged(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("damaged row file: {what}"))
}

/// Reads a row file, one row at a time, in the memory of the largest row.
pub struct RowFileReader<R: Read> {
    input: BufReader<GzDecoder<BufReader<R>>>,
    table: String,
    columns: Vec<Column>,
    row: Vec<Value>,
    rows: u64,
    ended: bool,
}

impl<R: Read> RowFileReader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// `InvalidData` when this is no row file or its header is damaged, else what `input` reports.
    pub fn open(input: R) -> io::Result<Self> {
        let mut raw = BufReader::with_capacity(BUFFER_BYTES, input);
        let mut magic = [0; MAGIC.len()];
        raw.read_exact(&mut magic).map_err(truncated)?;
        if &magic != MAGIC {
            return Err(damaged("it does not begin like one"));
        }
        let mut input = BufReader::with_capacity(BUFFER_BYTES, GzDecoder::new(raw));
        let table = read_name(&mut input)?;
        let count = read_u64(&mut input)?;
        if count > MAX_COLUMNS {
            return Err(damaged("too many columns"));
        }
        let mut columns = Vec::new();
        for _ in 0..count {
            let name = read_name(&mut input)?;
            let kind = KINDS
                .get(usize::from(read_u8(&mut input)?))
                .copied()
                .ok_or_else(|| damaged("an unknown kind of column"))?;
            columns.push(Column { name, kind });
        }
        let row = vec![Value::Null; columns.len()];
        Ok(Self { input, table, columns, row, rows: 0, ended: false })
    }

    /// The table's name, as given when the file was written.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The columns, in the order of the source.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many rows were read so far; after the last one, how many there are.
    #[must_use]
    pub const fn rows_read(&self) -> u64 {
        self.rows
    }

    /// The next row, or `None` after the last, once the closing mark and the checksum were found
    /// right. The row's memory is used again for the next.
    ///
    /// # Errors
    /// `InvalidData` when the file is truncated or damaged, else what the input reports.
    pub fn next_row(&mut self) -> io::Result<Option<&[Value]>> {
        if self.ended {
            return Ok(None);
        }
        match read_u8(&mut self.input)? {
            MARK_ROW => {
                for value in &mut self.row {
                    read_value(&mut self.input, value)?;
                }
                self.rows = self.rows.saturating_add(1);
                Ok(Some(&self.row))
            }
            MARK_END => {
                if read_u64(&mut self.input)? != self.rows {
                    return Err(damaged("the number of rows differs"));
                }
                // Reading on makes the decoder compare its checksum.
                if !self.input.fill_buf().map_err(truncated)?.is_empty() {
                    return Err(damaged("something follows the closing mark"));
                }
                self.ended = true;
                Ok(None)
            }
            _ => Err(damaged("neither a row nor the closing mark")),
        }
    }
}

/// A compressed stream that stops or does not decode is damage, whichever error the decoder picks.
fn truncated(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => damaged("it ends too early"),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            damaged("its compressed data or checksum is wrong")
        }
        _ => error,
    }
}

fn read_u8(input: &mut impl BufRead) -> io::Result<u8> {
    let byte = input.fill_buf().map_err(truncated)?.first().copied();
    let byte = byte.ok_or_else(|| damaged("it ends too early"))?;
    input.consume(1);
    Ok(byte)
}

fn read_u64(input: &mut impl BufRead) -> io::Result<u64> {
    let mut number: u64 = 0;
    for shift in (0..64).step_by(7) {
        let byte = read_u8(input)?;
        let part = u64::from(byte & 0x7f);
        if shift == 63 && part > 1 {
            return Err(damaged("a length is too long"));
        }
        number |= part << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(damaged("a length is too long"))
}

fn read_name(input: &mut impl BufRead) -> io::Result<String> {
    let length = read_u64(input)?;
    if length > MAX_NAME_BYTES {
        return Err(damaged("a name is too long"));
    }
    read_text(input, length, Vec::new())
}

/// Reads `length` bytes into `buffer`. Memory grows with the bytes that are there, so that a
/// damaged length allocates nothing.
fn read_bytes(input: &mut impl BufRead, length: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
    buffer.clear();
    let read = input.take(length).read_to_end(buffer).map_err(truncated)?;
    if u64::try_from(read).ok() == Some(length) {
        Ok(())
    } else {
        Err(damaged("it ends too early"))
    }
}

fn read_text(input: &mut impl BufRead, length: u64, mut buffer: Vec<u8>) -> io::Result<String> {
    read_bytes(input, length, &mut buffer)?;
    String::from_utf8(buffer).map_err(|_| damaged("a text is not UTF-8"))
}

fn read_value(input: &mut impl BufRead, value: &mut Value) -> io::Result<()> {
    let tag = read_u8(input)?;
    *value = match tag {
        TAG_NULL => Value::Null,
        TAG_FALSE => Value::Boolean(false),
        TAG_TRUE => Value::Boolean(true),
        TAG_TEXT | TAG_NUMBER | TAG_BYTES | TAG_JSON => {
            let mut buffer = reclaim(value);
            let length = read_u64(input)?;
            match tag {
                TAG_BYTES => {
                    read_bytes(input, length, &mut buffer)?;
                    Value::Bytes(buffer)
                }
                TAG_TEXT => Value::Text(read_text(input, length, buffer)?),
                TAG_NUMBER => Value::Number(read_text(input, length, buffer)?),
                _ => Value::Json(read_text(input, length, buffer)?),
            }
        }
        _ => return Err(damaged("an unknown kind of value")),
    };
    Ok(())
}

/// The memory of the value that stood in this column in the row before.
fn reclaim(value: &mut Value) -> Vec<u8> {
    let mut buffer = match std::mem::replace(value, Value::Null) {
        Value::Text(text) | Value::Number(text) | Value::Json(text) => text.into_bytes(),
        Value::Bytes(bytes) => bytes,
        Value::Null | Value::Boolean(_) => Vec::new(),
    };
    buffer.clear();
    buffer.shrink_to(BUFFER_BYTES);
    buffer
}

#[cfg(test)]
mod tests {
    use super::RowFileReader;
    use crate::domain::row::{Column, Value, ValueKind};
    use crate::package::row_file::KINDS;
    use crate::package::row_file::writer::RowFileWriter;
    use proptest::prelude::*;
    use std::io;

    fn columns(count: usize) -> Vec<Column> {
        (0..count).map(|n| Column { name: format!("c{n}"), kind: KINDS[n % KINDS.len()] }).collect()
    }

    fn write(columns: &[Column], rows: &[Vec<Value>]) -> Vec<u8> {
        let mut writer = RowFileWriter::create(Vec::new(), "public.orders", columns).unwrap();
        for row in rows {
            writer.write(row).unwrap();
        }
        let (bytes, count) = writer.finish().unwrap();
        assert_eq!(usize::try_from(count).unwrap(), rows.len());
        bytes
    }

    fn read(bytes: &[u8]) -> io::Result<Vec<Vec<Value>>> {
        let mut reader = RowFileReader::open(bytes)?;
        let mut rows = Vec::new();
        while let Some(row) = reader.next_row()? {
            rows.push(row.to_vec());
        }
        assert_eq!(reader.next_row()?, None);
        Ok(rows)
    }

    fn sample() -> Vec<Vec<Value>> {
        vec![
            vec![Value::Null, Value::Text(String::new()), Value::Number("-1.50e300".into())],
            vec![Value::Boolean(true), Value::Bytes(vec![0, 255, 10]), Value::Json("[1]".into())],
            vec![Value::Boolean(false), Value::Text("é\0😀".repeat(60)), Value::Null],
        ]
    }

    #[test]
    fn what_was_written_is_read() {
        let bytes = write(&columns(3), &sample());
        assert_eq!(read(&bytes).unwrap(), sample());
        let large = vec![vec![Value::Text("é\0😀".repeat(60_000))], vec![Value::Null]];
        assert_eq!(read(&write(&columns(1), &large)).unwrap(), large);
        let reader = RowFileReader::open(&bytes[..]).unwrap();
        assert_eq!(reader.table(), "public.orders");
        assert_eq!(reader.columns(), columns(3));
        assert_eq!(reader.columns()[1].kind, ValueKind::Integer);
    }

    #[test]
    fn a_file_cut_anywhere_or_changed_anywhere_is_refused() {
        let bytes = write(&columns(3), &sample());
        for cut in 0..bytes.len() {
            let error = read(&bytes[..cut]).expect_err("a cut file was read");
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "cut at {cut}");
        }
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 0x20;
            // The gzip header has fields that mean nothing (time, operating system).
            if let Ok(rows) = read(&changed) {
                assert_eq!(rows, sample(), "changed at {place}");
            }
        }
    }

    #[test]
    fn a_file_that_was_not_finished_is_refused() {
        let mut bytes = Vec::new();
        let mut writer = RowFileWriter::create(&mut bytes, "orders", &columns(3)).unwrap();
        writer.write(&sample()[0]).unwrap();
        drop(writer);
        assert_eq!(read(&bytes).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_row_of_another_width_is_refused() {
        let mut writer = RowFileWriter::create(Vec::new(), "orders", &columns(2)).unwrap();
        let error = writer.write(&sample()[0]).unwrap_err();
        assert_eq!(error.to_string(), "a row has 3 values for 2 columns");
    }

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Boolean),
            any::<String>().prop_map(Value::Text),
            any::<i128>().prop_map(|n| Value::Number(n.to_string())),
            any::<Vec<u8>>().prop_map(Value::Bytes),
            any::<String>().prop_map(Value::Json),
        ]
    }

    proptest! {
        #[test]
        fn any_row_comes_back(rows in prop::collection::vec(prop::collection::vec(value(), 4), 0..20)) {
            prop_assert_eq!(read(&write(&columns(4), &rows)).unwrap(), rows);
        }
    }
}
