//! Contract 002: lists, page by page.

use axum::Router;
use castellan::{
    domain::commands::service_keys::{NewServiceKey, add_service_key},
    model::scope::Scope,
};
use serde_json::json;

use super::{
    Answer,
    management::{get, named, token, told},
};
use crate::{
    domain::stage::{member, role, tenant, unbounded},
    support::{World, on_both_engines},
};

const LISTS: [&str; 3] = ["/auth/users/list", "/auth/users/basic/list", "/auth/roles/list"];

async fn page(router: &Router, (path, query): (&str, &str), token: &str) -> Answer {
    get(router, &format!("{path}?{query}"), token).await
}

fn locators(answer: &Answer) -> Vec<String> {
    let items = answer.body.get("items").unwrap_or(&answer.body);
    items.as_array().unwrap().iter().map(|one| one["locator"].as_str().unwrap().to_owned()).collect()
}

/// How many there are on a page, and whether it is the last.
fn size(answer: &Answer) -> (usize, bool) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    (locators(answer).len(), answer.body["listCompleted"].as_bool().unwrap())
}

on_both_engines! {
    // 002-5, 002-6, 002-13, 002-R17, 002-R18, 002-R19
    async fn each_list_is_read_in_parts_and_bad_parameters_are_named(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = token(&world, &ada).await;
        // With the first administrator as many as there are built-in roles.
        for name in ["grace", "linus", "iris"] {
            world.add(name, "").await;
        }
        for path in LISTS {
            let all = get(&router, path, &admin).await;
            assert_eq!(size(&all), (4, true), "{path}");
            let mut parts = Vec::new();
            for (query, expected) in [("count=3", (3, false)), ("offset=3&count=3", (1, true)), ("offset=3&count=1", (1, true)), ("offset=2&count=1", (1, false)), ("offset=4", (0, true)), ("offset=2147483647&count=2147483647", (0, true)), ("count=4", (4, true)), ("offset=0&count=%34&more=x", (4, true))] {
                let part = page(&router, (path, query), &admin).await;
                assert_eq!(size(&part), expected, "{path}?{query}");
                if parts.len() < 4 {
                    parts.extend(locators(&part));
                }
            }
            assert_eq!(parts, locators(&all), "{path}: nothing twice, nothing left out");
            assert_eq!(page(&router, (path, "extended=false"), &admin).await.body, all.body["items"], "{path}");
            assert_eq!(page(&router, (path, "extended=false&offset=9"), &admin).await.body, json!([]), "{path}");
            assert_eq!(page(&router, (path, "extended=true"), &admin).await.body, all.body, "{path}");
            for (query, parameter) in [
                ("offset=-1", "offset"), ("offset=x", "offset"), ("offset=1.5", "offset"), ("offset=", "offset"), ("offset=2147483648", "offset"), ("offset=1&offset=1", "offset"),
                ("count=0", "count"), ("count=-5", "count"), ("count=1e2", "count"), ("count=", "count"), ("count=ten", "count"), ("count=1&count=2", "count"),
                ("extended=1", "extended"), ("extended=TRUE", "extended"), ("extended=", "extended"), ("extended=true&extended=true", "extended"),
            ] {
                assert_eq!(named(&page(&router, (path, query), &admin).await), (400, vec![parameter]), "{path}?{query}");
            }
            for query in ["offset=%00", "count=%ff", "more=%00"] {
                assert_eq!(told(&page(&router, (path, query), &admin).await), (400, "validation"), "{path}?{query}");
            }
        }
    }

    // 002-5, 002-6, 002-13, 002-R17
    async fn a_page_has_its_usual_size_and_at_most_its_cap(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = token(&world, &ada).await;
        for number in 0..101 {
            world.add(&format!("user{number}"), "").await;
            role(&world.operator(), &format!("Role {number}"), &["users.read"]).await;
        }
        for path in [LISTS[0], LISTS[2]] {
            assert_eq!(size(&get(&router, path, &admin).await), (50, false), "{path}");
            for count in ["100", "101", "1000", "2147483647"] {
                assert_eq!(size(&page(&router, (path, &format!("count={count}")), &admin).await), (100, false), "{path}?count={count}");
            }
        }
        assert_eq!(size(&get(&router, LISTS[1], &admin).await), (100, false));
        for (count, expected) in [("101", (101, false)), ("102", (102, true)), ("1000", (102, true)), ("1001", (102, true))] {
            assert_eq!(size(&page(&router, (LISTS[1], &format!("count={count}")), &admin).await), expected, "{count}");
        }
    }

    // 002-5, 002-6, 002-13, 002-R20
    async fn lists_go_by_creation_then_by_locator_and_show_people_and_roles_of_the_installation(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let admin = token(&world, &ada).await;
        let mut expected = vec![ada.id.to_string()];
        world.services.clock.advance(5);
        let mut together = Vec::new();
        for name in ["zoe", "linus", "abe"] {
            together.push(world.add(name, "").await.id.to_string());
        }
        together.sort();
        expected.extend(together);
        world.services.clock.advance(-3);
        expected.insert(1, world.add("iris", "").await.id.to_string());
        let key = NewServiceKey { tenant: a.id, name: "backup".into(), roles: Vec::new(), bounds: unbounded() };
        let program = add_service_key(&world.operator(), key).await.unwrap().0.user_id;
        for path in &LISTS[..2] {
            assert_eq!(locators(&get(&router, path, &admin).await), expected, "{path}");
        }
        for path in [format!("/auth/users/{program}"), format!("/auth/users/{program}/permissions")] {
            assert_eq!(told(&get(&router, &path, &admin).await), (404, "not_found"), "an account of a program is nobody");
        }
        assert_eq!(get(&router, &format!("/auth/users/username/{program}%40service.invalid"), &admin).await.body, json!([]));
        role(&world.operator(), "Zulu", &["users.read"]).await;
        world.services.clock.advance(1);
        role(&world.operator(), "Alpha", &["users.read"]).await;
        role(&world.operator().working_in(Scope::Tenant(a.id)), "of a tenant", &["users.read"]).await;
        let listed = get(&router, LISTS[2], &admin).await.body;
        let names: Vec<&str> = listed["items"].as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["admin", "appowner", "no-privileges", "read-only", "Zulu", "Alpha"]);
        let moment = |at: usize| listed["items"][at]["createdAt"].as_str().unwrap().to_owned();
        assert_eq!((moment(4).as_str(), moment(5).as_str()), ("2026-11-22T00:00:02Z", "2026-11-22T00:00:03Z"));
    }

    // 002-5, 002-6, 002-13
    async fn lists_read_as_little_for_many_as_for_few(world: World) {
        let (ada, router, a, b) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let admin = token(&world, &ada).await;
        let reads = async || {
            let mut reads = Vec::new();
            for path in LISTS {
                reads.push(get(&router, path, &admin).await.work.statements);
            }
            reads
        };
        let few = reads().await;
        for name in ["bea", "cyd", "dot", "eve", "fay"] {
            let one = member(&world, name, &a).await;
            crate::support::changes::add_member(&world.operator(), b.id, &one.login).await.unwrap();
            for suffix in ["reads", "lists"] {
                let made = role(&world.operator(), &format!("{name} {suffix}"), &["users.read", "users.list"]).await;
                world.give(&one, &made.name).await;
            }
        }
        assert_eq!(reads().await, few);
        assert!(few.iter().all(|statements| *statements <= 4), "{few:?}");
        let whole = get(&router, LISTS[0], &admin).await.body;
        assert_eq!(whole["items"][3]["roles"].as_array().map(Vec::len), Some(2), "{whole}");
        assert!(whole["items"].as_array().unwrap().iter().all(|one| one.get("permissions").is_none()));
    }
}
