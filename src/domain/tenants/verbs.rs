//! What is done with tenants.

use super::{
    draft::{Draft, TenantUpdate},
    store::{self, Listed, Tenant},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        ctx::{Ctx, SignedInUser},
        error::{Error, Refused, Result},
        events::{self, Change},
        keyset::{self, Place},
        names::Words,
        undo::Inverse,
        verb::Verb,
    },
    model::{
        error::FieldErrors,
        id::{ROOT_TENANT, TenantId},
        page::{First, Page},
        permission::Permission,
        scope::Scope,
    },
};

/// One page of the tenants that can be seen from where the caller works, by name.
pub async fn list(ctx: &Ctx, search: &str, after: &str) -> Result<Page<Listed>> {
    ctx.require(Verb::ListTenants)?;
    let (rows, total) = store::page(ctx, &mut ctx.read().await?, &place(after), &Words::of(search)).await?;
    Ok(paged(rows, total))
}

/// Tenants to choose from on a form, by name.
pub async fn choices(ctx: &Ctx) -> Result<First<(TenantId, String)>> {
    ctx.require(Verb::ListTenants)?;
    Ok(keyset::first(store::choices(ctx, &mut ctx.read().await?).await?))
}

/// One page of the tenants that the caller can choose between: all for whoever may list them everywhere, else those
/// that they belong to. Whether they can work in one, [`workplace`] says.
pub async fn workplaces(ctx: &Ctx, search: &str, after: &str) -> Result<Page<Listed>> {
    let user = ctx.user()?;
    let mut conn = ctx.read().await?;
    let (rows, total) = match user.holdings.at(Scope::Everywhere).contains(Permission::TenantsList) {
        true => {
            store::page(&ctx.clone().working_in(Scope::Everywhere), &mut conn, &place(after), &Words::of(search))
                .await?
        }
        false => store::workplaces(&mut conn, user.id, &place(after), &Words::of(search)).await?,
    };
    Ok(paged(rows, total))
}

/// Where a signed-in user works: where they want to, if they hold something there or may list tenants everywhere;
/// else everywhere, if they hold something everywhere; else in the first tenant where they hold something.
#[must_use]
pub fn workplace(user: &SignedInUser, wanted: Option<Scope>) -> Scope {
    let everywhere = user.holdings.at(Scope::Everywhere);
    let may = |scope: &Scope| match scope {
        Scope::Everywhere => !everywhere.is_empty(),
        Scope::Tenant(tenant) => {
            everywhere.contains(Permission::TenantsList) || user.holdings.tenants().any(|held| held == *tenant)
        }
    };
    let first = user.holdings.tenants().next().map(Scope::Tenant);
    wanted.filter(may).or(Some(Scope::Everywhere).filter(may)).or(first).unwrap_or_default()
}

fn place(after: &str) -> Place<TenantId> {
    Place::decode(after, TenantId(uuid::Uuid::nil()))
}

fn paged(rows: Vec<Listed>, total: i64) -> Page<Listed> {
    keyset::page(rows, total, |tenant| Place { name: tenant.name_key.clone(), id: tenant.id })
}

/// The tenant with this id.
pub async fn read(ctx: &Ctx, id: TenantId) -> Result<Tenant> {
    ctx.require(Verb::ReadTenant)?;
    require(ctx, &mut ctx.read().await?, id).await
}

/// The tenant with this id, which must be there.
pub async fn require(ctx: &Ctx, conn: &mut Conn, id: TenantId) -> Result<Tenant> {
    store::find(ctx, conn, id).await?.ok_or(Error::NotFound("tenant"))
}

/// Makes a tenant; from everywhere only, because nothing in a tenant reaches outside it.
pub async fn create(ctx: &Ctx, draft: Draft) -> Result<Tenant> {
    ctx.require(Verb::AddTenant)?;
    if ctx.tenant().is_some() {
        return Err(Refused::OfInstallation.into());
    }
    let mut tx = ctx.begin().await?;
    require_parent(ctx, &mut tx, draft.parent).await?;
    let id = TenantId(ctx.id());
    if !store::insert(ctx, &mut tx, id, &draft).await? {
        return Err(taken());
    }
    let tenant = require(ctx, &mut tx, id).await?;
    let inverse = Inverse::DeleteTenant { tenant: id, version: tenant.version };
    let change = Change::new(Verb::AddTenant, tenant.target()).of(Some(id)).after(tenant.state());
    events::record(ctx, &mut tx, change.inverse(inverse)).await?;
    tx.commit().await?;
    Ok(tenant)
}

pub(super) fn taken() -> Error {
    FieldErrors::one("slug", "another tenant has this short name").into()
}

async fn require_parent(ctx: &Ctx, conn: &mut Conn, parent: Option<TenantId>) -> Result<()> {
    if let Some(parent) = parent
        && store::find(ctx, conn, parent).await?.is_none()
    {
        return Err(FieldErrors::one("parent", "choose a tenant of the list").into());
    }
    Ok(())
}

/// Changes a tenant's name, type and parent; refuses if somebody else changed it since.
pub async fn update(ctx: &Ctx, id: TenantId, update: &TenantUpdate) -> Result<Tenant> {
    ctx.require(Verb::UpdateTenant)?;
    let mut tx = ctx.begin().await?;
    let tenant = update_in(ctx, &mut tx, id, update).await?;
    tx.commit().await?;
    Ok(tenant)
}

/// [`update`] within a larger change.
pub async fn update_in(ctx: &Ctx, tx: &mut Tx, id: TenantId, update: &TenantUpdate) -> Result<Tenant> {
    ctx.require(Verb::UpdateTenant)?;
    let before = require(ctx, tx, id).await?;
    let same = (&before.name, before.use_, before.parent_id) == (&update.name, update.use_, update.parent);
    if same && before.version == update.version {
        return Ok(before);
    }
    if update.parent != before.parent_id {
        check_move(ctx, tx, id, update.parent).await?;
    }
    if !store::update(tx, id, update).await? {
        return Err(Error::Stale);
    }
    let after = require(ctx, tx, id).await?;
    let inverse = Inverse::UpdateTenant {
        tenant: id,
        version: after.version,
        name: before.name.clone(),
        use_: before.use_,
        parent: before.parent_id,
    };
    let change = Change::new(Verb::UpdateTenant, after.target()).of(Some(id)).inverse(inverse);
    events::record(ctx, tx, change.before(before.state()).after(after.state())).await?;
    Ok(after)
}

/// A tenant is moved from everywhere only, never below itself, and the root stays on top.
async fn check_move(ctx: &Ctx, tx: &mut Tx, id: TenantId, parent: Option<TenantId>) -> Result<()> {
    if ctx.tenant().is_some() {
        return Err(Refused::OfInstallation.into());
    }
    require_parent(ctx, tx, parent).await?;
    let Some(parent) = parent else {
        return Ok(());
    };
    if id == ROOT_TENANT {
        return Err(FieldErrors::one("parent", "the root is above all others and stays there").into());
    }
    match store::is_below(tx, id, parent).await? {
        true => Err(FieldErrors::one("parent", "a tenant can't be below itself").into()),
        false => Ok(()),
    }
}
