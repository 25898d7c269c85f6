//! Whether a membership counts.

use serde_json::json;

use super::{both, protect, store};
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        engine::what_if::{Affected, Effect, what_if},
        error::{Error, Result},
        events::{self, Change},
        undo::Inverse,
        users,
        verb::Verb,
    },
    model::{
        id::{TenantId, UserId},
        tenant::MembershipStatus,
    },
};

/// Sets whether a membership counts; refuses if somebody else changed it since `seen`.
pub async fn set_status(ctx: &Ctx, member: (UserId, TenantId), status: MembershipStatus, seen: i64) -> Result<()> {
    ctx.require(Verb::UpdateMembership)?;
    let mut tx = ctx.begin().await?;
    set_status_in(ctx, &mut tx, member, (status, seen)).await?;
    tx.commit().await?;
    Ok(())
}

/// What [`set_status`] would do.
pub async fn what_if_set(ctx: &Ctx, member: (UserId, TenantId), to: (MembershipStatus, i64)) -> Result<Effect> {
    ctx.require(Verb::UpdateMembership)?;
    let dry = ctx.rehearsing();
    what_if(&dry, &Affected::user(member.0), async |tx| set_status_in(&dry, tx, member, to).await).await
}

/// [`set_status`] within a larger change.
pub async fn set_status_in(
    ctx: &Ctx,
    tx: &mut Tx,
    (user, tenant): (UserId, TenantId),
    (status, seen): (MembershipStatus, i64),
) -> Result<()> {
    ctx.require(Verb::UpdateMembership)?;
    let (tenant, membership) = both(ctx, tx, user, tenant).await?;
    if membership.version != seen {
        return Err(Error::Stale);
    }
    if membership.status == status {
        return Ok(());
    }
    protect(ctx, tx, &membership).await?;
    if !store::set_status(tx, membership.id, status, seen).await? {
        return Err(Error::Stale);
    }
    let name = users::require(ctx, tx, user).await?.display_name;
    let inverse = Inverse::SetMembership { user, tenant: tenant.id, version: seen + 1, status: membership.status };
    let change = Change::new(Verb::UpdateMembership, tenant.target()).of(Some(tenant.id)).about(user).inverse(inverse);
    let change =
        change.before(json!({ "status": membership.status })).after(json!({ "member": name, "status": status }));
    events::record(ctx, tx, change).await?;
    Ok(())
}
