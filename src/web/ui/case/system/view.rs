//! What the page of a system shows: what to look for, for whom, and what was given already.

use chrono_tz::Tz;

use super::Question;
use crate::db::files;
use crate::domain::inventory::label::Label;
use crate::domain::inventory::map::{Sensitivity, System, Table};
use crate::error::{Error, Result};
use crate::language::{Language, text_with};
use crate::web::attachments::name_place;
use crate::web::ui::form::Form;
use crate::web::ui::wording::{instant, size};
use crate::workflow::subject::Subject;

/// Something that was given: rows of a table, or a file.
pub struct GivenView {
    pub what: String,
    pub at: String,
}

/// Whose data to look for.
pub struct PersonView {
    pub names: Vec<String>,
    /// Kind and value.
    pub identifiers: Vec<(String, String)>,
}

/// A table of the map, with the field for its rows.
pub struct TableView {
    /// The name and id of the field.
    pub field: String,
    pub title: String,
    pub category: Option<String>,
    pub purpose: Option<String>,
    /// The kinds of identifiers that it is looked through by.
    pub kinds: Vec<String>,
    pub is_special: bool,
    /// Name and title.
    pub columns: Vec<(String, String)>,
    /// What stands in the field.
    pub typed: String,
}

/// A title in a language, or the name where there is none.
#[must_use]
pub fn title(title: Option<&Label>, name: &str, language: Language) -> String {
    title.map_or(name, |title| title.in_language(language.code())).to_owned()
}

/// The person, for a reader: all that is known for whoever may read it; for whoever answers for a
/// system alone, what the map says that its tables are looked through by. Where it does not say, or
/// nothing of that kind is known, everything that could lead to a find.
#[must_use]
pub fn person(subject: &Subject, system: &System, sees_all: bool) -> PersonView {
    let kinds: Vec<&str> = system
        .tables
        .iter()
        .flat_map(|table| table.find_by.keys())
        .flat_map(|kind| kind.split('+'))
        .collect();
    let parts = subject.identifiers.iter().flat_map(|given| {
        let parts = given.kind.split('+').zip(given.value.split('|'));
        parts.map(|(kind, value)| (kind.to_owned(), value.to_owned()))
    });
    let all: Vec<(String, String)> = parts.collect();
    let wanted: Vec<(String, String)> =
        all.iter().filter(|(kind, _)| kinds.contains(&kind.as_str())).cloned().collect();
    let names = if kinds.contains(&"name") { subject.names.clone() } else { Vec::new() };
    if sees_all || (wanted.is_empty() && names.is_empty()) {
        return PersonView { names: subject.names.clone(), identifiers: all };
    }
    PersonView { names, identifiers: wanted }
}

/// The tables of a system, each with what was typed for it.
#[must_use]
pub fn tables(system: &System, form: &Form, language: Language) -> Vec<TableView> {
    let text = |label: &Option<Label>| {
        label.as_ref().map(|label| label.in_language(language.code()).to_owned())
    };
    let view = |(place, table): (usize, &Table)| {
        let columns = Question::columns(table);
        let titled = |name: &&str| {
            let rule = table.columns.get(*name);
            ((*name).to_owned(), title(rule.and_then(|it| it.title.as_ref()), name, language))
        };
        let field = format!("rows-{place}");
        TableView {
            typed: form.field(&field).to_owned(),
            title: title(table.title.as_ref(), &table.table, language),
            category: text(&table.category),
            purpose: text(&table.purpose),
            kinds: table.find_by.keys().cloned().collect(),
            is_special: table.sensitivity == Sensitivity::Special,
            columns: columns.iter().map(titled).collect(),
            field,
        }
    };
    system.tables.iter().enumerate().map(view).collect()
}

/// What was given for a system, in the order in which it came.
///
/// # Errors
/// When the database fails, or a name does not open.
pub async fn given(question: &Question, zone: Tz) -> Result<Vec<GivenView>> {
    let language = question.signed.language;
    let id = question.opened.row.id;
    let rows = question.front.app.read(move |conn| Ok(files::of_request(conn, id)?)).await?;
    let mut views = Vec::new();
    for file in &question.files {
        let Some(row) = rows.iter().find(|row| row.id == file.file_id) else { continue };
        let what = match (&file.source_table, &row.sealed_name) {
            (Some(table), _) => {
                let mapped = question.mapped.table(table).and_then(|it| it.title.as_ref());
                let (table, count) = (title(mapped, table, language), file.row_count.to_string());
                text_with(language, "system-given-rows", &[("table", &table), ("rows", &count)])
            }
            (None, Some(sealed)) => {
                let Ok(key) = question.opened.key() else { continue };
                let name = key.key().open(&name_place(row.id), sealed)?;
                let name = String::from_utf8_lossy(&name).into_owned();
                let size = size(language, row.size_bytes);
                text_with(language, "system-given-file", &[("name", &name), ("size", &size)])
            }
            (None, None) => return Err(Error::internal("a nameless file")),
        };
        views.push(GivenView { what, at: instant(language, row.created_at.utc(), zone) });
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::person;
    use crate::domain::inventory::parse::parse;
    use crate::workflow::subject::Subject;

    #[test]
    fn an_owner_sees_what_the_system_is_looked_through_by() {
        let subject: Subject = serde_json::from_value(serde_json::json!({
            "names": ["Zoé Canari"],
            "identifiers": [
                { "kind": "email", "value": "zoe@example.org" },
                { "kind": "customer_no+birth_date", "value": "K-7|1990-01-02" },
            ],
            "words": "",
        }))
        .unwrap();
        let all = "Zoé Canari, email zoe@example.org, customer_no K-7, birth_date 1990-01-02";
        for (find_by, sees_all, expected) in [
            ("", false, all),
            ("find_by: { customer_no: no }", false, "customer_no K-7"),
            ("find_by: { customer_no: no }", true, all),
            ("find_by: { name+birth_date: [n, b] }", false, "Zoé Canari, birth_date 1990-01-02"),
            ("find_by: { plate: no }", false, all),
        ] {
            let map = format!(
                "controller: {{ name: M, country: FR, contact: a@b.example }}\nsystems:\n  \
                 - name: paper\n    connector: manual\n    tables:\n      - table: folder\n        \
                 basis: contract\n        {find_by}\n"
            );
            let map = parse(&map).unwrap().map;
            let seen = person(&subject, &map.systems[0], sees_all);
            let identifiers =
                seen.identifiers.iter().map(|(kind, value)| format!("{kind} {value}"));
            let seen: Vec<String> = seen.names.iter().cloned().chain(identifiers).collect();
            assert_eq!(seen.join(", "), expected, "{find_by}");
        }
    }
}
