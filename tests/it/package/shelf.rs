//! Builds the contents of packages, and holds their row files and uploads in memory.

use std::collections::HashMap;
use std::io::{self, Read};

use chrono::{DateTime, NaiveDate};
use guichet::domain::regime::law::Law;
use guichet::domain::right::Right;
use guichet::domain::row::{Column, Value, ValueKind};
use guichet::language::Language;
use guichet::package::contents::{
    AnsweredRequest, Authority, ColumnPlan, Contents, Controller, Decision, ExportReason, Facts,
    Origin, Outcome, Provided, Reference, Retention, System, Table, UploadedFile,
};
use guichet::package::row_file::writer::RowFileWriter;
use guichet::package::write::Supply;

/// The columns and the rows of a table.
type Found = (Vec<Column>, Vec<Vec<Value>>);

/// What the package is made from.
pub struct Shelf {
    pub contents: Contents,
    /// By system and table, as they went in.
    pub tables: HashMap<(String, String), Found>,
    row_files: HashMap<(String, String), Vec<u8>>,
    pub uploads: HashMap<String, Vec<u8>>,
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub fn number(literal: &str) -> Value {
    Value::Number(literal.to_owned())
}

pub fn column(name: &str, kind: ValueKind) -> Column {
    Column { name: name.to_owned(), kind }
}

pub fn plan(name: &str, decision: Decision) -> ColumnPlan {
    ColumnPlan {
        name: name.to_owned(),
        title: None,
        category: Some("contact".to_owned()),
        provided: Some(Provided::Given),
        described: true,
        decision,
        automated_decision: None,
    }
}

impl Shelf {
    pub fn new(language: Language, right: Right) -> Self {
        Self {
            contents: Contents {
                language,
                request: AnsweredRequest {
                    reference: "7K4M-Q2XD-5".to_owned(),
                    right,
                    law: Law::Gdpr,
                    received_on: NaiveDate::from_ymd_opt(2026, 3, 5).unwrap(),
                    legal_on: NaiveDate::from_ymd_opt(2026, 4, 7),
                    subject: Some("Zoé <b>O'Brien</b>".to_owned()),
                },
                controller: Controller {
                    name: "Maison Exemple & Fils".to_owned(),
                    address: Some("1 rue du Port\n44000 Nantes".to_owned()),
                    contact: Some("dpo@maison.example".to_owned()),
                },
                authority: Some(Authority {
                    name: "CNIL".to_owned(),
                    address: Some("3 place de Fontenoy\n75007 Paris".to_owned()),
                    web: Some("https://www.cnil.fr/".to_owned()),
                    email: None,
                    phone: None,
                }),
                systems: Vec::new(),
                incomplete_reason: None,
                created_at: DateTime::from_timestamp(1_774_000_001, 0).unwrap(),
            },
            tables: HashMap::new(),
            row_files: HashMap::new(),
            uploads: HashMap::new(),
        }
    }

    pub fn system(&mut self, name: &str, outcome: Outcome) -> &mut System {
        self.contents.systems.push(System {
            name: name.to_owned(),
            title: format!("Système {name}"),
            connector: "sqlite".to_owned(),
            outcome,
            note: None,
            started_at: DateTime::from_timestamp(1_774_000_000, 0),
            finished_at: DateTime::from_timestamp(1_774_000_001, 0),
            tables: Vec::new(),
            files: Vec::new(),
        });
        self.contents.systems.last_mut().unwrap()
    }

    /// Adds a table to the last system. Columns are exported unless `plan` says otherwise later.
    pub fn table(&mut self, name: &str, columns: &[Column], rows: Vec<Vec<Value>>) -> &mut Table {
        let system = self.contents.systems.last_mut().unwrap();
        let place = (system.name.clone(), name.to_owned());
        if !rows.is_empty() {
            let mut writer = RowFileWriter::create(Vec::new(), name, columns).unwrap();
            rows.iter().for_each(|row| writer.write(row).unwrap());
            self.row_files.insert(place.clone(), writer.finish().unwrap().0);
        }
        system.tables.push(Table {
            name: name.to_owned(),
            title: format!("Table {name}"),
            rows: u64::try_from(rows.len()).unwrap(),
            withheld: Default::default(),
            columns: columns
                .iter()
                .map(|column| plan(&column.name, Decision::Export(ExportReason::Access)))
                .collect(),
            key: Vec::new(),
            references: Vec::new(),
            facts: facts(),
        });
        self.tables.insert(place, (columns.to_vec(), rows));
        system.tables.last_mut().unwrap()
    }

    pub fn upload(&mut self, name: &str, content: &[u8]) {
        let id = format!("upload-{}", self.uploads.len());
        self.uploads.insert(id.clone(), content.to_vec());
        let system = self.contents.systems.last_mut().unwrap();
        system.files.push(UploadedFile { id, name: name.to_owned(), title: None });
    }

    pub fn damage(&mut self, system: &str, table: &str) {
        let file = self.row_files.get_mut(&(system.to_owned(), table.to_owned())).unwrap();
        file.truncate(file.len() - 4);
    }
}

pub fn reference(columns: &[&str], system: &str, table: &str, target: &[&str]) -> Reference {
    let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    Reference {
        columns: owned(columns),
        target_system: system.to_owned(),
        target_table: table.to_owned(),
        target_columns: owned(target),
    }
}

fn facts() -> Facts {
    Facts {
        purposes: vec!["Gestion des commandes".to_owned()],
        bases: vec!["contract".to_owned(), "legal_obligation".to_owned()],
        categories: vec!["identity".to_owned()],
        recipients: Some(vec!["Colis Express <transporteur>".to_owned()]),
        retention: Some(Retention {
            keep: "P3Y".to_owned(),
            from: Some("last_order_on".to_owned()),
            law: None,
        }),
        origin: Some(Origin::Subject),
        transfers: Some(Vec::new()),
    }
}

/// The supply of a shelf.
pub struct Hands<'a>(pub &'a Shelf);

impl Supply for Hands<'_> {
    fn rows(&mut self, system: &System, table: &Table) -> io::Result<Option<Box<dyn Read + '_>>> {
        let file = self.0.row_files.get(&(system.name.clone(), table.name.clone()));
        Ok(file.map(|bytes| -> Box<dyn Read> { Box::new(&bytes[..]) }))
    }

    fn file(&mut self, _: &System, file: &UploadedFile) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(&self.0.uploads[&file.id][..]))
    }
}
