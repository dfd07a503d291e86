//! What is said, with the article of the law that it rests on.

use super::{Language, text_with};
use crate::domain::regime::law::Law;
use crate::domain::right::Right;

/// What is said, followed by its article of the GDPR, as `15(1)(e)`, where that is the law.
#[must_use]
pub fn cited(language: Language, law: Law, said: &str, article: &str) -> String {
    let key = match law {
        Law::Gdpr => "law-cited",
        Law::UkGdpr => "law-cited-uk",
        Law::Other => return said.to_owned(),
    };
    let place = place(language, article);
    text_with(language, key, &[("said", said), ("place", &place)])
}

/// A right by its name, with its article.
#[must_use]
pub fn right(language: Language, law: Law, right: Right) -> String {
    let name = text_with(language, &format!("package-right-{}", right.name()), &[]);
    match right.gdpr_article() {
        Some(article) => cited(language, law, &name, article),
        None => name,
    }
}

/// `15(1)(e)` as each language writes it: Article 15(1)(e), article 15, paragraphe 1, point e.
fn place(language: Language, article: &str) -> String {
    let parts: Vec<&str> = article.split('(').map(|part| part.trim_end_matches(')')).collect();
    let (key, names) = match parts.as_slice() {
        [_] => ("law-article", &["article"][..]),
        [_, _] => ("law-article-paragraph", &["article", "paragraph"][..]),
        _ => ("law-article-point", &["article", "paragraph", "point"][..]),
    };
    let arguments: Vec<(&str, &str)> = names.iter().copied().zip(parts).collect();
    text_with(language, key, &arguments)
}

#[cfg(test)]
mod tests {
    use super::{cited, right};
    use crate::domain::regime::law::Law;
    use crate::domain::right::Right;
    use crate::language::Language::{En, Fr};

    #[test]
    fn an_article_is_cited_where_its_law_applies() {
        for (language, law, article, expected) in [
            (En, Law::Gdpr, "15(1)(e)", "x (GDPR Article 15(1)(e))"),
            (En, Law::UkGdpr, "7(3)", "x (UK GDPR Article 7(3))"),
            (En, Law::Other, "7(3)", "x"),
            (Fr, Law::Gdpr, "15(1)(e)", "x (article 15, paragraphe 1, point e, du RGPD)"),
            (Fr, Law::Gdpr, "7(3)", "x (article 7, paragraphe 3, du RGPD)"),
            (Fr, Law::UkGdpr, "77", "x (article 77 du RGPD du Royaume-Uni)"),
        ] {
            assert_eq!(cited(language, law, "x", article), expected);
        }
        assert_eq!(right(En, Law::Gdpr, Right::Access), "access (GDPR Article 15)");
        assert_eq!(right(Fr, Law::Other, Right::Access), "accès");
        assert_eq!(right(En, Law::UkGdpr, Right::Complaint), "complaint to the controller");
    }
}
