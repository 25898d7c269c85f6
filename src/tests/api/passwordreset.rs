//! Contract 002, row 8: temporary passwords.

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
};
use castellan::{
    domain::{
        commands::service_keys::{NewServiceKey, add_service_key},
        users::{policy::TEMPORARY_LIFETIME, store::User},
    },
    model::{permission::Permission, principal::Principal, scope::Scope},
};
use serde_json::{Value, json};

use super::{
    Answer,
    credentials::{access, letters, signed_in},
    management::{asked, get, named, of, sent, token, told},
    send,
};
use crate::{
    domain::{
        stage::{account_token, give, last, lasting, member, tenant, unbounded},
        state,
    },
    support::{PASSWORD, World, on_both_engines},
};

const NEW: &str = "paper-boats-in-october";
const WHOAMI: &str = "/auth/users/whoami";

fn path(user: &User) -> String {
    format!("{}/passwordreset", of(user))
}

async fn reset(router: &Router, path: &str, token: &str, password: &str) -> Answer {
    sent(router, (Method::PATCH, path), token, &json!(password)).await
}

/// A body as it stands, of a media type or of none.
async fn raw(router: &Router, (path, token): (&str, &str), (kind, body): (Option<&str>, Vec<u8>)) -> Answer {
    let mut request = Request::patch(path).header("authorization", format!("Bearer {token}"));
    if let Some(kind) = kind {
        request = request.header("content-type", kind);
    }
    send(router, request.body(Body::from(body)).unwrap()).await
}

