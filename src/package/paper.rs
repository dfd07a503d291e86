//! A package for print: its pages and all rows as tables, in one page that follows a head of the
//! caller's. The rows come from the JSON, the faithful copy, with the titles of tables and columns
//! and a mark where something is withheld. Read row by row.

mod rows;

use std::io::{self, Read, Seek, Write};

use serde::Deserialize;
use zip::ZipArchive;

use self::rows::{Absent, Described, Rows};
use crate::language::{Language, text, text_with};
use crate::package::words::visible;

/// What `sources.json` says of each system.
#[derive(Deserialize)]
struct Sources {
    systems: Vec<System>,
}

#[derive(Deserialize)]
struct System {
    title: String,
    tables: Vec<Table>,
    files: Vec<File>,
}

#[derive(Deserialize)]
struct Table {
    title: String,
    rows: u64,
    /// Packages of before did not always say.
    #[serde(default)]
    rows_withheld: u64,
    files: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    name: String,
    title: Option<String>,
}

/// Writes what follows the head of the page, from a package: what the index says, every row of every
/// table, the names of the files, and the information of GDPR Article 15.
///
/// # Errors
/// What the package or `out` report; then the page is not whole.
pub fn write(
    head: &str,
    package: impl Read + Seek,
    language: Language,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut zip = ZipArchive::new(package).map_err(io::Error::other)?;
    out.write_all(head.as_bytes())?;
    let index = whole(&mut zip, "index.html")?;
    let information = whole(&mut zip, "information.html")?;
    let sources: Sources = of_json(&whole(&mut zip, "sources.json")?)?;
    let described: Described = of_json(&whole(&mut zip, "datapackage.json")?)?;
    // The first rows stand in the index; here all of them follow.
    out.write_all(without_section(within_main(&index), "data").as_bytes())?;
    for system in &sources.systems {
        for table in &system.tables {
            let Some(path) = table.files.iter().find(|path| path.ends_with(".json")) else {
                continue;
            };
            let caption = caption(language, system, table);
            let file = zip.by_name(path).map_err(io::Error::other)?;
            write_table((&caption, path), &described, file, language, out)?;
        }
    }
    let files = |system: &System| !system.files.is_empty();
    if sources.systems.iter().any(files) {
        write!(out, "<h2>{}</h2><ul>", escaped(&text(language, "package-paper-enclosed")))?;
        for system in &sources.systems {
            for file in &system.files {
                let name = visible(file.title.as_ref().unwrap_or(&file.name));
                write!(out, "<li>{}: {}</li>", shown(&system.title), escaped(&name))?;
            }
        }
        out.write_all(b"</ul>")?;
    }
    out.write_all(within_main(&information).as_bytes())?;
    out.write_all(b"</div></main></body></html>\n")?;
    out.flush()
}

fn of_json<T: for<'a> Deserialize<'a>>(text: &str) -> io::Result<T> {
    serde_json::from_str(text).map_err(io::Error::other)
}

/// The titles of a system and a table, with how many rows follow and how many are withheld.
fn caption(language: Language, system: &System, table: &Table) -> String {
    let title = format!("{} – {}", visible(&system.title), visible(&table.title));
    let rows = table.rows.to_string();
    if table.rows_withheld > 0 {
        let withheld = table.rows_withheld.to_string();
        let arguments = [("given", rows.as_str()), ("withheld", &withheld)];
        let counted = text_with(language, "package-given-and-withheld", &arguments);
        return format!("{title} ({counted})");
    }
    text_with(language, "package-paper-caption", &[("title", &title), ("rows", &rows)])
}

fn whole(zip: &mut ZipArchive<impl Read + Seek>, name: &str) -> io::Result<String> {
    let mut page = String::new();
    zip.by_name(name).map_err(io::Error::other)?.read_to_string(&mut page)?;
    Ok(page)
}

/// What stands in the main part of a page of ours.
fn within_main(page: &str) -> &str {
    let rest = page.split_once("<main id=\"main\">").map_or("", |(_, rest)| rest);
    rest.rsplit_once("</main>").map_or(rest, |(main, _)| main)
}

/// A page of ours without one of its sections; none holds another.
fn without_section(page: &str, name: &str) -> String {
    let Some((before, rest)) = page.split_once(&format!("<section aria-labelledby=\"{name}\">"))
    else {
        return page.to_owned();
    };
    let after = rest.split_once("</section>").map_or("", |(_, after)| after);
    format!("{before}{after}")
}

fn write_table(
    (caption, path): (&str, &str),
    described: &Described,
    file: impl Read,
    language: Language,
    out: &mut impl Write,
) -> io::Result<()> {
    write!(out, "<table><caption>{}</caption>", escaped(caption))?;
    let marks = described.marks(path);
    let said = |key: &str| format!("<span class=\"said\">{}</span>", escaped(&text(language, key)));
    let mut rows = Rows::new(file);
    let mut number = 0_u64;
    while let Some(row) = rows.next_row()? {
        if number == 0 {
            let columns: Vec<String> = row.0.iter().map(|(name, _)| name.clone()).collect();
            out.write_all(b"<thead><tr>")?;
            for heading in described.headings(path, &columns) {
                write!(out, "<th scope=\"col\">{}</th>", shown(&heading))?;
            }
            out.write_all(b"</tr></thead><tbody>\n")?;
        }
        number = number.saturating_add(1);
        out.write_all(b"<tr>")?;
        for (column, value) in &row.0 {
            let cell = match value.get() {
                "null" => match marks.of(column, number) {
                    Absent::Nothing => said("package-null"),
                    Absent::Withheld => said("package-decision-withhold"),
                    Absent::PerhapsWithheld => said("package-paper-perhaps"),
                    Absent::JsonNull => "null".to_owned(),
                },
                "true" => said("package-true"),
                "false" => said("package-false"),
                quoted if quoted.starts_with('"') => {
                    // What is no text of Unicode stays as the JSON writes it.
                    let unquoted: Result<String, _> = serde_json::from_str(quoted);
                    shown(&unquoted.unwrap_or_else(|_| quoted.to_owned()))
                }
                other => shown(other),
            };
            write!(out, "<td>{cell}</td>")?;
        }
        out.write_all(b"</tr>\n")?;
    }
    out.write_all(if number == 0 { b"</table>\n" } else { b"</tbody></table>\n" })
}

/// A text of the source, as a page may show it.
fn shown(text: &str) -> String {
    escaped(&visible(text))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{escaped, within_main, without_section};

    #[test]
    fn of_a_page_the_main_part_is_taken_without_a_section() {
        let page = "<body><main id=\"main\"><section aria-labelledby=\"a\">1</section>\
                    <section aria-labelledby=\"data\"><p>2</p></section>3</main></body>";
        let main = within_main(page);
        let left = "<section aria-labelledby=\"a\">1</section>3";
        assert_eq!(without_section(main, "data"), left);
        assert_eq!(without_section(left, "data"), left);
    }

    #[test]
    fn nothing_of_a_value_is_read_as_markup() {
        assert_eq!(escaped("<b a='1'>&\"</b>"), "&lt;b a=&#39;1&#39;&gt;&amp;&quot;&lt;/b&gt;");
    }
}
