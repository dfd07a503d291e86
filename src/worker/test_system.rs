//! Trying the connection of a system.

use super::claim::Claimed;
use super::run::Failure;
use crate::app::App;
use crate::domain::ids::SystemId;

/// Connects, and notes how it went.
///
/// # Errors
/// When the database fails; a system that cannot be reached is an outcome.
pub async fn run(app: &App, claimed: &Claimed, system: SystemId) -> Result<(), Failure> {
    crate::worker::search_group::test(app, claimed, system).await
}
