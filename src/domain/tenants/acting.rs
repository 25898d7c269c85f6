//! In which tenant programs act: in their own, and a provider's administrators and programs in what is below it (contract 000).

use sqlx::query_scalar;

use super::{memberships, store};
use crate::{
    db::{Conn, on, statements},
    domain::{
        calling::Caller,
        ctx::Ctx,
        error::{Error, Refused, Result},
    },
    model::{
        client::ClientRole,
        id::{ADMIN_ROLE, ROOT_TENANT, TenantId, UserId},
        permission::{Permission, PermissionSet},
        scope::Scope,
        tenant::TenantKind,
    },
};

statements! {
    /// Whether somebody is an administrator of a tenant's provider, or of everything.
    PROVIDERS = "select count(*) from effective_grants e where e.user_id = $1 and e.role_id = $2 and e.begins <= $4 and e.ends > $4
        and (e.tenant_id is null or e.tenant_id = (select parent_id from tenants where id = $3))";
    CHILDREN = "select count(*) from tenants where parent_id = $1";
}

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

/// The portal that the caller names, by its short name or its id: the one that they work in, or none (contract 003).
pub async fn portal(ctx: &Ctx, named: &str) -> Result<TenantId> {
    let own = match ctx.tenant() {
        Some(own) => store::find(None, &mut *ctx.read().await?, own).await?,
        None => None,
    };
    let meant = |tenant: &store::Tenant| tenant.slug == named || tenant.id.to_string() == named;
    let portal = own.filter(|tenant| tenant.kind == TenantKind::Portal && meant(tenant));
    portal.map(|tenant| tenant.id).ok_or(Error::NotFound("portal"))
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
    if !looks_after(&ctx, own).await? {
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

/// A program of a provider, an administrator of everything, or one of a tenant that has children.
async fn looks_after(ctx: &Ctx, own: TenantId) -> Result<bool> {
    if let Caller::Client(client) = &ctx.caller {
        return Ok(client.role == ClientRole::ApiSpadmin);
    }
    let held = |scope| ctx.effective().at(scope) == PermissionSet::all();
    if held(Scope::Everywhere) || !held(Scope::Tenant(own)) {
        return Ok(held(Scope::Everywhere));
    }
    let conn = &mut *ctx.read().await?;
    let children: i64 = on!(conn, |c| query_scalar(CHILDREN).bind(own).fetch_one(c).await?);
    Ok(children > 0)
}

/// Whether somebody is an administrator of a tenant's provider, or of everything.
async fn is_providers(ctx: &Ctx, conn: &mut Conn, (tenant, user): (TenantId, UserId)) -> Result<bool> {
    let held: i64 = on!(conn, |c| query_scalar(PROVIDERS)
        .bind(user)
        .bind(ADMIN_ROLE)
        .bind(tenant)
        .bind(ctx.now())
        .fetch_one(c)
        .await?);
    Ok(held > 0)
}

/// Refuses to people what only administrators and programs of a tenant's provider do, whatever they hold in the tenant
/// itself (contract 000, rule 25).
pub async fn require_provider(ctx: &Ctx, conn: &mut Conn, tenant: TenantId) -> Result<()> {
    match ctx.user_id() {
        Some(user) if !is_providers(ctx, conn, (tenant, user)).await? => {
            Err(Refused::MoreThanYourself(PermissionSet::NONE).into())
        }
        _ => Ok(()),
    }
}

/// Refuses to administrators of a tenant to touch one of its provider's, who belongs to it, too (contract 000, rule 25).
pub async fn require_not_providers(ctx: &Ctx, conn: &mut Conn, (tenant, user): (TenantId, UserId)) -> Result<()> {
    match ctx.user_id() != Some(user) && is_providers(ctx, conn, (tenant, user)).await? {
        true => require_provider(ctx, conn, tenant).await,
        false => Ok(()),
    }
}
