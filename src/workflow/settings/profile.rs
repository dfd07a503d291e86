//! What is known of a user, sealed in the row of the user, and the blind index that finds the row.

use serde::{Deserialize, Serialize};

use crate::domain::ids::UserId;
use crate::error::{Error, Result};
use crate::vault::Vault;
use crate::vault::place::Place;

/// The name and the e-mail address of a user.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub name: String,
    pub email: String,
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Profile([redacted])")
    }
}

impl Profile {
    /// The profile as the row of its user keeps it.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn seal(&self, vault: &Vault, id: UserId) -> Result<Vec<u8>> {
        let plaintext =
            serde_json::to_vec(self).map_err(|_| Error::internal("a profile to JSON"))?;
        Ok(vault.staff_key().seal(&place(id), &plaintext)?)
    }

    /// The profile out of the row of its user.
    ///
    /// # Errors
    /// When it does not open or does not read.
    pub fn open(vault: &Vault, id: UserId, sealed: &[u8]) -> Result<Self> {
        let plaintext = vault.staff_key().open(&place(id), sealed)?;
        serde_json::from_slice(&plaintext).map_err(|_| Error::internal("a profile does not read"))
    }
}

const fn place(id: UserId) -> Place<'static> {
    Place::new("users", "sealed_profile", id.uuid())
}

/// The blind index of a user's address.
#[must_use]
pub fn email_index(vault: &Vault, email: &str) -> [u8; 32] {
    vault.index("user_email", &email.trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{Profile, email_index};
    use crate::domain::ids::UserId;
    use crate::vault::Vault;
    use crate::vault::key::Key;
    use crate::vault::master::MasterKey;

    #[test]
    fn a_profile_opens_in_its_own_row_alone() {
        let vault = Vault::open(MasterKey::from_key(Key::from_bytes([7; 32])));
        let [one, other] = [1, 2].map(|byte| UserId::from_slice(&[byte; 16]).unwrap());
        let profile = Profile { name: "Ada".to_owned(), email: "ada@example.org".to_owned() };
        let sealed = profile.seal(&vault, one).unwrap();
        assert!(Profile::open(&vault, one, &sealed).unwrap() == profile);
        assert!(Profile::open(&vault, other, &sealed).is_err());
        assert_eq!(format!("{profile:?}"), "Profile([redacted])");
        let index = email_index(&vault, "ada@example.org");
        assert_eq!(email_index(&vault, " Ada@Example.ORG "), index);
        assert_ne!(email_index(&vault, "ada@example.net"), index);
    }
}
