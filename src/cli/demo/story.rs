//! One case of the demo: every change is made by the verb that staff would use, at the instant at
//! which it is told to have happened.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context, anyhow};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::organisation::Organisation;
use super::people::Person;
use crate::app::App;
use crate::db::conn::Conn;
use crate::domain::actor::{Actor, Ctx, StaffMember};
use crate::domain::event::SentMessage;
use crate::domain::identity::{Level, Method};
use crate::domain::ids::{PackageId, RequestId, SearchId};
use crate::domain::inventory::special::SpecialTables;
use crate::domain::request::{Channel, Exercised};
use crate::domain::right::Right;
use crate::domain::subject;
use crate::domain::subject::name::PersonName;
use crate::error::Result as OurResult;
use crate::vault::CaseKey;
use crate::worker;
use crate::workflow::closing;
use crate::workflow::collection::{self, NewSearch};
use crate::workflow::identity::{self, IdentityDecision};
use crate::workflow::intake::{self, Addressee, NewRequest};
use crate::workflow::manual::{self, ManualAnswer};
use crate::workflow::record::{Case, Expected, Target, Written};
use crate::workflow::release::{self, Release};
use crate::workflow::response::{self, NewPackage};
use crate::workflow::sources::{SearchScope, search_plan};
use crate::workflow::subject::{NewSubject, Subject};

/// The instance and its moved clock.
#[derive(Clone)]
pub struct Stage {
    pub app: App,
    pub clock: Arc<AtomicI64>,
    /// The present, from which every story counts back.
    pub now: DateTime<Utc>,
}

impl Stage {
    /// Moves the clock to so many hours before the present.
    pub fn hours_ago(&self, hours: i64) {
        let at = self.now - Duration::hours(hours);
        self.clock.store(at.timestamp_micros(), Ordering::SeqCst);
    }
}

/// A case while its story is told.
pub struct Story<'a> {
    stage: &'a Stage,
    organisation: &'a Organisation,
    id: RequestId,
    key: CaseKey,
    subject: Subject,
}

impl<'a> Story<'a> {
    /// Somebody asks, so many hours ago.
    ///
    /// # Errors
    /// When a verb refuses, which would be a fault of the demo.
    pub async fn begin(
        stage: &'a Stage,
        organisation: &'a Organisation,
        person: &Person,
        asked: (Channel, Vec<Exercised>, &str),
        hours_ago: i64,
    ) -> anyhow::Result<Self> {
        stage.hours_ago(hours_ago);
        let ctx = stage.app.ctx(Actor::Staff(organisation.agent.clone()));
        let (channel, rights, key) = asked;
        let words = organisation.words(key);
        let name = format!("{} {}", person.first, person.last);
        let country = &organisation.controller.country;
        let new = NewRequest {
            channel,
            rights,
            subject: NewSubject {
                names: vec![PersonName::parse(&name)?],
                identifiers: subject::identifiers([("email", person.email.as_str())], country)?,
                postal_address: None,
            },
            words: words.clone(),
            language: organisation.controller.language,
            received_at: None,
            received_reason: None,
            representative: None,
        };
        let to =
            Addressee { controller: &organisation.controller, key: &organisation.key, days: &[] };
        let prepared = intake::prepare(&ctx, &to, &new)?;
        let id = prepared.request.id;
        let wrapped = prepared.request.wrapped_key.as_deref().context("a key")?;
        let key = organisation.key.case_key(id.uuid(), wrapped)?;
        let logged = stage.app.write(move |conn| intake::log_request(conn, &ctx, &prepared, None));
        logged.await?;
        let subject = new.subject.with(words, None);
        Ok(Self { stage, organisation, id, key, subject })
    }

    /// One verb, so many hours ago, with what was written by whoever did it.
    ///
    /// # Errors
    /// What the verb answers.
    pub async fn act<F>(
        &self,
        hours_ago: i64,
        by: &StaffMember,
        words: Option<Value>,
        verb: F,
    ) -> anyhow::Result<()>
    where
        F: Fn(&mut Conn, &Ctx, &Target, &Written) -> OurResult<Case> + Send + 'static,
    {
        self.stage.hours_ago(hours_ago);
        let ctx = self.stage.app.ctx(Actor::Staff(by.clone()));
        let written = match &words {
            Some(words) => Written::sealed(&ctx, &self.key, words)?,
            None => Written::plain(&ctx),
        };
        let target = self.target();
        let acted = self.stage.app.write(move |conn| verb(conn, &ctx, &target, &written));
        acted.await.map(drop).map_err(|error| anyhow!(error))
    }

