//! What people hold, now and later.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::{query_as, query_scalar};

use super::timeline::{Given, Profile};
use crate::{
    db::{Tx, on, statements},
    domain::error::Result,
    model::{id::UserId, permission::PermissionSet, timestamp::Timestamp},
};

statements! {
    /// What each affected person holds and will hold: a role or a permission, the tenant empty for everywhere.
    SNAPSHOT = "select e.user_id, coalesce(e.role_id, e.permission) as gives,
            coalesce((select t.slug from tenants t where t.id = e.tenant_id), '') as tenant, e.begins, e.ends
        from effective_grants e
        where e.user_id in (select user_id from what_if_people) and e.ends > $1
            and e.user_id not in (select id from users where disabled_at is not null)";
    PATTERNS = "select role_id, string_agg(pattern, ' ') from role_permissions group by role_id";
    ENABLED = "select count(*) from what_if_people w cross join users u where u.id = w.user_id and u.disabled_at is null";
    TOKENS = "select count(*) from what_if_people w cross join tokens t
        where t.user_id = w.user_id and t.disabled_at is null and (t.expires_at is null or t.expires_at > $1)
            and exists (select 1 from users u where u.id = w.user_id and u.disabled_at is null)";
    SESSIONS = "select count(*) from what_if_people w cross join sessions s
        where s.user_id = w.user_id and s.expires_at > $1
            and exists (select 1 from users u where u.id = w.user_id and u.disabled_at is null)";
}

/// What affected people hold. People with the same grants share one profile.
pub struct Snapshot {
    /// What there is to hold; the first is nothing.
    pub profiles: Vec<Profile>,
    /// In the order of ids; whoever holds nothing is not there, and has the first profile.
    pub people: Vec<(UserId, usize)>,
    /// How many of them aren't disabled.
    pub enabled: i64,
    /// Tokens that work.
    pub tokens: i64,
    /// Sessions that run.
    pub sessions: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    user_id: UserId,
    #[sqlx(flatten)]
    holds: Holds,
}

/// A grant, as it is compared with others before it is worked out.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::FromRow)]
struct Holds {
    gives: String,
    tenant: String,
    begins: Timestamp,
    ends: Timestamp,
}

impl Holds {
    fn given(&self, roles: &HashMap<String, PermissionSet>, now: Timestamp) -> Given {
        let alone = || PermissionSet::from_patterns([self.gives.as_str()]);
        Given {
            tenant: self.tenant.clone(),
            gives: roles.get(&self.gives).copied().unwrap_or_else(alone),
            from: Some(self.begins).filter(|from| *from > now),
            until: Some(self.ends).filter(|until| *until < NEVER),
        }
    }
}

/// When what has no end ends.
const NEVER: Timestamp = Timestamp(i64::MAX);

impl Snapshot {
    /// What the people that the change touches hold from now on.
    pub async fn take(tx: &mut Tx, now: Timestamp) -> Result<Self> {
        let rows: Vec<Row> = on!(tx, |c| query_as(SNAPSHOT).bind(now).fetch_all(c).await?);
        let patterns: Vec<(String, String)> = on!(tx, |c| query_as(PATTERNS).fetch_all(c).await?);
        let roles: HashMap<String, PermissionSet> = patterns
            .into_iter()
            .map(|(role, patterns)| (role, PermissionSet::from_patterns(patterns.split(' '))))
            .collect();
        let mut held: BTreeMap<UserId, BTreeSet<Holds>> = BTreeMap::new();
        for row in rows {
            held.entry(row.user_id).or_default().insert(row.holds);
        }
        let mut known: HashMap<BTreeSet<Holds>, usize> = HashMap::new();
        let mut profiles = vec![Profile::default()];
        let people = held.into_iter().map(|(user, holds)| {
            let profile = *known.entry(holds).or_insert_with_key(|holds| {
                profiles.push(Profile(holds.iter().map(|grant| grant.given(&roles, now)).collect()));
                profiles.len() - 1
            });
            (user, profile)
        });
        let people = people.collect();
        Ok(Self {
            people,
            profiles,
            enabled: on!(tx, |c| query_scalar(ENABLED).fetch_one(c).await?),
            tokens: on!(tx, |c| query_scalar(TOKENS).bind(now).fetch_one(c).await?),
            sessions: on!(tx, |c| query_scalar(SESSIONS).bind(now).fetch_one(c).await?),
        })
    }
}
