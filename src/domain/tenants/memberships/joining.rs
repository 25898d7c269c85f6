//! What coming into a tenant and coming back have in common.

use serde_json::json;

use crate::{
    db::Tx,
    domain::{
        access, action::Action, change::Change, ctx::Ctx, error::Result, tenants::store::Tenant, users::store::User,
    },
    model::tenant::MembershipStatus,
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
