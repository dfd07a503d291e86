//! Safe and unique names for the files of a package, whatever the source calls its things.
//!
//! A package is opened on systems that ignore case, compose accents, reserve words and cannot show
//! every script, so that a name keeps only ASCII letters, digits, `_`, `-` and the dots given here,
//! and no two names differ by case alone. What was replaced is said in the documents beside.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

const MAX_STEM: usize = 80;
const MAX_EXTENSION: usize = 16;

/// Hands out names, each once.
#[derive(Debug, Default)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// `stem` + `.extension`, with `-2`, `-3` … after the stem where it is taken already.
    pub fn unique(&mut self, stem: &str, extension: &str) -> String {
        let dot = if extension.is_empty() { "" } else { "." };
        let mut name = format!("{stem}{dot}{extension}");
        let mut number: u64 = 2;
        while !self.taken.insert(name.to_ascii_lowercase()) {
            name = format!("{stem}-{number}{dot}{extension}");
            number = number.saturating_add(1);
        }
        name
    }
}

/// `<system>.<table>` for a data file: `schema.table` becomes `schema-table`, every other
/// character that is no ASCII letter, digit, `_` or `-` is replaced.
#[must_use]
pub fn data_stem(system: &str, table: &str) -> String {
    unreserved(format!("{}.{}", plain(system, MAX_STEM), plain(table, MAX_STEM)))
}

/// The name of a folder for a system's files.
#[must_use]
pub fn folder(system: &str) -> String {
    unreserved(plain(system, MAX_STEM))
}

/// The stem and the extension of an uploaded file, both safe. Folders in its name are dropped.
#[must_use]
pub fn file_parts(name: &str) -> (String, String) {
    let last = name.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or("");
    let (stem, extension) = match last.rsplit_once('.') {
        Some((stem, extension))
            if !stem.is_empty() && !extension.is_empty() && extension.len() <= MAX_EXTENSION =>
        {
            (stem, extension)
        }
        _ => (last, ""),
    };
    let extension = if extension.chars().all(|c| c.is_ascii_alphanumeric()) {
        extension.to_ascii_lowercase()
    } else {
        String::new()
    };
    let stem = if extension.is_empty() { last } else { stem };
    (unreserved(plain(stem, MAX_STEM)), extension)
}

/// ASCII letters, digits, `_` and `-`; accents are dropped, a dot becomes `-`, all else `_`.
fn plain(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        if out.len() >= limit {
            break;
        }
        out.push(match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' => c,
            '.' => '-',
            _ => '_',
        });
    }
    // A leading `-` would be read as an option by tools, and an empty name is none.
    if out.is_empty() || out.starts_with('-') {
        out.insert(0, '_');
    }
    out
}

/// Windows takes these words for devices, whatever follows the first dot.
fn unreserved(name: String) -> String {
    let first = name.split('.').next().unwrap_or("").to_ascii_lowercase();
    let device = matches!(first.as_str(), "con" | "prn" | "aux" | "nul")
        || first
            .strip_prefix("com")
            .or_else(|| first.strip_prefix("lpt"))
            .is_some_and(|rest| rest.len() == 1 && rest.chars().all(|c| c.is_ascii_digit()));
    if device { format!("_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::{Names, data_stem, file_parts, folder};

    #[test]
    fn data_files_are_named_after_system_and_table() {
        fn check(system: &str, table: &str, expected: &str) {
            assert_eq!(data_stem(system, table), expected);
        }
        check("shop", "orders", "shop.orders");
        check("shop", "public.orders", "shop.public-orders");
        check("shop", "Kundenübersicht", "shop.Kundenubersicht");
        check("shop", "../../etc/passwd", "shop._--_--_etc_passwd");
        check("con", "x", "_con.x");
        check("lpt1", "x", "_lpt1.x");
        check("console", "x", "console.x");
        check("", "", "_._");
        check("s", "a\0b\u{202e}c d;e", "s.a_b_c_d_e");
        assert_eq!(data_stem("s", &"x".repeat(300)).len(), 82);
    }

    #[test]
    fn uploaded_files_keep_a_plain_name_and_their_extension() {
        fn check(name: &str, stem: &str, extension: &str) {
            assert_eq!(file_parts(name), (stem.to_owned(), extension.to_owned()), "{name:?}");
        }
        check("Contrat signé.PDF", "Contrat_signe", "pdf");
        check("../../x.sh", "x", "sh");
        check("C:\\a\\b.txt", "b", "txt");
        check("/etc/passwd", "passwd", "");
        check("CON", "_CON", "");
        check("nul.txt", "_nul", "txt");
        check(".bashrc", "_-bashrc", "");
        check("a.tar.gz", "a-tar", "gz");
        check("x.\u{202e}fdp", "x-_fdp", "");
        check("", "_", "");
        check("dir/", "dir", "");
        check("-rf", "_-rf", "");
        assert_eq!(folder("../up"), "_--_up");
    }

    #[test]
    fn names_that_only_look_different_are_kept_distinct() {
        let mut names = Names::default();
        let mut give = |name: &str| {
            let (stem, extension) = file_parts(name);
            names.unique(&stem, &extension)
        };
        assert_eq!(give("\u{e9}t\u{e9}.txt"), "ete.txt");
        assert_eq!(give("e\u{301}te\u{301}.txt"), "ete-2.txt");
        assert_eq!(give("ETE.txt"), "ETE-3.txt");
        assert_eq!(give("ete-2.txt"), "ete-2-2.txt");
    }
}
