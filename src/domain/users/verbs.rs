//! What is done to one user.

use serde_json::json;

use super::{
    draft::{NewUser, Profile, UserUpdate},
    guards,
    store::{self, User},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        ctx::Ctx,
        deleted,
        engine::{
            self, administrators,
            what_if::{Affected, Effect, what_if},
        },
        error::{Error, Result},
        events::{self, Change},
        grants, sessions, tenants, throttle,
        undo::Inverse,
        verb::Verb,
    },
    model::{
        error::FieldErrors,
        id::{ROOT_TENANT, UserId},
        permission::Permission,
        timestamp::Timestamp,
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

/// The user with this id, who must be there: somebody outside the tenant that the caller works in is not.
pub async fn require(ctx: &Ctx, conn: &mut Conn, id: UserId) -> Result<User> {
    store::find(ctx, conn, id).await?.ok_or(Error::NotFound("user"))
}

/// Makes a user; with roles only if the caller may give them.
pub async fn create(ctx: &Ctx, user: NewUser) -> Result<User> {
    ctx.require(Verb::AddUser)?;
    let roles = user.roles.clone();
    if !roles.is_empty() {
        ctx.require(Verb::Give)?;
    }
    let prepared = prepare(ctx, user).await?;
    let mut tx = ctx.begin().await?;
    let user = insert(ctx, &mut tx, &prepared).await?;
    for role in roles {
        grants::give_role_in(ctx, &mut tx, user.id, &role).await?;
    }
    tx.commit().await?;
    Ok(user)
}

/// Inserts a prepared user with a membership, within a larger change.
pub async fn insert(ctx: &Ctx, tx: &mut Tx, prepared: &Prepared) -> Result<User> {
    let tenant = match (&prepared.user.tenant, ctx.tenant()) {
        (None, here) => here.unwrap_or(ROOT_TENANT),
        (Some(slug), _) => tenants::find_by_slug(tx, slug).await?.ok_or(Error::NotFound("tenant"))?,
    };
    // From a tenant, another one is not there.
    tenants::require(ctx, tx, tenant).await?;
    let id = UserId(ctx.id());
    if !store::insert(ctx, tx, id, &prepared.user.profile, prepared.hash.as_deref()).await? {
        return Err(taken());
    }
    tenants::join(ctx, tx, id, tenant).await?;
    let user = require(ctx, tx, id).await?;
    let inverse = Inverse::DeleteUser { user: id, version: user.version, last_sign_in_at: None, unused: true };
    let change = Change::new(Verb::AddUser, user.target()).of(Some(tenant)).after(user.state());
    events::record(ctx, tx, change.inverse(inverse)).await?;
    Ok(user)
}

/// The user with this id.
pub async fn find(ctx: &Ctx, id: UserId) -> Result<User> {
    ctx.require(Verb::ReadUser)?;
    let mut user = require(ctx, &mut ctx.read().await?, id).await?;
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
    ctx.require(Verb::UpdateUser)?;
    let mut tx = ctx.begin().await?;
    let before = require(ctx, &mut tx, id).await?;
    // Whoever saw the number masked sends the mask back: it stands for "unchanged".
    if update.profile.phone.is_some() && update.profile.phone == before.phone.as_deref().map(masked) {
        update.profile.phone.clone_from(&before.phone);
    }
    let after = update_in(ctx, &mut tx, before, update).await?;
    tx.commit().await?;
    Ok(after)
}

async fn update_in(ctx: &Ctx, tx: &mut Tx, before: User, update: UserUpdate) -> Result<User> {
    let id = before.id;
    guards::only_here(ctx, tx, id).await?;
    if update.profile.email.as_str() != before.login {
        // The address receives reset links, so changing it is a way into the account.
        guards::no_more_than_oneself(ctx, tx, id).await?;
        if store::is_taken(tx, update.profile.email.as_str(), id).await? {
            return Err(taken());
        }
    }
    if !store::update(ctx, tx, id, &update).await? {
        return Err(Error::Stale);
    }
    let after = require(ctx, tx, id).await?;
    let inverse = Inverse::UpdateUser { user: id, from: after.profile(), to: before.profile() };
    let change = Change::new(Verb::UpdateUser, after.target()).before(before.state()).after(after.state());
    events::record(ctx, tx, change.inverse(inverse)).await?;
    Ok(after)
}

/// Makes a profile what it was, if nobody changed it since it was `from`. Other changes of the user don't matter.
pub async fn set_profile_in(ctx: &Ctx, tx: &mut Tx, id: UserId, (from, to): (Profile, Profile)) -> Result<()> {
    ctx.require(Verb::UpdateUser)?;
    let user = require(ctx, tx, id).await?;
    if user.profile() != from {
        return Err(Error::Stale);
    }
    let update = UserUpdate { profile: to, version: user.version };
    update_in(ctx, tx, user, update).await.map(drop)
}

fn taken() -> Error {
    FieldErrors::one("email", "somebody already signs in with this address").into()
}

/// Locks a user out and ends their sessions. Doing it twice is not an error. Answers how many sessions ended.
pub async fn disable(ctx: &Ctx, id: UserId) -> Result<(User, u64)> {
    let mut tx = ctx.begin().await?;
    let done = disable_in(ctx, &mut tx, id).await?;
    tx.commit().await?;
    Ok(done)
}

/// What [`disable`] would do.
pub async fn what_if_disabled(ctx: &Ctx, id: UserId) -> Result<Effect> {
    ctx.require(Verb::DisableUser)?;
    let dry = ctx.rehearsing();
    what_if(&dry, Affected::Users(&[id]), async |tx| disable_in(&dry, tx, id).await.map(drop)).await
}

/// [`disable`] within a larger change.
pub async fn disable_in(ctx: &Ctx, tx: &mut Tx, id: UserId) -> Result<(User, u64)> {
    ctx.require(Verb::DisableUser)?;
    let user = require(ctx, tx, id).await?;
    if user.status == UserStatus::Disabled {
        return Ok((user, 0));
    }
    guards::may_lose_access(ctx, tx, &user).await?;
    let watch = administrators::watch(tx, ctx.now()).await?;
    store::disable(ctx, tx, id).await?;
    watch.check(tx, ctx.now()).await?;
    let ended = sessions::end_all(tx, id).await?;
    let change = Change::new(Verb::DisableUser, user.target())
        .before(json!({"status": user.status}))
        .after(json!({"status": UserStatus::Disabled, "sessions ended": ended}));
    let disabled_at = require(ctx, tx, id).await?.disabled_at;
    events::record(ctx, tx, change.inverse(Inverse::EnableUser { user: id, disabled_at })).await?;
    Ok((user, ended))
}

/// Lets a user sign in again. Doing it twice is not an error.
pub async fn enable(ctx: &Ctx, id: UserId) -> Result<User> {
    let mut tx = ctx.begin().await?;
    let user = enable_in(ctx, &mut tx, id).await?;
    tx.commit().await?;
    Ok(user)
}

/// [`enable`] within a larger change.
pub async fn enable_in(ctx: &Ctx, tx: &mut Tx, id: UserId) -> Result<User> {
    ctx.require(Verb::EnableUser)?;
    let before = require(ctx, tx, id).await?;
    if before.status != UserStatus::Disabled {
        return Ok(before);
    }
    guards::only_here(ctx, tx, id).await?;
    store::enable(ctx, tx, id).await?;
    let after = require(ctx, tx, id).await?;
    let change = Change::new(Verb::EnableUser, after.target())
        .before(json!({"status": before.status}))
        .after(json!({"status": after.status}));
    events::record(ctx, tx, change.inverse(Inverse::DisableUser { user: id })).await?;
    Ok(after)
}

/// Removes a user, their sessions, grants and memberships. They can be brought back for 30 days.
pub async fn delete(ctx: &Ctx, id: UserId) -> Result<User> {
    ctx.require(Verb::DeleteUser)?;
    let mut tx = ctx.begin().await?;
    let user = delete_in(ctx, &mut tx, id).await?;
    tx.commit().await?;
    Ok(user)
}

/// What [`delete`] would do.
pub async fn what_if_deleted(ctx: &Ctx, id: UserId) -> Result<Effect> {
    ctx.require(Verb::DeleteUser)?;
    let dry = ctx.rehearsing();
    what_if(&dry, Affected::Users(&[id]), async |tx| delete_in(&dry, tx, id).await.map(drop)).await
}

/// [`delete`] within a larger change, which has its own permission: leaving the last tenant deletes, too.
pub async fn delete_in(ctx: &Ctx, tx: &mut Tx, id: UserId) -> Result<User> {
    let user = require(ctx, tx, id).await?;
    guards::may_lose_access(ctx, tx, &user).await?;
    let watch = administrators::watch(tx, ctx.now()).await?;
    deleted::keep_user(ctx, tx, &user).await?;
    store::delete(tx, id).await?;
    watch.check(tx, ctx.now()).await?;
    let change = Change::new(Verb::DeleteUser, user.target()).before(user.state());
    events::record(ctx, tx, change.inverse(Inverse::RestoreUser { user: id })).await?;
    Ok(user)
}

/// A user as a command left them, to see whether anything happened since.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// Their version.
    pub version: i64,
    /// When they had last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// Whether they belonged to one tenant, to no group, and held nothing.
    pub unused: bool,
}

