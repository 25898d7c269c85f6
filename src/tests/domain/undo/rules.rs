//! Undoing is doing: it needs as much, and the same rules hold.

use crate::{
    domain::stage::{
        MORE_THAN_ONESELF, give, group, holding, is_not_found, is_refused, last_id, lasting, member, role, tenant,
        typed,
    },
    support::{World, changes::*, on_both_engines},
};
use castellan::{
    domain::{
        error::{Error, Refused},
        grants::input::NewGrant,
        tenants::store::Tenant,
        users,
    },
    model::{permission::Permission, principal::Principal, scope::Scope},
};

const READ: Permission = Permission::UsersRead;

on_both_engines! {
    async fn rules_hold_for_undoing_as_for_doing(world: World) {
        let (ada, grace) = (world.set_up().await, world.add_with_role("grace", "admin").await);
        let gave = last_id(&world).await;
        run(&world.operator(), DisableUser { user: ada.id }).await.unwrap();
        assert!(is_refused(&undo(&world.operator(), gave).await, Refused::LastAdministrator));
        run(&world.operator(), DisableUser { user: world.add("mary", "").await.id }).await.unwrap();
        run(&world.operator(), EnableUser { user: ada.id }).await.unwrap();
        let enabled = last_id(&world).await;
        assert!(is_refused(&undo(&world.as_user(&ada).await, enabled).await, Refused::Yourself));
        let grant = give(&world, &lasting(Principal::User(grace.id), READ, Scope::Everywhere)).await;
        run(&world.operator(), RemoveAccess { grant, version: 1 }).await.unwrap();
        let taken = last_id(&world).await;
        let ctx = holding(&world, "linus", &[Permission::AuditUndo, Permission::UsersUpdateRoles]).await;
        assert!(is_refused(&undo(&ctx, taken).await, MORE_THAN_ONESELF));
        assert!(undo(&world.as_user(&ada).await, taken).await.is_ok());
    }

    async fn deletions_come_back_by_whoever_may_as_much(world: World) {
        let (ctx, a) = (world.operator(), tenant(&world, "a").await);
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        for holder in [Principal::Group(team.id), Principal::User(grace.id)] {
            give(&world, &lasting(holder, READ, Scope::Everywhere)).await;
        }
        let support = role(&ctx, "support", &["users.read"]).await;
        let mut events = Vec::new();
        run(&ctx, DeleteGroup { group: team.id, version: 1, unused: false }).await.unwrap();
        events.push(last_id(&world).await);
        run(&ctx, DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        events.push(last_id(&world).await);
        run(&ctx, DeleteRole { role: support.id.clone(), version: 1, unused: false }).await.unwrap();
        events.push(last_id(&world).await);
        let adds = [Permission::AuditUndo, Permission::UsersAdd, Permission::RolesAdd, Permission::GroupsAdd];
        let (less, enough) = (holding(&world, "linus", &adds).await, holding(&world, "mary", &[&adds[..], &[READ]].concat()).await);
        for event in events {
            assert!(is_refused(&undo(&less, event).await, MORE_THAN_ONESELF));
            assert!(undo(&enough, event).await.is_ok());
        }
    }

    async fn from_a_tenant_its_own_changes_are_undone(world: World) {
        let (here, there) = (tenant(&world, "here").await, tenant(&world, "there").await);
        let inside = |tenant: &Tenant| world.operator().working_in(Scope::Tenant(tenant.id));
        let grace = member(&world, "grace", &here).await;
        run(&inside(&here), DisableUser { user: grace.id }).await.unwrap();
        let disabled = last_id(&world).await;
        assert!(matches!(undo(&inside(&there), disabled).await, Err(Error::NotFound("event"))));
        undo(&inside(&here), disabled).await.unwrap();
        run(&inside(&here), DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        let deleted = last_id(&world).await;
        assert!(is_not_found(&undo(&inside(&there), deleted).await));
        undo(&inside(&here), deleted).await.unwrap();
        assert_eq!(users::queries::find(&inside(&here), grace.id).await.unwrap().id, grace.id);
        assert!(add_to_group(&inside(&here), group(&world, "x", &here).await.id, &typed(Principal::User(grace.id))).await.is_ok());
    }

    async fn from_inside_a_tenant_a_removal_is_undone(world: World) {
        let a = tenant(&world, "a").await;
        let grace = world.add("grace", "").await;
        add_member(&world.operator(), a.id, &grace.login).await.unwrap();
        let inside = world.operator().working_in(Scope::Tenant(a.id));
        run(&inside, RemoveMembership::of(grace.id, a.id)).await.unwrap();
        let outcome = undo(&inside, last_id(&world).await).await;
        assert!(outcome.is_ok(), "{outcome:?}");
    }

    async fn nobody_brings_back_somebody_who_will_soon_may_more(world: World) {
        let grace = world.add("grace", "").await;
        let from = Some(world.services.clock.now().plus_seconds(60));
        give(&world, &NewGrant { from, ..NewGrant::lasting(Principal::User(grace.id), world.role("admin").await, Scope::Everywhere) }).await;
        run(&world.operator(), DeleteUser { user: grace.id, unchanged: None }).await.unwrap();
        let deleted = last_id(&world).await;
        let ctx = holding(&world, "linus", &[Permission::AuditUndo, Permission::UsersAdd]).await;
        let outcome = undo(&ctx, deleted).await;
        assert!(is_refused(&outcome, MORE_THAN_ONESELF), "{outcome:?}");
    }
}
