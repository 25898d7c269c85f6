//! Where a permission is held in single tenants only: who asks about everywhere must learn of those, too.

use sqlx::query_as;

use crate::{
    db::{Conn, on, statements},
    domain::error::Result,
    model::{id::TenantId, permission::Permission, timestamp::Timestamp},
};

statements! {
    /// By tenant, its active members whom permission $1 (`noun.*` is $2) reaches at $3 by what is given in that tenant.
    IN_TENANTS = "with recursive running (user_id, group_id, tenant_id) as (
            select g.user_id, g.group_id, g.tenant_id from grants g
            where g.role_id in (select role_id from role_permissions where pattern in ($1, $2, '*.*'))
                and (g.valid_from is null or g.valid_from <= $3) and (g.expires_at is null or g.expires_at > $3)
                and g.tenant_id is not null
            union all
            select g.user_id, g.group_id, g.tenant_id from grants g
            where g.permission = $1
                and (g.valid_from is null or g.valid_from <= $3) and (g.expires_at is null or g.expires_at > $3)
                and g.tenant_id is not null
        ), reach (group_id, tenant_id) as (
            select group_id, tenant_id from running where group_id is not null
            union
            select m.member_group_id, r.tenant_id from reach r join group_members m on m.group_id = r.group_id
            where m.member_group_id is not null
        ), people (user_id, tenant_id) as (
            select user_id, tenant_id from running where user_id is not null
            union
            select m.user_id, r.tenant_id from reach r cross join group_members m
            where m.group_id = r.group_id and m.user_id is not null
        ), holding (tenant_id, people) as (
            select p.tenant_id, count(*) from people p cross join memberships m
            where m.user_id = p.user_id and m.tenant_id = p.tenant_id and m.status = 'active'
                and p.user_id not in (select id from users where disabled_at is not null)
            group by p.tenant_id
        )
        select t.id, t.slug, t.name, h.people from holding h cross join tenants t
        where t.id = h.tenant_id order by t.name, t.id limit $4";
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
