//! The shipped data against what the law says, and the arithmetic of working days.

use chrono::NaiveDate;

use super::{Calendar, CalendarError};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn holiday(code: &str, date: &str) -> bool {
    Calendar::shipped(code).unwrap().is_holiday(day(date)).unwrap()
}

#[test]
fn every_calendar_that_a_regime_needs_is_shipped() {
    let codes: Vec<_> = Calendar::codes().unwrap().collect();
    let needed = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE \
                  IS LI NO GB-ENG GB-WLS GB-SCT GB-NIR CH US CA CA-QC BR KR TH TR ZA IN JP CN NZ \
                  SA TW FR-ALM FR-971 FR-972 FR-973 FR-974 FR-976 DE-BB DE-BE DE-BW DE-BY DE-HB \
                  DE-HE DE-HH DE-MV DE-NI DE-NW DE-RP DE-SH DE-SL DE-SN DE-ST DE-TH CH-ZH CH-GE";
    for code in needed.split_whitespace() {
        assert!(codes.contains(&code), "{code} is missing");
    }
}

#[test]
fn france_has_eleven_holidays_wherever_easter_falls() {
    // Easter Monday, Ascension, Whit Monday, Good Friday (Alsace-Moselle).
    let years = [
        (2026, "04-06", "05-14", "05-25", "04-03"),
        (2027, "03-29", "05-06", "05-17", "03-26"),
        (2028, "04-17", "05-25", "06-05", "04-14"),
        (2029, "04-02", "05-10", "05-21", "03-30"),
        (2030, "04-22", "05-30", "06-10", "04-19"),
    ];
    for (year, easter_monday, ascension, whit_monday, good_friday) in years {
        let mut expected: Vec<String> =
            ["01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25"]
                .into_iter()
                .chain([easter_monday, ascension, whit_monday])
                .map(|date| format!("{year}-{date}"))
                .collect();
        expected.sort();
        let found: Vec<String> = day(&format!("{year}-01-01"))
            .iter_days()
            .take(365)
            .filter(|date| holiday("FR", &date.to_string()))
            .map(|date| date.to_string())
            .collect();
        assert_eq!(found, expected);
        for date in [format!("{year}-{good_friday}"), format!("{year}-12-26")] {
            assert!(!holiday("FR", &date) && holiday("FR-ALM", &date), "{date}");
        }
    }
}

#[test]
fn the_data_says_what_the_law_says() {
    // Calendar, date, whether it is a public holiday.
    let rows = [
        // Good Friday 2026 is none in these States, and one in those.
        ("FR", "2026-04-03", false),
        ("IT", "2026-04-03", false),
        ("LU", "2026-04-03", false),
        ("PL", "2026-04-03", false),
        ("BE", "2026-04-03", false),
        ("AT", "2026-04-03", false),
        ("IE", "2026-04-03", false),
        ("DE", "2026-04-03", true),
        ("GB-ENG", "2026-04-03", true),
        // Orthodox Good Friday and Easter Monday 2026.
        ("GR", "2026-04-13", true),
        ("CY", "2026-04-10", true),
        ("BG", "2026-04-10", true),
        ("RO", "2026-04-13", true),
        ("GR", "2026-04-06", false),
        // Ireland: first Monday of February, or 1 February when it is a Friday; from 2023.
        ("IE", "2022-02-07", false),
        ("IE", "2026-02-02", true),
        ("IE", "2030-02-01", true),
        // Denmark: Maundy Thursday; Great Prayer Day until 2023.
        ("DK", "2026-04-02", true),
        ("DK", "2023-05-05", true),
        ("DK", "2024-04-26", false),
        ("DK", "2026-05-01", false),
        // Poland: 24 December from 2025.
        ("PL", "2024-12-24", false),
        ("PL", "2025-12-24", true),
        // Italy: 4 October from 2026.
        ("IT", "2025-10-04", false),
        ("IT", "2026-10-04", true),
        ("IT", "2027-10-04", true),
        // Scotland: 15 June 2026 once; 2 January; no Easter Monday.
        ("GB-SCT", "2026-06-15", true),
        ("GB-SCT", "2027-06-15", false),
        ("GB-ENG", "2026-06-15", false),
        ("GB-SCT", "2026-01-02", true),
        ("GB-SCT", "2026-04-06", false),
        ("GB-NIR", "2026-07-13", true),
        // Sweden and Finland: eves are free by practice, no public holidays.
        ("SE", "2026-06-19", false),
        ("SE", "2026-06-20", true),
        ("SE", "2026-12-24", false),
        ("FI", "2026-06-19", false),
        ("FI", "2026-12-24", false),
        ("FI", "2026-12-25", true),
        // Germany: nation-wide list, Länder add.
        ("DE", "2026-10-03", true),
        ("DE", "2026-06-04", false),
        ("DE-BY", "2026-06-04", true),
        ("DE-BE", "2026-03-08", true),
        ("DE-MV", "2026-03-08", true),
        ("DE-BW", "2026-01-06", true),
        ("DE-NW", "2026-01-06", false),
        // French overseas: the abolition of slavery alone.
        ("FR-971", "2026-05-27", true),
        ("FR-971", "2026-04-03", false),
        ("FR-972", "2026-05-22", true),
        ("FR-973", "2026-06-10", true),
        ("FR-974", "2027-12-20", true),
        ("FR-976", "2026-04-27", true),
        ("FR", "2027-12-20", false),
        ("FR-974", "2026-07-14", true),
        // America.
        ("US", "2026-06-19", true),
        ("US", "2026-01-19", true),
        ("CA-QC", "2026-06-24", true),
        ("CA", "2026-06-24", false),
        ("BR", "2026-02-17", false),
        ("NO", "2027-05-17", true),
    ];
    for (code, date, expected) in rows {
        assert_eq!(holiday(code, date), expected, "{code} {date}");
    }
}

