//! Nobody gives, changes or takes more than they hold themselves, nor for longer.

use super::{input::What, store::Grant};
use crate::{
    db::Conn,
    domain::{
        access::{self, effective::EffectivePermissions},
        affected::Affected,
        ctx::Ctx,
        error::{Error, Refused, Result},
        roles,
    },
    model::permission::PermissionSet,
};

/// What a grant gives while it counts.
pub async fn given(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<PermissionSet> {
    match grant.what() {
        Some(what) => gives(ctx, conn, &what).await,
        None => Ok(PermissionSet::default()),
    }
}

/// Refuses a grant of more than the caller holds.
pub async fn require_not_above_caller(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<()> {
    let given = given(ctx, conn, grant).await?;
    ctx.require_covers(&EffectivePermissions::of(grant.scope(), given))
}

/// Nobody gives for longer than they hold it themselves: an hour of a role would else be enough to keep it.
pub async fn require_lasts(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<()> {
    let Some(caller) = ctx.user_id() else {
        return Ok(());
    };
    let given = EffectivePermissions::of(grant.scope(), given(ctx, conn, grant).await?);
    let held = access::load::person(conn, caller).await?.effective(grant.last_moment());
    match held.covers(&given) {
        true => Ok(()),
        false => Err(Refused::LongerThanYourself.into()),
    }
}

/// Whoever gets something everywhere holds everywhere what they had so far in single tenants only.
pub async fn require_covers_unbounded(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<()> {
    match (grant.user_id, grant.tenant_id) {
        (Some(user), None) => ctx.require_covers(&access::load::person(conn, user).await?.unbounded(ctx.now())),
        _ => Ok(()),
    }
}

/// Whom a change of a grant concerns, and what it gives. A role that isn't there is for the change itself to refuse.
pub async fn affected(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<Option<Affected>> {
    let permissions = match given(ctx, conn, grant).await {
        Err(Error::NotFound(_)) => PermissionSet::NONE,
        given => given?,
    };
    Ok(grant.holder().map(|holder| Affected::principal(holder, permissions)))
}

/// What a grant of `what` allows.
async fn gives(ctx: &Ctx, conn: &mut Conn, what: &What) -> Result<PermissionSet> {
    match what {
        What::Permission(permission) => Ok(PermissionSet::of(*permission)),
        What::Role(role) => {
            let role = roles::store::find(ctx.tenant(), conn, role).await?;
            Ok(role.ok_or(Error::NotFound("role"))?.permissions())
        }
    }
}
