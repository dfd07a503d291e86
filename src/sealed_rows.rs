//! The rows of a search on their way into the sealed folder: one file a table.

use anyhow::Context;

use crate::connectors::sink::RowSink;
use crate::domain::actor::Ctx;
use crate::domain::row::{Column, Value};
use crate::package::row_file::writer::RowFileWriter;
use crate::sealed_folder::{NewFile, SealedFolder, Stored};
use crate::vault::CaseKey;

/// Takes the rows of one system into sealed files. Dropped before [`RowFiles::done`], it takes
/// them away again.
pub struct RowFiles {
    folder: SealedFolder,
    key: CaseKey,
    ctx: Ctx,
    current: Option<(String, RowFileWriter<NewFile>)>,
    done: Vec<(String, Stored, u64)>,
}

impl RowFiles {
    /// Takes rows into a folder, under the key of their case.
    #[must_use]
    pub fn new(folder: SealedFolder, key: &CaseKey, ctx: &Ctx) -> Self {
        let (key, ctx) = (key.clone(), ctx.clone());
        Self { folder, key, ctx, current: None, done: Vec::new() }
    }

    /// Ends the last file and gives all: table, file, rows.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn done(mut self) -> anyhow::Result<Vec<(String, Stored, u64)>> {
        self.end()?;
        Ok(std::mem::take(&mut self.done))
    }

    fn end(&mut self) -> anyhow::Result<()> {
        if let Some((table, writer)) = self.current.take() {
            let (file, rows) = writer.finish().context("ending a row file")?;
            self.done.push((table, file.finish().context("ending a sealed file")?, rows));
        }
        Ok(())
    }
}

/// A search that fails or is given up leaves nothing.
impl Drop for RowFiles {
    fn drop(&mut self) {
        for (_, stored, _) in &self.done {
            // What cannot be removed now is an orphan, and is looked for later.
            let _ = self.folder.remove(stored.id);
        }
    }
}

impl RowSink for RowFiles {
    fn table(&mut self, table: &str, columns: &[Column]) -> anyhow::Result<()> {
        self.end()?;
        let file = self.folder.create(self.ctx.new_id(), &self.key)?;
        self.current = Some((table.to_owned(), RowFileWriter::create(file, table, columns)?));
        Ok(())
    }

    fn row(&mut self, row: &[Value]) -> anyhow::Result<()> {
        let (_, writer) = self.current.as_mut().context("a row before its table")?;
        Ok(writer.write(row)?)
    }
}
