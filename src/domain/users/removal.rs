//! Deleting a user, and bringing them back.

use super::{
    guards,
    store::{self, User},
    verbs::{require, taken},
};
use crate::{
    db::{Tx, on, statements},
    domain::{
        ctx::Ctx,
        deleted::{self, KeptUser},
        engine::{
            self, administrators,
            what_if::{Affected, Effect, what_if},
        },
        error::{Error, Result},
        events::{self, Change},
        undo::Inverse,
        verb::Verb,
    },
    model::{id::UserId, timestamp::Timestamp},
};

statements! {
    /// The number is kept: families of the API know people by it.
    INSERT_AGAIN = "insert into users (number, id, login, email, display_name, first_name, last_name, name_key, search_key,
            phone, created_at, updated_at)
        values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $10) on conflict (login) do nothing";
    RESTORE = "update users set kind = $2, locale = $3, tenant_scope = $4, ip_allowlist = $5, second_factor_required = $6,
        email_verified_at = $7, disabled_at = $8, created_by = $9, created_at = $10, last_sign_in_at = $11, version = $12
        where id = $1";
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
    let watch = administrators::watch(ctx, tx).await?;
    deleted::keep_user(ctx, tx, &user).await?;
    store::delete(tx, id).await?;
    watch.check(ctx, tx).await?;
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

/// Brings a deleted user back, where they were, with what was given to them. Their password is gone: they follow
/// a set-password link before they sign in.
pub async fn restore_in(ctx: &Ctx, tx: &mut Tx, id: UserId) -> Result<()> {
    ctx.require(Verb::RestoreUser)?;
    let kept = deleted::take_user(tx, id).await?;
    if !insert_again(ctx, tx, id, &kept).await? {
        return Err(taken());
    }
    restore(tx, id, &kept).await?;
    deleted::restore_places(ctx, tx, id, &kept).await?;
    let user = require(ctx, tx, id).await?;
    ctx.require_covers(&engine::potential(tx, id, ctx.now()).await?)?;
    let inverse =
        Inverse::DeleteUser { user: id, version: user.version, last_sign_in_at: user.last_sign_in_at, unused: false };
    let change = Change::new(Verb::RestoreUser, user.target()).after(user.state());
    events::record(ctx, tx, change.inverse(inverse)).await?;
    Ok(())
}

/// Inserts a user who was deleted, under their old number; `false` if the login is taken.
async fn insert_again(ctx: &Ctx, tx: &mut Tx, id: UserId, kept: &KeptUser) -> Result<bool> {
    let profile = &kept.profile;
    let keys = profile.keys();
    let rows = on!(tx, |c| sqlx::query(INSERT_AGAIN)
        .bind(kept.number)
        .bind(id)
        .bind(profile.email.as_str())
        .bind(&profile.display_name)
        .bind(&profile.first_name)
        .bind(&profile.last_name)
        .bind(&keys.name)
        .bind(&keys.search)
        .bind(&profile.phone)
        .bind(ctx.now())
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Puts back what an insert doesn't set.
async fn restore(tx: &mut Tx, id: UserId, kept: &KeptUser) -> Result<()> {
    let more = &kept.more;
    on!(tx, |c| sqlx::query(RESTORE)
        .bind(id)
        .bind(&more.kind)
        .bind(&more.locale)
        .bind(&more.tenant_scope)
        .bind(&more.ip_allowlist)
        .bind(more.second_factor_required)
        .bind(more.email_verified_at)
        .bind(more.disabled_at)
        .bind(more.created_by)
        .bind(kept.created_at)
        .bind(more.last_sign_in_at)
        .bind(kept.version + 1)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}
