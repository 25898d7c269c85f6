//! What is asked about grants.

use serde_json::json;

use super::store::{self, Grant, GrantView};
use crate::{
    db::Conn,
    domain::{
        action::Action,
        change::Target,
        clock::exact,
        ctx::Ctx,
        error::{Error, Refused, Result},
        groups, keyset, roles, tenants,
        users::{self, store::User},
    },
    model::{
        id::{GrantId, GroupId, TenantId},
        page::Limited,
        principal::Principal,
    },
};

/// What was given directly to a user whom the caller sees.
pub async fn of_user(ctx: &Ctx, conn: &mut Conn, user: &User) -> Result<Limited<GrantView>> {
    ctx.require(Action::ReadUser)?;
    Ok(keyset::limited(store::show(ctx.tenant(), conn, Principal::User(user.id)).await?))
}

/// What was given to a group.
pub async fn of_group(ctx: &Ctx, group: GroupId) -> Result<Limited<GrantView>> {
    ctx.require(Action::ReadGroup)?;
    let mut conn = ctx.read().await?;
    groups::queries::require(ctx, &mut conn, group).await?;
    Ok(keyset::limited(store::show(ctx.tenant(), &mut conn, Principal::Group(group)).await?))
}

/// A grant that the caller may change, with whoever holds it.
pub async fn find(ctx: &Ctx, id: GrantId) -> Result<(Grant, Target)> {
    ctx.require(Action::Renew)?;
    let mut conn = ctx.read().await?;
    let grant = require(ctx, &mut conn, id).await?;
    let HolderOf { target, .. } = holder(ctx, &mut conn, &grant).await?;
    Ok((grant, target))
}

/// A grant that counts where the caller works. From a tenant, what counts everywhere is seen and not touched.
pub async fn require(ctx: &Ctx, conn: &mut Conn, id: GrantId) -> Result<Grant> {
    let grant = store::find(conn, id).await?.ok_or(Error::NotFound("grant"))?;
    match (ctx.tenant(), grant.tenant_id) {
        (Some(here), Some(there)) if here != there => Err(Error::NotFound("grant")),
        (Some(_), None) => {
            holder(ctx, conn, &grant).await?;
            Err(Refused::OfInstallation.into())
        }
        _ => Ok(grant),
    }
}

/// Whoever holds a grant, and whose log says what becomes of it.
pub struct HolderOf {
    /// The user or the group.
    pub target: Target,
    /// The tenant that it counts in. A group of another tenant is not named in that one's log: what it is given is the
    /// installation's to know.
    pub log_of: Option<TenantId>,
}

/// Whoever holds a grant, who must be seen from where the caller works.
pub async fn holder(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<HolderOf> {
    Ok(match grant.holder().ok_or(Error::NotFound("grant"))? {
        Principal::User(user) => {
            HolderOf { target: users::queries::require(ctx, conn, user).await?.target(), log_of: grant.tenant_id }
        }
        Principal::Group(group) => {
            let group = groups::queries::require(ctx, conn, group).await?;
            HolderOf { target: group.target(), log_of: grant.tenant_id.filter(|tenant| *tenant == group.tenant_id) }
        }
    })
}

/// What the audit log keeps of a grant.
pub async fn state(ctx: &Ctx, conn: &mut Conn, grant: &Grant) -> Result<serde_json::Value> {
    let role = match &grant.role_id {
        Some(role) => roles::store::find(ctx.tenant(), conn, role).await?.map(|role| role.name),
        None => None,
    };
    let tenant = match grant.tenant_id {
        Some(tenant) => tenants::store::name(conn, tenant).await?,
        None => None,
    };
    Ok(json!({
        "role": role,
        "permission": grant.permission,
        "in": tenant.unwrap_or_else(|| "everywhere".into()),
        "from": grant.valid_from.map(exact),
        "until": grant.expires_at.map(exact),
        "reason": grant.reason,
    }))
}
