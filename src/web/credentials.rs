//! Passwords at the door: checked for a sign-in, and changed by their owner. The same for the API and
//! the pages.

use std::net::IpAddr;

use super::Front;
use super::token::Credential;
use crate::db::users::{self, User};
use crate::domain::actor::{Actor, StaffMember};
use crate::domain::ids::UserId;
use crate::error::{Error, Result};
use crate::vault::password;
use crate::workflow::settings::profile::{Profile, email_index};
use crate::workflow::settings::users::{change_password, prepare_password};

/// Checks a password. Unknown, disabled and mistyped are told alike and take as long.
///
/// # Errors
/// `Unauthenticated`, or `RateLimited` after too many tries.
pub async fn sign_in(
    front: &Front,
    network: IpAddr,
    email: &str,
    password: String,
) -> Result<(UserId, Credential)> {
    let index = email_index(front.app.vault(), email);
    front.guesses.count(network, &index)?;
    let user = front.app.read(move |conn| Ok(users::by_email(conn, &index)?)).await?;
    let user = user.filter(|user| user.status == "active");
    let (user, right) = tokio::task::spawn_blocking(move || check(user, &password))
        .await
        .map_err(|_| Error::internal("a password check panicked"))??;
    let (id, credential) = user.ok_or(Error::Unauthenticated)?;
    front.app.write(move |conn| Ok(users::count_failed_sign_in(conn, id, !right)?)).await?;
    if !right {
        return Err(Error::Unauthenticated);
    }
    front.guesses.succeeded(network, &index);
    Ok((id, credential))
}

type Known = (UserId, Credential);

fn check(user: Option<User>, password: &str) -> Result<(Option<Known>, bool)> {
    let broken = |_| Error::internal("a stored password does not read");
    let Some(user) = user else {
        password::verify_nobody(password).map_err(broken)?;
        return Ok((None, false));
    };
    let right = password::verify(password, &user.password_hash).map_err(broken)?;
    Ok((Some((user.id, Credential::password(&user.password_hash))), right))
}

/// Checks the password of somebody who is signed in, by the rules of the sign-in.
///
/// # Errors
/// `Unauthenticated` when it is wrong, or `RateLimited` after too many tries.
pub async fn prove(
    front: &Front,
    network: IpAddr,
    member: &StaffMember,
    password: String,
) -> Result<()> {
    let (_, profile) = read(front, member).await?;
    let (user, _) = sign_in(front, network, &profile.email, password).await?;
    if user == member.id { Ok(()) } else { Err(Error::Unauthenticated) }
}

/// The user behind a member of staff, with the profile opened.
///
/// # Errors
/// `Unauthenticated` when there is none any more.
pub async fn read(front: &Front, member: &StaffMember) -> Result<(User, Profile)> {
    let id = member.id;
    let user = front
        .app
        .read(move |conn| Ok(users::get(conn, id)?))
        .await?
        .ok_or(Error::Unauthenticated)?;
    let profile = Profile::open(front.app.vault(), id, &user.sealed_profile)?;
    Ok((user, profile))
}

/// Changes the own password; every session of the user but `kept` ends.
///
/// # Errors
/// `Invalid` when the present password is wrong or the new one is not accepted, `RateLimited` after
/// too many tries.
pub async fn change(
    front: &Front,
    member: StaffMember,
    present: String,
    wanted: String,
    kept: Option<Vec<u8>>,
) -> Result<()> {
    let (user, profile) = read(front, &member).await?;
    // The present password is guessed here as well as at sign-in.
    let index: [u8; 32] = user.email_index.as_slice().try_into().unwrap_or_default();
    front.guesses.count_account(&index)?;
    let id = user.id;
    let old_hash = user.password_hash.clone();
    let hashed =
        tokio::task::spawn_blocking(move || prepare_password(&user, &profile, &present, &wanted));
    let new_hash = hashed.await.map_err(|_| Error::internal("a password check panicked"))??;
    let ctx = front.app.ctx(Actor::Staff(member));
    front
        .app
        .write(move |conn| change_password(conn, &ctx, id, (&old_hash, &new_hash), kept.as_deref()))
        .await
}
