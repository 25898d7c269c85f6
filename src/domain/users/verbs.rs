//! What is done to one user.

use serde_json::json;

use super::{
    draft::{NewUser, UserUpdate},
    guards,
    store::{self, User},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        ctx::Ctx,
        error::{Error, Result},
        events::{self, Change},
        grants, sessions, tenants, throttle,
    },
    model::{
        error::FieldErrors,
        id::{ROOT_TENANT, UserId},
        permission::Permission,
        user::UserStatus,
    },
};

/// A user ready to be inserted: the password is hashed before the transaction begins, because hashing
/// takes longer than a writer may hold the database.
#[derive(Debug)]
pub struct Prepared {
    user: NewUser,
    hash: Option<String>,
}

impl Prepared {
    /// Whether they will be able to sign in at once.
    #[must_use]
    pub const fn has_password(&self) -> bool {
        self.hash.is_some()
    }
}

/// Hashes the password of a user to be made.
pub async fn prepare(ctx: &Ctx, mut user: NewUser) -> Result<Prepared> {
    let hash = match user.password.take() {
        Some(password) => Some(ctx.services.hasher.hash(password).await?),
        None => None,
    };
    Ok(Prepared { user, hash })
}

/// The user with this id, who must be there.
pub async fn require(conn: &mut Conn, id: UserId) -> Result<User> {
    store::find(conn, id).await?.ok_or(Error::NotFound("user"))
}

/// Makes a user; with a role only if the caller may give it.
pub async fn create(ctx: &Ctx, user: NewUser) -> Result<User> {
    ctx.require(Permission::UsersAdd)?;
    let role = user.role.clone();
    if role.is_some() {
        ctx.require(Permission::UsersUpdateRoles)?;
    }
    let prepared = prepare(ctx, user).await?;
    let mut tx = ctx.begin().await?;
    let user = insert(ctx, &mut tx, &prepared).await?;
    if let Some(role) = role {
        grants::require_no_more(ctx, &mut tx, &role).await?;
        grants::give_in(ctx, &mut tx, &user, &role).await?;
    }
    tx.commit().await?;
    Ok(user)
}

/// Inserts a prepared user with a membership, within a larger change.
pub async fn insert(ctx: &Ctx, tx: &mut Tx, prepared: &Prepared) -> Result<User> {
    let tenant = match &prepared.user.tenant {
        None => ROOT_TENANT,
        Some(slug) => tenants::find_by_slug(tx, slug).await?.ok_or(Error::NotFound("tenant"))?,
    };
    let id = UserId(ctx.id());
    if !store::insert(ctx, tx, id, &prepared.user.profile, prepared.hash.as_deref()).await? {
        return Err(taken());
    }
    tenants::join(ctx, tx, id, tenant).await?;
    let user = require(tx, id).await?;
    events::record(ctx, tx, Change::new("users.add", user.target()).after(user.state())).await?;
    Ok(user)
}

/// The user with this id.
pub async fn find(ctx: &Ctx, id: UserId) -> Result<User> {
    ctx.require(Permission::UsersRead)?;
    let mut user = require(&mut ctx.read().await?, id).await?;
    if ctx.user_id() != Some(id) && !ctx.may(Permission::DataUnmask) {
        user.phone = user.phone.as_deref().map(masked);
    }
    Ok(user)
}

/// A phone number of which the last two digits stay.
fn masked(phone: &str) -> String {
    let kept = phone.chars().count().saturating_sub(2);
    phone.chars().enumerate().map(|(i, c)| if i < kept && c.is_ascii_digit() { '•' } else { c }).collect()
}

/// Changes names, e-mail and phone; refuses if somebody else changed the user since `update.version`.
pub async fn update(ctx: &Ctx, id: UserId, mut update: UserUpdate) -> Result<User> {
    ctx.require(Permission::UsersUpdate)?;
    let mut tx = ctx.begin().await?;
    let before = require(&mut tx, id).await?;
    // Whoever saw the number masked sends the mask back: it stands for "unchanged".
    if update.profile.phone.is_some() && update.profile.phone == before.phone.as_deref().map(masked) {
        update.profile.phone.clone_from(&before.phone);
    }
    if update.profile.email.as_str() != before.login {
        // The address receives reset links, so changing it is a way into the account.
        guards::no_more_than_oneself(ctx, &mut tx, id).await?;
        if store::is_taken(&mut tx, update.profile.email.as_str(), id).await? {
            return Err(taken());
        }
    }
    if !store::update(ctx, &mut tx, id, &update).await? {
        return Err(Error::Stale);
    }
    let after = require(&mut tx, id).await?;
    let change = Change::new("users.update", after.target()).before(before.state()).after(after.state());
    events::record(ctx, &mut tx, change).await?;
    tx.commit().await?;
    Ok(after)
}

