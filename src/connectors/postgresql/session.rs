//! One snapshot of a PostgreSQL database.

use std::collections::BTreeMap;
use std::pin::pin;

use futures_util::TryStreamExt;
use tokio_postgres::RowStream;
use tokio_postgres::types::Type;

use super::catalogue::{Family, PgColumn, PgTable, find, schema, tables};
use super::compare::Postgresql;
use super::connect::{Connected, connect};
use super::values::{render, value};
use crate::connectors::error::{SourceError, Stop};
use crate::connectors::hosts::Allowlist;
use crate::connectors::links::{Carried, LinkValues, Travelled};
use crate::connectors::session::{Limits, Read};
use crate::connectors::settings::PostgresqlSettings;
use crate::connectors::sink::RowSink;
use crate::connectors::statement::{Source, Sources, Statement, output};
use crate::domain::inventory::live::LiveSchema;
use crate::domain::row::{Column, Value};
use crate::domain::search_plan::persons::Borne;
use crate::domain::search_plan::plan::{SearchPlan, SystemPlan};

/// An open snapshot. Dropping it closes the connection.
pub struct PostgresqlSession {
    connected: Connected,
    sources: Vec<Source<PgColumn>>,
}

impl PostgresqlSession {
    /// Connects and begins the snapshot.
    ///
    /// # Errors
    ///
    /// Whatever keeps one from connecting.
    pub async fn open(
        settings: &PostgresqlSettings,
        allowed: &Allowlist,
        limits: &Limits,
    ) -> Result<Self, SourceError> {
        let connected = connect(settings, allowed, limits).await?;
        Ok(Self { connected, sources: Vec::new() })
    }

    /// The live schema.
    ///
    /// # Errors
    ///
    /// Whatever the source answers.
    pub async fn schema(&mut self) -> Result<LiveSchema, SourceError> {
        schema(&self.connected.client).await
    }

    /// Looks up every name of the plan in the live catalogue.
    ///
    /// # Errors
    ///
    /// `TableMissing` or `ColumnMissing`, or whatever the source answers.
    pub async fn prepare(
        &mut self,
        search: &SearchPlan,
        system: usize,
        plan: &SystemPlan,
    ) -> Result<(), SourceError> {
        let names: Vec<&str> = plan.tables.iter().map(|table| table.table.as_str()).collect();
        let live = tables(&self.connected.client, &names).await?;
        self.sources.clear();
        for table in &plan.tables {
            let missing = || SourceError::TableMissing { table: table.table.clone() };
            let found: &PgTable = find(&live, &table.table).ok_or_else(missing)?;
            let names = found.columns.iter().map(|column| column.name.clone());
            let columns: BTreeMap<String, PgColumn> =
                found.columns.iter().map(|one| (one.name.clone(), one.clone())).collect();
            self.sources.push(Source {
                sql_name: found.sql_name(),
                output: output(&table.table, &table.columns, names)?,
                columns,
                row_id: found.row_id(),
            });
        }
        self.statements(search, plan, &LinkValues::default()).check(system)
    }

