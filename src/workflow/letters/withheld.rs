//! What an answer withholds, as a letter names it: each place with its extent and its ground, and
//! nothing of what stands there.

use serde::Deserialize;

use super::draft::LONGEST_PART;
use crate::db::conn::Conn;
use crate::db::{packages, withholdings};
use crate::domain::ids::RequestId;
use crate::domain::right::Right;
use crate::domain::withholding::{Extent, WithheldPart};
use crate::error::{Error, Result};
use crate::language::{Language, text, text_with};

/// The part of a manifest that names what is withheld; packages of before know no list.
#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    withholdings: Vec<WithheldPart>,
}

/// What the newest package for a right withholds, by the data map or by a person; nothing where no
/// package stands.
///
/// # Errors
/// When the database fails, or a manifest does not read.
pub fn of_package(
    conn: &mut Conn,
    request: RequestId,
    right: Right,
) -> Result<Option<Vec<WithheldPart>>> {
    let all = packages::of_request(conn, request)?;
    let newest =
        all.iter().find(|package| package.exercised == right && package.manifest.is_some());
    let Some(manifest) = newest.and_then(|package| package.manifest.as_deref()) else {
        return Ok(None);
    };
    let manifest: Manifest =
        serde_json::from_str(manifest).map_err(|_| Error::internal("a manifest does not read"))?;
    Ok(Some(manifest.withholdings))
}

/// What the answer to a right withholds: what its package says, or before there is one, what people
/// withhold.
///
/// # Errors
/// As [`of_package`].
pub fn of_answer(conn: &mut Conn, request: RequestId, right: Right) -> Result<Vec<WithheldPart>> {
    let packaged = of_package(conn, request, right)?.filter(|parts| !parts.is_empty());
    if let Some(parts) = packaged {
        return Ok(parts);
    }
    let mut parts: Vec<WithheldPart> = Vec::new();
    for row in withholdings::held(conn, request)? {
        let count = (row.extent != Extent::Column).then_some(1);
        let part = WithheldPart {
            system: row.system,
            table: row.source_table,
            column: row.column_name,
            extent: row.extent,
            exemption: row.exemption,
            count,
        };
        let same = |known: &&mut WithheldPart| {
            WithheldPart { count: None, ..(**known).clone() }
                == WithheldPart { count: None, ..part.clone() }
        };
        match parts.iter_mut().find(same) {
            Some(known) => known.count = known.count.map(|count| count.saturating_add(1)),
            None => parts.push(part),
        }
    }
    Ok(parts)
}

/// The lines of a letter: one for each place, extent and ground, with how often. What does not fit
/// into a letter is counted, and stands in the answer itself.
#[must_use]
pub fn lines(language: Language, parts: &[WithheldPart]) -> String {
    let line = |part: &WithheldPart| {
        let extent = text(language, &format!("extent-{}", part.extent.name()));
        let ground = text(language, &format!("package-exemption-{}", part.exemption.code()));
        let (place, count) = (part.place(), part.count.unwrap_or(1).to_string());
        let told = [
            ("place", place.as_str()),
            ("extent", extent.as_str()),
            ("ground", ground.as_str()),
            ("count", count.as_str()),
        ];
        let is_several = part.count.is_some_and(|count| count > 1);
        text_with(
            language,
            if is_several { "letter-withheld-times" } else { "letter-withheld" },
            &told,
        )
    };
    let all: Vec<String> = parts.iter().map(line).collect();
    let length = |lines: &[String]| lines.iter().map(|it| it.chars().count() + 1).sum::<usize>();
    let mut kept = all.len();
    // The last line says that there are more.
    while length(all.get(..kept).unwrap_or_default()) > LONGEST_PART - 200 && kept > 0 {
        kept -= 1;
    }
    let mut written = all.get(..kept).unwrap_or_default().to_vec();
    if kept < all.len() {
        let more = (all.len() - kept).to_string();
        written.push(text_with(language, "letter-withheld-more", &[("count", &more)]));
    }
    written.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_PART, lines};
    use crate::domain::exemption::Exemption;
    use crate::domain::withholding::{Extent, WithheldPart};
    use crate::language::Language;

    fn part(table: &str, extent: Extent, count: Option<u64>) -> WithheldPart {
        let (system, table) = ("support".to_owned(), table.to_owned());
        let column = (extent != Extent::Row).then(|| "body".to_owned());
        let exemption = Exemption::RightsOfOthers;
        WithheldPart { system, table, column, extent, exemption, count }
    }

    #[test]
    fn each_place_has_its_line_and_none_is_passed_over_in_silence() {
        let parts = [
            part("tickets", Extent::Column, None),
            part("tickets", Extent::Row, Some(1)),
            part("tickets", Extent::Passage, Some(3)),
        ];
        let written = lines(Language::En, &parts);
        for line in [
            "support, tickets.body (a column): ",
            "support, tickets (a row): ",
            "support, tickets.body (a passage, 3 times): ",
        ] {
            assert!(written.lines().any(|it| it.starts_with(line)), "{line}: {written}");
        }
        let many: Vec<WithheldPart> =
            (0..500).map(|n| part(&format!("table_{n}"), Extent::Row, Some(2))).collect();
        let written = lines(Language::Fr, &many);
        assert!(written.chars().count() <= LONGEST_PART);
        let named = written.lines().count() - 1;
        let last = written.lines().last().unwrap();
        assert!(last.contains(&(500 - named).to_string()), "{last}");
    }
}