/// Removes a user to whom nothing happened since they were `seen`.
pub async fn delete_unchanged_in(ctx: &Ctx, tx: &mut Tx, id: UserId, seen: Seen) -> Result<()> {
    ctx.require(Verb::DeleteUser)?;
    let user = require(ctx, tx, id).await?;
    let same = (user.version, user.last_sign_in_at) == (seen.version, seen.last_sign_in_at);
    match same && (!seen.unused || deleted::is_unused(tx, id).await?) {
        true => delete_in(ctx, tx, id).await.map(drop),
        false => Err(Error::Stale),
    }
}

/// Lets a user in again who was locked out at that moment, and not again since.
pub async fn enable_again_in(ctx: &Ctx, tx: &mut Tx, id: UserId, disabled_at: Option<Timestamp>) -> Result<()> {
    ctx.require(Verb::EnableUser)?;
    match require(ctx, tx, id).await?.disabled_at == disabled_at {
        true => enable_in(ctx, tx, id).await.map(drop),
        false => Err(Error::Stale),
    }
}

/// Locks a user out again who was let in, and not locked out since.
pub async fn disable_again_in(ctx: &Ctx, tx: &mut Tx, id: UserId) -> Result<()> {
    ctx.require(Verb::DisableUser)?;
    match require(ctx, tx, id).await?.disabled_at {
        None => disable_in(ctx, tx, id).await.map(drop),
        Some(_) => Err(Error::Stale),
    }
}

