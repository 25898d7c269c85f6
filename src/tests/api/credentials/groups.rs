//! Rows about subscriber groups.

use super::*;
use crate::{
    domain::{
        stage::{group, tenant},
        state,
    },
    support::on_both_engines,
};

on_both_engines! {
    // 000-7, 000-9, 000-10, 000-11, 000-R18, 000-R22
    async fn a_group_is_made_shown_changed_and_deleted(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, ada) = admin(&world, "ada", &a).await;
        let made = post(&router, GROUPS, &ada, &json!({"name": " Harbour ", "more": {}})).await;
        let expected = json!({"id": made.body["id"], "name": "Harbour", "description": null, "tenantId": a.id, "createdAt": THEN, "updatedAt": THEN});
        assert_eq!((made.status, &made.body), (201, &expected));
        assert_eq!(events(&world).await[0], "groups.add");
        let path = format!("{GROUPS}/{}", made.body["id"].as_str().unwrap());
        let shown = get(&router, &path, &ada).await;
        assert_eq!((shown.status, &shown.body), (200, &expected));
        world.services.clock.advance(1);
        let changed = patch(&router, &path, &ada, &json!({"description": "Cranes and quays"})).await;
        let expected = with(expected, json!({"description": "Cranes and quays", "updatedAt": "2026-11-22T00:00:01Z"}));
        assert_eq!((changed.status, &changed.body), (200, &expected));
        assert_eq!(events(&world).await[0], "groups.update");
        let renamed = patch(&router, &path, &ada, &json!({"name": "Port"})).await.body;
        assert_eq!((&renamed["name"], &renamed["description"]), (&json!("Port"), &json!("Cranes and quays")), "what isn't named stays");
        let before = state::all(&world).await;
        for empty in [json!({}), json!({"tenantId": NOTHING}), json!({"name": null, "description": null})] {
            assert_eq!(refused(&patch(&router, &path, &ada, &empty).await), (400, "no_fields"), "{empty}");
        }
        assert_eq!(state::all(&world).await, before);
        let deleted = delete(&router, &path, &ada).await;
        assert_eq!((deleted.status, deleted.body), (204, Value::Null));
        assert_eq!(events(&world).await[0], "groups.delete");
        assert_eq!(refused(&delete(&router, &path, &ada).await), (404, "not_found"));
        assert_eq!(refused(&get(&router, &path, &ada).await), (404, "not_found"));
    }

    // 000-7, 000-10, 000-R26
    async fn whatever_is_wrong_with_a_group_is_named_and_nothing_is_changed(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let ((_, ada), (_, grace)) = (admin(&world, "ada", &a).await, admin(&world, "grace", &b).await);
        let (one, two) = (group(&world, "one", &a).await, group(&world, "two", &a).await);
        let path = format!("{GROUPS}/{}", two.id);
        let before = state::all(&world).await;
        for (member, value) in [("name", json!("")), ("name", json!("x".repeat(101))), ("name", json!(7)), ("name", json!("a\u{0}b")), ("description", json!("x".repeat(501))), ("description", json!(["x"]))] {
            for answer in [post(&router, GROUPS, &ada, &with(json!({"name": "three"}), json!({member: value}))).await, patch(&router, &path, &ada, &json!({member: value})).await] {
                assert_eq!(wrong(&answer), (400, member), "{value}");
            }
        }
        assert_eq!(wrong(&post(&router, GROUPS, &ada, &json!({"description": "x"})).await), (400, "name"));
        for taken in ["one", "ONE", " One "] {
            assert_eq!(refused(&post(&router, GROUPS, &ada, &json!({"name": taken})).await), (409, "conflict"), "{taken}");
            assert_eq!(refused(&patch(&router, &path, &ada, &json!({"name": taken})).await), (409, "conflict"), "{taken}");
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(post(&router, GROUPS, &grace, &json!({"name": "one"})).await.status, 201, "of another tenant");
        let longest = json!({"name": "x".repeat(100), "description": "y".repeat(500)});
        assert_eq!(post(&router, GROUPS, &ada, &longest).await.status, 201);
        assert_eq!(get(&router, &format!("{GROUPS}/{}", one.id), &ada).await.body["name"], "one");
    }

    // 000-8, 000-R19, 000-R20, 000-R21
    async fn a_list_goes_by_age_in_pages(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let (_, ada) = admin(&world, "ada", &a).await;
        assert_eq!(get(&router, GROUPS, &ada).await.body, json!({"content": [], "number": 0, "size": 0, "totalElements": 0, "totalPages": 0}));
        group(&world, "elsewhere", &b).await;
        for name in ["zeta", "alpha", "mid"] {
            world.services.clock.advance(1);
            group(&world, name, &a).await;
        }
        let page = async |query: &str| get(&router, &format!("{GROUPS}?{query}"), &ada).await;
        let whole = page("").await;
        assert_eq!((whole.status, named(&whole, "name"), counts(&whole)), (200, vec!["zeta", "alpha", "mid"], [0, 3, 3, 1]));
        assert_eq!(whole.body["content"][0].as_object().unwrap().len(), 6);
        assert!(whole.work.statements <= 7, "{:?}", whole.work);
        let second = page("page=1&size=2").await;
        assert_eq!((named(&second, "name"), counts(&second)), (vec!["mid"], [1, 1, 3, 2]));
        assert_eq!(counts(&page("page=5&size=2").await), [5, 0, 3, 2]);
        for number in 3..51 {
            group(&world, &format!("group {number}"), &a).await;
        }
        assert_eq!(counts(&page("").await), [0, 50, 51, 2], "50 where no size is named");
        assert_eq!(counts(&page("size=100").await), [0, 51, 51, 1]);
        for (query, parameter) in [("page=-1", "page"), ("page=a", "page"), ("page=99999999999999999999", "page"), ("size=0", "size"), ("size=101", "size"), ("size=2.0", "size")] {
            assert_eq!(wrong(&page(query).await), (400, parameter), "{query}");
        }
    }

    // 000-11
    async fn a_group_that_somebody_or_a_program_is_in_stays(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, ada) = admin(&world, "ada", &a).await;
        let (people, programs) = (group(&world, "people", &a).await, group(&world, "programs", &a).await);
        let grace = member(&world, "grace", &a).await;
        put(&world, Principal::User(grace.id), &people).await;
        let one = program(&world, &router, (ClientRole::ApiAppowner, &a, &[&programs])).await;
        let before = state::all(&world).await;
        for group in [&people, &programs] {
            assert_eq!(refused(&delete(&router, &format!("{GROUPS}/{}", group.id), &ada).await), (409, "group_not_empty"));
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(patch(&router, &format!("{USERS}/{}", grace.id), &ada, &json!({"subscriberGroups": []})).await.status, 200);
        assert_eq!(delete(&router, &one.path(), &ada).await.status, 204);
        for group in [&people, &programs] {
            assert_eq!(delete(&router, &format!("{GROUPS}/{}", group.id), &ada).await.status, 204);
        }
    }

    // 000-9, 000-R24
    async fn whoever_works_for_a_group_sees_it_and_no_other(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let (mine, others, elsewhere) = (group(&world, "mine", &a).await, group(&world, "others", &a).await, group(&world, "elsewhere", &b).await);
        let ((_, ada), (_, grace)) = (admin(&world, "ada", &a).await, owner(&world, "grace", (&a, &[&mine])).await);
        let one = program(&world, &router, (ClientRole::ApiAppowner, &a, &[&mine])).await;
        let path = |group: &Group| format!("{GROUPS}/{}", group.id);
        for token in [&grace, &one.token] {
            assert_eq!(get(&router, &path(&mine), token).await.body["name"], "mine");
            assert_eq!(refused(&get(&router, &path(&others), token).await), (404, "not_found"));
            assert_eq!(refused(&get(&router, GROUPS, token).await), (403, "forbidden"));
            assert_eq!(refused(&patch(&router, &path(&mine), token, &json!({"name": "x"})).await), (403, "forbidden"));
            assert_eq!(refused(&delete(&router, &path(&mine), token).await), (403, "forbidden"));
        }
        for token in [&ada, &grace, &one.token] {
            assert_eq!(refused(&get(&router, &path(&elsewhere), token).await), (404, "not_found"));
            assert_eq!(wrong(&get(&router, &format!("{GROUPS}/x"), token).await), (400, "id"));
        }
        for answer in [patch(&router, &path(&elsewhere), &ada, &json!({"name": "x"})).await, delete(&router, &path(&elsewhere), &ada).await] {
            assert_eq!(refused(&answer), (404, "not_found"));
        }
        for answer in [patch(&router, &format!("{GROUPS}/x"), &ada, &json!({"name": "x"})).await, delete(&router, &format!("{GROUPS}/x"), &ada).await] {
            assert_eq!(wrong(&answer), (400, "id"));
        }
    }
}
