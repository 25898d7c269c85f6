//! Contract 002: which tokens are taken and for how long, what answers never say, and what the log keeps.

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
};
use castellan::{
    domain::{
        audit::{list::list, query::EventQuery},
        clients::commands::AddClient,
        commands::service_keys::{NewServiceKey, add_service_key},
        key_pairs::commands::AddKeyPair,
        secrets::{hex, hmac},
        tokens::input::{NewToken, TokenBounds},
    },
    model::{permission::Permission, principal::Principal, scope::Scope},
};
use serde_json::{Value, json};

use super::{
    credentials::{access, signed_in},
    management::{asked, get, made, named, of, sent, token, told},
    send,
};
use crate::{
    domain::{
        stage::{give, lasting, member, of_account, of_key_pair, of_service, personal, role, tenant, unbounded},
        state,
    },
    support::{PASSWORD, World, changes::*, on_both_engines},
};

const WHOAMI: &str = "/auth/users/whoami";
const LIST: &str = "/auth/users/list";
const NEW: &str = "seven-green-umbrellas";

/// The status of a request with these headers.
async fn with(router: &Router, headers: &[(&str, &str)]) -> (u16, String) {
    let request = headers.iter().fold(Request::get(WHOAMI), |request, (name, value)| request.header(*name, *value));
    let answer = send(router, request.body(Body::empty()).unwrap()).await;
    (answer.status, answer.header("www-authenticate").to_owned())
}

