//! Contract 002: signing in. Rows and rules are cited above each test.

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
};
use castellan::domain::users::{policy::TEMPORARY_LIFETIME, store::User};
use serde_json::{Value, json};

use super::{
    Answer,
    management::{asked, get, sent},
    send,
};
use crate::{
    domain::{
        second_factor::{bind_app, mailed, other, shown, wrong},
        stage::last,
    },
    support::{PASSWORD, World, changes::*, on_both_engines},
};

const ADA: &str = "ada@example.com";
const GRACE: &str = "grace@example.com";
const NEW: &str = "another horse, another battery";
const NEWER: &str = "a third horse, and its battery";
const PROFILE: &str = "/v1/users/profile";
const CHANGE: &str = "/v1/users/changePassword";
/// Everything else that a person's token is taken for.
const ELSE: [(&str, &str); 43] = [
    ("GET", "/auth/users/whoami"),
    ("GET", "/auth/users/username/grace%40example.com"),
    ("GET", "/auth/users/list"),
    ("GET", "/auth/users/basic/list"),
    ("GET", "/auth/users/{own}"),
    ("GET", "/auth/users/{own}/permissions"),
    ("PATCH", "/auth/users/{own}"),
    ("PATCH", "/auth/users/{own}/roles"),
    ("PATCH", "/auth/users/{own}/tenants"),
    ("POST", "/auth/users"),
    ("DELETE", "/auth/users/{own}"),
    ("GET", "/auth/users/{ada}"),
    ("PATCH", "/auth/users/{ada}"),
    ("PATCH", "/auth/users/{ada}/passwordreset"),
    ("DELETE", "/auth/users/{ada}"),
    ("POST", "/auth/roles"),
    ("GET", "/auth/roles/list"),
    ("GET", "/auth/roles/permissions"),
    ("GET", "/auth/roles/0000000000000000000000ADM1"),
    ("PATCH", "/auth/roles/0000000000000000000000ADM1"),
    ("DELETE", "/auth/roles/0000000000000000000000ADM1"),
    ("POST", "/v1/credentials/clients"),
    ("GET", "/v1/credentials/clients"),
    ("GET", "/v1/credentials/clients/{ada}"),
    ("PATCH", "/v1/credentials/clients/{ada}"),
    ("DELETE", "/v1/credentials/clients/{ada}"),
    ("POST", "/v1/credentials/clients/{ada}/resetSecret"),
    ("POST", "/v1/subscriber_groups"),
    ("GET", "/v1/subscriber_groups"),
    ("GET", "/v1/subscriber_groups/{ada}"),
    ("PATCH", "/v1/subscriber_groups/{ada}"),
    ("DELETE", "/v1/subscriber_groups/{ada}"),
    ("POST", "/v1/users"),
    ("GET", "/v1/users"),
    ("GET", "/v1/users/{own}"),
    ("GET", "/v1/users/{ada}"),
    ("PATCH", "/v1/users/{own}"),
    ("PATCH", "/v1/users/{ada}"),
    ("DELETE", "/v1/users/{ada}"),
    ("PATCH", "/v1/users/{ada}/resetPassword"),
    ("POST", "/v1/users/{ada}/resetMfaToken"),
    ("POST", "/v1/users/{own}/resetMfaToken"),
    ("POST", "/v1/users/{own}/sendVerification"),
];

async fn login(router: &Router, body: &Value) -> Answer {
    let request = Request::post("/auth/login").header("content-type", "application/json");
    send(router, request.body(Body::from(body.to_string())).unwrap()).await
}

async fn by(router: &Router, (name, password): (&str, &str)) -> Answer {
    login(router, &json!({"userName": name, "password": password})).await
}

async fn with_otp(router: &Router, otp: &str) -> Answer {
    login(router, &json!({"userName": ADA, "password": PASSWORD, "otp": otp})).await
}

fn token(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["accessToken"].as_str().unwrap().to_owned()
}

