//! From where somebody is let in: programs of every family, and pages.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use castellan::{
    domain::{error::Error, tokens::caller::by_token},
    model::token::TokenKind,
};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;
use crate::{
    domain::stage::{of_account, tenant},
    support::{PASSWORD, on_both_engines},
};

const SENTENCE: &str = "You are let in from other addresses only; come from one of them, or ask an administrator";
const HERE: &str = "192.0.2.0/24";
const ELSEWHERE: &str = "198.51.100.9";

/// What whoever comes from this address is answered.
async fn from(router: &Router, address: &str, (path, token): (&str, &str)) -> (u16, Value) {
    let mut request =
        Request::get(path).header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo::<SocketAddr>(address.parse().unwrap()));
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

on_both_engines! {
    // 001-4, 001-signin, 001-refresh, 001-R8, 001-R22, 001-R24
    async fn whoever_is_bound_to_addresses_is_let_in_from_those_only(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((_, token), (cyd, personal)) = (admin(&world, "bea", &a).await, admin(&world, "cyd", &a).await);
        let [access, refreshing] = pair(&signin(&router, &cyd.login, PASSWORD).await);
        let by_login = sent(&router, (Method::POST, "/auth/login"), "", &json!({"userName": cyd.login, "password": PASSWORD})).await.body["accessToken"].as_str().unwrap().to_owned();
        let account = management::made(&world, of_account((cyd.id, a.id), "ci")).await;
        let bound = async |list: Value| assert_eq!(patch(&router, &of(cyd.number), &token, &json!({"ipWhitelist": list})).await.status, 200);
        bound(json!([ELSEWHERE, "2001:db8::/32"])).await;
        let before = crate::domain::state::all(&world).await;
        for token in [&access, &personal, &by_login] {
            for path in [USERS, GROUPS, &of(cyd.number), "/v1/users", "/v1/users/profile", "/v1/credentials/clients", "/auth/users/whoami", "/auth/users/list"] {
                let answer = get(&router, path, token).await;
                assert_eq!(answer.status, 403, "{path}: {}", answer.body);
                assert_eq!(answer.body["message"].as_str().unwrap().to_lowercase(), SENTENCE.to_lowercase(), "{path}");
            }
            assert_eq!(refused(&patch(&router, &of(cyd.number), token, &json!({"ipWhitelist": []})).await), (403, SENTENCE));
        }
        let account = by_token(&world.stranger(), &account, &[TokenKind::Account]).await;
        assert!(matches!(account, Err(Error::NotFromHere)), "an account token, too");
        assert_eq!(refused(&signin(&router, &cyd.login, PASSWORD).await), (403, SENTENCE));
        assert_eq!(refused(&signin(&router, &cyd.login, "wrong").await).0, 401, "only whoever knows the password learns of it");
        let login = sent(&router, (Method::POST, "/auth/login"), "", &json!({"userName": cyd.login, "password": PASSWORD})).await;
        assert_eq!((login.status, login.body.get("accessToken")), (403, None));
        for _ in 0..2 {
            assert_eq!(refused(&refresh(&router, &refreshing).await), (403, SENTENCE), "it isn't used up by that");
        }
        assert_eq!(crate::domain::state::all(&world).await, before);
        for (address, status) in [("198.51.100.9:7", 200), ("[::ffff:198.51.100.9]:7", 200), ("[2001:db8::9]:7", 200), ("198.51.100.8:7", 403), ("[2001:db9::9]:7", 403), ("[::1]:7", 403)] {
            for token in [&access, &personal] {
                assert_eq!(from(&router, address, (USERS, token)).await.0, status, "{address}");
            }
        }
        for list in [json!([HERE]), json!(["192.0.2.7"]), json!(["::ffff:192.0.2.7"]), json!(["::ffff:192.0.2.0/120", "10.0.0.0/8"]), json!(["0.0.0.0/0"]), json!([])] {
            bound(list.clone()).await;
            assert_eq!((get(&router, USERS, &access).await.status, signin(&router, &cyd.login, PASSWORD).await.status), (200, 200), "{list}");
        }
        assert_eq!(from(&router, "198.51.100.8:7", (USERS, &access)).await.0, 200, "an empty list lets in from everywhere");
        bound(json!([HERE])).await;
        let [access, refreshing] = pair(&refresh(&router, &refreshing).await);
        assert_eq!((get(&router, USERS, &access).await.status, from(&router, "203.0.113.1:7", (USERS, &access)).await), (200, (403, json!({"message": SENTENCE}))));
        assert!(refreshing.starts_with("rt_"));
    }

    // 001-4, 001-R8
    async fn a_browser_elsewhere_is_signed_out_and_is_told_why_when_it_signs_in(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((_, token), cyd) = (admin(&world, "bea", &a).await, member(&world, "cyd", &a).await);
        let mut browser = world.signed_in(&cyd).await;
        let at_home = browser.get("/admin").await;
        assert!(!at_home.location().starts_with("/signin"), "{}", at_home.location());
        let listed = patch(&router, &of(cyd.number), &token, &json!({"ipWhitelist": [ELSEWHERE]})).await;
        assert_eq!((listed.status, &listed.body["ipWhitelist"]), (200, &json!([ELSEWHERE])));
        let away = browser.get("/admin").await;
        assert_eq!((away.status, away.location()), (303, "/signin?next=%2Fadmin"));
        let page = browser.post("/signin", &[("email", &cyd.login), ("password", PASSWORD)]).await;
        assert_eq!((page.status, page.body.to_lowercase().contains(&SENTENCE.to_lowercase())), (403, true), "{}", page.body);
        assert_eq!(browser.post("/signin", &[("email", &cyd.login), ("password", "wrong")]).await.status, 401);
        browser.address = "198.51.100.9:7";
        let back = browser.get("/admin").await;
        assert_eq!((back.status, back.location()), (at_home.status, at_home.location()), "the session is there still");
        let mut other = world.browser();
        other.address = "198.51.100.9:7";
        assert_eq!(other.post("/signin", &[("email", &cyd.login), ("password", PASSWORD)]).await.status, 303);
    }
}
