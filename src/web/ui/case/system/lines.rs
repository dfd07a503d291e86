//! Rows as a person types or pastes them: one line a row, as in CSV or copied from a spreadsheet.

use super::records::{self, Record, Unreadable};
use crate::domain::row::Value;
use crate::error::FieldError;
use crate::web::manual::{MOST_COLUMNS, TypedRows};

/// The longest name of a column, in characters.
const LONGEST_NAME: usize = 200;

/// What may stand between values, in the order in which it is tried.
const SEPARATORS: [char; 3] = ['\t', ';', ','];

/// Reads the rows of a table; none where nothing but the names of columns stands there. A first line
/// mostly of columns of the map names them all; where the map names none, the first line always does.
/// One that has few of them among other words is asked about: what somebody said must not become the
/// heading of a column. Every row has as many values as there are columns.
///
/// # Errors
/// At `field`, without a word of what was typed: the line and what is wrong with it.
pub fn read(
    field: &str,
    text: &str,
    table: &str,
    mapped: &[&str],
) -> Result<Option<TypedRows>, FieldError> {
    // A browser sends line breaks as CR LF, and some programs copy them as CR.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Ok(None);
    }
    let wrong = |code, arguments| FieldError { field: field.to_owned(), code, arguments };
    let records = records::read(text, separator(text, mapped));
    let records = records
        .map_err(|Unreadable { code, line }| wrong(code, vec![("line", line.to_string())]))?;
    let mut columns: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    for Record { line, cells } in &records {
        let mut cells: Vec<&str> = cells.iter().map(|cell| cell.trim()).collect();
        if cells.iter().all(|cell| cell.is_empty()) {
            continue;
        }
        if columns.is_empty() {
            let known = cells.iter().filter(|cell| is_mapped(cell, mapped)).count();
            let named = cells.iter().filter(|cell| !cell.is_empty()).count();
            if mapped.is_empty() || known * 2 > named {
                drop_empty(&mut cells, 0);
                columns = self::named(field, &cells, mapped)?;
                continue;
            }
            if known > 0 {
                let names = vec![("columns", mapped.join(", "))];
                return Err(wrong("rows-names-among-words", names));
            }
            columns = mapped.iter().map(|name| (*name).to_owned()).collect();
        }
        drop_empty(&mut cells, columns.len());
        if cells.len() != columns.len() {
            let is_wide = cells.len() > columns.len();
            let code = if is_wide { "rows-too-wide" } else { "rows-too-narrow" };
            let told = [("line", *line), ("found", cells.len()), ("columns", columns.len())];
            return Err(wrong(
                code,
                told.map(|(name, number)| (name, number.to_string())).to_vec(),
            ));
        }
        let value = |text: &&str| match *text {
            "" => Value::Null,
            text => Value::Text(text.to_owned()),
        };
        rows.push(cells.iter().map(value).collect());
    }
    if rows.is_empty() {
        // The line of names that the page itself begins with says nothing.
        let is_given = mapped.is_empty();
        return if is_given { Err(wrong("rows-only-names", Vec::new())) } else { Ok(None) };
    }
    Ok(Some(TypedRows { table: table.to_owned(), columns, rows }))
}

/// Takes off what a spreadsheet gives beyond the last column: empty cells.
fn drop_empty(cells: &mut Vec<&str>, columns: usize) {
    while cells.len() > columns && cells.last().is_some_and(|last| last.is_empty()) {
        cells.pop();
    }
}

fn is_mapped(cell: &str, mapped: &[&str]) -> bool {
    mapped.iter().any(|name| name.to_lowercase() == cell.to_lowercase())
}

/// The columns of a first line that names them, written as the map does where it knows them.
fn named(field: &str, cells: &[&str], mapped: &[&str]) -> Result<Vec<String>, FieldError> {
    if cells.len() > MOST_COLUMNS {
        let most = vec![("maximum", MOST_COLUMNS.to_string())];
        return Err(FieldError { field: field.to_owned(), code: "too-many", arguments: most });
    }
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    for cell in cells {
        let known = mapped.iter().find(|name| name.to_lowercase() == cell.to_lowercase());
        let name = known.map_or(*cell, |name| *name).to_owned();
        let is_long = name.chars().count() > LONGEST_NAME;
        if name.is_empty() || is_long || name.contains(char::is_control) || names.contains(&name) {
            return Err(FieldError::new(field, "rows-names"));
        }
        names.push(name);
    }
    Ok(names)
}

