//! Why may she do that, and who else may: access's answers, for callers who may ask.

use super::{
    access::{
        self,
        explain::Person,
        holders::{Asked, Holder},
        in_tenants::InTenant,
    },
    action::Action,
    ctx::Ctx,
    error::{Error, Result},
    keyset::{self, Place},
    roles::{self, store::Role},
    tenants,
    users::{self, store::User},
};
use crate::{
    db::Conn,
    model::{
        id::{TenantId, UserId},
        page::{Limited, Page},
        permission::Permission,
        scope::Scope,
    },
};

/// All that decides what a user may do; [`access::explain`] makes the paths of it.
pub async fn of_user(ctx: &Ctx, user: UserId) -> Result<(User, Person)> {
    ctx.require(Action::Explain)?;
    let mut conn = ctx.read().await?;
    let user = users::queries::require(ctx, &mut conn, user).await?;
    let person = person(ctx, &mut conn, &user).await?;
    Ok((user, person))
}

/// All that decides what the caller may do: everybody may know that of themself.
pub async fn own(ctx: &Ctx) -> Result<Person> {
    let user = ctx.user()?.id;
    access::load::person(&mut *ctx.read().await?, user).await
}

/// All that decides what a user whom the caller sees may do.
pub async fn person(ctx: &Ctx, conn: &mut Conn, user: &User) -> Result<Person> {
    ctx.require(Action::Explain)?;
    Ok(as_seen(ctx, access::load::person(conn, user.id).await?))
}

/// From a tenant, what somebody holds in others is not there. What counts everywhere is, though it may come through
/// a group of another tenant: that has no name here.
fn as_seen(ctx: &Ctx, mut person: Person) -> Person {
    if let Scope::Tenant(here) = ctx.scope {
        person.grants.retain(|grant| grant.tenant.as_ref().is_none_or(|(tenant, _)| *tenant == here));
        for grant in &mut person.grants {
            grant.counts.retain(|place| [Scope::Everywhere, ctx.scope].contains(place));
        }
        for link in person.links.iter_mut().filter(|link| link.tenant != here) {
            link.name = None;
        }
    }
    person
}

/// People of one [`batch`]: finding any of them costs a look at all who hold it, so there are to be few.
pub const BATCH: i64 = 5000;

/// Who holds a permission somewhere.
#[derive(Clone, Debug)]
pub struct WhoCan {
    /// One page of the people, by name, with all that decides it for each.
    pub page: Page<(Holder, Person)>,
    /// How many others hold it, who don't belong to the tenant that the caller works in.
    pub outside: i64,
}

/// The people who effectively hold a permission: in the tenant that the caller works in; for those who work everywhere
/// `at` the place that they ask about.
pub async fn who_can(ctx: &Ctx, permission: Permission, at: Scope, after: &str) -> Result<WhoCan> {
    held(ctx, (permission, at), (after, keyset::PAGE)).await
}

/// The same, a large batch at a time: everybody costs the memory of one.
pub async fn batch(ctx: &Ctx, permission: Permission, at: Scope, after: &str) -> Result<WhoCan> {
    held(ctx, (permission, at), (after, BATCH)).await
}

async fn held(ctx: &Ctx, (permission, at): (Permission, Scope), (after, size): (&str, i64)) -> Result<WhoCan> {
    ctx.require(Action::WhoCan)?;
    ctx.require(Action::ListUsers)?;
    let mut conn = ctx.read().await?;
    let asked = Asked { permission, at: here_or(ctx, at), now: ctx.now() };
    let place = Place::decode(after, UserId(uuid::Uuid::nil()));
    let found = access::holders::holders(&mut conn, asked, ctx.scope, (&place, size + 1)).await?;
    let at = |holder: &Holder| Place { name: holder.name_key.clone(), id: holder.id };
    let page = keyset::page_of(size, found.rows, found.total, at);
    let mut rows = Vec::with_capacity(page.rows.len());
    for holder in page.rows {
        let person = access::load::person(&mut conn, holder.id).await?;
        rows.push((holder, as_seen(ctx, person)));
    }
    let page = Page { rows, total: page.total, before: None, after: page.after };
    Ok(WhoCan { page, outside: found.outside })
}

/// Where else it is held, which [`who_can`] everywhere doesn't tell: by what is given in single tenants. Nothing where
/// `at`, or the place that the caller works in, is one.
pub async fn in_tenants(ctx: &Ctx, permission: Permission, at: Scope) -> Result<Limited<InTenant>> {
    ctx.require(Action::WhoCan)?;
    ctx.require(Action::ListUsers)?;
    if here_or(ctx, at) != Scope::Everywhere {
        return Ok(Limited { rows: Vec::new(), more: false });
    }
    let asked = (permission, ctx.now());
    Ok(keyset::limited(access::in_tenants::in_tenants(&mut *ctx.read().await?, asked, keyset::LIMIT + 1).await?))
}

const fn here_or(ctx: &Ctx, asked: Scope) -> Scope {
    match ctx.scope {
        Scope::Everywhere => asked,
        here => here,
    }
}

/// Roles that would give a permission, the narrow ones first.
pub async fn giving(ctx: &Ctx, permission: Permission) -> Result<Limited<Role>> {
    ctx.require(Action::ListRoles)?;
    Ok(keyset::limited(
        roles::store::giving(ctx.tenant(), &mut *ctx.read().await?, permission, keyset::LIMIT + 1).await?,
    ))
}

/// The scope that a slug names; everywhere without one.
pub async fn scope(ctx: &Ctx, slug: Option<&str>) -> Result<Scope> {
    let Some(slug) = slug else {
        return Ok(ctx.scope);
    };
    let found: Option<TenantId> = tenants::store::find_by_slug(&mut *ctx.read().await?, slug).await?;
    let tenant = found.ok_or(Error::NotFound("tenant"))?;
    match ctx.tenant() {
        Some(here) if here != tenant => Err(Error::NotFound("tenant")),
        _ => Ok(Scope::Tenant(tenant)),
    }
}
