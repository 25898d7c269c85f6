//! What-if: each change is made to a copy of the model, too, and what it says is held to the two models, now and at every
//! moment to come at which one of them changes.

use std::collections::BTreeSet;

use super::{
    NOW,
    model::{Gives, Model, PLACES, To},
};
use crate::support::World;
use castellan::{
    db::{Driver, Tx},
    domain::{
        access::preview::{
            effect::{Difference, Effect, Left},
            trial::{Trial, try_out},
        },
        affected::Affected,
        ctx::Ctx,
        error::Result,
    },
    model::{
        id::UserId,
        permission::{Permission, PermissionSet},
        principal::Principal,
        timestamp::Timestamp,
    },
};

use futures_util::future::BoxFuture;

/// A change to a model.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    TakeGrant(usize),
    /// A grant without an end gets one, any other loses its own.
    Renew(usize),
    EmptyRole(usize),
    WidenRole(usize),
    Disable(usize),
    /// Another scope bounds what they hold themselves.
    Bound(usize),
    LeaveGroup {
        user: usize,
        group: usize,
    },
}

/// Every change of these kinds.
pub fn of(model: &Model) -> Vec<Change> {
    let grants = (0..model.grants.len()).flat_map(|grant| [Change::TakeGrant(grant), Change::Renew(grant)]);
    let roles = (0..model.roles.len()).flat_map(|role| [Change::EmptyRole(role), Change::WidenRole(role)]);
    let users = (0..model.users.len()).flat_map(|user| [Change::Disable(user), Change::Bound(user)]);
    let groups = model.groups.iter().enumerate();
    let members = groups.flat_map(|(group, known)| known.people.iter().map(move |user| (*user, group)));
    let members = members.map(|(user, group)| Change::LeaveGroup { user, group });
    grants.chain(roles).chain(users).chain(members).collect()
}

/// What no role of a random model holds twice.
const WIDER: &str = "tokens.reveal";

fn other_end(model: &Model, grant: usize) -> Option<i64> {
    match model.grants[grant].until {
        Some(_) => None,
        None => Some(NOW + 7),
    }
}

fn other_scope(model: &Model, user: usize) -> &'static str {
    match model.users[user].scope {
        "any" => "list",
        "list" => "type_test",
        _ => "any",
    }
}

fn made(model: &Model, change: Change) -> Model {
    let mut model = model.clone();
    match change {
        Change::TakeGrant(grant) => drop(model.grants.remove(grant)),
        Change::Renew(grant) => model.grants[grant].until = other_end(&model, grant),
        Change::EmptyRole(role) => model.roles[role].patterns.clear(),
        Change::WidenRole(role) => model.roles[role].patterns.push(WIDER.into()),
        Change::Disable(user) => model.users[user].disabled = true,
        Change::Bound(user) => model.users[user].scope = other_scope(&model, user),
        Change::LeaveGroup { user, group } => model.groups[group].people.retain(|other| *other != user),
    }
    model
}

macro_rules! run {
    ($tx:expr, $sql:literal, $bind:expr $(, $more:expr)*) => {
        match $tx.driver() {
            Driver::Sqlite(c) => sqlx::query($sql).bind($bind)$(.bind($more))*.execute(c).await?.rows_affected(),
            Driver::Postgres(c) => sqlx::query($sql).bind($bind)$(.bind($more))*.execute(c).await?.rows_affected(),
        }
    };
}

async fn make(tx: &mut Tx, model: &Model, change: Change) -> Result<()> {
    let (grants, roles, users) = (&model.grants, &model.roles, &model.users);
    match change {
        Change::TakeGrant(grant) => run!(tx, "delete from grants where id = $1", grants[grant].id),
        Change::Renew(grant) => {
            run!(tx, "update grants set expires_at = $2 where id = $1", grants[grant].id, other_end(model, grant))
        }
        Change::WidenRole(role) => {
            run!(tx, "insert into role_permissions values ($1, $2) on conflict do nothing", &roles[role].id, WIDER)
        }
        Change::EmptyRole(role) => run!(tx, "delete from role_permissions where role_id = $1", &roles[role].id),
        Change::Disable(user) => run!(tx, "update users set disabled_at = 1 where id = $1", users[user].id),
        Change::Bound(user) => {
            let scope = other_scope(model, user);
            run!(tx, "update users set tenant_scope = $2 where id = $1", users[user].id, scope)
        }
        Change::LeaveGroup { user, group } => {
            let group = model.groups[group].id;
            run!(tx, "delete from group_members where group_id = $1 and user_id = $2", group, users[user].id)
        }
    };
    Ok(())
}

/// A change on its way into the database.
struct Tried<'m> {
    model: &'m Model,
    change: Change,
}

impl Trial for Tried<'_> {
    fn make<'a>(&'a mut self, _: &'a Ctx, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(make(tx, self.model, self.change))
    }
}

