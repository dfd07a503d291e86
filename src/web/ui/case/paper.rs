//! A released answer for print, to be sent by registered letter or handed over at the counter: one
//! page with the address where the window of an envelope has it, and the contents as tables. It is
//! made of the released package itself.

use std::io::{self, Write};

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::json;

use super::case_id;
use super::letters::print::window;
use super::posted::Posted;
use crate::domain::actor::Permission;
use crate::domain::ids::PackageId;
use crate::domain::letter::window::print as size;
use crate::domain::withholding::{PaperDelivery, Retirement};
use crate::error::{Error, Result};
use crate::language::{self, Language, text};
use crate::package::paper;
use crate::vault::file::SealedReader;
use crate::web::letter_codes::OnFile;
use crate::web::opened::Opened;
use crate::web::problem::Problem;
use crate::web::ui::signed::SignedPage;
use crate::web::ui::wording;
use crate::web::written::required;
use crate::web::{Front, opened, packages};
use crate::workflow::identity::{check_level, needed_to_answer};
use crate::workflow::letters::document::lines;
use crate::workflow::record::{Expected, Target, Written, load};
use crate::workflow::{release, response};

/// What stands before the contents.
#[derive(Template)]
#[template(path = "web/ui/templates/paper.html")]
struct Cover {
    language: Language,
    title: String,
    sender: Vec<String>,
    recipient: Vec<String>,
    printed_on: String,
    about: Vec<(String, String)>,
    window: String,
}

/// How much HTML is sent at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// `GET /requests/{id}/packages/{package_id}/print`: to be handed over, so with no address. The one in
/// the request may be anybody's.
pub async fn print(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
) -> std::result::Result<HttpResponse, Problem> {
    let id = case_id(&request)?;
    let package: PackageId = named_package(&request)?;
    let opened = opened::open(&front, &signed.member, id, Permission::Release).await?;
    let written = Written::plain(&front.app.ctx(signed.actor()));
    Ok(sheet((&front, &signed), &opened, package, ("", written)).await?)
}

/// `POST /requests/{id}/print`: for the post, to the address that stands in the controller's own records
/// (identity.md). What staff say of it is kept with the event.
pub async fn print_for_post(posted: Posted) -> std::result::Result<HttpResponse, Problem> {
    posted.permit(Permission::Release)?;
    let form = &posted.form;
    let on_file = OnFile {
        address: form.field("address").to_owned(),
        found_in: form.field("found_in").to_owned(),
        is_on_file: form.field("is_on_file") == "yes",
    };
    let printed = async {
        let package: PackageId = form.field("package_id").parse().map_err(|_| Error::NotFound)?;
        let (words, ctx) = (on_file.words()?, posted.ctx());
        let written = Written::sealed(&ctx, posted.opened.key()?, &words)?;
        let address = (on_file.address.as_str(), written);
        sheet((&posted.front, &posted.signed), &posted.opened, package, address).await
    };
    match printed.await {
        Ok(sheet) => Ok(sheet),
        Err(error) => posted.back("form-print-post", Err(error)).await,
    }
}

