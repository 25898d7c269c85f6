//! Who reaches what. Walks the route table, from which the router itself is made: a route can't be missing here.

use crate::{
    domain::stage::role,
    support::{Browser, World, on_both_engines},
};
use castellan::{
    http::access::{Access, rule},
    model::permission::Permission,
};
use leptos::server_fn::axum::server_fn_paths;

use super::places::{Places, Route, routes};

/// A request that changed something which can be taken back.
const REQUEST: &str = "01a2016a-fa5c-71e0-b490-b29a1e32cc60";

async fn visit(browser: &mut Browser, route: &Route, places: &Places) -> u16 {
    let form = [
        ("action", "disable"),
        ("role", "0000000000000000000000ADM1"),
        ("first_name", "Mallory"),
        ("email", "mallory@example.com"),
        ("name", "mallory"),
        ("pattern", "*.*"),
        // So nothing that others of the walk need is changed.
        ("version", "9"),
        ("to", "1"),
        ("request", REQUEST),
    ];
    if !route.is_function() {
        return browser.get(&places.page(route.path)).await.status;
    }
    let mut fields = places.named(route.path);
    fields.extend(form.map(|(name, text)| (name, text.to_owned())));
    browser.send("POST", route.path, serde_urlencoded::to_string(fields).unwrap()).await.status
}

/// The permissions that a route needs, where it needs any: those it names, and that of the change which [`visit`] asks for.
fn needed(route: &Route) -> Option<Vec<Permission>> {
    let change = if route.path.contains("bulk") { Permission::UsersRevoke } else { Permission::UsersUpdateRoles };
    match route.access {
        Access::Needs(named) => Some(named.to_vec()),
        Access::NeedsWithChange(named) => Some(named.iter().copied().chain([change]).collect()),
        Access::Public | Access::SignedIn => None,
    }
}

#[test]
fn no_function_is_without_a_rule_and_no_page_hides_another() {
    let without: Vec<_> = server_fn_paths().map(|(path, _)| path).filter(|path| rule(path).is_none()).collect();
    assert_eq!(without, Vec::<&str>::new());
    assert!(server_fn_paths().count() > 50, "they are found");
    let fits = |pattern: &str, path: &str| {
        let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
        pattern.len() == path.len() && pattern.iter().zip(&path).all(|(p, q)| p == q || p.starts_with(':'))
    };
    let pages = castellan::app::PAGES;
    for (n, (path, _)) in pages.iter().enumerate() {
        assert!(pages[..n].iter().all(|(before, _)| !fits(before, path)), "{path} is never reached");
    }
}

/// A browser of somebody who holds these, everywhere.
async fn holder(world: &World, first: &str, permissions: &[Permission]) -> Browser {
    let user = world.add(first, "").await;
    let patterns: Vec<&str> = permissions.iter().map(|permission| permission.name()).collect();
    let held = role(&world.operator(), first, &patterns).await;
    world.give(&user, &held.name).await;
    world.signed_in(&user).await
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
        for route in routes().iter().filter(|route| route.access != Access::Public) {
            let answer = visit(&mut world.browser(), route, &ada).await;
            assert_eq!(answer, 303, "{route:?}");
            if route.is_function() {
                assert_eq!(visit(&mut world.browser().island(), route, &ada).await, 401, "{route:?}");
            }
        }
        assert_eq!(state(&world).await, before);
    }

    async fn whoever_has_no_role_reaches_nothing_that_needs_one(world: World) {
        let ada = Places::make(&world, &world.set_up().await).await;
        let grace = world.add("grace", "Hopper").await;
        let before = state(&world).await;
        let mut browser = world.signed_in(&grace).await;
        for route in routes().iter().filter(|route| needed(route).is_some()) {
            assert_eq!(visit(&mut browser, route, &ada).await, 403, "{route:?}");
        }
        let answer = browser.island().send("POST", "/fn/users/list", "{}".into()).await;
        assert!(answer.status == 403 && answer.body.contains("users.list"), "{}", answer.body);
        assert_eq!(state(&world).await, before);
    }

    async fn each_route_needs_exactly_the_permissions_it_names(world: World) {
        let ada = Places::make(&world, &world.set_up().await).await;
        world.execute_text(format!("update events set request_id = '{REQUEST}' where seq = (select max(seq) from events where action = 'grants.give')")).await;
        let mut wrong = Vec::new();
        for (n, route) in routes().iter().enumerate() {
            let Some(named) = needed(route) else { continue };
            let mut browser = holder(&world, &format!("all{n}"), &named).await;
            let answer = visit(&mut browser, route, &ada).await;
            // A group is not in itself.
            let there = answer != 404 || route.path.contains("/groups/:group/");
            if answer >= 500 || answer == 403 || !there {
                wrong.push(format!("{route:?}: {answer}"));
            }
            for (m, missing) in named.iter().enumerate() {
                let others: Vec<_> = Permission::ALL.iter().copied().filter(|held| held != missing).collect();
                let mut browser = holder(&world, &format!("some{n}x{m}"), &others).await;
                match visit(&mut browser, route, &ada).await {
                    403 => {}
                    answer => wrong.push(format!("{route:?} without {missing:?}: {answer}")),
                }
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
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
