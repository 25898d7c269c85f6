//! What a change would do, by doing it and rolling it back: so the answer can't be wrong.

mod compare;
mod describe;
mod names;
mod nothing;
mod snapshot;
mod timeline;

use futures_util::future::BoxFuture;
use sqlx::query_scalar;

use self::{
    compare::compare,
    describe::{describe, name, touched},
    snapshot::Snapshot,
};
pub use self::{
    describe::STATEMENTS as DESCRIBE_STATEMENTS,
    names::{NAMED, Named, STATEMENTS as NAMES_STATEMENTS},
    nothing::{Nothing, STATEMENTS as NOTHING_STATEMENTS},
    snapshot::STATEMENTS as SNAPSHOT_STATEMENTS,
    timeline::Span,
};
use crate::{
    db::{Tx, on, statements},
    domain::{
        ctx::Ctx,
        error::{Error, Refused, Result},
        turn,
    },
    model::{
        id::{GroupId, RoleId, UserId},
        permission::{Permission, PermissionSet},
        principal::Principal,
        timestamp::Timestamp,
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
    GATHERED = "select user_id from what_if_people order by user_id";
}

/// So many differences are told; each costs a question or two while other writers wait.
pub const TOLD: usize = 500;

/// Whom a change can touch, and with which permissions.
#[derive(Clone, Debug, Default)]
pub struct Affected {
    people: People,
    /// Those that the change is about.
    permissions: PermissionSet,
    known_after: bool,
}

#[derive(Clone, Debug)]
enum People {
    Users(Vec<UserId>),
    Role(RoleId),
    Group(GroupId),
}

impl Default for People {
    fn default() -> Self {
        Self::Users(Vec::new())
    }
}

impl Affected {
    /// These people.
    #[must_use]
    pub fn users(users: Vec<UserId>) -> Self {
        Self { people: People::Users(users), ..Self::default() }
    }

    /// One person.
    #[must_use]
    pub fn user(user: UserId) -> Self {
        Self::users(vec![user])
    }

    /// Whoever holds the role, directly or through groups.
    #[must_use]
    pub fn role(role: &RoleId, permissions: PermissionSet) -> Self {
        Self { people: People::Role(role.clone()), permissions, known_after: false }
    }

    /// One person, or whoever is in a group, directly or through groups in it.
    #[must_use]
    pub fn principal(principal: Principal, permissions: PermissionSet) -> Self {
        let people = match principal {
            Principal::User(user) => People::Users(vec![user]),
            Principal::Group(group) => People::Group(group),
        };
        Self { people, permissions, known_after: false }
    }

    /// The same where it is known after the change only, since that brings back what they hold something through.
    #[must_use]
    pub fn known_after(self) -> Self {
        Self { known_after: true, ..self }
    }
}

/// What a change would do.
#[derive(Clone, Debug)]
pub struct Effect {
    /// When it was asked.
    pub now: Timestamp,
    /// What people gain and lose, losses first, in the order of the catalogue: at most [`TOLD`].
    pub changes: Vec<Difference>,
    /// How many differences there are besides, which are in single tenants and about few people.
    pub untold: usize,
    /// People who lose something, now and later.
    pub losing: Touched,
    /// People who gain something, now and later.
    pub gaining: Touched,
    /// Tokens that stop working.
    pub tokens: i64,
    /// Sessions that end.
    pub sessions: i64,
    /// Why nobody gains or loses anything, if that is so.
    pub nothing: Option<Nothing>,
    /// The rule that forbids the change, if one does; then nothing else is said.
    pub refused: Option<Refused>,
}

/// How many people a change touches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// At once.
    pub now: usize,
    /// Later, whether or not at once, too.
    pub later: usize,
}

impl Effect {
    /// Of a change that was not tried yet.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let (changes, nobody) = (Vec::new(), Touched::default());
        Self {
            now,
            changes,
            untold: 0,
            losing: nobody,
            gaining: nobody,
            tokens: 0,
            sessions: 0,
            nothing: None,
            refused: None,
        }
    }

    /// Of a change that a rule forbids.
    #[must_use]
    pub fn refused(now: Timestamp, rule: Refused) -> Self {
        Self { refused: Some(rule), ..Self::at(now) }
    }

    /// Whether nobody gains or loses anything, now or later.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.changes.is_empty() && self.tokens == 0 && self.sessions == 0 && self.refused.is_none()
    }
}

