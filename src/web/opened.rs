//! A case at the front door: its row within the caller's scope, with the key that opens it.

use super::Front;
use crate::db::controllers::{self, Controller};
use crate::db::requests::{self, Request};
use crate::domain::actor::{OwnCase, Permission, Scope, StaffMember};
use crate::domain::ids::RequestId;
use crate::error::{Error, Result};
use crate::vault::CaseKey;
use crate::workflow::keeping;
use crate::workflow::subject::{Subject, subject_place};

/// A case that its reader may know of.
pub struct Opened {
    pub row: Request,
    pub controller: Controller,
    key: Option<CaseKey>,
    scope: Scope,
}

impl Opened {
    /// In what the case was found.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.scope.clone()
    }

    /// The key of the case.
    ///
    /// # Errors
    /// `Transition` once it is destroyed.
    pub const fn key(&self) -> Result<&CaseKey> {
        match &self.key {
            Some(key) => Ok(key),
            None => Err(Error::Transition { code: "key-destroyed" }),
        }
    }

    /// What is known of the person; nothing once the key is destroyed.
    ///
    /// # Errors
    /// When the seal does not open.
    pub fn subject(&self) -> Result<Option<Subject>> {
        let (Some(key), Some(sealed)) = (&self.key, &self.row.sealed_subject) else {
            return Ok(None);
        };
        subject(key, self.row.id, sealed).map(Some)
    }
}

/// Opens what is sealed of a person.
///
/// # Errors
/// When the seal does not open.
pub fn subject(key: &CaseKey, id: RequestId, sealed: &[u8]) -> Result<Subject> {
    let plaintext = key.key().open(&subject_place(id), sealed)?;
    serde_json::from_slice(&plaintext).map_err(|_| Error::internal("a subject does not read"))
}

/// Finds a case for a member of staff.
///
/// # Errors
/// As [`open_for_any`].
pub async fn open(
    front: &Front,
    member: &StaffMember,
    id: RequestId,
    permission: Permission,
) -> Result<Opened> {
    open_for_any(front, member, id, &[permission]).await
}

/// Finds a case for a member of staff who has one permission or another.
///
/// # Errors
/// `NotFound` outside the member's controllers, `Forbidden` with none of the permissions, `PutAway`
/// where only others open it still.
pub async fn open_for_any(
    front: &Front,
    member: &StaffMember,
    id: RequestId,
    permissions: &[Permission],
) -> Result<Opened> {
    let opened = find(front, member.scope(), id).await?;
    let controller = opened.row.controller_id;
    if !permissions.iter().any(|permission| member.may(controller, *permission)) {
        return Err(Error::Forbidden);
    }
    keeping::check_in_use(member, &opened.row, front.app.now())?;
    Ok(opened)
}

/// Finds the case of a session of the portal.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn open_own(front: &Front, own: &OwnCase) -> Result<Opened> {
    find(front, own.scope(), own.request).await
}

async fn find(front: &Front, scope: Scope, id: RequestId) -> Result<Opened> {
    let within = scope.clone();
    let (row, controller) = front
        .app
        .read(move |conn| {
            let row = requests::get(conn, &within, id)?;
            let controller = controllers::get(conn, &within, row.controller_id)?;
            Ok((row, controller))
        })
        .await?;
    let key = match &row.wrapped_key {
        Some(wrapped) => {
            Some(front.app.controller_key(&controller)?.case_key(row.id.uuid(), wrapped)?)
        }
        None => None,
    };
    Ok(Opened { row, controller, key, scope })
}
