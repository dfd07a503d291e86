//! How long a large package takes and how much memory: `cargo bench --bench package`.
//!
//! 200,000 rows of 8 columns, read from a row file twice, as JSON and as CSV in one ZIP that is
//! counted and thrown away. Prints the seconds of the best of five rounds and the peak memory.

use std::io::{self, Read, Write};
use std::time::Instant;

use chrono::{DateTime, NaiveDate};
use guichet::domain::regime::law::Law;
use guichet::domain::right::Right;
use guichet::domain::row::{Column, Value, ValueKind};
use guichet::language::Language;
use guichet::package::contents::{
    AnsweredRequest, Contents, Controller, Facts, Outcome, System, Table, UploadedFile,
};
use guichet::package::row_file::writer::RowFileWriter;
use guichet::package::write::{Supply, write};

const ROWS: u64 = 200_000;
const ROUNDS: u32 = 5;

/// The row file lies in memory, so that the disk is not measured.
struct Shelf(Vec<u8>);

impl Supply for Shelf {
    fn rows(&mut self, _: &System, _: &Table) -> io::Result<Option<Box<dyn Read + '_>>> {
        Ok(Some(Box::new(self.0.as_slice())))
    }

    fn file(&mut self, _: &System, _: &UploadedFile) -> io::Result<Box<dyn Read + '_>> {
        Err(io::ErrorKind::NotFound.into())
    }
}

struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(buffer.len());
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn row_file() -> io::Result<Vec<u8>> {
    let column = |name: &str, kind| Column { name: name.to_owned(), kind };
    let columns = [
        column("id", ValueKind::Integer),
        column("customer_id", ValueKind::Integer),
        column("placed_at", ValueKind::TimestampTz),
        column("total", ValueKind::Decimal),
        column("status", ValueKind::Text),
        column("paid", ValueKind::Boolean),
        column("note", ValueKind::Text),
        column("reference", ValueKind::Uuid),
    ];
    let mut writer = RowFileWriter::create(Vec::new(), "orders", &columns)?;
    for n in 0..ROWS {
        let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        writer.write(&[
            Value::Number(n.to_string()),
            Value::Number("7".to_owned()),
            Value::Text(format!("2026-03-{:02}T10:{:02}:00+00:00", n % 28 + 1, n % 60)),
            Value::Number(format!("{}.{:02}", mixed % 1_000, n % 100)),
            Value::Text("delivered".to_owned()),
            Value::Boolean(n % 3 == 0),
            Value::Text(format!("Order {n}, \"left\" with neighbour no. {}", mixed % 97)),
            Value::Text(format!("018f3e5a-0000-7000-8000-{:012x}", mixed >> 16)),
        ])?;
    }
    Ok(writer.finish()?.0)
}

fn contents() -> Option<Contents> {
    let table = Table {
        name: "orders".to_owned(),
        title: "Orders".to_owned(),
        rows: ROWS,
        withheld: guichet::package::withheld::Withholdings::default(),
        columns: Vec::new(),
        key: vec!["id".to_owned()],
        references: Vec::new(),
        facts: Facts::default(),
    };
    Some(Contents {
        language: Language::En,
        request: AnsweredRequest {
            reference: "7K4M-Q2XD-5".to_owned(),
            right: Right::Access,
            law: Law::Gdpr,
            received_on: NaiveDate::from_ymd_opt(2026, 3, 5)?,
            legal_on: None,
            subject: None,
        },
        controller: Controller { name: "Shop".to_owned(), address: None, contact: None },
        authority: None,
        systems: vec![System {
            name: "shop".to_owned(),
            title: "Shop".to_owned(),
            connector: "postgresql".to_owned(),
            outcome: Outcome::Complete,
            note: None,
            started_at: None,
            finished_at: None,
            tables: vec![table],
            files: Vec::new(),
        }],
        incomplete_reason: None,
        created_at: DateTime::from_timestamp(1_774_000_000, 0)?,
    })
}

/// The peak resident memory of this process, as Linux reports it.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |line| line.trim().to_owned())
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let Some(contents) = contents() else {
        return Err(io::Error::other("the bench's own dates are wrong"));
    };
    let mut shelf = Shelf(row_file()?);
    writeln!(out, "row file of {ROWS} rows: {} bytes; peak {}", shelf.0.len(), peak_memory())?;
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let (Counter(bytes), summary) = write(Counter(0), &contents, &mut shelf)?;
        best = best.min(begun.elapsed().as_secs_f64());
        writeln!(out, "{} rows, {bytes} bytes of ZIP, {best:.3} s at best", summary.rows)?;
    }
    writeln!(out, "peak memory, with the row file: {}", peak_memory())
}
