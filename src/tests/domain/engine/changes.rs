//! What-if: each change is made to a copy of the model, too, and the two models are compared.

use std::collections::BTreeMap;

use castellan::{
    db::{Driver, Tx},
    domain::{
        engine::what_if::{Affected, what_if},
        error::Result,
    },
    model::{id::UserId, permission::Permission},
};

use super::{
    NOW,
    model::{Gives, Model, PLACES, To},
};
use crate::support::World;

/// A change to a model.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    TakeGrant(usize),
    EmptyRole(usize),
    Disable(usize),
    LeaveGroup { user: usize, group: usize },
}

/// Every change of these kinds.
pub fn of(model: &Model) -> Vec<Change> {
    let grants = (0..model.grants.len()).map(Change::TakeGrant);
    let roles = (0..model.roles.len()).map(Change::EmptyRole);
    let users = (0..model.users.len()).map(Change::Disable);
    let groups = model.groups.iter().enumerate();
    let members = groups.flat_map(|(group, known)| known.people.iter().map(move |user| (*user, group)));
    let members = members.map(|(user, group)| Change::LeaveGroup { user, group });
    grants.chain(roles).chain(users).chain(members).collect()
}

fn made(model: &Model, change: Change) -> Model {
    let mut model = model.clone();
    match change {
        Change::TakeGrant(grant) => drop(model.grants.remove(grant)),
        Change::EmptyRole(role) => model.roles[role].patterns.clear(),
        Change::Disable(user) => model.users[user].disabled = true,
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
        Change::EmptyRole(role) => run!(tx, "delete from role_permissions where role_id = $1", &roles[role].id),
        Change::Disable(user) => run!(tx, "update users set disabled_at = 1 where id = $1", users[user].id),
        Change::LeaveGroup { user, group } => {
            let group = model.groups[group].id;
            run!(tx, "delete from group_members where group_id = $1 and user_id = $2", group, users[user].id)
        }
    };
    Ok(())
}

/// Whom it can touch, as the verbs say it.
fn affected<'a>(model: &'a Model, change: Change, users: &'a [UserId]) -> Affected<'a> {
    match change {
        Change::TakeGrant(grant) => match (model.grants[grant].to, model.grants[grant].gives) {
            (To::User(user), _) => Affected::Users(&users[user..=user]),
            (To::Group(_), Gives::Role(role)) => Affected::Role(&model.roles[role].id),
            (To::Group(group), _) => Affected::Group(model.groups[group].id),
        },
        Change::EmptyRole(role) => Affected::Role(&model.roles[role].id),
        Change::Disable(user) | Change::LeaveGroup { user, .. } => Affected::Users(&users[user..=user]),
    }
}

/// How many people lose a permission somewhere, and whether nobody is left who holds it there.
type Lost = BTreeMap<(Option<&'static str>, Permission), (usize, bool)>;

fn lost(before: &Model, after: &Model) -> Lost {
    let loses = |user: usize, permission, place| {
        let may = |model: &Model| !model.users[user].disabled && model.may(user, permission, place, NOW);
        may(before) && !may(after)
    };
    let mut lost = Lost::new();
    for permission in Permission::ALL {
        for place in PLACES {
            // What is lost everywhere is not said again for each tenant.
            let said = |user: &usize| place.is_some() && loses(*user, *permission, None);
            let people = (0..before.users.len()).filter(|user| !said(user) && loses(*user, *permission, place)).count();
            if people > 0 {
                let last = after.holders(*permission, place, NOW).next().is_none();
                lost.insert((place.map(|tenant| before.tenants[tenant].slug), *permission), (people, last));
            }
        }
    }
    lost
}

/// Compares one rehearsal with the two models; answers how many differences there were.
pub async fn check(world: &World, model: &Model, change: Change) -> usize {
    let users: Vec<UserId> = model.users.iter().map(|user| user.id).collect();
    let dry = world.operator().rehearsing();
    let effect = what_if(&dry, affected(model, change, &users), async |tx| make(tx, model, change).await);
    let effect = effect.await.unwrap();
    assert!(
        effect.refused.is_none() && effect.changes.iter().all(|difference| !difference.gain),
        "{change:?} in {}",
        model.seed
    );
    let expected = lost(model, &made(model, change));
    let mut said = Lost::new();
    for difference in &effect.changes {
        let tenant =
            model.tenants.iter().map(|tenant| tenant.slug).find(|slug| Some(*slug) == difference.tenant.as_deref());
        assert_eq!(difference.named.len(), difference.people, "few enough to be named");
        said.insert((tenant, difference.permission), (difference.people, difference.last));
    }
    assert_eq!(said, expected, "{change:?} in {}", model.seed);
    effect.changes.len()
}
