//! The supervisory authorities, read once from `data/supervisory-authorities.txt`, and which of them
//! a letter names (GDPR Art. 77).

use std::sync::LazyLock;

const AUTHORITIES: &str = include_str!("../../../data/supervisory-authorities.txt");

/// The States of the EU and the EEA, where Art. 77 lets a person choose among authorities.
const EUROPEAN: [&str; 30] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS",
    "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// One authority, as public lists know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// ISO 3166-1 alpha-2.
    pub states: Vec<&'static str>,
    /// Abbreviations and other names in common use.
    pub called: Vec<&'static str>,
    pub name: &'static str,
    /// In one line.
    pub address: &'static str,
    /// Empty where the list knows none.
    pub website: &'static str,
    /// The page that takes complaints; empty where the list knows none.
    pub complaints: &'static str,
}

/// What a letter names: an authority of the list, or the words of the controller's settings where
/// they give an address, or the list does not say which one is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    Listed(&'static Authority),
    Written(String),
}

/// Authorities for the public bodies of a region, which the list does not have (law.md §6.2): by a word
/// of their names. The one of the State does not stand in for them.
const REGIONAL: [&str; 7] = ["APDCAT", "Catalana", "AVPD", "Vasca", "Datuak", "CTPDA", "Andalucía"];

static TABLE: LazyLock<Vec<Authority>> = LazyLock::new(|| read(AUTHORITIES));

/// Every authority of the list.
#[must_use]
pub fn all() -> &'static [Authority] {
    &TABLE
}

fn read(text: &'static str) -> Vec<Authority> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let rows = lines.filter_map(|line| {
        let mut columns = line.split('\t');
        let mut next = || columns.next();
        let words = |list: &'static str| list.split(',').filter(|it| !it.is_empty()).collect();
        Some(Authority {
            states: words(next()?),
            called: words(next()?),
            name: next()?,
            address: next()?,
            website: next()?,
            complaints: next()?,
        })
    });
    rows.collect()
}

/// Whether a State is of the EU or the EEA.
#[must_use]
pub fn is_european(state: &str) -> bool {
    EUROPEAN.contains(&state)
}

/// The one authority of a State; nothing where it has several (Germany) or the list has none.
#[must_use]
pub fn of_state(state: &str) -> Option<&'static Authority> {
    let mut found = all().iter().filter(|authority| authority.states.contains(&state));
    match (found.next(), found.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// Whether a State has several authorities, so that a person must find out which one is meant.
#[must_use]
pub fn are_several(state: &str) -> bool {
    all().iter().filter(|authority| authority.states.contains(&state)).count() > 1
}

/// The one of several authorities of a State that answers for the whole of it: the federal one of
/// Germany (law.md §6.2).
#[must_use]
pub fn federal_of(state: &str) -> Option<&'static Authority> {
    const FEDERAL: [&str; 1] = ["BfDI"];
    let mut here = all().iter().filter(|authority| authority.states.contains(&state));
    here.find(|authority| FEDERAL.iter().any(|name| authority.called.contains(name)))
}

/// The authority of a controller. An address or a web page that the controller wrote in its settings
/// is its own word, and stands as it was written; the list adds what is missing of an authority that it
/// knows, or of the only one of the State: the address, and the page for complaints.
#[must_use]
pub fn of_controller(state: &str, setting: &str) -> Named {
    let setting = setting.trim();
    let mut here = all().iter().filter(|authority| authority.states.contains(&state));
    let named = here.find(|authority| authority.is_meant(setting));
    let only = || of_state(state).filter(|_| !names_another(setting));
    let Some(listed) = named.or_else(only) else {
        return Named::Written(setting.to_owned());
    };
    let (has_address, has_page) = (has_address(setting), has_page(setting));
    if !has_address && !has_page {
        return Named::Listed(listed);
    }
    let mut written = vec![setting];
    written.extend((!has_address).then_some(listed.address));
    written.extend((!has_page).then_some(listed.page()).filter(|page| !page.is_empty()));
    Named::Written(written.join(", "))
}

/// Whether a setting means an authority that is not the State's own.
fn names_another(setting: &str) -> bool {
    all().iter().any(|authority| authority.is_meant(setting))
        || REGIONAL.iter().any(|word| holds_word(setting, word))
}

fn is_page(word: &str) -> bool {
    word.contains("www.") || word.contains("://")
}

fn has_page(setting: &str) -> bool {
    setting.split_whitespace().any(is_page)
}

/// Numbers of houses and postal codes stand in addresses, and in no name.
fn has_address(setting: &str) -> bool {
    let mut words = setting.split_whitespace().filter(|word| !is_page(word));
    let said = |line: &&str| line.split_whitespace().any(|word| !is_page(word));
    words.any(|word| word.contains(char::is_numeric)) || setting.lines().filter(said).count() > 1
}

fn has_name(setting: &str) -> bool {
    let mut words = setting.split_whitespace().filter(|word| !is_page(word));
    words.any(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1)
}

/// Whether a setting holds these words as words of their own.
fn holds_word(setting: &str, word: &str) -> bool {
    let (low, word) = (setting.to_lowercase(), word.to_lowercase());
    low.match_indices(&word).any(|(at, _)| {
        let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        let (before, after) = low.split_at_checked(at).unwrap_or_default();
        let after = after.strip_prefix(word.as_str()).unwrap_or_default();
        is_edge(before.chars().next_back()) && is_edge(after.chars().next())
    })
}

