//! The form of an answer by hand: files and rows, nothing found, or what was given taken back.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::{Question, lines, link};
use crate::app::new_files::NewFiles;
use crate::db::files::FileRow;
use crate::error::{Error, Result};
use crate::web::Front;
use crate::web::manual::{LONGEST_UPLOAD, LONGEST_UPLOAD_BYTES, TypedRows, UPLOAD, keep_rows};
use crate::web::problem::Problem;
use crate::web::ui::form::Form;
use crate::web::ui::frame::see;
use crate::web::ui::signed::SignedPage;
use crate::web::upload_form::{self, Most, Received, Receiver};
use crate::web::written::{LONGEST_REASON, text};
use crate::workflow::manual::{self, HandedIn, ManualAnswer};
use crate::workflow::record::Written;

/// What one answer may bring at once; more follows with another.
const MOST: Most = Most {
    files: 20,
    bytes: LONGEST_UPLOAD_BYTES,
    time: LONGEST_UPLOAD,
    text: 2 << 20,
    too_long: ("rows", "rows-too-large", 2),
    parts: 300,
    drained: 128 << 20,
};

/// The files of a form, which go unless they are recorded.
struct Files {
    rows: Vec<FileRow>,
    kept: NewFiles,
    /// Why one of them was not taken.
    refused: Option<Error>,
}

/// `POST /requests/{id}/searches/{search_id}/systems/{system}`
pub async fn answer(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
    payload: Payload,
) -> std::result::Result<HttpResponse, Problem> {
    let question = Question::of(&request, front, signed).await?;
    let receiver = Receiver {
        front: &question.front,
        opened: &question.opened,
        actor: question.signed.actor(),
        purpose: UPLOAD,
        most: MOST,
        check: &|form| question.signed.check(form),
        // Of a file that nobody asks for, not a byte is kept.
        refused: question.refusal().await?,
        document: None,
    };
    let Received { form, rows, kept, refused, too_large, .. } =
        upload_form::read(&request, receiver, payload).await?;
    let files = Files { rows, kept, refused };
    let outcome = match form.field("do") {
        "take_back" => take_back(&question, &form, files).await,
        "nothing_found" => hand_in(&question, &form, files, true).await,
        _ => hand_in(&question, &form, files, false).await,
    };
    match outcome {
        Ok(()) => Ok(see(&link(question.opened.row.id, question.search, &question.mapped.name))),
        Err(error) => {
            let page = question.answer(&form, Some(error)).await?;
            Ok(upload_form::refused_as(page, too_large))
        }
    }
}

async fn hand_in(
    question: &Question,
    form: &Form,
    files: Files,
    nothing_found: bool,
) -> Result<()> {
    let Files { rows: uploads, mut kept, refused } = files;
    let tables = typed(question, form, refused)?;
    let note = form.field("note");
    text("note", Some(note), LONGEST_REASON)?;
    if nothing_found && !(tables.is_empty() && uploads.is_empty()) {
        return Err(Error::invalid("outcome", "something-was-given"));
    }
    let (front, opened) = (&question.front, &question.opened);
    let ctx = front.app.ctx(question.signed.actor());
    let (folder, key) = (front.app.folder(), opened.key()?);
    let tables =
        keep_rows(&mut kept, &folder, key, &ctx, (&opened.row, &question.mapped), tables).await?;
    let written = if note.trim().is_empty() {
        Written::plain(&ctx)
    } else {
        Written::sealed(&ctx, key, &json!({ "note": note }))?
    };
    let given = HandedIn {
        uploads,
        answer: ManualAnswer {
            search: question.search,
            system: question.mapped.name.clone(),
            tables,
            nothing_found,
            special_tables: question.mapped.special_tables(),
        },
        seen: form.field("seen").to_owned(),
    };
    let target = question.target();
    let verb = move |conn: &mut crate::db::conn::Conn| {
        manual::hand_in(conn, &ctx, &target, &given, &written).map(drop)
    };
    kept.recorded(front.app.write(verb)).await
}

/// The rows that were typed, table by table; what is wrong with them and with the files, all at once.
fn typed(question: &Question, form: &Form, refused: Option<Error>) -> Result<Vec<TypedRows>> {
    let mut wrong = match refused {
        // Of rows that were cut off nothing else is worth saying.
        Some(Error::Invalid(fields)) if fields.iter().any(|it| it.code == MOST.too_long.1) => {
            return Err(Error::Invalid(fields));
        }
        Some(Error::Invalid(fields)) => fields,
        Some(other) => return Err(other),
        None => Vec::new(),
    };
    let mut typed = Vec::new();
    for (place, table) in question.mapped.tables.iter().enumerate() {
        let field = format!("rows-{place}");
        let columns = Question::columns(table);
        match lines::read(&field, form.field(&field), &table.table, &columns) {
            Ok(rows) => typed.extend(rows),
            Err(error) => wrong.push(error),
        }
    }
    if wrong.is_empty() { Ok(typed) } else { Err(Error::Invalid(wrong)) }
}

/// Takes back what was given before; what was just typed or chosen is no part of that.
async fn take_back(question: &Question, form: &Form, files: Files) -> Result<()> {
    if let Some(refused @ Error::Transition { .. }) = files.refused {
        return Err(refused);
    }
    if !files.rows.is_empty() || !typed(question, form, None)?.is_empty() {
        return Err(Error::invalid("outcome", "not-given-yet"));
    }
    let ctx = question.front.app.ctx(question.signed.actor());
    let (target, written) = (question.target(), Written::plain(&ctx));
    let (search, system) = (question.search, question.mapped.name.clone());
    let seen = form.field("seen").to_owned();
    let verb = move |conn: &mut crate::db::conn::Conn| {
        manual::check_standing(conn, &target, (search, &system), &seen)?;
        manual::take_back_answer(conn, &ctx, &target, (search, &system), &written).map(drop)
    };
    question.front.app.write(verb).await
}
