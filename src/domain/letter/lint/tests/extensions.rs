//! What an extension must say, and under which law there is one.

use super::{Case, at, day, spoilt};
use crate::domain::letter::Letter;

#[test]
fn an_extension_is_in_time_and_within_the_law() {
    let extension = |spoil: fn(&mut Case)| spoilt(Letter::Extension, spoil);
    let none = |case: &mut Case| case.content.extension_ground = None;
    assert_eq!(extension(none), ["extension_ground: no-extension-ground"]);
    assert_eq!(extension(|case| case.now = at("2026-03-10T22:59:00Z")), Vec::<String>::new());
    assert_eq!(extension(|case| case.now = at("2026-03-10T23:00:00Z")), ["sending: notice-late"]);
    let recorded = |case: &mut Case| {
        case.now = at("2026-03-11T10:00:00Z");
        case.content.record_late = true;
    };
    assert_eq!(extension(recorded), Vec::<String>::new());
    // Too late or not, the law knows one longest date.
    let promised = |until: &'static str| {
        spoilt(Letter::Extension, move |case| {
            recorded(case);
            case.content.until = Some(day(until));
        })
    };
    assert_eq!(promised("2026-05-11"), Vec::<String>::new());
    assert_eq!(promised("2026-05-12"), ["until: until-beyond"]);
    assert_eq!(promised("2036-05-11"), ["until: until-beyond"]);
    assert_eq!(promised("2026-03-10"), ["until: until-past", "until: until-early"]);
    // Three months from receipt end on Sunday 10 May 2026, hence on Monday.
    let until = |text: &'static str| {
        spoilt(Letter::Extension, move |case| case.content.until = Some(day(text)))
    };
    assert_eq!(until("2026-05-11"), Vec::<String>::new());
    assert_eq!(until("2026-05-12"), ["until: until-beyond"]);
    assert_eq!(until("2026-03-11"), Vec::<String>::new());
    assert_eq!(until("2026-03-10"), ["until: until-early"]);
}

#[test]
fn each_law_has_its_own_extension_or_none() {
    let of = |regime: &'static str, until: Option<&'static str>| {
        spoilt(Letter::Extension, move |case| {
            case.regime = regime;
            case.content.until = until.map(day);
        })
    };
    for (regime, until, expected) in [
        ("UK-GDPR", None, &[][..]),
        // The law names no longest time, and wants the date.
        ("CH-FADP", None, &["until: until-missing"]),
        ("CH-FADP", Some("2026-06-01"), &[]),
        ("US-CA-CCPA", None, &[]),
        ("CA-QC", None, &["letter: no-extension"]),
        ("CA-QC", Some("2026-06-01"), &["letter: no-extension"]),
    ] {
        assert_eq!(of(regime, until), expected, "{regime} {until:?}");
    }
}
