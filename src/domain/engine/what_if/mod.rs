//! What a change would do, by doing it and rolling it back: so the answer can't be wrong.

mod snapshot;

use std::collections::HashMap;

use sqlx::{query_as, query_scalar};

pub use self::snapshot::STATEMENTS as SNAPSHOT_STATEMENTS;
use self::snapshot::{Key, People, Snapshot, compare};
use super::{Asked, any_holder};
use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        ctx::Ctx,
        error::{Error, Refused, Result},
    },
    model::{
        id::{GroupId, RoleId, TenantId, UserId},
        permission::Permission,
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
        select m.user_id from reach r cross join group_members m
        where m.group_id = r.group_id and m.user_id is not null
        on conflict do nothing";
    AFFECT_GROUP = "insert into what_if_people (user_id)
        with recursive reach (group_id) as (
            select id from groups where id = $1
            union
            select m.member_group_id from reach r join group_members m on m.group_id = r.group_id
            where m.member_group_id is not null
        )
        select distinct m.user_id from reach r cross join group_members m
        where m.group_id = r.group_id and m.user_id is not null
        on conflict do nothing";
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

/// Adds whom a change touches to those who are compared.
pub async fn gather(tx: &mut Tx, affected: Affected<'_>) -> Result<()> {
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
        last: !gain && !any_holder(tx, Asked { permission, at: scope, now: ctx.now() }).await?,
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
