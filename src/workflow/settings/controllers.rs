//! Setting up a controller: who it is, which law it answers under, and by which calendar.

use chrono::NaiveDate;
use serde_json::json;

use super::{permission, text};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::controllers::{self, CalendarDay, Controller};
use crate::db::events;
use crate::domain::actor::{Ctx, Permission};
use crate::domain::calendar::Calendar;
use crate::domain::country::is_country;
use crate::domain::identity::{LEAST, Level};
use crate::domain::ids::ControllerId;
use crate::domain::regime;
use crate::error::{Error, FieldError, Result};
use crate::language::Language;
use crate::mail::address::MailAddress;
use crate::vault::Vault;
use crate::workflow::record::{Expected, settings_event};

/// How many days a controller may add to its calendar, or take away.
pub const MOST_DAYS: usize = 1_000;

/// A controller as it is asked for.
#[derive(Clone, Debug)]
pub struct NewController {
    /// How addresses and files name the controller: small ASCII letters, digits and hyphens.
    pub slug: String,
    pub name: String,
    pub address: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    pub contact: String,
    pub authority: String,
    pub language: Language,
    pub regime: String,
    pub calendar: String,
    pub roll_over: bool,
    /// IANA.
    pub time_zone: String,
    /// No answer leaves below it.
    pub least_level: Level,
}

/// What to change of a controller; what is absent stays. The slug never changes.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub name: Option<String>,
    pub address: Option<String>,
    pub country: Option<String>,
    pub contact: Option<String>,
    pub authority: Option<String>,
    pub language: Option<Language>,
    pub regime: Option<String>,
    pub calendar: Option<String>,
    pub roll_over: Option<bool>,
    pub time_zone: Option<String>,
    /// Whether who prepared an answer may not release it.
    pub four_eyes: Option<bool>,
    /// No answer leaves below it: as the policy asks, or more.
    pub least_level: Option<Level>,
    pub mail: MailChange,
}

/// How the mail of a controller is signed; what is absent stays, and what is empty is taken away.
#[derive(Clone, Debug, Default)]
pub struct MailChange {
    /// The address that mail comes from.
    pub from: Option<String>,
    /// Where answers to it go.
    pub reply_to: Option<String>,
    /// The name beside the address; without one, the name of the controller.
    pub name: Option<String>,
}

/// A day that differs from the shipped calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayChange {
    pub day: NaiveDate,
    /// A holiday more, or one that is worked.
    pub added: bool,
    pub name: String,
}

/// Prepares a new controller with a key of its own.
///
/// # Errors
/// `Invalid` with every rule that is broken.
pub fn prepare(ctx: &Ctx, vault: &Vault, new: NewController) -> Result<Controller> {
    let id: ControllerId = ctx.new_id();
    let (_, wrapped_key) = vault.new_controller_key(id.uuid())?;
    let row = Controller {
        id,
        slug: new.slug,
        name: new.name,
        address: new.address,
        country: new.country,
        contact: new.contact,
        authority: new.authority,
        language: new.language,
        regime: new.regime,
        calendar: new.calendar,
        roll_over: new.roll_over,
        time_zone: new.time_zone,
        wrapped_key,
        version: 1,
        created_at: Instant::from(ctx.now),
        mail_from: None,
        mail_reply_to: None,
        mail_name: None,
        four_eyes: false,
        least_level: new.least_level,
    };
    check(&row)?;
    Ok(row)
}

/// Stores a prepared controller.
///
/// # Errors
/// `Forbidden` for anybody but an operator; `Conflict` when the slug is taken.
pub fn create(conn: &mut Conn, ctx: &Ctx, row: &Controller) -> Result<()> {
    permission::run_instance(&ctx.actor)?;
    if controllers::by_slug(conn, &row.slug)?.is_some() {
        return Err(Error::Conflict { code: "slug-taken" });
    }
    controllers::insert(conn, row)?;
    let detail = json!({ "regime": row.regime, "calendar": row.calendar });
    let event = settings_event(ctx, Some(row.id), "ControllerCreated", &detail);
    Ok(events::insert(conn, &event)?)
}

