//! A plan as SQL. Names come from the live catalogue and are quoted; values are always bound.

use std::collections::{BTreeMap, BTreeSet};

use super::error::SourceError;
use super::links::{LinkValues, Tuple};
use crate::domain::inventory::matching::Match;
use crate::domain::search_plan::plan::{Columns, Condition, SearchPlan, SystemPlan, Wanted};

/// What differs between databases.
pub trait Dialect {
    /// A column of the live catalogue, with what the database needs to know of its type.
    type Column;
    /// A bound parameter.
    type Bind;

    /// A condition: the column holds one of the values.
    fn holds(
        column: &Self::Column,
        how: Match,
        values: &[String],
        binds: &mut Vec<Self::Bind>,
    ) -> String;

    /// Whether the column can hold one of the values at all. What cannot would be searched in vain,
    /// and the search be called complete.
    fn is_comparable(column: &Self::Column, values: &[String]) -> bool;

    /// A condition: the columns together hold one of the tuples.
    fn hold_together(
        columns: &[&Self::Column],
        how: Match,
        tuples: &[Tuple],
        binds: &mut Vec<Self::Bind>,
    ) -> String;

    /// The two columns in forms that can be compared.
    fn sides(own: &Self::Column, other: &Self::Column, how: Match) -> (String, String);

    /// A condition: the column is neither NULL nor blank. Blanks must not tie rows to each other.
    fn filled(column: &Self::Column) -> String;

    /// The column as text, for a value that travels.
    fn travelling(column: &Self::Column) -> String;

    /// The column's quoted name.
    fn quoted(column: &Self::Column) -> String;
}

/// Puts a name between double quotes, as both databases understand.
#[must_use]
pub fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A table of a plan as the live catalogue knows it.
pub struct Source<C> {
    /// Quoted, with its schema.
    pub sql_name: String,
    pub columns: BTreeMap<String, C>,
    /// The columns to read, in the order of the catalogue.
    pub output: Vec<String>,
    /// The physical row id, where there is one: conditions can then each use their own index.
    pub row_id: Option<&'static str>,
}

/// A statement and its parameters.
pub struct Statement<B> {
    pub sql: String,
    pub binds: Vec<B>,
}

/// The sources of one system's tables, in the order of the plan.
pub struct Sources<'a, D: Dialect> {
    pub search: &'a SearchPlan,
    pub plan: &'a SystemPlan,
    pub tables: &'a [Source<D::Column>],
    pub known: &'a LinkValues,
}

/// The columns of the live table that the plan reads.
///
/// # Errors
///
/// `ColumnMissing` when the plan reads or guards a column that is not there.
pub fn output(
    table: &str,
    wanted: &Columns,
    live: impl Iterator<Item = String>,
) -> Result<Vec<String>, SourceError> {
    match wanted {
        Columns::Except { withheld, guarded } => {
            let live: Vec<String> = live.collect();
            match guarded.iter().find(|name| !live.contains(name)) {
                // Under another name it would be read, and nobody would be told.
                Some(name) => Err(missing(table, name)),
                None => Ok(live.into_iter().filter(|name| !withheld.contains(name)).collect()),
            }
        }
        Columns::Only(names) => {
            let live: BTreeSet<String> = live.collect();
            match names.iter().find(|name| !live.contains(*name)) {
                Some(name) => Err(missing(table, name)),
                None => Ok(names.clone()),
            }
        }
    }
}

fn missing(table: &str, column: &str) -> SourceError {
    SourceError::ColumnMissing { table: table.to_owned(), column: column.to_owned() }
}

/// Any of the conditions, each by its own index where rows have an id.
fn one_of<C>(source: &Source<C>, any: &[String]) -> String {
    match (any, source.row_id) {
        ([], _) => "FALSE".to_owned(),
        ([one], _) => one.clone(),
        (several, None) => format!("({})", several.join(" OR ")),
        (several, Some(row_id)) => {
            let branch =
                |one: &String| format!("SELECT {row_id} FROM {} WHERE {one}", source.sql_name);
            let branches: Vec<String> = several.iter().map(branch).collect();
            format!("{row_id} = ANY(ARRAY({}))", branches.join(" UNION ALL "))
        }
    }
}

