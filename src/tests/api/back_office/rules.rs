//! What holds for all rows: who may, where one acts, which credentials are taken, and how anything else is told.

use castellan::{
    domain::{
        clients::commands::AddClient,
        commands::service_keys::{NewServiceKey, add_service_key},
        key_pairs::commands::AddKeyPair,
        secrets::{hex, hmac},
    },
    model::permission::Permission::{
        RolesAdd, RolesDelete, RolesRead, RolesUpdate, UsersAdd, UsersDelete, UsersRead, UsersUpdate,
    },
};

use super::*;
use crate::{
    domain::{
        stage::{of_account, of_key_pair, of_service, personal, tenant, unbounded},
        state,
    },
    support::{PASSWORD, on_both_engines},
};

/// A row, and how it is asked.
type Row = (&'static str, Method, String, Option<Value>);

/// Every operation that takes a token, about what there isn't.
pub fn operations() -> Vec<Row> {
    let row = |id, method, path: &str, body| (id, method, path.to_owned(), body);
    let (user, group) = (of(999), format!("{GROUPS}/999"));
    vec![
        row("001-1", Method::GET, USERS, None),
        row("001-2", Method::GET, &user, None),
        row("001-3", Method::POST, USERS, Some(json!({}))),
        row("001-4", Method::PUT, &user, Some(json!({}))),
        row("001-5", Method::PATCH, &user, Some(json!({}))),
        row("001-6", Method::DELETE, &user, None),
        row("001-7", Method::GET, GROUPS, None),
        row("001-8", Method::GET, &group, None),
        row("001-9", Method::POST, GROUPS, Some(json!({}))),
        row("001-10", Method::PUT, &group, Some(json!({}))),
        row("001-11", Method::PATCH, &group, Some(json!({}))),
        row("001-12", Method::DELETE, &group, None),
    ]
}

pub async fn done(router: &Router, (method, path): (&Method, &str), token: &str, body: Option<&Value>) -> Answer {
    match body {
        Some(body) => sent(router, (method.clone(), path), token, body).await,
        None => asked(router, (method.clone(), path), token).await,
    }
}

/// A request with these headers, and this body.
async fn raw(router: &Router, (method, path): (&str, &str), headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let request = Request::builder().method(method).uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    send(router, request.body(Body::from(body)).unwrap()).await
}

on_both_engines! {
    // 001-1, 001-2, 001-3, 001-4, 001-5, 001-6, 001-7, 001-8, 001-9, 001-10, 001-11, 001-12, 001-R54
    async fn each_row_takes_its_permission_and_no_other(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let needs = [UsersRead, UsersRead, UsersAdd, UsersUpdate, UsersUpdate, UsersDelete, RolesRead, RolesRead, RolesAdd, RolesUpdate, RolesUpdate, RolesDelete];
        let mut callers = Vec::new();
        for (at, permission) in [UsersRead, UsersAdd, UsersUpdate, UsersDelete, RolesRead, RolesAdd, RolesUpdate, RolesDelete].into_iter().enumerate() {
            callers.push((permission, allowed(&world, &format!("user{at}"), (&a, &[permission])).await.1));
        }
        let before = state::all(&world).await;
        for ((id, method, path, body), needed) in operations().into_iter().zip(needs) {
            for (permission, token) in &callers {
                let answer = done(&router, (&method, &path), token, body.as_ref()).await;
                match *permission == needed {
                    true => assert!([200, 400, 404].contains(&answer.status), "{id}: {} {}", answer.status, answer.body),
                    false => assert_eq!(refused(&answer), (403, "Forbidden"), "{id} by {}", permission.name()),
                }
            }
        }
        assert_eq!(state::all(&world).await, before);
    }

    // 001-1, 001-R19
    async fn a_token_acts_in_its_tenant_or_its_owners_only_one_or_in_root(world: World) {
        let (root, router) = (world.set_up().await, world.router("http://localhost"));
        let (a, b) = (tenant(&world, "a").await, tenant(&world, "b").await);
        let (bea, _) = admin(&world, "bea", &a).await;
        let at = async |token: &str| numbers(&get(&router, USERS, token).await);
        assert_eq!(at(&access(&router, &bea.login, PASSWORD).await).await, [bea.number], "in the only one");
        add_member(&world.operator(), b.id, &bea.login).await.unwrap();
        holds(&world, &bea, (ADMIN_ROLE, Scope::Tenant(b.id))).await;
        let cyd = member(&world, "cyd", &b).await;
        for (tenant, expected) in [(&a, vec![bea.number]), (&b, vec![bea.number, cyd.number])] {
            let bound = management::made(&world, personal(bea.id, Some(tenant.id))).await;
            assert_eq!(at(&bound).await, expected, "in its own");
        }
        let free = access(&router, &bea.login, PASSWORD).await;
        assert_eq!(refused(&get(&router, USERS, &free).await), (403, "Forbidden"), "in root, where she is nothing");
        world.give(&bea, "read-only").await;
        assert_eq!(at(&free).await, [root.number]);
        world.execute("delete from memberships where user_id in (select id from users where login = 'bea@example.com')").await;
        assert_eq!(at(&free).await, [root.number], "and of whoever belongs nowhere");
    }

    // 001-1, 001-3, 001-7, 001-R20
    async fn only_tokens_of_people_are_taken(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (bea, token) = admin(&world, "bea", &a).await;
        let [access, refreshing] = pair(&signin(&router, &bea.login, PASSWORD).await);
        let by_login = sent(&router, (Method::POST, "/auth/login"), "", &json!({"userName": bea.login, "password": PASSWORD})).await.body["accessToken"].as_str().unwrap().to_owned();
        let account = management::made(&world, of_account((bea.id, a.id), "ci")).await;
        let key = NewServiceKey { tenant: a.id, name: "backup".into(), roles: Vec::new(), bounds: unbounded() };
        let (_, service) = add_service_key(&world.operator(), key).await.unwrap();
        let (add, secret) = AddClient::prepare(&world.operator(), castellan::domain::clients::input::NewClient { role: castellan::model::client::ClientRole::ApiSpadmin, services: Vec::new(), ..of_service(a.id, "one") });
        let client = run(&world.operator(), add).await.unwrap().id.to_string();
        let form = [("grant_type", "client_credentials"), ("client_id", &client), ("client_secret", &secret)];
        let issued = raw(&router, ("POST", "/oauth/v1/token"), &[("content-type", "application/x-www-form-urlencoded")], serde_urlencoded::to_string(form).unwrap().into_bytes()).await;
        let of_client = issued.body["access_token"].as_str().unwrap().to_owned();
        let before = state::all(&world).await;
        for (id, method, path, body) in operations() {
            for bad in ["", "at_none", "cst_none", "a b", &account, &service, &of_client, &refreshing] {
                let answer = done(&router, (&method, &path), bad, body.as_ref()).await;
                assert_eq!(refused(&answer), (401, "Send a token that works"), "{id}: {bad}");
            }
            let bearer = format!("Bearer {token}");
            for headers in [vec![], vec![("authorization", bearer.as_str()), ("authorization", &bearer)], vec![("authorization", "Basic YTpi")], vec![("authorization", &token)], vec![("standalonetoken", account.as_str())], vec![("authorization", &bearer), ("standalonetoken", &account)]] {
                let headers: Vec<(&str, &str)> = headers.into_iter().chain([("content-type", "application/json")]).collect();
                assert_eq!(refused(&raw(&router, (method.as_str(), &path), &headers, b"{}".to_vec()).await).0, 401, "{id}: {headers:?}");
            }
        }
        assert_eq!(state::all(&world).await, before);
        let (add, secret) = AddKeyPair::prepare(&world.operator(), of_key_pair(a.id, "pair"));
        let (pair, now) = (run(&world.operator(), add).await.unwrap().api_key, world.services.clock.now().0.to_string());
        let sign = hex(&hmac(secret.as_bytes(), &[pair.as_bytes(), b"", now.as_bytes()]));
        let headers = [("x-logtrust-timestamp", now.as_str()), ("x-logtrust-sign", &sign), ("x-logtrust-domain-apikey", &pair)];
        assert_eq!(refused(&raw(&router, ("GET", USERS), &headers, Vec::new()).await).0, 401);
        for good in [&token, &access, &by_login] {
            assert_eq!(get(&router, USERS, good).await.status, 200);
        }
    }

    // 001-1, 001-7, 001-signin, 001-R52, 001-R54
    async fn what_there_is_not_is_told_in_the_familys_way(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (bea, token) = admin(&world, "bea", &a).await;
        for path in ["/api", "/api/", "/api/v1/users", "/api/v2", "/api/v2/", "/api/v2/nothing", "/api/v2/users/", "/api/v2/users/1/2", "/api/v2/Users", "/api/v2/groups/", "/api/v2/groups/1/users", "/api/v2/signin/", "/api/x/y/z"] {
            for method in [Method::GET, Method::POST, Method::DELETE] {
                assert_eq!(refused(&asked(&router, (method, path), &token).await), (404, "There is nothing at this address"), "{path}");
            }
        }
        let one = of(bea.number);
        for (path, allow) in [("/api/v2/signin", "POST"), ("/api/v2/refresh", "POST"), (USERS, "GET,HEAD,POST"), (&one, "DELETE,GET,HEAD,PATCH,PUT"), (GROUPS, "GET,HEAD,POST"), ("/api/v2/groups/1", "DELETE,GET,HEAD,PATCH,PUT")] {
            let sorted = |answer: &Answer| {
                let mut methods: Vec<String> = answer.header("allow").split(',').map(|method| method.trim().to_owned()).collect();
                methods.sort_unstable();
                methods.join(",")
            };
            let options = raw(&router, ("OPTIONS", path), &[("origin", "https://other.example"), ("access-control-request-method", "GET")], Vec::new()).await;
            assert_eq!((options.status, sorted(&options), options.header("access-control-allow-origin")), (204, allow.to_owned(), ""), "{path}");
            let answer = asked(&router, (Method::TRACE, path), &token).await;
            assert_eq!((refused(&answer), sorted(&answer)), ((405, "This address has other methods; see Allow"), allow.to_owned()), "{path}");
        }
        for path in [USERS, GROUPS, &one, "/api/v2/groups/1"] {
            let (whole, head) = (get(&router, path, &token).await, asked(&router, (Method::HEAD, path), &token).await);
            assert_eq!((head.status, &head.body, head.header("x-total-count")), (200, &Value::Null, whole.header("x-total-count")), "{path}");
        }
        assert_eq!(asked(&router, (Method::HEAD, USERS), &token).await.header("x-total-count"), "1");
        assert_eq!(asked(&router, (Method::HEAD, &of(999)), &token).await.status, 404);
        assert_eq!(asked(&router, (Method::HEAD, USERS), "").await.status, 401);
        let answer = get(&router, &of(999), &token).await;
        assert!(uuid::Uuid::parse_str(answer.header("x-request-id")).is_ok());
    }

    // 001-signin, 001-refresh, 001-3, 001-5, 001-9, 001-R52, 001-R54
    async fn bodies_that_are_none_are_refused_and_the_rest_is_ignored(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (bea, token) = admin(&world, "bea", &a).await;
        let (bearer, one) = (format!("Bearer {token}"), of(bea.number));
        let before = state::all(&world).await;
        for (method, path) in [("POST", "/api/v2/signin"), ("POST", "/api/v2/refresh"), ("POST", USERS), ("PUT", &one), ("PATCH", &one), ("POST", GROUPS)] {
            let json = [("authorization", bearer.as_str()), ("content-type", "application/json; charset=utf-8")];
            for body in [&b""[..], b"[]", b"null", b"7", b"\"x\"", b"{", b"{\"name\":}", b"{\"name\":\"\xff\"}", b"{} {}", b"{\"name\":1e999}"] {
                assert_eq!(refused(&raw(&router, (method, path), &json, body.to_vec()).await).0, 400, "{method} {path}: {body:?}");
            }
            let large = format!("{{\"name\":\"{}\"}}", "x".repeat(64 * 1024)).into_bytes();
            assert_eq!(refused(&raw(&router, (method, path), &json, large).await), (413, "What was sent is too large"), "{path}");
            for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
                let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
                assert_eq!(refused(&raw(&router, (method, path), &headers, b"{}".to_vec()).await), (415, "Send JSON: application/json"), "{path}: {kind}");
            }
        }
        assert_eq!(state::all(&world).await, before);
        let told = raw(&router, ("GET", &of(999)), &[("authorization", bearer.as_str()), ("accept-language", "de"), ("accept", "text/html")], Vec::new()).await;
        assert_eq!(refused(&told), (404, "User not found"), "in English");
        let body = json!({"email": bea.login, "password": PASSWORD, "more": [1]}).to_string().into_bytes();
        for credential in ["Bearer none", "Basic x", "", "Bearer a, Bearer b"] {
            let headers = [("authorization", credential), ("content-type", "Application/JSON")];
            assert_eq!(raw(&router, ("POST", "/api/v2/signin"), &headers, body.clone()).await.status, 200, "it isn't looked at");
        }
        let [_, refreshing] = pair(&signin(&router, &bea.login, PASSWORD).await);
        let body = json!({"refreshToken": refreshing}).to_string().into_bytes();
        assert_eq!(raw(&router, ("POST", "/api/v2/refresh"), &[("authorization", "Bearer none"), ("content-type", "application/json")], body).await.status, 200);
    }

    // 001-3, 001-4, 001-R53
    async fn what_is_taken_is_refused_with_the_next_request_on_every_node(world: World) {
        let (nodes, a) = ([world.router("http://localhost"), world.router("http://localhost")], tenant(&world, "a").await);
        let (bea, token) = admin(&world, "bea", &a).await;
        let user = made(&nodes[0], &token, &tove(&[1])).await;
        let [access, refreshing] = pair(&signin(&nodes[1], TOVE, KETTLE).await);
        let status = async || [get(&nodes[0], USERS, &access).await.status, get(&nodes[1], USERS, &access).await.status];
        for (body, expected) in [(json!({"groups": []}), 403), (json!({"groups": [1]}), 200), (json!({"groups": []}), 403), (json!({"active": false}), 401), (json!({"active": true, "groups": [1]}), 401)] {
            assert_eq!(patch(&nodes[0], &of(user), &token, &body).await.status, 200);
            assert_eq!(status().await, [expected; 2], "{body}");
        }
        assert_eq!(refresh(&nodes[1], &refreshing).await.status, 401);
        let done = events(&world).await;
        let actions: Vec<&str> = done.iter().take_while(|(_, action)| action != "tokens.issue").map(|(_, action)| action.as_str()).collect();
        assert_eq!(actions, ["memberships.update", "grants.give", "memberships.update", "grants.take", "grants.give", "grants.take"]);
        assert!(done.iter().take(actions.len()).all(|(who, _)| who.starts_with(&bea.display_name)), "{done:?}");
        assert_eq!(done[actions.len()].0, "Tove Brandt");
    }

    // 001-2, 001-3, 001-4, 001-R42
    async fn no_answer_and_no_event_holds_a_secret(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (bea, token) = admin(&world, "bea", &a).await;
        let made = post(&router, USERS, &token, &with(tove(&[]), json!({"sendNotify": true, "tfa": true}))).await;
        let user = number(&made);
        let answers = [
            get(&router, &of(user), &token).await, get(&router, USERS, &token).await, put(&router, &of(user), &token, &json!({"password": TRAM, "sendNotify": true})).await, patch(&router, &of(bea.number), &token, &json!({"password": TRAM})).await,
            patch(&router, &of(user), &token, &json!({"password": TRAM, "phone": KETTLE})).await, get(&router, GROUPS, &token).await, made,
        ];
        let query = castellan::domain::audit::query::EventQuery::default();
        let events = castellan::domain::audit::list::list(&world.operator(), &query).await.unwrap();
        let texts = answers.iter().map(|answer| answer.body.to_string()).chain([format!("{:?}", events.rows)]);
        for text in texts {
            for secret in [KETTLE, TRAM, PASSWORD, "argon2", "password_hash", "totp_secret", &token] {
                assert!(!text.contains(secret), "{secret}: {text}");
            }
        }
    }
}
