//! The lock-out guards and the limits on giving.

use castellan::{
    domain::{
        error::{Error, Refused},
        grants::{self, Holder, Renewal, Terms},
        users,
    },
    model::{id::UserId, permission::Permission, scope::Scope, user::BulkAction},
};

use crate::{
    domain::stage::{MORE_THAN_ONESELF, give, is_refused, lasting},
    support::{World, on_both_engines},
};

fn refused_as<T>(outcome: Result<T, Error>, expected: Refused) -> bool {
    is_refused(&outcome, expected)
}

on_both_engines! {
    async fn nobody_locks_out_themselves_an_owner_or_the_last_administrator(world: World) {
        let ada = world.set_up().await;
        let ctx = world.as_user(&ada).await;
        assert!(refused_as(users::disable(&ctx, ada.id).await, Refused::Yourself));
        assert!(refused_as(users::delete(&ctx, ada.id).await, Refused::Yourself));
        assert!(refused_as(users::delete(&world.operator(), ada.id).await, Refused::LastAdministrator));
        let grace = world.add("grace", "Hopper").await;
        world.execute("update memberships set is_owner = true where user_id = (select id from users where login = 'grace@example.com')").await;
        assert!(refused_as(users::disable(&ctx, grace.id).await, Refused::Owner));
        assert_eq!(world.count("select count(*) from users where status = 'active'").await, 2);
    }

    async fn nobody_below_lets_an_administrator_in_again(world: World) {
        world.set_up().await;
        let grace = world.add_with_role("grace", "admin").await;
        users::disable(&world.operator(), grace.id).await.unwrap();
        let helpdesk = world.add("helpdesk", "").await;
        give(&world, &lasting(Holder::User(helpdesk.id), Permission::UsersEnable, Scope::Everywhere)).await;
        let outcome = users::enable(&world.as_user(&helpdesk).await, grace.id).await;
        assert!(refused_as(outcome, MORE_THAN_ONESELF));
        assert!(users::enable(&world.operator(), grace.id).await.is_ok());
    }

    async fn an_expiring_or_disabled_administrator_does_not_count_as_left(world: World) {
        let ada = world.set_up().await;
        let grace = world.add_with_role("grace", "admin").await;
        world.execute("update grants set expires_at = 9000000000000 where user_id = (select id from users where login = 'grace@example.com')").await;
        assert!(refused_as(users::disable(&world.operator(), ada.id).await, Refused::LastAdministrator));
        world.execute("update grants set expires_at = null").await;
        users::disable(&world.operator(), grace.id).await.unwrap();
        assert!(refused_as(users::disable(&world.operator(), ada.id).await, Refused::LastAdministrator));
        users::enable(&world.operator(), grace.id).await.unwrap();
        assert!(users::disable(&world.operator(), ada.id).await.is_ok());
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
        assert!(refused_as(users::disable(&world.operator(), ada.id).await, Refused::LastAdministrator));
        world.execute("insert into grants (id, group_id, role_id, created_at) select id, id, '0000000000000000000000ADM1', 0 from groups where name = 'outer'").await;
        assert!(users::disable(&world.operator(), ada.id).await.is_ok());
    }

    async fn two_administrators_removing_each_other_leave_one(world: World) {
        let ada = world.set_up().await;
        for round in 0..25 {
            let grace = world.add_with_role(&format!("grace{round}"), "admin").await;
            let (one, two) = (world.operator(), world.operator());
            let (first, second) = tokio::join!(users::delete(&one, grace.id), users::disable(&two, ada.id));
            assert!(first.is_ok() != second.is_ok(), "round {round}");
            if second.is_ok() {
                users::enable(&world.operator(), ada.id).await.unwrap();
                users::delete(&world.operator(), grace.id).await.unwrap();
            }
        }
    }

    async fn nobody_gives_or_takes_more_than_they_have(world: World) {
        let ada = world.set_up().await;
        let reader = world.add_with_role("grace", "read-only").await;
        world.execute("insert into role_permissions (role_id, pattern) values ('0000000000000000000000RDNY', 'users.update-roles')").await;
        let ctx = world.as_user(&reader).await;
        let admin = world.role("admin").await;
        let terms = Terms::lasting(Holder::User(reader.id), admin, Scope::Everywhere);
        assert!(refused_as(grants::give(&ctx, &terms).await, MORE_THAN_ONESELF));
        let held = grants::of_user(&ctx, ada.id).await.unwrap().rows;
        assert!(refused_as(grants::take(&ctx, held[0].id, 1).await, MORE_THAN_ONESELF));
        assert!(refused_as(grants::take(&world.operator(), held[0].id, 1).await, Refused::LastAdministrator));
    }

    async fn nobody_ends_their_own_administration(world: World) {
        let ada = world.set_up().await;
        let grace = world.add_with_role("grace", "admin").await;
        let ctx = world.as_user(&grace).await;
        let held = grants::of_user(&ctx, grace.id).await.unwrap().rows.remove(0);
        assert!(refused_as(grants::take(&ctx, held.id, held.version).await, Refused::Yourself));
        let ending = Renewal { until: Some(ctx.now().plus_seconds(60)), reason: String::new(), version: held.version };
        assert!(refused_as(grants::renew(&ctx, held.id, &ending).await, Refused::Yourself));
        let effect = grants::what_if_taken(&ctx, held.id).await.unwrap();
        assert_eq!(effect.refused, Some(Refused::Yourself), "said before it is tried");
        let other = world.as_user(&ada).await;
        assert!(grants::take(&other, held.id, held.version).await.is_ok(), "another administrator may");
        assert!(refused_as(grants::renew(&other, grants::of_user(&other, ada.id).await.unwrap().rows[0].id, &ending).await, Refused::LastAdministrator));
    }

    async fn a_bulk_preview_says_what_happens_and_changes_nothing(world: World) {
        let ada = world.set_up().await;
        let grace = world.add("grace", "Hopper").await;
        let ids = [ada.id, grace.id, UserId(uuid::Uuid::nil())];
        let ctx = world.as_user(&ada).await;
        let events = world.count("select count(*) from events").await;
        let preview = users::what_if_bulk(&ctx, BulkAction::Disable, &ids).await.unwrap().0;
        let effects: Vec<_> = preview.iter().map(|outcome| outcome.effect).collect();
        assert_eq!(effects, [users::Effect::Refused(Refused::Yourself), users::Effect::Done(0)]);
        assert_eq!(world.count("select count(*) from users where status = 'disabled'").await, 0);
        assert_eq!(world.count("select count(*) from events").await, events);
        users::bulk(&ctx, BulkAction::Disable, &ids).await.unwrap();
        assert_eq!(world.count("select count(*) from users where status = 'disabled'").await, 1);
        assert!(matches!(users::bulk(&ctx, BulkAction::Disable, &[]).await, Err(Error::Invalid(_))));
        assert!(matches!(users::bulk(&ctx, BulkAction::Disable, &[ada.id; 201]).await, Err(Error::Invalid(_))));
    }
}