/// What stands between the values: what gives the first line as many as the map has columns, or else
/// what stands in it at all. Where nothing does, a line is one value, whatever it says.
fn separator(text: &str, mapped: &[&str]) -> char {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let cells = |separator: &char| first.split(*separator).count();
    if mapped.len() == 1 && !first.contains(['\t', ';']) {
        return '\t';
    }
    let fits = |separator: &&char| mapped.len() > 1 && cells(separator) == mapped.len();
    let all = SEPARATORS.iter();
    let chosen = all.clone().find(fits).or_else(|| all.clone().find(|it| cells(it) > 1));
    chosen.copied().unwrap_or('\t')
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::domain::row::Value;

    /// Columns and rows as text, with `-` for no value; or the code of what is wrong.
    fn of(text: &str, mapped: &[&str]) -> String {
        match read("rows-0", text, "folder", mapped) {
            Ok(None) => "nothing".to_owned(),
            Err(error) => {
                let told: Vec<String> = error.arguments.iter().map(|(_, v)| v.clone()).collect();
                format!("{} {}", error.code, told.join(",")).trim().to_owned()
            }
            Ok(Some(typed)) => {
                let cell = |value: &Value| match value {
                    Value::Text(text) => text.clone(),
                    _ => "-".to_owned(),
                };
                let row = |row: &Vec<Value>| row.iter().map(cell).collect::<Vec<_>>().join("|");
                let rows: Vec<String> = typed.rows.iter().map(row).collect();
                format!("{}: {}", typed.columns.join("|"), rows.join(" / "))
            }
        }
    }

    #[test]
    fn lines_become_rows_however_they_were_written() {
        let map = ["day", "note"];
        for (text, mapped, expected) in [
            ("", &map[..], "nothing"),
            (" \r\n ", &[], "nothing"),
            ("day;note", &map, "nothing"),
            ("2026-01-02;ill", &map, "day|note: 2026-01-02|ill"),
            ("day;note\r\n2026-01-02;ill, again\r\n", &map, "day|note: 2026-01-02|ill, again"),
            ("Note\tDAY\textra\nill\t2026\t7", &map, "note|day|extra: ill|2026|7"),
            ("My neighbour says;DAY\nill;2026", &map, "rows-names-among-words day, note"),
            ("2026-01-02\till; and cold, too", &map, "day|note: 2026-01-02|ill; and cold, too"),
            (
                "day,note\n\n2026,\"a, \"\"b\"\"\nc\"\n2027,",
                &map,
                "day|note: 2026|a, \"b\"\nc / 2027|-",
            ),
            ("2026;", &map, "day|note: 2026|-"),
            (";ill", &map, "day|note: -|ill"),
            ("day;note;;\r2026;ill;;", &map, "day|note: 2026|ill"),
            // Of a row that is too short nobody knows which value is missing.
            ("\n\nday;note\n2026", &map, "rows-too-narrow 4,1,2"),
            ("day;note\n2026;\"ill\n2027;well", &map, "rows-open-quotation 2"),
            ("day;note\n2026;\"ill\"\n\"2027\n\"a;b", &map, "rows-after-quotation 3"),
            ("day;note\n2026;i\0ll", &map, "rows-nul 2"),
            ("2026;ill;;\n;;;\n2027;well;;", &map, "day|note: 2026|ill / 2027|well"),
            ("\u{feff}a;b\n1;2", &[], "a|b: 1|2"),
            ("note\nA letter, of March; kept", &[], "note: A letter, of March; kept"),
            ("A letter, of March", &["note"], "note: A letter, of March"),
            ("a;b", &[], "rows-only-names"),
            ("2026;ill;3", &map, "rows-too-wide 1,3,2"),
            ("day;note\n1;2\n1;2;3", &map, "rows-too-wide 3,3,2"),
            ("a;a\n1;2", &[], "rows-names"),
            ("a;;b\n1;2;3", &[], "rows-names"),
            ("day;day\n1;2", &map, "rows-names"),
        ] {
            assert_eq!(of(text, mapped), expected, "{text:?}");
        }
        let wide = format!("{}\n1", vec!["a"; 201].join(";"));
        assert_eq!(of(&wide, &[]), "too-many 200");
    }
}
