//! What people hold, now and later.

use std::collections::HashMap;

use sqlx::{query_as, query_scalar};

use super::timeline::{Given, Profile};
use crate::{
    db::{Tx, on, statements},
    domain::error::Result,
    model::{id::UserId, permission::PermissionSet, timestamp::Timestamp},
};

statements! {
    /// What each affected person holds and will hold, as `role@tenant@begins@ends` or `permission@tenant@begins@ends`,
    /// the tenant empty for everywhere, the moments for now and never.
    SNAPSHOT = "with recursive up (user_id, group_id) as (
            select m.user_id, m.group_id from what_if_people w cross join group_members m where m.user_id = w.user_id
            union
            select up.user_id, m.group_id from up cross join group_members m where m.member_group_id = up.group_id
        ), held (user_id, gives, tenant_id, begins, ends) as (
            select g.user_id, coalesce(g.role_id, g.permission), g.tenant_id, g.valid_from, g.expires_at
            from what_if_people w cross join grants g
            where g.user_id = w.user_id and (g.expires_at is null or g.expires_at > $1)
            union all
            select up.user_id, coalesce(g.role_id, g.permission), g.tenant_id, g.valid_from, g.expires_at
            from up cross join grants g
            where g.group_id = up.group_id and (g.expires_at is null or g.expires_at > $1)
        )
        select h.user_id, string_agg(h.gives || '@' || coalesce(t.slug, '')
            || '@' || coalesce(cast(case when h.begins > $1 then h.begins end as text), '')
            || '@' || coalesce(cast(h.ends as text), ''), ' ') as holds
        from held h left join tenants t on t.id = h.tenant_id
        where not exists (select 1 from users u where u.id = h.user_id and u.disabled_at is not null)
            and (h.tenant_id is null or exists (select 1 from memberships m
            where m.user_id = h.user_id and m.tenant_id = h.tenant_id and m.status = 'active'))
        group by h.user_id order by h.user_id";
    PATTERNS = "select role_id, string_agg(pattern, ' ') from role_permissions group by role_id";
    TOKENS = "select count(*) from what_if_people w cross join tokens t
        where t.user_id = w.user_id and t.disabled_at is null and (t.expires_at is null or t.expires_at > $1)
            and exists (select 1 from users u where u.id = w.user_id and u.disabled_at is null)";
    SESSIONS = "select count(*) from what_if_people w cross join sessions s
        where s.user_id = w.user_id and s.expires_at > $1
            and exists (select 1 from users u where u.id = w.user_id and u.disabled_at is null)";
}

/// What affected people hold. People with the same grants share one profile.
pub struct Snapshot {
    pub profiles: Vec<Profile>,
    /// In the order of ids; whoever holds nothing is not there, and has the first profile.
    pub people: Vec<(UserId, usize)>,
    pub tokens: i64,
    pub sessions: i64,
}

impl Snapshot {
    /// What the people that the change touches hold from now on.
    pub async fn take(tx: &mut Tx, now: Timestamp) -> Result<Self> {
        let rows: Vec<(UserId, String)> = on!(tx, |c| query_as(SNAPSHOT).bind(now).fetch_all(c).await?);
        let patterns: Vec<(String, String)> = on!(tx, |c| query_as(PATTERNS).fetch_all(c).await?);
        let roles: HashMap<String, PermissionSet> = patterns
            .into_iter()
            .map(|(role, patterns)| (role, PermissionSet::from_patterns(patterns.split(' '))))
            .collect();
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut profiles = vec![Profile::default()];
        let people = rows.into_iter().map(|(user, holds)| {
            let profile = *known.entry(holds).or_insert_with_key(|holds| {
                profiles.push(Profile(holds.split(' ').filter_map(|grant| given(grant, &roles)).collect()));
                profiles.len() - 1
            });
            (user, profile)
        });
        let people = people.collect();
        Ok(Self {
            people,
            profiles,
            tokens: on!(tx, |c| query_scalar(TOKENS).bind(now).fetch_one(c).await?),
            sessions: on!(tx, |c| query_scalar(SESSIONS).bind(now).fetch_one(c).await?),
        })
    }
}

fn given(grant: &str, roles: &HashMap<String, PermissionSet>) -> Option<Given> {
    let mut parts = grant.split('@');
    let (gives, tenant) = (parts.next()?, parts.next()?);
    let gives = roles.get(gives).copied().unwrap_or_else(|| PermissionSet::from_patterns([gives]));
    let mut moment = || parts.next()?.parse().ok().map(Timestamp);
    Some(Given { tenant: tenant.to_owned(), gives, from: moment(), until: moment() })
}
