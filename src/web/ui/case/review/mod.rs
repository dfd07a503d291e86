//! The review of what the newest full search found: by system and table, with what is withheld.

pub mod posted;
pub mod rows;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::case_id;
use super::work::package_state;
use crate::db::packages::Package;
use crate::db::searches::SearchFile;
use crate::db::withholdings::Withholding;
use crate::domain::actor::Permission;
use crate::domain::exemption::Exemption;
use crate::domain::ids::RequestId;
use crate::domain::right::Right;
use crate::domain::withholding::{Extent, RowKey, WithholdingState};
use crate::error::Result;
use crate::language::{Language, text_with};
use crate::vault::CaseKey;
use crate::web::opened::{self, Opened};
use crate::web::problem::Problem;
use crate::web::review::{self, Review, rows as found};
use crate::web::ui::form::Form;
use crate::web::ui::frame::{Frame, page};
use crate::web::ui::signed::SignedPage;
use crate::web::ui::wording::{ground, named, right};
use crate::web::{Front, packages};
use crate::workflow::record;
use crate::workflow::response::is_prepared;
use crate::workflow::review::open_spot;

type Answer = std::result::Result<HttpResponse, Problem>;

#[derive(Template)]
#[template(path = "web/ui/templates/review.html")]
struct ReviewPage {
    frame: Frame,
    place: Place,
    told: Vec<String>,
    /// What stood in the form that was refused.
    form: Form,
    systems: Vec<SystemView>,
    withholdings: Vec<WithholdingView>,
    packages: Vec<PackageView>,
    grounds: Vec<(&'static str, String)>,
    works: bool,
}

impl ReviewPage {
    /// Whether the refused form was that of a column of this table.
    fn is_refused(&self, table: &TableView) -> bool {
        let form = &self.form;
        let is_column = form.field("row").is_empty() && !form.field("exemption").is_empty();
        is_column && form.field("system") == table.system && form.field("table") == table.name
    }

    /// What stood chosen in the form of a column.
    fn is_kept(&self, table: &TableView, field: &str, value: &str) -> bool {
        if self.is_refused(table) {
            return self.form.field(field) == value;
        }
        field == "exemption" && value == "rights_of_others"
    }

