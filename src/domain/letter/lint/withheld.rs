//! What the package withholds, the letter says: each with its place, so that the person can ask for
//! it (GDPR Art. 12(4), law.md §6).

use super::{Draft, Finding};
use crate::domain::letter::Letter;
use crate::domain::letter::placeholder::Placeholder;
use crate::domain::withholding::WithheldPart;

/// How many places one finding names.
const MOST_PLACES: usize = 5;

/// Tells of what the package withholds and the letter does not name.
pub(super) fn unsaid(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let mut said = draft.content.part(Placeholder::Withheld).to_owned();
    for refused in &draft.content.rights {
        said.push('\n');
        said.push_str(&refused.reason);
    }
    let said = said.to_lowercase();
    let unsaid = draft.facts.withheld.iter().filter(|part| !names(&said, part));
    let mut places: Vec<String> = unsaid.map(WithheldPart::place).collect();
    places.dedup();
    if places.is_empty() {
        return;
    }
    let more = places.len() > MOST_PLACES;
    places.truncate(MOST_PLACES);
    if more {
        places.push("…".to_owned());
    }
    let place = match draft.letter {
        Letter::PartialRefusal => "rights",
        _ => "parts.withheld",
    };
    let told = Finding::blocking(place, "letter-withheld-unsaid", "GDPR Art. 12(4)");
    findings.push(told.with("places", places.join("; ")).told());
}

/// Whether a text names a place: the column, or the table where rows are withheld.
fn names(said: &str, part: &WithheldPart) -> bool {
    let name = part.column.as_ref().unwrap_or(&part.table).to_lowercase();
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let is_end = |c: Option<char>| c.is_none_or(|c| !is_letter(c));
    said.match_indices(&name).any(|(at, found)| {
        let before = said.get(..at).and_then(|before| before.chars().next_back());
        let after = said.get(at + found.len()..).and_then(|after| after.chars().next());
        is_end(before) && is_end(after)
    })
}

#[cfg(test)]
mod tests {
    use super::names;
    use crate::domain::exemption::Exemption;
    use crate::domain::withholding::{Extent, WithheldPart};

    #[test]
    fn a_place_is_named_by_its_own_word_alone() {
        let part = |column: Option<&str>| WithheldPart {
            system: "support".to_owned(),
            table: "Tickets".to_owned(),
            column: column.map(str::to_owned),
            extent: Extent::Row,
            exemption: Exemption::RightsOfOthers,
            count: Some(1),
        };
        for (said, column, expected) in [
            ("support, tickets (a row): rights of others", None, true),
            ("", None, false),
            ("old_tickets, ticketson", None, false),
            ("support, tickets.id: rights", Some("id"), true),
            ("the identity of others", Some("id"), false),
            ("l'âge du dépôt d'id", Some("id"), true),
        ] {
            assert_eq!(names(said, &part(column)), expected, "{said:?}");
        }
    }
}
