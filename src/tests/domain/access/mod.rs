//! Access held to a naive model: every answer, for everybody, everywhere, at several moments, in random worlds.

mod changes;
mod closure;
mod model;
mod random;
mod rows;
mod tokens;

use std::collections::BTreeSet;

use crate::support::{World, on_both_engines};
use castellan::{
    domain::{
        access::{
            self,
            explain::{Path, Person, explain, idle},
        },
        keyset::Place,
    },
    model::{id::UserId, permission::Permission, scope::Scope, timestamp::Timestamp},
};

use self::model::{Model, PLACES, USERS};

const WORLDS: u64 = 6;
/// Around the moment at which the tests' clock stands.
const NOW: i64 = 1_795_305_600_000;
const TIMES: [i64; 3] = [NOW - 10, NOW, NOW + 10];

/// How many cases were compared, and how many of them were allowed.
#[derive(Default)]
struct Tally {
    cases: usize,
    allowed: usize,
}

/// What is asked: who, where, when.
#[derive(Clone, Copy, Debug)]
struct Asked {
    user: usize,
    place: Option<usize>,
    now: i64,
}

impl Model {
    fn scope(&self, place: Option<usize>) -> Scope {
        place.map(|tenant| self.tenants[tenant].id).into()
    }
}

/// Compares all that the access rules says about one user at one moment.
async fn check_user(world: &World, model: &Model, asked: Asked, tally: &mut Tally) {
    let mut conn = world.services.db.read().await.unwrap();
    let (id, now) = (model.users[asked.user].id, Timestamp(asked.now));
    let effective = access::load::effective(&mut conn, id, now).await.unwrap();
    let person = access::load::person(&mut conn, id).await.unwrap();
    assert_eq!(person.id, id);
    for place in PLACES {
        let (asked, scope) = (Asked { place, ..asked }, model.scope(place));
        for permission in Permission::ALL {
            let expected = model.may(asked.user, *permission, place, asked.now);
            assert_eq!(effective.at(scope).contains(*permission), expected, "{permission} {asked:?} in {}", model.seed);
            assert_eq!(
                person.effective(now).at(scope).contains(*permission),
                expected,
                "{permission} {asked:?} in {}",
                model.seed
            );
            check_paths(model, &person, (*permission, expected), asked);
            tally.cases += 1;
            tally.allowed += usize::from(expected);
        }
    }
}

/// There is a path for each grant that gives the permission, and each path can be walked.
fn check_paths(model: &Model, person: &Person, (permission, expected): (Permission, bool), asked: Asked) {
    let paths = explain(person, permission, model.scope(asked.place), Timestamp(asked.now));
    assert_eq!(!paths.is_empty(), expected, "{permission} {asked:?} in {}", model.seed);
    for path in &paths {
        assert!(is_real(model, path, permission, asked), "{permission} {asked:?} in {}: {path:?}", model.seed);
    }
    let through: BTreeSet<_> = paths.iter().map(|path| path.grant.id).collect();
    let giving = model.grants.iter().filter(|grant| {
        model.reaches(grant, asked.user) && model.gives(grant, permission) && model.counts(grant, asked)
    });
    assert_eq!(through, giving.map(|grant| grant.id).collect(), "{permission} {asked:?} in {}", model.seed);
    check_idle(model, person, permission, asked);
}

/// The other grants that give the permission are all told, too.
fn check_idle(model: &Model, person: &Person, permission: Permission, asked: Asked) {
    let paths = idle(person, permission, model.scope(asked.place), Timestamp(asked.now));
    let idle: BTreeSet<_> = paths.iter().map(|(path, _)| path.grant.id).collect();
    let giving = model.grants.iter().filter(|grant| {
        model.reaches(grant, asked.user) && model.gives(grant, permission) && !model.counts(grant, asked)
    });
    assert_eq!(idle, giving.map(|grant| grant.id).collect(), "{permission} {asked:?} in {}", model.seed);
}

impl Model {
    fn counts(&self, grant: &model::Grant, asked: Asked) -> bool {
        Self::runs(grant, asked.now) && self.is_for(grant, asked.user, asked.place)
    }
}

/// Begins at a group that the user is in, goes from group to group, and ends where the grant was given.
fn is_real(model: &Model, path: &Path<'_>, permission: Permission, asked: Asked) -> bool {
    let grant = model.grants.iter().find(|grant| grant.id == path.grant.id).unwrap();
    let mut inner = None;
    for link in &path.groups {
        let group = model.groups.iter().find(|group| group.id == link.group).unwrap();
        let linked = match inner {
            None => link.from.is_none() && group.people.contains(&asked.user),
            Some(inner) => link.from == Some(inner) && group.has_inside(model, inner),
        };
        if !linked || link.name.as_ref() != Some(&group.name) {
            return false;
        }
        inner = Some(group.id);
    }
    let ends_there = match grant.to {
        model::To::User(user) => user == asked.user && path.groups.is_empty(),
        model::To::Group(group) => inner == Some(model.groups[group].id),
    };
    ends_there && path.grant.gives.contains(permission) && model.counts(grant, asked)
}

