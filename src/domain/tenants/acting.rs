//! In which tenant programs act: in their own, and a provider's administrators and programs in what is below it (contract 000).

use super::{memberships, store};
use crate::{
    domain::{
        calling::Caller,
        ctx::Ctx,
        error::{Error, Result},
    },
    model::{
        client::ClientRole,
        id::{ROOT_TENANT, TenantId, UserId},
        permission::{Permission, PermissionSet},
        scope::Scope,
    },
};

/// The tenant that a token acts in: the one that it is bound to, else the only one that its owner belongs to, else the root
/// tenant.
pub async fn home(ctx: &Ctx) -> Result<TenantId> {
    if let Some(tenant) = ctx.tenant() {
        return Ok(tenant);
    }
    match ctx.user_id() {
        Some(user) => home_of(ctx, user).await,
        None => Ok(ROOT_TENANT),
    }
}

/// The only tenant that somebody belongs to, else the root tenant.
pub async fn home_of(ctx: &Ctx, user: UserId) -> Result<TenantId> {
    let kept = memberships::store::kept(&mut *ctx.read().await?, user, None).await?;
    Ok(match kept.as_slice() {
        [only] => only.tenant_id,
        _ => ROOT_TENANT,
    })
}

/// The caller at work in the tenant that they name: their own, or a child of it for whoever looks after a provider. Others
/// are told that they lack `permission` there, and nothing about whether there is such a tenant.
pub async fn reach(ctx: Ctx, named: Option<TenantId>, permission: Permission) -> Result<Ctx> {
    let (Some(own), Some(named)) = (ctx.tenant(), named) else {
        return Ok(ctx);
    };
    if own == named {
        return Ok(ctx);
    }
    if !looks_after(&ctx, own) {
        return Err(Error::Forbidden(permission));
    }
    let tenant = store::find(None, &mut *ctx.read().await?, named).await?.ok_or(Error::NotFound("tenant"))?;
    if tenant.parent_id == Some(own) {
        return Ok(ctx.reaching_down(own, named));
    }
    // What is held everywhere is held there, too.
    match ctx.effective().at(Scope::Everywhere).contains(permission) {
        true => Ok(ctx.working_in(Scope::Tenant(named))),
        false => Err(Error::NotFound("tenant")),
    }
}

fn looks_after(ctx: &Ctx, provider: TenantId) -> bool {
    match &ctx.caller {
        Caller::Client(client) => client.role == ClientRole::ApiSpadmin,
        _ => ctx.effective().at(Scope::Tenant(provider)) == PermissionSet::all(),
    }
}