/// Changes settings. Cases that are open keep the rules that they were received under; the least level
/// of an answer counts at once for all of them, and for what is handed out.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Conflict` when somebody was faster, `Invalid`.
pub fn change(
    conn: &mut Conn,
    ctx: &Ctx,
    id: ControllerId,
    expected: Expected,
    change: &Change,
) -> Result<Controller> {
    permission::on_controller(&ctx.actor, id, Permission::Administer)?;
    let before = controllers::find(conn, id)?;
    let mut row = before.clone();
    let mut changed = Vec::new();
    {
        let mut set = |name: &'static str, target: &mut String, wanted: &Option<String>| {
            if let Some(wanted) = wanted
                && wanted != target
            {
                target.clone_from(wanted);
                changed.push(name);
            }
        };
        set("name", &mut row.name, &change.name);
        set("address", &mut row.address, &change.address);
        set("country", &mut row.country, &change.country);
        set("contact", &mut row.contact, &change.contact);
        set("authority", &mut row.authority, &change.authority);
        set("regime", &mut row.regime, &change.regime);
        set("calendar", &mut row.calendar, &change.calendar);
        set("time_zone", &mut row.time_zone, &change.time_zone);
    }
    if let Some(language) = change.language.filter(|it| *it != row.language) {
        row.language = language;
        changed.push("language");
    }
    if let Some(roll_over) = change.roll_over.filter(|it| *it != row.roll_over) {
        row.roll_over = roll_over;
        changed.push("roll_over");
    }
    if let Some(four_eyes) = change.four_eyes.filter(|it| *it != row.four_eyes) {
        row.four_eyes = four_eyes;
        changed.push("four_eyes");
    }
    if let Some(least_level) = change.least_level.filter(|it| *it != row.least_level) {
        row.least_level = least_level;
        changed.push("least_level");
    }
    changed.extend(change_mail(&mut row, &change.mail));
    check(&row)?;
    let detail = json!({ "changed": changed });
    store(conn, ctx, row, expected, "ControllerChanged", &detail)
}

fn change_mail(row: &mut Controller, change: &MailChange) -> Vec<&'static str> {
    let mut changed = Vec::new();
    let mut set = |name: &'static str, target: &mut Option<String>, wanted: &Option<String>| {
        let Some(wanted) = wanted else {
            return;
        };
        let wanted = Some(wanted.trim().to_owned()).filter(|text| !text.is_empty());
        if wanted != *target {
            *target = wanted;
            changed.push(name);
        }
    };
    set("mail_from", &mut row.mail_from, &change.from);
    set("mail_reply_to", &mut row.mail_reply_to, &change.reply_to);
    set("mail_name", &mut row.mail_name, &change.name);
    changed
}

/// Replaces the days by which the controller's calendar differs from the shipped one.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Conflict` when somebody was faster, `Invalid` with every day that
/// stands twice, has no name or lies outside of the holiday data.
pub fn replace_days(
    conn: &mut Conn,
    ctx: &Ctx,
    id: ControllerId,
    expected: Expected,
    days: &[DayChange],
) -> Result<Controller> {
    permission::on_controller(&ctx.actor, id, Permission::Administer)?;
    let row = controllers::find(conn, id)?;
    check_days(&row.calendar, days)?;
    let rows: Vec<CalendarDay> = days
        .iter()
        .map(|day| CalendarDay {
            controller_id: id,
            day: day.day,
            change: if day.added { "added" } else { "removed" }.to_owned(),
            name: day.name.clone(),
        })
        .collect();
    controllers::replace_calendar_days(conn, id, &rows)?;
    let count = |added| days.iter().filter(|day| day.added == added).count();
    let detail = json!({ "added": count(true), "removed": count(false) });
    store(conn, ctx, row, expected, "CalendarDaysReplaced", &detail)
}

fn store(
    conn: &mut Conn,
    ctx: &Ctx,
    mut row: Controller,
    expected: Expected,
    kind: &str,
    detail: &serde_json::Value,
) -> Result<Controller> {
    let found = row.version;
    let stale = || Error::Conflict { code: "stale" };
    if matches!(expected, Expected::Version(version) if version != found) {
        return Err(stale());
    }
    row.version = found.saturating_add(1);
    if !controllers::update(conn, &row, found)? {
        return Err(stale());
    }
    events::insert(conn, &settings_event(ctx, Some(row.id), kind, detail))?;
    Ok(row)
}

