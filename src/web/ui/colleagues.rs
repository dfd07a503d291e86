//! The names of the colleagues whom a page speaks of.

use std::collections::BTreeMap;

use crate::db::users;
use crate::domain::ids::UserId;
use crate::error::Result;
use crate::language::{self, Language};
use crate::web::Front;
use crate::workflow::settings::profile::Profile;

/// Names by user.
pub struct Colleagues {
    names: BTreeMap<UserId, String>,
    /// Whoever is addressed instead of named.
    reader: Option<UserId>,
    language: Language,
}

impl Colleagues {
    /// Looks up the names of these users for a reader; for nobody, where what is written is read by
    /// others too.
    ///
    /// # Errors
    /// When the database fails, or a profile does not open.
    pub async fn read(
        front: &Front,
        reader: Option<UserId>,
        language: Language,
        mut ids: Vec<UserId>,
    ) -> Result<Self> {
        ids.sort_unstable();
        ids.dedup();
        let rows = front
            .app
            .read(move |conn| {
                let mut rows = Vec::with_capacity(ids.len());
                for id in ids {
                    rows.extend(users::get(conn, id)?);
                }
                Ok(rows)
            })
            .await?;
        let mut names = BTreeMap::new();
        for row in rows {
            let profile = Profile::open(front.app.vault(), row.id, &row.sealed_profile)?;
            names.insert(row.id, profile.name);
        }
        Ok(Self { names, reader, language })
    }

    /// Who it is; the reader is addressed.
    #[must_use]
    pub fn name(&self, id: Option<UserId>) -> String {
        match id {
            None => language::text(self.language, "queue-nobody"),
            Some(_) if id == self.reader => language::text(self.language, "queue-me"),
            Some(id) => match self.names.get(&id) {
                Some(name) => name.clone(),
                None => language::text(self.language, "queue-somebody"),
            },
        }
    }

    /// Who did it, as the history names an actor.
    #[must_use]
    pub fn actor(&self, actor: &str) -> String {
        match actor {
            "worker" => language::text(self.language, "case-system-actor"),
            "command-line" => language::text(self.language, "case-command-line"),
            _ => match user(actor) {
                Some(id) => self.name(Some(id)),
                None => language::text(self.language, "queue-somebody"),
            },
        }
    }
}

/// The user that an actor of the history is.
#[must_use]
pub fn user(actor: &str) -> Option<UserId> {
    actor.strip_prefix("user:")?.parse().ok()
}
