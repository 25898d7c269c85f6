//! Loading what the engine works on: for the check of every request, and for an explanation.

use std::str::FromStr;

use sqlx::{query_as, query_scalar};

use super::{Held, Holdings, Link, Person};
use crate::{
    db::{Conn, on, statements},
    domain::error::{Error, Result},
    model::{
        id::{GrantId, GroupId, RoleId, TenantId, UserId},
        permission::PermissionSet,
        scope::Scope,
        timestamp::Timestamp,
    },
};

statements! {
    /// The patterns a user holds, a row for each tenant that some are bound to. One query: every request asks it.
    HOLDINGS = "with recursive member_of (group_id) as (
            select group_id from group_members where user_id = $1
            union
            select m.group_id from member_of o join group_members m on m.member_group_id = o.group_id
        ), held (role_id, permission, tenant_id) as (
            select g.role_id, g.permission, g.tenant_id from grants g
            where g.user_id = $1 and (g.valid_from is null or g.valid_from <= $2)
                and (g.expires_at is null or g.expires_at > $2)
            union all
            select g.role_id, g.permission, g.tenant_id from member_of o cross join grants g
            where g.group_id = o.group_id and (g.valid_from is null or g.valid_from <= $2)
                and (g.expires_at is null or g.expires_at > $2)
        )
        select h.tenant_id, coalesce(string_agg(coalesce(p.pattern, h.permission), ' '), '')
        from held h left join role_permissions p on p.role_id = h.role_id
        where h.tenant_id is null or exists (
            select 1 from memberships m where m.user_id = $1 and m.tenant_id = h.tenant_id and m.status = 'active')
        group by h.tenant_id";
    /// The patterns that reach the members of a group, through it and the groups it is in, whenever they run.
    HOLDINGS_OF_GROUP = "with recursive up (group_id) as (
            select id from groups where id = $1
            union
            select m.group_id from up join group_members m on m.member_group_id = up.group_id
        )
        select g.tenant_id, coalesce(string_agg(coalesce(p.pattern, g.permission), ' '), '')
        from up cross join grants g left join role_permissions p on p.role_id = g.role_id
        where g.group_id = up.group_id and (g.expires_at is null or g.expires_at > $2)
        group by g.tenant_id";
    /// A line for each step up and grant to the group that it leads to, and for each grant to the user: all of them as
    /// one text, because each row of an answer costs a trip between two threads, and each value of it an allocation.
    /// The groups come first, because columns take their type from there: from a cast null, SQLite takes one that no
    /// index of ids serves.
    REACHING = "with recursive up (group_id, member_id) as (
            select group_id, cast(null as uuid) from group_members where user_id = $1
            union
            select m.group_id, m.member_group_id from up join group_members m on m.member_group_id = up.group_id
        ), reaching (member_id, group_id, id, role_id, permission, tenant_id, valid_from, expires_at) as (
            select up.member_id, up.group_id, g.id, g.role_id, g.permission, g.tenant_id, g.valid_from, g.expires_at
            from up left join grants g on g.group_id = up.group_id
            union all
            select null, null, id, role_id, permission, tenant_id, valid_from, expires_at from grants where user_id = $1
        )
        select coalesce(string_agg(
            coalesce(hex(s.member_id), '') || '\u{1f}' || coalesce(hex(s.group_id), '') || '\u{1f}'
            || coalesce(hex(o.tenant_id), '') || '\u{1f}' || coalesce(o.name, '') || '\u{1f}'
            || coalesce(hex(s.id), '') || '\u{1f}' || coalesce(s.role_id, '') || '\u{1f}' || coalesce(r.name, '')
            || '\u{1f}' || coalesce(hex(s.tenant_id), '') || '\u{1f}' || coalesce(t.name, '') || '\u{1f}'
            || coalesce(s.permission, (select string_agg(p.pattern, ' ') from role_permissions p
                where p.role_id = s.role_id), '') || '\u{1f}'
            || case when s.tenant_id is null or exists (select 1 from memberships m
                where m.user_id = $1 and m.tenant_id = s.tenant_id and m.status = 'active') then 'yes' else '' end
            || '\u{1f}' || coalesce(cast(s.valid_from as text), '') || '\u{1f}'
            || coalesce(cast(s.expires_at as text), ''), '\u{1e}'), '')
        from reaching s left join groups o on o.id = s.group_id left join roles r on r.id = s.role_id
            left join tenants t on t.id = s.tenant_id";
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
    Ok(person(conn, user).await?.potential(now))
}

