//! Files that can be used, files that cannot, and rows that cannot.

use super::check;
use crate::cli::Outcome;

const HEADER: &str = "id,regime,calendar,tz,right,received_at,events,receipt_date,ack_due,\
                      extension_notice_due,unrolled_end,expected_deadline,\
                      deadline_instant_utc_exclusive,conservative_date,target_date,status";
const RIGHT: &str = "A1,EU-GDPR,FR,Europe/Paris,access,2026-06-09T09:00:00+02:00,[],2026-06-09,,\
                     2026-07-09,2026-07-09,2026-07-09,2026-07-09T22:00:00Z,2026-07-09,2026-07-09,ok";

fn run(file: &str) -> (Result<Outcome, String>, String) {
    let mut out = Vec::new();
    let ended = check(file.as_bytes(), &mut out).map_err(|error| format!("{error:#}"));
    (ended, String::from_utf8(out).unwrap())
}

/// A file of one row, the right one with one change.
fn row(from: &str, to: &str) -> (Result<Outcome, String>, String) {
    assert!(RIGHT.contains(from));
    run(&format!("{HEADER}\n{}\n", RIGHT.replacen(from, to, 1)))
}

#[test]
fn a_file_without_differences_is_done() {
    let (ended, out) = run(&format!("\u{feff}{HEADER}\r\n{RIGHT}\r\n"));
    assert_eq!((ended, out.as_str()), (Ok(Outcome::Done), "1 cases, 0 differ\n"));
    // Columns are found by name, an instant may have any offset, no event may be empty text.
    let turned = "status,extra,target_date,conservative_date,deadline_instant_utc_exclusive,\
                  expected_deadline,unrolled_end,extension_notice_due,ack_due,receipt_date,events,\
                  received_at,right,tz,calendar,regime,id\n\
                  ok,,2026-07-09,2026-07-09,2026-07-10T00:00:00+02:00,2026-07-09,2026-07-09,\
                  2026-07-09,,2026-06-09,,2026-06-09T07:00:00Z,know,Europe/Paris,FR,EU-GDPR,A1\n";
    assert_eq!(run(turned), (Ok(Outcome::Done), "1 cases, 0 differ\n".to_owned()));
}

#[test]
fn each_difference_is_one_line() {
    let file = format!(
        "{HEADER}\n{}\n{RIGHT}\n{}\n",
        RIGHT.replace("2026-07-09,ok", ",suspended"),
        RIGHT.replace("A1", "").replace("Z,2026-07-09", "Z,2026-07-08"),
    );
    let expected = "A1: target_date: expected nothing, got 2026-07-09\n\
                    A1: status: expected suspended, got ok\n\
                    line 4: conservative_date: expected 2026-07-08, got 2026-07-09\n\
                    3 cases, 2 differ\n";
    assert_eq!(run(&file), (Ok(Outcome::Finding), expected.to_owned()));
}

