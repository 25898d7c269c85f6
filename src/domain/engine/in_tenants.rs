//! Where a permission is held in single tenants only: who asks about everywhere must learn of those, too.

use sqlx::query_as;

use super::holders::reached;
use crate::{
    db::{Conn, on, statements},
    domain::error::Result,
    model::{id::TenantId, permission::Permission, timestamp::Timestamp},
};

statements! {
    /// By tenant, its active members whom permission $1 (`noun.*` is $2) reaches at $3 by what is given in that tenant.
    IN_TENANTS = concat!(
        reached!("g.tenant_id is not null"),
        ", counted (tenant_id, people) as (
            select h.tenant_id, count(distinct h.user_id) from holding h cross join memberships m
            where m.user_id = h.user_id and m.tenant_id = h.tenant_id and m.status = 'active'
                and h.user_id not in (select id from users where disabled_at is not null)
            group by h.tenant_id
        )
        select t.id, t.slug, t.name, c.people from counted c cross join tenants t
        where t.id = c.tenant_id order by t.name, t.id limit $4"
    );
}

/// A tenant in which a permission is held.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct InTenant {
    /// The tenant.
    pub id: TenantId,
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// People who hold it by what is given there.
    pub people: i64,
}

/// At most `limit` tenants in which somebody holds it by what is given there, by name.
pub async fn in_tenants(
    conn: &mut Conn,
    (permission, now): (Permission, Timestamp),
    limit: i64,
) -> Result<Vec<InTenant>> {
    Ok(on!(conn, |c| query_as(IN_TENANTS)
        .bind(permission.name())
        .bind(permission.family())
        .bind(now)
        .bind(limit)
        .fetch_all(c)
        .await?))
}
