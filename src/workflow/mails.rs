//! Mail that a verb wants: written and sealed before the transaction, stored with its job inside of
//! it, and settled with an event of its case. Nothing is sent here.
//!
//! ```text
//! let prepared = mails::prepare(&ctx, &from, &message, purpose)?;    // before the transaction
//! app.write(move |conn| { …the verb…; mails::enqueue(conn, &ctx, &prepared) })
//! ```

use chrono::{DateTime, Utc};
use rand::Rng;

use super::{record, unreached};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::controllers::{self, Controller};
use crate::db::jobs::{self, JobRow};
use crate::db::mails::{self, Ending, Mail};
use crate::db::requests;
use crate::db::tasks::{self, Task};
use crate::domain::actor::{Ctx, Scope};
use crate::domain::event::Event;
use crate::domain::ids::{ControllerId, MailId, RequestId};
use crate::domain::job::Job;
use crate::domain::mail::{MailPurpose, MailState};
use crate::error::{Error, Result};
use crate::mail::address::MailAddress;
use crate::mail::bounce::Bounce;
use crate::mail::message::{Message, message_id};
use crate::mail::render::{Outgoing, Signature};
use crate::vault::key::Key;
use crate::vault::place::Place;
use crate::vault::{CaseKey, ControllerKey, Vault};

/// The kind of the task that a mail makes which did not go out.
pub const UNDELIVERED_TASK: &str = "deliver_mail";

/// On whose behalf a mail is written, and under whose key it stands sealed.
pub enum Sender<'a> {
    /// About a case: to the person, or to whoever acts for the person.
    Case { controller: &'a Controller, request: RequestId, key: &'a CaseKey },
    /// About no case: to the people of a controller.
    Controller { controller: &'a Controller, key: &'a ControllerKey },
    /// From the instance itself, to one of its people.
    Instance { vault: &'a Vault },
}

impl Sender<'_> {
    const fn key(&self) -> &Key {
        match self {
            Self::Case { key, .. } => key.key(),
            Self::Controller { key, .. } => key.key(),
            Self::Instance { vault } => vault.staff_key(),
        }
    }

    const fn controller(&self) -> Option<&Controller> {
        match self {
            Self::Case { controller, .. } | Self::Controller { controller, .. } => Some(controller),
            Self::Instance { .. } => None,
        }
    }

    const fn request(&self) -> Option<RequestId> {
        match self {
            Self::Case { request, .. } => Some(*request),
            _ => None,
        }
    }
}

/// A mail with its job, to be stored by [`enqueue`].
#[derive(Clone)]
pub struct Prepared {
    mail: Mail,
    job: JobRow,
}

impl Prepared {
    /// The id that the mail will have.
    #[must_use]
    pub const fn id(&self) -> MailId {
        self.mail.id
    }
}

/// Seals a message and prepares its job. `home` is the host of this instance, for the Message-ID of
/// a controller that has no address of its own.
///
/// # Errors
/// When the message cannot be sealed.
pub fn prepare(
    ctx: &Ctx,
    from: &Sender<'_>,
    home: &str,
    message: &Message,
    purpose: MailPurpose,
    useful_until: Option<DateTime<Utc>>,
) -> Result<Prepared> {
    let id: MailId = ctx.new_id();
    let plaintext =
        serde_json::to_vec(message).map_err(|_| Error::internal("a message to JSON"))?;
    let sealed_message = from.key().seal(&message_place(id), &plaintext)?;
    let run_after = ctx.now + purpose.delay();
    let own = from.controller().and_then(|it| it.mail_from.as_deref());
    let own = own.and_then(|address| MailAddress::parse(address).ok());
    let mut random = [0; 16];
    rand::rng().fill_bytes(&mut random);
    let controller_id = from.controller().map(|it| it.id);
    let request_id = from.request();
    let mut job = record::job_row(ctx, &Job::SendMail { mail: id }, None, run_after)?;
    (job.controller_id, job.request_id) = (controller_id, request_id);
    let mail = Mail {
        id,
        controller_id,
        request_id,
        purpose,
        sealed_message,
        message_id: message_id(random, own.as_ref().map_or(home, MailAddress::domain)),
        state: MailState::Waiting,
        attempts: 0,
        last_error: None,
        run_after: Instant::from(run_after),
        useful_until: useful_until.map(Instant::from),
        created_at: Instant::from(ctx.now),
        sent_at: None,
        ended_at: None,
    };
    Ok(Prepared { mail, job })
}

/// Stores a prepared mail and its job in the transaction of the verb that wants it.
///
/// # Errors
/// When the database fails.
pub fn enqueue(conn: &mut Conn, prepared: &Prepared) -> Result<MailId> {
    mails::insert(conn, &prepared.mail)?;
    jobs::insert(conn, &prepared.job)?;
    Ok(prepared.mail.id)
}

/// Calls a mail off before its time has come: what wanted it was undone.
///
/// # Errors
/// `Transition` when its time has come: it may be on its way.
pub fn call_off(conn: &mut Conn, ctx: &Ctx, id: MailId) -> Result<()> {
    if mails::call_off(conn, id, Instant::from(ctx.now))? {
        return Ok(());
    }
    Err(Error::Transition { code: "mail-on-its-way" })
}

/// Where a message stands sealed.
#[must_use]
pub const fn message_place(id: MailId) -> Place<'static> {
    Place::new("mails", "sealed_message", id.uuid())
}

/// Opens a message under the key that it was sealed with.
///
/// # Errors
/// When the seal does not open.
pub fn open(key: &Key, mail: &Mail) -> Result<Message> {
    let plaintext = key.open(&message_place(mail.id), &mail.sealed_message)?;
    serde_json::from_slice(&plaintext).map_err(|_| Error::internal("a message does not read"))
}

