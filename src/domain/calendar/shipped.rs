//! The public holidays that ship with the product, read once from `data/holidays.txt`.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;

use crate::domain::calendar::CalendarError;
use crate::domain::calendar::day_set::DaySet;

const HOLIDAYS: &str = include_str!("../../../data/holidays.txt");

/// One calendar of the data file.
#[derive(Debug)]
pub struct Shipped {
    pub holidays: Arc<DaySet>,
    /// Bit n is set when the day n days after Monday is a weekend day.
    pub weekend: u8,
}

/// Every calendar of the data file, by code, and the version of the data.
#[derive(Debug)]
pub struct Table {
    pub version: String,
    pub calendars: BTreeMap<String, Shipped>,
}

static TABLE: LazyLock<Result<Table, CalendarError>> = LazyLock::new(|| read(HOLIDAYS));

/// The table of the embedded file.
///
/// # Errors
/// [`CalendarError::Data`] when the embedded file cannot be read, which a test excludes.
pub fn table() -> Result<&'static Table, CalendarError> {
    TABLE.as_ref().map_err(Clone::clone)
}

/// Reads the form that `scripts/holidays.py` writes.
pub fn read(text: &str) -> Result<Table, CalendarError> {
    let mut table = Table { version: String::new(), calendars: BTreeMap::new() };
    let mut current: Option<(String, DaySet, u8)> = None;
    for (index, line) in text.lines().enumerate() {
        let wrong = |reason| CalendarError::Data { line: index.saturating_add(1), reason };
        let mut words = line.split_whitespace();
        match words.next() {
            None => {}
            Some(word) if word.starts_with('#') => {}
            Some("version") => {
                words.next().ok_or_else(|| wrong("no version"))?.clone_into(&mut table.version);
            }
            Some("calendar") => {
                close(&mut table, current.take());
                current = Some(header(&table, words).map_err(wrong)?);
            }
            Some(year) => {
                let (_, days, _) =
                    current.as_mut().ok_or_else(|| wrong("days before a calendar"))?;
                for word in words {
                    let date = NaiveDate::parse_from_str(&format!("{year}{word}"), "%Y%m%d")
                        .map_err(|_| wrong("not a date of the form YYYY MMDD"))?;
                    days.insert(date).map_err(|_| wrong("outside the years of the data"))?;
                }
            }
        }
    }
    close(&mut table, current);
    Ok(table)
}

fn close(table: &mut Table, read: Option<(String, DaySet, u8)>) {
    if let Some((code, days, weekend)) = read {
        table.calendars.insert(code, Shipped { holidays: Arc::new(days), weekend });
    }
}

/// `CODE [of PARENT] weekend 6,7`
fn header<'a>(
    table: &Table,
    mut words: impl Iterator<Item = &'a str>,
) -> Result<(String, DaySet, u8), &'static str> {
    let code = words.next().ok_or("a calendar without a code")?;
    let mut days = DaySet::empty();
    let mut weekend = 0;
    while let Some(word) = words.next() {
        let value = words.next().ok_or("a word without its value")?;
        match word {
            "of" => {
                let parent = table.calendars.get(value).ok_or("the parent must come first")?;
                days = DaySet::clone(&parent.holidays);
            }
            "weekend" => {
                for day in value.split(',') {
                    let day: u32 = day.parse().map_err(|_| "weekend days are numbers")?;
                    let bit = day.checked_sub(1).filter(|bit| *bit < 7).ok_or("days are 1 to 7")?;
                    weekend |= 1_u8.checked_shl(bit).unwrap_or(0);
                }
            }
            _ => return Err("unknown word in a calendar line"),
        }
    }
    Ok((code.to_owned(), days, weekend))
}

#[cfg(test)]
mod tests {
    use super::{read, table};

    #[test]
    fn the_embedded_data_can_be_read() {
        let table = table().unwrap();
        assert_eq!(table.version, "2026-11-22");
        assert_eq!(table.calendars.len(), 97);
        for (code, shipped) in &table.calendars {
            let expected = if code == "SA" { 0b011_0000 } else { 0b110_0000 };
            assert_eq!(shipped.weekend, expected, "{code}");
            assert!(shipped.holidays.len() >= 21 * 4, "{code}: {}", shipped.holidays.len());
        }
    }

    #[test]
    fn a_damaged_file_is_refused_with_its_line() {
        let cases = [
            ("version", "holiday data, line 1: no version"),
            ("2020 0101", "holiday data, line 1: days before a calendar"),
            ("calendar", "holiday data, line 1: a calendar without a code"),
            ("calendar X of Y", "holiday data, line 1: the parent must come first"),
            ("calendar X of", "holiday data, line 1: a word without its value"),
            ("calendar X weekend a", "holiday data, line 1: weekend days are numbers"),
            ("calendar X weekend 8", "holiday data, line 1: days are 1 to 7"),
            ("calendar X colour red", "holiday data, line 1: unknown word in a calendar line"),
            (
                "\ncalendar X weekend 6,7\n2020 0230",
                "holiday data, line 3: not a date of the form YYYY MMDD",
            ),
            ("calendar X\n2019 0101", "holiday data, line 2: outside the years of the data"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text).unwrap_err().to_string(), expected);
        }
    }
}
