//! Nobody gives, changes or takes more than they hold themselves, nor for longer.

use super::store::{self, Grant};
use crate::{
    db::Conn,
    domain::{
        ctx::Ctx,
        engine::{self, Holdings},
        error::{Refused, Result},
    },
    model::permission::PermissionSet,
};

/// What a grant gives while it counts.
pub async fn given(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<PermissionSet> {
    match grant.what() {
        Some(what) => store::gives(ctx, conn, &what).await,
        None => Ok(PermissionSet::default()),
    }
}

/// Refuses a grant of more than the caller holds.
pub async fn require_not_above_caller(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<()> {
    let given = given(ctx, conn, grant).await?;
    ctx.require_covers(&Holdings::of(grant.scope(), given))
}

/// Nobody gives for longer than they hold it themselves: an hour of a role would else be enough to keep it.
pub async fn require_lasts(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<()> {
    let Some(caller) = ctx.user_id() else {
        return Ok(());
    };
    let given = Holdings::of(grant.scope(), given(ctx, conn, grant).await?);
    let held = engine::person(conn, caller).await?.holdings(grant.last_moment());
    match held.covers(&given) {
        true => Ok(()),
        false => Err(Refused::LongerThanYourself.into()),
    }
}

/// Whoever gets something everywhere holds everywhere what they had so far in single tenants only.
pub async fn require_covers_unbounded(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<()> {
    match (grant.user_id, grant.tenant_id) {
        (Some(user), None) => ctx.require_covers(&engine::person(conn, user).await?.unbounded(ctx.now())),
        _ => Ok(()),
    }
}
