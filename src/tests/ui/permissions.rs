//! Who may do something, asked of one place.

use crate::{
    domain::stage::{give, lasting, member, tenant},
    support::{World, on_both_engines},
};
use castellan::model::{permission::Permission, principal::Principal, scope::Scope};

on_both_engines! {
    async fn a_tenant_is_asked_about_from_everywhere(world: World) {
        let (ada, a) = (world.set_up().await, tenant(&world, "a").await);
        let linus = member(&world, "linus", &a).await;
        give(&world, &lasting(Principal::User(linus.id), Permission::AuditRead, Scope::Tenant(a.id))).await;
        let mut browser = world.signed_in(&ada).await;
        let page = "/admin/permissions/audit.read";
        assert!(!browser.get(page).await.body.contains("linus@example.com"));
        let body = browser.get(&format!("{page}?tenant={}", a.id)).await.body;
        assert!(body.contains("linus@example.com") && body.contains(&ada.login), "both may there");
        for nowhere in ["x", "00000000-0000-7000-8000-00000000ffff"] {
            assert_eq!(browser.get(&format!("{page}?tenant={nowhere}")).await.status, 404);
        }
    }

    async fn inside_a_tenant_those_who_do_not_belong_to_it_are_counted_and_not_named(world: World) {
        let (ada, a) = (world.set_up().await, tenant(&world, "a").await);
        let linus = member(&world, "linus", &a).await;
        for permission in [Permission::UsersList, Permission::AuditRead, Permission::RolesRead] {
            give(&world, &lasting(Principal::User(linus.id), permission, Scope::Tenant(a.id))).await;
        }
        let body = world.signed_in(&linus).await.get("/t/a/permissions/audit.read").await.body;
        assert!(body.contains("linus@example.com") && !body.contains(&ada.login), "{body}");
        assert!(body.contains("1 person who doesn’t belong to this tenant may, too"), "{body}");
    }
}
