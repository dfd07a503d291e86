//! A package for print: its pages and all rows as tables, in one page that follows a head of the
//! caller's. Read row by row.

use std::io::{self, Read, Seek, Write};

use zip::ZipArchive;

use crate::language::{Language, text};

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
    // The first rows stand in the index; here all of them follow.
    out.write_all(without_section(within_main(&index), "data").as_bytes())?;
    let names = zip.file_names().map(|name| name.map(std::borrow::Cow::into_owned));
    let names: Vec<String> = names.collect::<Result<_, _>>().map_err(io::Error::other)?;
    for name in names.iter().filter(|name| name.ends_with(".csv")) {
        let title = name.trim_start_matches("data/").trim_end_matches(".csv");
        let file = zip.by_name(name).map_err(io::Error::other)?;
        write_table(title, file, out)?;
    }
    let files: Vec<&String> = names.iter().filter(|name| name.starts_with("files/")).collect();
    if !files.is_empty() {
        write!(out, "<h2>{}</h2><ul>", escaped(&text(language, "package-paper-enclosed")))?;
        for file in files {
            write!(out, "<li>{}</li>", escaped(file))?;
        }
        out.write_all(b"</ul>")?;
    }
    out.write_all(within_main(&information).as_bytes())?;
    out.write_all(b"</div></main></body></html>\n")?;
    out.flush()
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

fn write_table(title: &str, file: impl Read, out: &mut impl Write) -> io::Result<()> {
    let mut rows = csv::Reader::from_reader(file);
    write!(out, "<table><caption>{}</caption><thead><tr>", escaped(title))?;
    for cell in rows.headers().map_err(io::Error::other)? {
        write!(out, "<th scope=\"col\">{}</th>", escaped(cell))?;
    }
    out.write_all(b"</tr></thead><tbody>\n")?;
    let mut row = csv::StringRecord::new();
    while rows.read_record(&mut row).map_err(io::Error::other)? {
        out.write_all(b"<tr>")?;
        for cell in &row {
            write!(out, "<td>{}</td>", escaped(cell))?;
        }
        out.write_all(b"</tr>\n")?;
    }
    out.write_all(b"</tbody></table>\n")
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
