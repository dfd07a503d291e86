//! How signed checkpoints leave the machine, so that whoever can write to its disks cannot take
//! them back.

use super::named::named;

named! {
    /// Beside the file, to which every checkpoint is appended.
    DeliveryChannel {
        Mail = "mail",
        Webhook = "webhook",
    }
}
