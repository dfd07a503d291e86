//! A request as it is logged, for the tests of the rules.

use chrono::{DateTime, Utc};

use super::event::{Event, Rules};
use super::request::{Channel, Exercised};
use super::right::Right;

/// The right of access.
pub const ACCESS: Exercised = Exercised { right: Right::Access, against: None };

/// The GDPR in Paris, with no days of the controller's own.
pub fn rules() -> Rules {
    Rules {
        regime: "EU-GDPR".to_owned(),
        calendar: "FR".to_owned(),
        calendar_version: "1".to_owned(),
        time_zone: chrono_tz::Europe::Paris,
        roll_over: true,
        days: Vec::new(),
    }
}

/// The first event of its history: of age, and not represented.
pub fn logged(rules: Rules, rights: Vec<Exercised>, received_at: DateTime<Utc>) -> Event {
    let (channel, represented, minor) = (Channel::Web, false, false);
    Event::RequestLogged { channel, rights, received_at, rules, represented, minor }
}
