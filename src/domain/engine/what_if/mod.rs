//! What a change would do, by doing it and rolling it back: so the answer can't be wrong.

mod compare;
mod describe;
mod names;
mod nothing;
mod snapshot;
mod timeline;

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
    },
    model::{
        id::{GroupId, RoleId, UserId},
        permission::Permission,
        timestamp::Timestamp,
    },
};

statements! {
    AFFECT_USER = "insert into what_if_people (user_id) select id from users where id = $1 on conflict do nothing";
    AFFECT_ROLE = "insert into what_if_people (user_id)
        select g.user_id from grants g where g.role_id = $1 and g.user_id is not null
        union
        select m.user_id from grants g cross join group_closure c cross join group_members m
        where g.role_id = $1 and c.ancestor_id = g.group_id and m.group_id = c.group_id and m.user_id is not null
        on conflict do nothing";
    AFFECT_GROUP = "insert into what_if_people (user_id)
        select distinct m.user_id from group_closure c cross join group_members m
        where c.ancestor_id = $1 and m.group_id = c.group_id and m.user_id is not null
        on conflict do nothing";
    GATHERED = "select user_id from what_if_people order by user_id";
}

/// So many differences are told; each costs a question or two while other writers wait.
pub const TOLD: usize = 500;

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

/// Runs `change` on `affected` and rolls it back. What the caller may not do is an error, as in the change
/// itself; what a rule forbids is part of the answer.
pub async fn what_if<'a>(
    ctx: &Ctx,
    affected: Affected<'a>,
    change: impl AsyncFnOnce(&mut Tx) -> Result<()>,
) -> Result<Effect> {
    let mut effect = Effect::at(ctx.now());
    let mut tx = ctx.begin().await?;
    gather(&mut tx, affected).await?;
    let before = Snapshot::take(&mut tx, effect.now).await?;
    match change(&mut tx).await {
        Ok(()) => {}
        Err(Error::Refused(refused)) => return Ok(Effect { refused: Some(refused), ..effect }),
        Err(other) => return Err(other),
    }
    let after = Snapshot::take(&mut tx, effect.now).await?;
    let ended = |before: i64, after: i64| (before - after).max(0);
    (effect.tokens, effect.sessions) = (ended(before.tokens, after.tokens), ended(before.sessions, after.sessions));
    let mut compared = compare(&before, &after, effect.now);
    (effect.losing, effect.gaining) = (touched(&compared, false), touched(&compared, true));
    effect.untold = compared.keep(TOLD);
    describe(&mut tx, &compared, &mut effect).await?;
    if effect.is_nothing() {
        effect.nothing = Some(nothing::why(&mut tx, affected, effect.now).await?);
    }
    drop(tx);
    name(ctx, &compared, &mut effect).await?;
    Ok(effect)
}

/// Whom `change` touches where that is known after it only, since it brings back what they hold something through.
pub async fn touched_by(
    ctx: &Ctx,
    affected: Affected<'_>,
    change: impl AsyncFnOnce(&mut Tx) -> Result<()>,
) -> Result<Vec<UserId>> {
    let mut tx = ctx.begin().await?;
    change(&mut tx).await?;
    gather(&mut tx, affected).await?;
    Ok(on!(tx, |c| query_scalar(GATHERED).fetch_all(c).await?))
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
