//! A backup read from its first byte to its last: what it holds is counted anew, and compared with
//! what it says at its end.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use anyhow::{Context, bail, ensure};
use sha2::{Digest, Sha256};

use super::archive::{self, Kind, json, take};
use super::{Contents, Counted, FORMAT, Header, hexadecimal};
use crate::vault::file::SealedReader;
use crate::vault::key::Key;

/// Reads the backup in a file and gives what it holds.
///
/// # Errors
/// When it does not open, was cut, or holds something else than it says.
pub fn check(path: &Path, key: &Key) -> anyhow::Result<Contents> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let sealed = SealedReader::open(file, key, archive::ID).context("the backup does not open")?;
    read(&mut BufReader::with_capacity(256 * 1024, sealed))
}

fn read(source: &mut impl Read) -> anyhow::Result<Contents> {
    let (kind, bytes) = take(source)?;
    ensure!(kind == Kind::Header, "the file is no backup of this program");
    let header: Header = json(&bytes)?;
    ensure!(header.format == FORMAT, "the backup is of another version");
    let mut tables: BTreeMap<String, Counted> = BTreeMap::new();
    let mut files = BTreeMap::new();
    let mut table: Option<String> = None;
    let mut file: Option<(String, Sha256)> = None;
    let saved: Contents = loop {
        let (kind, bytes) = take(source)?;
        if kind != Kind::Part
            && let Some((name, digest)) = file.take()
        {
            files.insert(name, hexadecimal(&digest.finalize()));
        }
        match kind {
            Kind::Header => bail!("the backup holds two headers"),
            Kind::Table => {
                let name = String::from_utf8(bytes)?;
                tables.entry(name.clone()).or_default();
                table = Some(name);
            }
            Kind::Row => {
                let name = table.as_ref().context("a row of no table")?;
                tables.entry(name.clone()).or_default().add(&bytes);
            }
            Kind::File => file = Some((String::from_utf8(bytes)?, Sha256::new())),
            Kind::Part => file.as_mut().context("a part of no file")?.1.update(&bytes),
            Kind::End => break json(&bytes)?,
        }
    };
    let found = Contents { tables, files };
    ensure!(found == saved, "the backup does not hold what it says");
    Ok(saved)
}
