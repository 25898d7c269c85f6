//! The lock-out guards and the limits on giving.

use crate::{
    domain::stage::{MORE_THAN_ONESELF, give, is_refused, lasting},
    support::{World, changes::*, on_both_engines},
};
use castellan::{
    domain::{
        error::{Error, Refused},
        grants::input::{GrantUpdate, NewGrant},
    },
    model::{id::UserId, permission::Permission, principal::Principal, scope::Scope, user::BulkAction},
};

fn refused_as<T>(outcome: Result<T, Error>, expected: Refused) -> bool {
    is_refused(&outcome, expected)
}

on_both_engines! {
    async fn nobody_locks_out_themselves_an_owner_or_the_last_administrator(world: World) {
        let ada = world.set_up().await;
        let ctx = world.as_user(&ada).await;
        assert!(refused_as(run(&ctx, DisableUser { user: ada.id }).await, Refused::Yourself));
        assert!(refused_as(run(&ctx, DeleteUser { user: ada.id, unchanged: None }).await, Refused::Yourself));
        assert!(refused_as(run(&world.operator(), DeleteUser { user: ada.id, unchanged: None }).await, Refused::LastAdministrator));
        let grace = world.add("grace", "Hopper").await;
        world.execute("update memberships set is_owner = true where user_id = (select id from users where login = 'grace@example.com')").await;
        assert!(refused_as(run(&ctx, DisableUser { user: grace.id }).await, Refused::Owner));
        assert_eq!(world.count("select count(*) from users where status = 'active'").await, 2);
    }

    async fn nobody_below_lets_an_administrator_in_again(world: World) {
        world.set_up().await;
        let grace = world.add_with_role("grace", "admin").await;
        run(&world.operator(), DisableUser { user: grace.id }).await.unwrap();
        let helpdesk = world.add("helpdesk", "").await;
        give(&world, &lasting(Principal::User(helpdesk.id), Permission::UsersEnable, Scope::Everywhere)).await;
        let outcome = run(&world.as_user(&helpdesk).await, EnableUser { user: grace.id }).await;
        assert!(refused_as(outcome, MORE_THAN_ONESELF));
        assert!(run(&world.operator(), EnableUser { user: grace.id }).await.is_ok());
    }

    async fn an_expiring_or_disabled_administrator_does_not_count_as_left(world: World) {
        let ada = world.set_up().await;
        let grace = world.add_with_role("grace", "admin").await;
        world.execute("update grants set expires_at = 9000000000000 where user_id = (select id from users where login = 'grace@example.com')").await;
        assert!(refused_as(run(&world.operator(), DisableUser { user: ada.id }).await, Refused::LastAdministrator));
        world.execute("update grants set expires_at = null").await;
        run(&world.operator(), DisableUser { user: grace.id }).await.unwrap();
        assert!(refused_as(run(&world.operator(), DisableUser { user: ada.id }).await, Refused::LastAdministrator));
        run(&world.operator(), EnableUser { user: grace.id }).await.unwrap();
        assert!(run(&world.operator(), DisableUser { user: ada.id }).await.is_ok());
    }

    async fn an_administrator_through_a_nested_group_counts(world: World) {
        let ada = world.set_up().await;
        world.add("grace", "Hopper").await;
        world.execute("insert into groups (id, tenant_id, name, created_at) select id, id, 'outer', 0 from tenants").await;
        world.execute("insert into groups (id, tenant_id, name, created_at) select u.id, t.id, 'inner', 0 from users u, tenants t where u.login = 'grace@example.com'").await;
        world.execute("insert into group_members (id, group_id, member_group_id, added_at) select o.id, o.id, i.id, 0 from groups o, groups i where o.name = 'outer' and i.name = 'inner'").await;
        world.execute("insert into group_members (id, group_id, user_id, added_at) select i.id, i.id, u.id, 0 from groups i, users u where i.name = 'inner' and u.login = 'grace@example.com'").await;
        world.execute("insert into group_closure (group_id, ancestor_id) select id, id from groups").await;
        world.execute("insert into group_closure (group_id, ancestor_id) select i.id, o.id from groups o, groups i where o.name = 'outer' and i.name = 'inner'").await;
        assert!(refused_as(run(&world.operator(), DisableUser { user: ada.id }).await, Refused::LastAdministrator));
        world.execute("insert into grants (id, group_id, role_id, created_at) select id, id, '0000000000000000000000ADM1', 0 from groups where name = 'outer'").await;
        assert!(run(&world.operator(), DisableUser { user: ada.id }).await.is_ok());
    }

    async fn two_administrators_removing_each_other_leave_one(world: World) {
        let ada = world.set_up().await;
        for round in 0..25 {
            let grace = world.add_with_role(&format!("grace{round}"), "admin").await;
            let (one, two) = (world.operator(), world.operator());
            let (first, second) = tokio::join!(run(&one, DeleteUser { user: grace.id, unchanged: None }), run(&two, DisableUser { user: ada.id }));
            assert!(first.is_ok() != second.is_ok(), "round {round}");
            if second.is_ok() {
                run(&world.operator(), EnableUser { user: ada.id }).await.unwrap();
                run(&world.operator(), DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
            }
        }
    }

    async fn nobody_gives_or_takes_more_than_they_have(world: World) {
        let ada = world.set_up().await;
        let reader = world.add_with_role("grace", "read-only").await;
        world.execute("insert into role_permissions (role_id, pattern) values ('0000000000000000000000RDNY', 'users.update-roles')").await;
        let ctx = world.as_user(&reader).await;
        let admin = world.role("admin").await;
        let terms = NewGrant::lasting(Principal::User(reader.id), admin, Scope::Everywhere);
        assert!(refused_as(give_access(&ctx, &terms).await, MORE_THAN_ONESELF));
        let held = grants_of(&ctx, ada.id).await.unwrap().rows;
        assert!(refused_as(run(&ctx, RemoveAccess { grant: held[0].id, version: 1 }).await, MORE_THAN_ONESELF));
        assert!(refused_as(run(&world.operator(), RemoveAccess { grant: held[0].id, version: 1 }).await, Refused::LastAdministrator));
    }

    async fn nobody_ends_their_own_administration(world: World) {
        let ada = world.set_up().await;
        let grace = world.add_with_role("grace", "admin").await;
        let ctx = world.as_user(&grace).await;
        let held = grants_of(&ctx, grace.id).await.unwrap().rows.remove(0);
        assert!(refused_as(run(&ctx, RemoveAccess { grant: held.id, version: held.version }).await, Refused::Yourself));
        let ending = GrantUpdate { until: Some(ctx.now().plus_seconds(60)), reason: String::new(), version: held.version };
        assert!(refused_as(run(&ctx, ChangeAccess { grant: held.id, update: ending.clone() }).await, Refused::Yourself));
        let effect = preview_removed(&ctx, held.id).await.unwrap();
        assert_eq!(effect.refused, Some(Refused::Yourself), "said before it is tried");
        let other = world.as_user(&ada).await;
        assert!(run(&other, RemoveAccess { grant: held.id, version: held.version }).await.is_ok(), "another administrator may");
        assert!(refused_as(run(&other, ChangeAccess { grant: grants_of(&other, ada.id).await.unwrap().rows[0].id, update: ending.clone() }).await, Refused::LastAdministrator));
    }

    async fn a_bulk_preview_says_what_happens_and_changes_nothing(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let ids = [ada.id, grace.id, UserId(uuid::Uuid::nil())];
        let ctx = world.as_user(&ada).await;
        let events = world.count("select count(*) from events").await;
        let preview = bulk::preview(&ctx, BulkAction::Disable, &ids).await.unwrap().0;
        let effects: Vec<_> = preview.iter().map(|outcome| outcome.result).collect();
        assert_eq!(effects, [bulk::BulkResult::Refused(Refused::Yourself), bulk::BulkResult::Done]);
        assert_eq!(world.count("select count(*) from users where status = 'disabled'").await, 0);
        assert_eq!(world.count("select count(*) from events").await, events);
        bulk::run(&ctx, BulkAction::Disable, &ids).await.unwrap();
        assert_eq!(world.count("select count(*) from users where status = 'disabled'").await, 1);
        assert!(matches!(bulk::run(&ctx, BulkAction::Disable, &[]).await, Err(Error::Invalid(_))));
        assert!(matches!(bulk::run(&ctx, BulkAction::Disable, &[ada.id; 201]).await, Err(Error::Invalid(_))));
    }
}
