//! Roles as programs of a tenant count them: its own and those of the installation, by their numbers (contract 001).

use sqlx::{QueryBuilder, query_as, query_scalar};

use super::{
    queries::require,
    rules::taken,
    store::{self, Role},
};
use crate::{
    db::{Conn, on, statements},
    domain::{
        action::Action,
        ctx::Ctx,
        error::{Error, Refused, Result},
    },
    model::{
        id::{RoleId, TenantId},
        scope::Scope,
    },
};

statements! {
    PAGE = "select r.id, r.number, r.tenant_id, r.name, r.description, r.builtin, r.version,
            coalesce((select string_agg(p.pattern, ' ') from role_permissions p where p.role_id = r.id), '') as patterns
        from roles r where r.tenant_id is null or r.tenant_id = $1 order by r.number limit $2 offset $3";
    COUNT = "select count(*) from roles where tenant_id is null or tenant_id = $1";
    ONE = "select id from roles where number = $2 and (tenant_id is null or tenant_id = $1)";
}

/// So many roles from a place on, and how many there are.
pub async fn list(ctx: &Ctx, tenant: TenantId, (limit, offset): (i64, i64)) -> Result<(Vec<Role>, i64)> {
    ctx.require(Action::ReadRole)?;
    let conn = &mut *ctx.read().await?;
    let rows = on!(conn, |c| query_as(PAGE).bind(tenant).bind(limit).bind(offset).fetch_all(c).await?);
    Ok((rows, on!(conn, |c| query_scalar(COUNT).bind(tenant).fetch_one(c).await?)))
}

/// The role of this number.
pub async fn read(ctx: &Ctx, tenant: TenantId, number: i64) -> Result<Role> {
    ctx.require(Action::ReadRole)?;
    let conn = &mut *ctx.read().await?;
    let id = of(conn, tenant, number).await?.ok_or(Error::NotFound("group"))?;
    require(ctx, conn, &id).await
}

/// The role of this number with a context in which it can be changed by `action`: one of the installation takes the
/// permission everywhere.
pub async fn working_on(ctx: &Ctx, tenant: TenantId, (number, action): (i64, Action)) -> Result<(Ctx, Role)> {
    ctx.require(action)?;
    let conn = &mut *ctx.read().await?;
    let id = of(conn, tenant, number).await?.ok_or(Error::NotFound("group"))?;
    let role = require(ctx, conn, &id).await?;
    if role.builtin {
        return Err(Refused::BuiltIn.into());
    }
    let ctx = if role.tenant_id.is_some() { ctx.clone() } else { ctx.clone().working_in(Scope::Everywhere) };
    ctx.require(action)?;
    Ok((ctx, role))
}

/// The roles of these numbers; or the first number that is none's.
pub async fn named(
    conn: &mut Conn,
    tenant: TenantId,
    numbers: &[i64],
) -> Result<std::result::Result<Vec<RoleId>, i64>> {
    if numbers.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    let found: Vec<(i64, RoleId)> = on!(conn, |c| {
        let mut builder = QueryBuilder::new("select number, id from roles where (tenant_id is null or tenant_id = ");
        builder.push_bind(tenant).push(") and number in (");
        let mut named = builder.separated(", ");
        for number in numbers {
            named.push_bind(*number);
        }
        builder.push(")").build_query_as().fetch_all(c).await?
    });
    let role = |number: &i64| found.iter().find(|(of, _)| of == number).map(|(_, role)| role.clone()).ok_or(*number);
    Ok(numbers.iter().map(role).collect())
}

/// Refuses a name that another role has which the tenant sees: its own, and those of the installation.
pub async fn require_free(ctx: &Ctx, (tenant, name): (TenantId, &str), besides: Option<&RoleId>) -> Result<()> {
    let conn = &mut *ctx.read().await?;
    for scope in [Scope::Everywhere, Scope::Tenant(tenant)] {
        let namesake = store::find_by_name(conn, name, scope).await?;
        if namesake.is_some_and(|role| Some(&role.id) != besides) {
            return Err(taken());
        }
    }
    Ok(())
}

async fn of(conn: &mut Conn, tenant: TenantId, number: i64) -> Result<Option<RoleId>> {
    Ok(on!(conn, |c| query_scalar(ONE).bind(tenant).bind(number).fetch_optional(c).await?))
}
