//! The lines of a file while it is read, for messages that say where.

use std::io::Read;

/// Passes bytes on and notes where each line that is not empty begins. A line ends with LF, CR LF
/// or CR, inside quotes too: lines are counted as an editor counts them.
pub struct Lines<R> {
    source: R,
    /// Byte and line number, in order.
    begins: Vec<(u64, u64)>,
    byte: u64,
    line: u64,
    after_end: bool,
    after_return: bool,
}

impl<R> Lines<R> {
    /// From the first byte of the source.
    pub const fn new(source: R) -> Self {
        Self { source, begins: Vec::new(), byte: 0, line: 1, after_end: true, after_return: false }
    }

    /// The line on which a record stands whose reader was at `byte` before it: the first line from
    /// there that is not empty.
    pub fn line_from(&self, byte: u64) -> u64 {
        let place = self.begins.partition_point(|(begin, _)| *begin < byte);
        self.begins.get(place).map_or(self.line, |(_, line)| *line)
    }

    fn take(&mut self, byte: u8) {
        match byte {
            b'\n' if self.after_return => {}
            b'\r' | b'\n' => {
                self.line = self.line.saturating_add(1);
                self.after_end = true;
            }
            _ => {
                if self.after_end {
                    self.begins.push((self.byte, self.line));
                }
                self.after_end = false;
            }
        }
        self.after_return = byte == b'\r';
        self.byte = self.byte.saturating_add(1);
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        for byte in buffer.iter().take(count) {
            self.take(*byte);
        }
        Ok(count)
    }
}
