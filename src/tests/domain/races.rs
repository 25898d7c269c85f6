//! Two at once: exactly one wins, and the rule holds.

use crate::support::{World, changes::*, on_both_engines};
use castellan::{
    domain::{
        ctx::Ctx,
        error::{Error, Refused, Result},
        grants::input::NewGrant,
        groups::store::Group,
        roles,
        users::{self, store::User},
    },
    model::{
        id::{ADMIN_ROLE, GrantId, RoleId, UserId},
        principal::Principal,
        scope::Scope,
        user::BulkAction,
    },
};

use super::stage::{allowing, group, is_refused, is_stale, last_id, renamed, role, tenant, typed};

const ROUNDS: i64 = 200;

/// Runs both on threads of their own.
async fn race<A, B>(one: A, other: B) -> (A::Output, B::Output)
where
    A: Future<Output: Send> + Send + 'static,
    B: Future<Output: Send> + Send + 'static,
{
    let (one, other) = (tokio::spawn(one), tokio::spawn(other));
    (one.await.unwrap(), other.await.unwrap())
}

/// How many may do everything, lastingly, and can sign in.
async fn administrators(world: &World) -> i64 {
    world
        .count(
            "select count(*) from users u join grants g on g.user_id = u.id join role_permissions p on p.role_id = g.role_id
            where u.status = 'active' and p.pattern = '*.*' and g.tenant_id is null and g.expires_at is null",
        )
        .await
}

async fn take(ctx: Ctx, grant: GrantId) -> Result<()> {
    run(&ctx, RemoveAccess { grant, version: 1 }).await.map(drop)
}

async fn nest(ctx: Ctx, inner: Group, outer: Group) -> Result<()> {
    add_to_group(&ctx, outer.id, &typed(Principal::Group(inner.id))).await.map(drop)
}

async fn grant_of(world: &World, user: &User) -> GrantId {
    grants_of(&world.operator(), user.id).await.unwrap().rows[0].id
}

/// Exactly one of the two got through, and the other was told why not.
fn one_wins<A, B>(first: &Result<A>, second: &Result<B>, refused: Refused) -> bool {
    first.is_ok() && is_refused(second, refused) || second.is_ok() && is_refused(first, refused)
}

