//! A ZIP read so strictly that no two tools can read it differently (APPNOTE.TXT 6.3.10 §4.3): its
//! files, their list and the end record follow each other without a byte that belongs to none.

use std::collections::BTreeMap;
use std::io::Read;

use anyhow::{Context, bail, ensure};
use flate2::Crc;
use flate2::bufread::DeflateDecoder;

/// The longest file in it, and all of them together: a case file holds no data of systems.
pub const LONGEST_BYTES: u64 = 64 * 1024 * 1024;
pub const ALL_BYTES: u64 = 256 * 1024 * 1024;
pub const MOST_FILES: usize = 10_000;

const FILE: [u8; 4] = *b"PK\x03\x04";
const LISTED: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";
const END_BYTES: usize = 22;

/// What stands in place of a size that is given with 64 bits.
const ELSEWHERE: u32 = u32::MAX;
/// The sizes follow the data (bit 3); the name is UTF-8 (bit 11). Encryption and patches have others.
const SIZES_BEHIND: u16 = 1 << 3;
const UTF8: u16 = 1 << 11;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Reads the files by name. One whose content does not open is as if it were empty: the signed list
/// then names it as changed.
///
/// # Errors
/// With what was found, when it is no ZIP, is too large, or holds anything that its list does not
/// name or that two tools could read in two ways.
pub fn read(whole: &[u8]) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let listed = list(whole)?;
    let mut names: Vec<&str> = listed.iter().map(|it| it.name.as_str()).collect();
    names.sort_unstable();
    if let Some([name, _]) = names.array_windows().find(|[one, next]| one == next) {
        bail!("two files are named {name:?}");
    }
    let mut left = ALL_BYTES;
    let mut files = BTreeMap::new();
    for file in &listed {
        let content = content(file)?;
        left = left.saturating_sub(u64::try_from(content.len())?);
        ensure!(left > 0, "it is too large for a case file");
        files.insert(file.name.clone(), content);
    }
    Ok(files)
}

/// A file as the list has it, with its bytes as they stand in the ZIP.
struct Listed<'a> {
    name: String,
    /// Version needed, flags, method, time and date, as both headers give them.
    shared: &'a [u8],
    flags: u16,
    method: u16,
    crc: u32,
    /// Both sizes as the header of 32 bits has them, and as they are.
    packed_field: u32,
    size_field: u32,
    packed: u64,
    size: u64,
    /// Whether its sizes have 64 bits.
    is_large: bool,
    offset: usize,
    data: &'a [u8],
}

/// The files in the order in which they stand, each placed.
fn list(whole: &[u8]) -> anyhow::Result<Vec<Listed<'_>>> {
    let Some((front, end)) = whole.split_last_chunk::<END_BYTES>() else {
        bail!("it is no ZIP: it is too short");
    };
    let mut end = Bytes(end);
    ensure!(end.take(4)? == END, "it does not end with the end record of a ZIP");
    let disks = (end.u16()?, end.u16()?);
    let counts = (end.u16()?, end.u16()?);
    let (length, start) = (usize::try_from(end.u32()?)?, usize::try_from(end.u32()?)?);
    ensure!(end.u16()? == 0, "a comment is announced behind its end");
    ensure!(disks == (0, 0) && counts.0 == counts.1, "its end record speaks of other volumes");
    let files = usize::from(counts.0);
    ensure!(files <= MOST_FILES, "it holds too many files, or counts them with 64 bits");
    let fits = start.checked_add(length) == Some(front.len());
    ensure!(fits, "something stands between its list and its end record, or before its first file");
    let (bodies, directory) = front.split_at_checked(start).context("its list is cut off")?;
    let mut directory = Bytes(directory);
    let mut listed = Vec::with_capacity(files);
    for _ in 0..files {
        listed.push(entry(&mut directory)?);
    }
    ensure!(directory.0.is_empty(), "its list holds more than the files it counts");
    listed.sort_by_key(|file| file.offset);
    let mut rest = Bytes(bodies);
    for file in &mut listed {
        let at = bodies.len() - rest.0.len();
        let (name, offset) = (&file.name, file.offset);
        ensure!(offset >= at, "{name:?} overlaps the file before it");
        ensure!(offset == at, "bytes {at} to {offset}, before {name:?}, belong to no file");
        place(file, &mut rest).with_context(|| format!("at {:?}", file.name))?;
    }
    let at = bodies.len() - rest.0.len();
    ensure!(rest.0.is_empty(), "bytes {at} to {start}, behind the last file, belong to no file");
    Ok(listed)
}

/// One entry of the list (§4.3.12).
/// Of what kind a file is for Unix, and a plain one (stat(2)).
const FILE_KIND: u32 = 0o170_000;
const PLAIN_FILE: u32 = 0o100_000;

