//! Forms: read within limits, and taken only from our own pages.

use std::future::Future;
use std::pin::Pin;

use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use subtle::ConstantTimeEq;
use url::Url;

use crate::error::Error;
use crate::web::problem::Problem;
use crate::web::{Front, body};

/// How browsers write an instant without a zone.
const LOCAL: &str = "%Y-%m-%dT%H:%M";

/// An instant as the field of a form has it, where the controller stands; empty where there is none.
#[must_use]
pub fn local(at: Option<DateTime<Utc>>, zone: Tz) -> String {
    at.map_or_else(String::new, |at| at.with_timezone(&zone).format(LOCAL).to_string())
}

/// What the field of an instant says, where the controller stands; nothing where it says none.
#[must_use]
pub fn read_local(typed: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(typed.get(..16)?, LOCAL).ok()
}

/// The hidden field that carries the token against forged forms.
pub const CSRF: &str = "csrf";

/// More fields than any form of ours has.
const MOST_FIELDS: usize = 200;

/// The fields of a form that came from one of our own pages, as far as the browser tells. The token
/// is checked by whoever knows the session.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// A form that was read in another way.
    #[must_use]
    pub const fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The first field of this name; empty when there is none.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value)
    }

    /// The names of its fields.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Every field of this name, as checkboxes send them.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let fields = self.0.iter().filter(move |(found, _)| found == name);
        fields.map(|(_, value)| value.as_str())
    }

    /// A day as the browser sends it; nothing where the field is empty.
    ///
    /// # Errors
    /// `Invalid` for what is no date.
    pub fn day(&self, name: &'static str) -> crate::error::Result<Option<NaiveDate>> {
        let given = Some(self.field(name).trim()).filter(|given| !given.is_empty());
        let read = given.map(|it| it.parse().map_err(|_| Error::invalid(name, "wrong-type")));
        read.transpose()
    }

    /// An instant as a browser sends it, where the controller stands; nothing when the field is empty.
    ///
    /// # Errors
    /// `Invalid` at the field.
    pub fn instant(
        &self,
        name: &'static str,
        zone: Tz,
    ) -> crate::error::Result<Option<DateTime<Utc>>> {
        let given = self.field(name).trim();
        if given.is_empty() {
            return Ok(None);
        }
        let wrong = || Error::invalid(name, "wrong-type");
        let naive = read_local(given).ok_or_else(wrong)?;
        let found = zone.from_local_datetime(&naive).earliest().ok_or_else(wrong)?;
        Ok(Some(found.to_utc()))
    }

    /// Every field with its value, in the order in which they were sent.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Refuses a form whose token is not the one expected.
    ///
    /// # Errors
    /// 403.
    pub fn check_token(&self, expected: &str) -> Result<(), Problem> {
        check_token(self.field(CSRF), expected)
    }
}

/// What was typed, with the line endings that it was typed with: a browser sends two characters for
/// each, which nobody who counts theirs sees.
#[must_use]
pub fn one_line_ending(typed: &str) -> String {
    typed.replace("\r\n", "\n")
}

/// Refuses a token that is not the one expected, in constant time.
///
/// # Errors
/// 403.
pub fn check_token(found: &str, expected: &str) -> Result<(), Problem> {
    if !expected.is_empty() && bool::from(found.as_bytes().ct_eq(expected.as_bytes())) {
        return Ok(());
    }
    Err(Problem::Http(StatusCode::FORBIDDEN, "wrong-form"))
}

impl FromRequest for Form {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if let Err(problem) = check_origin(request) {
            return Box::pin(async { Err(problem) });
        }
        let bytes = body::read(request.clone(), payload.take());
        Box::pin(async move {
            let bytes = bytes.await?;
            let fields = url::form_urlencoded::parse(&bytes).into_owned();
            let fields = fields.take(MOST_FIELDS);
            Ok(Self(fields.map(|(name, value)| (name, one_line_ending(&value))).collect()))
        })
    }
}

/// Refuses a form that a browser says another site sent.
///
/// # Errors
/// 403.
pub fn check_origin(request: &HttpRequest) -> Result<(), Problem> {
    let front =
        request.app_data::<Data<Front>>().ok_or_else(|| Error::internal("no front door"))?;
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        Some(value.to_str().unwrap_or("unreadable").to_owned())
    };
    let site = header("sec-fetch-site");
    let origin = header(header::ORIGIN.as_str());
    if is_ours(site.as_deref(), origin.as_deref(), &front.app.config().base_url) {
        return Ok(());
    }
    Err(Problem::Http(StatusCode::FORBIDDEN, "wrong-form"))
}

/// A page with our referrer policy sends its forms with the origin `null`, which says nothing; a
/// browser without either header is held by the token alone.
fn is_ours(site: Option<&str>, origin: Option<&str>, base_url: &Url) -> bool {
    let site = site.is_none_or(|site| site == "same-origin" || site == "none");
    let ours = base_url.origin().ascii_serialization();
    let origin = origin.is_none_or(|origin| origin == "null" || origin == ours);
    site && origin
}

#[cfg(test)]
mod tests {
    use super::{Form, check_token, is_ours, local};

    #[test]
    fn a_day_is_written_as_browsers_send_it() {
        for (text, expected) in [
            ("31/12/2026", None),
            ("", Some(None)),
            ("2026-12-31", Some("2026-12-31".parse().ok())),
        ] {
            let form = Form::of(vec![("until".to_owned(), text.to_owned())]);
            assert_eq!(form.day("until").ok(), expected, "{text}");
        }
    }

    #[test]
    fn an_instant_is_where_the_controller_stands() {
        let paris = chrono_tz::Europe::Paris;
        let read = |text: &str| {
            let form = Form::of(vec![("replied_at".to_owned(), text.to_owned())]);
            form.instant("replied_at", paris)
        };
        let at = read("2026-11-26T10:00").unwrap();
        assert_eq!(at.unwrap().to_rfc3339(), "2026-11-26T09:00:00+00:00");
        assert_eq!(local(at, paris), "2026-11-26T10:00");
        // The hour that summer time skips, and what is no instant.
        for wrong in ["2026-03-29T02:30", "2026-11-26", "x"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(matches!(read(""), Ok(None)));
    }

    #[test]
    fn a_form_of_another_site_is_told_by_the_browser() {
        let ours = "https://desk.example/".parse().unwrap();
        for (site, origin, expected) in [
            (Some("same-origin"), Some("null"), true),
            (Some("same-origin"), Some("https://desk.example"), true),
            (Some("none"), None, true),
            (None, None, true),
            (None, Some("https://desk.example"), true),
            (None, Some("https://evil.example"), false),
            (None, Some("http://desk.example"), false),
            (None, Some("https://desk.example:8443"), false),
            (Some("same-site"), Some("null"), false),
            (Some("cross-site"), Some("https://desk.example"), false),
            (Some("same-origin"), Some("https://evil.example"), false),
        ] {
            assert_eq!(is_ours(site, origin, &ours), expected, "{site:?} {origin:?}");
        }
    }

    #[test]
    fn only_the_very_token_passes() {
        assert!(check_token("abc", "abc").is_ok());
        for (found, expected) in [("", ""), ("abd", "abc"), ("", "abc"), ("abcd", "abc")] {
            assert!(check_token(found, expected).is_err(), "{found}");
        }
    }
}
