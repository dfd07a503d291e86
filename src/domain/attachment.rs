//! What a person may attach to a message: how much, and which kinds, told by the content and not by
//! the name alone (OWASP ASVS 5.2.2).

pub mod content;

/// How many files one message may carry.
pub const MOST_A_MESSAGE: usize = 5;

/// How long one file may be, in bytes.
pub const LONGEST_BYTES: u64 = 10 << 20;

/// How many files a case takes, and how many bytes in all.
pub const MOST_OF_CASE: usize = 50;
pub const LONGEST_OF_CASE_BYTES: u64 = 100 << 20;

/// How many bytes tell what a file is.
pub const HEAD_BYTES: usize = 512;

/// How long a name may be, in characters.
const LONGEST_NAME: usize = 120;

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct AttachmentError {
    pub code: &'static str,
}

/// How the content of a kind begins.
#[derive(Clone, Copy)]
enum Beginning {
    /// These bytes.
    Bytes(&'static [u8]),
    /// A RIFF container of WebP pictures (RFC 9649 §2.4).
    WebP,
    /// An ISO base media file whose brands are those of HEIC (ISO/IEC 23008-12 §10).
    Heic,
    /// A ZIP that names itself as an OpenDocument file.
    OpenDocument,
    /// A ZIP whose parts say what it is, at its end.
    Office(Kind),
    Text,
}

/// What of a file remains to be looked at when its beginning is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Its beginning tells all.
    Told,
    Text,
    /// A document of a word processor, and a spreadsheet (ECMA-376).
    Word,
    Sheet,
}

/// The kinds that are taken, by the ending of the name. A document of an office is taken as it is,
/// and opened nowhere here.
const KINDS: [(&str, Beginning); 13] = [
    ("pdf", Beginning::Bytes(b"%PDF-")),
    ("png", Beginning::Bytes(b"\x89PNG\r\n\x1a\n")),
    ("jpg", Beginning::Bytes(b"\xff\xd8\xff")),
    ("jpeg", Beginning::Bytes(b"\xff\xd8\xff")),
    ("webp", Beginning::WebP),
    ("heic", Beginning::Heic),
    ("txt", Beginning::Text),
    ("csv", Beginning::Text),
    ("docx", Beginning::Office(Kind::Word)),
    ("xlsx", Beginning::Office(Kind::Sheet)),
    ("odt", Beginning::OpenDocument),
    ("ods", Beginning::OpenDocument),
    ("odp", Beginning::OpenDocument),
];

/// Checks that a file is of a kind that is taken, by its name and by how its content begins: the
/// first [`HEAD_BYTES`], or all of it. Says what remains to be looked at.
///
/// # Errors
/// When the kind is not taken, or the content is another.
pub fn check(name: &str, head: &[u8]) -> Result<Kind, AttachmentError> {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    let Some((_, beginning)) = KINDS.iter().find(|(kind, _)| *kind == ending) else {
        return Err(AttachmentError { code: "attachment-kind" });
    };
    let begins = |at: usize, bytes: &[u8]| head.get(at..).is_some_and(|it| it.starts_with(bytes));
    let (fits, kind) = match beginning {
        Beginning::Bytes(bytes) => (begins(0, bytes), Kind::Told),
        Beginning::WebP => {
            let frames: [&[u8]; 3] = [b"VP8 ", b"VP8L", b"VP8X"];
            let is_frame = frames.iter().any(|frame| begins(12, frame));
            (begins(0, b"RIFF") && begins(8, b"WEBP") && is_frame, Kind::Told)
        }
        Beginning::Heic => (is_heic(head), Kind::Told),
        Beginning::OpenDocument => {
            let named = begins(30, b"mimetypeapplication/vnd.oasis.opendocument.");
            (begins(0, b"PK\x03\x04") && named, Kind::Told)
        }
        Beginning::Office(kind) => (begins(0, b"PK\x03\x04"), *kind),
        Beginning::Text => (is_text(head), Kind::Text),
    };
    if fits { Ok(kind) } else { Err(AttachmentError { code: "attachment-content" }) }
}

/// Pictures coded by HEVC: a brand of their own, or the brand of all such containers with one of
/// theirs among those that it agrees with. A film of the same family has other brands.
fn is_heic(head: &[u8]) -> bool {
    const OWN: [&[u8]; 6] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"];
    const SHARED: [&[u8]; 2] = [b"mif1", b"msf1"];
    let Some((size, rest)) = head.split_at_checked(4) else { return false };
    let size: [u8; 4] = size.try_into().unwrap_or_default();
    let size = usize::try_from(u32::from_be_bytes(size)).unwrap_or(usize::MAX);
    let Some(rest) = rest.strip_prefix(b"ftyp") else { return false };
    let brands = rest.get(..size.saturating_sub(8)).unwrap_or(rest);
    let major = brands.get(..4).unwrap_or_default();
    let mut agreed = brands.get(8..).unwrap_or_default().chunks_exact(4);
    OWN.contains(&major) || (SHARED.contains(&major) && agreed.any(|brand| OWN.contains(&brand)))
}

/// Text has no control characters but line ends and tabs, and begins like no markup: HTML, SVG and
/// XML are no text here, whatever their name says. What comes after is looked at as it comes.
fn is_text(head: &[u8]) -> bool {
    let printable = |byte: &u8| *byte >= 0x20 || matches!(*byte, b'\t' | b'\n' | b'\r' | 0x0c);
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
    head.iter().all(printable) && first.is_none_or(|first| *first != b'<')
}

