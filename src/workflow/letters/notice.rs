//! The notice that a letter waits in the portal. It says nothing of the case but that there is
//! something to read.

use chrono::{DateTime, Duration, Utc};

use crate::db::letters::LetterRow;
use crate::domain::ids::{LetterId, RequestId};
use crate::domain::letter::{Delivery, LetterState};
use crate::language::Language;

/// How long a notice waits before it leaves, so that a letter sent by mistake can be put right.
const DELAY: Duration = Duration::seconds(10);

/// A notice that somebody should get, without content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub request: RequestId,
    pub letter: LetterId,
    pub language: Language,
    pub not_before: DateTime<Utc>,
}

/// The notice that a letter wants once it has been sent: what is handed over on paper wants none.
/// Nothing is written here: whoever sends mail takes it from the answer of the verb.
#[must_use]
pub fn notice_due(row: &LetterRow) -> Option<Notice> {
    let sent_at = row.sent_at.filter(|_| row.state == LetterState::Sent)?;
    (row.delivery == Some(Delivery::Portal)).then(|| Notice {
        request: row.request_id,
        letter: row.id,
        language: row.language,
        not_before: sent_at.utc() + DELAY,
    })
}
