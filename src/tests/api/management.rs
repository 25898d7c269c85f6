//! Contract 002: user management. A comment above each test cites the rows and rules that it shows.

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
};
use castellan::{
    domain::{
        clients::commands::AddClient,
        tokens::{commands::AddToken, input::NewToken},
        users::store::User,
    },
    model::{permission::Permission, principal::Principal, scope::Scope},
};
use serde_json::json;

use super::{Answer, send};
use crate::{
    domain::stage::{give, lasting, member, of_account, of_service, personal, role, tenant},
    support::{World, changes::*, on_both_engines},
};

/// A personal token of somebody.
pub async fn token(world: &World, user: &User) -> String {
    made(world, personal(user.id, None)).await
}

pub async fn made(world: &World, new: NewToken) -> String {
    let (add, value) = AddToken::prepare(&world.operator(), new);
    run(&world.operator(), add).await.unwrap();
    value
}

pub async fn asked(router: &Router, (method, path): (Method, &str), token: &str) -> Answer {
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    send(router, request.body(Body::empty()).unwrap()).await
}

pub async fn get(router: &Router, path: &str, token: &str) -> Answer {
    asked(router, (Method::GET, path), token).await
}

pub async fn sent(router: &Router, (method, path): (Method, &str), token: &str, body: &serde_json::Value) -> Answer {
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    send(router, request.header("content-type", "application/json").body(Body::from(body.to_string())).unwrap()).await
}

/// Its status and the code of its error, which has the family's shape.
pub fn told(answer: &Answer) -> (u16, &str) {
    assert_eq!(answer.body["httpStatus"], answer.status, "{}", answer.body);
    assert!(answer.body["requestUri"].as_str().unwrap().starts_with("/auth/"), "{}", answer.body);
    (answer.status, answer.body["apiErrorCode"].as_str().unwrap())
}

/// Its status and the members or parameters that it names.
pub fn named(answer: &Answer) -> (u16, Vec<&str>) {
    let fields = answer.body["fieldErrors"].as_array().unwrap_or_else(|| panic!("{}: {}", answer.status, answer.body));
    (told(answer).0, fields.iter().map(|field| field["field"].as_str().unwrap()).collect())
}

/// The path of somebody.
pub fn of(user: &User) -> String {
    format!("/auth/users/{}", user.id)
}

/// The same of what is only read.
fn refused(answer: &Answer) -> (u16, &str) {
    assert_eq!(answer.body["requestMethod"], "GET");
    told(answer)
}

/// Every operation there is, for somebody with this id.
fn operations(user: &User) -> Vec<String> {
    let id = user.id;
    let of_user = [format!("/auth/users/{id}"), format!("/auth/users/{id}/permissions")];
    let rest = [
        "/auth/users/whoami",
        "/auth/users/username/ada%40example.com",
        "/auth/users/list",
        "/auth/users/basic/list",
        "/auth/roles/list",
        "/auth/roles/permissions",
        "/auth/roles/0000000000000000000000ADM1",
    ];
    of_user.into_iter().chain(rest.map(str::to_owned)).collect()
}