impl Named {
    /// Whether name, address and page are known.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        match self {
            Self::Listed(listed) => !listed.page().is_empty(),
            Self::Written(words) => has_name(words) && has_address(words) && has_page(words),
        }
    }
}

impl Authority {
    /// The page that takes complaints, or the web site where the list knows none.
    #[must_use]
    pub const fn page(&self) -> &'static str {
        if self.complaints.is_empty() { self.website } else { self.complaints }
    }

    /// Whether a setting names this authority: by its name, or by a word of its own.
    fn is_meant(&self, setting: &str) -> bool {
        let mut names = self.called.iter().chain([&self.name]);
        names.any(|name| holds_word(setting, name))
    }
}

#[cfg(test)]
mod tests {
    use super::{AUTHORITIES, Named, all, are_several, federal_of};
    use super::{is_european, of_controller, of_state};

    #[test]
    fn every_line_is_an_authority_with_name_and_address() {
        let lines = AUTHORITIES.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(all().len(), lines);
        assert!(lines >= 57, "{lines}");
        for authority in all() {
            assert!(!authority.name.is_empty() && !authority.address.is_empty(), "{authority:?}");
            assert!(!authority.states.is_empty(), "{authority:?}");
            for place in [authority.website, authority.complaints] {
                assert!(place.is_empty() || place.starts_with("http"), "{authority:?}");
            }
        }
    }

    #[test]
    fn every_european_state_has_one_but_germany_has_many() {
        for state in super::EUROPEAN {
            let found = of_state(state);
            assert_eq!(found.is_none(), state == "DE", "{state}");
            assert_eq!(are_several(state), state == "DE", "{state}");
            let federal = federal_of(state).map(|authority| authority.website);
            assert_eq!(federal, (state == "DE").then_some("https://www.bfdi.bund.de"), "{state}");
        }
        assert!(is_european("NO") && !is_european("GB") && !is_european("CH"));
        assert_eq!(of_state("GB").unwrap().called[0], "ICO");
        assert!(of_state("US").is_none());
    }

    #[test]
    fn the_words_of_the_controller_stand_and_what_is_missing_is_added() {
        const PAGE: &str = "https://www.cnil.fr/fr/plaintes";
        let own = "CNIL, 8 rue Vivienne, 75002 Paris";
        for (setting, expected) in [
            (own.to_owned(), format!("{own}, {PAGE}")),
            (format!("{own}, www.cnil.fr"), format!("{own}, www.cnil.fr")),
        ] {
            assert_eq!(of_controller("FR", &setting), Named::Written(expected));
        }
        let Named::Written(page_alone) = of_controller("FR", "CNIL, www.cnil.fr") else {
            panic!("the controller wrote a page")
        };
        assert!(page_alone.starts_with("CNIL, www.cnil.fr, 3 Place de Fontenoy"), "{page_alone}");
    }

    #[test]
    fn what_is_not_whole_is_known_as_such() {
        for (state, setting, expected) in [
            ("FR", "CNIL", true),
            ("FR", "-", true),
            ("FR", "", true),
            ("DE", "-", false),
            ("DE", "BayLDA", true),
            ("DE", "Datenschutzaufsicht, www.amt1.example", false),
            ("DE", "Datenschutzaufsicht, Hauptstr. 1, 10115 Berlin", false),
            ("DE", "Datenschutzaufsicht, Hauptstr. 1, 10115 Berlin, www.amt.example", true),
            // The list has no page of this one.
            ("DE", "Diözesandatenschutzbeauftragter Bayerische Bistümer", false),
            ("ES", "APDCAT, Barcelona", false),
            ("US", "Agency, 1 Main Street, https://agency.example", true),
            ("US", "1 2, https://agency.example", false),
            ("US", "Agency of the settings", false),
        ] {
            assert_eq!(of_controller(state, setting).is_whole(), expected, "{state} {setting}");
        }
    }

    #[test]
    fn the_setting_of_a_controller_says_which_one_is_meant() {
        let listed = |state, setting| match of_controller(state, setting) {
            Named::Listed(authority) => authority.name,
            Named::Written(_) => "as written",
        };
        for (state, setting, expected) in [
            ("FR", "CNIL", "Commission Nationale de l'Informatique et des Libertés – CNIL"),
            ("FR", "CNIL, 3 place de Fontenoy", "as written"),
            ("FR", "CNIL, www.cnil.fr", "as written"),
            ("FR", "La CNIL", "Commission Nationale de l'Informatique et des Libertés – CNIL"),
            ("IE", "Data Protection Commission", "Irish Data Protection Commission"),
            ("DE", "BayLDA, Ansbach", "Bayerisches Landesamt für Datenschutzaufsicht"),
            ("DE", "Datenschutzaufsicht", "as written"),
            ("ES", "APDCAT, Barcelona", "as written"),
            ("NL", "AP", "Autoriteit Persoonsgegevens"),
            ("NL", "APR", "Autoriteit Persoonsgegevens"),
            ("FR", "-", "Commission Nationale de l'Informatique et des Libertés – CNIL"),
            ("SE", "the authority", "Integritetsskyddsmyndigheten"),
            ("FI", "Tietosuojavaltuutettu", "Tietosuojavaltuutetun toimisto"),
            ("DE", "the authority", "as written"),
            ("IE", "CNIL", "as written"),
            ("US", "California Privacy Protection Agency", "as written"),
        ] {
            assert_eq!(listed(state, setting), expected, "{setting}");
        }
    }
}
