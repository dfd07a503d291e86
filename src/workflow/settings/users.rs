//! People: a first password that is used once, their own afterwards, and the end of their access.

use serde_json::json;
use zeroize::Zeroizing;

use super::profile::{Profile, email_index};
use super::{permission, text};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::users::{self, User};
use crate::db::{events, sessions};
use crate::domain::actor::{Actor, Ctx};
use crate::domain::ids::UserId;
use crate::error::{Error, FieldError, Result};
use crate::language::Language;
use crate::mail::address::MailAddress;
use crate::vault::Vault;
use crate::vault::password::{self, PasswordRejected, Policy};
use crate::vault::secret::one_time_password;
use crate::workflow::record::settings_event;

/// Somebody who shall be able to sign in.
#[derive(Clone, Debug)]
pub struct NewUser {
    pub profile: Profile,
    pub language: Language,
    /// Runs the instance and sees no case.
    pub is_operator: bool,
}

/// A user ready to be stored, and the password to hand over.
pub struct PreparedUser {
    pub row: User,
    /// Shown once; it is good for nothing but choosing another.
    pub one_time_password: Zeroizing<String>,
}

/// Prepares a user. Hashes a password: never on an async thread.
///
/// # Errors
/// `Invalid` with every rule that is broken.
pub fn prepare(ctx: &Ctx, vault: &Vault, new: &NewUser) -> Result<PreparedUser> {
    check(&new.profile)?;
    let id: UserId = ctx.new_id();
    let one_time_password = one_time_password();
    let password_hash = password::hash(&one_time_password)
        .map_err(|_| Error::internal("a password could not be hashed"))?;
    let row = User {
        id,
        email_index: email_index(vault, &new.profile.email).to_vec(),
        sealed_profile: new.profile.seal(vault, id)?,
        password_hash,
        must_change_password: true,
        is_operator: new.is_operator,
        status: "active".to_owned(),
        language: new.language,
        failed_sign_ins: 0,
        created_at: Instant::from(ctx.now),
    };
    Ok(PreparedUser { row, one_time_password })
}

/// Whether a profile can be stored.
///
/// # Errors
/// `Invalid` with every rule that is broken.
pub fn check(profile: &Profile) -> Result<()> {
    let mut errors: Vec<FieldError> = text::line("name", &profile.name, 200).into_iter().collect();
    match text::line("email", &profile.email, 254) {
        Some(error) => errors.push(error),
        None if !is_address(&profile.email) => {
            errors.push(FieldError::new("email", "email"));
        }
        None => {}
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// Whether mail can be sent there: that is how somebody hears of what is due. An instance on one
/// machine may have people of that machine.
fn is_address(text: &str) -> bool {
    let local = text.strip_suffix("@localhost");
    let on_a_host = local.map(|local| format!("{local}@localhost.example"));
    text.trim() == text && MailAddress::parse(on_a_host.as_deref().unwrap_or(text)).is_ok()
}

/// Stores a prepared user.
///
/// # Errors
/// `Forbidden` for anybody but an operator; `Conflict` when the address is taken.
pub fn create(conn: &mut Conn, ctx: &Ctx, row: &User) -> Result<()> {
    permission::run_instance(&ctx.actor)?;
    insert(conn, ctx, row)
}

/// Stores a user for a verb that has asked for permission itself.
pub(super) fn insert(conn: &mut Conn, ctx: &Ctx, row: &User) -> Result<()> {
    if users::by_email(conn, &row.email_index)?.is_some() {
        return Err(Error::Conflict { code: "email-taken" });
    }
    users::insert(conn, row)?;
    let detail = json!({ "user": row.id, "operator": row.is_operator });
    Ok(events::insert(conn, &settings_event(ctx, None, "UserCreated", &detail))?)
}

/// Stores the operator of an instance that has none.
///
/// # Errors
/// `Conflict` when there is an operator, or the address is taken.
pub fn create_first_operator(conn: &mut Conn, ctx: &Ctx, row: &User) -> Result<()> {
    if users::operators(conn)? > 0 {
        return Err(Error::Conflict { code: "operator-exists" });
    }
    create(conn, ctx, row)
}

/// Lets somebody in again, or out at once: every session ends.
///
/// # Errors
/// `Forbidden`, `NotFound`; `Conflict` for one's own account.
pub fn set_active(conn: &mut Conn, ctx: &Ctx, id: UserId, active: bool) -> Result<User> {
    permission::run_instance(&ctx.actor)?;
    let mut user = users::get(conn, id)?.ok_or(Error::NotFound)?;
    if !active && matches!(&ctx.actor, Actor::Staff(member) if member.id == id) {
        return Err(Error::Conflict { code: "own-account" });
    }
    let (status, kind) =
        if active { ("active", "UserEnabled") } else { ("disabled", "UserDisabled") };
    if user.status == status {
        return Ok(user);
    }
    users::set_status(conn, id, status)?;
    if !active {
        sessions::delete_of_user(conn, id, None)?;
    }
    let event = settings_event(ctx, None, kind, &json!({ "user": id }));
    events::insert(conn, &event)?;
    status.clone_into(&mut user.status);
    Ok(user)
}

/// Checks a change of one's own password and hashes the new one: never on an async thread.
///
/// # Errors
/// `Invalid` when the present password is wrong or the new one is not accepted.
pub fn prepare_password(user: &User, profile: &Profile, old: &str, new: &str) -> Result<String> {
    let broken = |_| Error::internal("a password could not be hashed");
    if !password::verify(old, &user.password_hash).map_err(broken)? {
        return Err(Error::invalid("current_password", "wrong-password"));
    }
    if old == new {
        return Err(Error::invalid("new_password", "same-password"));
    }
    Policy::default().check(new, &profile.email).map_err(rejected)?;
    password::hash(new).map_err(broken)
}

fn rejected(why: PasswordRejected) -> Error {
    let (code, arguments) = match why {
        PasswordRejected::TooShort { minimum } => {
            ("password-too-short", vec![("minimum", minimum.to_string())])
        }
        PasswordRejected::TooLong { maximum } => {
            ("password-too-long", vec![("maximum", maximum.to_string())])
        }
        PasswordRejected::Repeated => ("password-repeated", Vec::new()),
        PasswordRejected::Common => ("password-common", Vec::new()),
        PasswordRejected::ContainsEmail => ("password-contains-email", Vec::new()),
        PasswordRejected::ContainsProduct => ("password-contains-product", Vec::new()),
    };
    Error::invalid_with("new_password", code, arguments)
}

/// Stores one's own new password, if the old one is still `old_hash`; every session but `kept`
/// ends.
///
/// # Errors
/// `Unauthenticated` when there is no such user; `Conflict` when the password was changed
/// meanwhile.
pub fn change_password(
    conn: &mut Conn,
    ctx: &Ctx,
    id: UserId,
    (old_hash, new_hash): (&str, &str),
    kept: Option<&[u8]>,
) -> Result<()> {
    let user = users::get(conn, id)?.ok_or(Error::Unauthenticated)?;
    if user.password_hash != old_hash {
        return Err(Error::Conflict { code: "password-changed" });
    }
    users::set_password(conn, id, new_hash, false)?;
    sessions::delete_of_user(conn, id, kept)?;
    let event = settings_event(ctx, None, "PasswordChanged", &json!({ "user": id }));
    Ok(events::insert(conn, &event)?)
}
