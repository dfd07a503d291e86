//! An instance in this process: its own database, a clock that the test moves, and the front door
//! as the server has it.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::test::TestRequest;
use actix_web::web::Data;
use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use guichet::app::{App, Clock};
use guichet::config::Config;
use guichet::db::conn::Conn;
use guichet::db::events::EventRow;
use guichet::db::schema::events;
use guichet::domain::actor::{Actor, Ctx};
use guichet::start::Opening;
use guichet::web::{self, Front};

use super::builders::User;
use super::client::Client;
use super::db::Place;

type Served = Pin<Box<dyn Future<Output = ServiceResponse<BoxBody>>>>;

/// A running instance; its database and directory go with it.
pub struct TestApp {
    pub app: App,
    pub front: Data<Front>,
    clock: Arc<AtomicI64>,
    serve: Rc<dyn Fn(TestRequest) -> Served>,
    place: Place,
}

/// The instant at which every test begins: a Monday, ten in the morning in Paris.
pub fn start_at() -> DateTime<Utc> {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

impl TestApp {
    /// An instance with the usual settings.
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// An instance whose settings the test changes first.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let mut place = Place::fresh();
        change(&mut place.config);
        let clock = Arc::new(AtomicI64::new(start_at().timestamp_micros()));
        let moved = Clock::Moved(Arc::clone(&clock));
        let app = App::open(place.config.clone(), moved, Opening::Serve).unwrap();
        let front = Data::new(Front::new(app.clone()).unwrap());
        let routes = front.clone();
        let service = actix_web::test::init_service(
            actix_web::App::new().configure(move |config| web::configure(config, &routes)),
        )
        .await;
        let service = Rc::new(service);
        let serve = Rc::new(move |request: TestRequest| -> Served {
            let service = Rc::clone(&service);
            Box::pin(
                async move { actix_web::test::call_service(&*service, request.to_request()).await },
            )
        });
        Self { app, front, clock, serve, place }
    }

    /// A client that is signed in with a token.
    pub fn as_user(&self, user: &User) -> Client<'_> {
        Client::new(self).signed_in(user.id)
    }

    /// A client that nobody is signed in with.
    pub fn anonymous(&self) -> Client<'_> {
        Client::new(self)
    }

    /// Answers a request as the server would.
    pub async fn serve(&self, request: TestRequest) -> ServiceResponse<BoxBody> {
        (self.serve)(request).await
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        let micros = by.num_microseconds().unwrap();
        self.clock.fetch_add(micros, Ordering::SeqCst);
    }

    /// Puts the clock somewhere.
    pub fn set_now(&self, at: DateTime<Utc>) {
        self.clock.store(at.timestamp_micros(), Ordering::SeqCst);
    }

    /// What a verb called by the test itself is told.
    pub fn ctx(&self) -> Ctx {
        self.app.ctx(Actor::CommandLine)
    }

    /// The settings of the instance.
    pub fn config(&self) -> &Config {
        &self.place.config
    }

    /// The directory of the instance.
    pub fn directory(&self) -> &std::path::Path {
        self.place.directory()
    }

    /// The kinds of the events that belong to no case, sorted: the clock may have stood still.
    pub async fn event_kinds(&self) -> Vec<String> {
        let events = self.settings_events().await;
        events.into_iter().map(|event| event.kind).collect()
    }

    /// Everything that those events say in clear.
    pub async fn event_texts(&self) -> String {
        let events = self.settings_events().await;
        let texts = events.iter().map(|event| format!("{} {}", event.actor, event.detail));
        texts.collect::<Vec<_>>().join("\n")
    }

    async fn settings_events(&self) -> Vec<EventRow> {
        let read = |conn: &mut Conn| {
            let all = events::table
                .filter(events::request_id.is_null())
                .order(events::kind)
                .select(EventRow::as_select())
                .load(conn);
            Ok(all?)
        };
        self.app.read(read).await.unwrap()
    }
}
