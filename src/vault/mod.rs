//! Secrets: keys, sealing of fields and files, blind indexes. Knows no case and no database.
//!
//! Levels of keys. The **master key** stays outside the database. It wraps one **controller
//! key** per organisation, which wraps one **case key** per request; each wrapped key stands in the
//! row of its owner. Destroying the row of a case key makes everything sealed under it unreadable. An
//! identity document has a key of its own below that of its case, because it goes sooner.
//! A key only ever does one thing: wrapping, sealing and indexing use subkeys of their own.

mod argon2_memory;
pub mod code;
pub mod common_password;
pub mod file;
pub mod key;
pub mod master;
pub mod password;
pub mod place;
pub mod secret;

use uuid::Uuid;
use zeroize::Zeroizing;

use key::{Key, SealError};
use master::MasterKey;
use place::Place;

/// What the key check holds. Its content is no secret: that it opens is the proof.
const KEY_CHECK: &[u8] = b"guichet";

/// The kind under which words of names are indexed; with its space, no identifier can be of it.
pub const NAME_WORD: &str = "name word";

/// The key at hand is not the one that this instance was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this master key is not the one that the database was made with: nothing was changed; start \
     again with the right key, which should be kept apart from the backups"
)]
pub struct WrongKey;

/// The keys of an instance. Clone it freely: it is a few hundred bytes, wiped when dropped.
#[derive(Clone, Debug)]
pub struct Vault {
    master: Key,
    wrapping: Key,
    staff: Key,
    index: Key,
}

impl Vault {
    /// Derives the instance's subkeys. Takes microseconds; does not look at any database.
    #[must_use]
    pub fn open(master: MasterKey) -> Self {
        let master = master.into_key();
        Self {
            wrapping: master.derive("wrap/controllers"),
            staff: master.derive("seal/staff"),
            index: master.derive("index/instance"),
            master,
        }
    }

    /// A value to store at the first run, which later tells whether the key is the same.
    ///
    /// # Errors
    /// As [`Key::seal`].
    pub fn make_key_check(&self, instance: Uuid) -> Result<Vec<u8>, SealError> {
        self.wrapping.seal(&key_check_place(instance), KEY_CHECK)
    }

    /// Proves that this is the key of the instance, before anything is written.
    ///
    /// # Errors
    /// [`WrongKey`] when the check does not open, whatever the reason.
    pub fn verify_key_check(&self, instance: Uuid, check: &[u8]) -> Result<(), WrongKey> {
        match self.wrapping.open(&key_check_place(instance), check) {
            Ok(content) if content == KEY_CHECK => Ok(()),
            _ => Err(WrongKey),
        }
    }

    /// A new controller's key, and its wrapped form for `controllers.wrapped_key`.
    ///
    /// # Errors
    /// As [`Key::seal`].
    pub fn new_controller_key(&self, id: Uuid) -> Result<(ControllerKey, Vec<u8>), SealError> {
        let key = Key::random();
        let wrapped = self.wrapping.wrap(&controller_place(id), &key)?;
        Ok((ControllerKey::new(&key), wrapped))
    }

    /// A controller's key from `controllers.wrapped_key`.
    ///
    /// # Errors
    /// As [`Key::open`].
    pub fn controller_key(&self, id: Uuid, wrapped: &[u8]) -> Result<ControllerKey, SealError> {
        let key = self.wrapping.unwrap_key(&controller_place(id), wrapped)?;
        Ok(ControllerKey::new(&key))
    }

    /// Seals what belongs to no controller: names and e-mail addresses of users.
    #[must_use]
    pub const fn staff_key(&self) -> &Key {
        &self.staff
    }

    /// Seals backups. A clean machine opens them with the master key alone.
    #[must_use]
    pub fn backup_key(&self) -> Key {
        self.master.derive("seal/backups")
    }

    /// What a person compares to tell whether a key is this one: 16 bytes in hexadecimal, from which
    /// the key cannot be found.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let derived = self.master.derive("show/fingerprint");
        let half = derived.bytes().first_chunk::<16>().copied().unwrap_or_default();
        let digits: Vec<String> = half
            .chunks(2)
            .map(|pair| pair.iter().map(|byte| format!("{byte:02x}")).collect())
            .collect();
        digits.join(" ")
    }

    /// The blind index of a value that belongs to no controller, such as a user's e-mail address.
    /// The value is normalised by the caller.
    #[must_use]
    pub fn index(&self, kind: &str, normalised: &str) -> [u8; 32] {
        self.index.blind_index(kind, normalised.as_bytes())
    }

    /// The seed of an Ed25519 key for one purpose, such as `api-tokens`; the same at each start.
    #[must_use]
    pub fn signing_seed(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let key = self.master.derive(&format!("sign/{purpose}"));
        Zeroizing::new(*key.bytes())
    }
}

