//! What a sign-in at the controller's own identity provider proves (identity.md, V1): which claim of
//! the provider stands for which kind of identifier, and whether the person who signed in is the one
//! that the request names.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::named::named;
use super::search_plan::persons::Named;
use super::subject::Identifier;
use super::subject::kind::IdentifierKind;

/// So many claims a provider proves at most.
pub const MOST_CLAIMS: usize = 10;
/// The longest name of a claim, in characters; some are written as URLs.
const LONGEST_CLAIM: usize = 200;
/// The longest value of a claim that is looked at, in bytes.
const LONGEST_VALUE: usize = 1_000;

/// Claims with a meaning of their own (OpenID Connect Core 1.0 §2, RFC 7519 §4.1): they say nothing
/// that a person would name in a request.
const OF_TOKENS: [&str; 12] = [
    "iss",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "nonce",
    "azp",
    "acr",
    "amr",
    "auth_time",
    "at_hash",
];

/// Kinds that several people share: who bears one is not thereby the person.
const SHARED: [&str; 3] = ["name", "birth_date", "postcode"];

/// A claim of the provider, and the kind of identifier that its value is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimRule {
    pub claim: String,
    pub kind: String,
}

/// Why a claim proves no identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct ClaimRuleError {
    pub code: &'static str,
}

impl ClaimRule {
    /// Checks a rule. An address and a number count only as `email` and `phone_number`, with which the
    /// provider says that it verified them (OpenID Connect Core 1.0 §5.1); for any other claim the
    /// controller vouches.
    ///
    /// # Errors
    /// The code says what is wrong.
    pub fn check(&self) -> Result<(), ClaimRuleError> {
        let fail = |code| Err(ClaimRuleError { code });
        let is_name = !self.claim.is_empty()
            && self.claim.len() <= LONGEST_CLAIM
            && self.claim.chars().all(|it| it.is_ascii_graphic());
        if !is_name || OF_TOKENS.contains(&self.claim.as_str()) {
            return fail("claim-name");
        }
        if IdentifierKind::parse(&self.kind).is_err() || self.kind.contains('+') {
            return fail("claim-kind");
        }
        if SHARED.contains(&self.kind.as_str()) {
            return fail("claim-kind-shared");
        }
        match (self.claim.as_str(), self.kind.as_str()) {
            ("email", "email") | ("phone_number", "phone") => Ok(()),
            ("email" | "phone_number", _) | (_, "email" | "phone") => fail("claim-verified"),
            ("email_verified" | "phone_number_verified", _) => fail("claim-name"),
            _ => Ok(()),
        }
    }

    /// The claim without which the value counts for nothing, where there is one.
    const fn verification(&self) -> Option<&'static str> {
        match self.claim.as_bytes() {
            b"email" => Some("email_verified"),
            b"phone_number" => Some("phone_number_verified"),
            _ => None,
        }
    }

    /// What the claims of a token prove by this rule.
    fn proven(&self, claims: &Map<String, Value>, country: &str) -> Option<Identifier> {
        let is_verified = |name| claims.get(name) == Some(&Value::Bool(true));
        if !self.verification().is_none_or(is_verified) {
            return None;
        }
        let value = match claims.get(&self.claim)? {
            Value::String(text) if text.len() <= LONGEST_VALUE => text.clone(),
            Value::Number(number) if number.is_u64() => number.to_string(),
            _ => return None,
        };
        let kind = IdentifierKind::parse(&self.kind).ok()?;
        Identifier::new(kind, &value, country).ok()
    }
}

/// The identifiers that the claims of a token prove.
#[must_use]
pub fn proven(rules: &[ClaimRule], claims: &Map<String, Value>, country: &str) -> Vec<Identifier> {
    rules.iter().filter_map(|rule| rule.proven(claims, country)).collect()
}

named! {
    /// Why a sign-in settles nothing; the later is the graver.
    Unmatched {
        /// The provider vouches for nothing that the request names.
        Nothing = "nothing",
        /// For a part of what the request names; the rest may be anybody's.
        Partly = "partly",
        /// For something else than the request names: another person, or another account.
        Differs = "differs",
    }
}

