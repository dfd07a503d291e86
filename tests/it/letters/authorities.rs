//! The embedded list of authorities against the table of the law's summary, where that is at hand.

use guichet::domain::letter::authority::{Named, all, of_controller, of_state};

/// Hosts that the two sources give differently: the authority answers at both, or has moved.
const OTHER_HOST: [(&str, &str); 2] =
    [("BE", "www.autoriteprotectiondonnees.be"), ("CZ", "uoou.gov.cz")];

/// The host of an address, without `www.`.
fn host(address: &str) -> &str {
    let after = address.split("//").nth(1).unwrap_or_default();
    let host = after.split('/').next().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

#[test]
fn the_list_agrees_with_the_summary_of_the_law() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/law/law.md");
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: ../shared/law/law.md is not here");
        return;
    };
    let (_, section) = text.split_once("### 6.2 ").unwrap();
    let (table, _) = section.split_once("\nGerman Länder").unwrap();
    let mut compared = 0;
    for row in table.lines().filter(|line| line.starts_with("| ")) {
        let columns: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [state, name, website] = columns[..] else { panic!("{row}") };
        // The institutions of the EU are no State, and the list has none for them.
        if state == "State" || state == "EU bodies" {
            continue;
        }
        let iso = if state == "UK" { "GB" } else { state };
        let found = match of_state(iso) {
            Some(only) => only,
            None => all()
                .iter()
                .find(|it| it.states == [iso] && host(it.website) == host(website))
                .unwrap(),
        };
        let differs = OTHER_HOST.contains(&(iso, website.split("//").nth(1).unwrap()));
        assert_eq!(host(found.website) == host(website), !differs, "{row}: {found:?}");
        let known = format!("{} {}", found.name, found.called.join(" ")).to_lowercase();
        let words = name.split(|c: char| !c.is_alphanumeric());
        let mut words = words.filter(|word| word.chars().count() > 3).map(str::to_lowercase);
        // Of these the list has the name in the State's own language, or another translation.
        let is_translated = ["CY", "GR", "RO"].contains(&iso);
        assert!(is_translated || words.any(|word| known.contains(&word)), "{row}: {found:?}");
        let without_brackets = name.split(" (").next().unwrap();
        let meant = of_controller(iso, without_brackets);
        assert_eq!(meant, Named::Listed(found), "{row}");
        assert!(meant.is_whole(), "{row}");
        compared += 1;
    }
    assert_eq!(compared, 32, "27 States, three of the EEA, the UK and Switzerland");
}
