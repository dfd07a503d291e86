//! A letter as the person gets it: who writes to whom, about what, and the text. The page for print
//! and the message in the portal show the same words.

use serde::{Deserialize, Serialize};

use super::values::Writing;
use crate::domain::letter::Letter;
use crate::domain::letter::lint::Values;
use crate::domain::letter::placeholder::Placeholder;
use crate::domain::letter::template;
use crate::language::{self, Language, text, text_with};
use crate::workflow::subject::Subject;

/// A letter, written.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub language: Language,
    pub title: String,
    /// Name and address of the controller, a line each.
    pub sender: Vec<String>,
    /// Name and address of the person, a line each.
    pub recipient: Vec<String>,
    pub sent_on: String,
    /// The common block: label and value.
    pub about: Vec<(String, String)>,
    pub body: String,
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Document([redacted])")
    }
}

/// Writes a letter by the controller's text.
#[must_use]
pub fn write(writing: &Writing<'_>, text_of_letter: &str, values: &Values) -> Document {
    let Writing { language, letter, facts, parties, .. } = writing;
    let value = |placeholder| values.get(&placeholder).cloned().unwrap_or_default();
    let filled = template::fill(text_of_letter, value);
    let mut sender = vec![parties.controller.name.clone()];
    sender.extend(lines(&parties.controller.address));
    let label = |name: &str| text(*language, &format!("letter-frame-{name}"));
    let received_on = language::date(*language, facts.civil(facts.state.received_at));
    Document {
        language: *language,
        title: text(*language, &format!("letter-name-{}", letter.key())),
        sender,
        recipient: recipient(parties.subject, *language).lines,
        sent_on: language::date(*language, facts.today),
        about: vec![
            (label("reference"), parties.reference.to_owned()),
            (label("received"), received_on),
            (label("rights"), writing.rights()),
            (label("contact"), parties.controller.contact.clone()),
        ],
        body: tidy(&filled),
    }
}

/// What stands in the window of the envelope.
pub(super) struct Recipient {
    /// Names, and the address where there is one.
    pub lines: Vec<String>,
    /// Whether an address stands under the names.
    pub has_address: bool,
}

/// Who is addressed: whoever acts for the person, or the person.
pub(super) fn addressed(subject: &Subject) -> Option<&str> {
    let acting = subject.representative.as_ref().map(|acting| acting.name.as_str());
    acting.or_else(|| subject.names.first().map(String::as_str))
}

/// Whom the letter is addressed to: the person, or whoever acts for the person (GDPR Art. 12(2), 80), with
/// the person's name under it. The address of the one is never put under the name of the other.
pub(super) fn recipient(subject: &Subject, language: Language) -> Recipient {
    let mut names: Vec<String> = addressed(subject).map(str::to_owned).into_iter().collect();
    let address = match &subject.representative {
        None => lines(subject.postal_address.as_deref().unwrap_or_default()),
        Some(acting) => {
            if let Some(person) = subject.names.first() {
                names.push(text_with(language, "letter-frame-acting-for", &[("person", person)]));
            }
            // A contact is free text: a mail address or a number has no line on an envelope.
            let contact = acting.contact.as_str();
            let is_postal = contact.contains([',', '\n']) && !contact.contains('@');
            if is_postal { lines(contact) } else { Vec::new() }
        }
    };
    let has_address = !address.is_empty();
    Recipient { lines: names.into_iter().chain(address).collect(), has_address }
}

