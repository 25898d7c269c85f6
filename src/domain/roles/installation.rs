//! Roles of the installation as programs list them: in the order in which they were made.

use sqlx::{query_as, query_scalar};

use crate::{
    db::{Conn, on, statements},
    domain::{
        ctx::Ctx,
        error::{Error, Result},
        names::same::same,
    },
    model::{
        id::{RoleId, UserId},
        permission::Permission,
        timestamp::Timestamp,
    },
};

statements! {
    /// Built-in roles and those of the command line came with the first user of all.
    /// By its locator, or by a name that nobody can tell from its own.
    NAMED = "select id from roles where tenant_id is null and (id = $1 or same_key = $2) order by id = $1 desc limit 1";
    FIRST_USER = "select id from users where number = (select min(number) from users)";
    PAGE = "select r.id, r.name, r.description, r.version, r.created_at, r.created_by,
            coalesce((select string_agg(p.pattern, ' ') from role_permissions p where p.role_id = r.id), '') as patterns
        from roles r where r.tenant_id is null order by r.created_at, r.id limit $1 offset $2";
    FIND = "select r.id, r.name, r.description, r.version, r.created_at, r.created_by,
            coalesce((select string_agg(p.pattern, ' ') from role_permissions p where p.role_id = r.id), '') as patterns
        from roles r where r.tenant_id is null and r.id = $1";
}

/// A role of the installation.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct InstallationRole {
    /// ULID, or 26 characters of a built-in one.
    pub id: RoleId,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Rises with every change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it; the first user of all, if nobody did.
    pub created_by: Option<UserId>,
    patterns: String,
}

impl InstallationRole {
    /// The patterns that it allows, in order.
    #[must_use]
    pub fn patterns(&self) -> Vec<&str> {
        let mut patterns: Vec<&str> = self.patterns.split_whitespace().collect();
        patterns.sort_unstable();
        patterns
    }
}

/// So many roles from a place on, and whether none comes after them.
pub async fn list(ctx: &Ctx, offset: i64, count: i64) -> Result<(Vec<InstallationRole>, bool)> {
    ctx.require_any(&[Permission::RolesRead, Permission::RolesList])?;
    let conn = &mut *ctx.read().await?;
    let mut rows: Vec<InstallationRole> =
        on!(conn, |c| query_as(PAGE).bind(count + 1).bind(offset).fetch_all(c).await?);
    let more = i64::try_from(rows.len()).is_ok_and(|found| found > count);
    rows.truncate(usize::try_from(count).unwrap_or_default());
    let first = first_user(conn).await?;
    rows.iter_mut().for_each(|role| role.created_by = role.created_by.or(first));
    Ok((rows, !more))
}

/// The role with this id.
pub async fn read(ctx: &Ctx, id: &RoleId) -> Result<InstallationRole> {
    ctx.require_any(&[Permission::RolesRead])?;
    of(ctx, id).await
}

/// The role with this id, for whoever changes it.
pub async fn of(ctx: &Ctx, id: &RoleId) -> Result<InstallationRole> {
    let conn = &mut *ctx.read().await?;
    let found: Option<InstallationRole> = on!(conn, |c| query_as(FIND).bind(id).fetch_optional(c).await?);
    let mut role = found.ok_or(Error::NotFound("role"))?;
    role.created_by = role.created_by.or(first_user(conn).await?);
    Ok(role)
}

/// The roles that a program names, each by its locator or its name; or the first that isn't there.
pub async fn named(conn: &mut Conn, names: &[String]) -> Result<std::result::Result<Vec<RoleId>, String>> {
    let mut roles = Vec::with_capacity(names.len());
    for name in names {
        let found: Option<RoleId> =
            on!(conn, |c| query_scalar(NAMED).bind(name).bind(same(name)).fetch_optional(c).await?);
        match found {
            Some(role) => roles.push(role),
            None => return Ok(Err(name.clone())),
        }
    }
    roles.sort_unstable();
    roles.dedup();
    Ok(Ok(roles))
}

async fn first_user(conn: &mut Conn) -> Result<Option<UserId>> {
    Ok(on!(conn, |c| query_scalar(FIRST_USER).fetch_optional(c).await?))
}

/// The names of all permissions, in order.
pub fn permissions(ctx: &Ctx) -> Result<Vec<&'static str>> {
    ctx.require_any(&[Permission::RolesRead])?;
    let mut names: Vec<&str> = Permission::ALL.iter().map(|permission| permission.name()).collect();
    names.sort_unstable();
    Ok(names)
}
