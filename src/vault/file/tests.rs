//! Sealed files: round trips at the borders of chunks, random places, and every kind of damage.

use std::io::{Cursor, ErrorKind, Read, Seek, SeekFrom, Write};

use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
use uuid::Uuid;

use super::{CHUNK_BYTES, CHUNK_LENGTH, SealedReader, SealedWriter};
use crate::vault::key::Key;

const FILE: Uuid = Uuid::from_u128(42);
const HEADER: usize = 40;
const SEALED_CHUNK: usize = CHUNK_BYTES + 16;

fn key() -> Key {
    Key::from_bytes([5; 32])
}

fn content(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}

fn seal(file: Uuid, plaintext: &[u8]) -> Vec<u8> {
    let mut writer = SealedWriter::create(Vec::new(), &key(), file).unwrap();
    writer.write_all(plaintext).unwrap();
    let (sealed, length) = writer.finish().unwrap();
    assert_eq!(usize::try_from(length), Ok(plaintext.len()));
    sealed
}

/// The plaintext, or the kind of the first error.
fn open(file: Uuid, sealed: &[u8]) -> Result<Vec<u8>, ErrorKind> {
    let mut reader =
        SealedReader::open(Cursor::new(sealed), &key(), file).map_err(|error| error.kind())?;
    let mut plaintext = Vec::new();
    reader.read_to_end(&mut plaintext).map_err(|error| error.kind())?;
    assert_eq!(usize::try_from(reader.len()), Ok(plaintext.len()));
    Ok(plaintext)
}

#[test]
fn files_of_every_size_around_a_border_come_back() {
    for chunks in 0..3 {
        for around in [-1, 0, 1, 17] {
            let Some(length) = (chunks * CHUNK_BYTES).checked_add_signed(around) else {
                continue;
            };
            let sealed = seal(FILE, &content(length));
            assert_eq!(open(FILE, &sealed), Ok(content(length)), "{length} bytes");
            let count = length.div_ceil(CHUNK_BYTES).max(1);
            assert_eq!(sealed.len(), HEADER + length + 16 * count);
        }
    }
}

#[test]
fn what_is_sealed_shows_nothing_and_differs_each_time() {
    let (one, two) = (seal(FILE, &[b'a'; 500]), seal(FILE, &[b'a'; 500]));
    assert!(!one.windows(8).any(|part| part == b"aaaaaaaa"));
    assert_ne!(one[HEADER..], two[HEADER..]);
}

#[test]
fn every_flipped_bit_and_every_cut_of_a_small_file_is_detected() {
    let sealed = seal(FILE, b"Alice Martin, 12 rue des Lilas");
    for at in 0..sealed.len() {
        for bit in 0..8 {
            let mut altered = sealed.clone();
            altered[at] ^= 1 << bit;
            assert_eq!(open(FILE, &altered), Err(ErrorKind::InvalidData));
        }
        assert_eq!(open(FILE, &sealed[..at]), Err(ErrorKind::InvalidData));
    }
    let longer = [sealed.as_slice(), &[0]].concat();
    assert_eq!(open(FILE, &longer), Err(ErrorKind::InvalidData));
}

#[test]
fn cuts_around_the_borders_of_chunks_are_detected() {
    let sealed = seal(FILE, &content(2 * CHUNK_BYTES + 100));
    for border in [HEADER, HEADER + SEALED_CHUNK, HEADER + 2 * SEALED_CHUNK] {
        for at in border.saturating_sub(20)..(border + 20) {
            assert_eq!(open(FILE, &sealed[..at]), Err(ErrorKind::InvalidData), "{at}");
        }
    }
    // A file whose last chunk is full, cut to its first chunk.
    let sealed = seal(FILE, &content(2 * CHUNK_BYTES));
    let cut = &sealed[..HEADER + SEALED_CHUNK];
    assert_eq!(open(FILE, cut), Err(ErrorKind::InvalidData));
}

#[test]
fn chunks_that_moved_or_came_from_elsewhere_are_detected() {
    let plaintext = content(3 * CHUNK_BYTES);
    let (one, two) = (seal(FILE, &plaintext), seal(FILE, &plaintext));
    let chunk = |number: usize| {
        let start = HEADER + number * SEALED_CHUNK;
        start..start + SEALED_CHUNK
    };
    let mut swapped = one.clone();
    swapped[chunk(0)].copy_from_slice(&one[chunk(1)]);
    swapped[chunk(1)].copy_from_slice(&one[chunk(0)]);
    let mut repeated = one.clone();
    repeated[chunk(1)].copy_from_slice(&one[chunk(0)]);
    // Same key, same id, same content, another file.
    let mut foreign = one.clone();
    foreign[chunk(1)].copy_from_slice(&two[chunk(1)]);
    let mut dropped = one.clone();
    dropped.drain(chunk(1));
    let mut header = one.clone();
    header[..HEADER].copy_from_slice(&two[..HEADER]);
    for altered in [swapped, repeated, foreign, dropped, header] {
        assert_eq!(open(FILE, &altered), Err(ErrorKind::InvalidData));
    }
    assert_eq!(open(FILE, &one), Ok(plaintext));
}