#[test]
fn an_unknown_code_is_refused_in_clear_words() {
    for code in ["", "XX", "fr", "GB", "FR+", "+strict", "FR+strict+strict"] {
        let error = Calendar::shipped(code).unwrap_err();
        assert_eq!(error, CalendarError::Unknown { code: code.to_owned() });
        assert!(error.to_string().contains("give the code of a state"), "{error}");
    }
}

#[test]
fn a_controller_adds_and_removes_days() {
    let calendar = Calendar::shipped("FR").unwrap();
    let (patron, both) = (day("2026-12-07"), day("2026-12-08"));
    let own = calendar.clone().with_days(&[patron, both], &[day("2026-05-25"), both]).unwrap();
    assert!(!own.is_working_day(patron).unwrap());
    assert!(own.is_working_day(both).unwrap());
    assert!(own.is_working_day(day("2026-05-25")).unwrap());
    assert!(!calendar.is_working_day(day("2026-05-25")).unwrap());
    assert_eq!(own.added(), [patron, both]);
    assert_eq!(own.removed(), [day("2026-05-25"), both]);
    assert_eq!((own.code(), own.version()), ("FR", "2026-11-22"));
    let outside = day("2041-01-01");
    for (added, removed) in [(vec![outside], vec![]), (vec![], vec![outside])] {
        let refused = calendar.clone().with_days(&added, &removed);
        assert_eq!(refused.unwrap_err(), CalendarError::Outside { date: outside });
    }
}

#[test]
fn strict_is_a_choice_of_the_controller() {
    assert!(!Calendar::shipped("FR").unwrap().is_strict());
    assert!(Calendar::shipped("FR+strict").unwrap().is_strict());
    assert_eq!(Calendar::shipped("FR+strict").unwrap(), Calendar::shipped("FR").unwrap().strict());
}

#[test]
fn working_days_are_counted_both_ways() {
    let us = Calendar::shipped("US").unwrap();
    assert_eq!(us.working_days_after(day("2026-01-05"), 10).unwrap(), day("2026-01-20"));
    assert_eq!(us.working_days_before(day("2026-01-20"), 10).unwrap(), day("2026-01-05"));
    assert_eq!(us.working_days_after(day("2026-01-03"), 0).unwrap(), day("2026-01-03"));
    let fr = Calendar::shipped("FR").unwrap();
    // Saturday, Sunday, Easter Monday.
    assert_eq!(fr.on_or_after(day("2026-04-04")).unwrap(), day("2026-04-07"));
    assert_eq!(fr.on_or_before(day("2026-04-06")).unwrap(), day("2026-04-03"));
    // Saudi Arabia rests on Friday and Saturday.
    let sa = Calendar::shipped("SA").unwrap();
    assert!(sa.is_working_day(day("2026-08-02")).unwrap());
    assert!(!sa.is_working_day(day("2026-07-31")).unwrap());
}

#[test]
fn outside_the_data_nothing_is_guessed() {
    let fr = Calendar::shipped("FR").unwrap();
    assert_eq!(fr.check(day("2040-12-31")), Ok(day("2040-12-31")));
    for date in [day("2019-12-31"), day("2041-01-01"), NaiveDate::MIN, NaiveDate::MAX] {
        assert_eq!(fr.check(date), Err(CalendarError::Outside { date }));
        assert!(fr.is_holiday(date).is_err() && fr.is_working_day(date).is_err());
        assert!(fr.on_or_after(date).is_err() && fr.on_or_before(date).is_err());
        assert!(fr.working_days_after(date, 1).is_err() || date == day("2019-12-31"));
        assert!(fr.working_days_before(date, 1).is_err() || date == day("2041-01-01"));
    }
    // 2040-12-30 is a Sunday and the data ends the day after.
    assert!(fr.working_days_after(day("2040-12-30"), 2).is_err());
}
