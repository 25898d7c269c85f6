//! Whether a user can sign in.

use serde_json::json;

use super::{
    guards,
    store::{self, User},
    verbs::require,
};
use crate::{
    db::Tx,
    domain::{
        codes,
        ctx::Ctx,
        engine::{
            administrators,
            what_if::{Affected, Effect, what_if},
        },
        error::{Error, Result},
        events::{self, Change},
        sessions,
        throttle::{self, Lock},
        undo::Inverse,
        verb::Verb,
    },
    model::{id::UserId, timestamp::Timestamp, user::UserStatus},
};

/// Locks a user out and ends their sessions. Doing it twice is not an error. Answers how many sessions ended.
pub async fn disable(ctx: &Ctx, id: UserId) -> Result<(User, u64)> {
    ctx.require(Verb::DisableUser)?;
    let mut tx = ctx.begin().await?;
    let done = disable_in(ctx, &mut tx, id).await?;
    tx.commit().await?;
    Ok(done)
}

/// What [`disable`] would do.
pub async fn what_if_disabled(ctx: &Ctx, id: UserId) -> Result<Effect> {
    ctx.require(Verb::DisableUser)?;
    let dry = ctx.rehearsing();
    what_if(&dry, &Affected::user(id), async |tx| disable_in(&dry, tx, id).await.map(drop)).await
}

/// [`disable`] within a larger change.
pub async fn disable_in(ctx: &Ctx, tx: &mut Tx, id: UserId) -> Result<(User, u64)> {
    ctx.require(Verb::DisableUser)?;
    let user = require(ctx, tx, id).await?;
    if user.status == UserStatus::Disabled {
        return Ok((user, 0));
    }
    guards::may_lose_access(ctx, tx, &user).await?;
    let watch = administrators::watch(ctx, tx).await?;
    store::disable(ctx, tx, id).await?;
    watch.check(ctx, tx).await?;
    let ended = sessions::end_all(tx, id).await?;
    codes::void_all(ctx, tx, id).await?;
    let change = Change::new(Verb::DisableUser, user.target())
        .before(json!({"status": user.status}))
        .after(json!({"status": UserStatus::Disabled, "sessions ended": ended}));
    let disabled_at = require(ctx, tx, id).await?.disabled_at;
    events::record(ctx, tx, change.inverse(Inverse::EnableUser { user: id, disabled_at })).await?;
    Ok((user, ended))
}

/// Lets a user sign in again. Doing it twice is not an error.
pub async fn enable(ctx: &Ctx, id: UserId) -> Result<User> {
    ctx.require(Verb::EnableUser)?;
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
    guards::no_more_than_oneself(ctx, tx, id).await?;
    store::enable(ctx, tx, id).await?;
    let after = require(ctx, tx, id).await?;
    let change = Change::new(Verb::EnableUser, after.target())
        .before(json!({"status": before.status}))
        .after(json!({"status": after.status}));
    events::record(ctx, tx, change.inverse(Inverse::DisableUser { user: id })).await?;
    Ok(after)
}

/// Lets a user in again who was disabled at that moment, and not again since.
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

/// Where signing in to a user's account is locked at the moment, by wrong passwords.
pub async fn locks(ctx: &Ctx, user: &User) -> Result<Vec<Lock>> {
    ctx.require(Verb::ReadUser)?;
    throttle::locks(ctx, &mut ctx.read().await?, &user.login).await
}

/// Forgets failed sign-ins of a login, so that its user can try again at once.
pub async fn unlock(ctx: &Ctx, id: UserId) -> Result<User> {
    ctx.require(Verb::UnlockUser)?;
    let mut tx = ctx.begin().await?;
    let user = require(ctx, &mut tx, id).await?;
    throttle::unlock(ctx, &mut tx, &user.login).await?;
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
