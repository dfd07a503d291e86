//! The register of breaches (GDPR Art. 33(5)): recorded in one action, told to the authority in
//! phases, or not told for a reason, and closed. What people write is sealed under the key of the
//! controller, so that the register outlives the cases in which something went wrong.

pub mod decision;
pub mod nature;
pub mod record;
pub mod stored;
