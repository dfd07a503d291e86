//! What stands sealed in the row of a letter, under the key of its case.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::document::Document;
use crate::db::letters::LetterRow;
use crate::domain::ids::LetterId;
use crate::domain::letter::content::Content;
use crate::error::{Error, Result};
use crate::vault::CaseKey;
use crate::vault::place::Place;

/// What a person wrote, and the letter as it was sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stored {
    pub content: Content,
    /// Once it is sent.
    pub document: Option<Document>,
}

const fn place(id: LetterId) -> Place<'static> {
    Place::new("letters", "sealed_text", id.uuid())
}

impl Stored {
    /// Opens what a row holds.
    ///
    /// # Errors
    /// `Transition` when the draft was given up; when the seal does not open.
    pub fn open(key: &CaseKey, row: &LetterRow) -> Result<Self> {
        let sealed =
            row.sealed_text.as_ref().ok_or(Error::Transition { code: "letter-not-draft" })?;
        let text = key.key().open(&place(row.id), sealed)?;
        serde_json::from_slice(&text).map_err(|_| Error::internal("a letter does not read"))
    }

    /// Seals it for its row.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn seal(&self, key: &CaseKey, id: LetterId) -> Result<Vec<u8>> {
        let text = serde_json::to_vec(self).map_err(|_| Error::internal("a letter to JSON"))?;
        Ok(key.key().seal(&place(id), &text)?)
    }
}

/// The digest of what was sent: of its plain text in UTF-8.
#[must_use]
pub fn digest(document: &Document) -> Vec<u8> {
    Sha256::digest(document.text().as_bytes()).to_vec()
}
