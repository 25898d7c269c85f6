//! Where a permission is held in single tenants only: who asks about everywhere must learn of those, too.

use sqlx::query_as;

use super::holders::giving;
use crate::{
    db::{Conn, on, statements},
    domain::error::Result,
    model::{id::TenantId, permission::Permission, timestamp::Timestamp},
};

statements! {
    /// By tenant, people who hold permission $1 (`noun.*` is $2) at $3 there and, by the same grant, not everywhere.
    IN_TENANTS = concat!(
        "with holding (tenant_id, user_id) as (",
        giving!("e.tenant_id, e.user_id", "e.tenant_id is not null", " union "),
        "), counted (tenant_id, people) as (
            select h.tenant_id, count(*) from holding h
            where h.user_id not in (select id from users where disabled_at is not null)
            group by h.tenant_id
        )
        select t.id, t.slug, t.name, counted.people from counted cross join tenants t
        where t.id = counted.tenant_id order by t.name, t.id limit $4"
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
    /// People who hold it by what counts there.
    pub people: i64,
}

/// At most `limit` tenants in which somebody holds it by what counts there and not everywhere, by name.
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