impl<D: Dialect> Sources<'_, D> {
    /// Rows of a table, at most `limit` of them; `render` writes each output column.
    ///
    /// # Errors
    ///
    /// `TableMissing` or `ColumnMissing`.
    pub fn rows(
        &self,
        table: usize,
        render: impl Fn(&D::Column) -> String,
        limit: u64,
    ) -> Result<Statement<D::Bind>, SourceError> {
        let source = self.source(table)?;
        let mut outputs = Vec::new();
        for name in &source.output {
            outputs.push(render(self.column(table, name)?));
        }
        // A table may have all of its columns withheld: its rows are still counted.
        let outputs = if outputs.is_empty() { "NULL".to_owned() } else { outputs.join(", ") };
        self.select(table, &outputs, "", limit)
    }

    /// The distinct values that a link takes from a table, at most `limit` of them.
    ///
    /// # Errors
    ///
    /// `TableMissing` or `ColumnMissing`.
    pub fn link(
        &self,
        table: usize,
        columns: &[String],
        limit: u64,
    ) -> Result<Statement<D::Bind>, SourceError> {
        let mut outputs = Vec::new();
        let mut filled = String::new();
        for name in columns {
            let column = self.column(table, name)?;
            outputs.push(D::travelling(column));
            filled.push_str(" AND ");
            filled.push_str(&D::filled(column));
        }
        self.select(table, &format!("DISTINCT {}", outputs.join(", ")), &filled, limit)
    }

    /// How many rows of a table bear which identifiers: for each bearing of the plan 1 or 0, then
    /// the number of rows. Nothing where the plan asks for none.
    ///
    /// # Errors
    ///
    /// `TableMissing` or `ColumnMissing`.
    pub fn borne(&self, table: usize) -> Result<Option<Statement<D::Bind>>, SourceError> {
        let source = self.source(table)?;
        let bearings = self.plan.tables.get(table).map(|one| one.bearings.as_slice());
        let bearings = bearings.unwrap_or_default();
        if bearings.is_empty() {
            return Ok(None);
        }
        let mut binds = Vec::new();
        let mut outputs = Vec::new();
        for bearing in bearings {
            let any = self.any(table, &bearing.any, &mut binds)?;
            outputs.push(format!("CASE WHEN {} THEN 1 ELSE 0 END", any.join(" OR ")));
        }
        let mut any = Vec::new();
        for bearing in bearings {
            any.extend(self.any(table, &bearing.any, &mut binds)?);
        }
        let places: Vec<String> = (1..=outputs.len()).map(|place| place.to_string()).collect();
        let sql = format!(
            "SELECT {}, count(*) FROM {} WHERE {} GROUP BY {}",
            outputs.join(", "),
            source.sql_name,
            one_of(source, &any),
            places.join(", ")
        );
        Ok(Some(Statement { sql, binds }))
    }

    /// The conditions whose columns the live table has: not all that may tell whose a row is has to
    /// be there.
    fn any(
        &self,
        table: usize,
        conditions: &[Condition],
        binds: &mut Vec<D::Bind>,
    ) -> Result<Vec<String>, SourceError> {
        let mut any = Vec::new();
        for condition in conditions {
            let is_there = match condition {
                Condition::Identified(wanted) => {
                    let is_there = |one: &Wanted| match self.column(table, &one.column) {
                        Ok(column) => D::is_comparable(column, &one.values),
                        Err(_) => false,
                    };
                    wanted.iter().all(is_there)
                }
                Condition::Within { .. } | Condition::Carried(_) => true,
            };
            if is_there {
                any.push(self.condition(table, condition, binds)?);
            }
        }
        if any.is_empty() {
            any.push("FALSE".to_owned());
        }
        Ok(any)
    }

    fn select(
        &self,
        table: usize,
        outputs: &str,
        and: &str,
        limit: u64,
    ) -> Result<Statement<D::Bind>, SourceError> {
        let mut binds = Vec::new();
        let mut order = Vec::new();
        let mut needed: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        self.ancestors(table, &mut order, &mut needed);
        let mut with = Vec::new();
        for ancestor in order.into_iter().filter(|one| *one != table) {
            let source = self.source(ancestor)?;
            let mut columns = Vec::new();
            for name in needed.get(&ancestor).into_iter().flatten() {
                columns.push(D::quoted(self.column(ancestor, name)?));
            }
            let condition = self.predicate(ancestor, &mut binds)?;
            let (name, columns) = (&source.sql_name, columns.join(", "));
            with.push(format!("g{ancestor} AS (SELECT {columns} FROM {name} WHERE {condition})"));
        }
        let head =
            if with.is_empty() { String::new() } else { format!("WITH {} ", with.join(", ")) };
        let condition = self.predicate(table, &mut binds)?;
        let name = &self.source(table)?.sql_name;
        // Both databases count in 64 bits with a sign.
        let limit = limit.min(i64::MAX.unsigned_abs());
        let sql =
            format!("{head}SELECT {outputs} FROM {name} WHERE ({condition}){and} LIMIT {limit}");
        Ok(Statement { sql, binds })
    }

    /// The tables that a table's conditions refer to, each after those that it refers to itself,
    /// with the columns that are asked of them. The plan has no circle here.
    fn ancestors<'a>(
        &'a self,
        table: usize,
        order: &mut Vec<usize>,
        needed: &mut BTreeMap<usize, BTreeSet<&'a str>>,
    ) {
        let mut stack = vec![(table, false)];
        while let Some((table, done)) = stack.pop() {
            if order.contains(&table) {
                continue;
            }
            if done {
                order.push(table);
                continue;
            }
            stack.push((table, true));
            for condition in self.plan.tables.get(table).iter().flat_map(|one| &one.conditions) {
                if let Condition::Within { table: from, on, .. } = condition {
                    let columns = needed.entry(*from).or_default();
                    columns.extend(on.iter().map(|(_, other)| other.as_str()));
                    stack.push((*from, false));
                }
            }
        }
    }

    fn predicate(&self, table: usize, binds: &mut Vec<D::Bind>) -> Result<String, SourceError> {
        let source = self.source(table)?;
        let mut any = Vec::new();
        for condition in self.plan.tables.get(table).iter().flat_map(|one| &one.conditions) {
            any.push(self.condition(table, condition, binds)?);
        }
        Ok(one_of(source, &any))
    }

    fn condition(
        &self,
        table: usize,
        condition: &Condition,
        binds: &mut Vec<D::Bind>,
    ) -> Result<String, SourceError> {
        match condition {
            Condition::Identified(wanted) => {
                let mut all = Vec::new();
                for one in wanted {
                    let column = self.column(table, &one.column)?;
                    if !D::is_comparable(column, &one.values) {
                        let (table, column) = (self.name(table), one.column.clone());
                        return Err(SourceError::ColumnNotComparable { table, column });
                    }
                    all.push(D::holds(column, one.how, &one.values, binds));
                }
                Ok(format!("({})", all.join(" AND ")))
            }
            Condition::Within { table: from, on, how } => {
                let (mut own, mut other, mut filled) = (Vec::new(), Vec::new(), Vec::new());
                for (own_name, other_name) in on {
                    let column = self.column(*from, other_name)?;
                    let (one, two) = D::sides(self.column(table, own_name)?, column, *how);
                    own.push(one);
                    other.push(two);
                    filled.push(D::filled(column));
                }
                let (own, other, filled) = (own.join(", "), other.join(", "), filled.join(" AND "));
                let own = if on.len() > 1 { format!("({own})") } else { own };
                Ok(format!("{own} IN (SELECT {other} FROM g{from} WHERE {filled})"))
            }
            Condition::Carried(number) => {
                let Some(link) = self.search.links.get(*number) else {
                    return Ok("FALSE".to_owned());
                };
                let tuples = self.known.forms(*number, link, self.search.country.as_deref());
                let mut columns = Vec::new();
                for (own, _) in &link.on {
                    columns.push(self.column(table, own)?);
                }
                if let [column] = columns.as_slice() {
                    let values: Vec<String> = tuples.into_iter().flatten().collect();
                    return Ok(D::holds(column, link.how, &values, binds));
                }
                Ok(D::hold_together(&columns, link.how, &tuples, binds))
            }
        }
    }

    fn source(&self, table: usize) -> Result<&Source<D::Column>, SourceError> {
        self.tables.get(table).ok_or_else(|| SourceError::TableMissing { table: self.name(table) })
    }

    fn column(&self, table: usize, name: &str) -> Result<&D::Column, SourceError> {
        let column = self.source(table)?.columns.get(name);
        column.ok_or_else(|| missing(&self.name(table), name))
    }

    fn name(&self, table: usize) -> String {
        self.plan.tables.get(table).map(|one| one.table.clone()).unwrap_or_default()
    }

    /// Checks that every column that the plan names is there, before anything is read.
    ///
    /// # Errors
    ///
    /// `ColumnMissing`.
    pub fn check(&self, system: usize) -> Result<(), SourceError> {
        for (table, plan) in self.plan.tables.iter().enumerate() {
            for condition in &plan.conditions {
                self.condition(table, condition, &mut Vec::new())?;
            }
        }
        for link in &self.search.links {
            if link.from.0 == system {
                for (_, other) in &link.on {
                    self.column(link.from.1, other)?;
                }
            }
        }
        Ok(())
    }
}
