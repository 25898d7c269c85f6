//! What is asked about tenants.

use super::store::{self, Listed, Tenant};
use crate::{
    db::Conn,
    domain::{
        action::Action,
        calling::CallingUser,
        ctx::Ctx,
        error::{Error, Refused, Result},
        keyset::{self, Place},
        names::words::Words,
    },
    model::{
        error::FieldErrors,
        id::TenantId,
        page::{Limited, Page},
        permission::Permission,
        scope::Scope,
    },
};

/// One page of the tenants that can be seen from where the caller works, by name.
pub async fn list(ctx: &Ctx, search: &str, after: &str) -> Result<Page<Listed>> {
    ctx.require(Action::ListTenants)?;
    let (rows, total) = store::page(ctx.tenant(), &mut *ctx.read().await?, &place(after), &Words::of(search)).await?;
    Ok(paged(rows, total))
}

/// Tenants to choose from on a form, by name.
pub async fn choices(ctx: &Ctx) -> Result<Limited<(TenantId, String)>> {
    ctx.require(Action::ListTenants)?;
    Ok(keyset::limited(store::choices(ctx.tenant(), &mut *ctx.read().await?).await?))
}

/// One page of the tenants that the caller can choose between: all for whoever may list them everywhere, else those
/// that they belong to. Whether they can work in one, [`workplace`] says.
pub async fn workplaces(ctx: &Ctx, search: &str, after: &str) -> Result<Page<Listed>> {
    let user = ctx.user()?;
    let mut conn = ctx.read().await?;
    let (rows, total) = match user.effective.at(Scope::Everywhere).contains(Permission::TenantsList) {
        true => store::page(None, &mut conn, &place(after), &Words::of(search)).await?,
        false => store::workplaces(&mut conn, user.id, &place(after), &Words::of(search)).await?,
    };
    Ok(paged(rows, total))
}

/// Whether a signed-in user may work there: where they hold something, and in every tenant if they may list tenants
/// everywhere.
#[must_use]
pub fn may_work(user: &CallingUser, scope: Scope) -> bool {
    let everywhere = user.effective.at(Scope::Everywhere);
    match scope {
        Scope::Everywhere => !everywhere.is_empty(),
        Scope::Tenant(tenant) => {
            everywhere.contains(Permission::TenantsList) || user.effective.tenants().any(|held| held == tenant)
        }
    }
}

/// The tenant in which somebody works who holds nothing everywhere, if they hold something in one.
#[must_use]
pub fn first_workplace(user: &CallingUser) -> Option<TenantId> {
    if may_work(user, Scope::Everywhere) { None } else { user.effective.tenants().next() }
}

fn place(after: &str) -> Place<TenantId> {
    Place::decode(after, TenantId(uuid::Uuid::nil()))
}

fn paged(rows: Vec<Listed>, total: i64) -> Page<Listed> {
    keyset::page(rows, total, |tenant| Place { name: tenant.name_key.clone(), id: tenant.id })
}

/// The tenant with this id.
pub async fn read(ctx: &Ctx, id: TenantId) -> Result<Tenant> {
    ctx.require(Action::ReadTenant)?;
    require(ctx, &mut *ctx.read().await?, id).await
}

/// The tenant with this id, which must be there.
pub async fn require(ctx: &Ctx, conn: &mut Conn, id: TenantId) -> Result<Tenant> {
    store::find(ctx.tenant(), conn, id).await?.ok_or(Error::NotFound("tenant"))
}

/// Why a tenant can't have a short name.
pub fn taken() -> Error {
    FieldErrors::taken("slug", "another tenant has this short name").into()
}

/// What concerns several tenants is done from outside of all.
pub fn require_everywhere(ctx: &Ctx) -> Result<()> {
    match ctx.tenant() {
        Some(_) => Err(Refused::OfInstallation.into()),
        None => Ok(()),
    }
}