fn sum(rows: Vec<(Option<TenantId>, String)>) -> Holdings {
    let mut holdings = Holdings::default();
    for (tenant, patterns) in rows {
        holdings.add(Scope::from(tenant), PermissionSet::from_patterns(patterns.split(' ')));
    }
    holdings
}

/// What ends a line of [`REACHING`], and what stands between its fields: characters that no name may have.
const LINE: char = '\u{1e}';
const FIELD: char = '\u{1f}';

/// A step up, what it leads to, or both; a grant to the user comes with no step.
struct Reaching {
    member_id: Option<GroupId>,
    group_id: Option<GroupId>,
    group_tenant_id: Option<TenantId>,
    group_name: Option<String>,
    id: Option<GrantId>,
    role_id: Option<RoleId>,
    role_name: Option<String>,
    tenant_id: Option<TenantId>,
    tenant_name: Option<String>,
    patterns: String,
    member: bool,
    valid_from: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

/// A field that is empty, or can be read.
fn read<T: FromStr>(field: Option<&str>) -> Option<Option<T>> {
    match field? {
        "" => Some(None),
        text => text.parse().ok().map(Some),
    }
}

impl Reaching {
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split(FIELD);
        Some(Self {
            member_id: read(fields.next())?,
            group_id: read(fields.next())?,
            group_tenant_id: read(fields.next())?,
            group_name: read(fields.next())?,
            id: read(fields.next())?,
            role_id: read(fields.next())?.map(RoleId),
            role_name: read(fields.next())?,
            tenant_id: read(fields.next())?,
            tenant_name: read(fields.next())?,
            patterns: fields.next()?.to_owned(),
            member: !fields.next()?.is_empty(),
            valid_from: read(fields.next())?.map(Timestamp),
            expires_at: read(fields.next())?.map(Timestamp),
        })
    }

    fn link(&mut self) -> Option<Link> {
        let (group, tenant) = self.group_id.zip(self.group_tenant_id)?;
        Some(Link { from: self.member_id, group, tenant, name: self.group_name.take() })
    }

    fn held(self) -> Option<Held> {
        let mut patterns: Vec<String> = self.patterns.split_whitespace().map(str::to_owned).collect();
        patterns.sort_unstable();
        Some(Held {
            id: self.id?,
            group: self.group_id,
            role: self.role_id.zip(self.role_name),
            gives: PermissionSet::from_patterns(patterns.iter().map(String::as_str)),
            patterns,
            tenant: self.tenant_id.zip(self.tenant_name),
            member: self.member,
            from: self.valid_from,
            until: self.expires_at,
        })
    }
}

/// All that decides what a user may do: nothing, if there is no such user.
pub async fn person(conn: &mut Conn, user: UserId) -> Result<Person> {
    let text: String = on!(conn, |c| query_scalar(REACHING).bind(user).fetch_one(c).await?);
    let (mut links, mut grants) = (Vec::<Link>::new(), Vec::<Held>::new());
    for line in text.split(LINE).filter(|line| !line.is_empty()) {
        let mut reaching =
            Reaching::parse(line).ok_or_else(|| Error::Internal(format!("what reaches {user} can't be read")))?;
        links.extend(reaching.link());
        grants.extend(reaching.held());
    }
    links.sort_by(|one, other| (&one.name, one.group, one.from).cmp(&(&other.name, other.group, other.from)));
    links.dedup();
    grants.sort_by_key(|grant| grant.id);
    grants.dedup_by_key(|grant| grant.id);
    Ok(Person { id: user, links, grants })
}
