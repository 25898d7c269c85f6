//! What a change would do, by doing it and rolling it back: so the answer can't be wrong.

use std::collections::{BTreeMap, HashMap};

use sqlx::{query_as, query_scalar};

use super::any_holder;
use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        ctx::Ctx,
        error::{Error, Refused, Result},
    },
    model::{
        id::{GroupId, RoleId, TenantId, UserId},
        permission::{Permission, PermissionSet},
        scope::Scope,
    },
};

statements! {
    AFFECT_USER = "insert into what_if_people (user_id) select id from users where id = $1 on conflict do nothing";
    AFFECT_ROLE = "insert into what_if_people (user_id)
        with recursive reach (group_id) as (
            select group_id from grants where role_id = $1 and group_id is not null
            union
            select m.member_group_id from reach r join group_members m on m.group_id = r.group_id
            where m.member_group_id is not null
        )
        select user_id from grants where role_id = $1 and user_id is not null
        union
        select m.user_id from reach r join group_members m on m.group_id = r.group_id where m.user_id is not null";
    AFFECT_GROUP = "insert into what_if_people (user_id)
        with recursive reach (group_id) as (
            select id from groups where id = $1
            union
            select m.member_group_id from reach r join group_members m on m.group_id = r.group_id
            where m.member_group_id is not null
        )
        select distinct m.user_id from reach r join group_members m on m.group_id = r.group_id
        where m.user_id is not null";
    /// What each affected person holds, as `role@tenant` or `permission@tenant`, the tenant empty for everywhere.
    SNAPSHOT = "with recursive up (user_id, group_id) as (
            select m.user_id, m.group_id from what_if_people w join group_members m on m.user_id = w.user_id
            union
            select up.user_id, m.group_id from up join group_members m on m.member_group_id = up.group_id
        ), held (user_id, gives, tenant_id) as (
            select g.user_id, coalesce(g.role_id, g.permission), g.tenant_id
            from what_if_people w join grants g on g.user_id = w.user_id
            where (g.valid_from is null or g.valid_from <= $1) and (g.expires_at is null or g.expires_at > $1)
            union all
            select up.user_id, coalesce(g.role_id, g.permission), g.tenant_id
            from up join grants g on g.group_id = up.group_id
            where (g.valid_from is null or g.valid_from <= $1) and (g.expires_at is null or g.expires_at > $1)
        )
        select h.user_id, string_agg(h.gives || '@' || coalesce(t.slug, ''), ' ') as holds
        from held h join users u on u.id = h.user_id left join tenants t on t.id = h.tenant_id
        where u.disabled_at is null and (h.tenant_id is null or exists (select 1 from memberships m
            where m.user_id = h.user_id and m.tenant_id = h.tenant_id and m.status = 'active'))
        group by h.user_id order by h.user_id";
    PATTERNS = "select role_id, string_agg(pattern, ' ') from role_permissions group by role_id";
    TOKENS = "select count(*) from what_if_people w join tokens t on t.user_id = w.user_id
        where t.disabled_at is null and (t.expires_at is null or t.expires_at > $1)
            and exists (select 1 from users u where u.id = w.user_id and u.disabled_at is null)";
    SESSIONS = "select count(*) from what_if_people w join sessions s on s.user_id = w.user_id
        where s.expires_at > $1
            and exists (select 1 from users u where u.id = w.user_id and u.disabled_at is null)";
    TENANT = "select id, name from tenants where slug = $1";
    NAME = "select display_name from users where id = $1";
}

/// So many people of a change are named; the others are counted.
pub const NAMED: usize = 25;

/// Whom a change can touch.
#[derive(Clone, Copy, Debug)]
pub enum Affected<'a> {
    /// These people.
    Users(&'a [UserId]),
    /// Whoever holds the role, directly or through groups.
    Role(&'a RoleId),
    /// Whoever is in the group, directly or through groups in it.
    Group(GroupId),
}

/// What a change would do.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// What people gain and lose, losses first, in the order of the catalogue.
    pub changes: Vec<Difference>,
    /// Tokens that stop working.
    pub tokens: i64,
    /// Sessions that end.
    pub sessions: i64,
    /// The rule that forbids the change, if one does; then nothing else is said.
    pub refused: Option<Refused>,
}

impl Effect {
    /// Whether nobody gains or loses anything.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.changes.is_empty() && self.tokens == 0 && self.sessions == 0 && self.refused.is_none()
    }
}

