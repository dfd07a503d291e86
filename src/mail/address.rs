//! One address that mail goes to or comes from: nothing in it can end a header or add a recipient.

use std::fmt;

use lettre::Address;
use serde::{Deserialize, Serialize};

/// RFC 5321 §4.5.3.1: octets of the part before the @, and of a whole path without its brackets.
const LONGEST_LOCAL_BYTES: usize = 64;
const LONGEST_ADDRESS_BYTES: usize = 254;

/// An address as RFC 5321 has it, without a quoted part and without a comment; the domain in its
/// ASCII form. A part before the @ outside of ASCII needs a server that knows SMTPUTF8 (RFC 6531).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MailAddress(Address);

/// The text is no address that mail can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no address that mail can be sent to: write one like name@organisation.example")]
pub struct AddressError;

impl MailAddress {
    /// Reads one address. White space around it is dropped; anything else that is no part of an
    /// address is refused, a display name, a list and a quoted part too.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (local, domain) = text.trim().split_once('@').ok_or(AddressError)?;
        if !is_dot_atom(local) || local.len() > LONGEST_LOCAL_BYTES {
            return Err(AddressError);
        }
        let domain = idna::domain_to_ascii(domain).map_err(|_| AddressError)?;
        let is_host = domain.split('.').all(is_label) && domain.contains('.');
        if !is_host || local.len() + 1 + domain.len() > LONGEST_ADDRESS_BYTES {
            return Err(AddressError);
        }
        Address::new(local, &domain).map(Self).map_err(|_| AddressError)
    }

    /// The part after the @, in ASCII.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.domain()
    }

    /// The whole address.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.as_ref()
    }

    pub(super) fn address(&self) -> Address {
        self.0.clone()
    }
}

/// RFC 5322 §3.2.3, with letters and digits of every script (RFC 6532).
fn is_dot_atom(local: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom
                .chars()
                .all(|c| c.is_alphanumeric() || (c.is_ascii() && "!#$%&'*+/=?^_`{|}~-".contains(c)))
    };
    local.split('.').all(is_atom)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// An address is personal data: it shows only where it is asked for.
impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailAddress([redacted])")
    }
}

impl TryFrom<String> for MailAddress {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text)
    }
}

impl From<MailAddress> for String {
    fn from(address: MailAddress) -> Self {
        address.text().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::MailAddress;

    #[test]
    fn an_address_is_one_address_and_nothing_else() {
        for (text, expected) in [
            ("zoe@personne.example", "zoe@personne.example"),
            (" Zoe.Exemple+dsar@Personne.Example ", "Zoe.Exemple+dsar@personne.example"),
            ("o'hara@personne.example", "o'hara@personne.example"),
            ("zoé@müller.example", "zoé@xn--mller-kva.example"),
        ] {
            let address = MailAddress::parse(text);
            assert_eq!(address.map(|it| it.text().to_owned()), Ok(expected.to_owned()), "{text:?}");
        }
        let long = format!("{}@personne.example", "a".repeat(65));
        for text in [
            "",
            "zoe",
            "zoe@",
            "@personne.example",
            "zoe@localhost",
            "zoe@personne..example",
            "zoe@-personne.example",
            ".zoe@personne.example",
            "zo..e@personne.example",
            "zoe@a@personne.example",
            "zoe@personne.example,evil@evil.example",
            "zoe@personne.example evil@evil.example",
            "Zoe <zoe@personne.example>",
            "<zoe@personne.example>",
            "\"zoe\"@personne.example",
            "\"a\r\nBcc: evil@evil.example\"@personne.example",
            "zoe@personne.example\r\nBcc: evil@evil.example",
            "zoe\u{2028}@personne.example",
            "zoe\0@personne.example",
            "zoe@personne.example\0",
            "zoe@[127.0.0.1]",
            "zoe(comment)@personne.example",
            "=?utf-8?q?zoe?=@personne.example\n",
            "@relay.example:zoe@personne.example",
            "zoe%evil.example@personne.example@x.example",
            &long,
        ] {
            let read = MailAddress::parse(text);
            // An encoded word is made of letters that an address may have; it stays one address.
            if text.starts_with("=?") {
                assert_eq!(read.unwrap().text(), "=?utf-8?q?zoe?=@personne.example");
                continue;
            }
            assert!(read.is_err(), "{text:?}");
        }
    }
}
