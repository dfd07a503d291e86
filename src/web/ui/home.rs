//! The first page of those who see no cases: who one is, for whom, and what one can do.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use super::frame::{Frame, page};
use super::signed::SignedPage;
use super::unreached::{self, Unreached};
use super::waiting_systems::{self, Waiting};
use crate::db::controllers;
use crate::domain::actor::{Permission, Role};
use crate::web::Front;
use crate::web::problem::Problem;
use crate::web::standing::{BackupStanding, MailStanding};

#[derive(Template)]
#[template(path = "web/ui/templates/home.html")]
struct Home {
    frame: Frame,
    operator: bool,
    backup: BackupStanding,
    mail: MailStanding,
    unreached: Vec<Unreached>,
    is_admin: bool,
    is_agent: bool,
    is_data_owner: bool,
    /// What waits for the reader as a data owner.
    waiting: Vec<Waiting>,
    memberships: Vec<Membership>,
}

/// An organisation, and what the reader is for it.
struct Membership {
    name: String,
    /// The keys of the reader's roles.
    roles: Vec<String>,
    /// Where its letters are worded, for whoever may.
    texts: Option<String>,
    /// Where is set how long it keeps its cases, for whoever may.
    retention: Option<String>,
    /// Where its identity provider is set, for whoever may.
    provider: Option<String>,
    /// Where is set what it asks for before any answer, for whoever may.
    least_level: Option<String>,
}

/// `GET /` for whoever may read no case.
///
/// # Errors
/// When the database fails.
pub async fn show(front: Data<Front>, signed: SignedPage) -> Result<HttpResponse, Problem> {
    let scope = signed.member.scope();
    let config = front.app.config().clone();
    let now = front.app.now();
    let (rows, backup, mail) = front
        .app
        .read(move |conn| {
            let backup = BackupStanding::read(conn, &config)?;
            Ok((controllers::list(conn, &scope)?, backup, MailStanding::read(conn, now)?))
        })
        .await?;
    let memberships = rows.into_iter().map(|row| {
        let held = signed.member.memberships.iter();
        let roles = held
            .filter(|(controller, _)| *controller == row.id)
            .map(|(_, role)| format!("role-{}", role.name().replace('_', "-")));
        let may = signed.member.may(row.id, Permission::EditLetterTexts);
        let texts = may.then(|| format!("/controllers/{}/letter-texts", row.id));
        let retention = signed.member.may(row.id, Permission::EditRetention);
        let retention = retention.then(|| format!("/controllers/{}/retention", row.id));
        let administers = signed.member.may(row.id, Permission::Administer);
        let of_identity = |end: &str| administers.then(|| format!("/controllers/{}/{end}", row.id));
        let (provider, least_level) =
            (of_identity("identity-provider"), of_identity("least-level"));
        let (name, roles) = (row.name, roles.collect());
        Membership { name, roles, texts, retention, provider, least_level }
    });
    let roles = &signed.member.memberships;
    let holds = |role: Role| roles.iter().any(|(_, held)| *held == role);
    let is_data_owner = holds(Role::DataOwner);
    let waiting =
        if is_data_owner { waiting_systems::list(&front, &signed).await? } else { Vec::new() };
    let template = Home {
        is_admin: holds(Role::Admin),
        is_agent: holds(Role::Agent),
        is_data_owner,
        waiting,
        operator: signed.member.is_operator,
        backup,
        mail,
        unreached: unreached::list(&front, &signed).await?,
        memberships: memberships.collect(),
        frame: signed.frame(),
    };
    page(StatusCode::OK, signed.language, &template)
}
