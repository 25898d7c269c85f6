//! What coming into a tenant and coming back have in common, and what ends with the last membership that counts.

use serde_json::json;

use super::store;
use crate::{
    db::Tx,
    domain::{
        access, action::Action, change::Change, ctx::Ctx, error::Result, sessions, tenants::store::Tenant, tokens,
        users::store::User,
    },
    model::{id::UserId, tenant::MembershipStatus},
};

/// Checks that somebody may join, and says that they did: nobody lets others into a place where they get more than
/// oneself has.
pub async fn joined(
    ctx: &Ctx,
    tx: &mut Tx,
    (user, tenant): (&User, &Tenant),
    status: MembershipStatus,
) -> Result<Change> {
    ctx.require_covers(&access::load::potential(tx, user.id, ctx.now()).await?.only(tenant.id))?;
    let change = Change::new(Action::AddMembership, tenant.target()).of(Some(tenant.id)).about(user.id);
    Ok(change.after(json!({ "member": user.display_name, "status": status })))
}

/// Ends the sessions and the personal, access and refresh tokens of somebody who belongs to tenants and counts in none of
/// them: they can't sign in either. So nobody does that to somebody above them.
pub async fn end_where_barred(ctx: &Ctx, tx: &mut Tx, user: UserId) -> Result<()> {
    if store::is_barred(tx, user).await? && ctx.user_id() != Some(user) {
        ctx.require_covers(&access::load::potential(tx, user, ctx.now()).await?)?;
        sessions::store::end_all(tx, user).await?;
        tokens::store::end_personal(tx, user).await?;
    }
    Ok(())
}
