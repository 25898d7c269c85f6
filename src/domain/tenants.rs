//! Tenants and who belongs to them.

use sqlx::query_scalar;

use super::{ctx::Ctx, error::Result};
use crate::{
    db::{Conn, Tx, on, statements},
    model::id::{TenantId, UserId},
};

statements! {
    FIND_BY_SLUG = "select id from tenants where slug = $1";
    JOIN = "insert into memberships (id, user_id, tenant_id, status, created_at) values ($1, $2, $3, 'active', $4)";
    OWNS = "select count(*) from memberships where user_id = $1 and is_owner";
    NAMES = "select t.name from memberships m join tenants t on t.id = m.tenant_id where m.user_id = $1 order by t.name";
}

/// The tenant with this slug.
pub async fn find_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<TenantId>> {
    Ok(on!(conn, |c| query_scalar(FIND_BY_SLUG).bind(slug).fetch_optional(c).await?))
}

/// Makes a user a member.
pub async fn join(ctx: &Ctx, tx: &mut Tx, user: UserId, tenant: TenantId) -> Result<()> {
    on!(tx, |c| sqlx::query(JOIN)
        .bind(ctx.id())
        .bind(user)
        .bind(tenant)
        .bind(ctx.now())
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// Whether the user owns a tenant.
pub async fn is_owner(conn: &mut Conn, user: UserId) -> Result<bool> {
    let owned: i64 = on!(conn, |c| query_scalar(OWNS).bind(user).fetch_one(c).await?);
    Ok(owned > 0)
}

/// Names of the tenants a user belongs to.
pub async fn names_of(conn: &mut Conn, user: UserId) -> Result<Vec<String>> {
    Ok(on!(conn, |c| query_scalar(NAMES).bind(user).fetch_all(c).await?))
}
