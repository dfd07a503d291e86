//! Optimistic locking: the version of what was read is an ETag, and a change names it in If-Match
//! (RFC 9110 §13.1.1).

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header;

use super::problem::Problem;
use crate::workflow::record::Expected;

/// The ETag of a version.
#[must_use]
pub fn etag(version: i64) -> (header::HeaderName, String) {
    (header::ETAG, format!("\"{version}\""))
}

/// The version that a change was made on. `*` stands for whatever it is now.
///
/// # Errors
/// 428 when the header is missing, 400 when it is no ETag of ours.
pub fn expected(request: &HttpRequest) -> Result<Expected, Problem> {
    let mut values = request.headers().get_all(header::IF_MATCH);
    let value =
        values.next().ok_or(Problem::Http(StatusCode::PRECONDITION_REQUIRED, "no-if-match"))?;
    // Several fields are one list (RFC 9110 §5.2), and a case has one version.
    parse(value.to_str().unwrap_or_default())
        .filter(|_| values.next().is_none())
        .ok_or(Problem::Http(StatusCode::BAD_REQUEST, "wrong-if-match"))
}

fn parse(text: &str) -> Option<Expected> {
    if text.trim() == "*" {
        return Some(Expected::Any);
    }
    let version = text.trim().strip_prefix('"')?.strip_suffix('"')?;
    // 0 is the version of a text that nobody has changed yet.
    let is_plain = version == "0" || !version.starts_with('0');
    let is_ours = version.bytes().all(|it| it.is_ascii_digit()) && is_plain;
    version.parse().ok().filter(|_| is_ours).map(Expected::Version)
}

#[cfg(test)]
mod tests {
    use super::{Expected, parse};

    #[test]
    fn an_etag_of_ours_reads_back() {
        assert_eq!(parse("\"12\""), Some(Expected::Version(12)));
        assert_eq!(parse("\"0\""), Some(Expected::Version(0)));
        assert_eq!(parse("*"), Some(Expected::Any));
        for wrong in ["12", "W/\"12\"", "\"x\"", "", "\"1\",\"2\"", "\"+2\"", "\"02\"", "\"00\""] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
