//! The language of an answer: the reader's choice, else what the browser prefers, else English.

use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest};

use crate::language::Language;

/// The cookie that keeps an explicit choice.
pub const COOKIE: &str = "language";

/// The language to answer in.
#[must_use]
pub fn of(request: &HttpRequest) -> Language {
    if let Some(language) = chosen(request) {
        return language;
    }
    let accepted = request.headers().get(header::ACCEPT_LANGUAGE);
    accepted.and_then(|value| value.to_str().ok()).map_or(Language::En, preferred)
}

/// The language of whoever is signed in, kept for the page of an error.
#[derive(Clone, Copy)]
struct OfReader(Language);

/// Keeps the language of the reader of a page with the call.
pub fn remember(request: &HttpRequest, language: Language) {
    request.extensions_mut().insert(OfReader(language));
}

/// The language that was kept with the call, once somebody was known.
#[must_use]
pub fn remembered(request: &HttpRequest) -> Option<Language> {
    request.extensions().get::<OfReader>().map(|reader| reader.0)
}

/// The language that was chosen in this browser.
#[must_use]
pub fn chosen(request: &HttpRequest) -> Option<Language> {
    Language::parse(request.cookie(COOKIE)?.value())
}

/// The language that an `Accept-Language` header prefers (RFC 9110 §12.5.4).
fn preferred(header: &str) -> Language {
    let mut best: Option<(Language, f32)> = None;
    for part in header.split(',').take(32) {
        let mut pieces = part.trim().split(';');
        let Some(language) = pieces.next().and_then(|tag| Language::parse(&tag.to_lowercase()))
        else {
            continue;
        };
        let weight = pieces
            .find_map(|piece| piece.trim().strip_prefix("q="))
            .and_then(|weight| weight.parse::<f32>().ok())
            .unwrap_or(1.0);
        if weight > 0.0 && best.is_none_or(|(_, heaviest)| weight > heaviest) {
            best = Some((language, weight));
        }
    }
    best.map_or(Language::En, |(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::preferred;
    use crate::language::Language::{En, Fr};

    #[test]
    fn the_heaviest_known_language_wins() {
        for (header, expected) in [
            ("fr", Fr),
            ("fr-FR,fr;q=0.9,en;q=0.8", Fr),
            ("de,en;q=0.5,fr;q=0.7", Fr),
            ("en-GB,fr;q=0.9", En),
            ("de", En),
            ("fr;q=0", En),
            ("FR-ca", Fr),
            ("*;q=0.1, ;;,=", En),
        ] {
            assert_eq!(preferred(header), expected, "{header}");
        }
    }
}
