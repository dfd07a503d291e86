//! The law whose articles a text may cite.

use crate::domain::letter::authority;

/// Which numbering of articles a person under a regime can look up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    Gdpr,
    /// The same articles, as the United Kingdom keeps them.
    UkGdpr,
    /// Any other: what a text says holds, and no article of the GDPR is its ground.
    Other,
}

impl Law {
    /// The law behind a regime, by the regime's id. French health records are personal data under
    /// the GDPR; their own clock changes no article.
    #[must_use]
    pub fn of(regime: &str) -> Self {
        match regime {
            "EU-GDPR" | "EU-GDPR-ART33" | "FR-CSP" | "FR-CSP-5Y" => Self::Gdpr,
            "UK-GDPR" | "UK-GDPR-ART33" | "UK-DPA-164A" => Self::UkGdpr,
            _ => Self::Other,
        }
    }

    /// The law of a country (ISO 3166-1 alpha-2), where no case says by which regime it is
    /// answered; the GDPR where no country is known.
    #[must_use]
    pub fn in_country(country: Option<&str>) -> Self {
        match country {
            Some("GB") => Self::UkGdpr,
            Some(country) if !authority::is_european(country) => Self::Other,
            _ => Self::Gdpr,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Law;
    use crate::domain::regime;

    #[test]
    fn the_gdpr_is_cited_in_europe_and_in_the_united_kingdom_alone() {
        for row in regime::all() {
            let expected = match row.id.split_once('-').map(|(country, _)| country) {
                Some("EU" | "FR") => Law::Gdpr,
                Some("UK") => Law::UkGdpr,
                _ => Law::Other,
            };
            assert_eq!(Law::of(row.id), expected, "{}", row.id);
        }
        for (country, expected) in [
            (None, Law::Gdpr),
            (Some("FR"), Law::Gdpr),
            (Some("NO"), Law::Gdpr),
            (Some("GB"), Law::UkGdpr),
            (Some("CH"), Law::Other),
        ] {
            assert_eq!(Law::in_country(country), expected, "{country:?}");
        }
    }
}