#[test]
fn another_id_or_key_does_not_open() {
    let sealed = seal(FILE, b"Alice");
    assert_eq!(open(Uuid::from_u128(43), &sealed), Err(ErrorKind::InvalidData));
    let other = Key::from_bytes([6; 32]);
    let error = SealedReader::open(Cursor::new(&sealed), &other, FILE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData);
}

#[test]
fn a_file_that_was_not_finished_is_refused() {
    for length in [0, 10, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES] {
        let mut out = Vec::new();
        let mut writer = SealedWriter::create(&mut out, &key(), FILE).unwrap();
        writer.write_all(&content(length)).unwrap();
        writer.flush().unwrap();
        drop(writer);
        assert_eq!(open(FILE, &out), Err(ErrorKind::InvalidData), "{length}");
    }
}

/// Takes so many bytes, then says that the disk is full.
struct Disk(usize);

impl Write for Disk {
    fn write(&mut self, data: &[u8]) -> std::io::Result<usize> {
        if self.0 == 0 {
            return Err(ErrorKind::StorageFull.into());
        }
        let taken = data.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_failed_stays_failed() {
    let mut writer = SealedWriter::create(Disk(1000), &key(), FILE).unwrap();
    let error = writer.write_all(&content(2 * CHUNK_BYTES)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageFull);
    assert!(writer.write_all(b"more").is_err());
    assert!(writer.finish().is_err());
}

/// Counts what is read from the file below.
struct Counting<'a>(Cursor<&'a [u8]>, &'a std::cell::Cell<usize>);

impl Read for Counting<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(out)?;
        self.1.set(self.1.get() + count);
        Ok(count)
    }
}

impl Seek for Counting<'_> {
    fn seek(&mut self, target: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(target)
    }
}

#[test]
fn reading_a_place_touches_its_chunks_only() {
    let sealed = seal(FILE, &content(20 * CHUNK_BYTES));
    let read = std::cell::Cell::new(0);
    let input = Counting(Cursor::new(&sealed), &read);
    let mut reader = SealedReader::open(input, &key(), FILE).unwrap();
    assert_eq!(read.get(), HEADER + SEALED_CHUNK);
    reader.seek(SeekFrom::Start(7 * CHUNK_LENGTH + 5)).unwrap();
    let mut out = [0; 10];
    reader.read_exact(&mut out).unwrap();
    reader.read_exact(&mut out).unwrap();
    assert_eq!(read.get(), HEADER + 2 * SEALED_CHUNK);
    assert_eq!(out, content(20 * CHUNK_BYTES)[7 * CHUNK_BYTES + 15..][..10]);
}

#[test]
fn seeking_follows_the_rules_of_files() {
    let sealed = seal(FILE, b"0123456789");
    let mut reader = SealedReader::open(Cursor::new(&sealed), &key(), FILE).unwrap();
    assert_eq!(reader.seek(SeekFrom::End(-3)).unwrap(), 7);
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "789");
    assert_eq!(reader.seek(SeekFrom::Current(-4)).unwrap(), 6);
    assert_eq!(reader.seek(SeekFrom::Start(99)).unwrap(), 99);
    assert_eq!(reader.read(&mut [0; 4]).unwrap(), 0);
    let error = reader.seek(SeekFrom::End(-11)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let empty = seal(FILE, b"");
    let reader = SealedReader::open(Cursor::new(&empty), &key(), FILE).unwrap();
    assert!(reader.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_range_equals_the_slice(
        pieces in proptest::collection::vec(0_usize..90_000, 0..4),
        ranges in proptest::collection::vec((any::<u64>(), 0_usize..100_000), 1..5),
    ) {
        let plaintext = content(pieces.iter().sum());
        let mut writer = SealedWriter::create(Vec::new(), &key(), FILE).unwrap();
        let mut rest = plaintext.as_slice();
        for piece in pieces {
            let (now, later) = rest.split_at(piece);
            writer.write_all(now).unwrap();
            rest = later;
        }
        let (sealed, _) = writer.finish().unwrap();
        let mut reader = SealedReader::open(Cursor::new(&sealed), &key(), FILE).unwrap();
        for (start, length) in ranges {
            reader.seek(SeekFrom::Start(start % (reader.len() + 1))).unwrap();
            let start = usize::try_from(reader.stream_position().unwrap()).unwrap();
            let length = length.min(plaintext.len() - start);
            let mut out = vec![0; length];
            reader.read_exact(&mut out).unwrap();
            prop_assert_eq!(&out, &plaintext[start..start + length]);
        }
    }
}
