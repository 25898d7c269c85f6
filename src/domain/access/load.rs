//! Loading what the access rules work on: for the check of every request, and for an explanation.

use std::collections::{BTreeMap, HashMap};

use sqlx::{query_as, query_scalar};

use super::{
    effective::EffectivePermissions,
    explain::{Held, Link, Person},
    patterns::patterns,
};
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
    /// The patterns a user holds, a row for each tenant that some are bound to. One query: every request asks it.
    EFFECTIVE = concat!("select e.tenant_id, ", patterns!(), "
        from effective_grants e where e.user_id = $1 and e.begins <= $2 and e.ends > $2 group by e.tenant_id");
    /// The patterns that reach the members of a group, through it and the groups it is in, whenever they run.
    EFFECTIVE_OF_GROUP = "select g.tenant_id, coalesce(string_agg(coalesce(p.pattern, g.permission), ' '), '')
        from group_closure c cross join grants g left join role_permissions p on p.role_id = g.role_id
        where c.group_id = $1 and g.group_id = c.ancestor_id and (g.expires_at is null or g.expires_at > $2)
        group by g.tenant_id";
    /// The steps up from a user to the groups that they are in, at any depth.
    LINKS = "select m.member_group_id, m.group_id, g.tenant_id, g.name
        from group_members m join groups g on g.id = m.group_id
        where m.user_id = $1 or m.member_group_id in (select c.ancestor_id
            from group_members p join group_closure c on c.group_id = p.group_id where p.user_id = $1)";
    /// What was given to a user or to a group that they are in, whether it counts or not.
    GRANTS = "select g.id, g.group_id, g.role_id, r.name as role_name, coalesce(g.permission, (select
            string_agg(p.pattern, ' ') from role_permissions p where p.role_id = g.role_id), '') as patterns,
            g.tenant_id, t.name as tenant_name, g.valid_from, g.expires_at
        from grants g left join roles r on r.id = g.role_id left join tenants t on t.id = g.tenant_id
        where g.user_id = $1 or g.group_id in (select c.ancestor_id
            from group_members p join group_closure c on c.group_id = p.group_id where p.user_id = $1)";
    /// Where each of these counts.
    COUNTS = "select e.grant_id, e.tenant_id, (select t.name from tenants t where t.id = e.tenant_id)
        from effective_grants e where e.user_id = $1";
    BELONGS = "select tenant_id from memberships where user_id = $1";
}

/// What a user may do at `now`, by where.
pub async fn effective(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<EffectivePermissions> {
    let rows: Vec<_> = on!(conn, |c| query_as(EFFECTIVE).bind(user).bind(now).fetch_all(c).await?);
    Ok(sum(rows))
}

/// What being a member of a group gives or will give, by where.
pub async fn effective_of_group(conn: &mut Conn, group: GroupId, now: Timestamp) -> Result<EffectivePermissions> {
    let rows: Vec<_> = on!(conn, |c| query_as(EFFECTIVE_OF_GROUP).bind(group).bind(now).fetch_all(c).await?);
    Ok(sum(rows))
}

/// What a user may do now or will be able to, without anybody giving them more. A guard asks this where somebody
/// takes over an account, or lets it into a place.
pub async fn potential(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<EffectivePermissions> {
    Ok(person(conn, user).await?.potential(now))
}

/// What grants give together, each by where it counts and the patterns that it allows.
pub fn sum(rows: impl IntoIterator<Item = (Option<TenantId>, String)>) -> EffectivePermissions {
    let mut effective = EffectivePermissions::default();
    for (tenant, patterns) in rows {
        effective.add(Scope::from(tenant), PermissionSet::from_patterns(patterns.split(' ')));
    }
    effective
}

#[derive(sqlx::FromRow)]
struct Row {
    id: GrantId,
    group_id: Option<GroupId>,
    role_id: Option<RoleId>,
    role_name: Option<String>,
    patterns: String,
    tenant_id: Option<TenantId>,
    tenant_name: Option<String>,
    valid_from: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

impl Row {
    fn held(self, counts: Vec<Scope>) -> Held {
        let mut patterns: Vec<String> = self.patterns.split_whitespace().map(str::to_owned).collect();
        patterns.sort_unstable();
        Held {
            id: self.id,
            group: self.group_id,
            role: self.role_id.zip(self.role_name),
            gives: PermissionSet::from_patterns(patterns.iter().map(String::as_str)),
            patterns,
            tenant: self.tenant_id.zip(self.tenant_name),
            counts,
            from: self.valid_from,
            until: self.expires_at,
        }
    }
}

/// All that decides what a user may do: nothing, if there is no such user.
pub async fn person(conn: &mut Conn, user: UserId) -> Result<Person> {
    let mut links: Vec<Link> = on!(conn, |c| query_as(LINKS).bind(user).fetch_all(c).await?);
    let mut rows: Vec<Row> = on!(conn, |c| query_as(GRANTS).bind(user).fetch_all(c).await?);
    links.sort_by(|one, other| (&one.name, one.group, one.from).cmp(&(&other.name, other.group, other.from)));
    rows.sort_by_key(|grant| grant.id);
    let (mut counts, names) = counts(conn, user).await?;
    let held = |row: Row| {
        let counts = counts.remove(&row.id).unwrap_or_default();
        row.held(counts)
    };
    let grants: Vec<Held> = rows.into_iter().map(held).collect();
    let belongs = match grants.iter().any(Held::is_bounded) {
        true => on!(conn, |c| query_scalar(BELONGS).bind(user).fetch_all(c).await?),
        false => Vec::new(),
    };
    Ok(Person { id: user, links, grants, names, belongs })
}

/// Where each grant that reaches a user counts, whenever it runs; and the names of those tenants.
async fn counts(conn: &mut Conn, user: UserId) -> Result<(Counts, BTreeMap<TenantId, String>)> {
    let rows: Vec<(GrantId, Option<TenantId>, Option<String>)> =
        on!(conn, |c| query_as(COUNTS).bind(user).fetch_all(c).await?);
    let (mut counts, mut names) = (Counts::default(), BTreeMap::new());
    for (grant, tenant, name) in rows {
        let known = counts.entry(grant).or_default();
        // A group's grant reaches somebody once for each way.
        if !known.contains(&tenant.into()) {
            known.push(tenant.into());
        }
        names.extend(tenant.zip(name));
    }
    Ok((counts, names))
}

type Counts = HashMap<GrantId, Vec<Scope>>;
