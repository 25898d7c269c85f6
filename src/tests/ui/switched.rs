//! The tenant that one works in is switched in another tab.

use crate::{
    domain::stage::{give, lasting, member, tenant},
    support::{World, changes::*, on_both_engines},
};
use castellan::model::{permission::Permission, principal::Principal, scope::Scope};

on_both_engines! {
    async fn what_a_form_makes_stays_where_it_was_opened(world: World) {
        let (ada, a) = (world.set_up().await, tenant(&world, "a").await);
        let mut browser = world.signed_in(&ada).await;
        let inside = a.id.to_string();
        for path in ["/admin/users/new", "/admin/roles/new", "/admin/groups/new"] {
            browser.post("/admin/workplace", &[("tenant", &inside)]).await;
            let opened = browser.get(path).await.body;
            assert!(opened.contains(&format!("name=\"place\" value=\"{inside}\"")), "{path}");
            browser.post("/admin/workplace", &[("tenant", "")]).await;
            let form = [("place", inside.as_str()), ("name", "x"), ("pattern", "users.read"), ("tenant", &inside),
                ("first_name", "Grace"), ("email", "grace@example.com")];
            let answer = browser.post(path, &form).await;
            assert!(answer.status == 409 && answer.body.contains("switched tenants"), "{path}: {}", answer.status);
            assert!(answer.body.contains(&format!("name=\"place\" value=\"{inside}\"")), "sent again it is refused again");
        }
        assert_eq!(world.count("select count(*) from users").await, 1);
        assert_eq!(world.count("select count(*) from roles where builtin = false").await, 0);
        assert_eq!(world.count("select count(*) from groups").await, 0);
    }

    async fn a_tenant_where_nothing_is_held_can_not_be_chosen(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let grace = member(&world, "grace", &a).await;
        add_member(&world.operator(), b.id, &grace.login).await.unwrap();
        give(&world, &lasting(Principal::User(grace.id), Permission::UsersList, Scope::Tenant(a.id))).await;
        let body = world.signed_in(&grace).await.get("/admin/workplace").await.body;
        assert!(body.contains("class=\"tag good plain\">active tenant<") && body.contains("nothing is given to you here yet"), "{body}");
        assert_eq!(body.matches("Switch to ").count(), 0);
    }
}
