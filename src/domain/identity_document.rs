//! A masked identity document: asked for on a reasonable doubt alone (GDPR Art. 12(6)), looked at by a
//! person, and gone with the decision, 72 hours after its receipt at most (identity.md). It raises no
//! level by itself.

use chrono::Duration;

use super::event::PauseGround;
use super::history::RequestState;
use super::named::named;

/// How long a document is kept at most, whatever happens: no hold and no open breach makes it longer.
/// A hold keeps what a claim may need (Art. 17(3)(e)); of a check of identity that is the proof that it
/// was done, and never the copy (EDPB Guidelines 01/2022, §§ 78-79).
pub const KEPT: Duration = Duration::hours(72);

/// So long before its end people are told of one on which nobody has decided.
pub const TOLD_BEFORE: Duration = Duration::hours(24);

/// How many of a case stand at a time: two sides of a card, and another page or two.
pub const MOST_AT_ONCE: usize = 4;

/// How many a case takes in all.
pub const MOST_OF_CASE: usize = 20;

named! {
    /// What makes one doubt who asks. That it is usual to ask, or that the request came by mail, is none.
    Doubt {
        /// Several people are on file who could be meant.
        SeveralPeople = "several_people",
        /// What was given differs from what is on file.
        Differs = "differs",
        /// Nothing is on file by which the person could be reached.
        NoContact = "no_contact",
        /// Somebody else reads what is on file, or may.
        UnfitContact = "unfit_contact",
        /// Something points to a request in the name of another.
        Impersonation = "impersonation",
        /// Another one, which the reason names.
        Other = "other",
    }
}

named! {
    /// What a document is, by its content.
    DocumentKind {
        Pdf = "pdf",
        Png = "png",
        Jpeg = "jpeg",
        WebP = "webp",
        Heic = "heic",
    }
}

impl DocumentKind {
    /// The kind of a file whose content was checked against its name; nothing for what shows no
    /// document.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
        if ending == "jpg" { Some(Self::Jpeg) } else { Self::parse(&ending) }
    }
}

named! {
    /// Why a document is there no more.
    DocumentRemoval {
        /// A person has decided who asks.
        Decided = "decided",
        /// The case has ended.
        CaseEnded = "case_ended",
        /// Its 72 hours were over, and nobody had decided.
        TimeOver = "time_over",
        /// It had been removed before a backup was put back that still had it.
        Restored = "restored",
    }
}

impl RequestState {
    /// Whether a question on identity, which states the doubt, waits for its answer: only then the
    /// portal takes a document.
    #[must_use]
    pub fn asks_identity(&self) -> bool {
        self.status.is_open() && self.open_pauses().contains(&PauseGround::Identity)
    }
}

#[cfg(test)]
mod tests {
    use super::DocumentKind;

    #[test]
    fn a_document_is_a_picture_or_a_pdf() {
        for (name, expected) in [
            ("card.JPG", Some(DocumentKind::Jpeg)),
            ("card.jpeg", Some(DocumentKind::Jpeg)),
            ("card.pdf", Some(DocumentKind::Pdf)),
            ("card.png", Some(DocumentKind::Png)),
            ("card.heic", Some(DocumentKind::Heic)),
            ("card.WebP", Some(DocumentKind::WebP)),
            ("card.docx", None),
            ("card.txt", None),
            ("pdf", None),
        ] {
            assert_eq!(DocumentKind::of_name(name), expected, "{name}");
        }
    }
}
