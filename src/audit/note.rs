//! Signed notes (C2SP signed-note v1.0.0): a text, an empty line, and lines that sign it with
//! Ed25519.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// What a signature of the kind Ed25519 begins with, in keys and in their identifiers.
const ED25519_KIND: u8 = 1;
/// What a signature line begins with: an em dash and a space.
const SIGNATURE: &str = "\u{2014} ";
/// Where the signatures of a note begin.
pub const SIGNATURES: &str = "\n\n\u{2014} ";
const KEY_ID_BYTES: usize = 4;
const PUBLIC_KEY_BYTES: usize = 32;

/// Why a key or a note cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("the verifier key is not of the form NAME+ID+KEY with an Ed25519 key")]
    BadKey,
    #[error("the name of a key may hold neither spaces nor a plus sign")]
    BadName,
    #[error("the signing key cannot be used")]
    BadSeed,
    #[error("the note is cut short, or no note at all")]
    Malformed,
    #[error("the note is signed by none of the keys")]
    UnknownKey,
    #[error("the signature of {0} is not valid: the note was altered")]
    NotAuthentic(String),
}

/// The public half of a key, with the name that it signs as.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifierKey {
    name: String,
    public: [u8; PUBLIC_KEY_BYTES],
}

impl VerifierKey {
    /// The name, which is the origin of its checkpoints.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first bytes of `SHA-256(name || 0x0A || 0x01 || key)`.
    fn id(&self) -> [u8; KEY_ID_BYTES] {
        let digest = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', ED25519_KIND])
            .chain_update(self.public)
            .finalize();
        digest.first_chunk().copied().unwrap_or_default()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(self.id());
        let key = STANDARD.encode([&[ED25519_KIND], self.public.as_slice()].concat());
        write!(f, "{}+{id:08x}+{key}", self.name)
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::BadKey);
        };
        check_name(name)?;
        let key = STANDARD.decode(key).map_err(|_| NoteError::BadKey)?;
        let Some((&ED25519_KIND, public)) = key.split_first() else {
            return Err(NoteError::BadKey);
        };
        let public = public.try_into().map_err(|_| NoteError::BadKey)?;
        let key = Self { name: name.to_owned(), public };
        let given = u32::from_str_radix(id, 16).map_err(|_| NoteError::BadKey)?;
        if id.len() != 8 || given.to_be_bytes() != key.id() {
            return Err(NoteError::BadKey);
        }
        Ok(key)
    }
}

fn check_name(name: &str) -> Result<(), NoteError> {
    let is_bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.contains(is_bad) { Err(NoteError::BadName) } else { Ok(()) }
}

/// Signs notes under one name.
pub struct Signer {
    key: VerifierKey,
    pair: Ed25519KeyPair,
}

impl Signer {
    /// The signer of this name with the key of this seed.
    ///
    /// # Errors
    /// When the name cannot stand in a note, or the seed makes no key.
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        check_name(name)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| NoteError::BadSeed)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| NoteError::BadSeed)?;
        Ok(Self { key: VerifierKey { name: name.to_owned(), public }, pair })
    }

    /// What others check the notes with.
    #[must_use]
    pub const fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// The text as a note. It must end with a line break, and so must each of its lines.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        let signature = self.pair.sign(text.as_bytes());
        let signature = STANDARD.encode([self.key.id().as_slice(), signature.as_ref()].concat());
        format!("{text}\n{SIGNATURE}{} {signature}\n", self.key.name)
    }
}

/// The text of a note and the key that signed it. Signatures of other keys are passed over, as the
/// specification wants it.
///
/// # Errors
/// When the note is none, no key signed it, or a signature is wrong.
pub fn open<'a>(
    note: &'a str,
    keys: &'a [VerifierKey],
) -> Result<(&'a str, &'a VerifierKey), NoteError> {
    let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
    // The text keeps the line break before the empty line.
    let text = note.get(..=text.len()).ok_or(NoteError::Malformed)?;
    let signatures = signatures.strip_suffix('\n').ok_or(NoteError::Malformed)?;
    let mut signed_by = None;
    for line in signatures.split('\n') {
        let line = line.strip_prefix(SIGNATURE).ok_or(NoteError::Malformed)?;
        let (name, signature) = line.split_once(' ').ok_or(NoteError::Malformed)?;
        let signature = STANDARD.decode(signature).map_err(|_| NoteError::Malformed)?;
        let (id, signature) =
            signature.split_first_chunk::<KEY_ID_BYTES>().ok_or(NoteError::Malformed)?;
        let Some(key) = keys.iter().find(|key| key.name == name && key.id() == *id) else {
            continue;
        };
        UnparsedPublicKey::new(&ED25519, key.public)
            .verify(text.as_bytes(), signature)
            .map_err(|_| NoteError::NotAuthentic(name.to_owned()))?;
        signed_by = Some(key);
    }
    signed_by.map(|key| (text, key)).ok_or(NoteError::UnknownKey)
}

