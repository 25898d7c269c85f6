//! What a change would do, as pages say it: without a script, and to an island.

use crate::{
    domain::{
        large::crowded,
        stage::{give, group, holding, lasting, member, put, role, tenant},
    },
    support::{World, changes::*, on_both_engines},
};
use castellan::{
    domain::grants::input::NewGrant,
    model::{permission::Permission, principal::Principal, scope::Scope},
};

const READ: Permission = Permission::UsersRead;

on_both_engines! {
    async fn what_a_grant_does_later_is_said_with_its_moments(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "").await.id.to_string());
        let mut browser = world.signed_in(&ada).await;
        let form = [("user", grace.as_str()), ("permission", "users.read"), ("tenant", "everywhere"), ("from", "2026-11-25T09:00"),
            ("lasts", "until"), ("until", "2026-11-26T09:00"), ("step", "preview")];
        let page = browser.post("/admin/grants/new", &form).await.body;
        assert!(page.contains(" from 25 Nov 09:00 until 26 Nov 09:00 UTC"), "{page}");
        assert!(!page.contains("Nobody gains or loses"), "{page}");
        let hour = [("user", grace.as_str()), ("permission", "users.read"), ("tenant", "everywhere"), ("lasts", "3600"), ("step", "preview")];
        let effect = browser.island().post("/admin/grants/new", &hour).await.body;
        assert!(effect.contains("person gains") && effect.contains(" until 01:00 UTC"), "{effect}");
        assert_eq!(world.count("select count(*) from grants").await, 1, "asking gives nothing");
    }

    async fn a_form_that_is_not_finished_fails_only_when_it_is_sent(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "").await.id.to_string());
        let mut island = world.signed_in(&ada).await.island();
        let form = |step| [("user", grace.as_str()), ("permission", "users.read"), ("tenant", "everywhere"), ("lasts", "until"), ("step", step)];
        let peeked = island.post("/admin/grants/new", &form("peek")).await;
        assert_eq!((peeked.status, peeked.body.as_str()), (200, "null"));
        assert_eq!(island.post("/admin/grants/new", &form("preview")).await.status, 400);
        let whole = [("user", grace.as_str()), ("permission", "users.read"), ("tenant", "everywhere"), ("step", "peek")];
        assert!(island.post("/admin/grants/new", &whole).await.body.contains("person gains"));
        assert_eq!(world.count("select count(*) from grants").await, 1, "ada's");
    }

    async fn a_hundred_people_are_all_named_a_click_away(world: World) {
        let (ada, readers) = (world.set_up().await, role(&world.operator(), "readers", &["audit.read"]).await);
        let mut ids = Vec::new();
        for n in 0..100 {
            let user = world.add(&format!("u{n}"), "").await;
            give(&world, &NewGrant::lasting(Principal::User(user.id), readers.id.clone(), Scope::Everywhere)).await;
            ids.push(user.id);
        }
        let page = world.signed_in(&ada).await.get(&format!("/admin/roles/{}/delete", readers.id)).await.body;
        assert!(page.contains("people lose"), "{page}");
        for id in ids {
            assert!(page.contains(&format!("href=\"/admin/users/{id}\"")), "{id}");
        }
    }

    async fn the_same_in_many_tenants_is_one_line_and_the_worst_comes_first(world: World) {
        let ada = world.set_up().await;
        let (first, second, third) =
            (tenant(&world, "first").await, tenant(&world, "second").await, tenant(&world, "third").await);
        let grace = member(&world, "grace", &first).await;
        for place in [&second, &third] {
            add_member(&world.operator(), place.id, &grace.login).await.unwrap();
        }
        for place in [&first, &second, &third] {
            give(&world, &lasting(Principal::User(grace.id), READ, Scope::Tenant(place.id))).await;
        }
        give(&world, &lasting(Principal::User(grace.id), Permission::AuditRead, Scope::Everywhere)).await;
        world.add_with_role("linus", "admin").await;
        let page = world.signed_in(&ada).await.get(&format!("/admin/users/{}/disable", grace.id)).await.body;
        let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
        let warning = at("nobody left in these tenants");
        assert!(at("1 permission is left with nobody in 3 tenants; 1 person loses access.") < warning);
        assert!(warning < at("audit.read"), "what nobody is left for comes first");
        assert!(page.contains("<bdi>first</bdi>, <bdi>second</bdi>, <bdi>third</bdi>"), "{page}");
    }

    async fn the_buttons_come_first_and_each_tenant_is_a_click_away(world: World) {
        let (ada, readers) = (world.set_up().await, role(&world.operator(), "readers", &["audit.read"]).await);
        for n in 0..10 {
            let place = tenant(&world, &format!("t{n}")).await;
            let user = member(&world, &format!("u{n}"), &place).await;
            give(&world, &NewGrant::lasting(Principal::User(user.id), readers.id.clone(), Scope::Tenant(place.id))).await;
        }
        let page = world.signed_in(&ada).await.get(&format!("/admin/roles/{}/delete", readers.id)).await.body;
        let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
        assert!(at("Delete role</button>") < at("<b>10</b>") && at("<b>10</b>") < at("in 10 tenants"));
        assert!(at("in 10 tenants") < at("nobody left in these tenants"));
        assert_eq!(page.matches("nobody left in this tenant<").count(), 10, "{page}");
    }

    async fn most_of_many_lines_are_a_click_away(world: World) {
        let (ada, mut query) = (world.set_up().await, "action=disable".to_owned());
        for n in 0..12 {
            let place = tenant(&world, &format!("t{n:02}")).await;
            let user = member(&world, &format!("u{n}"), &place).await;
            let names: Vec<&str> = Permission::ALL[..=n].iter().map(|permission| permission.name()).collect();
            let growing = role(&world.operator(), &format!("r{n}"), &names).await;
            give(&world, &NewGrant::lasting(Principal::User(user.id), growing.id, Scope::Tenant(place.id))).await;
            query.push_str(&format!("&user={}", user.id));
        }
        let page = world.signed_in(&ada).await.get(&format!("/admin/users/bulk?{query}")).await.body;
        let (shown, others) = page.split_once("<details class=\"rest\"><summary>and 3 more</summary>").unwrap();
        assert_eq!([shown, others].map(|part| part.matches("person loses").count()), [9, 3], "{page}");
        assert!(shown.contains("each of 12 permissions"), "a permission's only line is never a click away: {page}");
    }

    async fn what_comes_later_is_one_line_below_what_happens_at_once(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "").await);
        let soon = Some(world.services.clock.now().plus_seconds(3600));
        for (permission, from) in [(READ, None), (Permission::AuditRead, soon), (Permission::RolesRead, soon.map(|at| at.plus_seconds(60)))] {
            give(&world, &NewGrant { from, ..lasting(Principal::User(grace.id), permission, Scope::Everywhere) }).await;
        }
        let page = world.signed_in(&ada).await.get(&format!("/admin/users/{}/disable", grace.id)).await.body;
        let (now, later) = page.split_once("<summary>1 person loses access later</summary>").unwrap_or_else(|| panic!("{page}"));
        assert_eq!([now, later].map(|part| part.matches("<summary>person loses").count()), [1, 2], "{page}");
        assert!(later.find("audit.read") < later.find("roles.read"), "the sooner one first");
    }

    async fn what_is_too_large_is_said_in_a_sentence(world: World) {
        let (ada, team) = crowded(&world).await;
        let mut browser = world.signed_in(&ada).await;
        let page = browser.get(&format!("/admin/groups/{}/delete", team.id)).await.body;
        let said = "This concerns 2,101 people: too many to work out one by one. They may gain or lose: users.read.";
        assert!(page.contains(said), "{page}");
        assert!(page.len() < 20_000, "{}", page.len());
    }

    async fn of_one_person_everywhere_the_lines_say_it_all(world: World) {
        let (ada, grace) = (world.set_up().await, world.add("grace", "").await);
        for permission in [READ, Permission::AuditRead] {
            give(&world, &lasting(Principal::User(grace.id), permission, Scope::Everywhere)).await;
        }
        let page = world.signed_in(&ada).await.get(&format!("/admin/users/{}/disable", grace.id)).await.body;
        assert_eq!(page.matches("person loses").count(), 1, "one line for both, and no summary: {page}");
    }

    async fn what_does_nothing_yet_says_why(world: World) {
        let (ada, a) = (world.set_up().await, tenant(&world, "a").await);
        let team = group(&world, "team", &a).await.id.to_string();
        let mut browser = world.signed_in(&ada).await;
        let form = [("group", team.as_str()), ("permission", "users.read"), ("tenant", "everywhere"), ("step", "preview")];
        let page = browser.post("/admin/grants/new", &form).await.body;
        assert!(page.contains("Nobody is in the group yet"), "{page}");
    }

    async fn a_refusal_names_what_is_lacking(world: World) {
        let a = tenant(&world, "a").await;
        let (grace, team) = (member(&world, "grace", &a).await, group(&world, "team", &a).await);
        put(&world, Principal::User(grace.id), &team).await;
        give(&world, &lasting(Principal::Group(team.id), READ, Scope::Everywhere)).await;
        let held = [Permission::GroupsUpdate, Permission::GroupsRead, Permission::GroupsDelete];
        holding(&world, "linus", &held).await;
        let mut browser = world.browser();
        browser.post("/signin", &[("email", "linus@example.com"), ("password", crate::support::PASSWORD)]).await;
        let path = format!("/admin/groups/{}/delete", team.id);
        assert!(browser.get(&path).await.body.contains("you lack users.read; ask somebody who may"));
        let answer = browser.post(&path, &[("version", "1")]).await;
        assert!(answer.status == 409 && answer.body.contains("you lack users.read;"), "{}", answer.body);
    }
}