/// The released answer on paper. What is printed leaves the instance: it is recorded as any other
/// download.
async fn sheet(
    (front, signed): (&Data<Front>, &SignedPage),
    opened: &Opened,
    package: PackageId,
    (address, written): (&str, Written),
) -> Result<HttpResponse> {
    let id = opened.row.id;
    let (row, _) = packages::find(front, id, package).await?;
    if row.state != "released" {
        let is_over = Retirement::parse(&row.state).is_some();
        let code = if is_over { "package-gone" } else { "not-released" };
        return Err(Error::Transition { code });
    }
    let subject = opened.subject()?.ok_or(Error::Transition { code: "key-destroyed" })?;
    let mut recipient: Vec<String> = subject.names.iter().take(1).cloned().collect();
    recipient.extend(lines(address));
    if size(&recipient).is_none() {
        return Err(Error::Transition { code: "address-too-long" });
    }
    let (ctx, scope) = (front.app.ctx(signed.actor()), signed.member.scope());
    let target = Target { scope: scope.clone(), id, expected: Expected::Any };
    let special = row.special;
    let fetched = front
        .app
        .write(move |conn| {
            // What the person could not fetch is not handed to them on paper either.
            let case = load(conn, &target.scope, id)?;
            check_level(&case, needed_to_answer(conn, &ctx, &case, special)?)?;
            response::download_package(conn, &ctx, &target, package, &written)
        })
        .await?;
    let file = fetched.file_id.ok_or(Error::NotFound)?;
    let case = front.app.read(move |conn| load(conn, &scope, id)).await?;
    let language = row.language;
    let mut sender = vec![opened.controller.name.clone()];
    sender.extend(lines(&opened.controller.address));
    let label = |name: &str| text(language, &format!("letter-frame-{name}"));
    let zone = case.state.rules.time_zone;
    let day = |at: chrono::DateTime<chrono::Utc>| {
        language::date(language, at.with_timezone(&zone).date_naive())
    };
    let right = wording::right(language, row.exercised);
    let cover = Cover {
        language,
        title: right.clone(),
        window: window(&opened.controller.country, &recipient),
        sender,
        recipient,
        printed_on: day(front.app.now()),
        about: vec![
            (label("reference"), opened.row.reference.clone()),
            (label("received"), day(case.state.received_at)),
            (label("rights"), right),
            (label("contact"), opened.controller.contact.clone()),
        ],
    };
    let head = cover.render().map_err(|_| Error::internal("a page could not be written"))?;
    let sealed = front
        .app
        .folder()
        .open(file, opened.key()?)
        .map_err(|_| Error::Unavailable("sealed file"))?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_LANGUAGE, language.code()))
        .streaming(stream(head, sealed, language)))
}

fn named_package(request: &HttpRequest) -> Result<PackageId> {
    let package = request.match_info().get("package_id").and_then(|id| id.parse().ok());
    package.ok_or(Error::NotFound)
}

type Chunk = io::Result<Bytes>;

/// Writes off the threads that serve requests, a few chunks ahead of the browser.
fn stream(
    head: String,
    sealed: SealedReader<std::fs::File>,
    language: Language,
) -> impl futures_util::Stream<Item = Chunk> {
    let (sender, receiver) = tokio::sync::mpsc::channel(4);
    tokio::task::spawn_blocking(move || {
        let mut out = Sending { sender, buffer: Vec::with_capacity(CHUNK_BYTES) };
        if let Err(error) = paper::write(&head, sealed, language, &mut out) {
            // A page that broke off must not look whole.
            let _ = out.sender.blocking_send(Err(error));
        }
    });
    futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    })
}

struct Sending {
    sender: tokio::sync::mpsc::Sender<Chunk>,
    buffer: Vec<u8>,
}

impl Write for Sending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= CHUNK_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let chunk = Bytes::from(std::mem::take(&mut self.buffer));
        self.sender.blocking_send(Ok(chunk)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// `POST /requests/{id}/delivery`
pub async fn deliver(posted: Posted) -> std::result::Result<HttpResponse, Problem> {
    posted.permit(Permission::Release)?;
    let outcome = record_delivery(&posted).await;
    posted.back("form-delivery", outcome).await
}

async fn record_delivery(posted: &Posted) -> Result<()> {
    let form = &posted.form;
    let package: PackageId = form.field("package_id").parse().map_err(|_| Error::NotFound)?;
    let how = PaperDelivery::parse(form.field("how"));
    let how = how.ok_or_else(|| Error::invalid("how", "unknown-value"))?;
    let proof = form.field("proof").to_owned();
    required("proof", &proof, crate::web::written::LONGEST_REASON)?;
    let scope = posted.signed.member.scope();
    let id = posted.opened.row.id;
    let case = posted.front.app.read(move |conn| load(conn, &scope, id)).await?;
    let at = form.instant("delivered_at", case.state.rules.time_zone)?;
    let at = at.ok_or_else(|| Error::invalid("delivered_at", "empty"))?;
    let words = Some(json!({ "proof": proof }));
    let verb = posted.record(words, move |conn, ctx, target, written| {
        release::deliver_package(conn, ctx, target, (package, how, at), written)
    });
    verb.await
}
