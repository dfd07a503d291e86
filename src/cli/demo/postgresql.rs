//! The shops of the demo in a PostgreSQL server that the caller names: a database for each
//! organisation, filled from the SQLite file of its shop.

use std::path::Path;

use anyhow::{Context, anyhow, bail};
use bytes::Bytes;
use futures_util::SinkExt;
use rusqlite::types::ValueRef;
use tokio_postgres::{Client, NoTls};
use url::Url;

use crate::connectors::hosts::Allowlist;
use crate::connectors::settings::{Connection, Tls};
use crate::language::{Language, text, text_with};
use crate::vault::secret::Token;

/// As in SQLite, with the types of a real shop.
const SHOP: &str = "
CREATE TABLE customers (id bigint PRIMARY KEY, first_name text, last_name text, email text,
    phone text, street text, postcode text, city text, born_on date, password_hash text,
    loyalty_score double precision, created_at timestamptz);
CREATE INDEX ON customers (email);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers,
    ordered_at timestamptz, article text, quantity integer, total numeric(10, 2));
CREATE INDEX ON orders (customer_id);
CREATE TABLE payments (id bigint PRIMARY KEY, order_id bigint REFERENCES orders,
    paid_at timestamptz, method text, card_last4 text, amount numeric(10, 2));
CREATE INDEX ON payments (order_id);
";

/// The server, and the databases that were made on it.
pub struct Server {
    url: Url,
    databases: Vec<String>,
}

impl Server {
    /// Reads where the server is. Its databases are made without TLS.
    ///
    /// # Errors
    /// A sentence that says what to write; it does not repeat the URL, which may hold a password.
    pub fn parse(language: Language, url: &str) -> anyhow::Result<Self> {
        let refused = |reason: &str| {
            anyhow!(text_with(language, "demo-bad-postgresql", &[("reason", reason)]))
        };
        let connection = Connection::from_url(url).map_err(|error| {
            let (key, value) = error.words();
            refused(&text_with(language, key, &[("value", &value)]))
        })?;
        match connection {
            Connection::Postgresql(settings) if settings.tls == Tls::Off => {}
            Connection::Postgresql(_) => bail!(refused(&text(language, "demo-no-tls"))),
            Connection::Sqlite(_) => bail!(refused(&text(language, "settings-not-a-url"))),
        }
        Ok(Self { url: Url::parse(url)?, databases: Vec::new() })
    }

    /// Lets the demo reach the server.
    ///
    /// # Errors
    /// When its name cannot stand in a list of hosts.
    pub fn allow(&self, allowed: &mut Allowlist) -> anyhow::Result<()> {
        let host = self.url.host_str().unwrap_or_default();
        if matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
            allowed.loopback = true;
        } else {
            allowed.hosts.push(host.parse()?);
        }
        Ok(())
    }

    /// Makes the database of a shop and fills it from an SQLite file; how it is reached.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn make_shop(&mut self, slug: &str, file: &Path) -> anyhow::Result<Connection> {
        let chance: String = Token::random()
            .shown()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(8)
            .collect::<String>()
            .to_lowercase();
        let name = format!("guichet_demo_{}_{chance}", slug.replace('-', "_"));
        let client = connect(&self.url).await?;
        client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
        self.databases.push(name.clone());
        let mut url = self.url.clone();
        url.set_path(&name);
        let shop = connect(&url).await?;
        shop.batch_execute(SHOP).await?;
        for table in ["customers", "orders", "payments"] {
            copy(&shop, table, rows(file, table)?).await?;
        }
        Connection::from_url(url.as_str()).map_err(|error| anyhow!(error))
    }

    /// Drops what was made.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn drop_shops(&mut self) -> anyhow::Result<()> {
        if self.databases.is_empty() {
            return Ok(());
        }
        let client = connect(&self.url).await?;
        for name in self.databases.drain(..) {
            client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        }
        Ok(())
    }
}

async fn connect(url: &Url) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url.as_str(), NoTls)
        .await
        .context("the PostgreSQL server of --postgresql does not answer")?;
    tokio::spawn(connection);
    Ok(client)
}

/// The rows of a table as CSV, in which NULL is an empty field.
fn rows(file: &Path, table: &str) -> anyhow::Result<Vec<u8>> {
    let database = rusqlite::Connection::open(file)?;
    let mut select = database.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = select.column_count();
    let mut csv = csv::Writer::from_writer(Vec::new());
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            let field = match row.get_ref(column)? {
                ValueRef::Null => Vec::new(),
                ValueRef::Integer(number) => number.to_string().into_bytes(),
                ValueRef::Real(number) => number.to_string().into_bytes(),
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.to_vec(),
            };
            csv.write_field(field)?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    Ok(csv.into_inner()?)
}

async fn copy(client: &Client, table: &str, csv: Vec<u8>) -> anyhow::Result<()> {
    let sink = client.copy_in(&format!("COPY {table} FROM STDIN (FORMAT csv)")).await?;
    let mut sink = Box::pin(sink);
    sink.send(Bytes::from(csv)).await?;
    sink.close().await?;
    Ok(())
}