/// Every rule that the settings break.
fn check(row: &Controller) -> Result<()> {
    let mut errors: Vec<FieldError> = [
        text::line("name", &row.name, 200),
        text::lines("address", &row.address, 500),
        text::line("contact", &row.contact, 200),
        text::lines("authority", &row.authority, 500),
    ]
    .into_iter()
    .flatten()
    .collect();
    for (field, address) in [("mail_from", &row.mail_from), ("mail_reply_to", &row.mail_reply_to)] {
        if address.as_ref().is_some_and(|address| MailAddress::parse(address).is_err()) {
            errors.push(FieldError::new(field, "mail-address"));
        }
    }
    if let Some(name) = &row.mail_name {
        errors.extend(text::line("mail_name", name, 100));
    }
    if !is_slug(&row.slug) {
        errors.push(FieldError::new("slug", "slug"));
    }
    if !is_country(&row.country) {
        errors.push(FieldError::new("country", "country"));
    }
    match regime::find(&row.regime) {
        Ok(found) if is_offered(found) => {}
        Ok(_) => errors.push(FieldError::new("regime", "regime-not-offered")),
        Err(_) => errors.push(FieldError::new("regime", "unknown-regime")),
    }
    // `+strict` is the other way to write roll_over, for files and the command line.
    if !Calendar::shipped(&row.calendar).is_ok_and(|found| found.code() == row.calendar) {
        errors.push(FieldError::new("calendar", "unknown-calendar"));
    }
    if row.least_level < LEAST {
        errors.push(FieldError::new("least_level", "least-level"));
    }
    if row.time_zone.parse::<chrono_tz::Tz>().is_err() {
        errors.push(FieldError::new("time_zone", "unknown-time-zone"));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

fn is_slug(slug: &str) -> bool {
    (2..=40).contains(&slug.len())
        && slug
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Whether a controller may answer under a regime: it is enabled, and not just the clock of one
/// right of other regimes.
#[must_use]
pub fn is_offered(regime: &regime::Regime) -> bool {
    let of_one_right = regime.elsewhere.is_empty()
        && regime::all().any(|other| other.elsewhere.iter().any(|(_, id)| *id == regime.id));
    regime.enabled && !of_one_right
}

fn check_days(calendar: &str, days: &[DayChange]) -> Result<()> {
    if days.len() > MOST_DAYS {
        let maximum = vec![("maximum", MOST_DAYS.to_string())];
        return Err(Error::invalid_with("days", "too-many", maximum));
    }
    let calendar = Calendar::shipped(calendar)
        .map_err(|_| Error::internal("the calendar of a controller is not known"))?;
    let mut errors = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for (position, day) in days.iter().enumerate() {
        let place = format!("days[{position}]");
        if !seen.insert(day.day) {
            errors.push(FieldError::new(format!("{place}.day"), "day-twice"));
        }
        if calendar.check(day.day).is_err() {
            errors.push(FieldError::new(format!("{place}.day"), "outside-calendar"));
        }
        if let Some(mut error) = text::line("name", &day.name, 100) {
            error.field = format!("{place}.name");
            errors.push(error);
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

#[cfg(test)]
mod tests {
    use super::{is_offered, is_slug};
    use crate::domain::regime;

    #[test]
    fn a_slug_is_short_and_plain() {
        for (slug, expected) in [
            ("maison-exemple", true),
            ("a1", true),
            ("a", false),
            ("", false),
            ("Maison", false),
            ("maison exemple", false),
            ("maisön", false),
            (&"a".repeat(40), true),
            (&"a".repeat(41), false),
        ] {
            assert_eq!(is_slug(slug), expected, "{slug}");
        }
    }

    #[test]
    fn the_regimes_offered_are_whole_laws_that_are_enabled() {
        let offered: Vec<_> =
            regime::all().filter(|regime| is_offered(regime)).map(|regime| regime.id).collect();
        assert_eq!(offered, ["EU-GDPR", "UK-GDPR", "FR-CSP", "CH-FADP", "US-CA-CCPA", "CA-QC"]);
    }
}