/// Compares the lists of who can do what at one moment; disabled people can do nothing.
async fn check_holders(world: &World, model: &Model, now: i64) {
    let mut conn = world.services.db.read().await.unwrap();
    let start = Place::start(UserId(uuid::Uuid::nil()));
    for place in PLACES {
        for permission in Permission::ALL {
            let asked = access::holders::Asked { permission: *permission, at: model.scope(place), now: Timestamp(now) };
            let everybody: BTreeSet<UserId> = model.holders(*permission, place, now).collect();
            for seen_from in [Scope::Everywhere, asked.at] {
                let found = access::holders::holders(&mut conn, asked, seen_from, (&start, 100)).await.unwrap();
                let listed: BTreeSet<UserId> = found.rows.iter().map(|holder| holder.id).collect();
                let seen = |user: &&UserId| seen_from == Scope::Everywhere || model.belongs(**user, place);
                let expected: BTreeSet<UserId> = everybody.iter().filter(seen).copied().collect();
                assert_eq!(listed, expected, "{permission} {place:?} {now} in {}", model.seed);
                assert_eq!((found.total, found.rows.len()), (expected.len() as i64, expected.len()), "each once");
                assert_eq!(found.outside as usize, everybody.len() - expected.len(), "the others are counted");
            }
            let any = access::holders::any_holder(&mut conn, asked, Scope::Everywhere).await.unwrap();
            assert_eq!(any, !everybody.is_empty(), "{permission} {place:?} {now} in {}", model.seed);
        }
    }
}

/// Compares where else each permission is held: by what counts in one tenant.
async fn check_in_tenants(world: &World, model: &Model, now: i64) {
    let mut conn = world.services.db.read().await.unwrap();
    for permission in Permission::ALL {
        let found = access::in_tenants::in_tenants(&mut conn, (*permission, Timestamp(now)), 100).await.unwrap();
        let found: BTreeSet<_> = found.into_iter().map(|at| (at.id, at.people)).collect();
        let people = |tenant: usize| (0..USERS).filter(|user| model.may_by(*user, *permission, tenant, now)).count();
        let expected = (0..model.tenants.len()).map(|tenant| (model.tenants[tenant].id, people(tenant) as i64));
        assert_eq!(found, expected.filter(|(_, people)| *people > 0).collect(), "{permission} {now} in {}", model.seed);
    }
}

/// Compares what being in a group gives or will give, to an active member of every tenant.
async fn check_groups(world: &World, model: &Model, now: i64) {
    let mut conn = world.services.db.read().await.unwrap();
    for (group, known) in model.groups.iter().enumerate() {
        let effective = access::load::effective_of_group(&mut conn, known.id, Timestamp(now)).await.unwrap();
        for place in PLACES {
            for permission in Permission::ALL {
                let held = effective.at(model.scope(place)).contains(*permission);
                assert_eq!(
                    held,
                    model.will_give(group, *permission, place, now),
                    "{permission} {place:?} in {}",
                    model.seed
                );
            }
        }
    }
}

on_both_engines! {
    async fn every_answer_is_that_of_the_naive_model(world: World) {
        let mut tally = Tally::default();
        for seed in 1..=WORLDS {
            let model = rows::replace(&world, Model::random(&world, seed)).await;
            for now in TIMES {
                for user in 0..USERS {
                    check_user(&world, &model, Asked { user, place: None, now }, &mut tally).await;
                }
                check_holders(&world, &model, now).await;
                check_groups(&world, &model, now).await;
                check_in_tenants(&world, &model, now).await;
            }
        }
        let expected = WORLDS as usize * USERS * Permission::ALL.len() * PLACES.len() * TIMES.len();
        assert_eq!(tally.cases, expected);
        assert!(tally.cases >= 10_000, "{}", tally.cases);
        assert!((expected / 10..expected * 9 / 10).contains(&tally.allowed), "{} of {expected}", tally.allowed);
    }

    async fn what_a_change_would_do_is_the_difference_of_two_naive_models(world: World) {
        let mut said = [0, 0];
        for seed in 1..=WORLDS / 2 {
            let model = rows::replace(&world, Model::random(&world, seed)).await;
            for change in changes::of(&model) {
                let [now, later] = changes::check(&world, &model, change).await;
                said = [said[0] + now, said[1] + later];
            }
        }
        assert!(said.iter().all(|said| *said > 200), "{said:?}");
    }
}
