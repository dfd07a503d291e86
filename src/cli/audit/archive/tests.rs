//! Forged ZIPs: whatever one tool would show and another not is refused by what it is.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::read;

/// Text that deflate makes shorter.
const WORDS: &[u8] = b"The letter says the letter says the letter says the letter says.";

/// Two files, written with sizes in front, or as a stream with sizes behind.
fn made(is_stream: bool, is_large: bool) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .large_file(is_large);
    if is_stream {
        let mut zip = ZipWriter::new_stream(Vec::new());
        for name in ["a.txt", "b.txt"] {
            zip.start_file(name, options).unwrap();
            zip.write_all(WORDS).unwrap();
        }
        return zip.finish().unwrap().into_inner();
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["a.txt", "b.txt"] {
        zip.start_file(name, options).unwrap();
        zip.write_all(WORDS).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Where the nth piece with this signature stands.
fn nth(bytes: &[u8], signature: &[u8], number: usize) -> usize {
    let found = bytes.windows(4).enumerate().filter(|(_, it)| *it == signature);
    found.map(|(at, _)| at).nth(number).unwrap()
}

fn own(bytes: &[u8], number: usize) -> usize {
    nth(bytes, b"PK\x03\x04", number)
}

fn listed(bytes: &[u8], number: usize) -> usize {
    nth(bytes, b"PK\x01\x02", number)
}

fn end(bytes: &[u8]) -> usize {
    nth(bytes, b"PK\x05\x06", 0)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn add(bytes: &mut [u8], at: usize, more: usize) {
    let sum = number(bytes, at) + u32::try_from(more).unwrap();
    bytes[at..at + 4].copy_from_slice(&sum.to_le_bytes());
}

/// Puts bytes in, and lets every offset behind point to where its target stands now, as a forger
/// would who wants each tool to open it.
fn inserted(mut bytes: Vec<u8>, at: usize, junk: &[u8]) -> Vec<u8> {
    for one in 0..2 {
        let field = listed(&bytes, one) + 42;
        if usize::try_from(number(&bytes, field)).unwrap() >= at {
            add(&mut bytes, field, junk.len());
        }
    }
    let list = end(&bytes) + 16;
    if usize::try_from(number(&bytes, list)).unwrap() >= at {
        add(&mut bytes, list, junk.len());
    }
    bytes.splice(at..at, junk.iter().copied());
    bytes
}

fn told(bytes: &[u8]) -> String {
    read(bytes).map_or_else(|error| format!("{error:#}"), |files| format!("{:?}", files.keys()))
}

#[test]
fn what_this_and_other_writers_make_is_read() {
    for (is_stream, is_large) in [(true, false), (true, true), (false, false), (false, true)] {
        let files = read(&made(is_stream, is_large)).unwrap();
        assert_eq!(files.len(), 2, "{is_stream} {is_large}");
        assert!(files.values().all(|content| content == WORDS), "{is_stream} {is_large}");
    }
}

/// What is done to a ZIP, and what is said of it.
type Case = (&'static str, fn(Vec<u8>) -> Vec<u8>, &'static str);

const FORGED: [Case; 23] = [
    ("before the first file", |zip| inserted(zip, 0, b"junk"), "bytes 0 to 4, before \"a.txt\""),
    ("before it, offsets as they were", |zip| [b"junk", &zip[..]].concat(), "between its list"),
    (
        "between two files",
        |zip| {
            let at = own(&zip, 1);
            inserted(zip, at, b"junk")
        },
        "before \"b.txt\", belong to no file",
    ),
    (
        "a whole file that is not listed",
        |zip| {
            let (at, other) = (listed(&zip, 0), zip[..own(&zip, 1)].to_vec());
            inserted(zip, at, &other)
        },
        "behind the last file",
    ),
    (
        "between the list and the end record",
        |zip| {
            let at = end(&zip);
            inserted(zip, at, b"junk")
        },
        "between its list and its end record",
    ),
    (
        "within the list",
        |mut zip| {
            let at = end(&zip);
            add(&mut zip, at + 12, 4);
            inserted(zip, at, b"junk")
        },
        "more than the files it counts",
    ),
    ("behind the end", |zip| [&zip[..], b"junk"].concat(), "does not end with the end record"),
    (
        "behind the end, as a comment",
        |mut zip| {
            let at = zip.len() - 2;
            zip[at] = 22;
            let second = zip[end(&zip)..].to_vec();
            [zip, second].concat()
        },
        "a comment is announced",
    ),
    (
        "two of one name",
        |mut zip| {
            for at in [own(&zip, 1) + 30, listed(&zip, 1) + 46] {
                zip[at] = b'a';
            }
            zip
        },
        "two files are named \"a.txt\"",
    ),
    (
        "two entries of one file",
        |mut zip| {
            let at = listed(&zip, 1) + 42;
            zip[at..at + 4].copy_from_slice(&[0; 4]);
            zip
        },
        "\"b.txt\" overlaps the file before it",
    ),
    (
        "another name in its own header",
        |mut zip| {
            let at = own(&zip, 0) + 30;
            zip[at] = b'c';
            zip
        },
        "names it otherwise",
    ),
    (
        "another date in its own header",
        |mut zip| {
            let at = own(&zip, 0) + 12;
            zip[at] ^= 1;
            zip
        },
        "differs from the list",
    ),
    (
        "another size in its own header",
        |mut zip| {
            let at = own(&zip, 0) + 22;
            add(&mut zip, at, 1);
            zip
        },
        "differs from the list",
    ),
    (
        "another way to compress",
        |mut zip| {
            for at in [own(&zip, 0) + 8, listed(&zip, 0) + 10] {
                zip[at] = 12;
            }
            zip
        },
        "compressed in an unknown way",
    ),
    (
        "encrypted",
        |mut zip| {
            for at in [own(&zip, 0) + 6, listed(&zip, 0) + 8] {
                zip[at] |= 1;
            }
            zip
        },
        "is encrypted",
    ),
    (
        "behind the data of a file",
        |mut zip| {
            let (at, file) = (own(&zip, 1), listed(&zip, 0));
            add(&mut zip, file + 20, 4);
            let own = own(&zip, 0) + 18;
            add(&mut zip, own, 4);
            inserted(zip, at, b"junk")
        },
        "behind the data of \"a.txt\"",
    ),
    (
        "an extra field of its own header",
        |mut zip| {
            let own = own(&zip, 0);
            zip[own + 28] = 4;
            inserted(zip, own + 35, b"UT\0\0")
        },
        "its own header has extra fields",
    ),
    (
        "sizes of 64 bits that are not there",
        |mut zip| {
            let at = listed(&zip, 0);
            zip[at + 20..at + 28].copy_from_slice(&[0xff; 8]);
            zip
        },
        "cut off",
    ),
    (
        "counted with 64 bits",
        |mut zip| {
            let at = end(&zip);
            zip[at + 8..at + 12].copy_from_slice(&[0xff; 4]);
            zip
        },
        "too many files",
    ),
    (
        "another volume",
        |mut zip| {
            let at = end(&zip);
            zip[at + 4] = 1;
            zip
        },
        "other volumes",
    ),
    (
        "fewer counted than listed",
        |mut zip| {
            let at = end(&zip);
            (zip[at + 8], zip[at + 10]) = (1, 1);
            zip
        },
        "more than the files it counts",
    ),
    (
        "a comment of a file",
        |mut zip| {
            let (at, end) = (listed(&zip, 1), end(&zip));
            zip[at + 32] = 4;
            add(&mut zip, end + 12, 4);
            inserted(zip, end, b"junk")
        },
        "has a comment",
    ),
    (
        "a link in the place of a file",
        |mut zip| {
            let at = listed(&zip, 1) + 38;
            zip[at..at + 4].copy_from_slice(&(0o120_777_u32 << 16).to_le_bytes());
            zip
        },
        "is a link",
    ),
];

#[test]
fn whatever_stands_beside_the_listed_files_is_named() {
    for (name, forge, expected) in FORGED {
        let told = told(&forge(made(false, false)));
        assert!(told.contains(expected), "{name}: {told}");
    }
    let behind = made(true, false);
    let at = nth(&behind, b"PK\x07\x08", 0);
    for (field, name) in [(4, "checksum"), (8, "packed size"), (12, "size")] {
        let mut forged = behind.clone();
        forged[at + field] ^= 1;
        assert!(told(&forged).contains("differs from the list"), "{name}: {}", told(&forged));
    }
    let large = made(true, true);
    let mut forged = large.clone();
    let at = listed(&large, 0) + 46 + "a.txt".len() + 4;
    forged[at] ^= 1;
    assert!(told(&forged).contains("differs from the list"), "{}", told(&forged));
}

#[test]
fn content_that_does_not_open_is_empty_and_no_length_breaks_the_reader() {
    let whole = made(false, false);
    let mut altered = whole.clone();
    let (own, list) = (own(&whole, 0), listed(&whole, 0));
    for at in [own + 14, list + 16] {
        altered[at] ^= 1;
    }
    assert_eq!(read(&altered).unwrap()["a.txt"], b"", "the checksum does not hold");
    for length in 0..whole.len() {
        assert!(read(&whole[..length]).is_err(), "cut at {length}");
    }
}
