//! A mail that came back: the report of a mail server that took one of ours and could not deliver
//! it (RFC 3464; RFC 6533 where an address is not ASCII). Anybody can write such a report; what makes it ours is the Message-ID, whose
//! sixteen random bytes only the recipient and the servers on the way have seen.

use mail_parser::{Message, MessageParser, MimeHeaders, PartType};

/// Which mail came back, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounce {
    /// With its angle brackets, as we wrote it.
    pub message_id: String,
    /// The enhanced status code (RFC 3463), such as `5.1.1`.
    pub status: String,
}

/// Reads a report that a mail was not delivered; None for every other message, also for the word
/// that a mail is late.
#[must_use]
pub fn read(message: &[u8]) -> Option<Bounce> {
    let message = MessageParser::default().parse(message)?;
    let status =
        parts(&message, &["delivery-status", "global-delivery-status"]).find_map(|part| {
            let report = String::from_utf8_lossy(part.contents());
            failure(&report)
        })?;
    let message_id = returned(&message)?;
    Some(Bounce { message_id: format!("<{message_id}>"), status })
}

fn parts<'a>(
    message: &'a Message<'a>,
    subtypes: &'a [&'a str],
) -> impl Iterator<Item = &'a mail_parser::MessagePart<'a>> {
    message.parts.iter().filter(move |part| {
        let found = part.content_type().and_then(|kind| kind.subtype());
        found.is_some_and(|found| subtypes.iter().any(|it| found.eq_ignore_ascii_case(it)))
    })
}

/// The status of the first recipient whom the mail did not reach (RFC 3464 §2.3).
fn failure(report: &str) -> Option<String> {
    let report = report.replace("\r\n", "\n");
    report.split("\n\n").find_map(|recipient| {
        let field = |wanted: &str| {
            let fields = recipient.lines().filter_map(|line| line.split_once(':'));
            let mut values = fields.filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
            values.next().map(|(_, value)| value.trim())
        };
        let failed = field("action").is_some_and(|it| it.eq_ignore_ascii_case("failed"));
        let status = field("status")?.split_whitespace().next()?;
        (failed && is_status(status)).then(|| status.to_owned())
    })
}

/// Three short numbers: nothing else of a report is kept.
fn is_status(text: &str) -> bool {
    let numbers: Vec<&str> = text.split('.').collect();
    numbers.len() == 3
        && numbers.iter().all(|number| {
            (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// The Message-ID of the mail that the report returns, whole or its headers alone.
fn returned(message: &Message<'_>) -> Option<String> {
    let whole = message.parts.iter().find_map(|part| match &part.body {
        PartType::Message(returned) => returned.message_id().map(str::to_owned),
        _ => None,
    });
    whole.or_else(|| {
        parts(message, &["rfc822-headers", "global-headers"]).find_map(|part| {
            let headers = MessageParser::default().parse_headers(part.contents())?;
            headers.message_id().map(str::to_owned)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{Bounce, read};

    fn report(action: &str, status: &str, returned: (&str, &str)) -> String {
        report_of("delivery-status", (action, status), returned)
    }

    fn report_of(report: &str, told: (&str, &str), returned: (&str, &str)) -> String {
        let ((action, status), (kind, headers)) = (told, returned);
        format!(
            "From: Mailer-Daemon <>\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
             --b\r\nContent-Type: message/{report}\r\n\r\n\
             Reporting-MTA: dns; mail.example\r\n\r\n\
             Final-Recipient: rfc822;zoe@personne.example\r\nAction: {action}\r\n\
             Status: {status}\r\n\r\n\
             --b\r\nContent-Type: {kind}\r\n\r\n{headers}\r\n--b--\r\n"
        )
    }

    #[test]
    fn a_report_of_failure_names_its_mail() {
        let ours = "From: a@b.example\r\nMessage-ID: <00ff@rights.example>\r\nSubject: x\r\n";
        let whole = format!("{ours}\r\nBonjour");
        for (action, status, returned, expected) in [
            ("failed", "5.1.1", ("message/rfc822", whole.as_str()), Some("5.1.1")),
            ("Failed", "5.2.2 (full)", ("text/rfc822-headers", ours), Some("5.2.2")),
            ("failed", "4.4.7", ("message/rfc822", whole.as_str()), Some("4.4.7")),
            ("delayed", "4.4.1", ("message/rfc822", whole.as_str()), None),
            ("delivered", "2.0.0", ("message/rfc822", whole.as_str()), None),
            ("failed", "5.1.x; DROP", ("message/rfc822", whole.as_str()), None),
            ("failed", "5.1.1", ("text/plain", ours), None),
        ] {
            let found = read(report(action, status, returned).as_bytes());
            let expected = expected.map(|status| Bounce {
                message_id: "<00ff@rights.example>".to_owned(),
                status: status.to_owned(),
            });
            assert_eq!(found, expected, "{action} {status} {}", returned.0);
        }
    }

    #[test]
    fn a_report_in_utf_8_is_read_too() {
        let ours = "From: a@b.example\r\nMessage-ID: <00ff@rights.example>\r\nSubject: été\r\n";
        let whole = format!("{ours}\r\nBonjour");
        for (kind, returned) in [
            ("message/global-headers", ours),
            ("message/Global-Headers", ours),
            ("message/global", whole.as_str()),
            ("message/Global", whole.as_str()),
        ] {
            for report in ["global-delivery-status", "Global-Delivery-Status"] {
                let report = report_of(report, ("failed", "5.6.7"), (kind, returned));
                let found = read(report.as_bytes()).expect(kind);
                let expected = ("<00ff@rights.example>", "5.6.7");
                assert_eq!((found.message_id.as_str(), found.status.as_str()), expected);
            }
        }
    }

    #[test]
    fn other_mail_is_none() {
        for other in ["", "\0\0\0", "Subject: away\r\n\r\nI am on holiday.", "From: x\r\n"] {
            assert_eq!(read(other.as_bytes()), None, "{other:?}");
        }
    }
}
