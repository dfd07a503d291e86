//! The review at the front door: what a search found, by system and table, and what is withheld of
//! it. Rows come from the sealed row files, never from the source.

pub mod rows;

use super::Front;
use super::opened::Opened;
use super::packages::open_proposals;
use super::written::{LONGEST_REASON, text};
use crate::db::data_maps;
use crate::db::searches::{self, Search, SearchFile, SearchSystem};
use crate::db::withholdings::{self, Withholding};
use crate::domain::actor::Actor;
use crate::domain::exemption::Exemption;
use crate::domain::ids::{SearchId, WithholdingId};
use crate::domain::inventory::map::{DataMap, Table};
use crate::domain::withholding::{Extent, Held, Passage, Spot, WithholdingState};
use crate::error::{Error, Result};
use crate::vault::CaseKey;
use crate::workflow::record;
use crate::workflow::review::{self, NewWithholding};
use crate::workflow::sources::{SearchScope, open_map};

/// A search with the map that it was made by, and what is withheld of what it found.
pub struct Review {
    pub search: Search,
    pub systems: Vec<SearchSystem>,
    pub files: Vec<SearchFile>,
    pub map: DataMap,
    pub withholdings: Vec<Withholding>,
}

/// What somebody wants withheld, as it was sent.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub system: String,
    pub table: String,
    pub column: Option<String>,
    pub extent: String,
    pub exemption: String,
    /// The number of the row in its table, counted from 1.
    pub row: Option<u64>,
    /// Ranges of characters of a value, each from its first to before its last.
    pub ranges: Vec<(u64, u64)>,
    /// Words of a value, each time they stand there; instead of ranges.
    pub words: Option<String>,
    pub note: Option<String>,
}

/// More ranges of one value are refused.
const MOST_RANGES: usize = 500;

/// A search of the case; without one named, the newest full one.
///
/// # Errors
/// `NotFound` when there is none, or it was for contacts only.
pub async fn load(front: &Front, opened: &Opened, search: Option<SearchId>) -> Result<Review> {
    let (request, controller) = (opened.row.id, opened.controller.id);
    let scope = opened.scope();
    let read = move |conn: &mut crate::db::conn::Conn| {
        // What came first, the history knows; instants may be equal.
        let id = match search {
            Some(id) => Some(id),
            None => record::load(conn, &scope, request)?.state.found.map(|found| found.search),
        };
        let row = searches::get(conn, request, id.ok_or(Error::NotFound)?)?;
        if row.scope != SearchScope::Full.name() {
            return Err(Error::NotFound);
        }
        let map = data_maps::get(conn, controller, row.map_version)?;
        let systems = searches::systems(conn, row.id)?;
        let files = searches::files(conn, row.id)?;
        Ok((row, systems, files, map, withholdings::of_request(conn, request)?))
    };
    let (search, systems, files, map, withholdings) = front.app.read(read).await?;
    let map = open_map(&front.app.controller_key(&opened.controller)?, &map)?;
    Ok(Review { search, systems, files, map, withholdings })
}

impl Review {
    /// The newest row file of a table: of one that was answered by hand twice, the last.
    ///
    /// # Errors
    /// `Invalid` when nothing was found there.
    pub fn file(&self, system: &str, table: &str) -> Result<&SearchFile> {
        let mut files = self.files.iter().rev();
        let file =
            files.find(|file| file.system == system && file.source_table.as_deref() == Some(table));
        file.ok_or_else(|| Error::invalid("table", "nothing-found-there"))
    }

    /// What the map says of a table.
    #[must_use]
    pub fn table(&self, system: &str, table: &str) -> Option<&Table> {
        self.map.system(system)?.table(table)
    }

    /// The tables of a system of which there are rows, each with its newest file.
    #[must_use]
    pub fn tables(&self, system: &str) -> Vec<&SearchFile> {
        let mut tables: Vec<&SearchFile> = Vec::new();
        for file in self.files.iter().filter(|file| file.system == system) {
            if file.source_table.is_some() {
                tables.retain(|known| known.source_table != file.source_table);
                tables.push(file);
            }
        }
        tables
    }

    /// How many files a person handed in for a system.
    #[must_use]
    pub fn uploads(&self, system: &str) -> usize {
        let own = self.files.iter().filter(|file| file.system == system);
        own.filter(|file| file.source_table.is_none()).count()
    }

    /// What is withheld of a table, in whatever state.
    pub fn of_table(&self, system: &str, table: &str) -> impl Iterator<Item = &Withholding> {
        self.withholdings
            .iter()
            .filter(move |row| row.system == system && row.source_table == table)
    }

    /// The columns of a table that the map proposes to withhold and on which nobody has decided.
    #[must_use]
    pub fn open_proposals(&self, file: &SearchFile) -> Vec<String> {
        open_proposals(&self.map, file, &self.withholdings)
    }

    /// What is withheld of the rows of a table, with the ids.
    ///
    /// # Errors
    /// When a seal does not open.
    pub fn held(
        &self,
        key: &CaseKey,
        file: &SearchFile,
    ) -> Result<(Vec<WithholdingId>, Vec<Held>)> {
        let table = file.source_table.as_deref().unwrap_or_default();
        let rows = self.of_table(&file.system, table);
        let rows = rows.filter(|row| row.state == WithholdingState::Held);
        let (mut ids, mut held) = (Vec::new(), Vec::new());
        for row in rows.filter(|row| row.extent != Extent::Column) {
            ids.push(row.id);
            held.push(review::held(key, row)?);
        }
        Ok((ids, held))
    }

