//! What came after a change stays, though it looks like what an undo would do.

use crate::{
    domain::stage::{give, group, is_refused, last_id, lasting, member, put, renamed, role, tenant},
    support::{PASSWORD, World, changes::*, on_both_engines},
};
use castellan::{
    domain::{
        error::{Error, Refused},
        grants::input::NewGrant,
        sessions::{self, commands::SignIn},
        users,
    },
    model::{
        permission::Permission,
        principal::Principal,
        scope::Scope,
        tenant::MembershipStatus::{Active, Inactive},
    },
};

const READ: Permission = Permission::UsersRead;

on_both_engines! {
    async fn whoever_was_disabled_again_stays_disabled(world: World) {
        let (ctx, grace) = (world.operator(), world.add("grace", "").await);
        run(&ctx, DisableUser { user: grace.id }).await.unwrap();
        let first = last_id(&world).await;
        run(&ctx, EnableUser { user: grace.id }).await.unwrap();
        world.services.clock.advance(1);
        run(&ctx, DisableUser { user: grace.id }).await.unwrap();
        let outcome = undo(&ctx, first).await;
        assert!(is_refused(&outcome, Refused::ChangedSince), "{outcome:?}");
    }

    async fn whoever_was_enabled_by_hand_needs_no_undo(world: World) {
        let (ctx, grace) = (world.operator(), world.add("grace", "").await);
        run(&ctx, DisableUser { user: grace.id }).await.unwrap();
        let first = last_id(&world).await;
        run(&ctx, EnableUser { user: grace.id }).await.unwrap();
        let outcome = undo(&ctx, first).await;
        assert!(is_refused(&outcome, Refused::ChangedSince), "{outcome:?}");
    }

    async fn a_membership_that_was_set_back_by_hand_needs_no_undo(world: World) {
        let (ctx, a) = (world.operator(), tenant(&world, "a").await);
        let grace = member(&world, "grace", &a).await;
        run(&ctx, set_membership((grace.id, a.id), (Inactive, 1))).await.unwrap();
        let first = last_id(&world).await;
        run(&ctx, set_membership((grace.id, a.id), (Active, 2))).await.unwrap();
        let outcome = undo(&ctx, first).await;
        assert!(is_refused(&outcome, Refused::ChangedSince), "{outcome:?}");
    }

    async fn whoever_was_removed_again_stays_away(world: World) {
        let (ctx, a) = (world.operator(), tenant(&world, "a").await);
        let (grace, linus) = (world.add("grace", "").await, world.add("linus", "").await);
        for user in [&grace, &linus] {
            add_member(&ctx, a.id, &user.login).await.unwrap();
        }
        run(&ctx, RemoveMembership::of(grace.id, a.id)).await.unwrap();
        let first = last_id(&world).await;
        add_member(&ctx, a.id, &grace.login).await.unwrap();
        run(&ctx, RemoveMembership::of(grace.id, a.id)).await.unwrap();
        let again = last_id(&world).await;
        run(&ctx, RemoveMembership::of(linus.id, a.id)).await.unwrap();
        let outcome = undo(&ctx, first).await;
        assert!(is_refused(&outcome, Refused::ChangedSince), "{outcome:?}");
        undo(&ctx, again).await.unwrap();
    }

    async fn a_member_who_came_back_is_not_removed_by_undoing_their_first_coming(world: World) {
        let (ctx, a) = (world.operator(), tenant(&world, "a").await);
        let grace = world.add("grace", "").await;
        add_member(&ctx, a.id, &grace.login).await.unwrap();
        let first = last_id(&world).await;
        run(&ctx, RemoveMembership::of(grace.id, a.id)).await.unwrap();
        undo(&ctx, last_id(&world).await).await.unwrap();
        let outcome = undo(&ctx, first).await;
        assert!(is_refused(&outcome, Refused::ChangedSince), "{outcome:?}");
    }

    async fn a_member_who_was_added_again_by_hand_needs_no_undo(world: World) {
        let (ctx, a) = (world.operator(), tenant(&world, "a").await);
        let grace = world.add("grace", "").await;
        add_member(&ctx, a.id, &grace.login).await.unwrap();
        run(&ctx, RemoveMembership::of(grace.id, a.id)).await.unwrap();
        let removed = last_id(&world).await;
        add_member(&ctx, a.id, &grace.login).await.unwrap();
        let outcome = undo(&ctx, removed).await;
        assert!(is_refused(&outcome, Refused::ChangedSince), "{outcome:?}");
    }

    async fn somebody_who_was_put_back_into_a_group_by_hand_needs_no_undo(world: World) {
        let (ctx, a) = (world.operator(), tenant(&world, "a").await);
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        put(&world, Principal::User(grace.id), &team).await;
        run(&ctx, RemoveFromGroup { group: team.id, member: Principal::User(grace.id) }).await.unwrap();
        let removed = last_id(&world).await;
        put(&world, Principal::User(grace.id), &team).await;
        let outcome = undo(&ctx, removed).await;
        assert!(is_refused(&outcome, Refused::ChangedSince), "{outcome:?}");
    }

    async fn a_later_owner_stays_the_owner(world: World) {
        let (ctx, a) = (world.operator(), tenant(&world, "a").await);
        let (ada, grace, linus) = (member(&world, "ada", &a).await, member(&world, "grace", &a).await, member(&world, "linus", &a).await);
        run(&ctx, MakeOwner { user: ada.id, tenant: a.id }).await.unwrap();
        run(&ctx, MakeOwner { user: grace.id, tenant: a.id }).await.unwrap();
        let second = last_id(&world).await;
        run(&ctx, MakeOwner { user: linus.id, tenant: a.id }).await.unwrap();
        let outcome = undo(&ctx, second).await;
        assert!(is_refused(&outcome, Refused::ChangedSince), "{outcome:?}");
    }

    async fn bringing_back_somebody_who_once_signed_in_can_be_undone(world: World) {
        let (ctx, grace) = (world.operator(), world.add("grace", "").await);
        let form = SignIn { login: &grace.login, password: PASSWORD, user_agent: "", known: "" };
        sessions::commands::sign_in(&world.stranger(), form).await.unwrap();
        run(&ctx, DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        undo(&ctx, last_id(&world).await).await.unwrap();
        let outcome = undo(&ctx, last_id(&world).await).await;
        assert!(outcome.is_ok(), "{outcome:?}");
    }

    async fn somebody_who_came_back_goes_on_with_their_versions(world: World) {
        let (ctx, grace) = (world.operator(), world.add("grace", "").await);
        let made = last_id(&world).await;
        run(&ctx, UpdateUser { user: grace.id, update: renamed(&grace, "Amazing") }).await.unwrap();
        run(&ctx, DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        undo(&ctx, last_id(&world).await).await.unwrap();
        let stale = run(&ctx, UpdateUser { user: grace.id, update: renamed(&grace, "from a form of version 1") }).await;
        assert!(matches!(stale, Err(Error::Stale)), "{stale:?}");
        let outcome = undo(&ctx, made).await;
        assert!(is_refused(&outcome, Refused::ChangedSince), "{outcome:?}");
    }

    async fn somebody_who_came_back_keeps_their_number(world: World) {
        let (ctx, grace) = (world.operator(), world.add("grace", "").await);
        world.add("linus", "").await;
        run(&ctx, DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        undo(&ctx, last_id(&world).await).await.unwrap();
        assert_eq!(users::queries::find(&ctx, grace.id).await.unwrap().number, grace.number);
    }

    async fn undoing_a_membership_deletes_nobody(world: World) {
        let (ctx, a, b) = (world.operator(), tenant(&world, "a").await, tenant(&world, "b").await);
        let grace = member(&world, "grace", &a).await;
        add_member(&ctx, b.id, &grace.login).await.unwrap();
        let added = last_id(&world).await;
        run(&ctx, RemoveMembership::of(grace.id, a.id)).await.unwrap();
        let outcome = undo(&ctx, added).await;
        assert!(is_refused(&outcome, Refused::OnlyMembership), "{outcome:?}");
    }

    async fn a_new_role_that_was_given_meanwhile_stays(world: World) {
        let grace = world.add("grace", "").await;
        let support = role(&world.operator(), "support", &["users.read"]).await;
        let made = last_id(&world).await;
        give(&world, &NewGrant::lasting(Principal::User(grace.id), support.id.clone(), Scope::Everywhere)).await;
        let outcome = undo(&world.operator(), made).await;
        assert!(is_refused(&outcome, Refused::UsedSince), "{outcome:?}");
    }

    async fn a_new_group_that_was_filled_meanwhile_stays(world: World) {
        let a = tenant(&world, "a").await;
        let grace = member(&world, "grace", &a).await;
        let team = group(&world, "team", &a).await;
        let made = last_id(&world).await;
        put(&world, Principal::User(grace.id), &team).await;
        let outcome = undo(&world.operator(), made).await;
        assert!(is_refused(&outcome, Refused::ChangedSince), "{outcome:?}");
    }

    async fn a_new_user_who_was_given_something_meanwhile_stays(world: World) {
        let grace = world.add("grace", "").await;
        let made = last_id(&world).await;
        give(&world, &lasting(Principal::User(grace.id), READ, Scope::Everywhere)).await;
        let outcome = undo(&world.operator(), made).await;
        assert!(is_refused(&outcome, Refused::ChangedSince), "{outcome:?}");
    }

    async fn a_new_member_who_was_given_something_meanwhile_stays(world: World) {
        let a = tenant(&world, "a").await;
        let grace = world.add("grace", "").await;
        add_member(&world.operator(), a.id, &grace.login).await.unwrap();
        let added = last_id(&world).await;
        give(&world, &lasting(Principal::User(grace.id), READ, Scope::Tenant(a.id))).await;
        let outcome = undo(&world.operator(), added).await;
        assert!(is_refused(&outcome, Refused::UsedSince), "{outcome:?}");
    }
}
