//! Looks up who is on file, in the contact columns of the connected systems alone, and sends a code
//! to that address: as it is stored, never as somebody supplied it. Whoever asked in the portal sees
//! nothing of what this finds.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::claim::Claimed;
use super::run::{Ended, Failure, ended};
use super::search_group::{self, Opened};
use super::test_system::open_connection;
use crate::app::App;
use crate::connectors::search::{Outcome, Reach, search};
use crate::connectors::session::Limits;
use crate::connectors::settings::Connection;
use crate::connectors::sink::RowSink;
use crate::db::codes::{self, CodeRow};
use crate::db::column::Instant;
use crate::db::contacts::ContactRow as StoredContact;
use crate::db::{data_maps, systems};
use crate::domain::actor::{Actor, Ctx, Scope};
use crate::domain::code::{CodeState, LIFETIME};
use crate::domain::contact::{Contact, ContactRow, OnFile, on_file};
use crate::domain::ids::CodeId;
use crate::domain::inventory::map::{Contact as ContactColumns, DataMap};
use crate::domain::mail::MailPurpose;
use crate::domain::row::{Column, Value};
use crate::domain::subject::email;
use crate::language::{Language, text, text_with};
use crate::mail::address::MailAddress;
use crate::mail::message::{Block, Message};
use crate::mail::salutation::salutation;
use crate::vault::code::Code;
use crate::vault::place::Place;
use crate::workflow::codes::{Letter, Sending, send};
use crate::workflow::mails::{self, Sender};
use crate::workflow::sources::{SearchScope, open_map, search_plan};

/// More rows than one person has contacts; who is found by more is found by nobody.
const MOST_ROWS: u64 = 200;

/// How long the look-up may take: a person waits for the code.
const LONGEST: Duration = Duration::from_secs(30);

/// Sends the code, or asks a person to find another way.
///
/// # Errors
/// When a source may answer at a later try, or the database fails.
pub async fn run(app: &App, claimed: &Claimed, id: CodeId) -> Result<Ended, Failure> {
    let code = app.read(move |conn| Ok(codes::get(conn, id)?)).await?;
    let Some(code) = code.filter(|code| code.state == CodeState::Asked) else {
        return Ok(Ended::Unwanted);
    };
    let Some(opened) = search_group::open(app, code.controller_id, code.request_id).await? else {
        return Ok(Ended::Unwanted);
    };
    let last_try = claimed.job.retry_after(claimed.attempt).is_none();
    let (outcome, contact) = look_up(app, &opened, last_try).await?;
    let ctx = app.ctx(Actor::Worker);
    let stored = stored(&ctx, &opened, outcome, contact.as_ref())?;
    let letter = match &contact {
        Some(contact) => write(app, &ctx, &opened, &code, contact)?,
        None => None,
    };
    let (claimed, scope) = (claimed.clone(), Scope::of_job(code.controller_id));
    let recording = app.write(move |conn| {
        claimed.hold(conn)?;
        let letter = letter.as_ref().map(|written| Letter {
            code_hash: written.code_hash,
            address_index: written.address_index,
            mail: &written.mail,
        });
        send(conn, &ctx, &scope, &Sending { id, contact: &stored, letter })?;
        claimed.end(conn, Instant::from(ctx.now))
    });
    ended(recording.await)
}

/// Who is on file, by the contact columns of every connected system. A system that does not answer
/// leaves it open who is: then a person decides.
async fn look_up(
    app: &App,
    opened: &Opened,
    last_try: bool,
) -> Result<(OnFile, Option<Contact>), Failure> {
    let controller = opened.controller.id;
    let (map, connected) = app
        .read(move |conn| {
            Ok((data_maps::newest(conn, controller)?, systems::list(conn, controller)?))
        })
        .await?;
    let Some(map) = map else {
        return Ok((OnFile::Nobody, None));
    };
    let map: DataMap = open_map(&opened.controller_key, &map)?;
    let mut connections: BTreeMap<String, Connection> = BTreeMap::new();
    for system in &connected {
        let connection = open_connection(&opened.controller_key, system)?;
        connections.insert(system.name.clone(), connection);
    }
    let plan = search_plan(&map, &opened.subject, SearchScope::Contacts);
    let limits = Limits { rows: MOST_ROWS, search: LONGEST, ..Limits::default() };
    let allowed = &app.config().allowed;
    let reach = Reach { plan: &plan, connections: &connections, allowed, limits: &limits };
    let mut sinks: BTreeMap<String, Contacts<'_>> = BTreeMap::new();
    for system in &plan.systems {
        let columns = |table: &str| map.system(&system.system)?.table(table)?.contact.as_ref();
        let sink = Contacts { columns: Box::new(columns), places: None, rows: Vec::new() };
        sinks.insert(system.system.clone(), sink);
    }
    let found = search(&reach, &mut sinks, &())
        .await
        .map_err(|error| Failure { code: "contacts", cause: error })?;
    let failed = found.iter().any(|one| one.outcome != Outcome::Complete);
    if failed && !last_try {
        return Err(Failure::new("source", anyhow::anyhow!("a system did not answer")));
    }
    if failed {
        return Ok((OnFile::Several, None));
    }
    let rows: Vec<ContactRow> = sinks.into_values().flat_map(|sink| sink.rows).collect();
    Ok(on_file(&rows))
}

