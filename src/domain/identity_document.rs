//! A masked identity document: asked for on a reasonable doubt alone (GDPR Art. 12(6)), looked at by a
//! person, and gone with the decision, 72 hours after its receipt at most (identity.md). It raises no
//! level by itself.

use chrono::{DateTime, Duration, Utc};

use super::event::PauseGround;
use super::history::RequestState;
use super::identity::{Level, Method};
use super::lifecycle::Status;
use super::named::named;
use super::undo::TAKEN;

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
    /// Whether a question on identity, which states the doubt, waits for its answer, and nobody has
    /// decided yet what the answer `needed`: only then the portal takes a document.
    #[must_use]
    pub fn asks_identity(&self, needed: Level) -> bool {
        let is_asked = self.open_pauses().contains(&PauseGround::Identity);
        let is_decided = self.awaited.is_some() || self.level >= needed;
        self.status.is_open() && is_asked && !is_decided
    }

    /// Whether the decision on identity that was just recorded ends what documents are kept for: it was
    /// made by them, it failed, it is one of V3, or what the answer `needed` is proved. A first route
    /// below that leaves the doubt as it was.
    #[must_use]
    pub fn decides_documents(&self, methods: &[Method], needed: Level) -> bool {
        methods.contains(&Method::MaskedDocument)
            || self.level == Level::V0
            || self.awaited.is_some()
            || self.level >= needed
    }
}

/// Whether the end of a case ends what a document is kept for. What came after the answer is to show
/// who asks for that answer; what any other end ends waits until it cannot be undone.
#[must_use]
pub fn ends_with(
    status: Status,
    ended_at: Option<DateTime<Utc>>,
    received_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> bool {
    let Some(ended_at) = ended_at.filter(|_| !status.is_open()) else {
        return false;
    };
    match status {
        Status::Answered => received_at < ended_at,
        _ => ended_at + TAKEN < now,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration, Utc};

    use super::{DocumentKind, ends_with};
    use crate::domain::lifecycle::Status;

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

    #[test]
    fn what_came_before_the_answer_has_served_and_what_came_after_it_has_not() {
        use Status as S;
        let ended: DateTime<Utc> = "2026-11-23T09:00:00Z".parse().unwrap();
        for (status, received_s, now_s, expected) in [
            (S::Answered, -1, 0, true),
            (S::Answered, 0, 60, false),
            (S::Answered, 1, 60, false),
            (S::Closed, -1, 15, false),
            (S::Closed, -1, 16, true),
            (S::Withdrawn, 1, 16, true),
            (S::Forwarded, -1, 16, true),
            // Taken up again since.
            (S::InProgress, -1, 60, false),
        ] {
            let at = |seconds| ended + Duration::seconds(seconds);
            let found = ends_with(status, Some(ended), at(received_s), at(now_s));
            assert_eq!(found, expected, "{status:?} {received_s} {now_s}");
            assert!(!ends_with(status, None, at(received_s), at(now_s)));
        }
    }
}
