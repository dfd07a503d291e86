//! The systems of a fictional organisation as SQLite files: a shop, a help desk, newsletters.

use std::path::Path;

use chrono::{DateTime, Duration, Utc};
use rusqlite::{Connection, Transaction, params};

use super::people::{Country, Draw, Person};

const SHOP: &str = "
CREATE TABLE customers (id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT,
    phone TEXT, street TEXT, postcode TEXT, city TEXT, born_on TEXT, password_hash TEXT,
    loyalty_score REAL, created_at TEXT);
CREATE INDEX customers_by_email ON customers (email);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id),
    ordered_at TEXT, article TEXT, quantity INTEGER, total NUMERIC);
CREATE INDEX orders_by_customer ON orders (customer_id);
CREATE TABLE payments (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id),
    paid_at TEXT, method TEXT, card_last4 TEXT, amount NUMERIC);
CREATE INDEX payments_by_order ON payments (order_id);
";
const SUPPORT: &str = "
CREATE TABLE tickets (id INTEGER PRIMARY KEY, contact_email TEXT, topic TEXT, opened_at TEXT);
CREATE INDEX tickets_by_email ON tickets (contact_email);
CREATE TABLE messages (id INTEGER PRIMARY KEY, ticket_id INTEGER REFERENCES tickets (id),
    written_by TEXT, body TEXT, written_at TEXT);
CREATE INDEX messages_by_ticket ON messages (ticket_id);
";
const NEWSLETTER: &str = "
CREATE TABLE subscribers (email TEXT PRIMARY KEY, consent TEXT, subscribed_at TEXT);
CREATE TABLE sends (id INTEGER PRIMARY KEY, email TEXT, campaign TEXT, sent_at TEXT, opened INTEGER);
CREATE INDEX sends_by_email ON sends (email);
";

/// Makes the three files in a folder.
///
/// # Errors
/// When the disk refuses.
pub fn make(
    folder: &Path,
    country: Country,
    people: &[Person],
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut draw = Draw::new(u64::try_from(people.len()).unwrap_or(1));
    fill(&folder.join("shop.db"), SHOP, |database| {
        people.iter().try_for_each(|one| buy(database, one, (country, &mut draw), now))
    })?;
    fill(&folder.join("support.db"), SUPPORT, |database| {
        people.iter().try_for_each(|one| ask(database, one, (country, &mut draw), now))
    })?;
    fill(&folder.join("newsletter.db"), NEWSLETTER, |database| {
        people.iter().try_for_each(|one| read(database, one, (country, &mut draw), now))
    })
}

fn fill(
    path: &Path,
    schema: &str,
    rows: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
) -> anyhow::Result<()> {
    let mut database = Connection::open(path)?;
    // What is lost is made again: nothing waits for the disk.
    database.execute_batch("PRAGMA synchronous = OFF")?;
    database.execute_batch(schema)?;
    let transaction = database.transaction()?;
    rows(&transaction)?;
    transaction.commit()?;
    Ok(())
}

fn before(now: DateTime<Utc>, draw: &mut Draw, days: u64) -> String {
    ago(now, draw.below(days * 1_440))
}

fn ago(now: DateTime<Utc>, minutes: u64) -> String {
    let minutes = i64::try_from(minutes).unwrap_or(0);
    (now - Duration::minutes(minutes)).format("%Y-%m-%d %H:%M:%S").to_string()
}

fn buy(
    database: &Transaction<'_>,
    one: &Person,
    (country, draw): (Country, &mut Draw),
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let score = f64::from(u32::try_from(draw.below(1_000)).unwrap_or(0)) / 10.0;
    let hash = format!("$argon2id$fictional${:016x}", draw.below(u64::MAX));
    database
        .prepare_cached("INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?
        .execute(params![
        one.number,
        one.first,
        one.last,
        one.email,
        one.phone,
        one.street,
        one.postcode,
        one.city,
        one.born_on.to_string(),
        hash,
        score,
        before(now, draw, 2_000),
    ])?;
    for _ in 0..=draw.below(6) {
        let article = draw.one(match country {
            Country::France => {
                &["Lampe", "Chaise", "Thé", "Atlas", "Couverture", "Horloge", "Vase"]
            }
            Country::Ireland => &["Lamp", "Chair", "Tea", "Atlas", "Blanket", "Clock", "Vase"],
        });
        let ordered_minutes = draw.below(900 * 1_440);
        let paid_minutes = ordered_minutes - draw.below(ordered_minutes.clamp(1, 2_880));
        let (quantity, cents) = (draw.below(3) + 1, draw.below(9_000) + 500);
        let total = format!("{}.{:02}", cents / 100, cents % 100);
        database.prepare_cached("INSERT INTO orders VALUES (NULL, ?, ?, ?, ?, ?)")?.execute(
            params![
                one.number,
                ago(now, ordered_minutes),
                article,
                i64::try_from(quantity).unwrap_or(1),
                total,
            ],
        )?;
        let order = database.last_insert_rowid();
        let last4 = format!("{:04}", draw.below(10_000));
        database.prepare_cached("INSERT INTO payments VALUES (NULL, ?, ?, ?, ?, ?)")?.execute(
            params![order, ago(now, paid_minutes), draw.one(&["card", "transfer"]), last4, total,],
        )?;
    }
    Ok(())
}

fn ask(
    database: &Transaction<'_>,
    one: &Person,
    (country, draw): (Country, &mut Draw),
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    for _ in 0..draw.below(3) {
        let topic = draw.one(match country {
            Country::France => &["Livraison", "Remboursement", "Adresse", "Facture"],
            Country::Ireland => &["Delivery", "Refund", "Address", "Invoice"],
        });
        database.prepare_cached("INSERT INTO tickets VALUES (NULL, ?, ?, ?)")?.execute(params![
            one.email,
            topic,
            before(now, draw, 700)
        ])?;
        let ticket = database.last_insert_rowid();
        for by in ["customer", "staff"] {
            let body = format!("{topic}: {} {} – {by}", one.first, one.last);
            database
                .prepare_cached("INSERT INTO messages VALUES (NULL, ?, ?, ?, ?)")?
                .execute(params![ticket, by, body, before(now, draw, 700)])?;
        }
    }
    Ok(())
}

fn read(
    database: &Transaction<'_>,
    one: &Person,
    (country, draw): (Country, &mut Draw),
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    if draw.below(4) == 0 {
        return Ok(());
    }
    let consent = match country {
        Country::France => "formulaire web, case cochée",
        Country::Ireland => "web form, box ticked",
    };
    database.prepare_cached("INSERT INTO subscribers VALUES (?, ?, ?)")?.execute(params![
        one.email,
        consent,
        before(now, draw, 1_500)
    ])?;
    for campaign in ["spring", "summer", "autumn"] {
        let opened = i64::try_from(draw.below(2)).unwrap_or(0);
        database
            .prepare_cached("INSERT INTO sends VALUES (NULL, ?, ?, ?, ?)")?
            .execute(params![one.email, campaign, before(now, draw, 400), opened])?;
    }
    Ok(())
}