    /// Whether the newest search has no row of a withholding, as far as a package was built of it.
    #[must_use]
    pub fn is_without_row(&self, row: &Withholding) -> bool {
        row.state == WithholdingState::Held
            && row.matched_search_id == Some(self.search.id)
            && row.matched_rows == Some(0)
    }
}

/// Makes a withholding of what was sent: finds the row and seals by what it is known again.
///
/// # Errors
/// `Invalid` with what is wrong of it.
pub async fn withholding(
    front: &Front,
    opened: &Opened,
    actor: Actor,
    review: &Review,
    asked: &Asked,
) -> Result<NewWithholding> {
    let extent =
        Extent::parse(&asked.extent).ok_or_else(|| Error::invalid("extent", "unknown-value"))?;
    let exemption = Exemption::parse(&asked.exemption)
        .ok_or_else(|| Error::invalid("exemption", "unknown-value"))?;
    text("note", asked.note.as_deref(), LONGEST_REASON)?;
    let id: WithholdingId = front.app.ctx(actor).new_id();
    let file = review.file(&asked.system, &asked.table)?;
    let column = asked.column.clone().filter(|column| !column.is_empty());
    if extent != Extent::Row && column.is_none() {
        return Err(Error::invalid("column", "empty"));
    }
    check_extent(extent, asked)?;
    let spot = match extent {
        Extent::Column => {
            rows::check_column(front, opened, file, column.as_deref()).await?;
            None
        }
        _ => Some(spot(front, opened, review, (file, column.as_deref(), extent), asked).await?),
    };
    let sealed_spot = match &spot {
        Some(spot) => Some(review::seal_spot(opened.key()?, id, spot)?),
        None => None,
    };
    let (system, table) = (asked.system.clone(), asked.table.clone());
    let search = review.search.id;
    Ok(NewWithholding { id, search, system, table, column, extent, exemption, sealed_spot })
}

/// Refuses what says two things at once: nobody guesses which of them was meant.
fn check_extent(extent: Extent, asked: &Asked) -> Result<()> {
    let (has_row, has_words) = (asked.row.is_some(), asked.words.is_some());
    let has_ranges = !asked.ranges.is_empty();
    let has_column = asked.column.as_ref().is_some_and(|column| !column.is_empty());
    let is_passage = extent == Extent::Passage;
    for (field, is_given, may_be) in [
        ("row", has_row, extent != Extent::Column),
        ("column", has_column, extent != Extent::Row),
        ("words", has_words, is_passage),
        ("ranges", has_ranges, is_passage && !has_words),
    ] {
        if is_given && !may_be {
            return Err(Error::invalid(field, "not-of-extent"));
        }
    }
    Ok(())
}

async fn spot(
    front: &Front,
    opened: &Opened,
    review: &Review,
    (file, column, extent): (&SearchFile, Option<&str>, Extent),
    asked: &Asked,
) -> Result<Spot> {
    let number = asked.row.ok_or_else(|| Error::invalid("row", "no-such-row"))?;
    let table = review.table(&asked.system, &asked.table);
    let key = table.map(|table| table.key.clone()).unwrap_or_default();
    let found = rows::one(front, opened, file, number, key).await?;
    let note = asked.note.clone().filter(|note| !note.trim().is_empty());
    let mut spot = Spot { row: found.key.clone(), passage: None, note };
    let Some(column) = column else { return Ok(spot) };
    let value = found.value(column).ok_or_else(|| Error::invalid("column", "no-such-column"))?;
    if extent == Extent::Value {
        return Ok(spot);
    }
    let crate::domain::row::Value::Text(written) = value else {
        return Err(Error::invalid("column", "not-a-text"));
    };
    if asked.ranges.len() > MOST_RANGES {
        return Err(Error::invalid("ranges", "not-in-text"));
    }
    let passage = match &asked.words {
        Some(words) => {
            Passage::of_words(written, words).filter(|it| it.ranges.len() <= MOST_RANGES)
        }
        None => Passage::of(written, asked.ranges.clone()),
    };
    let field = if asked.words.is_some() { "words" } else { "ranges" };
    spot.passage = Some(passage.ok_or_else(|| Error::invalid(field, "not-in-text"))?);
    Ok(spot)
}

/// The word that a column which the map proposes to withhold is given out.
///
/// # Errors
/// `Invalid` when the map does not propose it, or a person has decided on it.
pub fn declining(
    front: &Front,
    actor: Actor,
    review: &Review,
    (system, table, column): (&str, &str, &str),
) -> Result<NewWithholding> {
    let file = review.file(system, table)?;
    if !review.open_proposals(file).iter().any(|open| open == column) {
        return Err(Error::invalid("column", "not-proposed"));
    }
    Ok(NewWithholding {
        id: front.app.ctx(actor).new_id(),
        search: review.search.id,
        system: system.to_owned(),
        table: table.to_owned(),
        column: Some(column.to_owned()),
        extent: Extent::Column,
        exemption: Exemption::RightsOfOthers,
        sealed_spot: None,
    })
}
