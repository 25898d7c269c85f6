//! The tenant that one works in stands in the address.

use crate::{
    domain::stage::{give, lasting, member, tenant},
    support::{World, on_both_engines},
};
use castellan::model::{permission::Permission, principal::Principal, scope::Scope};

on_both_engines! {
    async fn two_pages_of_one_browser_are_in_two_tenants(world: World) {
        let ada = world.set_up().await;
        for slug in ["a", "b"] {
            tenant(&world, slug).await;
        }
        let mut browser = world.signed_in(&ada).await;
        for slug in ["a", "b"] {
            let path = format!("/t/{slug}/groups/new");
            let opened = browser.get(&path).await;
            assert!(opened.body.contains(&format!("<bdi>{slug}</bdi><small>active tenant</small>")), "{}", opened.body);
            assert!(!opened.body.contains("href=\"/admin"), "every link stays in the tenant: {}", opened.body);
        }
        for slug in ["a", "b"] {
            let made = browser.send("POST", &format!("/t/{slug}/groups/new"), format!("fn=/fn/groups/create&name=of-{slug}")).await;
            assert!(made.status == 303 && made.location().starts_with(&format!("/t/{slug}/groups/")), "{}", made.body);
        }
        let of = world.text("select string_agg(concat(t.slug, ' ', g.name), ', ') from (select * from groups order by name) g join tenants t on t.id = g.tenant_id").await;
        assert_eq!(of, "a of-a, b of-b");
    }

    async fn a_tenant_that_is_not_there_or_not_theirs_is_not_found(world: World) {
        world.set_up().await;
        let a = tenant(&world, "a").await;
        tenant(&world, "b").await;
        let grace = member(&world, "grace", &a).await;
        give(&world, &lasting(Principal::User(grace.id), Permission::UsersList, Scope::Tenant(a.id))).await;
        give(&world, &lasting(Principal::User(grace.id), Permission::GroupsAdd, Scope::Tenant(a.id))).await;
        let mut browser = world.signed_in(&grace).await;
        assert_eq!(browser.get("/t/a/users").await.status, 200);
        for path in ["/t/b/users", "/t/nothing/users", "/t/A/users", "/t/b", "/t/%61/nothing", "/t"] {
            let answer = browser.get(path).await;
            assert!(answer.status == 404 && !answer.body.contains("<bdi>b</bdi>"), "{path}: {}", answer.status);
        }
        let sent = browser.send("POST", "/t/b/groups/new", "fn=/fn/groups/create&name=x".into()).await;
        assert_eq!((sent.status, world.count("select count(*) from groups").await), (404, 0));
        let asked = browser.island().send("POST", "/t/b/fn/groups/create", "name=x".into()).await;
        assert_eq!((asked.status, world.count("select count(*) from groups").await), (404, 0));
    }

    async fn whoever_may_nothing_everywhere_is_sent_to_their_tenant(world: World) {
        world.set_up().await;
        let a = tenant(&world, "a").await;
        let grace = member(&world, "grace", &a).await;
        give(&world, &lasting(Principal::User(grace.id), Permission::UsersList, Scope::Tenant(a.id))).await;
        let mut browser = world.signed_in(&grace).await;
        let sent = async |browser: &mut crate::support::Browser, path: &str| {
            let answer = browser.get(path).await;
            (answer.status, answer.location().to_owned())
        };
        assert_eq!(sent(&mut browser, "/admin/users?q=a").await, (303, "/t/a/users?q=a".to_owned()));
        assert_eq!(sent(&mut browser, "/admin").await, (303, "/t/a".to_owned()));
        assert_eq!(sent(&mut browser, "/t/a").await, (303, "/t/a/users".to_owned()));
        assert_eq!(sent(&mut world.browser(), "/t/a/users").await, (303, "/signin?next=%2Ft%2Fa%2Fusers".to_owned()));
    }

    async fn a_tenant_where_nothing_is_held_can_not_be_chosen(world: World) {
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let grace = member(&world, "grace", &a).await;
        crate::support::changes::add_member(&world.operator(), b.id, &grace.login).await.unwrap();
        give(&world, &lasting(Principal::User(grace.id), Permission::UsersList, Scope::Tenant(a.id))).await;
        let body = world.signed_in(&grace).await.get("/t/a/workplace").await.body;
        assert!(body.contains("class=\"tag good plain\">active tenant<") && body.contains("nothing is given to you here yet"), "{body}");
        assert_eq!(body.matches("Switch to ").count(), 0);
    }
}
