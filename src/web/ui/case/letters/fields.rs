//! The form of a letter: its fields as a page shows them, and what was typed as the content of the
//! letter.

use chrono_tz::Tz;

use crate::domain::event::{ExtensionGround, PauseGround};
use crate::domain::exemption::Exemption;
use crate::domain::letter::Letter;
use crate::domain::letter::content::{Content, RefusedRight};
use crate::domain::right::Right;
use crate::error::{Error, Result};
use crate::web::ui::form::Form;

/// What was typed, as the content of a letter.
///
/// # Errors
/// `Invalid` where a date or a choice does not read.
pub fn typed(form: &Form, letter: Letter, zone: Tz) -> Result<Content> {
    let mut content = Content::default();
    for part in letter.parts() {
        let words = form.field(&format!("part_{}", part.name()));
        if !words.trim().is_empty() {
            content.parts.insert(part, words.to_owned());
        }
        if form.all("not_applicable").any(|name| name == part.name()) {
            content.not_applicable.insert(part);
        }
    }
    for name in form.all("rights").take(Right::ALL.len()) {
        let unknown = || Error::invalid("rights", "unknown-value");
        let right = Right::parse(name).ok_or_else(unknown)?;
        let ground = form.field(&format!("ground_{name}"));
        let reason = form.field(&format!("reason_{name}")).to_owned();
        let ground = (!ground.is_empty()).then(|| Exemption::parse(ground));
        content.rights.push(RefusedRight { right, ground: ground.flatten(), reason });
    }
    let given = |name: &str| Some(form.field(name).trim()).filter(|value| !value.is_empty());
    content.subject_country = given("subject_country").map(str::to_uppercase);
    content.extension_ground = given("extension_ground").and_then(ExtensionGround::parse);
    content.until = form.day("until")?;
    content.record_late = given("record_late").is_some();
    content.pause_ground = given("pause_ground").and_then(PauseGround::parse);
    content.replied_at = form.instant("replied_at", zone)?;
    content.reminded_on = form.day("reminded_on")?;
    content.nothing_held = given("nothing_held").is_some();
    content.breach = given("breach").and_then(|id| id.parse().ok());
    Ok(content)
}
