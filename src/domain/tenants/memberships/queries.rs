//! What is asked about memberships, and who protects them.

use super::store::{self, MemberView, Membership};
use crate::{
    db::{Conn, Tx},
    domain::{
        access,
        action::Action,
        ctx::Ctx,
        error::{Error, Refused, Result},
        keyset::{self, Place},
        tenants::{queries::require, store::Tenant},
        users::{self, store::User},
    },
    model::{
        error::FieldErrors,
        id::{TenantId, UserId},
        page::{Limited, Page},
    },
};

/// Where a user whom the caller sees belongs, as seen from where the caller works.
pub async fn of_user(ctx: &Ctx, conn: &mut Conn, user: &User) -> Result<Limited<Membership>> {
    ctx.require(Action::ReadUser)?;
    Ok(keyset::limited(store::of_user(ctx.tenant(), conn, user.id).await?))
}

/// Where a user can be given access, as seen from where the caller works.
pub async fn places_to_give(ctx: &Ctx, user: UserId) -> Result<Limited<Membership>> {
    ctx.require(Action::Give)?;
    let mut conn = ctx.read().await?;
    users::queries::require(ctx, &mut conn, user).await?;
    Ok(keyset::limited(store::of_user(ctx.tenant(), &mut conn, user).await?))
}

/// One membership, for whoever may change it.
pub async fn membership(ctx: &Ctx, user: UserId, tenant: TenantId) -> Result<Membership> {
    ctx.require(Action::UpdateMembership)?;
    Ok(both(ctx, &mut *ctx.read().await?, user, tenant).await?.1)
}

/// One page of a tenant's members, by name.
pub async fn members(ctx: &Ctx, tenant: TenantId, after: &str) -> Result<Page<MemberView>> {
    ctx.require(Action::ReadTenant)?;
    let mut conn = ctx.read().await?;
    require(ctx, &mut conn, tenant).await?;
    let place = Place::decode(after, UserId(uuid::Uuid::nil()));
    let (rows, total) = store::members(&mut conn, tenant, &place).await?;
    Ok(keyset::page(rows, total, |member| Place { name: member.name_key.clone(), id: member.id }))
}

/// The id and name of a tenant's owner.
pub async fn owner(ctx: &Ctx, tenant: TenantId) -> Result<Option<(UserId, String)>> {
    ctx.require(Action::ReadTenant)?;
    let mut conn = ctx.read().await?;
    require(ctx, &mut conn, tenant).await?;
    Ok(store::owner(&mut conn, tenant).await?)
}

/// Whoever signs in with this login, to be made a member. From a tenant, people outside it are not seen: they are
/// invited, not taken.
pub async fn newcomer(ctx: &Ctx, login: &str) -> Result<User> {
    ctx.require(Action::AddMembership)?;
    let user = users::store::find_by_login(ctx.tenant(), &mut *ctx.read().await?, login).await?;
    Ok(user.ok_or_else(|| FieldErrors::one("email", "nobody here signs in with this address"))?)
}

/// Whether removing a user from a tenant would delete them.
pub async fn is_last(ctx: &Ctx, user: UserId) -> Result<bool> {
    ctx.require(Action::RemoveMembership)?;
    Ok(store::count_of_user(&mut *ctx.read().await?, user).await? <= 1)
}

/// A membership with its tenant, which must both be there.
pub async fn both(ctx: &Ctx, conn: &mut Conn, user: UserId, tenant: TenantId) -> Result<(Tenant, Membership)> {
    let tenant = require(ctx, conn, tenant).await?;
    let membership = store::find(conn, user, tenant.id).await?.ok_or(Error::NotFound("membership"))?;
    Ok((tenant, membership))
}

/// The owner stays, oneself stays, and nobody takes from others, or lets them have, more than they have.
pub async fn protect(ctx: &Ctx, tx: &mut Tx, membership: &Membership) -> Result<()> {
    if membership.is_owner {
        return Err(Refused::Owner.into());
    }
    if ctx.user_id() == Some(membership.user_id) {
        return Err(Refused::Yourself.into());
    }
    require_not_above_caller(ctx, tx, membership).await
}

/// Nobody changes what others have in a tenant who have more there.
pub async fn require_not_above_caller(ctx: &Ctx, tx: &mut Tx, membership: &Membership) -> Result<()> {
    let held = access::load::potential(tx, membership.user_id, ctx.now()).await?;
    ctx.require_covers(&held.only(membership.tenant_id))
}