type ColumnsOf<'a> = Box<dyn Fn(&str) -> Option<&'a ContactColumns> + Send + 'a>;

/// Takes the contact columns of the rows of one system.
struct Contacts<'a> {
    columns: ColumnsOf<'a>,
    /// Where they stand in the rows of the table at hand: e-mail addresses, and the change.
    places: Option<(Vec<usize>, Option<usize>)>,
    rows: Vec<ContactRow>,
}

impl RowSink for Contacts<'_> {
    fn table(&mut self, table: &str, columns: &[Column]) -> anyhow::Result<()> {
        let place = |name: &String| columns.iter().position(|column| column.name == *name);
        self.places = (self.columns)(table).map(|contact| {
            let emails = contact.email.iter().filter_map(place).collect();
            (emails, contact.changed_at.as_ref().and_then(place))
        });
        Ok(())
    }

    fn row(&mut self, row: &[Value]) -> anyhow::Result<()> {
        let Some((emails, changed)) = &self.places else {
            return Ok(());
        };
        let text = |place: &usize| match row.get(*place) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let changed_at = changed.as_ref().and_then(text).and_then(|text| instant(&text));
        self.rows.push(ContactRow { emails: emails.iter().filter_map(text).collect(), changed_at });
        Ok(())
    }
}

/// An instant as sources write it; one without a zone is taken as UTC.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    for form in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"] {
        if let Ok(at) = NaiveDateTime::parse_from_str(text, form) {
            return Some(at.and_utc());
        }
    }
    let day = text.parse::<NaiveDate>().ok()?;
    Some(day.and_time(chrono::NaiveTime::MIN).and_utc())
}

fn stored(
    ctx: &Ctx,
    opened: &Opened,
    outcome: OnFile,
    contact: Option<&Contact>,
) -> Result<StoredContact, Failure> {
    let id = opened.request.id;
    let place = Place::new("contacts", "sealed_email", id.uuid());
    let seal = |contact: &Contact| opened.key.key().seal(&place, contact.email.as_bytes());
    Ok(StoredContact {
        request_id: id,
        controller_id: opened.controller.id,
        outcome,
        sealed_email: contact.map(seal).transpose().map_err(|error| Failure::new("seal", error))?,
        changed_at: contact.and_then(|contact| contact.changed_at).map(Instant::from),
        looked_up_at: Instant::from(ctx.now),
    })
}

struct WrittenCode {
    code_hash: [u8; 32],
    address_index: [u8; 32],
    mail: mails::Prepared,
}

/// Writes the mail; nothing when what is on file cannot be written to.
fn write(
    app: &App,
    ctx: &Ctx,
    opened: &Opened,
    row: &CodeRow,
    contact: &Contact,
) -> Result<Option<WrittenCode>, Failure> {
    let (Ok(to), Ok(normalised)) =
        (MailAddress::parse(&contact.email), email::normalised(&contact.email))
    else {
        return Ok(None);
    };
    let code = Code::random();
    let message = message(opened, to, &code);
    let (controller, request, key) = (&opened.controller, opened.request.id, &opened.key);
    let from = Sender::Case { controller, request, key };
    let home = app.config().base_url.host_str().unwrap_or("localhost").to_owned();
    let until = Some(ctx.now + LIFETIME);
    let mail = mails::prepare(ctx, &from, &home, &message, MailPurpose::Code, until)?;
    Ok(Some(WrittenCode {
        code_hash: code.hash(app.vault(), row.id.uuid()),
        address_index: app.vault().index("code address", &normalised),
        mail,
    }))
}

/// The code, for whoever reads the address on file: no name that a stranger may have typed, and no
/// word of what the request is about.
fn message(opened: &Opened, to: MailAddress, code: &Code) -> Message {
    let language: Language = opened.request.language;
    let named = [("controller", opened.controller.name.as_str())];
    let shown = code.shown();
    let blocks = [
        Block::Paragraph(salutation(language, None)),
        Block::Paragraph(text_with(language, "mail-code-asked", &named)),
        Block::Paragraph(shown.to_string()),
        Block::Paragraph(text(language, "mail-code-how")),
        Block::Paragraph(text(language, "mail-code-not-you")),
    ];
    Message::new(to, language, &text_with(language, "mail-code-subject", &named), &blocks)
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn a_change_is_dated_however_a_source_writes_it() {
        for (text, expected) in [
            ("2026-11-01T10:00:00+01:00", Some("2026-11-01T09:00:00Z")),
            ("2026-11-01 10:00:00", Some("2026-11-01T10:00:00Z")),
            ("2026-11-01T10:00:00.5", Some("2026-11-01T10:00:00.5Z")),
            ("2026-11-01", Some("2026-11-01T00:00:00Z")),
            ("last week", None),
        ] {
            assert_eq!(instant(text), expected.map(|at| at.parse().unwrap()), "{text}");
        }
    }
}
