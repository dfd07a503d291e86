//! Building a package from row files: the sources are never asked again. The ZIP is sealed while it
//! is written, and has its name only once it is whole.

mod found;

use std::io::{self, Write};

use serde_json::json;

use self::found::{Matched, found_in};
use super::claim::Claimed;
use super::found_files::FoundFiles;
use super::people;
use super::run::{Cancel, Ended, Failure, ended};
use super::search_group::{Opened, open_any};
use crate::app::App;
use crate::app::new_files::NewFiles;
use crate::db::column::Instant;
use crate::db::files::FileRow;
use crate::db::packages::{self, Package};
use crate::db::searches::{self, Search, SearchFile, SearchSystem};
use crate::db::withholdings::{self, Withholding};
use crate::db::{data_maps, files};
use crate::domain::actor::{Actor, Scope};
use crate::domain::exemption::Exemption;
use crate::domain::ids::{FileId, PackageId};
use crate::domain::inventory::map::DataMap;
use crate::domain::lifecycle::Status;
use crate::domain::regime::law::Law;
use crate::domain::withholding::{Extent, WithheldPart};
use crate::package::archive::Entry;
use crate::package::contents::{AnsweredRequest, Authority, Contents, Controller, Decision};
use crate::package::from_map::systems;
use crate::package::write::{Summary, write};
use crate::sealed_folder::{SealedFolder, Stored};
use crate::vault::CaseKey;
use crate::vault::place::Place;
use crate::workflow::record;
use crate::workflow::response::{BuiltPackage, package_built};
use crate::workflow::sources::open_map;

/// Builds the package.
///
/// # Errors
/// When the disk or the database fails.
pub async fn run(
    app: &App,
    claimed: &Claimed,
    cancel: &Cancel,
    id: PackageId,
) -> Result<Ended, Failure> {
    let (Some(controller), Some(request)) = (claimed.controller, claimed.request) else {
        return Ok(Ended::Unwanted);
    };
    let opened = open_any(app, controller, request).await?;
    // An answered case may be answered anew; of any other that has ended nobody wants a package.
    let wanted = |opened: &Opened| opened.request.status.is_open() || is_answered(opened);
    let Some(opened) = opened.filter(wanted) else {
        return Ok(Ended::Unwanted);
    };
    let Some(material) = Material::gather(app, id).await? else {
        return Ok(Ended::Unwanted);
    };
    let ctx = app.ctx(Actor::Worker);
    let map = open_map(&opened.controller_key, &material.map)?;
    let (folder, file_id) = (app.folder(), ctx.new_id());
    let authority = authority(&opened.controller.authority);
    let (package, read_at_version) = (material.package.clone(), material.read_at_version);
    let scope = Scope::of_job(controller);
    let legal_on = opened.request.legal_on;
    let row_request = opened.request.clone();
    let (now, cancel) = (ctx.now, cancel.clone());
    let mut new_files = NewFiles::new(app.folder());
    new_files.add(file_id);
    let built = tokio::task::spawn_blocking(move || {
        let (key, files) = (opened.key.clone(), material.files.clone());
        let supply = FoundFiles { folder: folder.clone(), key: key.clone(), files };
        let (contents, matched) =
            contents(&opened, &material, &map, &supply, authority, legal_on, now)?;
        let several_people =
            people::are_several(&opened.subject, &material.systems, &map, &supply)?;
        let built = build(&folder, file_id, &key, &contents, (supply, &cancel), matched)
            .map(|built| (built, several_people));
        // Nobody may be there any more to take the file.
        if cancel.is_wanted() {
            folder.remove(file_id)?;
        }
        built
    });
    let (Built { stored, summary, complete, withheld, matched }, several_people) = built
        .await
        .map_err(|_| Failure::panicked())?
        .map_err(|error| Failure::new("disk", error))?;
    // What was built is dated by the end of the work, however long that took.
    let ctx = app.ctx(Actor::Worker);
    let file = FileRow::of(&ctx, &row_request, stored.row(), "package");
    let manifest = manifest(&summary, &withheld);
    let claimed = claimed.clone();
    let recording = app.write(move |conn| {
        claimed.hold(conn)?;
        let mut case = record::load(conn, &scope, request)?;
        let (file, manifest) = (&file, manifest.as_str());
        let built = BuiltPackage { file, manifest, complete, read_at_version, several_people };
        package_built(conn, &ctx, &mut case, &package, &built)?;
        for (withholding, rows) in &matched {
            withholdings::set_matched(conn, *withholding, package.search_id, *rows)?;
        }
        claimed.end(conn, Instant::from(ctx.now))
    });
    ended(new_files.recorded(recording).await)
}

fn is_answered(opened: &Opened) -> bool {
    opened.request.status == Status::Answered
}

/// The rows that say what goes into the package.
struct Material {
    /// The version of the case before anything of it was read.
    read_at_version: i64,
    law: Law,
    package: Package,
    search: Search,
    systems: Vec<SearchSystem>,
    files: Vec<SearchFile>,
    uploads: Vec<FileRow>,
    withheld: Vec<Withholding>,
    map: data_maps::DataMapRow,
}