on_both_engines! {
    // 002-2, 002-3, 002-4, 002-16, 002-R3, 002-R32
    async fn one_user_is_shown_with_what_they_may(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let iris = member(&world, "iris", &a).await;
        let support = role(&world.operator(), "Support", &["users.read", "users.list"]).await;
        world.give(&iris, &support.name).await;
        world.execute("update users set tenant_scope = 'list' where login = 'iris@example.com'").await;
        let (admin, hers) = (token(&world, &ada).await, token(&world, &iris).await);
        let expected = json!({
            "locator": iris.id, "firstName": "iris", "lastName": "", "userName": "iris@example.com",
            "tenants": [a.id], "roles": ["Support"], "permissions": ["users.list", "users.read"],
        });
        for path in ["/auth/users/whoami".to_owned(), format!("/auth/users/{}", iris.id)] {
            let answer = get(&router, &path, &hers).await;
            assert_eq!((answer.status, &answer.body), (200, &expected), "{path}");
        }
        assert_eq!(get(&router, &format!("/auth/users/{}", iris.id), &admin).await.body, expected);
        let named = get(&router, "/auth/users/username/IRIS%40example.com", &admin).await;
        assert_eq!(named.body, json!([expected]), "row 3, in any case");
        assert_eq!(get(&router, "/auth/users/username/nobody%40example.com", &admin).await.body, json!([]));
        assert_eq!(get(&router, &format!("/auth/users/{}/permissions", iris.id), &hers).await.body, json!(["users.list", "users.read"]));
        let unknown = uuid::Uuid::nil();
        assert_eq!(refused(&get(&router, &format!("/auth/users/{unknown}"), &admin).await), (404, "not_found"));
        let malformed = get(&router, "/auth/users/not-a-uuid", &admin).await;
        assert_eq!(refused(&malformed), (400, "validation"));
        assert_eq!(malformed.body["fieldErrors"][0]["field"], "locator");
        assert_eq!(refused(&get(&router, &format!("/auth/users/{}", ada.id), &hers).await), (404, "not_found"), "rule 3: outside of her tenants");
    }

    // 002-5, 002-6, 002-R17, 002-R18, 002-R19, 002-R20
    async fn users_are_listed_in_the_order_of_creation(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = token(&world, &ada).await;
        for name in ["grace", "linus"] {
            world.services.clock.advance(1);
            world.add(name, "").await;
        }
        let admin = &admin;
        let page = async |query: &str| get(&router, &format!("/auth/users/list?{query}"), admin).await.body;
        let names = |body: &serde_json::Value| body["items"].as_array().unwrap().iter().map(|user| user["firstName"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let first = page("offset=0&count=2").await;
        assert_eq!((first["listCompleted"].as_bool(), names(&first)), (Some(false), vec!["ada".into(), "grace".into()]));
        assert_eq!(first["items"][0]["roles"], json!(["admin"]));
        assert!(first["items"][0].get("permissions").is_none(), "left out in lists");
        let last = page("offset=2&count=1").await;
        assert_eq!((last["listCompleted"].as_bool(), names(&last)), (Some(true), vec!["linus".into()]));
        assert_eq!(page("offset=9").await, json!({"listCompleted": true, "items": []}));
        assert_eq!(page("extended=false&count=1").await.as_array().unwrap().len(), 1, "a bare array");
        assert_eq!(names(&page("count=100000").await).len(), 3, "above the cap is clamped");
        let basic = get(&router, "/auth/users/basic/list", admin).await.body;
        assert_eq!(basic["items"][1], json!({"locator": basic["items"][1]["locator"], "userName": "grace@example.com", "firstName": "grace", "lastName": ""}));
        for wrong in ["count=0", "offset=-1", "offset=x", "extended=maybe", "offset=1&offset=2"] {
            let answer = get(&router, &format!("/auth/users/list?{wrong}"), admin).await;
            assert_eq!(refused(&answer), (400, "validation"), "{wrong}");
        }
        let list = get(&router, "/auth/users/list", admin).await;
        assert_eq!(list.work.statements, 4, "who is calling, the users, where they belong, what they hold");
    }

    // 002-11, 002-13, 002-15, 002-R6, 002-R15, 002-R20, 002-R32
    async fn roles_of_the_installation_are_shown_with_their_patterns(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let admin = token(&world, &ada).await;
        let support = role(&world.as_user(&ada).await, "Support", &["users.read", "users.*"]).await;
        role(&world.operator().working_in(Scope::Tenant(a.id)), "of a tenant", &["users.read"]).await;
        let listed = get(&router, "/auth/roles/list", &admin).await.body;
        let names: Vec<_> = listed["items"].as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["admin", "appowner", "no-privileges", "read-only", "Support"]);
        let one = get(&router, &format!("/auth/roles/{}", support.id), &admin).await.body;
        assert_eq!((&one["version"], &one["createdBy"], &one["permissions"]), (&json!(1), &json!(ada.id), &json!(["users.*", "users.read"])));
        assert_eq!(listed["items"][0]["createdBy"], json!(ada.id), "rule 15");
        for unknown in ["01J9ZK3V7Q8X5T2M4N6P8R0S1A", "no-locator"] {
            assert_eq!(refused(&get(&router, &format!("/auth/roles/{unknown}"), &admin).await), (404, "not_found"));
        }
        let all = get(&router, "/auth/roles/permissions", &admin).await.body;
        assert_eq!(all.as_array().unwrap().len(), Permission::ALL.len());
        assert!(all.as_array().unwrap().is_sorted_by_key(|name| name.as_str()));
    }

    // 002-10, 002-12, 002-14, 002-R4, 002-R5, 002-R6, 002-R12, 002-R15, 002-R28
    async fn roles_are_made_changed_and_deleted(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = token(&world, &ada).await;
        let body = json!({"name": "Support", "description": "Reads users", "permissions": ["users.read", "users.list"]});
        let made = sent(&router, (Method::POST, "/auth/roles"), &admin, &body).await;
        assert_eq!((made.status, &made.body["version"], &made.body["createdBy"]), (200, &json!(1), &json!(ada.id)));
        assert_eq!(made.body["permissions"], json!(["users.list", "users.read"]));
        let path = format!("/auth/roles/{}", made.body["locator"].as_str().unwrap());
        let again = sent(&router, (Method::POST, "/auth/roles"), &admin, &body).await;
        assert_eq!((again.status, &again.body["apiErrorCode"]), (409, &json!("conflict")), "{}", again.body);
        let other = json!({"name": "SUPPORT", "description": "", "permissions": ["users.*", "users.read"]});
        assert_eq!(sent(&router, (Method::POST, "/auth/roles"), &admin, &other).await.status, 409, "whatever the case");
        let wild = json!({"name": "Wild", "description": "", "permissions": ["users.*", "users.read"]});
        let wild = sent(&router, (Method::POST, "/auth/roles"), &admin, &wild).await;
        assert_eq!(wild.body["permissions"], json!(["users.*", "users.read"]), "rule 6: as given");
        for (member, value) in [("permissions", json!(["*.read"])), ("permissions", json!(["nope.read"])), ("description", json!(null)),
            ("name", json!("")), ("name", json!("x".repeat(65))), ("description", json!("x".repeat(501))), ("permissions", json!("users.read")), ("name", json!(7))] {
            let mut wrong = json!({"name": "Other", "description": "", "permissions": ["users.read"]});
            wrong[member] = value;
            let answer = sent(&router, (Method::POST, "/auth/roles"), &admin, &wrong).await;
            assert_eq!((answer.status, &answer.body["fieldErrors"][0]["field"]), (400, &json!(member)), "{wrong}: {}", answer.body);
        }
        let update = json!({"name": "Support", "description": "Reads users and roles", "version": 1, "addPermissions": ["roles.read", "users.read"], "removePermissions": ["users.list", "audit.read"]});
        let changed = sent(&router, (Method::PATCH, &path), &admin, &update).await;
        assert_eq!((&changed.body["version"], &changed.body["permissions"]), (&json!(2), &json!(["roles.read", "users.read"])), "{}", changed.body);
        let stale = sent(&router, (Method::PATCH, &path), &admin, &update).await;
        assert_eq!((stale.status, &stale.body["apiErrorCode"]), (409, &json!("stale_version")), "rule 4");
        let both = json!({"name": "Support", "description": "", "version": 2, "addPermissions": ["audit.read"], "removePermissions": ["audit.read"]});
        assert_eq!(sent(&router, (Method::PATCH, &path), &admin, &both).await.status, 400, "rule 5");
        let built_in = json!({"name": "admin", "description": "", "version": 1, "addPermissions": [], "removePermissions": ["users.read"]});
        assert_eq!(sent(&router, (Method::PATCH, "/auth/roles/0000000000000000000000ADM1"), &admin, &built_in).await.status, 403);
        let iris = world.add("iris", "").await;
        world.give(&iris, "Support").await;
        let deleted = asked(&router, (Method::DELETE, &path), &admin).await;
        assert_eq!((deleted.status, deleted.body), (200, serde_json::Value::Null), "empty");
        assert_eq!(asked(&router, (Method::DELETE, &path), &admin).await.status, 404);
        assert_eq!(asked(&router, (Method::DELETE, "/auth/roles/0000000000000000000000RDNY"), &admin).await.status, 403, "rule 12");
        assert_eq!(get(&router, &format!("/auth/users/{}", iris.id), &admin).await.body["roles"], json!([]), "rule 12: nobody holds it");
        assert_eq!(crate::domain::stage::last(&world).await.actor_name, format!("{} (token mine)", ada.display_name), "the log says by which token");
    }

    // 002-9, 002-R13, 002-R26
    async fn a_user_is_deleted_and_nobody_deletes_themselves(world: World) {
        let (ada, router, grace) = (world.set_up().await, world.router("http://localhost"), world.add("grace", "").await);
        let admin = token(&world, &ada).await;
        let path = |user: &User| format!("/auth/users/{}", user.id);
        let deleted = asked(&router, (Method::DELETE, &path(&grace)), &admin).await;
        assert_eq!((deleted.status, deleted.body), (200, serde_json::Value::Null));
        assert_eq!(asked(&router, (Method::DELETE, &path(&grace)), &admin).await.status, 404);
        let own = asked(&router, (Method::DELETE, &path(&ada)), &admin).await;
        assert_eq!((own.status, &own.body["apiErrorCode"]), (409, &json!("conflict")), "rule 13");
        assert_eq!(asked(&router, (Method::DELETE, "/auth/users/none"), &admin).await.status, 400);
    }

    // 002-10, 002-R34
    async fn bad_bodies_are_told_and_change_nothing(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = token(&world, &ada).await;
        let before = crate::domain::state::all(&world).await;
        let post = |kind: &str, body: Vec<u8>| {
            let request = Request::post("/auth/roles").header("authorization", format!("Bearer {admin}"));
            request.header("content-type", kind.to_owned()).body(Body::from(body)).unwrap()
        };
        for (kind, body, status) in [
            ("text/plain", b"{}".to_vec(), 415),
            ("application/json", b"{".to_vec(), 400),
            ("application/json", b"[]".to_vec(), 400),
            ("application/json; charset=utf-8", b"{}".to_vec(), 400),
            ("application/json", vec![b'"', 0xff, b'"'], 400),
            ("application/json", vec![b'['; 60_000], 400),
            ("application/json", vec![b' '; 100_000], 413),
        ] {
            let answer = send(&router, post(kind, body)).await;
            assert_eq!((answer.status, answer.body["httpStatus"].as_u64()), (status, Some(status.into())), "{kind}: {}", answer.body);
        }
        assert_eq!(crate::domain::state::all(&world).await, before);
    }

    // 002-R31, 002-R33
    async fn no_operation_is_open_without_a_token_that_is_taken_and_the_permission(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let nobody = member(&world, "nobody", &a).await;
        let (add, secret) = AddClient::prepare(&world.operator(), of_service(a.id, "ci"));
        let client = run(&world.operator(), add).await.unwrap();
        let form = format!("grant_type=client_credentials&client_id={}&client_secret={secret}", client.id);
        let form = Request::post("/oauth/v1/token").header("content-type", "application/x-www-form-urlencoded").body(Body::from(form));
        let of_client = send(&router, form.unwrap()).await.body["access_token"].as_str().unwrap().to_owned();
        let wrong_kind = made(&world, of_account((nobody.id, a.id), "ci")).await;
        let (powerless, disabled) = (token(&world, &nobody).await, token(&world, &ada).await);
        let own = |path: &str| path.ends_with("/whoami");
        for path in operations(&ada) {
            for bad in ["", "cst_none", &wrong_kind, &of_client] {
                let answer = get(&router, &path, bad).await;
                assert_eq!(refused(&answer), (401, "unauthenticated"), "{path}");
                assert_eq!(answer.header("www-authenticate"), "Bearer");
            }
            let answer = get(&router, &path, &powerless).await;
            let expected = if own(&path) { 200 } else { 403 };
            assert_eq!(answer.status, expected, "{path}: {}", answer.body);
            assert_eq!(get(&router, &path, &disabled).await.status, 200, "{path}");
        }
        let body = json!({"name": "x", "description": "", "permissions": [], "version": 1, "addPermissions": [], "removePermissions": []});
        for (method, path) in [(Method::POST, "/auth/roles"), (Method::PATCH, "/auth/roles/none"), (Method::DELETE, "/auth/roles/none"), (Method::DELETE, "/auth/users/none")] {
            for (bad, status) in [("", 401), (wrong_kind.as_str(), 401), (of_client.as_str(), 401), (powerless.as_str(), 403)] {
                assert_eq!(sent(&router, (method.clone(), path), bad, &body).await.status, status, "{method} {path}");
            }
        }
        world.execute("update tokens set disabled_at = 1 where kind = 'personal'").await;
        for path in operations(&ada) {
            assert_eq!(get(&router, &path, &disabled).await.status, 401, "{path}");
        }
    }

    // 002-3, 002-4, 002-5, 002-R3
    async fn whoever_may_in_one_tenant_sees_its_people_only(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (grace, linus) = (member(&world, "grace", &a).await, member(&world, "linus", &b).await);
        give(&world, &lasting(Principal::User(grace.id), Permission::UsersRead, Scope::Tenant(a.id))).await;
        let hers = token(&world, &grace).await;
        let listed = get(&router, "/auth/users/list", &hers).await.body;
        assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
        for hidden in [&ada, &linus] {
            assert_eq!(refused(&get(&router, &format!("/auth/users/{}", hidden.id), &hers).await), (404, "not_found"));
        }
        assert_eq!(get(&router, "/auth/users/username/linus%40example.com", &hers).await.body, json!([]));
        let narrow = made(&world, personal(grace.id, Some(a.id))).await;
        assert_eq!(get(&router, "/auth/users/list", &narrow).await.body, listed, "bound to the tenant it is the same");
    }

    // 002-R35
    async fn methods_unknown_paths_and_options_are_told_in_the_familys_way(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = token(&world, &ada).await;
        for path in ["/auth", "/auth/nothing", "/auth/users/a/b/c"] {
            let answer = get(&router, path, &admin).await;
            assert_eq!((answer.status, &answer.body["apiErrorCode"]), (404, &json!("not_found")), "{path}");
        }
        let answer = asked(&router, (Method::PUT, "/auth/users/list"), &admin).await;
        assert_eq!((answer.status, &answer.body["apiErrorCode"]), (405, &json!("method_not_allowed")));
        assert_eq!(answer.header("allow"), "GET,HEAD");
        let answer = asked(&router, (Method::OPTIONS, "/auth/users/list"), "").await;
        assert_eq!((answer.status, answer.header("allow")), (204, "GET,HEAD"));
        assert_eq!(answer.header("access-control-allow-origin"), "");
        let head = asked(&router, (Method::HEAD, "/auth/users/list"), &admin).await;
        assert_eq!((head.status, head.body), (200, serde_json::Value::Null), "as GET, without its body");
        let large = Request::get("/auth/users/list").body(Body::from(vec![b'x'; 100_000])).unwrap();
        let answer = send(&router, large).await;
        assert_eq!((answer.status, &answer.body["apiErrorCode"]), (413, &json!("too_large")));
    }
}
