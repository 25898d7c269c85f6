//! Why may she do that, and who else may: the engine's answers, for callers who may ask.

use super::{
    ctx::Ctx,
    engine::{self, Holder, Person},
    error::{Error, Result},
    keyset::{self, Place},
    roles::{self, Role},
    tenants,
    users::{self, User},
    verb::Verb,
};
use crate::model::{
    id::{TenantId, UserId},
    page::{First, Page},
    permission::Permission,
    scope::Scope,
};

/// All that decides what a user may do; [`engine::explain`] makes the paths of it.
pub async fn of_user(ctx: &Ctx, user: UserId) -> Result<(User, Person)> {
    ctx.require(Verb::Explain)?;
    let mut conn = ctx.read().await?;
    let user = users::require(ctx, &mut conn, user).await?;
    let person = engine::person(&mut conn, user.id).await?;
    Ok((user, as_seen(ctx, person)))
}

/// From a tenant, what somebody holds in others is not there. What counts everywhere is, though it may come through
/// a group of another tenant: that has no name here.
fn as_seen(ctx: &Ctx, mut person: Person) -> Person {
    if let Scope::Tenant(here) = ctx.scope {
        person.grants.retain(|grant| grant.tenant.as_ref().is_none_or(|(tenant, _)| *tenant == here));
        for link in person.links.iter_mut().filter(|link| link.tenant != here) {
            link.name = None;
        }
    }
    person
}

/// People of one batch of [`batch`]: finding any of them costs a look at all who hold it, so there are to be few.
pub const BATCH: i64 = 5000;

/// One page of the people who effectively hold a permission where the caller works, by name, with all that
/// decides it for each.
pub async fn who_can(ctx: &Ctx, permission: Permission, after: &str) -> Result<Page<(Holder, Person)>> {
    holders(ctx, (permission, ctx.scope), (after, keyset::PAGE)).await
}

/// The same for everybody who holds it in `scope`, a large batch at a time: it costs the memory of one. From a tenant
/// it is that one, whatever is asked.
pub async fn batch(ctx: &Ctx, permission: Permission, scope: Scope, after: &str) -> Result<Page<(Holder, Person)>> {
    holders(ctx, (permission, ctx.tenant().map_or(scope, Scope::Tenant)), (after, BATCH)).await
}

async fn holders(
    ctx: &Ctx,
    (permission, scope): (Permission, Scope),
    (after, size): (&str, i64),
) -> Result<Page<(Holder, Person)>> {
    ctx.require(Verb::WhoCan)?;
    ctx.require(Verb::ListUsers)?;
    let mut conn = ctx.read().await?;
    let place = Place::decode(after, UserId(uuid::Uuid::nil()));
    let (total, rows) = engine::holders(&mut conn, permission, (scope, ctx.now()), (&place, size + 1)).await?;
    let at = |holder: &Holder| Place { name: holder.name_key.clone(), id: holder.id };
    let page = keyset::page_of(size, rows, total, at);
    let mut rows = Vec::with_capacity(page.rows.len());
    for holder in page.rows {
        let person = engine::person(&mut conn, holder.id).await?;
        rows.push((holder, as_seen(ctx, person)));
    }
    Ok(Page { rows, total: page.total, before: None, after: page.after })
}

/// Roles that would give a permission, the narrow ones first.
pub async fn giving(ctx: &Ctx, permission: Permission) -> Result<First<Role>> {
    ctx.require(Verb::ListRoles)?;
    Ok(keyset::first(roles::giving(ctx, &mut ctx.read().await?, permission, keyset::FIRST + 1).await?))
}

/// The scope that a slug names; everywhere without one.
pub async fn scope(ctx: &Ctx, slug: Option<&str>) -> Result<Scope> {
    let Some(slug) = slug else {
        return Ok(ctx.scope);
    };
    let found: Option<TenantId> = tenants::find_by_slug(&mut ctx.read().await?, slug).await?;
    let tenant = found.ok_or(Error::NotFound("tenant"))?;
    match ctx.tenant() {
        Some(here) if here != tenant => Err(Error::NotFound("tenant")),
        _ => Ok(Scope::Tenant(tenant)),
    }
}
