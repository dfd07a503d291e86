//! An instance with a case whose person is written to.

use chrono::{DateTime, Utc};
use guichet::db::controllers::Controller;
use guichet::db::jobs::JobRow;
use guichet::db::mails::{self, Mail};
use guichet::db::requests;
use guichet::db::tasks::{self, Task};
use guichet::domain::actor::{Role, Scope};
use guichet::domain::ids::{MailId, RequestId};
use guichet::domain::mail::MailPurpose;
use guichet::language::Language;
use guichet::mail::address::MailAddress;
use guichet::mail::message::{Block, Message};
use guichet::mail::salutation::salutation;
use guichet::mail::settings::Delivery;
use guichet::worker;
use guichet::workflow::mails::{Sender, enqueue, prepare};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::cases::LoggedCase;

pub struct Post {
    pub app: TestApp,
    pub controller: Controller,
    pub dpo: User,
    pub case: LoggedCase,
}

impl Post {
    /// An instance whose mail goes this way.
    pub async fn open(delivery: Delivery) -> Self {
        let app = TestApp::start_with(|config| config.mail = delivery).await;
        let controller = app.controller("maison-exemple").await;
        let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
        let case = app.log_case(&dpo, &controller, |_| ()).await;
        Self { app, controller, dpo, case }
    }

    /// Somebody who may change the settings.
    pub async fn admin(&self) -> User {
        self.app.user(&[(self.controller.id, Role::Admin)]).await
    }

    /// The same with the controller as it is stored by now.
    pub async fn again(self) -> Self {
        let id = self.controller.id;
        let read = self.app.app.read(move |conn| Ok(guichet::db::controllers::find(conn, id)?));
        let controller = read.await.unwrap();
        Self { controller, ..self }
    }

    pub fn request(&self) -> RequestId {
        self.case.id.parse().unwrap()
    }

    /// Writes a notice to the person at an address that no other test writes to.
    pub async fn write_to_person(&self, local: &str) -> (String, MailId) {
        let blocks = ["Un message vous attend.".to_owned()];
        self.write(local, Some("Zoé Martin"), &blocks, MailPurpose::PortalNotice).await
    }

    /// Writes to an address that begins so, at a domain that is this test's.
    pub async fn write(
        &self,
        local: &str,
        name: Option<&str>,
        paragraphs: &[String],
        purpose: MailPurpose,
    ) -> (String, MailId) {
        let domain = format!("{}.example", self.request().uuid().simple());
        let to = format!("{local}@{domain}");
        (to.clone(), self.write_to(&to, name, paragraphs, purpose).await)
    }

    /// Writes to an address.
    pub async fn write_to(
        &self,
        to: &str,
        name: Option<&str>,
        paragraphs: &[String],
        purpose: MailPurpose,
    ) -> MailId {
        self.write_until(to, name, paragraphs, (purpose, None)).await
    }

    /// Writes something that is of no use after an instant.
    pub async fn write_until(
        &self,
        to: &str,
        name: Option<&str>,
        paragraphs: &[String],
        (purpose, until): (MailPurpose, Option<DateTime<Utc>>),
    ) -> MailId {
        let mut blocks = vec![Block::Paragraph(salutation(Language::Fr, name))];
        blocks.extend(paragraphs.iter().cloned().map(Block::Paragraph));
        let to = MailAddress::parse(to).unwrap();
        let subject = "Un message vous attend « ici »";
        let message = Message::new(to, Language::Fr, subject, &blocks);
        let (scope, id) = (Scope::of_job(self.controller.id), self.request());
        let case = self.app.app.read(move |conn| Ok(requests::get(conn, &scope, id)?));
        let wrapped = case.await.unwrap().wrapped_key.unwrap();
        let key = self.app.app.controller_key(&self.controller).unwrap();
        let key = key.case_key(id.uuid(), &wrapped).unwrap();
        let sender = Sender::Case { controller: &self.controller, request: id, key: &key };
        let ctx = self.app.ctx();
        let mail = prepare(&ctx, &sender, "instance.example", &message, purpose, until).unwrap();
        self.app.app.write(move |conn| enqueue(conn, &mail)).await.unwrap()
    }

    /// Runs what is due, and says how many jobs that were.
    pub async fn drain(&self) -> usize {
        worker::drain(&self.app.app).await.unwrap()
    }

    pub async fn row(&self, id: MailId) -> Mail {
        self.app.app.read(move |conn| Ok(mails::get(conn, id)?)).await.unwrap().unwrap()
    }

    /// The tasks about mail of the case.
    pub async fn tasks(&self) -> Vec<Task> {
        let id = self.request();
        let all = self.app.app.read(move |conn| Ok(tasks::of_request(conn, id)?)).await.unwrap();
        all.into_iter().filter(|task| task.kind == "deliver_mail").collect()
    }

    /// The jobs that send mail.
    pub async fn jobs(&self) -> Vec<JobRow> {
        use diesel::prelude::*;
        use guichet::db::schema::jobs as table;
        let read = self.app.app.read(|conn| {
            let mail = table::table.filter(table::kind.eq("SendMail"));
            Ok(mail.select(JobRow::as_select()).load(conn)?)
        });
        read.await.unwrap()
    }
}
