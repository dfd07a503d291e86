//! What a mail says, before it is known who sends it: recipient, subject, and the same words as
//! plain text and as HTML.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::address::MailAddress;
use crate::language::Language;

/// A message to one address. Its bytes stand sealed until it is sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub to: MailAddress,
    pub language: Language,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Paragraph(String),
    List(Vec<String>),
    /// An address of this instance without any secret: shown as it is, and followed by a click.
    Link(String),
}

impl Message {
    /// A message made of blocks; in HTML every character of theirs is text. A subject is one line:
    /// whatever would break it becomes a space.
    #[must_use]
    pub fn new(to: MailAddress, language: Language, subject: &str, blocks: &[Block]) -> Self {
        let subject: String = subject.chars().map(|c| if breaks(c) { ' ' } else { c }).collect();
        let text = blocks.iter().map(Block::text).collect::<Vec<_>>().join("\n\n") + "\n";
        let body: String = blocks.iter().map(Block::html).collect();
        let html = format!(
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\">\
             <title>{}</title></head>\n<body>\n{body}</body>\n</html>\n",
            language.code(),
            escaped(&subject)
        );
        Self { to, language, subject, text, html }
    }
}

impl Block {
    fn text(&self) -> String {
        match self {
            Self::Paragraph(text) | Self::Link(text) => clean(text),
            Self::List(entries) => {
                let entries = entries.iter().map(|entry| format!("- {}", clean(entry)));
                entries.collect::<Vec<_>>().join("\n")
            }
        }
    }

    fn html(&self) -> String {
        match self {
            Self::Paragraph(text) => format!("<p>{}</p>\n", escaped(&clean(text))),
            Self::Link(text) => {
                let link = escaped(&clean(text));
                format!("<p><a href=\"{link}\">{link}</a></p>\n")
            }
            Self::List(entries) => {
                let entries =
                    entries.iter().map(|entry| format!("<li>{}</li>\n", escaped(&clean(entry))));
                format!("<ul>\n{}</ul>\n", entries.collect::<String>())
            }
        }
    }
}

/// A Message-ID (RFC 5322 §3.6.4) of 16 random bytes at a domain.
#[must_use]
pub fn message_id(random: [u8; 16], domain: &str) -> String {
    let left: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("<{left}@{domain}>")
}

/// Without characters that act instead of being read; line ends stay.
fn clean(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

/// Whether a character ends a line somewhere: the controls, and the separators of Unicode.
fn breaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, Message};
    use crate::language::Language;
    use crate::mail::address::MailAddress;

    #[test]
    fn every_character_of_a_block_is_text_in_html() {
        let to = MailAddress::parse("zoe@personne.example").unwrap();
        let blocks = [
            Block::Paragraph("Bonjour <script>alert('x')</script> & \"co\"".to_owned()),
            Block::List(vec!["<b>un</b>".to_owned(), "deux".to_owned()]),
            Block::Link("https://rights.example/t/a?b&c".to_owned()),
        ];
        let message = Message::new(to, Language::Fr, "a\r\nBcc: x@y.example\u{2028}b\0", &blocks);
        assert_eq!(message.subject, "a  Bcc: x@y.example b ");
        assert!(message.html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp;"));
        assert!(message.html.contains("<li>&lt;b&gt;un&lt;/b&gt;</li>"));
        assert!(message.html.contains("href=\"https://rights.example/t/a?b&amp;c\""));
        assert!(message.html.contains("<html lang=\"fr\">"));
        assert!(message.text.contains("- <b>un</b>\n- deux\n\nhttps://rights.example/t/a?b&c"));
        assert_eq!(format!("{message:?}"), "Message([redacted])");
    }
}