/// The notes of a file that grew by one note after the other, each followed by an empty line. What
/// is cut short stands by itself, so that the notes after it can be read.
#[must_use]
pub fn split(file: &str) -> Vec<String> {
    let mut notes = Vec::new();
    let mut note = String::new();
    let mut is_signed = false;
    for line in file.lines() {
        match (line.starts_with(SIGNATURE), line.is_empty()) {
            (false, true) if is_signed => {
                notes.push(std::mem::take(&mut note));
                is_signed = false;
                continue;
            }
            // The rest of a note that was cut short: another one begins.
            (false, true) if note.ends_with("\n\n") || note.is_empty() => {
                note.clear();
                continue;
            }
            (false, false) if note.ends_with("\n\n") || is_signed => {
                notes.push(std::mem::take(&mut note));
                is_signed = false;
            }
            (true, _) => is_signed = true,
            _ => {}
        }
        note.push_str(line);
        note.push('\n');
    }
    if !note.trim().is_empty() {
        notes.push(note);
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::{NoteError, Signer, VerifierKey, open, split};

    fn signer(name: &str) -> Signer {
        Signer::new(name, &[7; 32]).unwrap()
    }

    #[test]
    fn a_note_opens_under_its_key_alone() {
        let signer = signer("rights.example/audit/x");
        let note = signer.sign("rights.example/audit/x\n3\nAAAA\n");
        let key: VerifierKey = signer.key().to_string().parse().unwrap();
        assert_eq!(&key, signer.key());
        let keys = [key];
        let (text, by) = open(&note, &keys).unwrap();
        assert_eq!(text, "rights.example/audit/x\n3\nAAAA\n");
        assert_eq!(by, &keys[0]);
        let other = [Signer::new("rights.example/audit/x", &[8; 32]).unwrap().key().clone()];
        assert_eq!(open(&note, &other), Err(NoteError::UnknownKey));
        assert_eq!(open(&note, &[]), Err(NoteError::UnknownKey));
        let altered = note.replacen("\n3\n", "\n4\n", 1);
        let refused = Err(NoteError::NotAuthentic("rights.example/audit/x".to_owned()));
        assert_eq!(open(&altered, &keys), refused);
        for cut in ["", "x", "x\n\n", "x\n\n— y", "x\n\n— y z\n", "x\n\ny z\n"] {
            assert_eq!(open(cut, &keys), Err(NoteError::Malformed), "{cut:?}");
        }
    }

    #[test]
    fn a_key_is_read_as_it_is_written() {
        let written = signer("rights.example").key().to_string();
        let parts: Vec<&str> = written.splitn(3, '+').collect();
        for bad in [
            String::new(),
            "rights.example".to_owned(),
            format!("other.example+{}+{}", parts[1], parts[2]),
            format!("{}+00000000+{}", parts[0], parts[2]),
            format!("{}+{}+AAAA", parts[0], parts[1]),
            written.strip_suffix(parts[2]).unwrap().to_owned(),
        ] {
            assert_eq!(bad.parse::<VerifierKey>(), Err(NoteError::BadKey), "{bad}");
        }
        for bad in ["", "a b", "a+b", "a\nb"] {
            assert_eq!(Signer::new(bad, &[7; 32]).err(), Some(NoteError::BadName), "{bad:?}");
        }
    }

    #[test]
    fn a_file_that_grew_is_taken_apart() {
        let signer = signer("rights.example");
        let notes: Vec<String> = (0..3).map(|n| signer.sign(&format!("a\n{n}\nb\n"))).collect();
        assert_eq!(split(&notes.join("\n")), notes);
        assert_eq!(split(&format!("{}\n", notes.join("\n"))), notes);
        assert_eq!(split(&notes.concat()), notes);
        assert!(split("\n\n").is_empty());
        // A note that was cut short anywhere spoils no other.
        for cut in 1..notes[1].len() {
            let Some(begun) = notes[1].get(..cut) else { continue };
            let file = format!("{}\n{begun}\n\n{}\n", notes[0], notes[2]);
            let found = split(&file);
            let keys = [signer.key().clone()];
            let open: Vec<&String> = found.iter().filter(|it| open(it, &keys).is_ok()).collect();
            let whole = open.iter().filter(|it| ***it == notes[0] || ***it == notes[2]);
            assert_eq!(whole.count(), 2, "{file:?} becomes {found:?}");
        }
    }
}
