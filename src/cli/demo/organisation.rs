//! A fictional organisation of the demo: its settings, staff, data map and connected systems.

use std::path::Path;

use anyhow::Context;

use super::people::{Country, Person, people};
use super::postgresql::Server;
use super::sources;
use crate::app::App;
use crate::connectors::settings::{Connection, SqliteSettings};
use crate::db::column::Instant;
use crate::db::controllers::Controller;
use crate::db::users::{self, User};
use crate::domain::actor::{Actor, Role, StaffMember};
use crate::domain::identity::LEAST;
use crate::domain::ids::{ControllerId, UserId};
use crate::domain::inventory::map::{ConnectorKind, DataMap};
use crate::domain::inventory::parse::parse;
use crate::language::{Language, text};
use crate::vault::ControllerKey;
use crate::workflow::record::Expected;
use crate::workflow::settings::controllers::{self, NewController};
use crate::workflow::settings::memberships::{self, Who};
use crate::workflow::settings::profile::{Profile, email_index};
use crate::workflow::settings::systems::{self, NewConnection};
use crate::workflow::settings::{data_map, users as user_verbs};

/// The password of everybody in the demo.
pub const PASSWORD: &str = "nine calm herons cross the bay";

/// How many people each organisation's systems know.
const PEOPLE: i64 = 180;

const MAP: &str = include_str!("map.yaml");

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub struct SignIn {
    pub email: String,
    /// What the person is, as words for the list of sign-ins.
    pub role: String,
}

/// An organisation that is set up.
pub struct Organisation {
    pub controller: Controller,
    pub key: ControllerKey,
    pub map: DataMap,
    pub people: Vec<Person>,
    pub dpo: StaffMember,
    pub handler: StaffMember,
    pub agent: StaffMember,
    pub data_owner: StaffMember,
}

impl Organisation {
    /// What somebody says in the demo, in the language of the organisation.
    #[must_use]
    pub fn words(&self, key: &str) -> String {
        text(self.controller.language, key)
    }
}

impl Country {
    const fn slug(self) -> &'static str {
        match self {
            Self::France => "maison-exemple",
            Self::Ireland => "example-goods",
        }
    }

    const fn language(self) -> Language {
        match self {
            Self::France => Language::Fr,
            Self::Ireland => Language::En,
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::France => "FR",
            Self::Ireland => "IE",
        }
    }

    fn controller(self) -> NewController {
        let (name, address, contact, authority, zone) = match self {
            Self::France => (
                "Maison Exemple SAS",
                "12 rue de l’Exemple\n44000 Nantes",
                "dpo@maison.example",
                "Commission nationale de l’informatique et des libertés (CNIL)\n\
                 3 place de Fontenoy, TSA 80715\n75334 Paris Cedex 07",
                "Europe/Paris",
            ),
            Self::Ireland => (
                "Example Goods Ltd",
                "1 Example Quay\nDublin 2",
                "privacy@goods.example",
                "Data Protection Commission\n6 Pembroke Row\nDublin 2\nD02 X963",
                "Europe/Dublin",
            ),
        };
        NewController {
            slug: self.slug().to_owned(),
            name: name.to_owned(),
            address: address.to_owned(),
            country: self.code().to_owned(),
            contact: contact.to_owned(),
            authority: authority.to_owned(),
            language: self.language(),
            regime: "EU-GDPR".to_owned(),
            calendar: self.code().to_owned(),
            roll_over: true,
            time_zone: zone.to_owned(),
            least_level: LEAST,
        }
    }
}

/// A user with the password that everybody has, hashed once.
///
/// # Errors
/// When the profile cannot be sealed.
pub fn user(
    app: &App,
    hash: &str,
    (name, email): (&str, &str),
    language: Language,
    is_operator: bool,
) -> anyhow::Result<User> {
    let ctx = app.ctx(Actor::CommandLine);
    let id: UserId = ctx.new_id();
    let profile = Profile { name: name.to_owned(), email: email.to_owned() };
    Ok(User {
        id,
        email_index: email_index(app.vault(), email).to_vec(),
        sealed_profile: profile.seal(app.vault(), id)?,
        password_hash: hash.to_owned(),
        must_change_password: false,
        is_operator,
        status: "active".to_owned(),
        language,
        failed_sign_ins: 0,
        created_at: Instant::from(ctx.now),
    })
}

/// Stores a user with nothing but the account.
///
/// # Errors
/// When the address is taken.
pub async fn store_user(app: &App, row: User) -> anyhow::Result<()> {
    let ctx = app.ctx(Actor::CommandLine);
    app.write(move |conn| user_verbs::create(conn, &ctx, &row)).await.context("storing a user")
}

