//! E-mail addresses: equal only when mail to both reaches one mailbox for certain.

use super::IdentifierError;
use super::text::{composed, is_hidden};

/// RFC 5321 §4.5.3.1: octets of the part before the @, and of the domain.
const LONGEST_LOCAL_BYTES: usize = 64;
const LONGEST_DOMAIN_BYTES: usize = 255;

/// Small letters for ASCII; an internationalised domain in its ASCII form (`xn--…`). A point or
/// `+tag` before the @ counts, and no letter outside of ASCII ever becomes an ASCII letter:
/// `ı`, `ß`, the Kelvin sign and Cyrillic `а` stay themselves.
///
/// # Errors
/// [`IdentifierError::Email`], or [`IdentifierError::HiddenCharacter`] for characters that cannot
/// be seen.
pub fn normalised(value: &str) -> Result<String, IdentifierError> {
    let value = value.trim();
    if value.chars().any(is_hidden) {
        return Err(IdentifierError::HiddenCharacter);
    }
    let (local, domain) = value.rsplit_once('@').ok_or(IdentifierError::Email)?;
    let local = composed(local).to_ascii_lowercase();
    let domain = ascii_domain(domain);
    let spaced = local.chars().chain(domain.chars()).any(char::is_whitespace);
    let labels = domain.split('.').all(|label| !label.is_empty());
    let fits = (1..=LONGEST_LOCAL_BYTES).contains(&local.len())
        && (1..=LONGEST_DOMAIN_BYTES).contains(&domain.len());
    if spaced || !labels || !fits {
        return Err(IdentifierError::Email);
    }
    Ok(format!("{local}@{domain}"))
}

/// The domain as the domain name system knows it. A domain that UTS #46 would have to bend (other
/// than by small letters of the same script) stays as it is and equals no other.
fn ascii_domain(domain: &str) -> String {
    let lower: String = composed(domain).chars().map(small).collect();
    if lower.is_ascii() {
        return lower;
    }
    match idna::domain_to_ascii(&lower) {
        Ok(ascii) if idna::domain_to_unicode(&ascii).0 == lower => ascii,
        _ => lower,
    }
}

/// The small letter, where there is exactly one and it is not an ASCII letter that stands for
/// another: the Kelvin sign stays what it is.
fn small(letter: char) -> char {
    let mut lower = letter.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(small), None) if letter.is_ascii() || !small.is_ascii() => small,
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::normalised;
    use crate::domain::subject::IdentifierError;
    use proptest::prelude::{prop_assert_eq, proptest};
    use std::collections::HashSet;

    #[test]
    fn ways_of_writing_one_address_are_equal() {
        for (value, expected) in [
            ("alice@example.org", "alice@example.org"),
            (" ALICE@Example.ORG\n", "alice@example.org"),
            ("Alice+Shop@example.org", "alice+shop@example.org"),
            ("a@b@example.org", "a@b@example.org"),
            ("alice@müller.de", "alice@xn--mller-kva.de"),
            ("alice@MÜLLER.de", "alice@xn--mller-kva.de"),
            ("alice@mu\u{308}ller.de", "alice@xn--mller-kva.de"),
            ("alice@xn--mller-kva.de", "alice@xn--mller-kva.de"),
            ("rene\u{301}@example.org", "rené@example.org"),
            ("alice@localhost", "alice@localhost"),
        ] {
            assert_eq!(normalised(value).as_deref(), Ok(expected), "{value}");
        }
    }

    #[test]
    fn what_only_looks_alike_stays_different() {
        let addresses = [
            "alice@example.org",
            "alice+x@example.org",
            "al.ice@example.org",
            "аlice@example.org",
            "alıce@example.org",
            "alİce@example.org",
            "rnike@example.org",
            "mike@example.org",
            "mi\u{212A}e@example.org",
            "mike@examp1e.org",
            "mike@еxample.org",
            "mike@\u{212A}ey.org",
            "mike@key.org",
            "mike@strasse.de",
            "mike@straße.de",
            "mike@ﬁn.org",
            "mike@fin.org",
            "mike@ｆin.org",
            "mike@example。org",
            "strasse@example.org",
            "straße@example.org",
            "STRAẞE@example.org",
        ];
        let forms: HashSet<String> = addresses.iter().map(|it| normalised(it).unwrap()).collect();
        assert_eq!(forms.len(), addresses.len());
        for form in forms {
            assert_eq!(normalised(&form).as_deref(), Ok(form.as_str()));
        }
    }

    #[test]
    fn what_is_no_address_says_so() {
        for value in [
            "",
            "alice",
            "@",
            "alice@",
            "@example.org",
            "al ice@example.org",
            "alice@exam ple.org",
            "alice@example..org",
            "alice@.org",
            "alice@example.org.",
            &format!("{}@example.org", "a".repeat(65)),
            &format!("a@{}", "a".repeat(256)),
        ] {
            assert_eq!(normalised(value), Err(IdentifierError::Email), "{value}");
        }
        for value in ["ali\u{200b}ce@example.org", "alice@exa\u{ad}mple.org", "a\0@b.org"] {
            assert_eq!(normalised(value), Err(IdentifierError::HiddenCharacter));
        }
    }

    proptest! {
        #[test]
        fn a_form_is_its_own_form(value in "\\PC{1,20}@\\PC{1,20}") {
            if let Ok(form) = normalised(&value) {
                prop_assert_eq!(normalised(&form), Ok(form.clone()));
            }
        }
    }
}
