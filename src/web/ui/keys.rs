//! The help page of the keys: what each does, and the switch for those that are single letters.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::frame::{Frame, page};
use super::signed::SignedPage;
use crate::language::{Language, text};
use crate::web::problem::Problem;

/// The keys, and the end of the key of what each does, by the part of the work they belong to.
const PARTS: [(&str, &[(&str, &str)]); 3] = [
    (
        "anywhere",
        &[
            ("g t", "queue"),
            ("/", "find"),
            ("z", "undo"),
            ("?", "help"),
            ("Ctrl+Enter, Cmd+Enter", "send"),
        ],
    ),
    (
        "queue",
        &[
            ("j", "down"),
            ("k", "up"),
            ("Enter", "open"),
            ("x", "choose"),
            ("e", "acknowledge"),
            ("a", "assign"),
            ("i", "identity"),
        ],
    ),
    (
        "case",
        &[
            ("e", "acknowledge"),
            ("a", "assign"),
            ("i", "identity"),
            ("n", "next"),
            ("p", "primary"),
        ],
    ),
];

#[derive(Template)]
#[template(path = "web/ui/templates/keys.html")]
struct Keys {
    frame: Frame,
    parts: Vec<Part>,
}

/// A part of the work with its keys.
struct Part {
    name: &'static str,
    title: String,
    keys: Vec<(&'static str, String)>,
}

/// `GET /keys`
pub async fn show(signed: SignedPage) -> Result<HttpResponse, Problem> {
    let language = signed.language;
    let parts = PARTS.iter().map(|(name, keys)| part(language, name, keys)).collect();
    page(StatusCode::OK, language, &Keys { parts, frame: signed.frame() })
}

fn part(language: Language, name: &'static str, keys: &[(&'static str, &str)]) -> Part {
    let does = |does: &str| text(language, &format!("keys-does-{does}"));
    Part {
        name,
        title: text(language, &format!("keys-part-{name}")),
        keys: keys.iter().map(|(key, what)| (*key, does(what))).collect(),
    }
}
