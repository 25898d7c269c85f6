//! Contract 002: rules about roles.

use axum::{Router, http::Method};
use castellan::model::{permission::Permission, principal::Principal, scope::Scope};
use serde_json::{Value, json};

use super::{
    Answer,
    management::{asked, get, named, sent, token, told},
};
use crate::{
    domain::{
        stage::{give, lasting, role, tenant},
        state,
    },
    support::{World, on_both_engines},
};

const ROLES: &str = "/auth/roles";

async fn create(router: &Router, token: &str, body: Value) -> Answer {
    sent(router, (Method::POST, ROLES), token, &body).await
}

async fn patch(router: &Router, path: &str, token: &str, body: &Value) -> Answer {
    sent(router, (Method::PATCH, path), token, body).await
}

/// A change of a role to this name, from this version.
fn update(name: &str, version: i64, (add, remove): (&[&str], &[&str])) -> Value {
    json!({"name": name, "description": "", "version": version, "addPermissions": add, "removePermissions": remove})
}

on_both_engines! {
    // 002-12, 002-R4
    async fn of_two_changes_at_once_one_is_made(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = token(&world, &ada).await;
        let path = format!("{ROLES}/{}", role(&world.operator(), "Support", &["users.read"]).await.id);
        let (one, two) = (update("Support", 1, (&["users.list"], &[])), update("Support", 1, (&["audit.read"], &[])));
        let answers = tokio::join!(patch(&router, &path, &admin, &one), patch(&router, &path, &admin, &two));
        let (done, refused) = if answers.0.status == 200 { answers } else { (answers.1, answers.0) };
        assert_eq!((done.status, &done.body["version"]), (200, &json!(2)), "{}", done.body);
        assert_eq!(told(&refused), (409, "stale_version"));
        let shown = get(&router, &path, &admin).await.body;
        assert_eq!(shown, done.body);
        assert_eq!(shown["permissions"].as_array().unwrap().len(), 2, "{shown}");
        let before = state::all(&world).await;
        for other in [0, 1, 3, -1, i64::MAX, i64::MIN] {
            assert_eq!(told(&patch(&router, &path, &admin, &update("Support", other, (&[], &[]))).await), (409, "stale_version"), "{other}");
        }
        assert_eq!(state::all(&world).await, before);
    }

    // 002-10, 002-12, 002-R5, 002-R28, 002-R34
    async fn a_role_has_a_name_of_its_own_and_something_that_it_allows(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = token(&world, &ada).await;
        let path = format!("{ROLES}/{}", role(&world.operator(), "Support", &["users.*", "users.read"]).await.id);
        role(&world.operator(), "Front desk", &["users.read"]).await;
        let before = state::all(&world).await;
        let many: Vec<&str> = ["users.read"].into_iter().cycle().take(101).collect();
        for permissions in [json!([]), json!(many), json!(["users.read", "*.read"]), json!(["*"]), json!([""]), json!(["Users.read"]), json!(["users.read "]), json!(null)] {
            let answer = create(&router, &admin, json!({"name": "New", "description": "", "permissions": permissions})).await;
            assert_eq!(named(&answer), (400, vec!["permissions"]), "{permissions}");
        }
        for name in ["front DESK", "Support", "ADMIN"] {
            let answer = create(&router, &admin, json!({"name": name, "description": "", "permissions": ["users.read"]})).await;
            assert_eq!(told(&answer), (409, "conflict"), "{name}");
        }
        let fields = |answer: &Answer| named(answer).1.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>();
        assert_eq!(fields(&create(&router, &admin, json!({})).await), ["name", "description", "permissions"], "everything at once");
        assert_eq!(fields(&patch(&router, &path, &admin, &json!({})).await), ["name", "description", "version", "addPermissions", "removePermissions"]);
        for (member, value) in [
            ("name", json!("")), ("name", json!("x".repeat(65))), ("name", json!("a\u{7}")), ("description", json!("x".repeat(501))), ("description", json!(null)), ("version", json!("1")), ("version", json!(1.5)), ("version", json!(null)),
            ("addPermissions", json!(["*.read"])), ("addPermissions", json!(["nope.read"])), ("addPermissions", json!(null)), ("addPermissions", json!(["users.read"])), ("removePermissions", json!(["*.read"])), ("removePermissions", json!([7])),
        ] {
            let mut body = update("Support", 1, (&[], &["users.read"]));
            body[member] = value.clone();
            assert_eq!(named(&patch(&router, &path, &admin, &body).await), (400, vec![member]), "{member} {value}");
        }
        assert_eq!(named(&patch(&router, &path, &admin, &update("Support", 1, (&[], &["users.read", "users.*"]))).await), (400, vec!["permissions"]), "nothing is left over");
        assert_eq!(told(&patch(&router, &path, &admin, &update("FRONT desk", 1, (&[], &[]))).await), (409, "conflict"));
        assert_eq!(state::all(&world).await, before);
        let kept = patch(&router, &path, &admin, &update("SUPPORT", 1, (&["users.*"], &["users.read", "audit.read"]))).await;
        assert_eq!((kept.status, &kept.body["name"], &kept.body["permissions"], &kept.body["version"]), (200, &json!("SUPPORT"), &json!(["users.*"]), &json!(2)), "{}", kept.body);
    }

    // 002-11, 002-12, 002-14, 002-R12, 002-R20
    async fn built_in_roles_stay_and_those_of_tenants_are_not_there(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let admin = token(&world, &ada).await;
        let of_tenant = role(&world.operator().working_in(Scope::Tenant(a.id)), "of a tenant", &["users.read"]).await.id.to_string();
        let before = state::all(&world).await;
        for (id, name) in [("0000000000000000000000ADM1", "admin"), ("0000000000000000000000RDNY", "read-only")] {
            let path = format!("{ROLES}/{id}");
            assert_eq!(get(&router, &path, &admin).await.body["name"], name);
            let version = get(&router, &path, &admin).await.body["version"].as_i64().unwrap();
            for name in [name, "Other"] {
                assert_eq!(told(&patch(&router, &path, &admin, &update(name, version, (&["users.list"], &[]))).await), (403, "forbidden"), "{name}");
            }
            assert_eq!(told(&asked(&router, (Method::DELETE, &path), &admin).await), (403, "forbidden"), "{name}");
        }
        for id in [of_tenant.as_str(), "01J9ZK3V7Q8X5T2M4N6P8R0S1A", "nothing-like-it", "%00", "..%2flist"] {
            let path = format!("{ROLES}/{id}");
            assert_eq!(told(&get(&router, &path, &admin).await), (404, "not_found"), "{id}");
            assert_eq!(told(&patch(&router, &path, &admin, &update("Other", 1, (&["users.list"], &[]))).await), (404, "not_found"), "{id}");
            assert_eq!(told(&asked(&router, (Method::DELETE, &path), &admin).await), (404, "not_found"), "{id}");
        }
        let given = sent(&router, (Method::PATCH, &format!("/auth/users/{}/roles", ada.id)), &admin, &json!({"addRoles": [of_tenant], "removeRoles": []})).await;
        assert_eq!(named(&given), (400, vec!["addRoles"]));
        assert_eq!(state::all(&world).await, before);
    }

    // 002-10, 002-12, 002-R9
    async fn nobody_makes_a_role_that_allows_more_than_they_may(world: World) {
        let (_, router, grace) = (world.set_up().await, world.router("http://localhost"), world.add("grace", "").await);
        for permission in [Permission::RolesAdd, Permission::RolesUpdate, Permission::UsersRead] {
            give(&world, &lasting(Principal::User(grace.id), permission, Scope::Everywhere)).await;
        }
        let (hers, path) = (token(&world, &grace).await, format!("{ROLES}/{}", role(&world.operator(), "Support", &["users.read"]).await.id));
        let before = state::all(&world).await;
        for more in ["users.list", "users.*", "*.*"] {
            let made = create(&router, &hers, json!({"name": "New", "description": "", "permissions": ["users.read", more]})).await;
            assert_eq!(told(&made), (403, "forbidden"), "{more}");
            assert_eq!(told(&patch(&router, &path, &hers, &update("Support", 1, (&[more], &[]))).await), (403, "forbidden"), "{more}");
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(create(&router, &hers, json!({"name": "New", "description": "", "permissions": ["users.read"]})).await.status, 200);
        assert_eq!(patch(&router, &path, &hers, &update("Support", 1, (&["roles.add"], &[]))).await.status, 200);
    }

    // 002-R32, 002-R35
    async fn words_of_the_paths_are_never_read_as_locators(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = token(&world, &ada).await;
        let body = json!({"firstName": "x", "lastName": "y", "tenants": [], "name": "x", "description": "", "version": 1, "addPermissions": [], "removePermissions": []});
        for path in ["/auth/users/whoami", "/auth/users/list", "/auth/users/basic/list", "/auth/users/username/ada", "/auth/roles/list", "/auth/roles/permissions"] {
            for method in [Method::PATCH, Method::DELETE, Method::POST, Method::PUT] {
                let answer = sent(&router, (method.clone(), path), &admin, &body).await;
                assert_eq!((told(&answer), answer.header("allow")), ((405, "method_not_allowed"), "GET,HEAD"), "{method} {path}");
            }
            let (head, whole) = (asked(&router, (Method::HEAD, path), &admin).await, get(&router, path, &admin).await);
            assert_eq!((head.status, &head.body, whole.status), (200, &Value::Null, 200), "{path}");
            assert!(!whole.header("x-request-id").is_empty());
        }
    }
}
