//! Sealed files: 64 KiB chunks that can be written as a stream and read from any place.
//!
//! A file is a header (format, 32 random bytes) and its chunks, each of up to 65,536 bytes of
//! plaintext and a tag of 16 bytes. The key of a file is derived from the caller's key, the file's
//! id and the random bytes, so that no nonce is ever used twice. Each chunk's nonce and associated
//! data hold its number and whether it is the last. Hence a chunk that is altered, moved, repeated
//! or taken from another file does not open, and a file that was cut or never finished is refused
//! when it is opened.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};

use rand::Rng;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::key::{Key, SealError, decrypt, encrypt};

/// Starts every sealed file; the last byte is the version of the format.
const FORMAT: [u8; 8] = *b"GUICHET\x01";
const SALT_BYTES: usize = 32;
const HEADER_BYTES: u64 = 40;
const CHUNK_BYTES: usize = 65_536;
const TAG_BYTES: usize = 16;
const CHUNK_LENGTH: u64 = 65_536;
const TAG_LENGTH: u64 = 16;
const SEALED_CHUNK_LENGTH: u64 = CHUNK_LENGTH + TAG_LENGTH;

/// What both sides need to seal or open a chunk.
#[derive(Debug)]
struct Chunks {
    key: Key,
    file: Uuid,
}

impl Chunks {
    fn new(key: &Key, file: Uuid, salt: &[u8; SALT_BYTES]) -> Self {
        let key = key.derive_from(&[b"file/", file.as_bytes(), salt]);
        Self { key, file }
    }

    fn nonce(number: u64, last: bool) -> [u8; 24] {
        let mut nonce = [0; 24];
        let bytes = number.to_be_bytes().into_iter().chain([u8::from(last)]);
        for (target, byte) in nonce.iter_mut().zip(bytes) {
            *target = byte;
        }
        nonce
    }

    fn associated(&self, number: u64, last: bool) -> Vec<u8> {
        let mut data = b"guichet.file.1".to_vec();
        data.extend_from_slice(self.file.as_bytes());
        data.extend_from_slice(&number.to_be_bytes());
        data.push(u8::from(last));
        data
    }
}

/// Seals what is written to it. Call [`SealedWriter::finish`]: a file whose writer was dropped
/// without it is refused by every reader. Memory: one chunk.
#[derive(Debug)]
pub struct SealedWriter<W: Write> {
    out: W,
    chunks: Chunks,
    buffer: Zeroizing<Vec<u8>>,
    number: u64,
    failed: bool,
}

impl<W: Write> SealedWriter<W> {
    /// Starts a file and writes its header. `file_id` must be given again to read it.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn create(mut out: W, key: &Key, file_id: Uuid) -> io::Result<Self> {
        let mut salt = [0; SALT_BYTES];
        rand::rng().fill_bytes(&mut salt);
        out.write_all(&FORMAT)?;
        out.write_all(&salt)?;
        Ok(Self {
            out,
            chunks: Chunks::new(key, file_id, &salt),
            buffer: Zeroizing::new(Vec::with_capacity(CHUNK_BYTES + TAG_BYTES)),
            number: 0,
            failed: false,
        })
    }

    /// Seals the last chunk, flushes, and returns `out` with the length of the plaintext in bytes.
    /// Making the file durable (fsync) is left to the caller.
    ///
    /// # Errors
    /// Those of `out`; also when an earlier write failed.
    pub fn finish(mut self) -> io::Result<(W, u64)> {
        let rest = u64::try_from(self.buffer.len()).map_err(io::Error::other)?;
        let length = self.number * CHUNK_LENGTH + rest;
        self.seal_chunk(true)?;
        self.out.flush()?;
        Ok((self.out, length))
    }

    fn seal_chunk(&mut self, last: bool) -> io::Result<()> {
        if self.failed {
            return Err(io::Error::other(
                "an earlier write to this sealed file failed: write it again from the start",
            ));
        }
        // Cleared only when the chunk is written whole: half a chunk cannot be continued.
        self.failed = true;
        let nonce = Chunks::nonce(self.number, last);
        let associated = self.chunks.associated(self.number, last);
        let tag = encrypt(self.chunks.key.bytes(), nonce, &associated, &mut self.buffer)
            .map_err(io::Error::other)?;
        self.buffer.extend_from_slice(&tag);
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        self.number += 1;
        self.failed = false;
        Ok(())
    }
}

impl<W: Write> Write for SealedWriter<W> {
    /// Takes at least one byte of what is given; a chunk is sealed when the next byte after it
    /// comes, since only then it is known not to be the last.
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if data.is_empty() {
            return Ok(0);
        }
        if self.failed || self.buffer.len() >= CHUNK_BYTES {
            self.seal_chunk(false)?;
        }
        let room = CHUNK_BYTES.saturating_sub(self.buffer.len());
        let taken = data.get(..room).unwrap_or(data);
        self.buffer.extend_from_slice(taken);
        Ok(taken.len())
    }

    /// Flushes what is sealed; a chunk that is not full stays in memory.
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Reads a sealed file in plaintext positions. Reads and opens only the chunks that are asked for,
/// and one at opening. Memory: one chunk.
#[derive(Debug)]
pub struct SealedReader<R: Read + Seek> {
    input: R,
    chunks: Chunks,
    length: u64,
    chunk_count: u64,
    position: u64,
    /// The chunk that `buffer` holds.
    loaded: Option<u64>,
    buffer: Zeroizing<Vec<u8>>,
}

