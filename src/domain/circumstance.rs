//! What staff know of the person that no code and no sign-in can answer for: then a person decides who
//! may ask (identity.md, V3).

use super::named::named;

named! {
    /// Something known of the person, stated by staff with how they know it.
    Circumstance {
        /// They have died: who may ask for their data says the law of the State (recital 27).
        Deceased = "deceased",
        /// An adult for whom, or with whom, somebody else acts: a guardian, a curator.
        ProtectedAdult = "protected_adult",
        /// Under eighteen, where no birth date among the identifiers says so.
        Minor = "minor",
    }
}