/// A mail with what opening and rendering it needs.
pub struct Found {
    pub mail: Mail,
    pub controller: Option<Controller>,
    /// The wrapped key of its case, while there is one.
    pub wrapped_key: Option<Vec<u8>>,
}

/// Finds a mail.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: MailId) -> Result<Option<Found>> {
    match mails::get(conn, id)? {
        Some(mail) => with_keys(conn, mail).map(Some),
        None => Ok(None),
    }
}

/// A mail with the keys of its controller and its case.
///
/// # Errors
/// When the database fails.
pub fn with_keys(conn: &mut Conn, mail: Mail) -> Result<Found> {
    let controller = match mail.controller_id {
        Some(controller) => Some(controllers::find(conn, controller)?),
        None => None,
    };
    let wrapped_key = match (mail.controller_id, mail.request_id) {
        (Some(controller), Some(request)) => {
            requests::get(conn, &Scope::of_job(controller), request)?.wrapped_key
        }
        _ => None,
    };
    Ok(Found { mail, controller, wrapped_key })
}

impl Found {
    /// The case that the mail is about, with its wrapped key.
    #[must_use]
    pub fn case(&self) -> Option<(RequestId, &[u8])> {
        self.mail.request_id.zip(self.wrapped_key.as_deref())
    }

    /// The mail as its reader will see it: from the address of its controller, else from the
    /// sender of the instance.
    ///
    /// # Errors
    /// When the seal does not open.
    pub fn outgoing(&self, key: &Key, sender: &MailAddress) -> Result<Outgoing> {
        let controller = self.controller.as_ref();
        let read = |text: Option<&str>| text.and_then(|text| MailAddress::parse(text).ok());
        let own = controller.and_then(|it| read(it.mail_from.as_deref()));
        let signature = Signature {
            from: own.unwrap_or_else(|| sender.clone()),
            name: controller.map(|it| it.mail_name.clone().unwrap_or_else(|| it.name.clone())),
            reply_to: controller.and_then(|it| read(it.mail_reply_to.as_deref())),
        };
        Ok(Outgoing {
            signature,
            message_id: self.mail.message_id.clone(),
            written_at: self.mail.created_at.utc(),
            message: open(key, &self.mail)?,
        })
    }
}

/// How a mail ended that a worker had in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Sent,
    /// For good, with a code of ours.
    Failed {
        state: MailState,
        code: String,
    },
}

/// Settles a mail: its state, an event of its case, and a task for a person when it did not go out.
/// Settling twice does nothing.
///
/// # Errors
/// `RunAgain` when somebody else wrote to the case in between.
pub fn settle(conn: &mut Conn, ctx: &Ctx, id: MailId, outcome: &Outcome) -> Result<()> {
    let Some(mail) = mails::get(conn, id)? else {
        return Ok(());
    };
    let (state, code) = match outcome {
        Outcome::Sent => (MailState::Sent, None),
        Outcome::Failed { state, code } => (*state, Some(code.as_str())),
    };
    if !mails::end(conn, id, Ending { state, code, at: Instant::from(ctx.now) })? {
        return Ok(());
    }
    tell(conn, ctx, &mail, code)
}

/// Takes in that a mail came back which the mail server had taken. A report that says it twice, or
/// of a mail that is not ours, does nothing.
///
/// # Errors
/// `RunAgain` when somebody else wrote to the case in between.
pub fn come_back(conn: &mut Conn, ctx: &Ctx, bounce: &Bounce) -> Result<()> {
    let Some(mail) = mails::by_message_id(conn, &bounce.message_id)? else {
        return Ok(());
    };
    let code = format!("bounce-{}", bounce.status);
    if !mails::come_back(conn, mail.id, &code)? {
        return Ok(());
    }
    tell(conn, ctx, &mail, Some(&code))
}

/// The event of the case, and a task when the mail did not arrive. One of the instance itself is of no
/// case: whom it did not reach is told.
fn tell(conn: &mut Conn, ctx: &Ctx, mail: &Mail, code: Option<&str>) -> Result<()> {
    let Some(controller) = mail.controller_id else {
        return code.map_or(Ok(()), |code| unreached::tell(conn, ctx, mail.id, code));
    };
    // That a code went stands in the history since it was written. Where none could be, there is no
    // more: a history that grows by two events would tell who is on file.
    let is_told = mail.purpose == MailPurpose::Code && code.is_none();
    if let Some(request) = mail.request_id.filter(|_| !is_told) {
        let (id, purpose) = (mail.id, mail.purpose);
        let mut case = record::load(conn, &Scope::of_job(controller), request)?;
        let falls = || purpose == MailPurpose::PortalNotice && case.state.falls_with(id);
        let event = match code {
            None => Event::MailSent { mail: id, purpose },
            Some(code) => {
                let (code, takes_back) = (code.to_owned(), Some(falls()));
                Event::MailFailed { mail: id, purpose, code, takes_back }
            }
        };
        case.record(conn, ctx, event, &record::Written::plain(ctx))?;
    }
    match code {
        Some(code) => ask(conn, ctx, (controller, mail.request_id), mail.purpose, code),
        None => Ok(()),
    }
}

fn ask(
    conn: &mut Conn,
    ctx: &Ctx,
    (controller_id, request_id): (ControllerId, Option<RequestId>),
    purpose: MailPurpose,
    code: &str,
) -> Result<()> {
    let task = Task {
        id: ctx.new_id(),
        controller_id,
        request_id,
        kind: UNDELIVERED_TASK.to_owned(),
        system: None,
        detail: format!("{}/{code}", purpose.name()),
        created_at: Instant::from(ctx.now),
        done_at: None,
        done_by: None,
    };
    Ok(tasks::insert(conn, &task)?)
}