    /// What was typed beside a row that is not there any more: to be copied, and typed anew.
    fn typed(&self) -> Vec<&str> {
        let fields = ["words", "withholding_note"].map(|name| self.form.field(name));
        fields.into_iter().filter(|typed| !typed.trim().is_empty()).collect()
    }
}

/// Which case on which version, for every form of the page.
pub struct Place {
    pub id: String,
    pub reference: String,
    pub search: String,
    pub version: i64,
}

struct SystemView {
    title: String,
    outcome: String,
    is_complete: bool,
    files: usize,
    tables: Vec<TableView>,
}

struct TableView {
    system: String,
    name: String,
    rows: i64,
    /// Where its rows are shown.
    link: String,
    /// How it was reached, in words.
    ways: Vec<String>,
    columns: Vec<String>,
    proposals: Vec<String>,
}

struct WithholdingView {
    id: String,
    place: String,
    extent: String,
    ground: String,
    /// The key of its row.
    row: String,
    note: String,
    is_declined: bool,
    is_without_row: bool,
}

struct PackageView {
    id: String,
    right: String,
    state: String,
    /// Whether it is built, and the reader may look at it.
    can_fetch: bool,
}

/// `GET /requests/{id}/review`
pub async fn show(request: HttpRequest, front: Data<Front>, signed: SignedPage) -> Answer {
    let opened =
        opened::open(&front, &signed.member, case_id(&request)?, Permission::ReadSubject).await?;
    answer(&front, &signed, &opened, (StatusCode::OK, Vec::new(), Form::of(Vec::new()))).await
}

/// The page, after a form that was refused or without one; what stood in it stands there again.
///
/// # Errors
/// `NotFound` when nothing was searched yet.
pub async fn answer(
    front: &Front,
    signed: &SignedPage,
    opened: &Opened,
    (status, told, form): (StatusCode, Vec<String>, Form),
) -> Answer {
    let language = signed.language;
    let review = review::load(front, opened, None).await?;
    let key = opened.key()?;
    let mut systems = Vec::with_capacity(review.systems.len());
    for row in &review.systems {
        let mut tables = Vec::new();
        for file in review.tables(&row.system) {
            tables.push(table(front, opened, &review, file, language).await?);
        }
        let title = review.map.system(&row.system).and_then(|it| it.title.as_ref());
        let title = title.map(|title| title.in_language(language.code()).to_owned());
        systems.push(SystemView {
            title: title.unwrap_or_else(|| row.system.clone()),
            outcome: named(language, "outcome", &row.outcome),
            is_complete: ["complete", "answered", "nothing_found"].contains(&row.outcome.as_str()),
            files: review.uploads(&row.system),
            tables,
        });
    }
    let mut withholdings = Vec::new();
    for row in &review.withholdings {
        if row.state != WithholdingState::TakenBack {
            withholdings.push(withholding(key, &review, row, language)?);
        }
    }
    let controller = opened.row.controller_id;
    let template = ReviewPage {
        place: place(&review, opened),
        told,
        form,
        systems,
        withholdings,
        packages: package_views(front, opened.row.id, &review, signed).await?,
        grounds: grounds(language),
        works: signed.member.may(controller, Permission::WorkCase),
        frame: signed.frame(),
    };
    page(status, language, &template)
}

/// Which case and which search a page of the review is about.
#[must_use]
pub fn place(review: &Review, opened: &Opened) -> Place {
    Place {
        id: opened.row.id.to_string(),
        reference: opened.row.reference.clone(),
        search: review.search.id.to_string(),
        version: opened.row.version,
    }
}

/// Every ground in words.
#[must_use]
pub fn grounds(language: Language) -> Vec<(&'static str, String)> {
    Exemption::ALL.into_iter().map(|it| (it.code(), ground(language, it))).collect()
}

async fn table(
    front: &Front,
    opened: &Opened,
    review: &Review,
    file: &SearchFile,
    language: Language,
) -> Result<TableView> {
    let name = file.source_table.clone().unwrap_or_default();
    let columns = found::columns(front, opened, file).await?;
    let mapped = review.table(&file.system, &name);
    let mut ways = Vec::new();
    for kind in mapped.into_iter().flat_map(|table| table.find_by.keys()) {
        ways.push(text_with(language, "review-found-by", &[("kind", kind)]));
    }
    for way in mapped.into_iter().flat_map(|table| &table.reached_from) {
        let system = way.system.as_ref().unwrap_or(&file.system);
        let told = [("system", system.as_str()), ("table", way.table.as_str())];
        ways.push(text_with(language, "review-reached-from", &told));
    }
    Ok(TableView {
        link: rows::link(opened.row.id, &file.system, &name, 1),
        system: file.system.clone(),
        rows: file.row_count,
        ways,
        columns: columns.into_iter().map(|column| column.name).collect(),
        proposals: review.open_proposals(file),
        name,
    })
}

fn withholding(
    key: &CaseKey,
    review: &Review,
    row: &Withholding,
    language: Language,
) -> Result<WithholdingView> {
    let spot = open_spot(key, row)?;
    let cells = match spot.as_ref().map(|spot| &spot.row) {
        Some(RowKey::Key(cells)) => cells.as_slice(),
        _ => &[],
    };
    let cells: Vec<String> =
        cells.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let column = row.column_name.as_ref().map_or_else(String::new, |it| format!(".{it}"));
    Ok(WithholdingView {
        id: row.id.to_string(),
        place: format!("{}: {}{column}", row.system, row.source_table),
        extent: named(language, "extent", row.extent.name()),
        ground: ground(language, row.exemption),
        row: cells.join(", "),
        note: spot.and_then(|spot| spot.note).unwrap_or_default(),
        is_declined: row.state == WithholdingState::Declined && row.extent == Extent::Column,
        is_without_row: review.is_without_row(row),
    })
}

/// The newest package of each right, of this search: the preview is what would be given out.
async fn package_views(
    front: &Front,
    id: RequestId,
    review: &Review,
    signed: &SignedPage,
) -> Result<Vec<PackageView>> {
    let (all, scope) = (packages::list(front, id).await?, signed.member.scope());
    let language = signed.language;
    let case = front.app.read(move |conn| record::load(conn, &scope, id)).await?;
    let newest = |of: Right| {
        let mut own = all.iter().map(|(row, _)| row);
        own.find(|row| row.exercised == of && row.search_id == review.search.id)
    };
    let newest = [Right::Access, Right::Portability].into_iter().filter_map(newest);
    let (member, controller) = (&signed.member, case.row.controller_id);
    let may = |row: &Package| {
        let works = is_prepared(row) && member.may(controller, Permission::WorkCase);
        works || member.may(controller, Permission::Release)
    };
    let views = newest.map(|row| PackageView {
        id: row.id.to_string(),
        right: right(language, row.exercised),
        state: package_state(language, &case.state, row),
        can_fetch: row.file_id.is_some() && may(row),
    });
    Ok(views.collect())
}
