//! Who reaches what. Walks the route table, from which the router itself is made: a route can't be missing here.

use castellan::{
    model::permission::PermissionSet,
    ui::{Access, ROUTES, Route},
};

use super::places::Places;
use crate::support::{Browser, World, on_both_engines};

async fn visit(browser: &mut Browser, route: &Route, places: &Places) -> u16 {
    let form = [
        ("action", "disable"),
        ("user", places.user.as_str()),
        ("role", "0000000000000000000000ADM1"),
        ("first_name", "Mallory"),
        ("email", "mallory@example.com"),
        ("name", "mallory"),
        ("pattern", "*.*"),
        ("version", "1"),
        ("to", "1"),
    ];
    match route.method {
        "get" => browser.get(&places.page(route)).await.status,
        _ => browser.post(&places.path(route), &form).await.status,
    }
}

/// What nobody without a right may do: write anything at all.
async fn state(world: &World) -> (i64, i64, i64, i64) {
    (
        world.count("select cast(sum(version) as bigint) from roles").await,
        world.count("select count(*) from users").await,
        world.count("select cast(sum(version) as bigint) from users").await,
        world.count("select count(*) from grants").await,
    )
}

on_both_engines! {
    async fn strangers_reach_public_routes_only(world: World) {
        let ada = Places::make(&world, &world.set_up().await).await;
        let before = state(&world).await;
        for route in ROUTES.iter().filter(|route| route.access != Access::Public) {
            let answer = visit(&mut world.browser(), route, &ada).await;
            assert_eq!(answer, 303, "{route:?}");
            assert_eq!(visit(&mut world.browser().island(), route, &ada).await, 401, "{route:?}");
        }
        assert_eq!(state(&world).await, before);
    }

    async fn whoever_has_no_role_reaches_nothing_that_needs_one(world: World) {
        let ada = Places::make(&world, &world.set_up().await).await;
        let grace = world.add("grace", "Hopper").await;
        let before = state(&world).await;
        let mut browser = world.signed_in(&grace).await;
        for route in ROUTES.iter().filter(|route| matches!(route.access, Access::Needs(_))) {
            assert_eq!(visit(&mut browser, route, &ada).await, 403, "{route:?}");
        }
        let answer = browser.island().get("/admin/users/rows").await;
        assert!(answer.status == 403 && answer.body.contains("users.list"), "{}", answer.body);
        assert_eq!(state(&world).await, before);
    }

    async fn each_route_needs_exactly_the_permission_it_names(world: World) {
        let ada = Places::make(&world, &world.set_up().await).await;
        let reader = world.add_with_role("grace", "read-only").await;
        let readable = PermissionSet::from_patterns(world.patterns("read-only").await.iter().map(String::as_str));
        let mut browser = world.signed_in(&reader).await;
        for route in ROUTES {
            let Access::Needs(permission) = route.access else { continue };
            let expected = match (readable.contains(permission), route.method) {
                (false, _) => 403,
                (true, "get") => 200,
                (true, _) => 303,
            };
            let answer = visit(&mut browser, route, &ada).await;
            assert_eq!(answer, expected, "{route:?}");
        }
    }

    async fn a_lost_permission_counts_on_the_next_request(world: World) {
        world.set_up().await;
        let reader = world.add_with_role("grace", "read-only").await;
        let mut browser = world.signed_in(&reader).await;
        assert_eq!(browser.get("/admin/users").await.status, 200);
        world.execute("update grants set expires_at = 1 where user_id = (select id from users where login = 'grace@example.com')").await;
        assert_eq!(browser.get("/admin/users").await.status, 403);
    }

    async fn what_is_not_there_is_not_found(world: World) {
        let ada = world.set_up().await;
        let mut browser = world.signed_in(&ada).await;
        for path in ["/admin/nothing", "/admin/users/01a2016a-fa5c-71e0-b490-b29a1e32cc60", "/admin/users/nonsense", "/pkg/nothing.js", "/pkg/..%2f..%2fCargo.toml"] {
            assert_eq!(browser.get(path).await.status, 404, "{path}");
        }
    }
}
