//! In which session a form was shown, told from how it begins: its token stands first. What was read
//! for that goes on with the rest, so that whoever serves the form misses nothing.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt, stream};
use tokio::time::timeout;

/// How much of a form is looked at.
const HEAD_BYTES: usize = 8 << 10;

type Pieces = std::pin::Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>>;

/// The token of a form, and the form as if nobody had looked. `pause`: how long a piece may take;
/// a form that takes longer has none.
pub async fn token(mut payload: Payload, pause: Duration) -> (Option<String>, Payload) {
    let (mut pieces, mut head) = (Vec::new(), Vec::new());
    let mut is_whole = false;
    while head.len() < HEAD_BYTES && found(&head, false).is_none() {
        let Ok(piece) = timeout(pause, payload.next()).await else { break };
        is_whole = piece.is_none();
        let Some(piece) = piece else { break };
        let is_broken = piece.is_err();
        if let Ok(bytes) = &piece {
            head.extend_from_slice(bytes.get(..HEAD_BYTES).unwrap_or(bytes));
        }
        pieces.push(piece);
        if is_broken {
            break;
        }
    }
    let token = found(&head, is_whole);
    let again: Pieces = Box::pin(stream::iter(pieces).chain(payload));
    (token, Payload::from(again))
}

/// The token in the beginning of a form, once it stands there whole.
fn found(head: &[u8], is_whole: bool) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    let (rest, end) = match text.split_once("name=\"csrf\"") {
        Some((_, rest)) => (rest.split_once("\r\n\r\n")?.1, "\r\n"),
        None => match text.strip_prefix("csrf=") {
            Some(rest) => (rest, "&"),
            None => (text.split_once("&csrf=")?.1, "&"),
        },
    };
    match rest.split_once(end) {
        Some((token, _)) => Some(token.to_owned()),
        None => is_whole.then(|| rest.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::dev::Payload;
    use actix_web::web::Bytes;
    use futures_util::{StreamExt, stream};

    use super::{Pieces, token};

    #[actix_web::test]
    async fn a_token_is_found_however_a_form_comes_and_nothing_of_the_form_is_lost() {
        let long = format!("note={}&csrf=late", "x".repeat(20_000));
        for (form, size, expected) in [
            ("csrf=a.b&note=c", 100, Some("a.b")),
            ("csrf=a.b&note=c", 1, Some("a.b")),
            ("note=c&csrf=a.b", 4, Some("a.b")),
            ("csrf=a.b", 3, Some("a.b")),
            ("note=c", 2, None),
            ("", 1, None),
            (&long, 700, None),
            (
                "--E\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\na.b\r\n--E\r\n",
                7,
                Some("a.b"),
            ),
        ] {
            let pieces = form.as_bytes().chunks(size).map(Bytes::copy_from_slice).map(Ok);
            let pieces: Vec<_> = pieces.collect();
            let pieces: Pieces = Box::pin(stream::iter(pieces));
            let (found, again) = token(Payload::from(pieces), Duration::from_secs(1)).await;
            assert_eq!(found.as_deref(), expected, "{form}");
            let again: Vec<Bytes> = again.map(Result::unwrap).collect().await;
            assert_eq!(again.concat(), form.as_bytes(), "{form}");
        }
    }

    #[actix_web::test]
    async fn a_form_that_does_not_come_is_not_waited_for() {
        let nothing: Pieces = Box::pin(stream::pending());
        let (found, _) = token(Payload::from(nothing), Duration::from_millis(1)).await;
        assert_eq!(found, None);
    }
}
