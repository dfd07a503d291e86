//! What a person withholds from a table of the package: counted before anything is written, and
//! taken out of every row on its way, whatever the format.

use std::io::{self, Read};

use crate::domain::exemption::Exemption;
use crate::domain::row::Value;
use crate::domain::withholding::matching::{Cell, RowMatcher, Withheld};
use crate::domain::withholding::{Extent, Held};
use crate::package::row_file::reader::RowFileReader;

/// What is withheld of one table beside whole columns.
#[derive(Clone, Debug, Default)]
pub struct Withholdings {
    pub matcher: RowMatcher,
    pub tallies: Vec<Tally>,
}

/// How much is withheld on one ground.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    pub extent: Extent,
    /// The column of all but whole rows.
    pub column: Option<String>,
    pub exemption: Exemption,
    /// Rows, values, or values of which passages are withheld.
    pub count: u64,
}

/// What counting found.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    pub withholdings: Withholdings,
    /// The rows that are left.
    pub rows: u64,
    /// To how many rows each withholding applied, in the order of the matcher.
    pub matched: Vec<u64>,
}

/// Reads a row file through and counts what is withheld of it.
///
/// # Errors
/// What the row file reports.
pub fn count(rows: &mut RowFileReader<impl Read>, held: Vec<Held>) -> io::Result<Counted> {
    let matcher = RowMatcher::new(rows.columns(), held);
    let mut counted = Counted { matched: vec![0; matcher.held().len()], ..Counted::default() };
    while let Some(row) = rows.next_row()? {
        match matcher.of(row) {
            None => counted.rows = counted.rows.saturating_add(1),
            Some(Withheld::Row(by)) => counted.add(&matcher, &by, Extent::Row),
            Some(Withheld::Cells(cells)) => {
                counted.rows = counted.rows.saturating_add(1);
                for cell in &cells {
                    let extent = if cell.whole { Extent::Value } else { Extent::Passage };
                    counted.add(&matcher, &cell.by, extent);
                }
            }
        }
    }
    counted.withholdings.matcher = matcher;
    Ok(counted)
}

impl Counted {
    /// Counts one row or one value, on the ground of the first withholding that reaches it.
    fn add(&mut self, matcher: &RowMatcher, by: &[usize], extent: Extent) {
        for number in by {
            if let Some(matched) = self.matched.get_mut(*number) {
                *matched = matched.saturating_add(1);
            }
        }
        let Some(held) = by.first().and_then(|number| matcher.held().get(*number)) else { return };
        let tallies = &mut self.withholdings.tallies;
        let same = |tally: &&mut Tally| {
            tally.extent == extent
                && tally.column == held.column
                && tally.exemption == held.exemption
        };
        match tallies.iter_mut().find(same) {
            Some(tally) => tally.count = tally.count.saturating_add(1),
            None => tallies.push(Tally {
                extent,
                column: held.column.clone(),
                exemption: held.exemption,
                count: 1,
            }),
        }
    }
}

/// The rows of a table without what is withheld.
pub struct OpenRows<'a, R: Read> {
    rows: RowFileReader<R>,
    matcher: &'a RowMatcher,
    /// What stands in the place of a passage.
    mark: &'a str,
    row: Vec<Value>,
}

/// A row without what is withheld of it.
pub struct OpenRow<'a> {
    pub values: &'a [Value],
    /// The cells of which something is withheld.
    pub cut: Vec<Cell>,
}

impl OpenRow<'_> {
    /// How much is withheld of a cell.
    #[must_use]
    pub fn withheld(&self, column: usize) -> Option<Extent> {
        let cell = self.cut.iter().find(|cell| cell.column == column)?;
        Some(if cell.whole { Extent::Value } else { Extent::Passage })
    }
}

impl<'a, R: Read> OpenRows<'a, R> {
    /// Reads on where the reader stands.
    #[must_use]
    pub const fn new(rows: RowFileReader<R>, matcher: &'a RowMatcher, mark: &'a str) -> Self {
        Self { rows, matcher, mark, row: Vec::new() }
    }

    /// The next row of which anything is given out.
    ///
    /// # Errors
    /// What the row file reports.
    pub fn next_row(&mut self) -> io::Result<Option<OpenRow<'_>>> {
        if self.matcher.is_empty() {
            let row = self.rows.next_row()?;
            return Ok(row.map(|values| OpenRow { values, cut: Vec::new() }));
        }
        loop {
            let Some(row) = self.rows.next_row()? else { return Ok(None) };
            // Kept in own memory, so that the borrow of the reader ends where a row is passed over.
            self.row.clear();
            let withheld = self.matcher.of(row);
            self.row.extend_from_slice(row);
            match withheld {
                Some(Withheld::Row(_)) => {}
                Some(Withheld::Cells(cut)) => {
                    self.matcher.cut(&cut, self.mark, &mut self.row);
                    return Ok(Some(OpenRow { values: &self.row, cut }));
                }
                None => return Ok(Some(OpenRow { values: &self.row, cut: Vec::new() })),
            }
        }
    }
}
