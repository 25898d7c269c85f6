//! Roles: named sets of permission patterns.

use sqlx::{query_as, query_scalar};

use super::{ctx::Ctx, error::Result};
use crate::{
    db::{Conn, on, statements},
    model::{
        id::RoleId,
        permission::{Permission, PermissionSet},
    },
};

statements! {
    LIST = "select id, name, description from roles where tenant_id is null order by number";
    FIND = "select id, name, description from roles where id = $1";
    FIND_BY_NAME = "select id, name, description from roles where name = $1 and tenant_id is null";
    PATTERNS = "select pattern from role_permissions where role_id = $1";
}

/// A role.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Role {
    /// ULID text.
    pub id: RoleId,
    /// Short name.
    pub name: String,
    /// What it is for, as a sentence.
    pub description: String,
}

/// Every installation-wide role.
pub async fn list(ctx: &Ctx) -> Result<Vec<Role>> {
    ctx.require(Permission::RolesList)?;
    let mut conn = ctx.read().await?;
    Ok(on!(conn, |c| query_as(LIST).fetch_all(c).await?))
}

/// The role with this id.
pub async fn find(conn: &mut Conn, id: &RoleId) -> Result<Option<Role>> {
    Ok(on!(conn, |c| query_as(FIND).bind(id).fetch_optional(c).await?))
}

/// The installation-wide role with this name.
pub async fn find_by_name(conn: &mut Conn, name: &str) -> Result<Option<Role>> {
    Ok(on!(conn, |c| query_as(FIND_BY_NAME).bind(name).fetch_optional(c).await?))
}

/// What a role allows.
pub async fn permissions(conn: &mut Conn, id: &RoleId) -> Result<PermissionSet> {
    let patterns: Vec<String> = on!(conn, |c| query_scalar(PATTERNS).bind(id).fetch_all(c).await?);
    Ok(PermissionSet::from_patterns(patterns.iter().map(String::as_str)))
}