/// Sets an organisation up; `shared` is the e-mail address of the DPO who serves both. Its shop
/// stands in PostgreSQL where there is a server.
///
/// # Errors
/// When a verb refuses, which would be a fault of the demo.
pub async fn set_up(
    app: &App,
    country: Country,
    (folder, server): (&Path, Option<&mut Server>),
    hash: &str,
    shared: &str,
) -> anyhow::Result<Organisation> {
    let ctx = app.ctx(Actor::CommandLine);
    let controller = controllers::prepare(&ctx, app.vault(), country.controller())?;
    let (row, as_who) = (controller.clone(), ctx.clone());
    app.write(move |conn| controllers::create(conn, &as_who, &row)).await?;
    let id = controller.id;
    let key = app.controller_key(&controller)?;
    let mut members = Vec::new();
    for role in Role::ALL {
        let email = address(country, role);
        let who = staff_name(country, role);
        let row = user(app, hash, (who, &email), country.language(), false)?;
        members.push((role, join(app, id, Who::New(Box::new(row)), role).await?));
    }
    let index = email_index(app.vault(), shared);
    join(app, id, Who::Known(index), Role::Dpo).await?;
    let member = |wanted: Role| {
        let found = members.iter().find(|(role, _)| *role == wanted);
        found.map(|(_, member)| member.clone()).context("a role of the demo")
    };
    let owner = address(country, Role::DataOwner);
    let people = people(country, PEOPLE);
    let folder = folder.join(country.slug());
    sources::make(&folder, country, &people, app.now())?;
    let file = |name: &str| {
        Connection::Sqlite(SqliteSettings { path: folder.join(name).with_extension("db") })
    };
    let shop = match server {
        Some(server) => server.make_shop(country.slug(), &folder.join("shop.db")).await?,
        None => file("shop"),
    };
    let described = (owner.as_str(), shop.kind());
    let map = store_map(app, &controller, &key, &member(Role::Dpo)?, described).await?;
    connect(app, &key, id, "shop", &shop).await?;
    for system in ["support", "newsletter"] {
        connect(app, &key, id, system, &file(system)).await?;
    }
    Ok(Organisation {
        dpo: member(Role::Dpo)?,
        handler: member(Role::Handler)?,
        agent: member(Role::Agent)?,
        data_owner: member(Role::DataOwner)?,
        controller,
        key,
        map,
        people,
    })
}

fn address(country: Country, role: Role) -> String {
    let name = role.name().replace('_', "-");
    format!("{name}@{}.example", country.slug())
}

/// Who can sign in for an organisation.
#[must_use]
pub fn sign_ins(country: Country, language: Language) -> Vec<SignIn> {
    let organisation = country.controller().name;
    let one = |role: Role| {
        let shown = text(language, &format!("role-{}", role.name().replace('_', "-")));
        SignIn { email: address(country, role), role: format!("{organisation}, {shown}") }
    };
    Role::ALL.into_iter().map(one).collect()
}

const fn staff_name(country: Country, role: Role) -> &'static str {
    match (country, role) {
        (Country::France, Role::Admin) => "Nadia Admin-Exemple",
        (Country::France, Role::Dpo) => "Claire Délégué",
        (Country::France, Role::Handler) => "Marc Traitant",
        (Country::France, Role::Agent) => "Lina Accueil",
        (Country::France, Role::DataOwner) => "Paul Archives",
        (Country::France, Role::Auditor) => "Irène Contrôle",
        (Country::Ireland, Role::Admin) => "Nora Admin-Example",
        (Country::Ireland, Role::Dpo) => "Declan Officer",
        (Country::Ireland, Role::Handler) => "Maura Handler",
        (Country::Ireland, Role::Agent) => "Sean Frontdesk",
        (Country::Ireland, Role::DataOwner) => "Una Archive",
        (Country::Ireland, Role::Auditor) => "Eamon Audit",
    }
}

async fn join(
    app: &App,
    controller: ControllerId,
    who: Who,
    role: Role,
) -> anyhow::Result<StaffMember> {
    let ctx = app.ctx(Actor::CommandLine);
    let member = app.write(move |conn| {
        let id = memberships::add(conn, &ctx, controller, &who, role)?;
        Ok(users::staff_member(conn, id)?)
    });
    member.await?.context("a member of the demo")
}

async fn store_map(
    app: &App,
    controller: &Controller,
    key: &ControllerKey,
    by: &StaffMember,
    (owner, shop): (&str, ConnectorKind),
) -> anyhow::Result<DataMap> {
    let text = MAP
        .replace("connector: SHOP", &format!("connector: {}", shop.name()))
        .replace("name: CONTROLLER", &format!("name: {}", controller.name))
        .replace("country: COUNTRY", &format!("country: {}", controller.country))
        .replace("contact: CONTACT", &format!("contact: {}", controller.contact))
        .replace("owner: OWNER", &format!("owner: {owner}"));
    let document = parse(&text).map_err(|problems| {
        let first = problems.first().map(|problem| problem.path.clone());
        anyhow::anyhow!("the data map of the demo is wrong at {first:?}")
    })?;
    let ctx = app.ctx(Actor::Staff(by.clone()));
    let of = (controller.id, by.id);
    let new = data_map::prepare(&ctx, key, of, (0, Expected::Any), (&text, &document.map))?;
    app.write(move |conn| data_map::replace(conn, &ctx, &new)).await?;
    Ok(document.map)
}

async fn connect(
    app: &App,
    key: &ControllerKey,
    controller: ControllerId,
    name: &str,
    connection: &Connection,
) -> anyhow::Result<()> {
    let ctx = app.ctx(Actor::CommandLine);
    let settings = serde_json::to_vec(connection)?;
    let new = NewConnection { name, connector: connection.kind().name(), settings: &settings };
    let row = systems::prepare(&ctx, key, controller, None, &new)?;
    let name = name.to_owned();
    app.write(move |conn| {
        systems::connect(conn, &ctx, &row)?;
        systems::test(conn, &ctx, controller, &name)
    })
    .await?;
    Ok(())
}