/// What the request says of the person, and what was looked up.
pub struct Asked<'a> {
    /// As they were given.
    pub identifiers: &'a [Identifier],
    /// What the data map finds rows by: the name, for one.
    pub named: &'a [Named],
    /// The one address on file, normalised, where it was looked up before.
    pub on_file: Option<&'a str>,
    /// The controller's, ISO 3166-1 alpha-2.
    pub country: &'a str,
}

/// Whether who signed in is the person of the request: the identifier that says so.
///
/// All that was given, and all that rows are found by, must be proven: an account of one's own, with
/// the customer number of somebody else beside it, would otherwise open what is held of them. The one
/// address on file is enough by itself, as it is for a code: it was found by all of them.
///
/// # Errors
/// Why it settles nothing.
pub fn judge<'a>(proven: &'a [Identifier], asked: &Asked<'_>) -> Result<&'a Identifier, Unmatched> {
    let is_same = |one: &Identifier, other: &Identifier| {
        one.kind() == other.kind() && one.normalised() == other.normalised()
    };
    let is_on_file =
        |one: &Identifier| one.kind().name() == "email" && asked.on_file == Some(one.normalised());
    let mut agreed: Option<&Identifier> = None;
    for one in proven {
        let of_kind = || asked.identifiers.iter().filter(|it| it.kind() == one.kind());
        if of_kind().any(|it| is_same(one, it)) || is_on_file(one) {
            agreed = agreed.or(Some(one));
        } else if of_kind().next().is_some() {
            return Err(Unmatched::Differs);
        }
    }
    let agreed = agreed.ok_or(Unmatched::Nothing)?;
    if let Some(one) = proven.iter().find(|one| is_on_file(one)) {
        return Ok(one);
    }
    let is_proven = |wanted: &Identifier| proven.iter().any(|one| is_same(one, wanted));
    let all_given = asked.identifiers.iter().all(is_proven);
    let all_named = asked.named.iter().all(|it| {
        let (kind, values) = it.parts();
        let [value] = values else { return false };
        let kind = IdentifierKind::parse(kind);
        let found = kind.ok().and_then(|kind| Identifier::new(kind, value, asked.country).ok());
        found.is_some_and(|found| is_proven(&found))
    });
    if all_given && all_named { Ok(agreed) } else { Err(Unmatched::Partly) }
}

#[cfg(test)]
mod tests {
    use super::{Asked, ClaimRule, Unmatched, judge, proven};
    use crate::domain::search_plan::persons::Named;
    use crate::domain::subject::Identifier;
    use crate::domain::subject::kind::IdentifierKind;
    use serde_json::{Value, json};

    fn rule(claim: &str, kind: &str) -> ClaimRule {
        ClaimRule { claim: claim.to_owned(), kind: kind.to_owned() }
    }

    fn identifier(kind: &str, value: &str) -> Identifier {
        Identifier::new(IdentifierKind::parse(kind).unwrap(), value, "FR").unwrap()
    }

    #[test]
    fn a_claim_proves_what_no_two_people_share_and_the_provider_verified() {
        for (claim, kind, expected) in [
            ("email", "email", "ok"),
            ("phone_number", "phone", "ok"),
            ("customer_number", "customer_no", "ok"),
            ("https://shop.example/customer", "customer_no", "ok"),
            ("sub", "customer_no", "ok"),
            ("mail", "email", "claim-verified"),
            ("email", "customer_no", "claim-verified"),
            ("mobile", "phone", "claim-verified"),
            ("name", "name", "claim-kind-shared"),
            ("birthdate", "birth_date", "claim-kind-shared"),
            ("who", "name+birth_date", "claim-kind"),
            ("who", "Customer", "claim-kind"),
            ("", "customer_no", "claim-name"),
            ("a b", "customer_no", "claim-name"),
            ("nonce", "customer_no", "claim-name"),
            ("email_verified", "customer_no", "claim-name"),
        ] {
            let found = rule(claim, kind).check().err().map_or("ok", |error| error.code);
            assert_eq!(found, expected, "{claim} {kind}");
        }
    }