/// When a difference begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct When {
    /// Its moments.
    pub span: Span,
    /// Whether they are those of the first of its people, and others have later ones.
    pub varies: bool,
}

/// Who holds a permission that others lost; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Left {
    /// Nobody.
    Nobody,
    /// Nobody who belongs to the tenant where it was lost, though others may everywhere.
    Outsiders,
    /// Somebody.
    Somebody,
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
    /// From when until when.
    pub when: When,
    /// How many people.
    pub people: usize,
    /// A number: differences about the same people have the same.
    pub crowd: usize,
    /// The people in parts that no other difference divides: the number of each, and how many are in it.
    pub parts: Vec<(usize, usize)>,
    /// The first of them, with their names.
    pub named: Named,
    /// Who is left that holds it there, once it is lost.
    pub left: Left,
}

/// A change that is tried out. A trait and no closure: the compiler can't tell of a generic asynchronous one that it may
/// move between threads.
pub trait Trial: Send {
    /// Makes the change; more than once, where it takes two looks.
    fn make<'a>(&'a mut self, ctx: &'a Ctx, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>>;
}

/// Makes `trial` for `affected` and rolls it back. What the caller may not do is an error, as in the change
/// itself; what a rule forbids is part of the answer.
pub async fn what_if(ctx: &Ctx, affected: Affected, trial: &mut dyn Trial) -> Result<Effect> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let (ctx, now) = (&ctx, ctx.now());
    gather(&mut tx, &affected.people).await?;
    if affected.known_after {
        tx.savepoint().await?;
        if let Some(refused) = tried(ctx, &mut tx, trial).await? {
            return Ok(Effect::refused(now, refused));
        }
        gather(&mut tx, &affected.people).await?;
        let people: Vec<UserId> = on!(tx, |c| query_scalar(GATHERED).fetch_all(c).await?);
        tx.rollback_to_savepoint().await?;
        gather(&mut tx, &People::Users(people)).await?;
    }
    let before = Snapshot::take(&mut tx, now).await?;
    if let Some(refused) = tried(ctx, &mut tx, trial).await? {
        return Ok(Effect::refused(now, refused));
    }
    // Somebody who comes back was not there to be gathered before.
    gather(&mut tx, &affected.people).await?;
    let after = Snapshot::take(&mut tx, now).await?;
    let mut effect = Effect::at(now);
    let ended = |before: i64, after: i64| (before - after).max(0);
    (effect.tokens, effect.sessions) = (ended(before.tokens, after.tokens), ended(before.sessions, after.sessions));
    let mut compared = compare(&before, &after, now);
    (effect.losing, effect.gaining) = (touched(&compared, false), touched(&compared, true));
    effect.untold = compared.keep(TOLD);
    describe(&mut tx, &compared, &mut effect).await?;
    if effect.is_nothing() {
        effect.nothing = Some(nothing::why(&mut tx, &affected.people, now).await?);
    }
    drop(tx);
    name(ctx, &compared, &mut effect).await?;
    Ok(effect)
}

/// Makes the change; the rule that forbids it, if one does.
async fn tried(ctx: &Ctx, tx: &mut Tx, trial: &mut dyn Trial) -> Result<Option<Refused>> {
    match trial.make(ctx, tx).await {
        Err(Error::Refused(refused)) => Ok(Some(refused)),
        other => other.map(|()| None),
    }
}

/// Adds people to those who are compared.
async fn gather(tx: &mut Tx, people: &People) -> Result<()> {
    match people {
        People::Users(users) => {
            for user in users {
                on!(tx, |c| sqlx::query(AFFECT_USER).bind(user).execute(c).await?.rows_affected());
            }
        }
        People::Role(role) => {
            on!(tx, |c| sqlx::query(AFFECT_ROLE).bind(role).execute(c).await?.rows_affected());
        }
        People::Group(group) => {
            on!(tx, |c| sqlx::query(AFFECT_GROUP).bind(group).execute(c).await?.rows_affected());
        }
    }
    Ok(())
}
