//! A key of 256 bits: sealing and opening of values, derivation of subkeys, and blind indexes.

use std::fmt;

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use hkdf::{Hkdf, HmacImpl};
use hmac::Hmac;
use rand::Rng;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::place::{Place, length_prefix};

/// The first byte of a sealed value: XChaCha20-Poly1305 with a random nonce of 24 bytes.
const XCHACHA20_POLY1305: u8 = 1;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
/// How many bytes a sealed value is longer than its plaintext: version, nonce and tag.
pub const OVERHEAD_BYTES: usize = 1 + NONCE_BYTES + TAG_BYTES;
/// Starts the `info` of every derivation.
const DERIVATION: &[u8] = b"guichet.derive.1/";

/// Why a value was not sealed or opened. Names neither the value nor its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("the value is too long to be sealed")]
    TooLong,
    #[error("a sealed value is cut short: restore it from a backup")]
    CutShort,
    #[error("a sealed value has the unknown format {0}: a newer version of the server wrote it")]
    UnknownFormat(u8),
    #[error("a sealed value does not open: it was altered, moved, or sealed under another key")]
    NotAuthentic,
}

/// A secret key. Wiped from memory when dropped; never shown.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl Key {
    /// A new key from the random source of the operating system by way of a reseeded ChaCha12.
    #[must_use]
    pub fn random() -> Self {
        let mut key = Self([0; 32]);
        rand::rng().fill_bytes(&mut key.0);
        key
    }

    /// The key of these 32 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the one who must hand them to another library or wrap them.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A subkey for one purpose: HKDF-SHA256 (RFC 5869) without salt. The same purpose gives the
    /// same key; knowing one subkey tells nothing of this key or of another subkey.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Self {
        self.derive_from(&[purpose.as_bytes()])
    }

    /// A subkey for a purpose made of several parts, which the caller keeps unambiguous.
    pub(super) fn derive_from(&self, purpose: &[&[u8]]) -> Self {
        let info: Vec<&[u8]> = std::iter::once(DERIVATION).chain(purpose.iter().copied()).collect();
        let mut derived = Self([0; 32]);
        #[expect(
            clippy::expect_used,
            reason = "RFC 5869 allows 255 blocks of 32 bytes; one is asked for. Going on without a \
                      key would be worse than stopping"
        )]
        Hkdf::<Sha256>::new(None, &self.0)
            .expand_multi_info(&info, &mut derived.0)
            .expect("32 bytes are within the limit of HKDF-SHA256");
        derived
    }

    /// Seals a value for one place. The answer is [`OVERHEAD_BYTES`] longer than the plaintext and
    /// differs each time.
    ///
    /// # Errors
    /// [`SealError::TooLong`] beyond 256 GiB.
    pub fn seal(&self, place: &Place<'_>, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_BYTES];
        rand::rng().fill_bytes(&mut nonce);
        let mut sealed = Vec::with_capacity(OVERHEAD_BYTES.saturating_add(plaintext.len()));
        sealed.push(XCHACHA20_POLY1305);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plaintext);
        let associated = place.encode(XCHACHA20_POLY1305);
        let body = sealed.get_mut(1 + NONCE_BYTES..).unwrap_or_default();
        let tag = encrypt(&self.0, nonce, &associated, body)?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Opens a value at the place it was sealed for.
    ///
    /// # Errors
    /// [`SealError`] when it is cut short, of an unknown format, altered, moved, or sealed under
    /// another key.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (version, rest) = sealed.split_first().ok_or(SealError::CutShort)?;
        if *version != XCHACHA20_POLY1305 {
            return Err(SealError::UnknownFormat(*version));
        }
        let (nonce, rest) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::CutShort)?;
        let (body, tag) = rest.split_last_chunk::<TAG_BYTES>().ok_or(SealError::CutShort)?;
        let mut plaintext = body.to_vec();
        let associated = place.encode(*version);
        match decrypt(&self.0, *nonce, &associated, &mut plaintext, *tag) {
            Ok(()) => Ok(plaintext),
            Err(error) => {
                plaintext.zeroize();
                Err(error)
            }
        }
    }

    /// Seals another key under this one.
    pub(super) fn wrap(&self, place: &Place<'_>, key: &Self) -> Result<Vec<u8>, SealError> {
        self.seal(place, &key.0)
    }

    /// Opens a key that was sealed under this one.
    pub(super) fn unwrap_key(&self, place: &Place<'_>, wrapped: &[u8]) -> Result<Self, SealError> {
        let bytes = Zeroizing::new(self.open(place, wrapped)?);
        let array = <&[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| SealError::NotAuthentic)?;
        Ok(Self(*array))
    }

    /// HMAC-SHA256 over a kind and a value, each behind its length: equal values of one kind give
    /// equal answers, and without the key nobody can try values.
    pub(super) fn blind_index(&self, kind: &str, value: &[u8]) -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as HmacImpl>::new_from_slice(&self.0);
        for part in [kind.as_bytes(), value] {
            HmacImpl::update(&mut mac, &length_prefix(part));
            HmacImpl::update(&mut mac, part);
        }
        HmacImpl::finalize(mac).into()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Key([redacted])")
    }
}