fn taken() -> Error {
    FieldErrors::one("email", "somebody already signs in with this address").into()
}

/// Locks a user out and ends their sessions. Doing it twice is not an error. Answers how many sessions ended.
pub async fn disable(ctx: &Ctx, id: UserId) -> Result<(User, u64)> {
    ctx.require(Permission::UsersRevoke)?;
    let mut tx = ctx.begin().await?;
    let done = disable_in(ctx, &mut tx, id).await?;
    tx.commit().await?;
    Ok(done)
}

pub(super) async fn disable_in(ctx: &Ctx, tx: &mut Tx, id: UserId) -> Result<(User, u64)> {
    let user = require(tx, id).await?;
    if user.status == UserStatus::Disabled {
        return Ok((user, 0));
    }
    guards::may_lose_access(ctx, tx, &user).await?;
    store::disable(ctx, tx, id).await?;
    let ended = sessions::end_all(tx, id).await?;
    let change = Change::new("users.disable", user.target())
        .before(json!({"status": user.status}))
        .after(json!({"status": UserStatus::Disabled, "sessions ended": ended}));
    events::record(ctx, tx, change).await?;
    Ok((user, ended))
}

/// Lets a user sign in again. Doing it twice is not an error.
pub async fn enable(ctx: &Ctx, id: UserId) -> Result<User> {
    ctx.require(Permission::UsersEnable)?;
    let mut tx = ctx.begin().await?;
    let user = enable_in(ctx, &mut tx, id).await?;
    tx.commit().await?;
    Ok(user)
}

pub(super) async fn enable_in(ctx: &Ctx, tx: &mut Tx, id: UserId) -> Result<User> {
    let before = require(tx, id).await?;
    if before.status != UserStatus::Disabled {
        return Ok(before);
    }
    store::enable(ctx, tx, id).await?;
    let after = require(tx, id).await?;
    let change = Change::new("users.enable", after.target())
        .before(json!({"status": before.status}))
        .after(json!({"status": after.status}));
    events::record(ctx, tx, change).await?;
    Ok(after)
}

/// Removes a user, their sessions, grants and memberships.
pub async fn delete(ctx: &Ctx, id: UserId) -> Result<User> {
    ctx.require(Permission::UsersDelete)?;
    let mut tx = ctx.begin().await?;
    let user = delete_in(ctx, &mut tx, id).await?;
    tx.commit().await?;
    Ok(user)
}

pub(super) async fn delete_in(ctx: &Ctx, tx: &mut Tx, id: UserId) -> Result<User> {
    let user = require(tx, id).await?;
    guards::may_lose_access(ctx, tx, &user).await?;
    events::record(ctx, tx, Change::new("users.delete", user.target()).before(user.state())).await?;
    store::delete(tx, id).await?;
    Ok(user)
}

/// Forgets failed sign-ins of a login, so that its user can try again at once.
pub async fn unlock(ctx: &Ctx, id: UserId) -> Result<User> {
    ctx.require(Permission::UsersEnable)?;
    let mut tx = ctx.begin().await?;
    let user = require(&mut tx, id).await?;
    throttle::forget(ctx, &mut tx, throttle::ACCOUNT, &user.login).await?;
    events::record(ctx, &mut tx, Change::new("users.unlock", user.target())).await?;
    tx.commit().await?;
    Ok(user)
}

/// Removes a user's second factor, for somebody who lost it.
pub async fn reset_second_factor(ctx: &Ctx, id: UserId) -> Result<User> {
    ctx.require(Permission::UsersPasswordReset)?;
    let mut tx = ctx.begin().await?;
    let user = require(&mut tx, id).await?;
    guards::no_more_than_oneself(ctx, &mut tx, id).await?;
    store::reset_second_factor(&mut tx, id).await?;
    events::record(ctx, &mut tx, Change::new("users.reset-second-factor", user.target())).await?;
    tx.commit().await?;
    Ok(user)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_masked_phone_keeps_its_shape_and_two_digits() {
        assert_eq!(super::masked("+1 202 555 0143"), "+• ••• ••• ••43");
    }
}