fn entry<'a>(directory: &mut Bytes<'a>) -> anyhow::Result<Listed<'a>> {
    ensure!(directory.take(4)? == LISTED, "its list holds something that is no file");
    directory.take(2)?;
    let shared = directory.take(10)?;
    let mut fields = Bytes(shared);
    fields.take(2)?;
    let (flags, method) = (fields.u16()?, fields.u16()?);
    let crc = directory.u32()?;
    let (packed_field, size_field) = (directory.u32()?, directory.u32()?);
    let lengths = [directory.u16()?, directory.u16()?, directory.u16()?];
    let disk = directory.u16()?;
    directory.take(2)?;
    let kind = directory.u32()? >> 16 & FILE_KIND;
    let offset = usize::try_from(directory.u32()?)?;
    let [name, extra, comment] = lengths.map(usize::from);
    let name = std::str::from_utf8(directory.take(name)?).context("a name is no UTF-8")?.to_owned();
    let mut extra = Bytes(directory.take(extra)?);
    ensure!(kind == 0 || kind == PLAIN_FILE, "{name:?} is a link, or another thing than a file");
    ensure!(comment == 0, "{name:?} has a comment");
    ensure!(disk == 0, "{name:?} stands on another volume");
    ensure!(!name.contains('\0'), "{name:?} has a NUL in its name");
    ensure!(name.is_ascii() || flags & UTF8 != 0, "{name:?} does not say how its name is written");
    ensure!(flags & !(SIZES_BEHIND | UTF8) == 0, "{name:?} is encrypted, or of an unknown kind");
    ensure!(method == STORED || method == DEFLATED, "{name:?} is compressed in an unknown way");
    let is_large = packed_field == ELSEWHERE && size_field == ELSEWHERE;
    let (packed, size) = if is_large {
        let (size, packed) = sizes(&mut extra).with_context(|| format!("at {name:?}"))?;
        (packed, size)
    } else {
        (u64::from(packed_field), u64::from(size_field))
    };
    ensure!(extra.0.is_empty(), "{name:?} has extra fields");
    let (data, shown) = ([].as_slice(), name);
    Ok(Listed {
        name: shown,
        shared,
        flags,
        method,
        crc,
        packed_field,
        size_field,
        packed,
        size,
        is_large,
        offset,
        data,
    })
}

/// The sizes of the field for 64 bits (§4.5.3): not compressed, and compressed.
fn sizes(extra: &mut Bytes<'_>) -> anyhow::Result<(u64, u64)> {
    let kind = (extra.u16()?, extra.u16()?);
    ensure!(kind == (1, 16), "the field with its sizes is of another kind");
    Ok((extra.u64()?, extra.u64()?))
}

/// Reads the header of a file (§4.3.7), its data, and the sizes behind it (§4.3.9), each of which
/// must say what the list says.
fn place<'a>(file: &mut Listed<'a>, rest: &mut Bytes<'a>) -> anyhow::Result<()> {
    let differs = "its own header differs from the list";
    ensure!(rest.take(4)? == FILE, "no file begins there");
    ensure!(rest.take(10)? == file.shared, differs);
    let given = (rest.u32()?, rest.u32()?, rest.u32()?);
    let (name, extra) = (usize::from(rest.u16()?), usize::from(rest.u16()?));
    ensure!(rest.take(name)? == file.name.as_bytes(), "its own header names it otherwise");
    let mut extra = Bytes(rest.take(extra)?);
    let is_behind = file.flags & SIZES_BEHIND != 0;
    let expected =
        if is_behind { (0, 0, 0) } else { (file.crc, file.packed_field, file.size_field) };
    ensure!(given == expected, differs);
    if file.is_large {
        let expected = if is_behind { (0, 0) } else { (file.size, file.packed) };
        ensure!(sizes(&mut extra)? == expected, differs);
    }
    ensure!(extra.0.is_empty(), "its own header has extra fields");
    file.data = rest.take(usize::try_from(file.packed)?)?;
    if is_behind {
        ensure!(rest.take(4)? == DESCRIPTOR && rest.u32()? == file.crc, differs);
        let behind = if file.is_large {
            (rest.u64()?, rest.u64()?)
        } else {
            (u64::from(rest.u32()?), u64::from(rest.u32()?))
        };
        ensure!(behind == (file.packed, file.size), differs);
    }
    Ok(())
}

/// The content; nothing where it does not open or is not what the list says.
fn content(file: &Listed<'_>) -> anyhow::Result<Vec<u8>> {
    let name = &file.name;
    let mut bytes = Vec::new();
    if file.method == STORED {
        ensure!(file.packed == file.size, "{name:?} has more data than content");
        bytes.extend_from_slice(file.data);
    } else {
        let mut decoder = DeflateDecoder::new(file.data);
        let inflated = decoder.by_ref().take(LONGEST_BYTES + 1).read_to_end(&mut bytes);
        if inflated.is_err() {
            return Ok(Vec::new());
        }
        ensure!(u64::try_from(bytes.len())? <= LONGEST_BYTES, "{name:?} is too large");
        ensure!(decoder.total_in() == file.packed, "something stands behind the data of {name:?}");
    }
    let mut crc = Crc::new();
    crc.update(&bytes);
    let is_listed = crc.sum() == file.crc && u64::try_from(bytes.len())? == file.size;
    Ok(if is_listed { bytes } else { Vec::new() })
}

/// What is still to be read; numbers begin with their lowest byte.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, length: usize) -> anyhow::Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).context("it is cut off")?;
        self.0 = rest;
        Ok(taken)
    }

    fn number<const LENGTH: usize>(&mut self) -> anyhow::Result<[u8; LENGTH]> {
        Ok(self.take(LENGTH)?.try_into()?)
    }

    fn u16(&mut self) -> anyhow::Result<u16> {
        self.number().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> anyhow::Result<u32> {
        self.number().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> anyhow::Result<u64> {
        self.number().map(u64::from_le_bytes)
    }
}

#[cfg(test)]
mod tests;
