//! What people hold at one moment, and what changed between two.

use std::collections::{BTreeMap, HashMap};

use sqlx::{query_as, query_scalar};

use super::NAMED;
use crate::{
    db::{Tx, on, statements},
    domain::{ctx::Ctx, error::Result},
    model::{
        id::UserId,
        permission::{Permission, PermissionSet},
    },
};

statements! {
    /// What each affected person holds, as `role@tenant` or `permission@tenant`, the tenant empty for everywhere.
    SNAPSHOT = "with recursive up (user_id, group_id) as (
            select m.user_id, m.group_id from what_if_people w cross join group_members m where m.user_id = w.user_id
            union
            select up.user_id, m.group_id from up cross join group_members m where m.member_group_id = up.group_id
        ), held (user_id, gives, tenant_id) as (
            select g.user_id, coalesce(g.role_id, g.permission), g.tenant_id
            from what_if_people w cross join grants g
            where g.user_id = w.user_id and (g.valid_from is null or g.valid_from <= $1)
                and (g.expires_at is null or g.expires_at > $1)
            union all
            select up.user_id, coalesce(g.role_id, g.permission), g.tenant_id
            from up cross join grants g
            where g.group_id = up.group_id and (g.valid_from is null or g.valid_from <= $1)
                and (g.expires_at is null or g.expires_at > $1)
        )
        select h.user_id, string_agg(h.gives || '@' || coalesce(t.slug, ''), ' ') as holds
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

/// What a profile allows, by slug of the tenant; the empty slug is everywhere.
type Allowed = BTreeMap<String, PermissionSet>;

/// What affected people hold at one moment. People with the same grants share one profile.
pub struct Snapshot {
    profiles: Vec<Allowed>,
    people: Vec<(UserId, usize)>,
    pub tokens: i64,
    pub sessions: i64,
}

impl Snapshot {
    /// What the people that the change touches hold now.
    pub async fn take(ctx: &Ctx, tx: &mut Tx) -> Result<Self> {
        let rows: Vec<(UserId, String)> = on!(tx, |c| query_as(SNAPSHOT).bind(ctx.now()).fetch_all(c).await?);
        let patterns: Vec<(String, String)> = on!(tx, |c| query_as(PATTERNS).fetch_all(c).await?);
        let roles: HashMap<String, PermissionSet> = patterns
            .into_iter()
            .map(|(role, patterns)| (role, PermissionSet::from_patterns(patterns.split(' '))))
            .collect();
        let mut known: HashMap<String, usize> = HashMap::new();
        // The profile of those who hold nothing.
        let mut profiles = vec![Allowed::new()];
        let people = rows.into_iter().map(|(user, holds)| {
            let profile = *known.entry(holds).or_insert_with_key(|holds| {
                profiles.push(allowed(holds, &roles));
                profiles.len() - 1
            });
            (user, profile)
        });
        let people = people.collect();
        Ok(Self {
            people,
            profiles,
            tokens: on!(tx, |c| query_scalar(TOKENS).bind(ctx.now()).fetch_one(c).await?),
            sessions: on!(tx, |c| query_scalar(SESSIONS).bind(ctx.now()).fetch_one(c).await?),
        })
    }
}

fn allowed(holds: &str, roles: &HashMap<String, PermissionSet>) -> Allowed {
    let mut allowed = Allowed::new();
    for (gives, tenant) in holds.split(' ').filter_map(|part| part.split_once('@')) {
        let given = roles.get(gives).copied().unwrap_or_else(|| PermissionSet::from_patterns([gives]));
        let held = allowed.entry(tenant.to_owned()).or_default();
        *held = held.union(given);
    }
    allowed
}

/// Where (a slug), what, and whether it is gained.
pub type Key = (String, Permission, bool);

/// How many people, and the first of them.
#[derive(Default)]
pub struct People {
    pub count: usize,
    pub first: Vec<UserId>,
}

/// What changed for whom. Both snapshots are in the order of ids; who is missing from one holds nothing in it.
pub fn compare(before: &Snapshot, after: &Snapshot) -> BTreeMap<Key, People> {
    let mut changes: BTreeMap<Key, People> = BTreeMap::new();
    let mut memo: HashMap<(usize, usize), Vec<Key>> = HashMap::new();
    let (mut old, mut new) = (before.people.iter().peekable(), after.people.iter().peekable());
    while let Some(user) = [old.peek(), new.peek()].into_iter().flatten().map(|(user, _)| *user).min() {
        let profile = |(_, profile): &(UserId, usize)| *profile;
        let was = old.next_if(|(id, _)| *id == user).map_or(0, profile);
        let is = new.next_if(|(id, _)| *id == user).map_or(0, profile);
        let keys = memo.entry((was, is)).or_insert_with(|| differences(&before.profiles[was], &after.profiles[is]));
        for key in keys {
            let people = changes.entry(key.clone()).or_default();
            people.count += 1;
            if people.first.len() < NAMED {
                people.first.push(user);
            }
        }
    }
    changes
}

/// What one profile allows that the other doesn't. What changes everywhere is not said again for each tenant.
fn differences(before: &Allowed, after: &Allowed) -> Vec<Key> {
    let at = |allowed: &Allowed, slug: &str| {
        let held = |slug: &str| allowed.get(slug).copied().unwrap_or_default();
        held("").union(held(slug))
    };
    let mut slugs: Vec<&String> = before.keys().chain(after.keys()).filter(|slug| !slug.is_empty()).collect();
    slugs.sort_unstable();
    slugs.dedup();
    let (gained, lost) = (at(after, "").minus(at(before, "")), at(before, "").minus(at(after, "")));
    let mut keys = Vec::new();
    let mut add = |slug: &str, set: PermissionSet, gain| {
        keys.extend(set.iter().map(|permission| (slug.to_owned(), permission, gain)));
    };
    add("", gained, true);
    add("", lost, false);
    for slug in slugs {
        add(slug, at(after, slug).minus(at(before, slug)).minus(gained), true);
        add(slug, at(before, slug).minus(at(after, slug)).minus(lost), false);
    }
    keys
}
