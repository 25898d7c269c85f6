//! Signing in, and changing a refresh token for another pair.

use castellan::domain::{
    codes::TRIES,
    tenants::settings::Required,
    tokens::access::{LIFETIME, REFRESH_LIFETIME, REFRESHED_FOR},
};

use super::*;
use crate::{
    domain::{
        second_factor::{bind_app, mailed, other, shown, wrong as another},
        stage::{last, tenant},
        state,
    },
    support::{PASSWORD, on_both_engines},
};

const ADA: &str = "ada@example.com";
const WRONG: (u16, &str) = (401, "Wrong e-mail or password");

async fn with_code(router: &Router, email: &str, code: &str) -> Answer {
    bare(router, "/api/v2/signin", &json!({"email": email, "password": PASSWORD, "code": code})).await
}

/// That the second factor is still missing, and nothing else.
fn needs_code(answer: &Answer) {
    let expected = json!({"2faRequired": true, "accessToken": null, "refreshToken": null});
    assert_eq!((answer.status, &answer.body), (200, &expected));
}

on_both_engines! {
    // 001-signin, 001-R20, 001-R53
    async fn a_right_password_gives_two_tokens_that_end_when_they_say(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let answer = signin(&router, " Ada@Example.com ", PASSWORD).await;
        let [access, refreshing] = pair(&answer);
        let token = |token: &str, ends: &str| json!({"token": token, "createdAt": THEN, "expiresAt": ends});
        let expected = json!({"2faRequired": false, "accessToken": token(&access, "2026-11-22T01:00:00+00:00"), "refreshToken": token(&refreshing, "2026-12-06T00:00:00+00:00")});
        assert_eq!((&answer.body, answer.header("set-cookie"), answer.header("cache-control")), (&expected, "", "no-store"));
        assert!(access.starts_with("at_") && refreshing.starts_with("rt_"));
        let event = last(&world).await;
        assert_eq!((event.action.as_str(), &event.actor_name, event.address.as_deref()), ("tokens.issue", &ada.display_name, Some("192.0.2.7")));
        assert!(!format!("{event:?}").contains(&access) && !format!("{event:?}").contains(&refreshing));
        assert_eq!(refused(&get(&router, USERS, &refreshing).await).0, 401, "a refresh token opens nothing");
        world.services.clock.advance(LIFETIME - 1);
        assert_eq!(get(&router, USERS, &access).await.status, 200);
        world.services.clock.advance(1);
        assert_eq!(refused(&get(&router, USERS, &access).await).0, 401);
        world.services.clock.advance(REFRESH_LIFETIME - LIFETIME - 1);
        let [access, refreshing] = pair(&refresh(&router, &refreshing).await);
        assert_eq!(get(&router, USERS, &access).await.status, 200);
        world.services.clock.advance(REFRESH_LIFETIME);
        assert_eq!(refused(&refresh(&router, &refreshing).await).0, 401, "after fourteen days");
        assert_eq!((LIFETIME, REFRESH_LIFETIME), (3600, 1_209_600));
    }

    async fn what_is_changed_for_a_refresh_token_ends_for_good_and_when_a_factor_is_asked(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        let [_, mut refreshing] = pair(&signin(&router, ADA, PASSWORD).await);
        for _ in 0..6 {
            world.services.clock.advance(REFRESH_LIFETIME - 1);
            [_, refreshing] = pair(&refresh(&router, &refreshing).await);
        }
        world.services.clock.advance(REFRESHED_FOR - 6 * (REFRESH_LIFETIME - 1));
        assert_eq!(refused(&refresh(&router, &refreshing).await).0, 401, "ninety days after the sign-in");
        let [_, refreshing] = pair(&signin(&router, ADA, PASSWORD).await);
        world.execute("update users set second_factor_required = true").await;
        assert_eq!(refused(&refresh(&router, &refreshing).await).0, refused(&signin(&router, ADA, PASSWORD).await).0);
        bind_app(&world, &ada).await;
        pair(&refresh(&router, &refreshing).await);
    }

    // 001-refresh, 001-R24, 001-R53
    async fn a_refresh_token_is_changed_once_even_by_two_at_once(world: World) {
        let (ada, nodes) = (world.set_up().await, [world.router("http://localhost"), world.router("http://localhost")]);
        let [access, first] = pair(&signin(&nodes[0], ADA, PASSWORD).await);
        let both = tokio::join!(refresh(&nodes[0], &first), refresh(&nodes[1], &first));
        let (mut statuses, answers) = ([both.0.status, both.1.status], [both.0, both.1]);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401]);
        let [newer, second] = pair(answers.iter().find(|answer| answer.status == 200).unwrap());
        assert!(newer != access && second != first);
        assert_eq!(last(&world).await.actor_name, ada.display_name);
        for token in [&access, &newer] {
            assert_eq!(get(&nodes[1], USERS, token).await.status, 200);
        }
        let before = state::all(&world).await;
        for bad in [first.as_str(), &newer, "", "rt_none", "x y", &"x".repeat(5000)] {
            assert_eq!(refused(&refresh(&nodes[0], bad).await), (401, "Send a token that works"), "{bad}");
        }
        for body in [json!({}), json!({"refreshToken": null}), json!({"refreshToken": 7}), json!({"refreshToken": "a\u{0}"})] {
            assert_eq!(wrong(&bare(&nodes[0], "/api/v2/refresh", &body).await), ["refreshToken"], "{body}");
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(refresh(&nodes[1], &second).await.status, 200);
    }

    // 001-signin, 001-R21
    async fn a_mailed_code_is_asked_for_and_taken_once(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (bea, token) = admin(&world, "bea", &a).await;
        assert_eq!(patch(&router, &of(bea.number), &token, &json!({"tfa": true})).await.body["tfaMethod"], "email");
        needs_code(&signin(&router, &bea.login, PASSWORD).await);
        let code = mailed(&world).await;
        assert_eq!((code.len(), templates(&world, &bea.login).await), (8, vec!["sign-in-code", "credential-changed", "credential-changed"]));
        assert_eq!(refused(&with_code(&router, &bea.login, &other(&code)).await), (401, "Wrong code"));
        needs_code(&bare(&router, "/api/v2/signin", &json!({"email": bea.login, "password": PASSWORD, "code": null})).await);
        let code = mailed(&world).await;
        let [access, _] = pair(&with_code(&router, &bea.login, &code).await);
        assert_eq!(get(&router, USERS, &access).await.status, 200);
        assert_eq!(refused(&with_code(&router, &bea.login, &code).await).0, 401, "used");
        needs_code(&signin(&router, &bea.login, PASSWORD).await);
        let code = mailed(&world).await;
        world.services.clock.advance(600);
        assert_eq!(refused(&with_code(&router, &bea.login, &code).await).0, 401, "after ten minutes");
        world.services.clock.advance(3600);
        needs_code(&signin(&router, &bea.login, PASSWORD).await);
        let code = mailed(&world).await;
        for _ in 0..TRIES {
            assert_eq!(refused(&with_code(&router, &bea.login, &other(&code)).await).0, 401);
        }
        world.services.clock.advance(60);
        assert_eq!(refused(&with_code(&router, &bea.login, &code).await).0, 401, "five wrong ones end it");
        assert_eq!(TRIES, 5);
        assert_eq!(signin(&router, &bea.login, "wrong").await.status, 401, "a code is asked for only after the right password");
    }

    // 001-signin, 001-R21
    async fn a_code_of_an_app_is_asked_for_and_taken_once(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        bind_app(&world, &ada).await;
        needs_code(&signin(&router, ADA, PASSWORD).await);
        assert_eq!(templates(&world, ADA).await, Vec::<&str>::new(), "nothing is mailed");
        assert_eq!(refused(&with_code(&router, ADA, &another(&world)).await), (401, "Wrong code"));
        let [access, refreshing] = pair(&with_code(&router, ADA, &shown(&world, 0)).await);
        assert_eq!(refused(&with_code(&router, ADA, &shown(&world, 0)).await).0, 401, "used");
        assert_eq!(get(&router, USERS, &access).await.status, 200);
        assert_eq!(refresh(&router, &refreshing).await.status, 200, "no code is asked for again");
    }

    // 001-signin, 001-R3, 001-R22
    async fn whoever_may_not_sign_in_is_told_what_strangers_are_told(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let (_, token) = admin(&world, "bea", &a).await;
        let inactive = made(&router, &token, &with(named("Ines"), json!({"active": false}))).await;
        let disabled = member(&world, "dot", &a).await;
        run(&world.as_user(&ada).await, DisableUser { user: disabled.id }).await.unwrap();
        let bodies = [(ADA, "wrong"), ("nobody@example.com", PASSWORD), ("ines@kestrel.example", KETTLE), (disabled.login.as_str(), PASSWORD), ("not an address", PASSWORD), (ADA, ""), ("", "")];
        for (email, password) in bodies {
            let answer = signin(&router, email, password).await;
            assert_eq!((refused(&answer), answer.header("retry-after")), (WRONG, ""), "{email}");
        }
        assert_eq!(patch(&router, &of(inactive), &token, &json!({"active": true})).await.status, 200);
        assert_eq!(signin(&router, "ines@kestrel.example", KETTLE).await.status, 200);
        for (body, names) in [
            (json!({}), vec!["email", "password"]), (json!({"email": 7, "password": null}), vec!["email", "password"]), (json!({"email": ADA, "password": "a\u{0}"}), vec!["password"]),
            (json!({"email": ADA, "password": PASSWORD, "code": 123_456}), vec!["code"]),
        ] {
            assert_eq!(wrong(&bare(&router, "/api/v2/signin", &body).await), names, "{body}");
        }
    }

    // 001-signin, 001-R22
    async fn wrong_passwords_and_wrong_codes_are_limited_apart(world: World) {
        let (ada, router) = (world.set_up().await, world.router("http://localhost"));
        bind_app(&world, &ada).await;
        let limited = |answer: &Answer| {
            assert_eq!(refused(answer).0, 429, "{}", answer.body);
            assert!((1..=60).contains(&answer.header("retry-after").parse::<i64>().unwrap()));
        };
        for _ in 0..5 {
            assert_eq!(refused(&with_code(&router, ADA, &another(&world)).await).0, 401);
        }
        limited(&with_code(&router, ADA, &shown(&world, 0)).await);
        needs_code(&signin(&router, ADA, PASSWORD).await);
        for _ in 0..10 {
            assert_eq!(refused(&signin(&router, ADA, "wrong").await), WRONG);
        }
        limited(&signin(&router, ADA, PASSWORD).await);
        world.services.clock.advance(61);
        assert_eq!(with_code(&router, ADA, &shown(&world, 0)).await.status, 200);
    }

    // 001-signin, 001-R23, 001-R56
    async fn a_factor_that_is_required_and_missing_is_set_up_in_a_browser_first(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (bea, token) = admin(&world, "bea", &a).await;
        ask_of_people(&world, &a, TenantSettings { second_factor: Some(Required::Required), ..TenantSettings::default() }).await;
        let answer = signin(&router, &bea.login, PASSWORD).await;
        assert_eq!(refused(&answer), (403, "A second factor is required of you, and you have none yet; sign in with a browser to set one up"));
        assert_eq!(get(&router, &of(bea.number), &token).await.body["tfa"], false, "what the tenant asks of everybody doesn't show");
        let mut browser = world.browser();
        assert_eq!(browser.post("/signin", &[("email", &bea.login), ("password", PASSWORD)]).await.location(), "/signin/second-factor");
        bind_app(&world, &bea).await;
        assert_eq!(with_code(&router, &bea.login, &shown(&world, 0)).await.status, 200);
        let bound = get(&router, &of(bea.number), &token).await.body;
        assert_eq!((&bound["tfa"], &bound["tfaMethod"]), (&json!(true), &json!("totp")));
    }
}