/// Whom it can touch, as the commands say it.
fn affected(model: &Model, change: Change, users: &[UserId]) -> Affected {
    let nothing = PermissionSet::NONE;
    match change {
        Change::TakeGrant(grant) | Change::Renew(grant) => match (model.grants[grant].to, model.grants[grant].gives) {
            (To::User(user), _) => Affected::user(users[user]),
            (To::Group(_), Gives::Role(role)) => Affected::role(&model.roles[role].id, nothing),
            (To::Group(group), _) => Affected::principal(Principal::Group(model.groups[group].id), nothing),
        },
        Change::EmptyRole(role) | Change::WidenRole(role) => Affected::role(&model.roles[role].id, nothing),
        Change::Disable(user) | Change::Bound(user) | Change::LeaveGroup { user, .. } => Affected::user(users[user]),
    }
}

/// The two models, and what was said of the change from one to the other.
struct Story<'a> {
    before: &'a Model,
    after: Model,
    effect: Effect,
    change: Change,
}

impl Story<'_> {
    /// Now, and every moment to come at which a grant begins or ends.
    fn moments(&self) -> BTreeSet<i64> {
        let grants = self.before.grants.iter().chain(&self.after.grants);
        let moments = grants.flat_map(|grant| [grant.from, grant.until]).flatten().filter(|at| *at > NOW);
        moments.chain([NOW]).collect()
    }

    fn place(&self, difference: &Difference) -> Option<usize> {
        let slug = difference.tenant.as_deref()?;
        self.before.tenants.iter().position(|tenant| tenant.slug == slug)
    }

    fn says(&self, (user, permission, gain): (usize, Permission, bool), (place, at): (Option<usize>, i64)) -> bool {
        self.effect.changes.iter().any(|difference| {
            (difference.permission, difference.gain) == (permission, gain)
                && [None, place].contains(&self.place(difference))
                && names(difference, self.before.users[user].id)
                && covers(difference, at)
        })
    }

    /// Whatever differs is said.
    fn check_complete(&self) {
        for at in self.moments() {
            for place in PLACES {
                for permission in Permission::ALL {
                    for user in 0..self.before.users.len() {
                        let may = |model| may(model, user, (*permission, place), at);
                        let asked = (user, *permission, may(&self.after));
                        let differs = may(self.before) != may(&self.after);
                        assert!(!differs || self.says(asked, (place, at)), "{asked:?} {place:?} {at} {}", self.name());
                    }
                }
            }
        }
    }

    /// Whatever is said is so: from its beginning to its end, and for whom it names.
    fn check_sound(&self, difference: &Difference) {
        let (place, gain) = (self.place(difference), difference.gain);
        let (from, until) = (begins(difference), difference.when.span.until.map(|until| until.0));
        assert_eq!(difference.named.len(), difference.people, "few enough to be named");
        let mut left = self.after.holders(difference.permission, place, from).peekable();
        let expected = match left.peek().is_some() {
            _ if gain => Left::Somebody,
            false => Left::Nobody,
            true if left.any(|user| self.after.belongs(user, place)) => Left::Somebody,
            true => Left::Outsiders,
        };
        assert_eq!(difference.left, expected, "{difference:?} {}", self.name());
        for user in (0..self.before.users.len()).filter(|user| names(difference, self.before.users[*user].id)) {
            let may = |model, at| may(model, user, (difference.permission, place), at);
            // The moments of a difference that varies are those of the first.
            if difference.when.varies {
                continue;
            }
            assert_eq!(
                (may(self.before, from), may(&self.after, from)),
                (!gain, gain),
                "{difference:?} {}",
                self.name()
            );
            for at in self.moments().into_iter().filter(|at| *at >= from && until.is_none_or(|until| *at < until)) {
                assert_eq!(may(&self.after, at), gain, "{difference:?} {at} {}", self.name());
            }
            if let Some(until) = until {
                assert_eq!(may(&self.after, until), !gain, "{difference:?} {}", self.name());
            }
        }
    }

    fn name(&self) -> String {
        format!("{:?} in {}", self.change, self.before.seed)
    }
}

fn may(model: &Model, user: usize, (permission, place): (Permission, Option<usize>), at: i64) -> bool {
    !model.users[user].disabled && model.may(user, permission, place, at)
}

fn names(difference: &Difference, user: UserId) -> bool {
    difference.named.iter().any(|(named, _)| *named == user)
}

fn begins(difference: &Difference) -> i64 {
    difference.when.span.from.map_or(NOW, |from| from.0)
}

fn covers(difference: &Difference, at: i64) -> bool {
    let ends = difference.when.span.until.filter(|_| !difference.when.varies);
    begins(difference) <= at && ends.is_none_or(|until| Timestamp(at) < until)
}

/// Holds one rehearsal to the two models; answers how many differences there are now, and how many later.
pub async fn check(world: &World, model: &Model, change: Change) -> [usize; 2] {
    let users: Vec<UserId> = model.users.iter().map(|user| user.id).collect();
    let affected = affected(model, change, &users);
    let effect = try_out(&world.operator(), &affected, &mut Tried { model, change }).await;
    let story = Story { before: model, after: made(model, change), effect: effect.unwrap(), change };
    assert!(story.effect.refused.is_none(), "{}", story.name());
    story.check_complete();
    story.effect.changes.iter().for_each(|difference| story.check_sound(difference));
    let later = story.effect.changes.iter().filter(|difference| difference.when.span.from.is_some()).count();
    [story.effect.changes.len() - later, later]
}
