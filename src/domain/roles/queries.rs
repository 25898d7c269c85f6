//! What is asked about roles.

use super::{
    store::{self, Listed, Role, RoleChoice},
    versions::{self, Version},
};
use crate::{
    db::Conn,
    domain::{
        action::Action,
        ctx::Ctx,
        error::{Error, Result},
        keyset::{self, Place},
        names::words::Words,
    },
    model::{
        id::RoleId,
        page::{Limited, Page},
    },
};

/// One page of the roles that can be seen from where the caller works, by name.
pub async fn list(ctx: &Ctx, search: &str, after: &str) -> Result<Page<Listed>> {
    ctx.require(Action::ListRoles)?;
    let place = Place::decode(after, RoleId(String::new()));
    let (rows, total) =
        store::page((ctx.tenant(), ctx.now()), &mut *ctx.read().await?, &place, &Words::of(search)).await?;
    Ok(keyset::page(rows, total, |role| Place { name: role.name_key.clone(), id: role.id.clone() }))
}

/// Roles that can be seen from where the caller works, to choose from on a form, by name.
pub async fn choices(ctx: &Ctx) -> Result<Limited<RoleChoice>> {
    ctx.require(Action::ListRoles)?;
    Ok(keyset::limited(store::choices(ctx.tenant(), &mut *ctx.read().await?, ctx.tenant().is_none()).await?))
}

/// Roles that can be given where the caller works: a tenant's own only inside it.
pub async fn choices_here(ctx: &Ctx) -> Result<Limited<RoleChoice>> {
    ctx.require(Action::ListRoles)?;
    Ok(keyset::limited(store::choices(ctx.tenant(), &mut *ctx.read().await?, false).await?))
}

/// The role with this id.
pub async fn read(ctx: &Ctx, id: &RoleId) -> Result<Role> {
    ctx.require(Action::ReadRole)?;
    require(ctx, &mut *ctx.read().await?, id).await
}

/// The role with this id, which must be there.
pub async fn require(ctx: &Ctx, conn: &mut Conn, id: &RoleId) -> Result<Role> {
    store::find(ctx.tenant(), conn, id).await?.ok_or(Error::NotFound("role"))
}

/// Versions of a role before `before`, newest first, and whether there are older ones.
pub async fn versions(ctx: &Ctx, id: &RoleId, before: Option<i64>) -> Result<(Role, Vec<Version>, bool)> {
    ctx.require(Action::ReadRole)?;
    let mut conn = ctx.read().await?;
    let role = require(ctx, &mut conn, id).await?;
    let mut rows = versions::versions(&mut conn, id, before.unwrap_or(i64::MAX)).await?;
    let more = rows.len() as i64 > keyset::PAGE;
    rows.truncate(keyset::PAGE as usize);
    Ok((role, rows, more))
}

/// One version of a role.
pub async fn version(ctx: &Ctx, id: &RoleId, version: i64) -> Result<Version> {
    ctx.require(Action::ReadRole)?;
    let mut conn = ctx.read().await?;
    require(ctx, &mut conn, id).await?;
    versions::version(&mut conn, id, version).await?.ok_or(Error::NotFound("version"))
}
