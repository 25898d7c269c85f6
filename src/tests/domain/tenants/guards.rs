//! What joining, leaving and waking a membership may not do.

use crate::{
    domain::stage::{MORE_THAN_ONESELF, give, group, holding, is_refused, lasting, may, member, put, tenant},
    support::{World, changes::*, on_both_engines},
};
use castellan::{
    domain::{error::Refused, grants::input::NewGrant},
    model::{
        permission::Permission,
        principal::Principal,
        scope::Scope,
        tenant::MembershipStatus::{Active, Inactive},
    },
};

const READ: Permission = Permission::UsersRead;

on_both_engines! {
    async fn leaving_a_tenant_leaves_an_administrator(world: World) {
        let (a, ada, ctx) = (tenant(&world, "a").await, world.set_up().await, world.operator());
        let (grace, team) = (world.add("grace", "").await, group(&world, "team", &a).await);
        add_member(&ctx, a.id, &grace.login).await.unwrap();
        put(&world, Principal::User(grace.id), &team).await;
        give(&world, &NewGrant::lasting(Principal::Group(team.id), world.role("admin").await, Scope::Everywhere)).await;
        run(&ctx, DisableUser { user: ada.id }).await.unwrap();
        let outcome = run(&ctx, RemoveMembership::of(grace.id, a.id)).await;
        assert!(is_refused(&outcome, Refused::LastAdministrator), "{outcome:?}");
    }

    async fn nobody_sends_away_whoever_may_more_through_a_group(world: World) {
        let a = tenant(&world, "a").await;
        let (grace, team) = (world.add("grace", "").await, group(&world, "team", &a).await);
        add_member(&world.operator(), a.id, &grace.login).await.unwrap();
        put(&world, Principal::User(grace.id), &team).await;
        give(&world, &lasting(Principal::Group(team.id), READ, Scope::Everywhere)).await;
        let ctx = holding(&world, "linus", &[Permission::UsersUpdateTenants]).await;
        let outcome = run(&ctx, RemoveMembership::of(grace.id, a.id)).await;
        assert!(is_refused(&outcome, MORE_THAN_ONESELF), "{outcome:?}");
    }

    async fn nobody_wakes_a_membership_that_may_more(world: World) {
        let a = tenant(&world, "a").await;
        let grace = member(&world, "grace", &a).await;
        give(&world, &lasting(Principal::User(grace.id), READ, Scope::Tenant(a.id))).await;
        run(&world.operator(), set_membership((grace.id, a.id), (Inactive, 1))).await.unwrap();
        let ctx = holding(&world, "linus", &[Permission::UsersUpdateTenants]).await;
        let outcome = run(&ctx, set_membership((grace.id, a.id), (Active, 2))).await;
        assert!(is_refused(&outcome, MORE_THAN_ONESELF), "{outcome:?}");
    }

    async fn nobody_joins_a_tenant_to_get_more(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (linus, team) = (member(&world, "linus", &a).await, group(&world, "team", &a).await);
        put(&world, Principal::User(linus.id), &team).await;
        give(&world, &lasting(Principal::Group(team.id), READ, Scope::Tenant(b.id))).await;
        give(&world, &lasting(Principal::User(linus.id), Permission::UsersUpdateTenants, Scope::Everywhere)).await;
        let outcome = add_member(&world.as_user(&linus).await, b.id, &linus.login).await;
        assert!(is_refused(&outcome, MORE_THAN_ONESELF), "{outcome:?}");
        assert!(!may(&world, &linus, READ, Scope::Tenant(b.id)).await);
    }
}