on_both_engines! {
    // 002-8, 002-R10, 002-R11, 002-R36
    async fn a_temporary_password_ends_what_the_one_before_opened_and_must_be_changed(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let (admin, linus) = (token(&world, &ada).await, member(&world, "linus", &a).await);
        let refreshes = access(&router, &linus.login, PASSWORD).await;
        world.execute("update tokens set kind = 'refresh' where kind = 'access'").await;
        let (by_password, personal) = (access(&router, &linus.login, PASSWORD).await, token(&world, &linus).await);
        account_token(&world.operator(), (linus.id, a.id), "ci").await;
        let mut browser = world.signed_in(&linus).await;
        assert_eq!(browser.get("/admin").await.status, 200);
        let answer = reset(&router, &path(&linus), &admin, NEW).await;
        assert_eq!((answer.status, &answer.body), (200, &Value::Null), "{}", answer.body);
        let event = last(&world).await;
        assert_eq!((event.action.as_str(), event.target_id), ("users.reset-password", linus.id.to_string()));
        assert_eq!(event.actor_name, format!("{} (token mine)", ada.display_name));
        assert!(!format!("{:?}", event.after).contains(NEW));
        for token in [&refreshes, &by_password, &personal] {
            assert_eq!(told(&get(&router, WHOAMI, token).await), (401, "unauthenticated"));
        }
        assert_eq!(world.count("select count(*) from tokens where kind in ('access', 'refresh')").await, 0);
        assert_eq!(world.count("select count(*) from tokens where kind = 'account'").await, 1, "no sign-in made it");
        assert_eq!(browser.get("/admin").await.status, 303);
        assert_eq!(letters(&world, &linus.login).await, ["password-changed", "new-device", "credential-changed"]);
        assert_eq!(told(&signed_in(&router, &linus.login, PASSWORD).await), (401, "unauthenticated"));
        let his = access(&router, &linus.login, NEW).await;
        assert_eq!(told(&get(&router, WHOAMI, &his).await), (403, "password_change_required"));
        assert_eq!(get(&router, "/v1/users/profile", &his).await.body["passwordTemporary"], true);
        let change = json!({"oldPassword": NEW, "newPassword": "slow-tram-past-the-mill"});
        assert_eq!(sent(&router, (Method::PATCH, "/v1/users/changePassword"), &his, &change).await.status, 200);
        assert_eq!(get(&router, WHOAMI, &his).await.status, 200);
    }

    // 002-8
    async fn a_password_may_be_plain_text_and_is_over_after_three_days(world: World) {
        let (ada, router, linus) = (world.set_up().await, world.router("http://localhost"), world.add("linus", "").await);
        let admin = token(&world, &ada).await;
        for (kind, body, password) in [
            ("text/plain", "paper-boats-in-october", "paper-boats-in-october"),
            ("text/plain; charset=utf-8", "\"blue snow in june\"", "\"blue snow in june\""),
            ("application/json", "\"gr\\u00fcne Schirme im Regen\"", "grüne Schirme im Regen"),
        ] {
            let answer = raw(&router, (&path(&linus), &admin), (Some(kind), body.into())).await;
            assert_eq!((answer.status, &answer.body), (200, &Value::Null), "{kind}");
            assert_eq!(signed_in(&router, &linus.login, password).await.status, 200, "{kind}");
        }
        world.services.clock.advance(TEMPORARY_LIFETIME - 1);
        access(&router, &linus.login, "grüne Schirme im Regen").await;
        world.services.clock.advance(1);
        assert_eq!(told(&signed_in(&router, &linus.login, "grüne Schirme im Regen").await), (401, "unauthenticated"));
    }

    // 002-8, 002-R25, 002-R34
    async fn bad_passwords_and_bad_bodies_change_nothing(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "riverside").await);
        let (admin, linus) = (token(&world, &ada).await, member(&world, "linus", &a).await);
        let his = access(&router, &linus.login, PASSWORD).await;
        let before = state::all(&world).await;
        let long = "word ".repeat(26);
        for bad in ["", "fourteen chars", &long, "passwordpassword", "qwertyuiopasdfgh", "aaaaaaaaaaaaaaaa", "umbrella umbrella", "riverside riverside", "it is linus@example.com"] {
            assert_eq!(named(&reset(&router, &path(&linus), &admin, bad).await), (400, vec!["password"]), "{bad}");
            let text = raw(&router, (&path(&linus), &admin), (Some("text/plain"), bad.into())).await;
            assert_eq!(named(&text), (400, vec!["password"]), "{bad}");
        }
        let json = Some("application/json");
        for (kind, body, status) in [
            (json, b"{\"password\":\"paper-boats-in-october\"}".to_vec(), 400), (json, b"[\"paper-boats-in-october\"]".to_vec(), 400), (json, b"12345678901234567890".to_vec(), 400), (json, b"null".to_vec(), 400), (json, Vec::new(), 400),
            (json, b"\"paper-boats-in-october".to_vec(), 400), (json, b"\"paper-boats-in-october\" x".to_vec(), 400), (json, b"\"paper-boats-\\u0000october\"".to_vec(), 400), (json, b"\"paper-boats-\\ud800-october\"".to_vec(), 400), (json, b"\"paper-boats-\xff-october\"".to_vec(), 400),
            (Some("text/plain"), b"paper-boats-\xff-october".to_vec(), 400), (Some("text/plain"), b"paper-boats-\0-october".to_vec(), 400), (Some("text/plain"), vec![b'x'; 66_000], 413), (json, vec![b' '; 66_000], 413),
            (Some("text/html"), NEW.into(), 415), (Some("application/x-www-form-urlencoded"), NEW.into(), 415), (None, NEW.into(), 415),
        ] {
            let text = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            let answer = raw(&router, (&path(&linus), &admin), (kind, body)).await;
            assert_eq!(told(&answer).0, status, "{kind:?} {text}: {}", answer.body);
            assert_eq!(answer.body["requestMethod"], "PATCH");
        }
        assert_eq!(state::all(&world).await, before);
        assert_eq!(letters(&world, &linus.login).await, Vec::<&str>::new());
        assert_eq!(get(&router, WHOAMI, &his).await.status, 200);
        assert_eq!(signed_in(&router, &linus.login, PASSWORD).await.status, 200);
    }

    // 002-8, 002-R32
    async fn nobody_sets_their_own_or_that_of_somebody_who_may_more_or_of_a_program(world: World) {
        let (ada, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let (linus, iris, grace) = (member(&world, "linus", &a).await, world.add("iris", "").await, world.add("grace", "").await);
        give(&world, &lasting(Principal::User(grace.id), Permission::UsersPasswordReset, Scope::Everywhere)).await;
        world.give(&iris, "read-only").await;
        let key = NewServiceKey { tenant: a.id, name: "backup".into(), roles: Vec::new(), bounds: unbounded() };
        let program = add_service_key(&world.operator(), key).await.unwrap().0.user_id;
        let (hers, admin, powerless) = (token(&world, &grace).await, token(&world, &ada).await, token(&world, &linus).await);
        let before = state::all(&world).await;
        for (path, token, expected) in [
            (path(&grace), &hers, (409, "conflict")), (path(&ada), &admin, (409, "conflict")),
            (path(&ada), &hers, (403, "forbidden")), (path(&iris), &hers, (403, "forbidden")),
            (path(&linus), &powerless, (403, "forbidden")), (path(&iris), &powerless, (403, "forbidden")),
            (format!("/auth/users/{}/passwordreset", uuid::Uuid::nil()), &admin, (404, "not_found")), (format!("/auth/users/{program}/passwordreset"), &admin, (404, "not_found")),
            ("/auth/users/linus%40example.com/passwordreset".to_owned(), &admin, (400, "validation")), ("/auth/users/%00/passwordreset".to_owned(), &admin, (400, "validation")),
        ] {
            let answer = reset(&router, &path, token, NEW).await;
            assert_eq!(told(&answer), expected, "{path}: {}", answer.body);
        }
        assert_eq!(state::all(&world).await, before);
        let get = asked(&router, (Method::GET, &path(&linus)), &admin).await;
        assert_eq!((told(&get), get.header("allow")), ((405, "method_not_allowed"), "PATCH"));
        assert_eq!(reset(&router, &path(&linus), &hers, NEW).await.status, 200, "somebody who may no more than she");
    }
}