/// The lines of an address; commas stand for line ends where there are none.
#[must_use]
pub fn lines(address: &str) -> Vec<String> {
    let address = template::one_line_ending(address);
    let end = if address.contains('\n') { '\n' } else { ',' };
    let lines = address.split(end).map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

/// One empty line between paragraphs, and none around them: an optional part may be empty.
fn tidy(filled: &str) -> String {
    let filled = template::one_line_ending(filled);
    let mut paragraphs: Vec<Vec<&str>> = vec![Vec::new()];
    for line in filled.lines().map(str::trim_end) {
        if !line.is_empty() {
            if let Some(last) = paragraphs.last_mut() {
                last.push(line);
            }
        } else if paragraphs.last().is_some_and(|last| !last.is_empty()) {
            paragraphs.push(Vec::new());
        }
    }
    let written = paragraphs.iter().filter(|lines| !lines.is_empty());
    written.map(|lines| lines.join("\n")).collect::<Vec<_>>().join("\n\n")
}

impl Document {
    /// The paragraphs of the text.
    pub fn paragraphs(&self) -> impl Iterator<Item = &str> {
        self.body.split("\n\n")
    }

    /// The whole letter as plain text: what was sent, and what its digest is made of.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = self.sender.join("\n");
        text.push_str("\n\n");
        text.push_str(&self.recipient.join("\n"));
        text.push_str(&format!("\n\n{}\n\n{}\n", self.sent_on, self.title));
        for (label, value) in &self.about {
            let colon = match self.language {
                Language::Fr => "\u{a0}:",
                Language::En => ":",
            };
            text.push_str(&format!("{label}{colon} {value}\n"));
        }
        text.push_str(&format!("\n{}\n\n{}\n", self.body, self.signature()));
        text
    }

    /// Who signs.
    #[must_use]
    pub fn signature(&self) -> &str {
        self.sender.first().map_or("", String::as_str)
    }
}

/// What a new draft proposes for the parts of a letter; a person changes it.
#[must_use]
pub fn proposed(language: Language, letter: Letter, rights: &str) -> Vec<(Placeholder, String)> {
    const PROPOSED: [Placeholder; 10] = [
        Placeholder::Understood,
        Placeholder::NextSteps,
        Placeholder::Options,
        Placeholder::Masking,
        Placeholder::SecureChannel,
        Placeholder::Format,
        Placeholder::Dictionary,
        Placeholder::Scope,
        Placeholder::Excluded,
        Placeholder::Transfer,
    ];
    let parts = letter.parts().filter(|part| PROPOSED.contains(part));
    let say = |part: Placeholder| {
        let key = format!("letter-proposed-{}", part.name());
        text_with(language, &key, &[("rights", rights)])
    };
    parts.map(|part| (part, say(part))).collect()
}

#[cfg(test)]
mod tests {
    use super::{lines, recipient, tidy};
    use crate::language::Language;
    use crate::workflow::subject::{Representative, Subject};

    #[test]
    fn a_letter_goes_to_whoever_acts_for_the_person() {
        let subject = |contact: Option<&str>| Subject {
            names: vec!["Zoé Martin".to_owned(), "Zoé Durand".to_owned()],
            identifiers: Vec::new(),
            postal_address: Some("2 rue du Test, 31000 Toulouse".to_owned()),
            words: String::new(),
            representative: contact.map(|contact| Representative {
                name: "Me Jean Avocat".to_owned(),
                capacity: "avocat".to_owned(),
                contact: contact.to_owned(),
            }),
        };
        let alone = ["Zoé Martin", "2 rue du Test", "31000 Toulouse"];
        assert_eq!(recipient(&subject(None), Language::Fr).lines, alone);
        let posted = recipient(&subject(Some("1 quai de l'Exemple, 75002 Paris")), Language::Fr);
        let acting = ["Me Jean Avocat", "pour Zoé Martin", "1 quai de l'Exemple", "75002 Paris"];
        assert!(posted.has_address);
        assert_eq!(posted.lines, acting);
        for contact in ["jean@avocat.example", "+33 5 55 00 11 22", "a, b@avocat.example"] {
            let reached = recipient(&subject(Some(contact)), Language::En);
            assert_eq!(reached.lines, ["Me Jean Avocat", "on behalf of Zoé Martin"], "{contact}");
            assert!(!reached.has_address, "{contact}");
        }
    }

    #[test]
    fn an_empty_part_leaves_no_hole() {
        assert_eq!(tidy("\n\na\n\n \n\n\nb \nc\n\n\n"), "a\n\nb\nc");
        assert_eq!(tidy(" \r\n"), "");
    }

    #[test]
    fn an_address_has_lines_whatever_stands_between_them() {
        assert_eq!(lines("1 rue de l'Exemple, 75002 Paris"), ["1 rue de l'Exemple", "75002 Paris"]);
        assert_eq!(lines("1, rue X\r\n75002 Paris\n\n"), ["1, rue X", "75002 Paris"]);
    }
}
