//! Choosing the language of the pages, signed in or not.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::frame::see;
use super::kept_words;
use super::sign_in::OF_SIGN_IN;
use crate::error::Error;
use crate::language::Language;
use crate::web::problem::Problem;
use crate::web::upload_form::typed::{self, Typed};
use crate::web::{Front, tongue};

/// `POST /language`
pub async fn post(
    request: HttpRequest,
    front: Data<Front>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let Typed { form, .. } = typed::read(&request, payload, &OF_SIGN_IN).await?;
    let language = Language::parse(form.field("language"))
        .ok_or_else(|| Error::invalid("language", "unknown-value"))?;
    let cookie = Cookie::build(tongue::COOKIE, language.code())
        .path("/")
        .http_only(true)
        .secure(front.app.config().base_url.scheme() == "https")
        .same_site(SameSite::Lax)
        .max_age(Duration::days(365))
        .finish();
    let mut answer = match form.field(kept_words::FIELD) {
        "" => see(own_path(form.field("back"))),
        kept => kept_words::in_language(&request, &front, kept, language).await?,
    };
    answer.add_cookie(&cookie).map_err(|_| Error::internal("a cookie could not be written"))?;
    Ok(answer)
}

/// A path of this server; anything that a browser might take for another place becomes `/`.
#[must_use]
pub fn own_path(text: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.?=&%+".contains(c);
    if text.starts_with('/') && !text.starts_with("//") && text.chars().all(plain) {
        text
    } else {
        "/"
    }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for (text, expected) in [
            ("/requests?status=received", "/requests?status=received"),
            ("/sign-in", "/sign-in"),
            ("/?status=closed%2Cwithdrawn", "/?status=closed%2Cwithdrawn"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/a\r\nset-cookie: x", "/"),
            ("", "/"),
        ] {
            assert_eq!(own_path(text), expected, "{text}");
        }
    }
}