impl<R: Read + Seek> SealedReader<R> {
    /// Opens a file of this key and id, which must start at position 0 of `input`, and proves its
    /// last chunk: that it was finished and not cut.
    ///
    /// # Errors
    /// `InvalidData` when it is no sealed file, of an unknown format, unfinished, cut, altered, of
    /// another id or key; otherwise those of `input`.
    pub fn open(mut input: R, key: &Key, file_id: Uuid) -> io::Result<Self> {
        let total = input.seek(SeekFrom::End(0))?;
        let body = total.checked_sub(HEADER_BYTES).ok_or_else(cut)?;
        let chunk_count = body.div_ceil(SEALED_CHUNK_LENGTH);
        let before_last = chunk_count.checked_sub(1).ok_or_else(cut)? * SEALED_CHUNK_LENGTH;
        let last = body.saturating_sub(before_last);
        // Only the one chunk of an empty file holds nothing but its tag.
        if last < TAG_LENGTH || (last == TAG_LENGTH && chunk_count > 1) {
            return Err(cut());
        }
        let (mut format, mut salt) = ([0; 8], [0; SALT_BYTES]);
        input.seek(SeekFrom::Start(0))?;
        input.read_exact(&mut format)?;
        input.read_exact(&mut salt)?;
        if format != FORMAT {
            return Err(invalid(
                "this is no sealed file, or a newer version of the server wrote it",
            ));
        }
        let mut reader = Self {
            input,
            chunks: Chunks::new(key, file_id, &salt),
            length: body - chunk_count * TAG_LENGTH,
            chunk_count,
            position: 0,
            loaded: None,
            buffer: Zeroizing::new(Vec::with_capacity(CHUNK_BYTES + TAG_BYTES)),
        };
        reader.load(chunk_count - 1)?;
        Ok(reader)
    }

    /// The length of the plaintext in bytes, proved by the last chunk.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.length
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    fn load(&mut self, number: u64) -> io::Result<()> {
        if self.loaded == Some(number) {
            return Ok(());
        }
        self.loaded = None;
        self.buffer.clear();
        let start = HEADER_BYTES + number * SEALED_CHUNK_LENGTH;
        self.input.seek(SeekFrom::Start(start))?;
        let chunk = self.input.by_ref().take(SEALED_CHUNK_LENGTH);
        read_into(chunk, &mut self.buffer)?;
        let tag = *self.buffer.last_chunk::<TAG_BYTES>().ok_or_else(cut)?;
        let body = self.buffer.len().saturating_sub(TAG_BYTES);
        self.buffer.truncate(body);
        let last = number + 1 == self.chunk_count;
        let nonce = Chunks::nonce(number, last);
        let associated = self.chunks.associated(number, last);
        decrypt(self.chunks.key.bytes(), nonce, &associated, &mut self.buffer, tag).map_err(
            |error| {
                self.buffer.clear();
                damaged(error)
            },
        )?;
        self.loaded = Some(number);
        Ok(())
    }
}

impl<R: Read + Seek> Read for SealedReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.length || out.is_empty() {
            return Ok(0);
        }
        self.load(self.position / CHUNK_LENGTH)?;
        let within = usize::try_from(self.position % CHUNK_LENGTH).map_err(io::Error::other)?;
        let mut rest = self.buffer.get(within..).unwrap_or_default();
        let count = rest.read(out)?;
        if count == 0 {
            return Err(cut());
        }
        self.position += u64::try_from(count).map_err(io::Error::other)?;
        Ok(count)
    }
}

impl<R: Read + Seek> Seek for SealedReader<R> {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let position = match target {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or_else(|| {
            io::Error::new(ErrorKind::InvalidInput, "the place asked for is outside of every file")
        })?;
        Ok(self.position)
    }
}

/// Reads to the end without letting the buffer grow beyond the one chunk it was made for.
fn read_into(mut input: impl Read, buffer: &mut Vec<u8>) -> io::Result<()> {
    buffer.resize(CHUNK_BYTES + TAG_BYTES, 0);
    let mut filled = 0;
    while let Some(space) = buffer.get_mut(filled..).filter(|space| !space.is_empty()) {
        match input.read(space) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    buffer.truncate(filled);
    Ok(())
}

fn invalid(message: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, message)
}

fn cut() -> io::Error {
    invalid("this sealed file is cut short or was never finished: make or restore it again")
}

fn damaged(_: SealError) -> io::Error {
    invalid(
        "this sealed file does not open: it was cut, altered, never finished, or belongs to \
         another case",
    )
}

#[cfg(test)]
mod tests;