on_both_engines! {
    // 002-R16
    async fn a_personal_token_allows_part_of_what_its_owner_may_and_ends(world: World) {
        let (_, router) = (world.set_up().await, world.router("http://localhost"));
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (grace, linus, iris) = (member(&world, "grace", &a).await, member(&world, "linus", &a).await, member(&world, "iris", &b).await);
        let support = role(&world.operator(), "Support", &["users.read", "roles.read"]).await;
        let grant = world.give(&grace, &support.name).await;
        let bounded = |permissions: &[&str], tenant, expires_at| {
            let permissions = permissions.iter().map(|&name| name.to_owned()).collect();
            NewToken { bounds: TokenBounds { permissions, expires_at, ..unbounded() }, ..personal(grace.id, tenant) }
        };
        let whole = token(&world, &grace).await;
        let roles_only = made(&world, bounded(&["roles.*", "users.delete"], None, None)).await;
        let in_a = made(&world, bounded(&["*.*"], Some(a.id), None)).await;
        let until = world.services.clock.now().plus_seconds(60);
        let ends = made(&world, bounded(&["*.*"], None, Some(until))).await;
        assert_eq!(get(&router, &of(&iris), &whole).await.status, 200);
        assert_eq!(get(&router, "/auth/roles/list", &roles_only).await.status, 200);
        assert_eq!(told(&get(&router, LIST, &roles_only).await), (403, "forbidden"));
        assert_eq!(told(&asked(&router, (Method::DELETE, &of(&linus)), &roles_only).await), (403, "forbidden"), "more than its owner may");
        assert_eq!(get(&router, &of(&linus), &in_a).await.status, 200);
        assert_eq!(told(&get(&router, &of(&iris), &in_a).await), (404, "not_found"));
        assert_eq!(get(&router, LIST, &in_a).await.body["items"].as_array().map(Vec::len), Some(2));
        world.services.clock.advance(59);
        assert_eq!(get(&router, LIST, &ends).await.status, 200);
        world.services.clock.advance(1);
        assert_eq!(told(&get(&router, LIST, &ends).await), (401, "unauthenticated"));
        run(&world.operator(), RemoveAccess { grant, version: 1 }).await.unwrap();
        assert_eq!(told(&get(&router, "/auth/roles/list", &roles_only).await), (403, "forbidden"));
        for lost in [&whole, &in_a] {
            assert_eq!(told(&get(&router, LIST, lost).await), (403, "forbidden"));
            assert_eq!(get(&router, WHOAMI, lost).await.status, 200);
        }
    }

    // 002-R31
    async fn what_acts_for_no_person_or_is_said_twice_is_taken_nowhere(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        add_member(&world.operator(), a.id, &ada.login).await.unwrap();
        let admin = token(&world, &ada).await;
        let account = made(&world, of_account((ada.id, a.id), "ci")).await;
        let key = NewServiceKey { tenant: a.id, name: "backup".into(), roles: Vec::new(), bounds: unbounded() };
        let service = add_service_key(&world.operator(), key).await.unwrap().1;
        let (add, secret) = AddClient::prepare(&world.operator(), of_service(a.id, "ci"));
        let client = run(&world.operator(), add).await.unwrap().id;
        let form = format!("grant_type=client_credentials&client_id={client}&client_secret={secret}");
        let request = Request::post("/oauth/v1/token").header("content-type", "application/x-www-form-urlencoded");
        let of_client = send(&router, request.body(Body::from(form)).unwrap()).await.body["access_token"].as_str().unwrap().to_owned();
        let (add, signing) = AddKeyPair::prepare(&world.operator(), of_key_pair(a.id, "pair"));
        let (pair, now) = (run(&world.operator(), add).await.unwrap().api_key, world.services.clock.now().0.to_string());
        let sign = hex(&hmac(signing.as_bytes(), &[pair.as_bytes(), b"", now.as_bytes()]));
        let bearer = format!("Bearer {admin}");
        let refused = (401, "Bearer".to_owned());
        for headers in [
            vec![], vec![("authorization", bearer.as_str()), ("authorization", bearer.as_str())], vec![("authorization", bearer.as_str()), ("authorization", "Bearer x")],
            vec![("authorization", bearer.as_str()), ("standAloneToken", &account)], vec![("standAloneToken", &account)], vec![("standAloneToken", &admin)],
            vec![("x-logtrust-timestamp", now.as_str()), ("x-logtrust-sign", &sign), ("x-logtrust-domain-apikey", &pair)], vec![("authorization", bearer.as_str()), ("x-logtrust-timestamp", now.as_str()), ("x-logtrust-sign", &sign), ("x-logtrust-domain-apikey", &pair)],
            vec![("authorization", admin.as_str())], vec![("authorization", "Bearer")], vec![("authorization", "Basic YWRhOng=")], vec![("cookie", bearer.as_str())],
        ] {
            assert_eq!(with(&router, &headers).await, refused, "{headers:?}");
        }
        let forged = [admin[..admin.len() - 1].to_owned(), format!("{admin}x"), admin.to_uppercase(), admin.replacen("cst_", "at_", 1), "x".repeat(10_000), "cst_' or 1=1 --".to_owned()];
        for bad in [&account, &service, &of_client, &secret, &signing].into_iter().chain(&forged) {
            assert_eq!(with(&router, &[("authorization", &format!("Bearer {bad}"))]).await, refused, "{bad}");
        }
        assert_eq!(with(&router, &[("authorization", &format!("bearer {admin}"))]).await.0, 200, "whatever the case of the scheme");
        assert_eq!(get(&router, WHOAMI, &access(&router, &ada.login, PASSWORD).await).await.status, 200);
    }

    // 002-R33
    async fn what_is_locked_out_or_taken_is_refused_with_the_next_request_on_every_node(world: World) {
        let (ada, nodes, linus) = (world.set_up().await, [world.router("http://localhost"), world.router("http://localhost")], world.add("linus", "").await);
        world.give(&linus, "read-only").await;
        let (admin, personal, by_password) = (token(&world, &ada).await, token(&world, &linus).await, access(&nodes[0], &linus.login, PASSWORD).await);
        let statuses = async |path: &str, token: &str| [get(&nodes[0], path, token).await.status, get(&nodes[1], path, token).await.status];
        for token in [&personal, &by_password] {
            assert_eq!(statuses(LIST, token).await, [200, 200]);
        }
        let taken = sent(&nodes[0], (Method::PATCH, &format!("{}/roles", of(&linus))), &admin, &json!({"addRoles": [], "removeRoles": ["read-only"]})).await;
        assert_eq!(taken.status, 200, "{}", taken.body);
        for token in [&personal, &by_password] {
            assert_eq!((statuses(LIST, token).await, statuses(WHOAMI, token).await), ([403, 403], [200, 200]));
        }
        run(&world.operator(), DisableUser { user: linus.id }).await.unwrap();
        for token in [&personal, &by_password] {
            assert_eq!(statuses(WHOAMI, token).await, [401, 401]);
        }
        assert_eq!(signed_in(&nodes[1], &linus.login, PASSWORD).await.status, 401);
        run(&world.operator(), EnableUser { user: linus.id }).await.unwrap();
        let (another, by_password) = (token(&world, &linus).await, access(&nodes[1], &linus.login, PASSWORD).await);
        assert_eq!(statuses(WHOAMI, &another).await, [200, 200]);
        world.execute("update tokens set disabled_at = 1 where kind = 'personal' and user_id in (select id from users where login = 'linus@example.com')").await;
        assert_eq!(statuses(WHOAMI, &another).await, [401, 401]);
        assert_eq!(statuses(WHOAMI, &by_password).await, [200, 200], "the other one goes on");
    }

    // 002-login, 002-1, 002-7, 002-8, 002-R29
    async fn no_answer_holds_a_password_a_hash_or_a_token(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = token(&world, &ada).await;
        let body = json!({"firstName": "Linus", "lastName": "T", "userName": "linus@example.com", "password": NEW, "temporaryPassword": false, "tenants": ["any"], "roles": ["read-only"]});
        let made = sent(&router, (Method::POST, "/auth/users"), &admin, &body).await;
        assert_eq!(made.status, 200, "{}", made.body);
        let path = format!("/auth/users/{}", made.body["locator"].as_str().unwrap());
        let his = access(&router, "linus@example.com", NEW).await;
        let change = json!({"firstName": "Linus", "lastName": "U", "tenants": ["any"], "password": NEW});
        let role = sent(&router, (Method::POST, "/auth/roles"), &admin, &json!({"name": "Desk", "description": "", "permissions": ["users.read"]})).await;
        let answers = [
            get(&router, WHOAMI, &his).await, get(&router, &path, &admin).await, get(&router, LIST, &admin).await, get(&router, "/auth/users/basic/list", &admin).await, get(&router, "/auth/users/username/linus%40example.com", &admin).await,
            get(&router, &format!("{path}/permissions"), &admin).await, get(&router, "/auth/roles/list", &admin).await, get(&router, "/auth/roles/permissions", &admin).await, sent(&router, (Method::PATCH, &path), &admin, &change).await,
            sent(&router, (Method::PATCH, &format!("{path}/roles")), &admin, &json!({"addRoles": ["Desk"], "removeRoles": []})).await, sent(&router, (Method::PATCH, &format!("{path}/tenants")), &admin, &json!({"addTenants": [], "removeTenants": ["any"]})).await,
            sent(&router, (Method::PATCH, &format!("{path}/passwordreset")), &admin, &json!(NEW)).await, sent(&router, (Method::POST, "/auth/users"), &admin, &body).await, signed_in(&router, "linus@example.com", "wrong").await, made, role,
        ];
        for answer in answers {
            let text = answer.body.to_string();
            assert!([200, 401, 409].contains(&answer.status), "{text}");
            for secret in [NEW, PASSWORD, "$argon2", "password_hash", "passwordHash", "accessToken", "cst_", "at_", &admin, &his] {
                assert!(!text.contains(secret) || secret == "at_" && !text.contains("\"at_"), "{secret}: {text}");
            }
        }
    }

    // 002-1, 002-7, 002-8, 002-9, 002-10, 002-12, 002-14, 002-17, 002-18, 002-R36
    async fn every_change_is_in_the_log_under_the_person_and_their_token(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let admin = token(&world, &ada).await;
        let since = list(&world.operator(), &EventQuery::default()).await.unwrap().rows.len();
        let body = json!({"firstName": "Linus", "lastName": "T", "userName": "linus@example.com", "password": NEW, "temporaryPassword": false});
        let user = format!("/auth/users/{}", sent(&router, (Method::POST, "/auth/users"), &admin, &body).await.body["locator"].as_str().unwrap());
        let desk = sent(&router, (Method::POST, "/auth/roles"), &admin, &json!({"name": "Desk", "description": "", "permissions": ["users.read"]})).await;
        let desk = format!("/auth/roles/{}", desk.body["locator"].as_str().unwrap());
        let update = json!({"name": "Desk", "description": "", "version": 1, "addPermissions": ["users.list"], "removePermissions": []});
        let mut last = String::new();
        for (method, path, body) in [
            (Method::PATCH, user.clone(), json!({"firstName": "Linus", "lastName": "U", "tenants": []})),
            (Method::PATCH, format!("{user}/tenants"), json!({"addTenants": [a.id], "removeTenants": []})),
            (Method::PATCH, desk.clone(), update),
            (Method::PATCH, format!("{user}/roles"), json!({"addRoles": ["Desk"], "removeRoles": []})),
            (Method::PATCH, format!("{user}/passwordreset"), json!(NEW)),
            (Method::DELETE, desk, Value::Null),
            (Method::DELETE, user, Value::Null),
        ] {
            let answer = sent(&router, (method.clone(), &path), &admin, &body).await;
            assert_eq!(answer.status, 200, "{method} {path}: {}", answer.body);
            answer.header("x-request-id").clone_into(&mut last);
        }
        let rows = list(&world.operator(), &EventQuery::default()).await.unwrap().rows;
        let rows = &rows[..rows.len() - since];
        let actions: Vec<&str> = rows.iter().map(|event| event.action.as_str()).collect();
        assert_eq!(actions, ["users.delete", "roles.delete", "users.reset-password", "grants.give", "roles.update", "memberships.add", "users.update", "roles.add", "users.add"]);
        assert_eq!(rows[0].request_id.as_deref(), Some(last.as_str()));
        let name = format!("{} (token mine)", ada.display_name);
        assert!(rows.iter().all(|event| event.actor_id == Some(ada.id) && event.actor_name == name && event.address.as_deref() == Some("192.0.2.7")));
    }

    // 002-3, 002-R34
    async fn names_that_nobody_can_have_are_nobodys(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let admin = token(&world, &ada).await;
        let before = state::all(&world).await;
        for name in ["%00", "ada%40example.com%00", "%25", "ada%40example.co_", "%27%20or%201=1%20--", "ada%40example.com%27", "%F0%9F%A6%8A", &"x".repeat(5_000)] {
            let answer = get(&router, &format!("/auth/users/username/{name}"), &admin).await;
            assert_eq!((answer.status, &answer.body), (200, &json!([])), "{name}");
        }
        let unreadable = get(&router, "/auth/users/username/%ff", &admin).await;
        assert_eq!(told(&unreadable), (400, "validation"));
        let wrong = sent(&router, (Method::PATCH, &format!("{}/roles", of(&ada))), &admin, &json!({"addRoles": ["' or 1=1 --"], "removeRoles": []})).await;
        assert_eq!(named(&wrong), (400, vec!["addRoles"]));
        assert_eq!(state::all(&world).await, before);
    }

    // 002-2, 002-16, 002-R8
    async fn whoever_has_no_right_sees_and_changes_themselves_only(world: World) {
        let (ada, router, linus) = (world.set_up().await, world.router("http://localhost"), world.add("linus", "").await);
        let his = token(&world, &linus).await;
        let me = get(&router, WHOAMI, &his).await;
        assert_eq!((me.status, &me.body["locator"]), (200, &json!(linus.id)));
        assert_eq!(get(&router, &of(&linus), &his).await.body, me.body);
        assert_eq!(get(&router, &format!("{}/permissions", of(&linus)), &his).await.body, json!([]));
        for path in [of(&ada), format!("{}/permissions", of(&ada)), "/auth/users/username/linus%40example.com".to_owned()] {
            assert_eq!(told(&get(&router, &path, &his).await), (403, "forbidden"), "{path}");
        }
        let echo = sent(&router, (Method::PATCH, &of(&linus)), &his, &json!({"firstName": "L", "lastName": "T", "tenants": me.body["tenants"], "roles": [], "permissions": []})).await;
        assert_eq!((echo.status, &echo.body["firstName"]), (200, &json!("L")), "{}", echo.body);
        let other = sent(&router, (Method::PATCH, &of(&ada)), &his, &json!({"firstName": "L", "lastName": "T", "tenants": []})).await;
        assert_eq!(told(&other), (403, "forbidden"));
        give(&world, &lasting(Principal::User(linus.id), Permission::UsersRead, Scope::Everywhere)).await;
        assert_eq!(get(&router, &of(&ada), &his).await.status, 200, "with the next request");
    }
}
