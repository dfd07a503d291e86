//! Reads a data map, from YAML or JSON, and checks everything that the map alone can tell.

use chrono::NaiveDate;

use super::document::{Places, read};
use super::fields::{LONGEST_LIST, Reader, Spot};
use super::map::{ConnectorKind, Controller, DataMap, System};
use super::matching::Match;
use super::problem::{Problem, Rule};
use super::{reach, references, tables};

/// A map that holds to every rule, with the places of its parts.
#[derive(Clone, Debug)]
pub struct Document {
    pub map: DataMap,
    places: Places,
}

impl Document {
    /// Makes an error about a part of the map.
    #[must_use]
    pub fn problem(
        &self,
        path: &str,
        rule: Rule,
        arguments: Vec<(&'static str, String)>,
    ) -> Problem {
        located(&self.places, path, rule, arguments)
    }
}

/// An error about a path, with its place.
#[must_use]
pub(super) fn located(
    places: &Places,
    path: &str,
    rule: Rule,
    arguments: Vec<(&'static str, String)>,
) -> Problem {
    let (path, place) = places.find(path);
    Problem { place, path, rule, arguments }
}

/// Reads and checks a map.
///
/// # Errors
///
/// Every error of the text, in the order of the file.
pub fn parse(text: &str) -> Result<Document, Vec<Problem>> {
    let root = read(text)?;
    let places = Places::of(&root);
    let mut reader = Reader::default();
    let mut map = data_map(&mut reader, &Spot { node: &root, path: String::new() });
    let mut problems = reader.problems;
    references::check(&map, &places, &mut problems);
    // A way that leads nowhere is already an error: what it does not reach is its consequence.
    if problems.is_empty() {
        reach::check(&map, &places, &mut problems);
    }
    if problems.is_empty() {
        settle_ways(&mut map);
        return Ok(Document { map, places });
    }
    problems.sort_by(|one, other| (one.place, &one.path).cmp(&(other.place, &other.path)));
    Err(problems)
}

/// A way by one column is compared as the identifier that the other table is found by with it.
fn settle_ways(map: &mut DataMap) {
    let known = map.clone();
    for system in &mut map.systems {
        for way in system.tables.iter_mut().flat_map(|table| &mut table.reached_from) {
            let other = known.system(way.system.as_ref().unwrap_or(&system.name));
            let other = other.and_then(|other| other.table(&way.table));
            let (Some(other), None, 1) = (other, way.how, way.on.len()) else {
                continue;
            };
            let single = other.find_by.iter().filter(|(kind, _)| !kind.contains('+'));
            let matched = single.flat_map(|(_, found)| &found.0);
            let column = way.on.values().next();
            way.how = matched
                .filter(|matched| Some(&matched.column) == column)
                .map(|matched| matched.how)
                .find(|how| *how != Match::Exact);
        }
    }
}

fn data_map(reader: &mut Reader, at: &Spot<'_>) -> DataMap {
    let mut map = DataMap { controller: None, systems: Vec::new() };
    let Some(fields) = reader.fields(at, &["controller", "systems"]) else {
        return map;
    };
    if let Some(spot) = fields.get("controller") {
        map.controller = controller(reader, &spot);
    }
    if let Some(spot) = reader.required(&fields, "systems") {
        let list = reader.list(&spot);
        if list.is_empty() {
            reader.problem(&spot, Rule::Empty, Vec::new());
        }
        map.systems = list.iter().map(|spot| system(reader, spot)).collect();
        if map.systems.iter().map(|system| system.tables.len()).sum::<usize>() > LONGEST_LIST {
            reader.problem(&spot, Rule::TooMany, vec![("limit", LONGEST_LIST.to_string())]);
        }
    }
    map
}

fn controller(reader: &mut Reader, at: &Spot<'_>) -> Option<Controller> {
    let fields = reader.fields(at, &["name", "country", "contact"])?;
    let name = reader.required(&fields, "name").and_then(|spot| reader.text(&spot));
    let country = fields.get("country").and_then(|spot| {
        let country = reader.text(&spot)?;
        if country.len() == 2 && country.chars().all(|one| one.is_ascii_uppercase()) {
            return Some(country);
        }
        reader.problem(&spot, Rule::BadCountry, vec![("value", country)]);
        None
    });
    let contact = fields.get("contact").and_then(|spot| reader.text(&spot));
    Some(Controller { name: name?, country, contact })
}

const SYSTEM_KEYS: [&str; 6] = ["name", "title", "connector", "owner", "reviewed_on", "tables"];

/// Reads a system. What is missing is replaced by something harmless, so that the places of the
/// others stay right and their errors are found in the same run.
fn system(reader: &mut Reader, at: &Spot<'_>) -> System {
    let mut system = System {
        name: String::new(),
        title: None,
        connector: ConnectorKind::Manual,
        owner: None,
        reviewed_on: None,
        tables: Vec::new(),
    };
    let Some(fields) = reader.fields(at, &SYSTEM_KEYS) else {
        return system;
    };
    let name = reader.required(&fields, "name").and_then(|spot| reader.name(&spot));
    system.name = name.unwrap_or_default();
    system.title = fields.get("title").and_then(|spot| reader.label(&spot));
    if let Some(spot) = reader.required(&fields, "connector") {
        let names: Vec<&str> = ConnectorKind::ALL.iter().map(|kind| kind.name()).collect();
        let kind = reader.choice(&spot, ConnectorKind::parse, &names);
        system.connector = kind.unwrap_or(ConnectorKind::Manual);
    }
    system.owner = fields.get("owner").and_then(|spot| reader.text(&spot));
    system.reviewed_on = fields.get("reviewed_on").and_then(|spot| date(reader, &spot));
    if let Some(spot) = reader.required(&fields, "tables") {
        let list = reader.list(&spot);
        if list.is_empty() {
            reader.problem(&spot, Rule::Empty, Vec::new());
        }
        system.tables = list.iter().map(|spot| tables::table(reader, spot)).collect();
    }
    system
}

fn date(reader: &mut Reader, at: &Spot<'_>) -> Option<NaiveDate> {
    let text = reader.text(at)?;
    let date = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok();
    if date.is_none() {
        reader.problem(at, Rule::BadDate, vec![("value", text)]);
    }
    date
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::domain::inventory::map::Sensitivity;
    use crate::domain::inventory::problem::Rule;

    /// Errors of a map whose one system `s` (SQLite) holds the given tables, each as
    /// `line:column path rule`, counted from the first line of the tables.
    fn errors(tables: &str) -> Vec<String> {
        let head = "systems:\n- name: s\n  connector: sqlite\n  tables:\n";
        let problems = parse(&format!("{head}{tables}")).err().unwrap_or_default();
        let line = |problem: &super::Problem| {
            let (line, column) = (problem.place.line - 4, problem.place.column);
            let path = problem.path.trim_start_matches("systems[0].tables");
            format!("{line}:{column} {path} {}", problem.rule.code().trim_start_matches("map-"))
        };
        problems.iter().map(line).collect()
    }

    fn check(tables: &str, wanted: &[&str]) {
        assert_eq!(errors(tables), wanted, "{tables}");
    }

    #[test]
    fn each_rule_names_its_place() {
        check("  - {table: a, find_by: {email: e}}", &[]);
        check("  - {table: a, finds_by: {email: e}}", &["1:16 [0].finds_by unknown-key"]);
        check("  - {find_by: {email: e}}", &["1:5 [0] missing"]);
        check("  - {table: a}", &["1:13 [0].table no-way-in"]);
        check("  - {table: a, find_by: {E-Mail: e}}", &["1:34 [0].find_by.E-Mail bad-kind"]);
        check("  - {table: a, find_by: {n+b: e}}", &["1:31 [0].find_by.n+b pair-columns"]);
        check("  - {table: a, find_by: {n+b: [x, y]}}", &[]);
        check(
            "  - {table: a, find_by: {email: {column: e, match: like}}}",
            &["1:52 [0].find_by.email.match unknown-value"],
        );
        check(
            "  - table: a\n    find_by: {email: e}\n    basis: [contract, whim]\n    sensitivity: high\n",
            &["3:23 [0].basis[1] unknown-value", "4:18 [0].sensitivity unknown-value"],
        );
        check(
            "  - table: a\n    find_by: {email: e}\n    columns:\n      p: {withhold: because}\n      q: {provided: stolen}\n",
            &[
                "4:21 [0].columns.p.withhold unknown-exemption",
                "5:21 [0].columns.q.provided unknown-value",
            ],
        );
        check(
            "  - {table: a, find_by: {email: e}, retention: {keep: 3 years}}",
            &["1:55 [0].retention.keep bad-duration"],
        );
        check(
            "  - {table: a, find_by: {email: e}, on_erasure: {keep: [x], mask: [x]}}",
            &["1:49 [0].on_erasure rest-once", "1:67 [0].on_erasure.mask duplicate-column"],
        );
        check(
            "  - {table: a, find_by: {email: e}}\n  - {table: a, find_by: {email: e}}",
            &["2:13 [1].table duplicate-table"],
        );
    }

    /// What the one table `a`, found by its column `e`, says more, and the first error in it.
    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let long = format!("purpose: {}", "x".repeat(3_001));
        let many = format!("key: [{}]", vec!["x"; 2_001].join(","));
        let rows = [
            ("columns: {\" \": {}}", "[0].columns.\" \" empty"),
            ("columns: {c: }", ""),
            ("columns: 3", "[0].columns expected-mapping"),
            ("tag: User.Mail", "[0].tag bad-tag"),
            ("columns: {c: {tag: user..mail}}", "[0].columns.c.tag bad-tag"),
            ("contact: {changed_at: c}", "[0].contact empty"),
            ("key: [{}]", "[0].key[0] expected-text"),
            ("key: [k, k]", "[0].key[1] duplicate-column"),
            (&many, "[0].key too-many"),
            ("reached_from: {table: a, on: {}}", "[0].reached_from.on empty"),
            ("reached_from: {table: a}", "[0].reached_from missing"),
            ("retention: P3Y", ""),
            ("retention: three", "[0].retention bad-duration"),
            ("retention: {from: c}", "[0].retention retention-empty"),
            ("on_erasure: {delete: [x], mask: rest}", "[0].on_erasure.delete column-action"),
            ("purpose: \"\"", "[0].purpose empty"),
            ("purpose: \"a\\x01\"", "[0].purpose control-character"),
            (&long, "[0].purpose too-long"),
            ("purpose: {French: x}", "[0].purpose.French bad-language"),
            ("purpose: {pt-BR: x}", ""),
            ("purpose: {pt-B: x}", "[0].purpose.pt-B bad-language"),
        ];
        for (written, expected) in rows {
            let found =
                errors(&format!("  - table: a\n    find_by: {{email: e}}\n    {written}\n"));
            let first = found.first().and_then(|line| line.split_once(' '));
            assert_eq!(first.map_or("", |(_, error)| error), expected, "{written:.60} {found:?}");
        }
        check("  - {table: a, find_by: {email: []}}", &["1:33 [0].find_by.email empty"]);
    }

    /// What is wrong with systems, and with a map as a whole.
    #[test]
    fn each_system_says_what_is_wrong_with_it() {
        let tables = |count: usize| {
            let table = |number| format!("{{table: t{number}, find_by: {{email: e}}}}");
            let tables: Vec<String> = (0..count).map(table).collect();
            tables.join(",")
        };
        let system = |name: &str, more: &str| format!("{{name: {name}, connector: sqlite{more}}}");
        let small = |name: &str| system(name, &format!(", tables: [{}]", tables(1)));
        let (first, second) = (tables(1_001), tables(1_000));
        let many = [
            system("s", &format!(", tables: [{first}]")),
            system("t", &format!(", tables: [{second}]")),
        ];
        let manual = "{name: m, connector: manual, tables: [{table: p, find_by: {email: e}}]}";
        let from_manual = ", tables: [{table: q, reached_from: {system: m, table: p, on: {x: y}}}]";
        let soon = format!(", reviewed_on: soon, tables: [{}]", tables(1));
        let rows = [
            (vec![small("s"), small("s")], Rule::DuplicateSystem),
            (vec![manual.to_owned(), system("s", from_manual)], Rule::FromManual),
            (vec![system("s", "")], Rule::Missing),
            (vec![system("s", &soon)], Rule::BadDate),
            (many.to_vec(), Rule::TooMany),
        ];
        for (systems, rule) in rows {
            let problems = parse(&format!("systems: [{}]", systems.join(","))).unwrap_err();
            assert!(problems.iter().any(|problem| problem.rule == rule), "{rule:?} {problems:?}");
        }
        for text in ["controller: {name: A}", "systems: [{name: s, tables: []}]"] {
            let problems = parse(text).unwrap_err();
            assert_eq!(problems[0].rule, Rule::Missing, "{text}");
        }
    }

    #[test]
    fn every_table_must_be_reached() {
        let a = "  - {table: a, find_by: {email: e}}\n";
        check(&format!("{a}  - {{table: b, reached_from: {{table: a, on: {{x: y}}}}}}"), &[]);
        check(
            &format!(
                "{a}  - {{table: b, reached_from: [{{table: a, on: {{x: y}}}}, {{table: z, on: {{x: y}}}}]}}"
            ),
            &["2:63 [1].reached_from[1].table unknown-table"],
        );
        check(
            &format!("{a}  - {{table: b, reached_from: {{system: t, table: a, on: {{x: y}}}}}}"),
            &["2:39 [1].reached_from.system unknown-system"],
        );
        check(
            "  - {table: a, reached_from: {table: b, on: {x: y}}}\n  - {table: b, reached_from: {table: a, on: {x: y}}}\n  - {table: c, reached_from: {table: a, on: {x: y}}}\n",
            &[
                "1:30 [0].reached_from circle",
                "2:30 [1].reached_from circle",
                "3:30 [2].reached_from unreachable",
            ],
        );
        check(
            "  - {table: a, find_by: {email: e}, reached_from: {table: b, on: {x: y}}}\n  - {table: b, reached_from: {table: a, on: {x: y}}}\n",
            &[],
        );
    }

    #[test]
    fn all_errors_are_found_in_one_run_and_unusable_texts_in_none() {
        let text = "controller: {name: A, country: fra}\nsystems:\n- name: Shop\n  connector: oracle\n  tables: []\n- 12\n";
        let rules: Vec<Rule> = parse(text).unwrap_err().iter().map(|one| one.rule).collect();
        let wanted = [
            Rule::BadCountry,
            Rule::BadName,
            Rule::UnknownValue,
            Rule::Empty,
            Rule::ExpectedMapping,
        ];
        assert_eq!(rules, wanted);
        for text in ["", "null", "[]", "x", "systems: 3"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_normalised_form_reads_back_as_yaml_and_as_json() {
        let text = include_str!("example.yaml");
        let map = parse(text).unwrap().map;
        let yaml = serde_norway::to_string(&map).unwrap();
        assert_eq!(parse(&yaml).unwrap().map, map);
        let json = serde_json::to_string(&map).unwrap();
        assert_eq!(parse(&json).unwrap().map, map);
        let customers = map.system("shop").unwrap().table("customers").unwrap();
        assert_eq!(customers.sensitivity, Sensitivity::Normal);
        assert_eq!(customers.columns["email"].erase, Some(None));
        assert_eq!(customers.columns["name"].erase, Some(Some("[effacé]".into())));
    }
}