    fn target(&self) -> Target {
        Target { scope: self.organisation.dpo.scope(), id: self.id, expected: Expected::Any }
    }

    /// A message that was sent half an hour before it is recorded.
    #[must_use]
    pub fn message(&self, hours_ago: i64) -> SentMessage {
        SentMessage {
            sent_at: self.stage.now - Duration::hours(hours_ago) - Duration::minutes(30),
            channel: Channel::Email,
        }
    }

    /// The receipt is acknowledged and the case given to the handler.
    ///
    /// # Errors
    /// As [`Story::act`].
    pub async fn acknowledge(&self, hours_ago: i64) -> anyhow::Result<()> {
        let (message, handler) = (self.message(hours_ago), &self.organisation.handler);
        let assignee = Some(handler.id);
        self.act(hours_ago, handler, None, move |conn, ctx, target, written| {
            closing::acknowledge(conn, ctx, target, Some(message.clone()), written)
        })
        .await?;
        self.act(hours_ago, handler, None, move |conn, ctx, target, written| {
            closing::assign(conn, ctx, target, assignee, written)
        })
        .await
    }

    /// The person is seen at the counter, and names an order that nobody else knows.
    ///
    /// # Errors
    /// As [`Story::act`].
    pub async fn verify(&self, hours_ago: i64) -> anyhow::Result<()> {
        let decision = IdentityDecision {
            level: Some(Level::V2),
            methods: vec![Method::InPerson, Method::KnownFacts],
            has_doubt: false,
            has_reason: false,
        };
        let handler = &self.organisation.handler;
        self.act(hours_ago, handler, None, move |conn, ctx, target, written| {
            identity::decide_identity(conn, ctx, target, &decision, written)
        })
        .await
    }

    /// Every system is searched, and the archive has nothing.
    ///
    /// # Errors
    /// As [`Story::act`].
    pub async fn search(&self, hours_ago: i64, archive: bool) -> anyhow::Result<SearchId> {
        self.stage.hours_ago(hours_ago);
        let handler = &self.organisation.handler;
        let id: SearchId = self.stage.app.ctx(Actor::Worker).new_id();
        let new = NewSearch {
            id,
            scope: SearchScope::Full,
            map_version: 1,
            plan: search_plan(&self.organisation.map, &self.subject, SearchScope::Full),
            by: handler.id,
            before_identity: false,
        };
        self.act(hours_ago, handler, None, move |conn, ctx, target, written| {
            collection::start_search(conn, ctx, target, &new, written)
        })
        .await?;
        worker::drain(&self.stage.app).await?;
        if archive {
            let answer = ManualAnswer {
                search: id,
                system: "archive".to_owned(),
                tables: Vec::new(),
                nothing_found: true,
                special_tables: SpecialTables::default(),
            };
            let owner = &self.organisation.data_owner;
            self.act(hours_ago - 2, owner, None, move |conn, ctx, target, written| {
                manual::answer_system(conn, ctx, target, &answer, written)
            })
            .await?;
        }
        Ok(id)
    }

    /// A package is built from a search.
    ///
    /// # Errors
    /// As [`Story::act`].
    pub async fn pack(
        &self,
        hours_ago: i64,
        search: SearchId,
        right: Right,
    ) -> anyhow::Result<PackageId> {
        self.stage.hours_ago(hours_ago);
        let ctx = self.stage.app.ctx(Actor::Staff(self.organisation.handler.clone()));
        let id: PackageId = ctx.new_id();
        let (target, new) =
            (self.target(), NewPackage { id, search, right, language: None, sealed_reason: None });
        let building =
            self.stage.app.write(move |conn| response::build_package(conn, &ctx, &target, &new));
        building.await?;
        worker::drain(&self.stage.app).await?;
        Ok(id)
    }

    /// The DPO releases a package.
    ///
    /// # Errors
    /// As [`Story::act`].
    pub async fn release(&self, hours_ago: i64, package: PackageId) -> anyhow::Result<()> {
        let words = json!({ "reason": "Looked through; only what is about the person." });
        let dpo = &self.organisation.dpo;
        self.act(hours_ago, dpo, Some(words), move |conn, ctx, target, written| {
            let release = Release { package, special: false, proposals_open: false };
            release::release_package(conn, ctx, target, release, written)
        })
        .await
    }
}
