//! Range requests (RFC 9110 §14): one range of bytes, or the whole.

use actix_web::HttpRequest;
use actix_web::http::header;

/// What a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Whole,
    /// Both ends included.
    Part {
        start: u64,
        end: u64,
    },
    /// A range that lies outside.
    Nothing,
}

/// What a request asks of a representation of this size and tag. A range of another version, in
/// another unit, or of several parts is answered with the whole.
#[must_use]
pub fn asked(request: &HttpRequest, size: u64, tag: &str) -> Asked {
    let text = |name: header::HeaderName| {
        request.headers().get(name).and_then(|value| value.to_str().ok())
    };
    if text(header::IF_RANGE).is_some_and(|expected| expected != tag) {
        return Asked::Whole;
    }
    text(header::RANGE).map_or(Asked::Whole, |range| parse(range, size))
}

fn parse(range: &str, size: u64) -> Asked {
    // Units are named in any case (RFC 9110 §14.1).
    let in_bytes = range.split_once('=').filter(|(unit, _)| unit.eq_ignore_ascii_case("bytes"));
    let Some((first, last)) = in_bytes.and_then(|(_, range)| range.split_once('-')) else {
        return Asked::Whole;
    };
    if last.contains(',') || size == 0 {
        return Asked::Whole;
    }
    let (start, end) = match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(start), Ok(end)) if start > end => return Asked::Whole,
        (Ok(start), Ok(end)) => (start, end.min(size - 1)),
        (Ok(start), Err(_)) if last.trim().is_empty() => (start, size - 1),
        (Err(_), Ok(0)) if first.trim().is_empty() => return Asked::Nothing,
        (Err(_), Ok(length)) if first.trim().is_empty() => (size.saturating_sub(length), size - 1),
        _ => return Asked::Whole,
    };
    if start >= size { Asked::Nothing } else { Asked::Part { start, end } }
}

#[cfg(test)]
mod tests {
    use super::{Asked, parse};

    #[test]
    fn one_range_is_understood_and_anything_else_is_the_whole() {
        let part = |start, end| Asked::Part { start, end };
        for (range, expected) in [
            ("bytes=0-99", part(0, 99)),
            ("Bytes=0-99", part(0, 99)),
            ("bytes=10-", part(10, 999)),
            ("bytes=-5", part(995, 999)),
            ("bytes=-5000", part(0, 999)),
            ("bytes=990-2000", part(990, 999)),
            ("bytes=1000-", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=5-2", Asked::Whole),
            ("bytes=0-1,5-9", Asked::Whole),
            ("rows=0-1", Asked::Whole),
            ("bytes=x-1", Asked::Whole),
            ("bytes=", Asked::Whole),
        ] {
            assert_eq!(parse(range, 1000), expected, "{range}");
        }
    }
}
