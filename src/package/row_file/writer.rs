//! Writes a row file.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::domain::row::{Column, Value};
use crate::package::row_file::{
    BUFFER_BYTES, MAGIC, MARK_END, MARK_ROW, TAG_BYTES, TAG_FALSE, TAG_JSON, TAG_NULL, TAG_NUMBER,
    TAG_TEXT, TAG_TRUE, kind_code,
};

/// Writes a row file. Dropping it without [`RowFileWriter::finish`] leaves a file that no reader
/// accepts.
pub struct RowFileWriter<W: Write> {
    encoder: GzEncoder<W>,
    columns: usize,
    rows: u64,
    buffer: Vec<u8>,
}

impl<W: Write> RowFileWriter<W> {
    /// Begins the file of `table`, whose rows will have exactly these columns.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn create(mut out: W, table: &str, columns: &[Column]) -> io::Result<Self> {
        out.write_all(MAGIC)?;
        let mut buffer = Vec::with_capacity(BUFFER_BYTES);
        put_bytes(&mut buffer, table.as_bytes());
        put_length(&mut buffer, columns.len());
        for column in columns {
            put_bytes(&mut buffer, column.name.as_bytes());
            buffer.push(kind_code(column.kind));
        }
        Ok(Self {
            encoder: GzEncoder::new(out, Compression::fast()),
            columns: columns.len(),
            rows: 0,
            buffer,
        })
    }

    /// Adds one row.
    ///
    /// # Errors
    /// When the row has not one value per column, or when the file cannot be written.
    pub fn write(&mut self, row: &[Value]) -> io::Result<()> {
        if row.len() != self.columns {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("a row has {} values for {} columns", row.len(), self.columns),
            ));
        }
        self.buffer.push(MARK_ROW);
        for value in row {
            put_value(&mut self.buffer, value);
        }
        self.rows = self.rows.saturating_add(1);
        if self.buffer.len() >= BUFFER_BYTES {
            self.spill()?;
        }
        Ok(())
    }

    /// Closes the file and gives back its output and the number of rows.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self) -> io::Result<(W, u64)> {
        self.buffer.push(MARK_END);
        put_u64(&mut self.buffer, self.rows);
        self.spill()?;
        Ok((self.encoder.finish()?, self.rows))
    }

    fn spill(&mut self) -> io::Result<()> {
        self.encoder.write_all(&self.buffer)?;
        self.buffer.clear();
        // One very large value must not stay allocated for the rest of the table.
        self.buffer.shrink_to(2 * BUFFER_BYTES);
        Ok(())
    }
}

fn put_value(buffer: &mut Vec<u8>, value: &Value) {
    let (tag, bytes): (u8, &[u8]) = match value {
        Value::Null => return buffer.push(TAG_NULL),
        Value::Boolean(false) => return buffer.push(TAG_FALSE),
        Value::Boolean(true) => return buffer.push(TAG_TRUE),
        Value::Text(text) => (TAG_TEXT, text.as_bytes()),
        Value::Number(literal) => (TAG_NUMBER, literal.as_bytes()),
        Value::Bytes(bytes) => (TAG_BYTES, bytes),
        Value::Json(json) => (TAG_JSON, json.as_bytes()),
    };
    buffer.push(tag);
    put_bytes(buffer, bytes);
}

fn put_bytes(buffer: &mut Vec<u8>, bytes: &[u8]) {
    put_length(buffer, bytes.len());
    buffer.extend_from_slice(bytes);
}

fn put_length(buffer: &mut Vec<u8>, length: usize) {
    put_u64(buffer, u64::try_from(length).unwrap_or(u64::MAX));
}

fn put_u64(buffer: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or(0x7f);
        number >>= 7;
        if number == 0 {
            return buffer.push(low);
        }
        buffer.push(low | 0x80);
    }
}