    #[test]
    fn a_claim_that_is_not_verified_proves_nothing() {
        let rules = [
            rule("email", "email"),
            rule("phone_number", "phone"),
            rule("customer_number", "customer_no"),
        ];
        let found = |claims: Value| {
            let found = proven(&rules, claims.as_object().unwrap(), "FR");
            found.iter().map(|it| it.normalised().to_owned()).collect::<Vec<_>>().join(" ")
        };
        for (claims, expected) in [
            (json!({ "email": "Zoe@Example.org", "email_verified": true }), "zoe@example.org"),
            (json!({ "email": "zoe@example.org" }), ""),
            (json!({ "email": "zoe@example.org", "email_verified": false }), ""),
            (json!({ "email": "zoe@example.org", "email_verified": "true" }), ""),
            (json!({ "email": "zoe@example.org", "phone_number_verified": true }), ""),
            (json!({ "email": ["zoe@example.org"], "email_verified": true }), ""),
            (
                json!({ "phone_number": "06 12 34 56 78", "phone_number_verified": true }),
                "+33612345678",
            ),
            (json!({ "customer_number": 4711 }), "4711"),
            (json!({ "customer_number": "C-4711" }), "C-4711"),
            (json!({ "customer_number": -1 }), ""),
            (json!({ "customer_number": null }), ""),
            (json!({ "customer_number": "" }), ""),
            (json!({ "customer_number": "x".repeat(2_000) }), ""),
        ] {
            assert_eq!(found(claims.clone()), expected, "{claims}");
        }
    }

    #[test]
    fn who_signed_in_is_the_person_when_all_that_finds_rows_is_proven() {
        use Unmatched as U;
        type Pairs<'a> = &'a [(&'a str, &'a str)];
        let of = |pairs: Pairs<'_>| pairs.iter().map(|(k, v)| identifier(k, v)).collect::<Vec<_>>();
        let (zoe, leo) = (("email", "zoe@example.org"), ("email", "leo@example.org"));
        let (own, other) = (("customer_no", "C-1"), ("customer_no", "C-2"));
        let (name, pair) = (("name", "Zoé"), ("name+birth_date", "Zoé|1980-02-03"));
        type Row<'a> =
            (Pairs<'a>, Pairs<'a>, Pairs<'a>, Option<&'a str>, Result<&'a str, Unmatched>);
        let rows: [Row<'_>; 15] = [
            (&[zoe], &[zoe], &[zoe], None, Ok("zoe@example.org")),
            (&[zoe, own], &[zoe, own], &[zoe, own], None, Ok("zoe@example.org")),
            (&[], &[zoe], &[zoe], None, Err(U::Nothing)),
            (&[own], &[zoe], &[zoe], None, Err(U::Nothing)),
            (&[leo], &[zoe], &[zoe], None, Err(U::Differs)),
            (&[zoe, other], &[zoe, own], &[zoe, own], None, Err(U::Differs)),
            // The number beside it may be anybody's.
            (&[zoe], &[zoe, own], &[zoe, own], None, Err(U::Partly)),
            (&[zoe], &[zoe, own], &[zoe], None, Err(U::Partly)),
            (&[zoe], &[zoe], &[zoe, name], None, Err(U::Partly)),
            (&[zoe], &[zoe], &[zoe, pair], None, Err(U::Partly)),
            (&[zoe], &[zoe, leo], &[], None, Err(U::Partly)),
            // What a code would have gone to was found by all of them.
            (&[zoe], &[zoe, own], &[zoe, own], Some("zoe@example.org"), Ok("zoe@example.org")),
            (&[zoe], &[own], &[own], Some("zoe@example.org"), Ok("zoe@example.org")),
            (&[leo], &[own], &[own], Some("zoe@example.org"), Err(U::Nothing)),
            (&[zoe, other], &[own], &[own], Some("zoe@example.org"), Err(U::Differs)),
        ];
        for (signed, given, named, on_file, expected) in rows {
            let (signed_in, identifiers) = (of(signed), of(given));
            let named: Vec<Named> = named
                .iter()
                .map(|(kind, value)| {
                    Named::new(kind, value.split('|').map(str::to_owned).collect())
                })
                .collect();
            let asked = Asked { identifiers: &identifiers, named: &named, on_file, country: "FR" };
            let found = judge(&signed_in, &asked).map(Identifier::normalised);
            assert_eq!(found, expected, "{signed:?} {given:?} {on_file:?}");
        }
    }
}
