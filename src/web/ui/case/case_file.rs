//! The file of a case: the page for print, and the ZIP.

use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::case_id;
use crate::domain::actor::Permission;
use crate::domain::case_file::CaseFileForm;
use crate::web::case_file::{self, page};
use crate::web::problem::Problem;
use crate::web::ui::signed::SignedPage;
use crate::web::{Front, opened};

type Answer = Result<HttpResponse, Problem>;

/// `GET /requests/{id}/case-file`
pub async fn print(request: HttpRequest, front: Data<Front>, signed: SignedPage) -> Answer {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.member, id, Permission::ReadCaseFile).await?;
    if request.method() == Method::HEAD {
        return Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").finish());
    }
    let how = (signed.language, CaseFileForm::Page);
    page::answer(&case_file::open(&front, &signed.member, &opened, how).await?)
}

/// `GET /requests/{id}/case-file/content`
pub async fn download(request: HttpRequest, front: Data<Front>, signed: SignedPage) -> Answer {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.member, id, Permission::ReadCaseFile).await?;
    case_file::send(&request, &front, (&signed.member, signed.language), &opened).await
}
