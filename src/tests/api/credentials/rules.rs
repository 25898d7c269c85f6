//! What holds for all rows: who may, how paths and methods are told, what is refused.

use castellan::{
    domain::{
        clients::credential::DisableClient,
        key_pairs::commands::AddKeyPair,
        secrets::{hex, hmac},
        tokens::access::LIFETIME,
    },
    model::client::ClientRole,
};

use super::*;
use crate::{
    domain::{
        stage::{group, of_account, of_key_pair, personal, tenant, unbounded},
        state,
    },
    support::{PASSWORD, on_both_engines},
};

/// A row, how it is asked, and which scopes may.
type Asked = (&'static str, Method, String, Option<Value>, [bool; 6]);

/// Every operation that takes a token, about things that there aren't, and who may do it: the six kinds of callers in the
/// order of the table of scopes.
fn operations() -> Vec<Asked> {
    let (client, group, user) =
        (format!("{CLIENTS}/{NOTHING}"), format!("{GROUPS}/{NOTHING}"), format!("{USERS}/{NOTHING}"));
    let clients = [true, true, true, true, false, false];
    let groups = [true, true, false, false, false, false];
    let users = [true, true, false, true, false, false];
    let row = |id, method, path: &str, body, may| (id, method, path.to_owned(), body, may);
    vec![
        row(
            "000-1",
            Method::POST,
            CLIENTS,
            Some(json!({"name": "x", "role": "api_appowner", "subscriberGroups": [NOTHING]})),
            clients,
        ),
        row("000-2", Method::GET, CLIENTS, None, clients),
        row("000-3", Method::GET, &client, None, clients),
        row("000-4", Method::PATCH, &client, Some(json!({"name": "x"})), clients),
        row("000-5", Method::DELETE, &client, None, clients),
        row("000-6", Method::POST, &format!("{client}/resetSecret"), None, clients),
        row("000-7", Method::POST, GROUPS, Some(json!({"name": ""})), groups),
        row("000-8", Method::GET, GROUPS, None, groups),
        row("000-9", Method::GET, &group, None, [true, true, true, false, true, false]),
        row("000-10", Method::PATCH, &group, Some(json!({"name": "x"})), groups),
        row("000-11", Method::DELETE, &group, None, groups),
        row("000-12", Method::POST, USERS, Some(json!({})), users),
        row("000-13", Method::GET, USERS, None, users),
        row("000-14", Method::GET, &user, None, users),
        row("000-15", Method::PATCH, &user, Some(json!({"givenName": "x"})), users),
        row("000-16", Method::DELETE, &user, None, users),
        row("000-17", Method::GET, &format!("{USERS}/profile"), None, [true, true, true, true, false, false]),
        row(
            "000-18",
            Method::PATCH,
            &format!("{USERS}/changePassword"),
            Some(json!({"oldPassword": "x", "newPassword": "y"})),
            [true, true, true, false, false, false],
        ),
        row("000-21", Method::PATCH, &format!("{user}/resetPassword"), Some(json!({})), users),
        row("000-22", Method::POST, &format!("{user}/resetMfaToken"), None, users),
        row("000-23", Method::POST, &format!("{user}/sendVerification"), None, users),
    ]
}

async fn done(router: &Router, (method, path): (&Method, &str), token: &str, body: Option<&Value>) -> Answer {
    match body {
        Some(body) => sent(router, (method.clone(), path), token, body).await,
        None => asked(router, (method.clone(), path), token).await,
    }
}

on_both_engines! {
    // 000-1, 000-2, 000-3, 000-4, 000-5, 000-6, 000-7, 000-8, 000-9, 000-10, 000-11, 000-12, 000-13, 000-14, 000-15, 000-16, 000-17, 000-18, 000-21, 000-22, 000-23
    async fn each_scope_does_what_its_row_says_and_nothing_else(world: World) {
        let (root, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let team = group(&world, "team", &a).await;
        add_member(&world.operator(), a.id, &root.login).await.unwrap();
        let callers = [
            made(&world, personal(root.id, Some(a.id))).await,
            admin(&world, "iris", &a).await.1,
            owner(&world, "grace", (&a, &[&team])).await.1,
            program(&world, &router, (ClientRole::ApiSpadmin, &a, &[])).await.token,
            program(&world, &router, (ClientRole::ApiAppowner, &a, &[&team])).await.token,
            program(&world, &router, (ClientRole::ApiService, &a, &[])).await.token,
        ];
        let nobody = token(&world, &member(&world, "linus", &a).await).await;
        let before = state::all(&world).await;
        for (id, method, path, body, may) in operations() {
            for (caller, may) in callers.iter().zip(may) {
                let answer = done(&router, (&method, &path), caller, body.as_ref()).await;
                match may {
                    true => assert!(![401, 403].contains(&answer.status), "{id} {}: {}", answer.status, answer.body),
                    false => assert_eq!(refused(&answer), (403, "forbidden"), "{id}"),
                }
            }
            let plain = done(&router, (&method, &path), &nobody, body.as_ref()).await.status;
            assert_eq!(plain == 403, !["000-17", "000-18"].contains(&id), "{id}: whoever is nothing here");
        }
        assert_eq!(state::all(&world).await, before);
    }

    // 000-R37, 000-R36
    async fn only_a_token_that_works_and_is_taken_here_opens_anything(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (ada, personal) = admin(&world, "ada", &a).await;
        let account = made(&world, of_account((ada.id, a.id), "ci")).await;
        let key = castellan::domain::commands::service_keys::NewServiceKey { tenant: a.id, name: "backup".into(), roles: Vec::new(), bounds: unbounded() };
        let (_, service) = castellan::domain::commands::service_keys::add_service_key(&world.operator(), key).await.unwrap();
        let one = program(&world, &router, (ClientRole::ApiSpadmin, &a, &[])).await;
        let before = state::all(&world).await;
        for (id, method, path, body, _) in operations() {
            for bad in ["", "cst_none", "at_none", "a b", &account, &service, &one.secret] {
                let answer = done(&router, (&method, &path), bad, body.as_ref()).await;
                assert_eq!(refused(&answer), (401, "unauthenticated"), "{id}");
                assert_eq!(answer.header("www-authenticate"), "Bearer");
            }
            let bare = Request::builder().method(method.clone()).uri(&path).header("content-type", "application/json");
            assert_eq!(refused(&send(&router, bare.body(Body::from("{}")).unwrap()).await).0, 401, "{id}");
        }
        assert_eq!(state::all(&world).await, before);
        let alone = Request::get(USERS).header("standAloneToken", &account).body(Body::empty()).unwrap();
        assert_eq!(refused(&send(&router, alone).await), (401, "unauthenticated"));
        let (add, secret) = AddKeyPair::prepare(&world.operator(), of_key_pair(a.id, "pair"));
        let (pair, now) = (run(&world.operator(), add).await.unwrap().api_key, world.services.clock.now().0.to_string());
        let sign = hex(&hmac(secret.as_bytes(), &[pair.as_bytes(), b"", now.as_bytes()]));
        let signed = Request::get(USERS).header("x-logtrust-timestamp", &now).header("x-logtrust-sign", sign).header("x-logtrust-domain-apikey", &pair);
        assert_eq!(refused(&send(&router, signed.body(Body::empty()).unwrap()).await), (401, "unauthenticated"));
        let both = Request::get(USERS).header("authorization", format!("Bearer {personal}")).header("standAloneToken", &account);
        assert_eq!(refused(&send(&router, both.body(Body::empty()).unwrap()).await), (401, "unauthenticated"), "in two ways");
        let by_password = access(&router, &ada.login, PASSWORD).await;
        for token in [&personal, &one.token, &by_password] {
            assert_eq!(get(&router, USERS, token).await.status, 200);
        }
        world.services.clock.advance(LIFETIME - 1);
        assert_eq!(get(&router, USERS, &one.token).await.status, 200);
        world.services.clock.advance(1);
        assert_eq!(LIFETIME, 3600);
        for token in [&one.token, &by_password] {
            assert_eq!(refused(&get(&router, USERS, token).await), (401, "unauthenticated"), "after an hour");
        }
        assert_eq!(get(&router, USERS, &personal).await.status, 200);
    }

    // 000-R36
    async fn what_is_locked_out_is_refused_with_the_next_request_on_every_node(world: World) {
        let (nodes, a) = ([world.router("http://localhost"), world.router("http://localhost")], tenant(&world, "a").await);
        let (ada, hers) = admin(&world, "ada", &a).await;
        let one = program(&world, &nodes[0], (ClientRole::ApiSpadmin, &a, &[])).await;
        let by_password = access(&nodes[0], &ada.login, PASSWORD).await;
        let statuses = async |token: &str| [get(&nodes[0], USERS, token).await.status, get(&nodes[1], USERS, token).await.status];
        for token in [&hers, &by_password, &one.token] {
            assert_eq!(statuses(token).await, [200, 200]);
        }
        run(&world.operator(), DisableClient { id: one.id }).await.unwrap();
        assert_eq!(statuses(&one.token).await, [401, 401]);
        assert_eq!(issued(&nodes[1], (&one.id.to_string(), &one.secret)).await.error(), (401, "invalid_client"));
        run(&world.operator(), DisableUser { user: ada.id }).await.unwrap();
        for token in [&hers, &by_password] {
            assert_eq!(statuses(token).await, [401, 401]);
        }
        assert_eq!(signed_in(&nodes[1], &ada.login, PASSWORD).await.status, 401);
        run(&world.operator(), EnableUser { user: ada.id }).await.unwrap();
        let another = token(&world, &ada).await;
        assert_eq!(statuses(&another).await, [200, 200]);
        world.execute("update tokens set disabled_at = 1 where kind = 'personal'").await;
        assert_eq!(statuses(&another).await, [401, 401]);
    }

    // 000-R36, 000-R1
    async fn no_answer_holds_a_password_a_hash_or_an_old_secret(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (ada, hers) = admin(&world, "ada", &a).await;
        let team = group(&world, "team", &a).await;
        let one = program(&world, &router, (ClientRole::ApiAppowner, &a, &[&team])).await;
        let sent = "copper-kettle-at-noon";
        let body = json!({"username": "noor@harbour.example", "givenName": "Noor", "familyName": "Haddad", "accountRole": "appowner", "subscriberGroups": [team.id], "password": sent});
        let made = post(&router, USERS, &hers, &body).await;
        let path = format!("{USERS}/{}", made.body["id"].as_str().unwrap());
        let answers = [
            get(&router, &path, &hers).await, get(&router, USERS, &hers).await, get(&router, &format!("{USERS}/profile"), &hers).await, patch(&router, &path, &hers, &json!({"givenName": "N"})).await,
            patch(&router, &format!("{path}/resetPassword"), &hers, &json!({"password": sent})).await, patch(&router, &format!("{USERS}/changePassword"), &hers, &json!({"oldPassword": PASSWORD, "newPassword": sent})).await,
            get(&router, CLIENTS, &hers).await, get(&router, &one.path(), &hers).await, patch(&router, &one.path(), &hers, &json!({"name": "x"})).await, get(&router, &format!("{USERS}/{}", ada.id), &hers).await, made,
            patch(&router, &path, &hers, &json!({"phoneNumber": sent})).await,
        ];
        for answer in answers {
            let text = answer.body.to_string();
            for secret in [sent, PASSWORD, "$argon2", "password_hash", "passwordHash", "clientSecret", "temporaryPassword", &one.secret, &hers] {
                assert!(!text.contains(secret), "{secret}: {text}");
            }
        }
        let generated = patch(&router, &format!("{path}/resetPassword"), &hers, &json!({})).await.body;
        let again = get(&router, &path, &hers).await.body.to_string();
        assert!(!again.contains(generated["temporaryPassword"].as_str().unwrap()));
    }

    // 000-R35, 000-R34
    async fn every_path_works_without_v1_and_names_win_over_ids(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, ada) = admin(&world, "ada", &a).await;
        for (id, method, path, body, _) in operations() {
            let short = path.strip_prefix("/v1").unwrap();
            // Nothing is made or changed by these, so both are told the same.
            let (one, two) = (done(&router, (&method, &path), &ada, body.as_ref()).await, done(&router, (&method, short), &ada, body.as_ref()).await);
            assert_eq!((one.status, one.body), (two.status, two.body), "{id}");
        }
        for prefix in ["/v1", ""] {
            let users = format!("{prefix}/users");
            let forgot = unknown(&router, (Method::POST, &format!("{users}/forgotPassword")), &json!({"username": "nobody@example.com"})).await;
            assert_eq!((forgot.status, forgot.body), (200, json!({})));
            assert_eq!(refused(&open(&router, &format!("{users}/{NOTHING}/verify?code=x")).await), (400, "invalid_code"));
            let set = unknown(&router, (Method::POST, &format!("{users}/{NOTHING}/password")), &json!({"code": "x", "password": PASSWORD})).await;
            assert_eq!(refused(&set), (400, "invalid_code"));
            assert_eq!(get(&router, &format!("{users}/profile"), &ada).await.body["username"], "ada@example.com");
            for (method, name, allow) in [(Method::DELETE, "profile", "GET,HEAD"), (Method::PATCH, "profile", "GET,HEAD"), (Method::GET, "changePassword", "PATCH"), (Method::DELETE, "changePassword", "PATCH"), (Method::GET, "forgotPassword", "POST"), (Method::PATCH, "forgotPassword", "POST"), (Method::DELETE, "forgotPassword", "POST")] {
                let answer = done(&router, (&method, &format!("{users}/{name}")), &ada, None).await;
                assert_eq!((refused(&answer), answer.header("allow")), ((405, "method_not_allowed"), allow), "{method} {name}: never an id");
            }
        }
        let token = Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded").body(Body::from("grant_type=client_credentials")).unwrap();
        assert_eq!(send(&router, token).await.error(), (401, "invalid_client"));
    }

    // 000-R34
    async fn what_there_is_not_is_told_in_the_familys_way(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, ada) = admin(&world, "ada", &a).await;
        for path in [
            "/v1", "/v1/", "/v1/nothing", "/v1/users/", "/users/", "/v1/users/x/nothing", "/users/x/nothing", "/users/x/y/z", "/users/x/", "/credentials", "/credentials/", "/credentials/nothing", "/v1/credentials", "/v1/credentials/clients/x/y",
            "/credentials/clients/x/y", "/credentials/clients/", "/subscriber_groups/", "/subscriber_groups/x/y", "/subscriber_groups/x/", "/v1/subscriber_groups/x/y/z", "/v1/oauth/token",
        ] {
            for token in [ada.as_str(), ""] {
                let answer = get(&router, path, token).await;
                assert_eq!(refused(&answer), (404, "not_found"), "{path}");
            }
        }
        let elsewhere = get(&router, "/v1/partner-portals", &ada).await;
        assert!(elsewhere.body.get("code").is_none() || elsewhere.status == 404, "another family's: {}", elsewhere.body);
        for (path, allow) in [(CLIENTS, "GET,HEAD,POST"), (GROUPS, "GET,HEAD,POST"), (USERS, "GET,HEAD,POST"), (&format!("{USERS}/{NOTHING}"), "DELETE,GET,HEAD,PATCH"), (&format!("{CLIENTS}/{NOTHING}"), "DELETE,GET,HEAD,PATCH"), (&format!("{USERS}/{NOTHING}/verify"), "GET"), (&format!("{USERS}/{NOTHING}/password"), "POST")] {
            let sorted = |answer: &Answer| {
                let mut methods: Vec<_> = answer.header("allow").split(',').map(str::to_owned).collect();
                methods.sort_unstable();
                methods.join(",")
            };
            let options = asked(&router, (Method::OPTIONS, path), "").await;
            assert_eq!((options.status, sorted(&options), options.header("access-control-allow-origin")), (204, allow.to_owned(), ""), "{path}");
            let put = asked(&router, (Method::PUT, path), &ada).await;
            assert_eq!((refused(&put), sorted(&put)), ((405, "method_not_allowed"), allow.to_owned()), "{path}");
        }
        for path in [CLIENTS, GROUPS, USERS, &format!("{USERS}/profile")] {
            let (head, whole) = (asked(&router, (Method::HEAD, path), &ada).await, get(&router, path, &ada).await);
            assert_eq!((head.status, &head.body, whole.status), (200, &Value::Null, 200), "{path}");
            assert_eq!(asked(&router, (Method::HEAD, path), "").await.status, 401);
            assert!(!whole.header("x-request-id").is_empty());
        }
        for prefix in ["/v1/users", "/users"] {
            let head = asked(&router, (Method::HEAD, &format!("{prefix}/{NOTHING}/verify?code=x")), "").await;
            assert_eq!((head.status, head.header("allow")), (405, "GET"));
        }
        assert!(!get(&router, "/v1/nothing", "").await.header("x-request-id").is_empty());
    }

    // 000-1, 000-7, 000-12, 000-18, 000-19, 000-20, 000-R36
    async fn bad_bodies_are_told_and_change_nothing(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((ada, hers), team) = (admin(&world, "ada", &a).await, group(&world, "team", &a).await);
        let before = state::all(&world).await;
        let paths = [
            (Method::POST, CLIENTS.to_owned()), (Method::PATCH, format!("{CLIENTS}/{NOTHING}")), (Method::POST, GROUPS.to_owned()), (Method::PATCH, format!("{GROUPS}/{}", team.id)), (Method::POST, USERS.to_owned()), (Method::PATCH, format!("{USERS}/{}", ada.id)),
            (Method::PATCH, format!("{USERS}/changePassword")), (Method::POST, format!("{USERS}/forgotPassword")), (Method::POST, format!("{USERS}/{}/password", ada.id)), (Method::PATCH, format!("{USERS}/{NOTHING}/resetPassword")),
        ];
        let nested = format!("{{\"a\":{}1{}}}", "[".repeat(20_000), "]".repeat(20_000));
        for (method, path) in paths {
            for (kind, body, status) in [
                (Some("text/plain"), b"{}".to_vec(), 415), (Some("application/x-www-form-urlencoded"), b"name=x".to_vec(), 415), (None, b"{}".to_vec(), 415),
                (Some("application/json"), Vec::new(), 400), (Some("application/json"), b"{".to_vec(), 400), (Some("application/json"), b"{\"name\":\"x\"} x".to_vec(), 400), (Some("application/json"), b"[]".to_vec(), 400), (Some("application/json"), b"null".to_vec(), 400), (Some("application/json"), b"\"x\"".to_vec(), 400),
                (Some("application/json"), b"{\"name\":\"\xff\"}".to_vec(), 400), (Some("application/json"), b"{\"name\":\"\x01\"}".to_vec(), 400), (Some("application/json"), b"{\"name\":\"\\ud800\"}".to_vec(), 400),
                (Some("application/json"), nested.clone().into_bytes(), 400), (Some("application/json"), vec![b'['; 60_000], 400), (Some("application/json"), vec![b' '; 66_000], 413),
            ] {
                let mut request = Request::builder().method(method.clone()).uri(&path).header("authorization", format!("Bearer {hers}"));
                if let Some(kind) = kind {
                    request = request.header("content-type", kind);
                }
                let text = String::from_utf8_lossy(&body[..body.len().min(20)]).into_owned();
                let answer = send(&router, request.body(Body::from(body)).unwrap()).await;
                assert_eq!(refused(&answer).0, status, "{method} {path} {kind:?} {text}: {}", answer.body);
            }
        }
        for path in [USERS, CLIENTS, GROUPS] {
            for query in ["a=%00", "page=%ff", "size=1&size=2"] {
                assert_eq!(refused(&get(&router, &format!("{path}?{query}"), &hers).await), (400, "validation_error"), "{path}?{query}");
            }
        }
        for id in ["%ff", "%00", "..%2f", "x%20y"] {
            assert_eq!(refused(&get(&router, &format!("{USERS}/{id}"), &hers).await), (400, "validation_error"), "{id}");
        }
        assert_eq!(state::all(&world).await, before);
        let fits = json!({"name": "fits", "more": "x".repeat(65_000)});
        assert_eq!(post(&router, GROUPS, &hers, &fits).await.status, 201, "64 KiB at most, and unknown members are ignored");
    }

    // 000-1, 000-4, 000-6, 000-7, 000-10, 000-11, 000-12, 000-15, 000-18, 000-20, 000-21, 000-R15
    async fn the_bodies_of_the_contracts_examples_are_taken_as_they_stand(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "acme").await);
        let (_, admin) = admin(&world, "ada", &a).await;
        let payments = post(&router, GROUPS, &admin, &json!({"name": "Payments", "description": "Payment services team"})).await;
        assert_eq!((payments.status, &payments.body["description"]), (201, &json!("Payment services team")));
        let team = payments.body["id"].as_str().unwrap();
        let made = post(&router, CLIENTS, &admin, &json!({"name": "ci-runner", "role": "api_appowner", "subscriberGroups": [team]})).await;
        assert_eq!(made.status, 200, "{}", made.body);
        let client = format!("{CLIENTS}/{}", made.body["id"].as_str().unwrap());
        let listed = get(&router, &format!("{CLIENTS}?page=0&size=1&role=api_appowner"), &admin).await;
        assert_eq!((named(&listed, "name"), counts(&listed)), (vec!["ci-runner"], [0, 1, 1, 1]));
        assert_eq!(patch(&router, &client, &admin, &json!({"name": "ci-runner-2"})).await.body["name"], "ci-runner-2");
        assert_eq!(knock(&router, &format!("{client}/resetSecret"), &admin).await.status, 200);
        assert_eq!(patch(&router, &format!("{GROUPS}/{team}"), &admin, &json!({"description": "EU payments"})).await.body["description"], "EU payments");
        assert_eq!(refused(&delete(&router, &format!("{GROUPS}/{team}"), &admin).await), (409, "group_not_empty"));
        let body = json!({"username": "ana.ruiz@acme.example", "givenName": "Ana", "familyName": "Ruiz", "accountRole": "appowner", "emailHints": {"lang": "en"}, "phoneNumber": "+34600123456", "subscriberGroups": [team]});
        let ana = post(&router, USERS, &admin, &body).await;
        assert_eq!((ana.status, &ana.body["phoneNumber"]), (201, &json!("+34600123456")), "{}", ana.body);
        assert_eq!(letters(&world, "ana.ruiz@acme.example").await.iter().filter(|kind| **kind == "verify-email").count(), 1);
        let path = format!("{USERS}/{}", ana.body["id"].as_str().unwrap());
        assert_eq!(patch(&router, &path, &admin, &json!({"familyName": "Ruiz-Gil"})).await.body["familyName"], "Ruiz-Gil");
        let reset = patch(&router, &format!("{path}/resetPassword"), &admin, &json!({"password": "Chosen-By-Admin-77!"})).await;
        assert_eq!((reset.status, &reset.body["passwordTemporary"]), (200, &json!(true)), "{}", reset.body);
        assert_eq!(patch(&router, &format!("{path}/resetPassword"), &admin, &json!({"password": "Temp-Passw0rd-2026"})).await.status, 200);
        let hers = access(&router, "ana.ruiz@acme.example", "Temp-Passw0rd-2026").await;
        let changed = patch(&router, &format!("{USERS}/changePassword"), &hers, &json!({"oldPassword": "Temp-Passw0rd-2026", "newPassword": "Correct-Horse-9-Battery"})).await;
        assert_eq!((changed.status, &changed.body["passwordTemporary"]), (200, &json!(false)), "{}", changed.body);
        assert_eq!(unknown(&router, (Method::POST, "/v1/users/forgotPassword"), &json!({"username": "ana.ruiz@acme.example"})).await.body, json!({}));
        background(&world).await;
        let code = code(&world, "ana.ruiz@acme.example", "password-reset").await;
        let set = unknown(&router, (Method::POST, &format!("{path}/password")), &json!({"code": code, "password": "Brand-New-Horse-11-x"})).await;
        assert_eq!((set.status, &set.body), (200, &json!({})));
        assert_eq!(signed_in(&router, "ana.ruiz@acme.example", "Brand-New-Horse-11-x").await.status, 200);
    }

    // 000-R18
    async fn every_change_is_an_event_of_its_tenant(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, ada) = admin(&world, "ada", &a).await;
        let since = events(&world).await.len();
        let team = post(&router, GROUPS, &ada, &json!({"name": "team"})).await.body["id"].as_str().unwrap().to_owned();
        let one = post(&router, CLIENTS, &ada, &json!({"name": "ci", "role": "api_appowner", "subscriberGroups": [team]})).await.body["id"].as_str().unwrap().to_owned();
        let (group, client) = (format!("{GROUPS}/{team}"), format!("{CLIENTS}/{one}"));
        patch(&router, &group, &ada, &json!({"name": "crew"})).await;
        patch(&router, &client, &ada, &json!({"name": "cd"})).await;
        knock(&router, &format!("{client}/resetSecret"), &ada).await;
        delete(&router, &client, &ada).await;
        let deleted = delete(&router, &group, &ada).await;
        let query = castellan::domain::audit::query::EventQuery::default();
        let rows = castellan::domain::audit::list::list(&world.operator(), &query).await.unwrap().rows;
        let rows = &rows[..rows.len() - since];
        let actions: Vec<&str> = rows.iter().map(|event| event.action.as_str()).collect();
        assert_eq!(actions, ["groups.delete", "credentials.delete", "credentials.rotate", "credentials.update", "groups.update", "credentials.add", "groups.add"]);
        assert_eq!(rows[0].request_id.as_deref(), Some(deleted.header("x-request-id")));
        assert!(rows.iter().all(|event| event.tenant_id == Some(a.id) && event.actor_name == "ada (token mine)" && event.address.as_deref() == Some("192.0.2.7")));
    }

    // 000-2, 000-8, 000-13, 000-R21
    async fn lists_read_as_little_for_many_as_for_few(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, ada) = admin(&world, "ada", &a).await;
        let teams = [group(&world, "one", &a).await, group(&world, "two", &a).await];
        let reads = async || {
            let mut reads = Vec::new();
            for path in [USERS, CLIENTS, GROUPS] {
                reads.push(get(&router, path, &ada).await.work.statements);
            }
            reads
        };
        program(&world, &router, (ClientRole::ApiAppowner, &a, &[&teams[0]])).await;
        let few = reads().await;
        for first in ["bea", "cyd", "dot", "eve", "fay"] {
            owner(&world, first, (&a, &[&teams[0], &teams[1]])).await;
            group(&world, first, &a).await;
            program(&world, &router, (ClientRole::ApiAppowner, &a, &[&teams[0], &teams[1]])).await;
        }
        assert_eq!(reads().await, few);
        for path in [USERS, CLIENTS, GROUPS] {
            let listed = get(&router, path, &ada).await;
            let ids = named(&listed, "id");
            assert!(ids.len() > 5 && ids.is_sorted(), "of one moment, by id: {ids:?}");
        }
        assert!(few.iter().all(|statements| *statements <= 7), "{few:?}");
    }
}
