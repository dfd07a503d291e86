//! People who do not exist: the same ones in every demo. Telephone numbers are from ranges kept for
//! fiction (ARCEP decision 2018-0881: 01 99 00 and 06 39 98; ComReg: 020 91), addresses of e-mail
//! from example domains (RFC 2606).

use chrono::{Days, NaiveDate};

/// Somebody who buys, asks and reads newsletters.
#[derive(Clone, Debug)]
pub struct Person {
    pub number: i64,
    pub first: String,
    pub last: String,
    pub email: String,
    pub phone: String,
    pub street: String,
    pub postcode: String,
    pub city: String,
    pub born_on: NaiveDate,
}

/// Where the people live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Country {
    France,
    Ireland,
}

/// Numbers that look drawn and are always the same (SplitMix64).
#[derive(Clone, Debug)]
pub struct Draw(u64);

impl Draw {
    /// Begins a row of draws.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }

    /// One of these.
    pub fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let place = self.below(u64::try_from(of.len()).unwrap_or(1));
        let place = usize::try_from(place).unwrap_or(0);
        of.get(place).copied().unwrap_or_default()
    }
}

const FRENCH_FIRST: [&str; 24] = [
    "Camille", "Léa", "Hugo", "Zoé", "Noé", "Chloé", "Jules", "Inès", "Gaël", "Aïcha", "Louis",
    "Élise", "Karim", "Manon", "Théo", "Anaïs", "Rémi", "Fatou", "Paul", "Maëlys", "Yann",
    "Solène", "Émile", "Jeanne",
];
const FRENCH_LAST: [&str; 24] = [
    "Martin",
    "Lefèvre",
    "Moreau",
    "Garçon",
    "Benali",
    "Dubois",
    "Le Goff",
    "D’Almeida",
    "Roux",
    "Fournier",
    "Girard",
    "N’Diaye",
    "Mercier",
    "Blanc",
    "Guérin",
    "Muller",
    "Henry",
    "Rousseau",
    "Nguyen",
    "Chevalier",
    "Perrin",
    "Morvan",
    "Clément",
    "Haddad",
];
const FRENCH_STREETS: [&str; 8] = [
    "rue des Lilas",
    "avenue de la Gare",
    "rue du Moulin",
    "place de l’Église",
    "quai des Brumes",
    "rue Haute",
    "chemin des Vignes",
    "boulevard des Tilleuls",
];
const FRENCH_CITIES: [(&str, &str); 6] = [
    ("75011", "Paris"),
    ("69003", "Lyon"),
    ("44000", "Nantes"),
    ("67000", "Strasbourg"),
    ("13006", "Marseille"),
    ("29200", "Brest"),
];
const IRISH_FIRST: [&str; 24] = [
    "Aoife", "Ciarán", "Siobhán", "Oisín", "Niamh", "Seán", "Gráinne", "Pádraig", "Maeve",
    "Darragh", "Róisín", "Eoin", "Sinéad", "Liam", "Caoimhe", "Brendan", "Orla", "Tadhg", "Fiona",
    "Conor", "Emer", "Rory", "Deirdre", "Cormac",
];
const IRISH_LAST: [&str; 24] = [
    "O’Brien",
    "Murphy",
    "Ní Dhomhnaill",
    "Kelly",
    "Byrne",
    "Walsh",
    "O’Sullivan",
    "McCarthy",
    "Doyle",
    "Gallagher",
    "Nowak",
    "Kavanagh",
    "Healy",
    "Quinn",
    "Brady",
    "Fitzgerald",
    "Ó Sé",
    "Keane",
    "Moran",
    "Flynn",
    "Daly",
    "Nolan",
    "Hughes",
    "Okafor",
];
const IRISH_STREETS: [&str; 8] = [
    "Main Street",
    "Harbour Road",
    "Chapel Lane",
    "The Green",
    "Mill Road",
    "Castle Street",
    "Bridge Street",
    "Strand Road",
];
const IRISH_CITIES: [(&str, &str); 6] = [
    ("D02 X285", "Dublin"),
    ("T12 W8KP", "Cork"),
    ("H91 E2K3", "Galway"),
    ("V94 T9PX", "Limerick"),
    ("X91 PK2C", "Waterford"),
    ("F91 D9C2", "Sligo"),
];

/// So many people of a country, each with an e-mail address of their own.
#[must_use]
pub fn people(country: Country, count: i64) -> Vec<Person> {
    let seed = if country == Country::France { 33 } else { 353 };
    let mut draw = Draw::new(seed);
    (1..=count).map(|number| person(country, number, &mut draw)).collect()
}

fn person(country: Country, number: i64, draw: &mut Draw) -> Person {
    let french = country == Country::France;
    let (firsts, lasts, streets, cities) = if french {
        (&FRENCH_FIRST, &FRENCH_LAST, &FRENCH_STREETS, &FRENCH_CITIES)
    } else {
        (&IRISH_FIRST, &IRISH_LAST, &IRISH_STREETS, &IRISH_CITIES)
    };
    let (first, last) = (draw.one(firsts), draw.one(lasts));
    let city = usize::try_from(draw.below(6)).unwrap_or(0);
    let (postcode, city) = cities.get(city).copied().unwrap_or_default();
    let house = draw.below(120) + 1;
    let digits = draw.below(10_000);
    let phone = match (french, number % 3) {
        (true, 0) => format!("+33 1 99 00 {:02} {:02}", digits / 100, digits % 100),
        (true, _) => format!("+33 6 39 98 {:02} {:02}", digits / 100, digits % 100),
        (false, _) => format!("+353 20 91{} {digits:04}", draw.below(10)),
    };
    let street = draw.one(streets);
    let born = Days::new(draw.below(20_000));
    let domain = draw.one(&["example.org", "example.com", "example.net"]);
    Person {
        number,
        first: first.to_owned(),
        last: last.to_owned(),
        email: format!("{}.{}{number}@{domain}", plain(first), plain(last)),
        phone,
        street: format!("{house} {street}"),
        postcode: postcode.to_owned(),
        city: city.to_owned(),
        born_on: NaiveDate::default()
            .checked_sub_days(Days::new(7_000))
            .and_then(|day| day.checked_add_days(born))
            .unwrap_or_default(),
    }
}

/// A name in the letters of an e-mail address.
fn plain(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    name.nfd().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Country, people};
    use crate::domain::subject::phone;
    use std::collections::BTreeSet;

    #[test]
    fn the_people_are_always_the_same_and_tell_each_other_apart() {
        for country in [Country::France, Country::Ireland] {
            let (once, again) = (people(country, 200), people(country, 200));
            assert_eq!(format!("{once:?}"), format!("{again:?}"));
            let addresses: BTreeSet<&str> = once.iter().map(|one| one.email.as_str()).collect();
            assert_eq!(addresses.len(), 200);
            assert!(addresses.iter().all(|one| one.contains("@example.") && one.is_ascii()));
            assert!(once.iter().all(|one| phone::normalised(&one.phone, "FR").is_ok()));
        }
    }
}