/// A name as it is kept and shown: no folders, nothing that cannot be seen, not too long.
#[must_use]
pub fn tidy_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
            && !matches!(c, '\u{2060}'..='\u{2069}' | '\u{feff}' | '"')
            && !matches!(c, '\u{ad}' | '\u{61c}')
    };
    let name: String = last.chars().filter(seen).collect();
    let name = name.trim().trim_start_matches('.');
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let ending: String = ending.chars().take(10).collect();
    let stem: String =
        stem.trim().chars().take(LONGEST_NAME - 1 - ending.chars().count()).collect();
    let stem = if stem.is_empty() { "file" } else { &stem };
    if ending.is_empty() { stem.to_owned() } else { format!("{stem}.{ending}") }
}

#[cfg(test)]
mod tests {
    use super::{check, tidy_name};

    /// A ZIP with empty files of these names, as far as its names go.
    pub fn zip(names: &[&str]) -> Vec<u8> {
        let length = |name: &str| u16::try_from(name.len()).unwrap().to_le_bytes();
        let mut bytes = Vec::new();
        for name in names {
            bytes.extend_from_slice(b"PK\x03\x04");
            bytes.extend_from_slice(&[0; 22]);
            bytes.extend_from_slice(&length(name));
            bytes.extend_from_slice(&[0; 2]);
            bytes.extend_from_slice(name.as_bytes());
        }
        for name in names {
            bytes.extend_from_slice(b"PK\x01\x02");
            bytes.extend_from_slice(&[0; 24]);
            bytes.extend_from_slice(&length(name));
            bytes.extend_from_slice(&[0; 16]);
            bytes.extend_from_slice(name.as_bytes());
        }
        bytes
    }

    #[test]
    fn f_06_what_a_file_is_its_content_says() {
        let odt =
            b"PK\x03\x04..........................mimetypeapplication/vnd.oasis.opendocument.text";
        let webp = b"RIFF\x10\0\0\0WEBPVP8 ";
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
        let shared = b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic\0\0\0\x10meta";
        let avif = b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif\0\0\0\x10heic";
        for (name, head, expected) in [
            ("letter.pdf", b"%PDF-1.7\n".as_slice(), "ok"),
            ("LETTER.PDF", b"%PDF-1.7\n", "ok"),
            ("photo.png", b"\x89PNG\r\n\x1a\n\0\0", "ok"),
            ("photo.jpg", b"\xff\xd8\xff\xe0", "ok"),
            ("photo.jpeg", b"\xff\xd8\xff\xe1", "ok"),
            ("photo.webp", webp, "ok"),
            ("photo.heic", heic, "ok"),
            ("photo.heic", shared, "ok"),
            ("photo.heic", avif, "attachment-content"),
            ("photo.heic", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "attachment-content"),
            ("photo.heic", b"\0\0", "attachment-content"),
            ("photo.webp", b"RIFF\x10\0\0\0WAVEfmt ", "attachment-content"),
            ("photo.webp", b"RIFF\x10\0\0\0WEBPxxxx", "attachment-content"),
            ("note.txt", "J'ai déménagé.\r\n".as_bytes(), "ok"),
            ("old.csv", b"nom;ville\nZo\xe9;Rennes\n", "ok"),
            ("bill.docx", b"PK\x03\x04\x14\0", "ok"),
            ("bill.odt", odt, "ok"),
            ("page.html", b"<!doctype html>", "attachment-kind"),
            ("image.svg", b"<svg xmlns=", "attachment-kind"),
            ("feed.xml", b"<?xml version=", "attachment-kind"),
            ("code.js", b"alert(1)", "attachment-kind"),
            ("run.exe", b"MZ\x90\0", "attachment-kind"),
            ("macro.docm", b"PK\x03\x04", "attachment-kind"),
            ("letter", b"%PDF-1.7\n", "attachment-kind"),
            ("letter.pdf.html", b"%PDF-1.7\n", "attachment-kind"),
            ("page.txt", b" \n<!doctype html><script>", "attachment-content"),
            ("page.txt", b"\xef\xbb\xbf<svg onload=", "attachment-content"),
            ("page.csv", b"a;b\0c", "attachment-content"),
            ("page.pdf", b"<html>%PDF-", "attachment-content"),
            ("photo.png", b"\xff\xd8\xff\xe0", "attachment-content"),
            ("bill.odt", b"PK\x03\x04\x14\0", "attachment-content"),
            ("bill.docx", b"\xd0\xcf\x11\xe0", "attachment-content"),
        ] {
            let found = check(name, head).err().map_or("ok", |error| error.code);
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn a_name_is_shown_without_folders_and_hidden_letters() {
        for (given, expected) in [
            ("lettre à Zoé.pdf", "lettre à Zoé.pdf"),
            ("C:\\Users\\zoe\\card.png", "card.png"),
            ("../../etc/passwd", "passwd"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("a\r\nb\".pdf", "ab.pdf"),
            ("in\u{ad}voice\u{61c}.pdf", "invoice.pdf"),
            ("", "file"),
            (".pdf", "pdf"),
            (" .txt", "txt"),
        ] {
            assert_eq!(tidy_name(given), expected, "{given:?}");
        }
        let long = tidy_name(&format!("{}.pdf", "é".repeat(500)));
        assert_eq!((long.chars().count(), long.ends_with("é.pdf")), (120, true));
    }
}