/// The key of one controller. Keep it while the controller is at work: it holds its subkeys ready.
#[derive(Clone, Debug)]
pub struct ControllerKey {
    wrapping: Key,
    sealing: Key,
    index: Key,
}

impl ControllerKey {
    fn new(key: &Key) -> Self {
        Self {
            wrapping: key.derive("wrap/requests"),
            sealing: key.derive("seal/controller"),
            index: key.derive("index/controller"),
        }
    }

    /// Seals what belongs to the controller and to no case, such as the settings of its systems.
    #[must_use]
    pub const fn key(&self) -> &Key {
        &self.sealing
    }

    /// A new case's key, and its wrapped form for `requests.wrapped_key`.
    ///
    /// # Errors
    /// As [`Key::seal`].
    pub fn new_case_key(&self, request: Uuid) -> Result<(CaseKey, Vec<u8>), SealError> {
        let key = Key::random();
        let wrapped = self.wrapping.wrap(&case_place(request), &key)?;
        Ok((CaseKey(key), wrapped))
    }

    /// A case's key from `requests.wrapped_key`.
    ///
    /// # Errors
    /// As [`Key::open`].
    pub fn case_key(&self, request: Uuid, wrapped: &[u8]) -> Result<CaseKey, SealError> {
        let key = self.wrapping.unwrap_key(&case_place(request), wrapped)?;
        Ok(CaseKey(key))
    }

    /// The blind index of an identifier (its kind and normalised value) or of a word of a name
    /// ([`NAME_WORD`]). Two controllers never share an answer.
    #[must_use]
    pub fn index(&self, kind: &str, normalised: &str) -> [u8; 32] {
        self.index.blind_index(kind, normalised.as_bytes())
    }
}

/// The key of one case: everything that is known of its subject is sealed under it.
#[derive(Clone, Debug)]
pub struct CaseKey(Key);

impl CaseKey {
    /// Seals the fields and files of the case.
    #[must_use]
    pub const fn key(&self) -> &Key {
        &self.0
    }

    /// A new key for one identity document of the case, and its wrapped form for
    /// `identity_documents.wrapped_key`: destroyed there, the document is gone before the case is.
    ///
    /// # Errors
    /// As [`Key::seal`].
    pub fn new_document_key(&self, id: Uuid) -> Result<(DocumentKey, Vec<u8>), SealError> {
        let key = Key::random();
        let wrapped = self.0.derive(DOCUMENTS).wrap(&document_place(id), &key)?;
        Ok((DocumentKey(key), wrapped))
    }

    /// A document's key from `identity_documents.wrapped_key`.
    ///
    /// # Errors
    /// As [`Key::open`].
    pub fn document_key(&self, id: Uuid, wrapped: &[u8]) -> Result<DocumentKey, SealError> {
        self.0.derive(DOCUMENTS).unwrap_key(&document_place(id), wrapped).map(DocumentKey)
    }
}

/// What the key of a case wraps the keys of identity documents with.
const DOCUMENTS: &str = "wrap/identity-documents";

/// The key of one identity document, which seals its file and nothing else.
#[derive(Clone, Debug)]
pub struct DocumentKey(Key);

/// What a file in the sealed folder is sealed under.
pub trait FileKey {
    /// The key itself.
    fn of_file(&self) -> &Key;
}

impl FileKey for CaseKey {
    fn of_file(&self) -> &Key {
        &self.0
    }
}

impl FileKey for DocumentKey {
    fn of_file(&self) -> &Key {
        &self.0
    }
}

const fn key_check_place(instance: Uuid) -> Place<'static> {
    Place::new("instance", "key_check", instance)
}

const fn controller_place(id: Uuid) -> Place<'static> {
    Place::new("controllers", "wrapped_key", id)
}

const fn case_place(request: Uuid) -> Place<'static> {
    Place::new("requests", "wrapped_key", request)
}

const fn document_place(id: Uuid) -> Place<'static> {
    Place::new("identity_documents", "wrapped_key", id)
}

#[cfg(test)]
mod tests {
    use super::key::{Key, SealError};
    use super::master::MasterKey;
    use super::place::Place;
    use super::{FileKey, NAME_WORD, Vault, WrongKey};
    use crate::domain::subject::kind::IdentifierKind;
    use uuid::Uuid;

