//! Who is on file for a person: the contact columns of the connected systems, and nothing else.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::run::Failure;
use super::search_group::Opened;
use super::test_system::open_connection;
use crate::app::App;
use crate::connectors::search::{Outcome, Reach, search};
use crate::connectors::session::Limits;
use crate::connectors::settings::Connection;
use crate::connectors::sink::RowSink;
use crate::db::column::Instant;
use crate::db::contacts::ContactRow as StoredContact;
use crate::db::{data_maps, systems};
use crate::domain::actor::Ctx;
use crate::domain::contact::{Contact, ContactRow, OnFile, on_file};
use crate::domain::inventory::map::{Contact as ContactColumns, DataMap};
use crate::domain::row::{Column, Value};
use crate::domain::subject::email;
use crate::vault::place::Place;
use crate::workflow::sources::{SearchScope, open_map, search_plan};

/// More rows than one person has contacts; who is found by more is found by nobody.
const MOST_ROWS: u64 = 200;

/// How long the look-up may take: a person waits for the code.
const LONGEST: Duration = Duration::from_secs(30);

/// What the keyed hash of an address on file is for.
const ADDRESS: &str = "contact address";

/// Who is on file, by the contact columns of every connected system. A system that does not answer
/// leaves it open who is: then a person decides.
///
/// # Errors
/// When a system may answer at a later try.
pub async fn look_up(
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
        let sink = Contacts {
            system: &system.system,
            table: String::new(),
            columns: Box::new(columns),
            places: None,
            rows: Vec::new(),
            now: app.now(),
        };
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
        return Ok((OnFile::Unanswered, None));
    }
    let rows: Vec<ContactRow> = sinks.into_values().flat_map(|sink| sink.rows).collect();
    Ok(on_file(&rows))
}

type ColumnsOf<'a> = Box<dyn Fn(&str) -> Option<&'a ContactColumns> + Send + 'a>;

/// Takes the contact columns of the rows of one system.
struct Contacts<'a> {
    system: &'a str,
    /// The table at hand.
    table: String,
    columns: ColumnsOf<'a>,
    /// Where they stand in the rows of the table at hand: e-mail addresses, and the change.
    places: Option<(Vec<usize>, Option<usize>)>,
    rows: Vec<ContactRow>,
    now: DateTime<Utc>,
}

impl RowSink for Contacts<'_> {
    fn table(&mut self, table: &str, columns: &[Column]) -> anyhow::Result<()> {
        let place = |name: &String| columns.iter().position(|column| column.name == *name);
        self.table = format!("{}.{table}", self.system);
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
        // A change that cannot be dated may be of today: it proves as little.
        let changed = changed.and_then(|place| row.get(place));
        let changed = changed.filter(|value| !is_empty(value));
        let changed_at = changed.map(|value| instant(value).unwrap_or(self.now));
        let (table, emails) = (self.table.clone(), emails.iter().filter_map(text).collect());
        self.rows.push(ContactRow { table, emails, changed_at, name: String::new() });
        Ok(())
    }
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Null) || matches!(value, Value::Text(text) if text.trim().is_empty())
}

/// The seconds since 1970 of 1990 and of 2100: between them a number is an instant, in seconds or in
/// thousandths of them.
const SECONDS: std::ops::Range<i64> = 631_152_000..4_102_444_800;

/// An instant as sources write it; one without a zone is taken as UTC.
fn instant(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::Text(text) => written(text.trim()),
        Value::Number(number) => {
            let number: i64 = number.parse().ok()?;
            let seconds = if SECONDS.contains(&number) { number } else { number / 1_000 };
            SECONDS.contains(&seconds).then(|| DateTime::from_timestamp(seconds, 0))?
        }
        _ => None,
    }
}

/// An instant in words. Which of two numbers is the month of `05/11/2026`, nothing says: it is none.
fn written(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    for form in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]
    {
        if let Ok(at) = NaiveDateTime::parse_from_str(text, form) {
            return Some(at.and_utc());
        }
    }
    let day = text.parse::<NaiveDate>().ok()?;
    Some(day.and_time(chrono::NaiveTime::MIN).and_utc())
}

/// The row of what was looked up.
///
/// # Errors
/// When it cannot be sealed.
pub fn stored(
    ctx: &Ctx,
    opened: &Opened,
    outcome: OnFile,
    contact: Option<&Contact>,
) -> Result<StoredContact, Failure> {
    let id = opened.request.id;
    let normalised = contact.and_then(|contact| email::normalised(&contact.email).ok());
    let index = |address: String| opened.controller_key.index(ADDRESS, &address).to_vec();
    let place = Place::new("contacts", "sealed_email", id.uuid());
    let seal = |contact: &Contact| opened.key.key().seal(&place, contact.email.as_bytes());
    Ok(StoredContact {
        request_id: id,
        controller_id: opened.controller.id,
        outcome,
        sealed_email: contact.map(seal).transpose().map_err(|error| Failure::new("seal", error))?,
        changed_at: contact.and_then(|contact| contact.changed_at).map(Instant::from),
        looked_up_at: Instant::from(ctx.now),
        address_index: normalised.map(index),
    })
}

#[cfg(test)]
mod tests {
    use super::{Value, instant};

    #[test]
    fn a_change_is_dated_however_a_source_writes_it() {
        for (text, expected) in [
            ("2026-11-01T10:00:00+01:00", Some("2026-11-01T09:00:00Z")),
            ("2026-11-01 10:00:00", Some("2026-11-01T10:00:00Z")),
            ("2026-11-01T10:00:00.5", Some("2026-11-01T10:00:00.5Z")),
            ("2026-11-01", Some("2026-11-01T00:00:00Z")),
            ("2026-11-01 10:00", Some("2026-11-01T10:00:00Z")),
            ("last week", None),
            ("21/11/2026 10:00", None),
        ] {
            let found = instant(&Value::Text(text.to_owned()));
            assert_eq!(found, expected.map(|at| at.parse().unwrap()), "{text}");
        }
        for (number, expected) in [
            ("1793527200", Some("2026-11-01T10:00:00Z")),
            ("1793527200000", Some("2026-11-01T10:00:00Z")),
            ("20261101", None),
            ("1793527200.5", None),
        ] {
            let found = instant(&Value::Number(number.to_owned()));
            assert_eq!(found, expected.map(|at| at.parse().unwrap()), "{number}");
        }
        assert_eq!(instant(&Value::Boolean(true)), None);
    }
}
