//! Where the rows of a search go.

use crate::domain::row::{Column, Value};

/// Takes rows as they are found. Every table begins with [`RowSink::table`], also when it turns
/// out to have no rows; its rows follow before the next table begins.
pub trait RowSink: Send {
    /// A table begins. The name is the one in the map.
    ///
    /// # Errors
    ///
    /// An error ends the search.
    fn table(&mut self, table: &str, columns: &[Column]) -> anyhow::Result<()>;

    /// A row, with one value for each column.
    ///
    /// # Errors
    ///
    /// An error ends the search.
    fn row(&mut self, row: &[Value]) -> anyhow::Result<()>;
}
