//! A tenant whose making is undone was never used, and comes back with all there was of it.

use crate::{
    domain::{
        stage::{group, is_refused, last_id, member, role, tenant},
        state,
    },
    support::{World, changes::*, on_both_engines},
};
use castellan::{
    domain::{
        error::{Error, Refused},
        tenants::{self, store::Tenant},
    },
    model::{id::EventId, scope::Scope},
};

async fn made(world: &World, slug: &str) -> (Tenant, EventId) {
    (tenant(world, slug).await, last_id(world).await)
}

async fn assert_stays(world: &World, event: EventId, expected: Refused) {
    let before = state::all(world).await;
    let outcome = undo(&world.operator(), event).await;
    assert!(is_refused(&outcome, expected), "{outcome:?} is not {expected:?}");
    assert_eq!(state::all(world).await, before);
}

on_both_engines! {
    async fn a_tenant_that_was_used_stays(world: World) {
        let ctx = world.operator();
        let (_, event) = made(&world, "empty").await;
        undo(&ctx, event).await.unwrap();
        let (joined, event) = made(&world, "joined").await;
        member(&world, "grace", &joined).await;
        assert_stays(&world, event, Refused::UsedSince).await;
        let (grouped, event) = made(&world, "grouped").await;
        group(&world, "team", &grouped).await;
        assert_stays(&world, event, Refused::UsedSince).await;
        let (with_role, event) = made(&world, "with-role").await;
        role(&ctx.clone().working_in(Scope::Tenant(with_role.id)), "support", &["users.read"]).await;
        assert_stays(&world, event, Refused::UsedSince).await;
        let (above, event) = made(&world, "above").await;
        let below = tenants::input::NewTenant { slug: "below".into(), name: "Below".into(), kind: above.kind, use_: above.use_, parent: Some(above.id) };
        add_tenant(&ctx, below).await.unwrap();
        assert_stays(&world, event, Refused::UsedSince).await;
        let (renamed, event) = made(&world, "renamed").await;
        let update = tenants::input::TenantUpdate { name: "Renamed".into(), use_: renamed.use_, parent: None, version: 1 };
        run(&ctx, UpdateTenant { tenant: renamed.id, update: update.clone() }).await.unwrap();
        assert_stays(&world, event, Refused::ChangedSince).await;
    }

    async fn what_was_deleted_in_a_tenant_can_come_back_into_it(world: World) {
        let ctx = world.operator();
        let (a, event) = made(&world, "a").await;
        run(&ctx, DeleteGroup { group: group(&world, "team", &a).await.id, version: 1, unused: false }).await.unwrap();
        let group_gone = last_id(&world).await;
        let inside = ctx.clone().working_in(Scope::Tenant(a.id));
        run(&inside, DeleteRole { role: role(&inside, "support", &["users.read"]).await.id, version: 1, unused: false }).await.unwrap();
        let role_gone = last_id(&world).await;
        assert_stays(&world, event, Refused::UsedSince).await;
        undo(&ctx, group_gone).await.unwrap();
        undo(&ctx, role_gone).await.unwrap();
    }

    async fn a_tenant_does_not_come_back_where_its_place_is_taken(world: World) {
        let ctx = world.operator();
        let (_, event) = made(&world, "a").await;
        undo(&ctx, event).await.unwrap();
        let gone = last_id(&world).await;
        let (again, made_again) = made(&world, "a").await;
        let outcome = undo(&ctx, gone).await;
        assert!(matches!(&outcome, Err(Error::InTheWay(why)) if why == "another tenant has this short name"), "{outcome:?}");
        undo(&ctx, made_again).await.unwrap();
        undo(&ctx, gone).await.unwrap();
        assert!(matches!(tenants::queries::read(&ctx, again.id).await, Err(Error::NotFound(_))));
    }

    async fn from_inside_a_tenant_it_is_not_removed(world: World) {
        let (a, event) = made(&world, "a").await;
        let outcome = undo(&world.operator().working_in(Scope::Tenant(a.id)), event).await;
        assert!(is_refused(&outcome, Refused::OfInstallation), "{outcome:?}");
    }
}
