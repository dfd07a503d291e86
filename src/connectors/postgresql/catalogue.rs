//! The live catalogue of a PostgreSQL database.

use std::collections::BTreeMap;

use tokio_postgres::Client;

use super::connect::error;
use crate::connectors::error::SourceError;
use crate::connectors::statement::quote;
use crate::domain::inventory::live::{LiveSchema, LiveTable, Reference};
use crate::domain::row::{Column, ValueKind};

/// A column and its type, domains resolved to what they are made of.
#[derive(Clone, Debug)]
pub struct PgColumn {
    pub name: String,
    pub family: Family,
    pub folding: Folding,
}

/// How the server puts a text in lower case for every script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Folding {
    /// The collation: ICU's, else the one built into PostgreSQL 17 and later; else the database's
    /// own, which may know no more than A–Z.
    pub collation: Option<&'static str>,
    /// Whether the server composes texts (NFC): PostgreSQL 13 and later, in UTF-8.
    pub composes: bool,
}

const FOLDING: &str = "
SELECT pg_catalog.getdatabaseencoding() = 'UTF8',
       pg_catalog.current_setting('server_version_num')::int >= 130000,
       EXISTS (SELECT FROM pg_catalog.pg_collation WHERE collname = 'und-x-icu'
                  AND collnamespace = 'pg_catalog'::regnamespace
                  AND collencoding IN (-1, (SELECT encoding FROM pg_catalog.pg_database
                                             WHERE datname = current_database()))),
       EXISTS (SELECT FROM pg_catalog.pg_collation WHERE collname = 'pg_c_utf8')";

async fn folding(client: &Client) -> Result<Folding, SourceError> {
    let failed = |failure: tokio_postgres::Error| error(&failure, "");
    let row = client.query_one(FOLDING, &[]).await.map_err(failed)?;
    let flag = |index: usize| row.try_get::<_, bool>(index).map_err(failed);
    let (utf8, recent, icu, built_in) = (flag(0)?, flag(1)?, flag(2)?, flag(3)?);
    let collation = match () {
        () if icu => Some("pg_catalog.\"und-x-icu\""),
        () if utf8 && built_in => Some("pg_catalog.pg_c_utf8"),
        () => None,
    };
    Ok(Folding { collation, composes: utf8 && recent })
}

/// How a type is rendered and compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Text,
    /// `char(n)`, padded with blanks that count for nothing.
    PaddedText,
    Integer,
    Numeric,
    Float,
    Boolean,
    Date,
    Time,
    Timestamp,
    TimestampTz,
    Uuid,
    Json,
    Bytes,
    Array,
    /// Arrays of bytes, whose members are written as base64.
    BytesArray,
    /// Enumerations, ranges, intervals, addresses and whatever else: as text.
    Other,
}

impl Family {
    /// By the type's object id, which is fixed for the built-in types.
    fn of(oid: u32, is_array: bool) -> Self {
        if is_array {
            return if oid == 1001 { Self::BytesArray } else { Self::Array };
        }
        match oid {
            16 => Self::Boolean,
            17 => Self::Bytes,
            20 | 21 | 23 => Self::Integer,
            19 | 25 | 1043 => Self::Text,
            1042 => Self::PaddedText,
            114 | 3802 => Self::Json,
            700 | 701 => Self::Float,
            1082 => Self::Date,
            1083 => Self::Time,
            1114 => Self::Timestamp,
            1184 => Self::TimestampTz,
            1700 => Self::Numeric,
            2950 => Self::Uuid,
            _ => Self::Other,
        }
    }

    /// What the column is declared to hold.
    #[must_use]
    pub const fn kind(self) -> ValueKind {
        match self {
            Self::Text | Self::PaddedText | Self::Other => ValueKind::Text,
            Self::Integer => ValueKind::Integer,
            Self::Numeric => ValueKind::Decimal,
            Self::Float => ValueKind::Float,
            Self::Boolean => ValueKind::Boolean,
            Self::Date => ValueKind::Date,
            Self::Time => ValueKind::Time,
            Self::Timestamp => ValueKind::Timestamp,
            Self::TimestampTz => ValueKind::TimestampTz,
            Self::Uuid => ValueKind::Uuid,
            Self::Json | Self::Array | Self::BytesArray => ValueKind::Json,
            Self::Bytes => ValueKind::Bytes,
        }
    }
}

/// A table of the catalogue.
#[derive(Clone, Debug)]
pub struct PgTable {
    pub schema: String,
    pub name: String,
    pub visible: bool,
    /// `r` table, `p` partitioned, `v` view, `m` materialised view, `f` foreign.
    pub kind: char,
    /// Whether other tables inherit from it: their rows are its rows too.
    pub inherited: bool,
    pub columns: Vec<PgColumn>,
    pub key: Vec<String>,
}

impl PgTable {
    /// Quoted, with its schema.
    #[must_use]
    pub fn sql_name(&self) -> String {
        format!("{}.{}", quote(&self.schema), quote(&self.name))
    }

    /// What tells its rows apart by their place; nothing where they stand in several tables, as a
    /// place is only unique within one.
    #[must_use]
    pub fn row_id(&self) -> Option<&'static str> {
        (matches!(self.kind, 'r' | 'm') && !self.inherited).then_some("ctid")
    }

    /// The shortest name that finds it.
    #[must_use]
    pub fn label(&self) -> String {
        if self.visible { self.name.clone() } else { format!("{}.{}", self.schema, self.name) }
    }
}