    fn vault(byte: u8) -> Vault {
        let mut bytes = [byte; 32];
        bytes[0] = 1;
        Vault::open(MasterKey::from_key(Key::from_bytes(bytes)))
    }

    #[test]
    fn keys_unwrap_under_their_parent_and_for_their_owner_only() {
        let (vault, other) = (vault(3), vault(4));
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let (controller, wrapped) = vault.new_controller_key(one).unwrap();
        assert!(vault.controller_key(two, &wrapped).is_err());
        assert!(other.controller_key(one, &wrapped).is_err());
        let again = vault.controller_key(one, &wrapped).unwrap();
        let (foreign, _) = vault.new_controller_key(two).unwrap();

        let (case, wrapped) = controller.new_case_key(one).unwrap();
        assert!(again.case_key(two, &wrapped).is_err());
        assert!(foreign.case_key(one, &wrapped).is_err());
        // A case key does not pass for a controller key of the same id.
        assert!(vault.controller_key(one, &wrapped).is_err());
        let place = Place::new("requests", "subject", one);
        let sealed = case.key().seal(&place, b"Alice").unwrap();
        let reopened = again.case_key(one, &wrapped).unwrap();
        assert_eq!(reopened.key().open(&place, &sealed).unwrap(), b"Alice");
        assert_eq!(controller.key().open(&place, &sealed), Err(SealError::NotAuthentic));
    }

    #[test]
    fn a_document_opens_under_its_own_key_and_for_its_own_case_alone() {
        let (controller, _) = vault(3).new_controller_key(Uuid::from_u128(1)).unwrap();
        let (case, _) = controller.new_case_key(Uuid::from_u128(2)).unwrap();
        let (other, _) = controller.new_case_key(Uuid::from_u128(3)).unwrap();
        let id = Uuid::from_u128(4);
        let (document, wrapped) = case.new_document_key(id).unwrap();
        let again = case.document_key(id, &wrapped).unwrap();
        assert_eq!(again.of_file().bytes(), document.of_file().bytes());
        assert_ne!(again.of_file().bytes(), case.of_file().bytes());
        assert!(case.document_key(Uuid::from_u128(5), &wrapped).is_err());
        assert!(other.document_key(id, &wrapped).is_err());
        let (second, _) = case.new_document_key(id).unwrap();
        assert_ne!(second.of_file().bytes(), document.of_file().bytes());
    }

    #[test]
    fn the_key_check_tells_the_right_key_from_any_other() {
        let id = Uuid::from_u128(1);
        let check = vault(3).make_key_check(id).unwrap();
        assert_eq!(vault(3).verify_key_check(id, &check), Ok(()));
        assert_eq!(vault(4).verify_key_check(id, &check), Err(WrongKey));
        let another = Uuid::from_u128(2);
        assert_eq!(vault(3).verify_key_check(another, &check), Err(WrongKey));
        assert_eq!(vault(3).verify_key_check(id, &[]), Err(WrongKey));
    }

    #[test]
    fn indexes_agree_within_a_controller_and_nowhere_else() {
        let vault = vault(3);
        let (one, wrapped) = vault.new_controller_key(Uuid::from_u128(1)).unwrap();
        let (two, _) = vault.new_controller_key(Uuid::from_u128(2)).unwrap();
        let again = vault.controller_key(Uuid::from_u128(1), &wrapped).unwrap();
        let index = one.index("email", "alice@example.org");
        assert_eq!(index, again.index("email", "alice@example.org"));
        assert_ne!(index, two.index("email", "alice@example.org"));
        assert_ne!(index, vault.index("email", "alice@example.org"));
        assert_ne!(index, one.index("phone", "alice@example.org"));
        assert_ne!(one.index("ab", "c"), one.index("a", "bc"));
        assert!(IdentifierKind::parse(NAME_WORD).is_err());
    }

    #[test]
    fn every_subkey_differs() {
        let vault = vault(3);
        let seeds = [vault.signing_seed("api-tokens"), vault.signing_seed("audit")];
        let mut keys = vec![
            *vault.master.bytes(),
            *vault.wrapping.bytes(),
            *vault.staff_key().bytes(),
            *vault.index.bytes(),
            *seeds[0],
            *seeds[1],
            *vault.backup_key().bytes(),
        ];
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 7);
        assert_eq!(seeds[0], vault.signing_seed("api-tokens"));
        assert!(!format!("{vault:?}").contains("3, 3"));
    }
}
