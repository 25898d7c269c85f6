//! The lock-out guards: not yourself, not the owner, not the last administrator, nobody above you.

use super::store::User;
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        engine,
        error::{Refused, Result},
        tenants,
    },
    model::id::UserId,
};

/// Whether a user may be locked out or removed.
pub async fn may_lose_access(ctx: &Ctx, tx: &mut Tx, user: &User) -> Result<()> {
    if ctx.user_id() == Some(user.id) {
        return Err(Refused::Yourself.into());
    }
    if tenants::is_owner(tx, user.id).await? {
        return Err(Refused::Owner.into());
    }
    if engine::is_last_administrator(tx, user.id, ctx.now()).await? {
        return Err(Refused::LastAdministrator.into());
    }
    Ok(())
}

/// Whoever takes over an account has its permissions, so nobody may make a way into one that may do more.
pub async fn no_more_than_oneself(ctx: &Ctx, tx: &mut Tx, user: UserId) -> Result<()> {
    let theirs = engine::permissions(tx, user, ctx.now()).await?;
    match ctx.permissions().lacks(theirs) {
        None => Ok(()),
        Some(_) => Err(Refused::MoreThanYourself.into()),
    }
}
