//! The ZIP: entries streamed one after the other, each measured and hashed while it is written.
//!
//! Deflate, UTF-8 names, sizes in a descriptor after the data (no seeking), zip64 for entries that
//! may grow large. An archive that was not finished has no directory, so that no tool opens it.

use std::io::{self, BufWriter, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Datelike, Timelike, Utc};
use sha2::{Digest, Sha256};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, System, ZipWriter};

const BUFFER_BYTES: usize = 64 * 1024;

/// A file of the package, once written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path within the package.
    pub path: String,
    /// Its size, not compressed.
    pub bytes: u64,
    /// Its SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

/// An archive being written.
pub struct Archive<W: Write> {
    /// Absent only once finished.
    zip: Option<ZipWriter<StreamWriter<Gate<W>>>>,
    shut: Arc<AtomicBool>,
    options: SimpleFileOptions,
    entries: Vec<Entry>,
}

impl<W: Write> Archive<W> {
    /// Begins an archive whose entries are dated `created_at` (UTC).
    pub fn new(out: W, created_at: DateTime<Utc>) -> Self {
        let shut = Arc::new(AtomicBool::new(false));
        let gate = Gate { out, shut: Arc::clone(&shut) };
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1))
            .last_modified_time(zip_time(created_at))
            .system(System::Unix)
            .unix_permissions(0o644);
        Self { zip: Some(ZipWriter::new_stream(gate)), shut, options, entries: Vec::new() }
    }

    /// Writes an entry of any size.
    ///
    /// # Errors
    /// What `fill` or the output report. The archive is unusable afterwards.
    pub fn large<T>(
        &mut self,
        path: &str,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<T>,
    ) -> io::Result<T> {
        self.entry(path, self.options.large_file(true), fill)
    }

    /// Writes an entry that is held in memory.
    ///
    /// # Errors
    /// What the output reports. The archive is unusable afterwards.
    pub fn small(&mut self, path: &str, content: &[u8]) -> io::Result<()> {
        self.entry(path, self.options, |out| out.write_all(content))
    }

    /// Copies `input` into an entry.
    ///
    /// # Errors
    /// What the input or the output report. The archive is unusable afterwards.
    pub fn copy(&mut self, path: &str, input: &mut dyn Read) -> io::Result<u64> {
        self.large(path, |out| io::copy(input, out))
    }

    /// The entries written so far, in their order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Writes the directory and gives back the output and the entries.
    ///
    /// # Errors
    /// What the output reports.
    pub fn finish(mut self) -> io::Result<(W, Vec<Entry>)> {
        if self.shut.load(Ordering::Relaxed) {
            return Err(given_up());
        }
        let zip = self.zip.take().ok_or_else(given_up)?;
        let stream = zip.finish()?;
        Ok((stream.into_inner().out, std::mem::take(&mut self.entries)))
    }

    fn entry<T>(
        &mut self,
        path: &str,
        options: SimpleFileOptions,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<T>,
    ) -> io::Result<T> {
        let result = self.fill_entry(path, options, fill);
        if result.is_err() {
            self.shut.store(true, Ordering::Relaxed);
        }
        result
    }

    fn fill_entry<T>(
        &mut self,
        path: &str,
        options: SimpleFileOptions,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<T>,
    ) -> io::Result<T> {
        if self.shut.load(Ordering::Relaxed) {
            return Err(given_up());
        }
        let zip = self.zip.as_mut().ok_or_else(given_up)?;
        zip.start_file(path, options)?;
        let measured = Measured { out: zip, sha256: Sha256::new(), bytes: 0 };
        let mut buffered = BufWriter::with_capacity(BUFFER_BYTES, measured);
        let value = fill(&mut buffered)?;
        let measured = buffered.into_inner().map_err(io::IntoInnerError::into_error)?;
        self.entries.push(Entry {
            path: path.to_owned(),
            bytes: measured.bytes,
            sha256: hexadecimal(&measured.sha256.finalize()),
        });
        Ok(value)
    }
}

impl<W: Write> Drop for Archive<W> {
    fn drop(&mut self) {
        self.shut.store(true, Ordering::Relaxed);
    }
}

fn given_up() -> io::Error {
    io::Error::other("the archive was given up after an error")
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A ZIP knows the years 1980 to 2107, in steps of two seconds.
fn zip_time(at: DateTime<Utc>) -> zip::DateTime {
    let part = |number: u32| u8::try_from(number).unwrap_or(0);
    u16::try_from(at.year())
        .ok()
        .and_then(|year| {
            zip::DateTime::from_date_and_time(
                year,
                part(at.month()),
                part(at.day()),
                part(at.hour()),
                part(at.minute()),
                part(at.second() / 2 * 2),
            )
            .ok()
        })
        .unwrap_or_default()
}

/// Counts and hashes what passes.
struct Measured<'a, Z: Write> {
    out: &'a mut Z,
    sha256: Sha256,
    bytes: u64,
}

impl<Z: Write> Write for Measured<'_, Z> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.out.write_all(buffer)?;
        self.sha256.update(buffer);
        self.bytes = self.bytes.saturating_add(u64::try_from(buffer.len()).unwrap_or(0));
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Lets nothing through once shut: the ZIP writer completes its archive when it is dropped, and an
/// archive that failed half-way must not become one that opens.
struct Gate<W: Write> {
    out: W,
    shut: Arc<AtomicBool>,
}

impl<W: Write> Write for Gate<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        if self.shut.load(Ordering::Relaxed) {
            return Ok(buffer.len());
        }
        self.out.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.shut.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::Archive;
    use chrono::{DateTime, Utc};
    use std::io::{self, Cursor};
    use zip::ZipArchive;

    fn day() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    #[test]
    fn an_entry_is_measured_and_the_same_input_gives_the_same_bytes() {
        let make = || {
            let mut archive = Archive::new(Vec::new(), day());
            archive.small("a.txt", b"abc").unwrap();
            archive.copy("b.txt", &mut &b"abc"[..]).unwrap();
            archive.finish().unwrap()
        };
        let (bytes, entries) = make();
        assert_eq!(entries[0].bytes, 3);
        assert_eq!(
            entries[0].sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(entries[1].sha256, entries[0].sha256);
        assert_eq!(ZipArchive::new(Cursor::new(&bytes)).unwrap().len(), 2);
        assert_eq!(make().0, bytes);
    }

    #[test]
    fn an_archive_that_failed_or_was_dropped_does_not_open() {
        let mut bytes = Vec::new();
        let mut archive = Archive::new(&mut bytes, day());
        archive.small("a.txt", b"abc").unwrap();
        let error = archive
            .large("b.txt", |out| {
                out.write_all(b"half")?;
                Err::<(), _>(io::Error::other("the source is gone"))
            })
            .unwrap_err();
        assert_eq!(error.to_string(), "the source is gone");
        assert!(archive.small("c.txt", b"").is_err());
        drop(archive);
        assert!(ZipArchive::new(Cursor::new(&bytes)).is_err());

        let mut bytes = Vec::new();
        let mut archive = Archive::new(&mut bytes, day());
        archive.small("a.txt", b"abc").unwrap();
        drop(archive);
        assert!(ZipArchive::new(Cursor::new(&bytes)).is_err());
    }
}