/// Encrypts in place and returns the tag.
pub(super) fn encrypt(
    key: &[u8; 32],
    nonce: [u8; NONCE_BYTES],
    associated: &[u8],
    body: &mut [u8],
) -> Result<[u8; TAG_BYTES], SealError> {
    XChaCha20Poly1305::new(key.into())
        .encrypt_inout_detached(&XNonce::from(nonce), associated, body.into())
        .map(Into::into)
        .map_err(|_| SealError::TooLong)
}

/// Checks the tag and decrypts in place; leaves the body encrypted when the tag is wrong.
pub(super) fn decrypt(
    key: &[u8; 32],
    nonce: [u8; NONCE_BYTES],
    associated: &[u8],
    body: &mut [u8],
    tag: [u8; TAG_BYTES],
) -> Result<(), SealError> {
    XChaCha20Poly1305::new(key.into())
        .decrypt_inout_detached(&XNonce::from(nonce), associated, body.into(), &Tag::from(tag))
        .map_err(|_| SealError::NotAuthentic)
}

#[cfg(test)]
mod tests {
    use super::{Key, OVERHEAD_BYTES, SealError};
    use crate::vault::place::Place;
    use proptest::prelude::{any, prop_assert_eq, proptest};
    use std::collections::HashSet;
    use uuid::Uuid;

    fn place() -> Place<'static> {
        Place::new("requests", "subject", Uuid::from_u128(7))
    }

    #[test]
    fn a_key_is_never_shown() {
        let key = Key::from_bytes([171; 32]);
        assert_eq!(format!("{key:?}"), "Key([redacted])");
        assert_eq!(format!("{:?}", Some(&key)), "Some(Key([redacted]))");
    }

    #[test]
    fn derivation_follows_rfc_5869() {
        // Computed apart with Python's hmac: PRK = HMAC(32 zero bytes, key), then
        // OKM = HMAC(PRK, "guichet.derive.1/index" ‖ 0x01).
        let derived = Key::from_bytes([11; 32]).derive("index");
        let hex: String = derived.bytes().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "5babf20c4c865f01d3584dfc841eba3f72aeede00f45ae8489d571559a0e8429");
        assert_ne!(derived.bytes(), Key::from_bytes([11; 32]).derive("indey").bytes());
        assert_ne!(derived.bytes(), Key::from_bytes([12; 32]).derive("index").bytes());
    }

    #[test]
    fn a_blind_index_follows_rfc_2104() {
        // Computed apart with Python's hmac over 0…05 "email" 0…03 "a@b".
        let index = Key::from_bytes([11; 32]).blind_index("email", b"a@b");
        let hex: String = index.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "f10ba49cca74caa8928f53950f17c8ec56020f7490a27838720a837e3354e2df");
    }

    #[test]
    fn a_hundred_thousand_seals_of_one_value_all_differ() {
        let key = Key::random();
        let mut seen = HashSet::new();
        for _ in 0..100_000 {
            let sealed = key.seal(&place(), b"").unwrap();
            assert!(seen.insert(<[u8; 24]>::try_from(&sealed[1..25]).unwrap()));
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_refused() {
        let key = Key::random();
        let sealed = key.seal(&place(), b"Alice Martin").unwrap();
        assert_eq!(sealed.len(), 12 + OVERHEAD_BYTES);
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut altered = sealed.clone();
                altered[at] ^= 1 << bit;
                let expected = match at {
                    0 => SealError::UnknownFormat(altered[0]),
                    _ => SealError::NotAuthentic,
                };
                assert_eq!(key.open(&place(), &altered), Err(expected));
            }
            assert!(key.open(&place(), &sealed[..at]).is_err());
        }
        let longer = [sealed.as_slice(), &[0]].concat();
        assert_eq!(key.open(&place(), &longer), Err(SealError::NotAuthentic));
        assert_eq!(key.open(&place(), &sealed).unwrap(), b"Alice Martin");
    }

    #[test]
    fn another_place_or_key_does_not_open() {
        let (key, id) = (Key::random(), Uuid::from_u128(7));
        let sealed = key.seal(&place(), b"Alice").unwrap();
        for other in [
            Place::new("requests", "words", id),
            Place::new("messages", "subject", id),
            Place::new("requests", "subject", Uuid::from_u128(8)),
            Place::of_text("requests", "subject", &id.to_string()),
        ] {
            assert_eq!(key.open(&other, &sealed), Err(SealError::NotAuthentic));
        }
        assert_eq!(Key::random().open(&place(), &sealed), Err(SealError::NotAuthentic));
    }

    #[test]
    fn a_wrapped_value_that_is_no_key_is_refused() {
        let key = Key::random();
        let short = key.seal(&place(), &[1; 31]).unwrap();
        assert!(key.unwrap_key(&place(), &short).is_err());
        let wrapped = key.wrap(&place(), &Key::from_bytes([9; 32])).unwrap();
        assert_eq!(key.unwrap_key(&place(), &wrapped).unwrap().bytes(), &[9; 32]);
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens(
            plaintext in proptest::collection::vec(any::<u8>(), 0..500),
            table in ".{0,20}", column in ".{0,20}", row in ".{0,20}",
        ) {
            let key = Key::random();
            let place = Place::of_text(&table, &column, &row);
            let sealed = key.seal(&place, &plaintext).unwrap();
            prop_assert_eq!(key.open(&place, &sealed), Ok(plaintext));
        }
    }
}
