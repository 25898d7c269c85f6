//! The list of what can still come back.

use crate::{
    domain::stage::{group, holding, last_id, member, role, tenant},
    support::{World, changes::*, on_both_engines},
};
use castellan::{
    domain::{
        ctx::Ctx,
        deleted::{self, list::Deleted, sweep::KEPT},
        error::{Error, Refused},
    },
    model::{permission::Permission, scope::Scope},
};

async fn names(ctx: &Ctx) -> Vec<(String, String)> {
    let (rows, next) = deleted::list::list(ctx, None).await.unwrap();
    assert_eq!(next, None);
    rows.into_iter().map(|row| (row.kind, row.name)).collect()
}

fn said(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(kind, name)| ((*kind).to_owned(), (*name).to_owned())).collect()
}

on_both_engines! {
    async fn what_a_later_program_kept_is_not_guessed_at(world: World) {
        let ctx = world.operator();
        let role = role(&ctx, "support", &["users.read"]).await;
        run(&ctx, DeleteRole { role: role.id, version: 1, unused: false }).await.unwrap();
        let deleted = last_id(&world).await;
        world.execute("update deleted set version = 2").await;
        let refused = undo(&ctx, deleted).await;
        assert!(matches!(refused, Err(Error::Refused(Refused::KeptLater))), "{refused:?}");
        world.execute("update deleted set version = 0").await;
        undo(&ctx, deleted).await.unwrap();
    }

    async fn it_has_each_kind_newest_first_until_it_comes_back_or_is_forgotten(world: World) {
        let (ctx, a) = (world.operator(), tenant(&world, "a").await);
        assert_eq!(names(&ctx).await, []);
        run(&ctx, DeleteUser { user: member(&world, "grace", &a).await.id, unchanged: None }).await.unwrap();
        let user = last_id(&world).await;
        world.services.clock.advance(1);
        run(&ctx, DeleteRole { role: role(&ctx, "support", &["users.read"]).await.id, version: 1, unused: false }).await.unwrap();
        run(&ctx, DeleteGroup { group: group(&world, "team", &a).await.id, version: 1, unused: false }).await.unwrap();
        assert_eq!(names(&ctx).await, said(&[("group", "team"), ("role", "support"), ("user", "grace")]));
        undo(&ctx, last_id(&world).await).await.unwrap();
        assert_eq!(names(&ctx).await, said(&[("role", "support"), ("user", "grace")]));
        undo(&ctx, user).await.unwrap();
        undo(&ctx, last_id(&world).await).await.unwrap();
        assert_eq!(names(&ctx).await, said(&[("user", "grace"), ("role", "support")]), "deleted again by undoing the undo");
        world.services.clock.advance(KEPT - 1);
        assert_eq!(names(&ctx).await.len(), 2);
        world.services.clock.advance(1);
        assert_eq!(names(&ctx).await, []);
    }

    async fn pages_hold_every_row_once(world: World) {
        let ctx = world.operator();
        for n in 0..53 {
            run(&ctx, DeleteRole { role: role(&ctx, &format!("role {n}"), &["users.read"]).await.id, version: 1, unused: false }).await.unwrap();
        }
        let (first, next) = deleted::list::list(&ctx, None).await.unwrap();
        let (second, end) = deleted::list::list(&ctx, next).await.unwrap();
        assert_eq!((first.len(), second.len(), end), (50, 3, None));
        let names: Vec<String> = first.into_iter().chain(second).map(|row| row.name).collect();
        assert_eq!(names, (0..53).rev().map(|n| format!("role {n}")).collect::<Vec<_>>());
    }

    async fn in_a_tenant_it_has_what_was_deleted_there(world: World) {
        let ctx = world.operator();
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (in_a, in_b) = (ctx.clone().working_in(Scope::Tenant(a.id)), ctx.clone().working_in(Scope::Tenant(b.id)));
        run(&in_a, DeleteUser { user: member(&world, "grace", &a).await.id, unchanged: None }).await.unwrap();
        run(&in_b, DeleteRole { role: role(&in_b, "support", &["users.read"]).await.id, version: 1, unused: false }).await.unwrap();
        run(&ctx, DeleteRole { role: role(&ctx, "everywhere", &["users.read"]).await.id, version: 1, unused: false }).await.unwrap();
        assert_eq!(names(&in_a).await, said(&[("user", "grace")]));
        assert_eq!(names(&in_b).await, said(&[("role", "support")]));
        assert_eq!(names(&ctx).await.len(), 3);
        let mut conn = world.services.db.read().await.unwrap();
        for (here, found) in [(&ctx, 1), (&in_a, 1), (&in_b, 0)] {
            let ids = deleted::users::with_login(here, &mut conn, "grace@example.com").await.unwrap();
            assert_eq!(ids.len(), found, "{:?}", here.tenant());
        }
    }

    async fn whoever_may_not_read_the_log_sees_none_of_it(world: World) {
        let ctx = holding(&world, "linus", &[Permission::AuditUndo, Permission::UsersAdd]).await;
        let listed = deleted::list::list(&ctx, None).await;
        assert!(matches!(listed, Err(Error::Forbidden(Permission::AuditRead))), "{listed:?}");
        let last = last_id(&world).await;
        let row = |kind: &str| Deleted {
            event: last,
            seq: 1,
            at: world.services.clock.now(),
            actor_name: String::new(),
            kind: kind.into(),
            name: String::new(),
        };
        assert_eq!(["user", "role", "group"].map(|kind| row(kind).may_come_back(&ctx)), [true, false, false]);
    }
}
