//! A tenant's one owner.

use serde_json::json;

use super::{both, require, store};
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        engine,
        error::{Error, Result},
        events::{self, Change},
        undo::Inverse,
        users,
        verb::Verb,
    },
    model::{
        error::FieldErrors,
        id::{TenantId, UserId},
        tenant::MembershipStatus,
    },
};

/// The id and name of a tenant's owner.
pub async fn owner(ctx: &Ctx, tenant: TenantId) -> Result<Option<(UserId, String)>> {
    ctx.require(Verb::ReadTenant)?;
    let mut conn = ctx.read().await?;
    require(ctx, &mut conn, tenant).await?;
    store::owner(&mut conn, tenant).await
}

/// Makes a member the owner; whoever was it is an ordinary member then.
pub async fn make_owner(ctx: &Ctx, user: UserId, tenant: TenantId) -> Result<()> {
    ctx.require(Verb::MakeOwner)?;
    let mut tx = ctx.begin().await?;
    make_owner_in(ctx, &mut tx, user, tenant).await?;
    tx.commit().await?;
    Ok(())
}

/// [`make_owner`] within a larger change.
pub async fn make_owner_in(ctx: &Ctx, tx: &mut Tx, user: UserId, tenant: TenantId) -> Result<()> {
    ctx.require(Verb::MakeOwner)?;
    let (tenant, membership) = both(ctx, tx, user, tenant).await?;
    if membership.status != MembershipStatus::Active {
        return Err(FieldErrors::one("user", "only active members can own a tenant").into());
    }
    let before = store::owner(tx, tenant.id).await?;
    if before.as_ref().is_some_and(|(owner, _)| *owner == user) {
        return Ok(());
    }
    if let Some((owner, _)) = &before {
        may_end(ctx, tx, *owner).await?;
    }
    store::set_owner(tx, &membership).await?;
    let name = users::require(ctx, tx, user).await?.display_name;
    let change = Change::new(Verb::MakeOwner, tenant.target()).of(Some(tenant.id)).about(user);
    let change = change.after(json!({ "owner": name }));
    let change = match before {
        Some((owner, name)) => change.before(json!({ "owner": name })).inverse(Inverse::MakeOwner {
            user: owner,
            tenant: tenant.id,
            instead_of: Some(user),
        }),
        None => change.inverse(Inverse::EndOwnership { user, tenant: tenant.id }),
    };
    events::record(ctx, tx, change).await?;
    Ok(())
}

/// Ownership protects, so it is taken from somebody else only by whoever could touch them anyway.
async fn may_end(ctx: &Ctx, tx: &mut Tx, owner: UserId) -> Result<()> {
    match ctx.user_id() == Some(owner) {
        true => Ok(()),
        false => ctx.require_covers(&engine::potential(tx, owner, ctx.now()).await?),
    }
}

/// Leaves a tenant without an owner, as it was before `user` became the first, if they still are it.
pub async fn end_ownership_in(ctx: &Ctx, tx: &mut Tx, user: UserId, tenant: TenantId) -> Result<()> {
    ctx.require(Verb::EndOwnership)?;
    let (tenant, membership) = both(ctx, tx, user, tenant).await?;
    if !membership.is_owner {
        return Err(Error::Stale);
    }
    may_end(ctx, tx, user).await?;
    store::set_no_owner(tx, tenant.id).await?;
    let name = users::require(ctx, tx, user).await?.display_name;
    let inverse = Inverse::MakeOwner { user, tenant: tenant.id, instead_of: None };
    let change = Change::new(Verb::EndOwnership, tenant.target()).of(Some(tenant.id)).about(user).inverse(inverse);
    events::record(ctx, tx, change.before(json!({ "owner": name }))).await?;
    Ok(())
}

/// Makes the owner of before the owner again, if whoever came instead, or nobody, still is it.
pub async fn make_owner_again_in(
    ctx: &Ctx,
    tx: &mut Tx,
    (user, tenant): (UserId, TenantId),
    instead_of: Option<UserId>,
) -> Result<()> {
    ctx.require(Verb::MakeOwner)?;
    let now = store::owner(tx, tenant).await?.map(|(owner, _)| owner);
    match now == instead_of {
        true => make_owner_in(ctx, tx, user, tenant).await,
        false => Err(Error::Stale),
    }
}