/// Its status and the code of its error, which looks as the family's do and gives no token.
fn refused(answer: &Answer) -> (u16, &str) {
    assert_eq!(answer.body["httpStatus"], answer.status, "{}", answer.body);
    assert_eq!((&answer.body["requestMethod"], &answer.body["requestUri"]), (&json!("POST"), &json!("/auth/login")));
    assert!(answer.body.get("accessToken").is_none());
    (answer.status, answer.body["apiErrorCode"].as_str().unwrap())
}

/// Grace, an administrator who was given a password for three days.
async fn with_temporary(world: &World) -> User {
    let grace = world.add_with_role("grace", "admin").await;
    run(&world.operator(), ResetPassword::prepare(&world.operator(), grace.id, NEW).await.unwrap()).await.unwrap();
    grace
}

async fn changed(router: &Router, token: &str, (old, new): (&str, &str)) -> Answer {
    sent(router, (Method::PATCH, CHANGE), token, &json!({"oldPassword": old, "newPassword": new})).await
}

on_both_engines! {
    // 002-login
    async fn name_and_password_give_a_token_that_acts_for_their_person_for_an_hour(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let answer = by(&router, (" Ada@Example.com ", PASSWORD)).await;
        assert_eq!(answer.body.as_object().unwrap().keys().collect::<Vec<_>>(), ["accessToken", "expiresIn"]);
        assert_eq!((&answer.body["expiresIn"], answer.header("set-cookie")), (&json!(3600), ""));
        let event = last(&world).await;
        assert_eq!((event.action.as_str(), event.actor_name), ("tokens.issue", ada.display_name.clone()));
        let token = token(&answer);
        assert!(!format!("{:?}", event.after).contains(&token));
        let me = get(&router, "/auth/users/whoami", &token).await;
        assert_eq!((me.status, &me.body["locator"], &me.body["roles"]), (200, &json!(ada.id), &json!(["admin"])));
        assert_eq!(get(&router, "/v1/users", &token).await.status, 200);
        world.services.clock.advance(3599);
        assert_eq!(get(&router, "/auth/users/whoami", &token).await.status, 200);
        world.services.clock.advance(1);
        assert_eq!(get(&router, "/auth/users/whoami", &token).await.status, 401);
        assert_eq!(world.count("select count(*) from sessions").await, 0);
    }

    // 002-login, 002-R30
    async fn a_wrong_name_a_wrong_password_and_somebody_disabled_are_told_the_same(world: World) {
        let (ada, router, grace) = (world.set_up().await, world.router("http://localhost"), world.add("grace", "").await);
        run(&world.as_user(&ada).await, DisableUser { user: grace.id }).await.unwrap();
        with_otp(&router, "123456").await;
        world.execute("delete from tokens").await;
        let expected = by(&router, (ADA, "wrong")).await;
        assert_eq!(refused(&expected), (401, "unauthenticated"));
        for (name, password) in [("nobody@example.com", PASSWORD), (GRACE, PASSWORD), (GRACE, "wrong"), ("", ""), (ADA, ""), ("no address", PASSWORD)] {
            let answer = by(&router, (name, password)).await;
            assert_eq!((answer.status, &answer.body), (401, &expected.body), "{name}");
            assert_eq!(answer.header("www-authenticate"), expected.header("www-authenticate"));
        }
        let answer = login(&router, &json!({"userName": ADA, "password": "wrong", "otp": "123456"})).await;
        assert_eq!(answer.body, expected.body, "a code makes no difference before the password is right");
        assert_eq!(world.count("select count(*) from tokens").await, 0);
    }

    // 002-login, 002-R30
    async fn a_code_of_an_app_is_asked_for_and_taken_once(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        bind_app(&world, &ada).await;
        for none in [json!(null), json!("")] {
            let answer = login(&router, &json!({"userName": ADA, "password": PASSWORD, "otp": none})).await;
            assert_eq!(refused(&answer), (401, "otp_required"));
        }
        assert_eq!(refused(&by(&router, (ADA, "wrong")).await), (401, "unauthenticated"), "who doesn't know the password learns nothing of it");
        let right = shown(&world, 0);
        assert_eq!(refused(&with_otp(&router, &wrong(&world)).await), (401, "wrong_otp"));
        for bad in [format!("{right}{right}"), right[..5].to_owned(), "x".repeat(10_000), "١٢٣٤٥٦".to_owned()] {
            assert_eq!(refused(&with_otp(&router, &bad).await), (401, "wrong_otp"), "{bad}");
        }
        assert_eq!(world.count("select count(*) from tokens").await, 0);
        world.services.clock.advance(3600);
        let right = shown(&world, 0);
        let token = token(&with_otp(&router, &right).await);
        assert_eq!(get(&router, "/auth/users/whoami", &token).await.status, 200);
        assert_eq!(refused(&with_otp(&router, &right).await), (401, "wrong_otp"), "once");
        let mut browser = world.browser();
        browser.post("/signin", &[("email", ADA), ("password", PASSWORD)]).await;
        assert_eq!(browser.post("/signin/second-factor", &[("code", &right)]).await.status, 401, "in a browser neither");
        assert_eq!(browser.post("/signin/second-factor", &[("code", &shown(&world, 1))]).await.status, 303);
        assert_eq!(refused(&with_otp(&router, &shown(&world, 1)).await), (401, "wrong_otp"), "nor the other way around");
    }

    // 002-login
    async fn a_code_by_mail_is_sent_to_whoever_asks_without_one(world: World) {
        let (_, router) = (world.set_up().await, world.router("http://localhost"));
        world.execute("update users set second_factor = 'email'").await;
        assert_eq!(refused(&with_otp(&router, "12345678").await), (401, "wrong_otp"), "before one was sent");
        let answer = by(&router, (ADA, PASSWORD)).await;
        assert_eq!(refused(&answer), (401, "otp_required"));
        let code = mailed(&world).await;
        assert!(!answer.body.to_string().contains(&code));
        assert_eq!(refused(&with_otp(&router, &other(&code)).await), (401, "wrong_otp"));
        let mut browser = world.browser();
        browser.post("/signin", &[("email", ADA), ("password", PASSWORD)]).await;
        assert_eq!(browser.post("/signin/second-factor", &[("code", &code)]).await.status, 401, "it is no browser's");
        assert_eq!(refused(&with_otp(&router, &mailed(&world).await).await), (401, "wrong_otp"), "nor a browser's a program's");
        token(&with_otp(&router, &code).await);
        assert_eq!(refused(&with_otp(&router, &code).await), (401, "wrong_otp"), "once");
        assert_eq!(world.count("select count(*) from tokens").await, 1);
    }

    // 002-login
    async fn whoever_must_have_a_factor_and_has_none_gets_no_token(world: World) {
        let (_, router) = (world.set_up().await, world.router("http://localhost"));
        for sql in ["update users set second_factor_required = true", "update tenants set settings = '{\"second_factor\":\"required\"}'"] {
            world.execute("update users set second_factor_required = false").await;
            world.execute(sql).await;
            assert_eq!(refused(&by(&router, (ADA, PASSWORD)).await), (403, "second_factor_required"));
            assert_eq!(refused(&with_otp(&router, "123456").await), (403, "second_factor_required"));
            assert_eq!(refused(&by(&router, (ADA, "wrong")).await), (401, "unauthenticated"));
        }
        assert_eq!(world.count("select count(*) from tokens").await, 0);
    }

    // 002-login, 002-R10, 000-R9
    async fn a_temporary_password_gives_a_token_that_changes_it_and_nothing_else(world: World) {
        let (ada, router, grace) = (world.set_up().await, world.router("http://localhost"), with_temporary(&world).await);
        let hers = token(&by(&router, (GRACE, NEW)).await);
        let before = crate::domain::state::all(&world).await;
        for (method, path) in ELSE {
            let path = path.replace("{own}", &grace.id.to_string()).replace("{ada}", &ada.id.to_string());
            let method: Method = method.parse().unwrap();
            let answer = match method {
                Method::GET | Method::DELETE => asked(&router, (method.clone(), &path), &hers).await,
                _ => sent(&router, (method.clone(), &path), &hers, &json!({"firstName": "x", "lastName": "y", "tenants": []})).await,
            };
            let code = answer.body.get("apiErrorCode").or(answer.body.get("code"));
            assert_eq!((answer.status, code), (403, Some(&json!("password_change_required"))), "{method} {path}: {}", answer.body);
        }
        assert_eq!(crate::domain::state::all(&world).await, before);
        let profile = get(&router, PROFILE, &hers).await;
        assert_eq!((profile.status, &profile.body["passwordTemporary"]), (200, &json!(true)), "{}", profile.body);
        assert_eq!(changed(&router, &hers, ("wrong", NEWER)).await.status, 400);
        assert_eq!(changed(&router, &hers, (NEW, NEW)).await.status, 400, "another one");
        let other = token(&by(&router, (GRACE, NEW)).await);
        assert_eq!(changed(&router, &hers, (NEW, NEWER)).await.status, 200);
        assert_eq!(get(&router, "/auth/users/whoami", &hers).await.status, 200, "from then on it is whole");
        assert_eq!(get(&router, PROFILE, &other).await.status, 401, "and what else the temporary one opened is over");
        assert_eq!(refused(&by(&router, (GRACE, NEW)).await), (401, "unauthenticated"));
        assert_eq!(get(&router, "/auth/users/list", &token(&by(&router, (GRACE, NEWER)).await)).await.status, 200);
    }

    // 002-login, 000-R9
    async fn a_temporary_password_is_a_wrong_one_after_three_days(world: World) {
        let router = world.router("http://localhost");
        with_temporary(&world).await;
        world.services.clock.advance(TEMPORARY_LIFETIME - 1);
        let hers = token(&by(&router, (GRACE, NEW)).await);
        world.services.clock.advance(1);
        assert_eq!(refused(&by(&router, (GRACE, NEW)).await), (401, "unauthenticated"));
        let answer = changed(&router, &hers, (NEW, NEWER)).await;
        assert_eq!((answer.status, &answer.body["code"]), (400, &json!("wrong_password")), "not by a token that it gave, either");
        assert_eq!(by(&router, (GRACE, NEWER)).await.status, 401);
    }

    // 002-login, 000-R9
    async fn a_temporary_password_needs_the_code_too(world: World) {
        let (router, grace) = (world.router("http://localhost"), with_temporary(&world).await);
        bind_app(&world, &grace).await;
        assert_eq!(refused(&by(&router, (GRACE, NEW)).await), (401, "otp_required"));
        let hers = token(&login(&router, &json!({"userName": GRACE, "password": NEW, "otp": shown(&world, 0)})).await);
        assert_eq!(get(&router, "/auth/users/whoami", &hers).await.status, 403);
        assert_eq!(get(&router, PROFILE, &hers).await.status, 200);
    }

    // 002-login
    async fn what_is_wrong_with_a_body_is_told_in_the_familys_way(world: World) {
        let (_, router) = (world.set_up().await, world.router("http://localhost"));
        for (body, field) in [
            (json!({}), "userName"),
            (json!({"userName": ADA}), "password"),
            (json!({"userName": null, "password": PASSWORD}), "userName"),
            (json!({"userName": 7, "password": PASSWORD}), "userName"),
            (json!({"userName": ADA, "password": [PASSWORD]}), "password"),
            (json!({"userName": ADA, "password": "a\0b"}), "password"),
            (json!({"userName": ADA, "password": PASSWORD, "otp": 123_456}), "otp"),
        ] {
            let answer = login(&router, &body).await;
            assert_eq!(refused(&answer), (400, "validation"), "{body}");
            assert_eq!(answer.body["fieldErrors"][0]["field"], field, "{body}");
        }
        assert_eq!(login(&router, &json!({})).await.body["fieldErrors"].as_array().unwrap().len(), 2, "all at once");
        for (kind, body, status) in [("text/plain", "{}", 415), ("application/json", "{", 400), ("application/json", "[]", 400), ("application/json", "", 400)] {
            let request = Request::post("/auth/login").header("content-type", kind).body(Body::from(body)).unwrap();
            assert_eq!(refused(&send(&router, request).await).0, status, "{kind}: {body}");
        }
        let huge = login(&router, &json!({"userName": ADA, "password": "x".repeat(100_000)})).await;
        assert_eq!(refused(&huge), (413, "too_large"));
        let long = login(&router, &json!({"userName": ADA, "password": "x".repeat(10_000)})).await;
        assert_eq!(refused(&long), (401, "unauthenticated"));
        let more = login(&router, &json!({"userName": ADA, "password": PASSWORD, "more": 1})).await;
        assert_eq!(more.status, 200, "what isn't known is ignored");
        assert_eq!(asked(&router, (Method::GET, "/auth/login"), "").await.status, 405);
        let options = asked(&router, (Method::OPTIONS, "/auth/login"), "").await;
        assert_eq!((options.status, options.header("allow")), (204, "POST"));
    }

    // 002-login, 002-R30
    async fn wrong_passwords_and_wrong_codes_are_limited_apart(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        bind_app(&world, &ada).await;
        for _ in 0..5 {
            assert_eq!(with_otp(&router, &wrong(&world)).await.status, 401);
            assert_eq!(refused(&by(&router, (ADA, PASSWORD)).await), (401, "otp_required"), "the password is still compared");
        }
        let limited = with_otp(&router, &shown(&world, 0)).await;
        assert_eq!((refused(&limited), limited.header("retry-after")), ((429, "throttled"), "60"));
        assert_eq!(refused(&by(&router, (ADA, PASSWORD)).await), (401, "otp_required"));
        assert_eq!(with_otp(&router, &shown(&world, 0)).await.status, 429, "which clears nothing");
        world.services.clock.advance(60);
        token(&with_otp(&router, &shown(&world, 0)).await);
        for name in [ADA, "nobody@example.com"] {
            for _ in 0..10 {
                assert_eq!(refused(&by(&router, (name, "wrong")).await), (401, "unauthenticated"));
            }
            let limited = by(&router, (name, PASSWORD)).await;
            assert_eq!((refused(&limited), limited.header("retry-after")), ((429, "throttled"), "60"), "{name}");
        }
    }

    // 002-login
    async fn what_a_browser_waits_with_is_no_token_and_a_token_is_no_session(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let name = format!("castellan-{}", world.services.key.installation());
        let hers = token(&by(&router, (ADA, PASSWORD)).await);
        let mut browser = world.browser();
        browser.cookies.insert(name.clone(), hers);
        assert_eq!(browser.get("/admin/users").await.status, 303);
        bind_app(&world, &ada).await;
        browser.post("/signin", &[("email", ADA), ("password", PASSWORD)]).await;
        let waits = browser.cookies[&name].clone();
        for path in ["/auth/users/whoami", PROFILE] {
            assert_eq!(get(&router, path, &waits).await.status, 401, "{path}");
        }
    }

    // 002-login
    async fn signing_in_ends_with_what_it_was_given_for(world: World) {
        let (ada, router, grace) = (world.set_up().await, world.router("http://localhost"), world.add("grace", "").await);
        let (one, two) = (token(&by(&router, (GRACE, PASSWORD)).await), token(&by(&router, (GRACE, PASSWORD)).await));
        assert_eq!(changed(&router, &one, (PASSWORD, NEW)).await.status, 200);
        assert_eq!((get(&router, PROFILE, &one).await.status, get(&router, PROFILE, &two).await.status), (200, 401));
        run(&world.as_user(&ada).await, DisableUser { user: grace.id }).await.unwrap();
        assert_eq!(get(&router, PROFILE, &one).await.status, 401);
    }
}
