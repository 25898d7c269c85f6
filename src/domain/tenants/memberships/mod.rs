//! Who belongs to a tenant. A user without any membership is deleted; a tenant's owner is protected.

mod joining;
mod leaving;
mod ownership;
mod status;
mod store;

use super::{require, store::Tenant};
use crate::{
    db::{Conn, Tx},
    domain::{
        ctx::Ctx,
        engine,
        error::{Error, Refused, Result},
        keyset::{self, Place},
        users,
        verb::Verb,
    },
    model::{
        id::{TenantId, UserId},
        page::{First, Page},
    },
};

pub use joining::add;
pub use leaving::{Left, Removed, remove, remove_again_in, return_in, what_if_removed};
pub use ownership::{end_ownership_in, make_owner, make_owner_again_in, owner};
pub use status::{set_status, set_status_in, what_if_set};
pub use store::{KeptMembership, MemberView, Membership, STATEMENTS, is_member, is_owner, join, kept, put_back};

/// Where a user belongs, as seen from where the caller works.
pub async fn of_user(ctx: &Ctx, user: UserId) -> Result<First<Membership>> {
    ctx.require(Verb::ReadUser)?;
    let mut conn = ctx.read().await?;
    users::require(ctx, &mut conn, user).await?;
    Ok(keyset::first(store::of_user(ctx, &mut conn, user).await?))
}

/// One membership, for whoever may change it.
pub async fn membership(ctx: &Ctx, user: UserId, tenant: TenantId) -> Result<Membership> {
    ctx.require(Verb::UpdateMembership)?;
    Ok(both(ctx, &mut ctx.read().await?, user, tenant).await?.1)
}

/// One page of a tenant's members, by name.
pub async fn members(ctx: &Ctx, tenant: TenantId, after: &str) -> Result<Page<MemberView>> {
    ctx.require(Verb::ReadTenant)?;
    let mut conn = ctx.read().await?;
    require(ctx, &mut conn, tenant).await?;
    let place = Place::decode(after, UserId(uuid::Uuid::nil()));
    let (rows, total) = store::members(&mut conn, tenant, &place).await?;
    Ok(keyset::page(rows, total, |member| Place { name: member.name_key.clone(), id: member.id }))
}

async fn both(ctx: &Ctx, conn: &mut Conn, user: UserId, tenant: TenantId) -> Result<(Tenant, Membership)> {
    let tenant = require(ctx, conn, tenant).await?;
    let membership = store::find(conn, user, tenant.id).await?.ok_or(Error::NotFound("membership"))?;
    Ok((tenant, membership))
}

/// The owner stays, oneself stays, and nobody takes from others, or lets them have, more than they have.
async fn protect(ctx: &Ctx, tx: &mut Tx, membership: &Membership) -> Result<()> {
    if membership.is_owner {
        return Err(Refused::Owner.into());
    }
    if ctx.user_id() == Some(membership.user_id) {
        return Err(Refused::Yourself.into());
    }
    let held = engine::potential(tx, membership.user_id, ctx.now()).await?;
    ctx.require_covers(&held.only(membership.tenant_id))
}