#[test]
fn a_row_that_cannot_be_computed_says_its_column_and_what_to_write() {
    let rows = [
        ("EU-GDPR", "EU", "column regime: the regime “EU” is not known: give an id such as"),
        ("EU-GDPR", "", "column regime: empty"),
        (",FR,", ",XX,", "column calendar: the calendar “XX” is not known: give the code"),
        (",FR,", ",,", "column calendar: empty"),
        ("Europe/Paris", "Paris", "column tz: “Paris” is not an IANA time zone"),
        ("access", "acces", "column right: “acces” is not a right: write access"),
        ("2026-06-09T09:00:00+02:00", "2026-06-09", "column received_at: “2026-06-09” is not an"),
        ("2026-06-09T09:00:00+02:00", "1999-06-09T09:00:00Z", "column received_at: 1999-06-09 is"),
        (
            ",[],",
            r#","[{""type"":""fee_paid"",""at"":""1900-01-01T00:00:00Z""}]","#,
            "column events: 1900-01-01",
        ),
        (",[],", ",[{}],", "column events: not a JSON array of events with type and at: missing"),
        (",[],", ",{},", "column events: not a JSON array of events"),
        (",[],", r#","[{""type"":""ask"",""at"":""""}]","#, "unknown variant `ask`"),
        (",[],", r#","[{""type"":""fee_paid"",""at"":""now""}]","#, "column events: “now” is not"),
        (
            ",[],",
            r#","[{""type"":""extension_notice"",""at"":""2026-06-10T09:00:00Z"",""until"":""soon""}]","#,
            "column events: “soon” is not a date: write",
        ),
        (
            "2026-07-09,2026-07-09,2026-07-09T",
            "2026-07-09,July,2026-07-09T",
            "“July” is not a date",
        ),
        ("T22:00:00Z", "", "column deadline_instant_utc_exclusive: “2026-07-09” is not an instant"),
        (",ok", ",", "column status: empty"),
    ];
    for (from, to, expected) in rows {
        let (ended, out) = row(from, to);
        assert_eq!(ended, Ok(Outcome::Finding), "{to}");
        assert!(out.starts_with("A1: line 2, column ") && out.contains(expected), "{out}");
        assert!(out.ends_with("\n1 cases, 1 differ\n"), "{out}");
    }
}

#[test]
fn an_announced_date_may_be_an_instant() {
    let file = format!(
        "{HEADER}\nA1,CH-FADP,CH,Europe/Zurich,access,2026-06-09T09:00:00+02:00,\
         \"[{{\"\"type\"\":\"\"extension_notice\"\",\"\"at\"\":\"\"2026-07-01T09:00:00Z\"\",\
         \"\"until\"\":\"\"2026-08-13T22:00:00Z\"\"}}]\",2026-06-09,,2026-07-09,2026-08-14,\
         2026-08-14,2026-08-14T22:00:00Z,2026-08-14,2026-08-14,ok\n"
    );
    assert_eq!(run(&file), (Ok(Outcome::Done), "1 cases, 0 differ\n".to_owned()));
}

#[test]
fn a_file_that_is_not_usable_says_where() {
    let rows = [
        (String::new(), "line 1: the column id is missing"),
        ("id,regime\n".to_owned(), "line 1: the column calendar is missing"),
        (format!("{HEADER},id\n{RIGHT},A1\n"), "line 1: the column id is there twice"),
        (format!("{HEADER}\n"), "it has no row below the names of the columns"),
        (
            format!("{HEADER}\n{RIGHT}\nA2,EU-GDPR\n"),
            "line 3 has 2 cells, and line 1 names 16 columns",
        ),
    ];
    for (file, expected) in rows {
        let (ended, _) = run(&file);
        let error = ended.unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
    let mut out = Vec::new();
    let bytes = [HEADER.as_bytes(), b"\r\n\r\n\xff\xfe", RIGHT.as_bytes()].concat();
    let error = check(bytes.as_slice(), &mut out).unwrap_err().to_string();
    assert!(error.starts_with("line 3 is not UTF-8"), "{error}");
    let error = check(b"id,\xff\n".as_slice(), &mut out).unwrap_err().to_string();
    assert!(error.starts_with("line 1 is not UTF-8"), "{error}");
}

/// Lines are those of an editor, whatever ends them and however many are empty.
#[test]
fn a_line_is_named_as_an_editor_counts() {
    let bad = RIGHT.replace("access", "acces");
    let long = RIGHT.replace("[]", "\"[\n\n]\"");
    for (end, before, line) in [
        ("\n", vec![], 2),
        ("\r\n", vec![], 2),
        ("\r", vec![], 2),
        ("\n", vec![RIGHT], 3),
        ("\r\n", vec![RIGHT], 3),
        ("\n", vec!["", ""], 4),
        ("\r\n", vec!["", RIGHT, "", ""], 6),
        ("\r\n", vec![long.as_str(), ""], 6),
    ] {
        let rows = |row: &str| {
            let mut lines = vec![HEADER];
            lines.extend(&before);
            lines.push(row);
            lines.join(end)
        };
        let (ended, out) = run(&rows(&bad));
        assert_eq!(ended, Ok(Outcome::Finding), "{out}");
        assert!(out.contains(&format!("A1: line {line}, column right: ")), "{end:?} {out}");
        let error = run(&rows("A2,EU-GDPR")).0.unwrap_err();
        assert!(error.starts_with(&format!("line {line} has 2 cells")), "{end:?} {error}");
    }
}
