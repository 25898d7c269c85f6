//! Loading what the engine works on: for the check of every request, and for an explanation.

use sqlx::{query_as, query_scalar};

use super::{Held, Holdings, Link, Person};
use crate::{
    db::{Conn, on, statements},
    domain::error::Result,
    model::{
        id::{GrantId, GroupId, RoleId, TenantId, UserId},
        permission::PermissionSet,
        scope::Scope,
        timestamp::Timestamp,
    },
};

statements! {
    /// The patterns a user holds, with the tenant they are bound to. One query: every request asks it.
    HOLDINGS = "with recursive member_of (group_id) as (
            select group_id from group_members where user_id = $1
            union
            select m.group_id from member_of o join group_members m on m.member_group_id = o.group_id
        ), held (role_id, permission, tenant_id) as (
            select g.role_id, g.permission, g.tenant_id from grants g
            where g.user_id = $1 and (g.valid_from is null or g.valid_from <= $2)
                and (g.expires_at is null or g.expires_at > $2)
            union all
            select g.role_id, g.permission, g.tenant_id from member_of o join grants g on g.group_id = o.group_id
            where (g.valid_from is null or g.valid_from <= $2) and (g.expires_at is null or g.expires_at > $2)
        )
        select h.tenant_id, coalesce(p.pattern, h.permission)
        from held h left join role_permissions p on p.role_id = h.role_id
        where coalesce(p.pattern, h.permission) is not null and (h.tenant_id is null or exists (
            select 1 from memberships m
            where m.user_id = $1 and m.tenant_id = h.tenant_id and m.status = 'active'))";
    /// The patterns that reach the members of a group, through it and the groups it is in, whenever they run.
    HOLDINGS_OF_GROUP = "with recursive up (group_id) as (
            select id from groups where id = $1
            union
            select m.group_id from up join group_members m on m.member_group_id = up.group_id
        )
        select g.tenant_id, coalesce(p.pattern, g.permission)
        from up join grants g on g.group_id = up.group_id left join role_permissions p on p.role_id = g.role_id
        where coalesce(p.pattern, g.permission) is not null and (g.expires_at is null or g.expires_at > $2)";
    LINKS = "with recursive up (group_id, member_id) as (
            select group_id, cast(null as uuid) from group_members where user_id = $1
            union
            select m.group_id, m.member_group_id from up join group_members m on m.member_group_id = up.group_id
        )
        select up.member_id as \"from\", up.group_id as \"group\", g.name from up join groups g on g.id = up.group_id
        order by g.name, up.group_id";
    /// Sorted by the program: asked for an order, SQLite reads every grant there is to have it.
    GRANTS = "with recursive member_of (group_id) as (
            select group_id from group_members where user_id = $1
            union
            select m.group_id from member_of o join group_members m on m.member_group_id = o.group_id
        ), reaching (id, group_id, role_id, permission, tenant_id, valid_from, expires_at) as (
            select g.id, g.group_id, g.role_id, g.permission, g.tenant_id, g.valid_from, g.expires_at
            from grants g where g.user_id = $1
            union all
            select g.id, g.group_id, g.role_id, g.permission, g.tenant_id, g.valid_from, g.expires_at
            from member_of o join grants g on g.group_id = o.group_id
        )
        select g.id, g.group_id, g.role_id, r.name as role_name, g.tenant_id, t.name as tenant_name,
            coalesce(g.permission, (select string_agg(p.pattern, ' ') from role_permissions p
                where p.role_id = g.role_id), '') as patterns,
            g.tenant_id is null or exists (select 1 from memberships m
                where m.user_id = $1 and m.tenant_id = g.tenant_id and m.status = 'active') as member,
            g.valid_from, g.expires_at
        from reaching g left join roles r on r.id = g.role_id left join tenants t on t.id = g.tenant_id";
    EXISTS = "select id from users where id = $1";
}

/// What a user may do at `now`, by where.
pub async fn holdings(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<Holdings> {
    let rows = on!(conn, |c| query_as(HOLDINGS).bind(user).bind(now).fetch_all(c).await?);
    Ok(sum(rows))
}

/// What being a member of a group gives or will give, by where.
pub async fn holdings_of_group(conn: &mut Conn, group: GroupId, now: Timestamp) -> Result<Holdings> {
    let rows = on!(conn, |c| query_as(HOLDINGS_OF_GROUP).bind(group).bind(now).fetch_all(c).await?);
    Ok(sum(rows))
}

/// What a user may do now or will be able to, without anybody giving them more. A guard asks this where somebody
/// takes over an account, or lets it into a place.
pub async fn potential(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<Holdings> {
    Ok(person(conn, user).await?.map(|person| person.potential(now)).unwrap_or_default())
}

fn sum(rows: Vec<(Option<TenantId>, String)>) -> Holdings {
    let mut holdings = Holdings::default();
    for (tenant, pattern) in rows {
        holdings.add(Scope::from(tenant), PermissionSet::from_patterns([pattern.as_str()]));
    }
    holdings
}

#[derive(sqlx::FromRow)]
struct GrantRow {
    id: GrantId,
    group_id: Option<GroupId>,
    role_id: Option<RoleId>,
    role_name: Option<String>,
    tenant_id: Option<TenantId>,
    tenant_name: Option<String>,
    patterns: String,
    member: bool,
    valid_from: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

impl From<GrantRow> for Held {
    fn from(row: GrantRow) -> Self {
        let mut patterns: Vec<String> = row.patterns.split_whitespace().map(str::to_owned).collect();
        patterns.sort_unstable();
        Self {
            id: row.id,
            group: row.group_id,
            role: row.role_id.zip(row.role_name),
            gives: PermissionSet::from_patterns(patterns.iter().map(String::as_str)),
            patterns,
            tenant: row.tenant_id.zip(row.tenant_name),
            member: row.member,
            from: row.valid_from,
            until: row.expires_at,
        }
    }
}

/// All that decides what a user may do; `None` if there is no such user.
pub async fn person(conn: &mut Conn, user: UserId) -> Result<Option<Person>> {
    let found: Option<UserId> = on!(conn, |c| query_scalar(EXISTS).bind(user).fetch_optional(c).await?);
    let Some(id) = found else {
        return Ok(None);
    };
    let links: Vec<Link> = on!(conn, |c| query_as(LINKS).bind(user).fetch_all(c).await?);
    let grants: Vec<GrantRow> = on!(conn, |c| query_as(GRANTS).bind(user).fetch_all(c).await?);
    let mut grants: Vec<Held> = grants.into_iter().map(Held::from).collect();
    grants.sort_by_key(|grant| grant.id);
    Ok(Some(Person { id, links, grants }))
}