/// Brings a deleted user back, where they were, with what was given to them. Their password is gone: they follow
/// a set-password link before they sign in.
pub async fn restore_in(ctx: &Ctx, tx: &mut Tx, id: UserId) -> Result<()> {
    ctx.require(Verb::RestoreUser)?;
    let kept = deleted::take_user(tx, id).await?;
    if !store::insert_again(ctx, tx, id, &kept).await? {
        return Err(taken());
    }
    store::restore(tx, id, &kept).await?;
    deleted::restore_places(ctx, tx, id, &kept).await?;
    let user = require(ctx, tx, id).await?;
    ctx.require_covers(&engine::potential(tx, id, ctx.now()).await?)?;
    let inverse =
        Inverse::DeleteUser { user: id, version: user.version, last_sign_in_at: user.last_sign_in_at, unused: false };
    let change = Change::new(Verb::RestoreUser, user.target()).after(user.state());
    events::record(ctx, tx, change.inverse(inverse)).await?;
    Ok(())
}

/// Forgets failed sign-ins of a login, so that its user can try again at once.
pub async fn unlock(ctx: &Ctx, id: UserId) -> Result<User> {
    ctx.require(Verb::UnlockUser)?;
    let mut tx = ctx.begin().await?;
    let user = require(ctx, &mut tx, id).await?;
    throttle::forget(ctx, &mut tx, throttle::ACCOUNT, &user.login).await?;
    events::record(ctx, &mut tx, Change::new(Verb::UnlockUser, user.target())).await?;
    tx.commit().await?;
    Ok(user)
}

/// Removes a user's second factor, for somebody who lost it.
pub async fn reset_second_factor(ctx: &Ctx, id: UserId) -> Result<User> {
    ctx.require(Verb::ResetSecondFactor)?;
    let mut tx = ctx.begin().await?;
    let user = require(ctx, &mut tx, id).await?;
    guards::no_more_than_oneself(ctx, &mut tx, id).await?;
    store::reset_second_factor(&mut tx, id).await?;
    events::record(ctx, &mut tx, Change::new(Verb::ResetSecondFactor, user.target())).await?;
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