impl Material {
    async fn gather(app: &App, id: PackageId) -> Result<Option<Self>, Failure> {
        let found = app
            .read(move |conn| {
                let Some(package) = packages::by_id(conn, id)?.filter(|p| p.state == "building")
                else {
                    return Ok(None);
                };
                let scope = Scope::of_job(package.controller_id);
                let case = record::load(conn, &scope, package.request_id)?;
                let search = searches::get(conn, package.request_id, package.search_id)?;
                let systems = searches::systems(conn, search.id)?;
                let found = searches::files(conn, search.id)?;
                let uploads = files::of_request(conn, package.request_id)?;
                let withheld = withholdings::held(conn, package.request_id)?;
                let map = data_maps::get(conn, package.controller_id, search.map_version)?;
                Ok(Some(Self {
                    read_at_version: case.row.version,
                    law: Law::of(&case.state.rules.regime),
                    package,
                    search,
                    systems,
                    files: found,
                    uploads,
                    withheld,
                    map,
                }))
            })
            .await?;
        Ok(found)
    }
}

fn contents(
    opened: &Opened,
    material: &Material,
    map: &DataMap,
    supply: &FoundFiles,
    authority: Option<Authority>,
    legal_on: Option<chrono::NaiveDate>,
    now: chrono::DateTime<chrono::Utc>,
) -> io::Result<(Contents, Matched)> {
    let mut found = Vec::with_capacity(material.systems.len());
    // What finds no row of this search applies to none.
    let mut matched: Matched = material.withheld.iter().map(|row| (row.id, 0)).collect();
    for system in &material.systems {
        found.push(found_in(opened, material, system, supply, &mut matched)?);
    }
    let package = &material.package;
    let reason = match &package.sealed_reason {
        Some(sealed) => {
            let place = Place::new("packages", "sealed_reason", package.id.uuid());
            let text = opened.key.key().open(&place, sealed).map_err(io::Error::other)?;
            Some(String::from_utf8_lossy(&text).into_owned())
        }
        None => None,
    };
    let controller = &opened.controller;
    let contents = Contents {
        language: package.language,
        request: AnsweredRequest {
            reference: opened.request.reference.clone(),
            right: package.exercised,
            law: material.law,
            received_on: opened.request.received_on,
            legal_on,
            subject: opened.subject.names.first().cloned(),
        },
        controller: Controller {
            name: controller.name.clone(),
            address: Some(controller.address.clone()),
            contact: Some(controller.contact.clone()),
        },
        authority,
        systems: systems(map, package.exercised, package.language, found),
        incomplete_reason: reason,
        created_at: now,
    };
    Ok((contents, matched))
}

/// The authority as the controller wrote it: its name, then the lines of its address.
fn authority(text: &str) -> Option<Authority> {
    let (name, address) = text.split_once('\n').unwrap_or((text, ""));
    (!name.trim().is_empty()).then(|| Authority {
        name: name.trim().to_owned(),
        address: (!address.trim().is_empty()).then(|| address.trim().to_owned()),
        web: None,
        email: None,
        phone: None,
    })
}

/// A package on the disk, and what its record says.
struct Built {
    stored: Stored,
    summary: Summary,
    complete: bool,
    withheld: Vec<WithheldPart>,
    matched: Matched,
}

fn build(
    folder: &SealedFolder,
    id: FileId,
    key: &CaseKey,
    contents: &Contents,
    (mut supply, cancel): (FoundFiles, &Cancel),
    matched: Matched,
) -> io::Result<Built> {
    let out = Cancellable { out: folder.create(id, key)?, cancel };
    let (out, summary) = write(out, contents, &mut supply)?;
    let file = out.out;
    let complete = contents.systems.iter().all(|system| system.outcome.is_complete());
    let withheld = withheld(contents)?;
    Ok(Built { stored: file.finish()?, summary, complete, withheld, matched })
}

/// What a package withholds, by the data map or by a person. Of a table in which nothing was found,
/// nothing is withheld.
fn withheld(contents: &Contents) -> io::Result<Vec<WithheldPart>> {
    let mut parts = Vec::new();
    for system in &contents.systems {
        for table in &system.tables {
            let part = |column: Option<&str>, extent, exemption, count| WithheldPart {
                system: system.name.clone(),
                table: table.name.clone(),
                column: column.map(str::to_owned),
                extent,
                exemption,
                count,
            };
            for column in table.columns.iter().filter(|_| table.rows > 0) {
                let Decision::Withhold(code) = &column.decision else { continue };
                let ground = Exemption::parse(code);
                let ground = ground.ok_or_else(|| io::Error::other("an unknown ground"))?;
                parts.push(part(Some(&column.name), Extent::Column, ground, None));
            }
            for tally in &table.withheld.tallies {
                let column = tally.column.as_deref();
                parts.push(part(column, tally.extent, tally.exemption, Some(tally.count)));
            }
        }
    }
    Ok(parts)
}

/// An output that ends the writing when the job is lost or its worker stops.
struct Cancellable<'a, W> {
    out: W,
    cancel: &'a Cancel,
}

impl<W: Write> Write for Cancellable<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.cancel.is_wanted() {
            return Err(io::Error::other("the job was cancelled"));
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// What the package holds, in clear: so an upload is told by its folder and its number there. What
/// a person called it may name somebody, and stands in the package alone.
fn manifest(summary: &Summary, withheld: &[WithheldPart]) -> String {
    let entry = |(number, entry): (usize, &Entry)| {
        let path = match entry.path.strip_prefix("files/").and_then(|rest| rest.split_once('/')) {
            Some((system, _)) => format!("files/{system}/{number}"),
            None => entry.path.clone(),
        };
        json!({ "path": path, "bytes": entry.bytes, "sha256": entry.sha256 })
    };
    let entries: Vec<_> = summary.entries.iter().enumerate().map(entry).collect();
    json!({
        "entries": entries,
        "rows": summary.rows,
        "withheld": !withheld.is_empty(),
        "withholdings": withheld,
    })
    .to_string()
}
