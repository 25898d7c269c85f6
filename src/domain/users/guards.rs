//! The lock-out guards: not yourself, not the owner, nobody above you. (The last administrator is
//! [`administrators`](crate::domain::access::administrators)' business.)

use super::store::{self, User};
use crate::{
    db::{Conn, Tx},
    domain::{
        access,
        ctx::Ctx,
        error::{Error, Refused, Result},
        tenants,
    },
    model::{error::FieldErrors, id::UserId},
};

/// Whether a user may be locked out or removed.
pub async fn may_lose_access(ctx: &Ctx, tx: &mut Tx, user: &User) -> Result<()> {
    if ctx.user_id() == Some(user.id) {
        return Err(Refused::Yourself.into());
    }
    // First: a tenant learns nothing about what its people are in others.
    only_here(ctx, tx, user.id).await?;
    if tenants::memberships::store::is_owner(tx, user.id).await? {
        return Err(Refused::Owner.into());
    }
    require_not_above_caller(ctx, tx, user.id).await
}

/// An account that several tenants share is not one tenant's to change.
pub async fn only_here(ctx: &Ctx, conn: &mut Conn, user: UserId) -> Result<()> {
    match ctx.tenant() {
        Some(tenant) if store::belongs_elsewhere(conn, user, tenant).await? => Err(Refused::Shared.into()),
        _ => Ok(()),
    }
}

/// Nobody locks out somebody above them, or lets them in again. And whoever takes over an account has its
/// permissions, so nobody makes a way into one that may do more: a token that is bound to less than its owner may doesn't,
/// either.
pub async fn require_not_above_caller(ctx: &Ctx, conn: &mut Conn, user: UserId) -> Result<()> {
    if ctx.user_id() == Some(user) {
        return ctx.require_covers(&access::load::effective(conn, user, ctx.now()).await?);
    }
    only_here(ctx, conn, user).await?;
    ctx.require_covers(&access::load::potential(conn, user, ctx.now()).await?)
}

/// Why nobody can be made or renamed with an address.
pub fn taken() -> Error {
    FieldErrors::taken("email", "somebody already signs in with this address").into()
}
