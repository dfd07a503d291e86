//! A text for people in a data map: one text, or a text per language.

use std::collections::BTreeMap;

use serde::Serialize;

/// `Handling orders`, or `{ fr: Gestion des commandes, en: Handling orders }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Label {
    One(String),
    /// By language code (`fr`, `en`, `pt-BR`); never empty.
    PerLanguage(BTreeMap<String, String>),
}

impl Label {
    /// The text in a language; else in the same language of another country, else in English, else
    /// the first there is.
    #[must_use]
    pub fn in_language(&self, code: &str) -> &str {
        match self {
            Self::One(text) => text,
            Self::PerLanguage(texts) => {
                let primary = code.split('-').next().unwrap_or(code);
                texts
                    .get(code)
                    .or_else(|| texts.get(primary))
                    .or_else(|| texts.get("en"))
                    .or_else(|| texts.values().next())
                    .map_or("", String::as_str)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Label;

    #[test]
    fn a_language_falls_back_to_its_root_then_english_then_any() {
        let label = |pairs: &[(&str, &str)]| {
            Label::PerLanguage(
                pairs.iter().map(|(code, text)| ((*code).into(), (*text).into())).collect(),
            )
        };
        let both = label(&[("en", "Orders"), ("fr", "Commandes")]);
        assert_eq!(both.in_language("fr-CA"), "Commandes");
        assert_eq!(both.in_language("de"), "Orders");
        assert_eq!(label(&[("fr", "Commandes")]).in_language("en"), "Commandes");
        assert_eq!(Label::One("X".into()).in_language("fr"), "X");
    }
}
