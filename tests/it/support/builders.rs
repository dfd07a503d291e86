//! Controllers and people, written straight into the database. A builder says only what matters.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use guichet::db::column::Instant;
use guichet::db::controllers::{self, Controller};
use guichet::db::users::{self, Membership};
use guichet::domain::actor::Role;
use guichet::domain::identity::LEAST;
use guichet::domain::ids::{ControllerId, UserId};
use guichet::language::Language;
use guichet::vault::password;
use guichet::web::token::Credential;
use guichet::workflow::settings::profile::{Profile, email_index};

use super::app::TestApp;

/// The password of everybody.
pub const PASSWORD: &str = "seven brave otters swim north";

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub struct User {
    pub id: UserId,
    pub name: String,
    pub email: String,
}

/// Hashed once a process: it takes its time on purpose.
fn password_hash() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| password::hash(PASSWORD).unwrap()).clone()
}

/// What everybody signs in with.
pub fn credential() -> Credential {
    Credential::password(&password_hash())
}

impl TestApp {
    /// A French controller under the GDPR.
    pub async fn controller(&self, slug: &str) -> Controller {
        self.insert_controller(slug, |_| ()).await
    }

    /// An Irish controller under the GDPR.
    pub async fn controller_ie(&self) -> Controller {
        self.insert_controller("example-goods", |row| {
            row.name = "Example Goods Ltd".to_owned();
            row.address = "1 Example Quay, Dublin 2".to_owned();
            row.country = "IE".to_owned();
            row.contact = "privacy@goods.example".to_owned();
            row.authority = "Data Protection Commission".to_owned();
            row.language = Language::En;
            row.calendar = "IE".to_owned();
            row.time_zone = "Europe/Dublin".to_owned();
        })
        .await
    }

    /// Any controller: a French one, changed.
    pub async fn insert_controller(
        &self,
        slug: &str,
        change: impl FnOnce(&mut Controller),
    ) -> Controller {
        let id: ControllerId = self.ctx().new_id();
        let (_, wrapped_key) = self.app.vault().new_controller_key(id.uuid()).unwrap();
        let mut row = Controller {
            id,
            slug: slug.to_owned(),
            name: "Maison Exemple SAS".to_owned(),
            address: "1 rue de l'Exemple, 75002 Paris".to_owned(),
            country: "FR".to_owned(),
            contact: "dpo@maison.example".to_owned(),
            authority: "CNIL, 3 place de Fontenoy, 75007 Paris".to_owned(),
            language: Language::Fr,
            regime: "EU-GDPR".to_owned(),
            calendar: "FR".to_owned(),
            roll_over: true,
            time_zone: "Europe/Paris".to_owned(),
            wrapped_key,
            version: 1,
            created_at: Instant::from(self.app.now()),
            mail_from: None,
            mail_reply_to: None,
            mail_name: None,
            four_eyes: false,
            least_level: LEAST,
        };
        change(&mut row);
        let stored = row.clone();
        self.app.write(move |conn| Ok(controllers::insert(conn, &stored)?)).await.unwrap();
        row
    }

    /// A user with these roles.
    pub async fn user(&self, roles: &[(ControllerId, Role)]) -> User {
        self.insert_user(roles, |_| ()).await
    }

    /// A user who runs the instance.
    pub async fn operator(&self) -> User {
        self.insert_user(&[], |row| row.is_operator = true).await
    }

    /// Any user: an active one with these roles, changed.
    pub async fn insert_user(
        &self,
        roles: &[(ControllerId, Role)],
        change: impl FnOnce(&mut users::User),
    ) -> User {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let id: UserId = self.ctx().new_id();
        let profile = Profile {
            name: format!("Person {number}"),
            email: format!("person-{number}@staff.example"),
        };
        let vault = self.app.vault();
        let created_at = Instant::from(self.app.now());
        let mut row = users::User {
            id,
            email_index: email_index(vault, &profile.email).to_vec(),
            sealed_profile: profile.seal(vault, id).unwrap(),
            password_hash: password_hash(),
            must_change_password: false,
            is_operator: false,
            status: "active".to_owned(),
            language: Language::En,
            failed_sign_ins: 0,
            created_at,
        };
        change(&mut row);
        let memberships: Vec<Membership> = roles
            .iter()
            .map(|(controller, role)| Membership {
                user_id: id,
                controller_id: *controller,
                role: *role,
                created_at,
            })
            .collect();
        self.app
            .write(move |conn| {
                users::insert(conn, &row)?;
                for membership in &memberships {
                    users::add_membership(conn, membership)?;
                }
                Ok(())
            })
            .await
            .unwrap();
        User { id, name: profile.name, email: profile.email }
    }
}