/// One permission that people gain or lose.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The permission.
    pub permission: Permission,
    /// The name of the tenant where; `None` for everywhere.
    pub tenant: Option<String>,
    /// Whether they gain it, rather than lose it.
    pub gain: bool,
    /// How many people.
    pub people: usize,
    /// The first of them, with their names.
    pub named: Vec<(UserId, String)>,
    /// Whether nobody is left who holds it there.
    pub last: bool,
}

/// Runs `change` on `affected` and rolls it back. What the caller may not do is an error, as in the change
/// itself; what a rule forbids is part of the answer.
pub async fn what_if<'a>(
    ctx: &Ctx,
    affected: Affected<'a>,
    change: impl AsyncFnOnce(&mut Tx) -> Result<()>,
) -> Result<Effect> {
    let mut tx = ctx.begin().await?;
    gather(&mut tx, affected).await?;
    let before = Snapshot::take(ctx, &mut tx).await?;
    match change(&mut tx).await {
        Ok(()) => {}
        Err(Error::Refused(refused)) => return Ok(Effect { refused: Some(refused), ..Effect::default() }),
        Err(other) => return Err(other),
    }
    let after = Snapshot::take(ctx, &mut tx).await?;
    let mut changes = Vec::new();
    for (key, people) in compare(&before, &after) {
        changes.push(describe(ctx, &mut tx, key, people).await?);
    }
    drop(tx);
    let mut conn = ctx.read().await?;
    let mut known = HashMap::new();
    for (user, name) in changes.iter_mut().flat_map(|difference| &mut difference.named) {
        *name = name_of(&mut conn, &mut known, *user).await?;
    }
    changes.sort_by_key(|difference| (difference.gain, difference.tenant.clone(), difference.permission));
    let ended = |before: i64, after: i64| (before - after).max(0);
    Ok(Effect {
        changes,
        tokens: ended(before.tokens, after.tokens),
        sessions: ended(before.sessions, after.sessions),
        refused: None,
    })
}

async fn gather(tx: &mut Tx, affected: Affected<'_>) -> Result<()> {
    match affected {
        Affected::Users(users) => {
            for user in users {
                on!(tx, |c| sqlx::query(AFFECT_USER).bind(user).execute(c).await?.rows_affected());
            }
        }
        Affected::Role(role) => {
            on!(tx, |c| sqlx::query(AFFECT_ROLE).bind(role).execute(c).await?.rows_affected());
        }
        Affected::Group(group) => {
            on!(tx, |c| sqlx::query(AFFECT_GROUP).bind(group).execute(c).await?.rows_affected());
        }
    }
    Ok(())
}

/// What a profile allows, by slug of the tenant; the empty slug is everywhere.
type Allowed = BTreeMap<String, PermissionSet>;

/// What affected people hold at one moment. People with the same grants share one profile.
struct Snapshot {
    profiles: Vec<Allowed>,
    people: Vec<(UserId, usize)>,
    tokens: i64,
    sessions: i64,
}

impl Snapshot {
    async fn take(ctx: &Ctx, tx: &mut Tx) -> Result<Self> {
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
type Key = (String, Permission, bool);

/// How many people, and the first of them.
#[derive(Default)]
struct People {
    count: usize,
    first: Vec<UserId>,
}

/// What changed for whom. Both snapshots are in the order of ids; who is missing from one holds nothing in it.
fn compare(before: &Snapshot, after: &Snapshot) -> BTreeMap<Key, People> {
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

async fn describe(ctx: &Ctx, tx: &mut Tx, (slug, permission, gain): Key, people: People) -> Result<Difference> {
    let tenant: Option<(TenantId, String)> = match slug.is_empty() {
        true => None,
        false => on!(tx, |c| query_as(TENANT).bind(&slug).fetch_optional(c).await?),
    };
    let scope = Scope::from(tenant.as_ref().map(|(id, _)| *id));
    Ok(Difference {
        permission,
        tenant: tenant.map(|(_, name)| name),
        gain,
        people: people.count,
        named: people.first.into_iter().map(|user| (user, String::new())).collect(),
        last: !gain && !any_holder(tx, permission, scope, ctx.now()).await?,
    })
}

/// The same people are named in many lines: each is looked up once.
async fn name_of(conn: &mut Conn, known: &mut HashMap<UserId, String>, user: UserId) -> Result<String> {
    if let Some(name) = known.get(&user) {
        return Ok(name.clone());
    }
    let found: Option<String> = on!(conn, |c| query_scalar(NAME).bind(user).fetch_optional(c).await?);
    let name = found.unwrap_or_default();
    known.insert(user, name.clone());
    Ok(name)
}
