//! Changes that concern more people than one works out while others wait.

use crate::support::{World, changes::*, on_both_engines};
use castellan::{
    demo,
    domain::{
        access::preview::{effect::Effect, gather::Concerned},
        audit,
        grants::input::NewGrant,
        groups::store::Group,
        roles::store::Role,
        users::store::User,
    },
    model::{
        permission::{Permission, PermissionSet},
        principal::Principal,
        scope::Scope,
    },
};

use super::stage::{allowing, content, give, group, is_not_found, last_id, lasting, role, tenant, typed};

const READ: Permission = Permission::UsersRead;
const PEOPLE: i64 = 2_101;

/// An administrator, and a group of so many people that may read users.
pub async fn crowded(world: &World) -> (User, Group) {
    let ada = world.set_up().await;
    demo::fill(&world.operator(), PEOPLE as u32 - 1).await.unwrap();
    let team = group(world, "everybody", &tenant(world, "a").await).await;
    world
        .execute(
            "insert into group_members (id, group_id, user_id, added_at)
                select u.id, g.id, u.id, 0 from users u cross join groups g where g.name = 'everybody'",
        )
        .await;
    give(world, &lasting(Principal::Group(team.id), READ, Scope::Everywhere)).await;
    (ada, team)
}

fn said(effect: Effect) -> (i64, PermissionSet) {
    assert!(effect.changes.is_empty() && !effect.is_nothing() && effect.refused.is_none());
    let Concerned { people, permissions } = effect.uncounted.unwrap();
    (people, permissions)
}

/// A role that everybody in the group holds.
async fn held(world: &World, team: &Group) -> Role {
    let auditors = role(&world.operator(), "auditors", &["audit.read"]).await;
    give(world, &NewGrant::lasting(Principal::Group(team.id), auditors.id.clone(), Scope::Everywhere)).await;
    auditors
}

on_both_engines! {
    async fn they_are_counted_while_somebody_else_writes(world: World) {
        let (_, team) = crowded(&world).await;
        let (ctx, auditors) = (world.operator(), held(&world, &team).await);
        let (read, audit) = (PermissionSet::of(READ), PermissionSet::of(Permission::AuditRead));
        let outer = group(&world, "outer", &tenant(&world, "b").await).await;
        let writer = world.services.db.begin().await.unwrap();
        let deleted = preview(&ctx, &DeleteGroup { group: team.id, version: team.version, unused: false }).await.unwrap();
        assert_eq!(said(deleted), (PEOPLE, read.union(audit)));
        assert_eq!(said(preview(&ctx, &DeleteRole { role: auditors.id.clone(), version: 1, unused: false }).await.unwrap()), (PEOPLE, audit));
        let wider = allowing(&auditors, &["audit.read", "users.list"]);
        let list = PermissionSet::of(Permission::UsersList);
        assert_eq!(said(preview(&ctx, &UpdateRole { role: auditors.id.clone(), update: wider }).await.unwrap()), (PEOPLE, list), "what differs");
        let terms = lasting(Principal::Group(team.id), Permission::UsersList, Scope::Everywhere);
        assert_eq!(said(preview_given(&ctx, &terms).await.unwrap()), (PEOPLE, list));
        let put = preview_added(&ctx, outer.id, &typed(Principal::Group(team.id))).await.unwrap();
        assert_eq!(said(put).0, PEOPLE);
        drop(writer);
    }

    async fn twenty_write_while_it_is_previewed(world: World) {
        let (_, team) = crowded(&world).await;
        let (ctx, auditors) = (world.operator(), held(&world, &team).await);
        let asking = tokio::spawn({
            let (ctx, delete) = (ctx.clone(), DeleteRole { role: auditors.id.clone(), version: 1, unused: false });
            async move { preview(&ctx, &delete).await.map(said) }
        });
        let writing: Vec<_> = (0..20)
            .map(|n| {
                let ctx = ctx.clone();
                tokio::spawn(async move { add_role(&ctx, content(&format!("role {n}"), &["users.read"])).await })
            })
            .collect();
        for write in writing {
            write.await.unwrap().unwrap();
        }
        assert_eq!(asking.await.unwrap().unwrap(), (PEOPLE, PermissionSet::of(Permission::AuditRead)));
        assert_eq!(world.count("select count(*) from roles where name like 'role %'").await, 20);
    }

    async fn what_comes_back_to_many_is_not_tried(world: World) {
        let (_, team) = crowded(&world).await;
        let (ctx, auditors) = (world.operator(), held(&world, &team).await);
        run(&ctx, DeleteRole { role: auditors.id.clone(), version: 1, unused: false }).await.unwrap();
        let undone = async |id| {
            let event = audit::list::find(&ctx, &mut world.services.db.read().await.unwrap(), id).await.unwrap();
            preview_undo(&ctx, &event).await.unwrap().unwrap()
        };
        assert_eq!(said(undone(last_id(&world).await).await).0, PEOPLE);
        run(&ctx, DeleteGroup { group: team.id, version: team.version, unused: false }).await.unwrap();
        assert_eq!(said(undone(last_id(&world).await).await).0, PEOPLE);
    }

    async fn nobody_learns_how_many_are_where_they_see_nothing(world: World) {
        let (_, team) = crowded(&world).await;
        let ctx = world.operator().working_in(Scope::Tenant(tenant(&world, "b").await.id));
        let told = preview(&ctx, &DeleteGroup { group: team.id, version: team.version, unused: false }).await;
        assert!(is_not_found(&told), "{told:?}");
    }
}