on_both_engines! {
    async fn of_two_saves_of_one_role_from_the_same_version_one_wins(world: World) {
        let mut saved = role(&world.operator(), "support", &["users.list"]).await;
        for round in 0..ROUNDS {
            let save = |pattern| {
                let (ctx, role) = (world.operator(), saved.clone());
                async move { run(&ctx, UpdateRole { role: role.id.clone(), update: allowing(&role, &[pattern]) }).await }
            };
            // Never what it is already: saving that is no change.
            let (one, other) = if round % 2 == 0 { ("users.read", "audit.read") } else { ("roles.read", "groups.read") };
            let (first, second) = race(save(one), save(other)).await;
            assert!(first.is_ok() != second.is_ok(), "round {round}: {first:?} {second:?}");
            let winner = if first.is_ok() { one } else { other };
            assert!(is_stale(&first) || is_stale(&second), "round {round}: {first:?} {second:?}");
            let after = roles::queries::read(&world.operator(), &saved.id).await.unwrap();
            assert_eq!((after.version, after.patterns()), (saved.version + 1, vec![winner.to_owned()]));
            saved = after;
        }
        // Four built-in roles have a version each.
        assert_eq!(world.count("select count(*) from role_versions").await, 4 + 1 + ROUNDS);
    }

    async fn of_the_last_two_administrators_one_stays_when_a_grant_is_taken_and_a_user_disabled(world: World) {
        let (ada, grace) = (world.set_up().await, world.add_with_role("grace", "admin").await);
        for round in 0..ROUNDS {
            let (one, other, id) = (world.operator(), world.operator(), ada.id);
            let taken = take(one, grant_of(&world, &grace).await);
            let (taken, disabled) = race(taken, async move { run(&other, DisableUser { user: id }).await }).await;
            assert!(one_wins(&taken, &disabled, Refused::LastAdministrator), "round {round}: {taken:?} {disabled:?}");
            assert_eq!(administrators(&world).await, 1, "round {round}");
            run(&world.operator(), EnableUser { user: ada.id }).await.unwrap();
            world.give(&grace, "admin").await;
            assert_eq!(administrators(&world).await, 2, "round {round}");
        }
    }

    async fn of_the_last_two_administrators_one_stays_when_a_grant_is_taken_and_a_user_deleted(world: World) {
        let ada = world.set_up().await;
        for round in 0..ROUNDS {
            let linus = world.add_with_role(&format!("linus{round}"), "admin").await;
            let (one, other, id) = (world.operator(), world.operator(), linus.id);
            let taken = take(one, grant_of(&world, &ada).await);
            let (taken, deleted) = race(taken, async move { run(&other, DeleteUser { user: id, unchanged: None }).await }).await;
            assert!(one_wins(&taken, &deleted, Refused::LastAdministrator), "round {round}: {taken:?} {deleted:?}");
            assert_eq!(administrators(&world).await, 1, "round {round}");
            if taken.is_ok() {
                world.give(&ada, "admin").await;
                run(&world.operator(), DeleteUser { user: linus.id, unchanged: None }).await.unwrap();
            }
        }
    }

    async fn of_two_administrators_who_take_from_each_other_one_stays(world: World) {
        let (ada, grace) = (world.set_up().await, world.add_with_role("grace", "admin").await);
        for round in 0..ROUNDS {
            let (one, other) = (world.as_user(&ada).await, world.as_user(&grace).await);
            let (of_ada, of_grace) = (grant_of(&world, &ada).await, grant_of(&world, &grace).await);
            let (first, second) = race(take(one, of_grace), take(other, of_ada)).await;
            assert!(one_wins(&first, &second, Refused::LostMeanwhile), "round {round}: {first:?} {second:?}");
            assert_eq!(administrators(&world).await, 1, "round {round}");
            world.give(if first.is_ok() { &grace } else { &ada }, "admin").await;
        }
    }

    async fn of_two_operators_who_take_from_one_administrator_each_one_is_refused(world: World) {
        let (ada, grace) = (world.set_up().await, world.add_with_role("grace", "admin").await);
        for round in 0..ROUNDS {
            let (of_ada, of_grace) = (grant_of(&world, &ada).await, grant_of(&world, &grace).await);
            let (first, second) = race(take(world.operator(), of_grace), take(world.operator(), of_ada)).await;
            assert!(one_wins(&first, &second, Refused::LastAdministrator), "round {round}: {first:?} {second:?}");
            assert_eq!(administrators(&world).await, 1, "round {round}");
            world.give(if first.is_ok() { &grace } else { &ada }, "admin").await;
        }
    }

    async fn of_two_administrators_who_disable_each_other_one_stays(world: World) {
        let (ada, grace) = (world.set_up().await, world.add_with_role("grace", "admin").await);
        for round in 0..ROUNDS {
            let (one, other) = (world.as_user(&ada).await, world.as_user(&grace).await);
            let (ada_id, grace_id) = (ada.id, grace.id);
            let (first, second) = race(
                async move { run(&one, DisableUser { user: grace_id }).await },
                async move { run(&other, DisableUser { user: ada_id }).await },
            ).await;
            let lost = |outcome: &Result<(User, u64)>| matches!(outcome, Err(Error::Unauthenticated));
            assert!(first.is_ok() && lost(&second) || second.is_ok() && lost(&first), "round {round}: {first:?} {second:?}");
            assert_eq!(administrators(&world).await, 1, "round {round}");
            run(&world.operator(), EnableUser { user: if first.is_ok() { grace_id } else { ada_id } }).await.unwrap();
        }
    }

    async fn two_groups_put_into_each_other_from_both_ends_make_no_cycle(world: World) {
        let tenant = tenant(&world, "a").await;
        let (outer, inner) = (group(&world, "outer", &tenant).await, group(&world, "inner", &tenant).await);
        for round in 0..ROUNDS {
            let (one, other) = (world.operator(), world.operator());
            let there = nest(one, inner.clone(), outer.clone());
            let (there, back) = race(there, nest(other, outer.clone(), inner.clone())).await;
            assert!(one_wins(&there, &back, Refused::Cycle), "round {round}: {there:?} {back:?}");
            assert_eq!(world.count("select count(*) from group_members").await, 1, "round {round}");
            let (from, member) = if there.is_ok() { (&outer, &inner) } else { (&inner, &outer) };
            run(&world.operator(), RemoveFromGroup { group: from.id, member: Principal::Group(member.id) }).await.unwrap();
        }
    }

    async fn three_groups_put_into_each_other_at_once_make_no_cycle(world: World) {
        let tenant = tenant(&world, "a").await;
        let groups = [group(&world, "1", &tenant).await, group(&world, "2", &tenant).await, group(&world, "3", &tenant).await];
        for round in 0..ROUNDS {
            let link = |inner: usize, outer: usize| tokio::spawn(nest(world.operator(), groups[inner].clone(), groups[outer].clone()));
            let mut refused = 0;
            for link in [link(0, 1), link(1, 2), link(2, 0)] {
                let outcome = link.await.unwrap();
                assert!(outcome.is_ok() || is_refused(&outcome, Refused::Cycle), "round {round}: {outcome:?}");
                refused += i32::from(outcome.is_err());
            }
            assert_eq!((refused, world.count("select count(*) from group_members").await), (1, 2), "round {round}");
            world.execute("delete from group_members").await;
        }
    }

    async fn a_group_that_is_deleted_while_somebody_is_put_into_it_is_gone_or_has_them(world: World) {
        let (tenant, ada) = (tenant(&world, "a").await, world.set_up().await);
        add_member(&world.operator(), tenant.id, &ada.login).await.unwrap();
        for round in 0..ROUNDS {
            let group = group(&world, "outer", &tenant).await;
            let (one, other, id) = (world.operator(), world.operator(), group.id);
            let put = async move { add_to_group(&one, id, &typed(Principal::User(ada.id))).await };
            let (put, deleted) = race(put, async move { run(&other, DeleteGroup { group: id, version: 1, unused: false }).await }).await;
            assert!(deleted.is_ok(), "round {round}: {deleted:?}");
            assert!(matches!(put, Ok(_) | Err(Error::NotFound("group"))), "round {round}: {put:?}");
            assert_eq!(world.count("select count(*) from group_members").await, 0, "round {round}");
        }
    }

    async fn one_change_is_undone_once(world: World) {
        let ada = world.set_up().await;
        for round in 0..ROUNDS {
            let ada = users::queries::find(&world.operator(), ada.id).await.unwrap();
            run(&world.operator(), UpdateUser { user: ada.id, update: renamed(&ada, &format!("ada {round}")) }).await.unwrap();
            let (one, other, event) = (world.operator(), world.operator(), last_id(&world).await);
            let undo = |ctx: Ctx| async move { undo(&ctx, event).await };
            let (first, second) = race(undo(one), undo(other)).await;
            assert!(one_wins(&first, &second, Refused::Undone), "round {round}: {first:?} {second:?}");
        }
        assert_eq!(world.count("select count(*) from events where undoes is not null").await, ROUNDS);
    }

    async fn one_grant_given_twice_at_once_is_one_grant(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "").await);
        for round in 0..ROUNDS {
            let terms = NewGrant::lasting(Principal::User(grace.id), RoleId(ADMIN_ROLE.into()), Scope::Everywhere);
            let give = |ctx: Ctx, terms: NewGrant| async move { give_access(&ctx, &terms).await };
            let (first, second) =
                race(give(world.as_user(&ada).await, terms.clone()), give(world.operator(), terms)).await;
            assert_eq!(first.unwrap(), second.unwrap(), "round {round}");
            assert_eq!(world.count("select count(*) from grants").await, 2, "round {round}");
            run(&world.operator(), RemoveAccess { grant: grant_of(&world, &grace).await, version: 1 }).await.unwrap();
        }
    }

    async fn previews_that_meet_do_not_wait_for_each_other_forever(world: World) {
        let mut ids = Vec::new();
        for name in ["ada", "grace", "linus"] {
            ids.push(world.add(name, "").await.id);
        }
        for round in 0..ROUNDS {
            let backwards: Vec<_> = ids.iter().rev().copied().collect();
            let preview = |ctx: Ctx, ids: Vec<UserId>| async move {
                bulk::preview(&ctx, BulkAction::Disable, &ids).await.map(|(outcomes, _)| outcomes.len())
            };
            let (one, other) = race(preview(world.operator(), ids.clone()), preview(world.operator(), backwards)).await;
            assert_eq!((one.unwrap(), other.unwrap()), (3, 3), "round {round}");
        }
    }

    async fn a_preview_and_a_change_that_meet_both_finish(world: World) {
        let mut ids = Vec::new();
        for name in ["ada", "grace", "linus"] {
            ids.push(world.add(name, "").await.id);
        }
        for round in 0..ROUNDS {
            world.execute("update users set disabled_at = 1").await;
            let (one, other, forth) = (world.operator(), world.operator(), ids.clone());
            let backwards: Vec<_> = ids.iter().rev().copied().collect();
            let preview = async move { bulk::preview(&one, BulkAction::Enable, &backwards).await.map(drop) };
            let change = async move { bulk::run(&other, BulkAction::Enable, &forth).await.map(drop) };
            let (preview, change) = race(preview, change).await;
            assert!(preview.is_ok() && change.is_ok(), "round {round}: {preview:?} {change:?}");
        }
    }
}