    fn statements<'a>(
        &'a self,
        search: &'a SearchPlan,
        plan: &'a SystemPlan,
        known: &'a LinkValues,
    ) -> Sources<'a, Postgresql> {
        Sources { search, plan, tables: &self.sources, known }
    }

    async fn query(
        &self,
        statement: Statement<Vec<String>>,
        table: &str,
    ) -> Result<RowStream, SourceError> {
        let binds = statement.binds.into_iter().map(|values| (values, Type::TEXT_ARRAY));
        let answer = self.connected.client.query_typed_raw(&statement.sql, binds).await;
        answer.map_err(|failure| self.connected.error(&failure, table))
    }

    /// The distinct values that a link takes from this system.
    ///
    /// # Errors
    ///
    /// Whatever the source answers.
    pub async fn link_values(
        &mut self,
        search: &SearchPlan,
        plan: &SystemPlan,
        link: usize,
        known: &LinkValues,
        limit: u64,
    ) -> Result<Travelled, SourceError> {
        let Some(link) = search.links.get(link) else {
            return Ok(Travelled::default());
        };
        let columns: Vec<String> = link.on.iter().map(|(_, other)| other.clone()).collect();
        let table = plan.tables.get(link.from.1).map(|one| one.table.as_str()).unwrap_or_default();
        let statement = self.statements(search, plan, known).link(link.from.1, &columns, limit)?;
        let source = self.sources.get(link.from.1);
        let families: Vec<Option<Family>> = columns
            .iter()
            .map(|name| source.and_then(|one| one.columns.get(name)).map(|one| one.family))
            .collect();
        let mut rows = pin!(self.query(statement, table).await?);
        let mut found = Travelled::default();
        while let Some(row) =
            rows.try_next().await.map_err(|one| self.connected.error(&one, table))?
        {
            let mut tuple = Vec::new();
            for (index, family) in families.iter().enumerate() {
                let text = row.try_get::<_, String>(index).map_err(|_| SourceError::Malformed)?;
                tuple.push(match family {
                    Some(Family::Bytes) => Carried::Never,
                    Some(Family::Numeric | Family::Float) => Carried::Number(text),
                    _ => Carried::Text(text),
                });
            }
            found.add(&tuple);
        }
        Ok(found)
    }

    /// How many rows of a table bear which identifiers, as the plan asks.
    ///
    /// # Errors
    ///
    /// Whatever the source answers.
    pub async fn borne(
        &mut self,
        search: &SearchPlan,
        plan: &SystemPlan,
        table: usize,
    ) -> Result<Vec<Borne>, SourceError> {
        let known = LinkValues::default();
        let Some(statement) = self.statements(search, plan, &known).borne(table)? else {
            return Ok(Vec::new());
        };
        let planned = plan.tables.get(table);
        let name = planned.map(|one| one.table.as_str()).unwrap_or_default();
        let bearings = planned.map(|one| one.bearings.as_slice()).unwrap_or_default();
        let mut rows = pin!(self.query(statement, name).await?);
        let mut borne = Vec::new();
        while let Some(row) =
            rows.try_next().await.map_err(|one| self.connected.error(&one, name))?
        {
            let malformed = |_| SourceError::Malformed;
            let mut identifiers = Vec::new();
            for (place, bearing) in bearings.iter().enumerate() {
                if row.try_get::<_, i32>(place).map_err(malformed)? == 1 {
                    identifiers.push(bearing.identifier);
                }
            }
            let rows = row.try_get::<_, i64>(bearings.len()).map_err(malformed)?;
            let rows = u64::try_from(rows).map_err(|_| SourceError::Malformed)?;
            borne.push(Borne { identifiers, rows });
        }
        Ok(borne)
    }

    /// Streams a table into the sink, at most `cap` rows.
    ///
    /// # Errors
    ///
    /// Whatever the source answers, or the sink's own error.
    pub async fn read(
        &mut self,
        search: &SearchPlan,
        plan: &SystemPlan,
        table: usize,
        known: &LinkValues,
        (cap, limits): (u64, &Limits),
        sink: &mut dyn RowSink,
    ) -> Result<Read, Stop> {
        let name = plan.tables.get(table).map(|one| one.table.as_str()).unwrap_or_default();
        let statement =
            self.statements(search, plan, known).rows(table, render, cap.saturating_add(1))?;
        let families: Vec<_> = self
            .sources
            .get(table)
            .into_iter()
            .flat_map(|source| source.output.iter().filter_map(|name| source.columns.get(name)))
            .map(|column| (column.name.clone(), column.family))
            .collect();
        let columns: Vec<Column> = families
            .iter()
            .map(|(name, family)| Column { name: name.clone(), kind: family.kind() })
            .collect();
        sink.table(name, &columns).map_err(Stop::Sink)?;
        let mut rows = pin!(self.query(statement, name).await?);
        let mut values: Vec<Value> = Vec::with_capacity(families.len());
        let mut count = 0;
        while let Some(row) =
            rows.try_next().await.map_err(|one| self.connected.error(&one, name))?
        {
            if count == cap {
                return Ok(Read { rows: count, capped: true });
            }
            if row.raw_size_bytes() > limits.value_bytes {
                let limit_bytes = limits.value_bytes;
                return Err(SourceError::ValueTooLarge { limit_bytes }.into());
            }
            values.clear();
            for (index, (_, family)) in families.iter().enumerate() {
                let malformed = |_| SourceError::Malformed;
                values.push(if *family == Family::Bytes {
                    let bytes = row.try_get::<_, Option<Vec<u8>>>(index).map_err(malformed)?;
                    bytes.map_or(Value::Null, Value::Bytes)
                } else {
                    let text = row.try_get::<_, Option<&str>>(index).map_err(malformed)?;
                    text.map_or(Value::Null, |text| value(*family, text))
                });
            }
            sink.row(&values).map_err(Stop::Sink)?;
            count += 1;
        }
        Ok(Read { rows: count, capped: false })
    }
}