const COLUMNS: &str = "
SELECT c.oid::text, n.nspname::text, c.relname::text, pg_catalog.pg_table_is_visible(c.oid),
       c.relkind::text, a.attname::text, b.base::text, (t.typcategory = 'A'),
       EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid)
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  CROSS JOIN LATERAL (
    WITH RECURSIVE d AS (
      SELECT oid, typtype, typbasetype FROM pg_catalog.pg_type WHERE oid = a.atttypid
      UNION ALL
      SELECT p.oid, p.typtype, p.typbasetype
        FROM pg_catalog.pg_type p JOIN d ON p.oid = d.typbasetype AND d.typtype = 'd')
    SELECT oid AS base FROM d WHERE typtype <> 'd') b
  JOIN pg_catalog.pg_type t ON t.oid = b.base
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ($1::text[] IS NOT NULL OR NOT c.relispartition)
   AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
   AND ($1::text[] IS NULL OR c.relname::text = ANY($1))
 ORDER BY n.nspname, c.relname, a.attnum";

const CONSTRAINTS: &str = "
SELECT k.conrelid::text, k.contype::text, coalesce(k.confrelid, 0)::text,
       (SELECT coalesce(array_agg(a.attname::text ORDER BY x.i), '{}')
          FROM unnest(k.conkey) WITH ORDINALITY x(n, i)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.n),
       (SELECT coalesce(array_agg(a.attname::text ORDER BY x.i), '{}')
          FROM unnest(k.confkey) WITH ORDINALITY x(n, i)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.n)
  FROM pg_catalog.pg_constraint k
 WHERE k.contype IN ('p', 'f') AND k.conparentid = 0
 ORDER BY k.conrelid, k.conname";

/// Tables by object id, and for each its foreign keys.
struct Catalogue {
    tables: BTreeMap<u32, PgTable>,
    references: Vec<(u32, u32, Vec<String>, Vec<String>)>,
}

async fn read(client: &Client, only: Option<Vec<String>>) -> Result<Catalogue, SourceError> {
    let failed = |failure: tokio_postgres::Error| error(&failure, "");
    let folding = folding(client).await?;
    let rows = client.query(COLUMNS, &[&only]).await.map_err(failed)?;
    let mut catalogue = Catalogue { tables: BTreeMap::new(), references: Vec::new() };
    for row in rows {
        let text = |index: usize| row.try_get::<_, String>(index).map_err(failed);
        let flag = |index: usize| row.try_get::<_, bool>(index).map_err(failed);
        let number = |index: usize| text(index)?.parse().map_err(|_| SourceError::Malformed);
        let table = PgTable {
            schema: text(1)?,
            name: text(2)?,
            visible: flag(3)?,
            kind: text(4)?.chars().next().unwrap_or('r'),
            inherited: flag(8)?,
            columns: Vec::new(),
            key: Vec::new(),
        };
        let family = Family::of(number(6)?, flag(7)?);
        let column = PgColumn { name: text(5)?, family, folding };
        catalogue.tables.entry(number(0)?).or_insert(table).columns.push(column);
    }
    for row in client.query(CONSTRAINTS, &[]).await.map_err(failed)? {
        let text = |index: usize| row.try_get::<_, String>(index).map_err(failed);
        let names = |index: usize| row.try_get::<_, Vec<String>>(index).map_err(failed);
        let number = |index: usize| text(index)?.parse().map_err(|_| SourceError::Malformed);
        let (table, other): (u32, u32) = (number(0)?, number(2)?);
        if text(1)? == "f" {
            catalogue.references.push((table, other, names(3)?, names(4)?));
        } else if let Some(table) = catalogue.tables.get_mut(&table) {
            table.key = names(3)?;
        }
    }
    Ok(catalogue)
}

/// The tables that the map's names may mean.
///
/// # Errors
///
/// Whatever the source answers.
pub async fn tables(client: &Client, names: &[&str]) -> Result<Vec<PgTable>, SourceError> {
    // `schema.table` may mean a table in a schema, or a table with a dot in its name.
    let ends = names.iter().flat_map(|name| {
        let dots = name.match_indices('.').filter_map(|(at, _)| name.get(at + 1..));
        std::iter::once(*name).chain(dots).map(str::to_owned)
    });
    let catalogue = read(client, Some(ends.collect())).await?;
    Ok(catalogue.tables.into_values().collect())
}

/// Finds the table that a map names, as [`LiveSchema::table`] does.
#[must_use]
pub fn find<'a>(tables: &'a [PgTable], name: &str) -> Option<&'a PgTable> {
    tables
        .iter()
        .find(|table| table.visible && table.name == name)
        .or_else(|| tables.iter().find(|table| format!("{}.{}", table.schema, table.name) == name))
}

/// The whole schema.
///
/// # Errors
///
/// Whatever the source answers.
pub async fn schema(client: &Client) -> Result<LiveSchema, SourceError> {
    let catalogue = read(client, None).await?;
    let reference = |(_, other, columns, other_columns): &(_, u32, Vec<String>, Vec<String>)| {
        let table = catalogue.tables.get(other)?.label();
        let (columns, other_columns) = (columns.clone(), other_columns.clone());
        Some(Reference { columns, table, other_columns })
    };
    let live = |(oid, table): (&u32, &PgTable)| LiveTable {
        schema: Some(table.schema.clone()),
        name: table.name.clone(),
        visible: table.visible,
        view: matches!(table.kind, 'v' | 'm'),
        broken: false,
        columns: table
            .columns
            .iter()
            .map(|column| Column { name: column.name.clone(), kind: column.family.kind() })
            .collect(),
        key: table.key.clone(),
        references: catalogue
            .references
            .iter()
            .filter(|(from, ..)| from == oid)
            .filter_map(reference)
            .collect(),
    };
    let mut tables: Vec<LiveTable> = catalogue.tables.iter().map(live).collect();
    tables.sort_by_key(LiveTable::label);
    Ok(LiveSchema { tables })
}
