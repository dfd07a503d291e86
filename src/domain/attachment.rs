//! What a person may attach to a message: how much, and which kinds, told by the content and not by
//! the name alone (OWASP ASVS 5.2.2).

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
enum Content {
    /// These bytes, at this place.
    Bytes(usize, &'static [u8]),
    /// A ZIP that names itself as an OpenDocument file.
    OpenDocument,
    Text,
}

/// The kinds that are taken, by the ending of the name. A document of an office is taken as it is,
/// and opened nowhere here.
const KINDS: [(&str, Content); 13] = [
    ("pdf", Content::Bytes(0, b"%PDF-")),
    ("png", Content::Bytes(0, b"\x89PNG\r\n\x1a\n")),
    ("jpg", Content::Bytes(0, b"\xff\xd8\xff")),
    ("jpeg", Content::Bytes(0, b"\xff\xd8\xff")),
    ("webp", Content::Bytes(8, b"WEBP")),
    ("heic", Content::Bytes(4, b"ftyp")),
    ("txt", Content::Text),
    ("csv", Content::Text),
    ("docx", Content::Bytes(0, b"PK\x03\x04")),
    ("xlsx", Content::Bytes(0, b"PK\x03\x04")),
    ("odt", Content::OpenDocument),
    ("ods", Content::OpenDocument),
    ("odp", Content::OpenDocument),
];

/// Checks that a file is of a kind that is taken, by its name and by how its content begins: the
/// first [`HEAD_BYTES`], or all of it.
///
/// # Errors
/// When the kind is not taken, or the content is another.
pub fn check(name: &str, head: &[u8]) -> Result<(), AttachmentError> {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    let Some((_, content)) = KINDS.iter().find(|(kind, _)| *kind == ending) else {
        return Err(AttachmentError { code: "attachment-kind" });
    };
    let begins = |at: usize, bytes: &[u8]| head.get(at..).is_some_and(|it| it.starts_with(bytes));
    let fits = match content {
        Content::Bytes(at, bytes) => begins(*at, bytes),
        Content::OpenDocument => {
            begins(0, b"PK\x03\x04") && begins(30, b"mimetypeapplication/vnd.oasis.opendocument.")
        }
        Content::Text => is_text(head),
    };
    if fits { Ok(()) } else { Err(AttachmentError { code: "attachment-content" }) }
}

/// Text has no control characters but line ends and tabs, and begins like no markup: HTML, SVG and
/// XML are no text here, whatever their name says. Any encoding of a byte a letter passes.
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

    #[test]
    fn f_06_what_a_file_is_its_content_says() {
        let odt =
            b"PK\x03\x04..........................mimetypeapplication/vnd.oasis.opendocument.text";
        let webp = b"RIFF\x10\0\0\0WEBPVP8 ";
        let heic = b"\0\0\0\x18ftypheic";
        for (name, head, expected) in [
            ("letter.pdf", b"%PDF-1.7\n".as_slice(), "ok"),
            ("LETTER.PDF", b"%PDF-1.7\n", "ok"),
            ("photo.png", b"\x89PNG\r\n\x1a\n\0\0", "ok"),
            ("photo.jpg", b"\xff\xd8\xff\xe0", "ok"),
            ("photo.jpeg", b"\xff\xd8\xff\xe1", "ok"),
            ("photo.webp", webp, "ok"),
            ("photo.heic", heic, "ok"),
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
