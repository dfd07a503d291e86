//! Mail out: addresses, messages, the server that takes them, and what comes back. Knows no case and
//! no database.
//!
//! A message is made from templates alone and carries nothing that a stranger typed, but for a name
//! in the salutation that looks like a name ([`salutation`]). It goes to exactly one address.

pub mod address;
pub mod bounce;
pub mod message;
pub mod render;
pub mod salutation;
pub mod settings;
pub mod transport;
