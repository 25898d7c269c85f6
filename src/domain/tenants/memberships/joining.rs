//! Coming into a tenant.

use serde_json::json;

use super::{super::store::Tenant, require, store};
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        engine,
        error::Result,
        events::{self, Change},
        undo::Inverse,
        users::{self, User},
        verb::Verb,
    },
    model::{
        error::FieldErrors,
        id::{TenantId, UserId},
        tenant::MembershipStatus,
    },
};

/// Makes whoever signs in with `login` a member.
pub async fn add(ctx: &Ctx, tenant: TenantId, login: &str) -> Result<UserId> {
    ctx.require(Verb::AddMembership)?;
    let mut tx = ctx.begin().await?;
    // From a tenant, people outside it are not seen: they are invited, not taken.
    let user = users::find_by_login(ctx, &mut tx, login).await?;
    let user = user.ok_or_else(|| FieldErrors::one("email", "nobody here signs in with this address"))?;
    let tenant = require(ctx, &mut tx, tenant).await?;
    if !store::join(ctx, &mut tx, user.id, tenant.id).await? {
        return Err(FieldErrors::one("email", "they belong to it already; change that in the list").into());
    }
    joined(ctx, &mut tx, (&user, &tenant), (MembershipStatus::Active, true)).await?;
    tx.commit().await?;
    Ok(user.id)
}

/// Checks and records that somebody joined: nobody lets others into a place where they get more than oneself has.
pub(super) async fn joined(
    ctx: &Ctx,
    tx: &mut Tx,
    (user, tenant): (&User, &Tenant),
    (status, unused): (MembershipStatus, bool),
) -> Result<()> {
    ctx.require_covers(&engine::potential(tx, user.id, ctx.now()).await?.only(tenant.id))?;
    let inverse = Inverse::RemoveMembership { user: user.id, tenant: tenant.id, unused };
    let change = Change::new(Verb::AddMembership, tenant.target()).of(Some(tenant.id)).about(user.id);
    events::record(ctx, tx, change.after(json!({ "member": user.display_name, "status": status })).inverse(inverse))
        .await?;
    Ok(())
}
