//! Which keys open what, and how often.

use super::*;
use castellan::{
    domain::{
        bounds::AllowedFrom,
        key_pairs::commands::AddKeyPair,
        secrets::{hex, hmac},
        tokens::{
            access::issue_to,
            credential::{DisableToken, EnableToken},
            input::{NewToken, TokenBounds},
            queries,
        },
        usage,
    },
    model::token::TokenKind,
};

use crate::{
    api::management::made,
    domain::{
        stage::{of_account, of_key_pair, personal},
        state,
    },
};

/// The four rows of a portal, with a body where one is asked for.
fn rows(portal: &Portal) -> Vec<(Method, String, Option<Value>)> {
    let one = format!("{}/{NOTHING}", portal.users);
    vec![
        (Method::GET, portal.users.clone(), None),
        (Method::GET, one.clone(), None),
        (Method::POST, portal.users.clone(), Some(portal.guest())),
        (Method::DELETE, one, None),
    ]
}

async fn ask(
    router: &Router,
    (method, path, body): &(Method, String, Option<Value>),
    headers: &[(&str, &str)],
) -> Answer {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    send(router, request.body(Body::from(body.as_ref().map(Value::to_string).unwrap_or_default())).unwrap()).await
}

on_both_engines! {
    // 003-1, 003-2, 003-3, 003-4, 003-R10, 003-R11, 003-R15, 003-R28, 003-R33
    async fn only_a_service_key_that_works_opens_anything(world: World) {
        let (router, one) = (world.router("http://localhost"), portal(&world, "pp_01").await);
        let ada = member(&world, "ada", &one.tenant).await;
        world.give(&ada, "admin").await;
        let access = {
            let ctx = world.operator();
            let mut tx = ctx.begin().await.unwrap();
            let issued = issue_to(&ctx, &mut tx, ada.id).await.unwrap();
            tx.commit().await.unwrap();
            issued.token
        };
        let (account, mine) = (made(&world, of_account((ada.id, one.tenant.id), "ci")).await, made(&world, personal(ada.id, Some(one.tenant.id))).await);
        let (locked, locked_value) = key(&world, &one.tenant, &["users.read"]).await;
        run(&world.operator(), DisableToken { id: locked.id }).await.unwrap();
        let bounded = async |name: &str, networks: &[&str], seconds: Option<i64>| {
            let networks: Vec<String> = networks.iter().map(|&network| network.to_owned()).collect();
            let expires_at = seconds.map(|seconds| world.services.clock.now().plus_seconds(seconds));
            let bounds = TokenBounds { allowed_from: AllowedFrom::parse(&networks).unwrap(), expires_at, ..unbounded() };
            let new = NewServiceKey { tenant: one.tenant.id, name: name.into(), roles: vec![one.clerk.id.clone()], bounds };
            add_service_key(&world.operator(), new).await.unwrap()
        };
        let (_, far) = bounded("far", &["10.0.0.0/8"], None).await;
        let (_, over) = bounded("over", &[], Some(1)).await;
        let (off, of_off) = bounded("off", &[], None).await;
        run(&world.operator(), DisableUser { user: off.user_id }).await.unwrap();
        world.services.clock.advance(2);
        let (add, secret) = AddKeyPair::prepare(&world.operator(), of_key_pair(one.tenant.id, "pair"));
        let pair = run(&world.operator(), add).await.unwrap().api_key;
        let bearer = |token: &str| format!("Bearer {token}");
        let good = bearer(&one.key);
        let bad = [bearer("xyz"), bearer("sk:none"), bearer(&one.key[3..]), bearer(""), format!("Basic {}", one.key), one.key.clone(), bearer(&access), bearer(&mine), bearer(&account),
            bearer(&locked_value), bearer(&far), bearer(&over), bearer(&of_off)];
        let before = state::all(&world).await;
        for row in rows(&one) {
            let body = row.2.as_ref().map(Value::to_string).unwrap_or_default();
            let at = world.services.clock.now().0.to_string();
            let sign = hex(&hmac(secret.as_bytes(), &[pair.as_bytes(), body.as_bytes(), at.as_bytes()]));
            let signed = [("x-logtrust-timestamp", at.as_str()), ("x-logtrust-sign", &sign), ("x-logtrust-domain-apikey", &pair)];
            let mut all: Vec<Vec<(&str, &str)>> = bad.iter().map(|bad| vec![("authorization", bad.as_str())]).collect();
            all.extend([vec![], vec![("standAloneToken", account.as_str())], signed.to_vec(), vec![("authorization", good.as_str()), ("authorization", good.as_str())], vec![("authorization", good.as_str()), ("standAloneToken", account.as_str())]]);
            for headers in all {
                let answer = ask(&router, &row, &headers).await;
                assert_eq!((refused(&answer), answer.header("www-authenticate")), (UNAUTHORIZED, "Bearer"), "{row:?} {headers:?}");
                assert_eq!(rates(&answer), [-1; 3], "nobody's call");
            }
        }
        assert_eq!(state::all(&world).await, before);
        let row = &rows(&one)[0];
        assert_eq!(ask(&router, row, &[("authorization", &good.replace("Bearer", "bEARER"))]).await.status, 200, "the scheme in any case");
        run(&world.operator(), EnableToken { id: locked.id }).await.unwrap();
        assert_eq!(get(&router, &one.users, &locked_value).await.status, 200, "enabled again");
        assert!(locked_value.starts_with("sk:"));
        assert_eq!(queries::read(&world.operator(), locked.id).await.unwrap().last_used_at, None);
        usage::write(&world.operator()).await.unwrap();
        let (listed, _) = queries::list(&world.operator(), [TokenKind::ServiceKey; 2], 0).await.unwrap();
        let listed = listed.into_iter().find(|token| token.id == locked.id).unwrap();
        assert_eq!(listed.last_used_at, Some(world.services.clock.now()));
        assert!(!format!("{listed:?}").contains(&locked_value[3..]), "shown once");
        run(&world.operator(), DisableUser { user: locked.user_id }).await.unwrap();
        assert_eq!(refused(&get(&router, &one.users, &locked_value).await), UNAUTHORIZED, "with the next request");
    }

    // 003-R13, 003-R14
    async fn a_key_is_at_home_in_one_portal_and_does_what_its_account_may(world: World) {
        let (router, one, two) = (world.router("http://localhost"), portal(&world, "pp_01").await, portal(&world, "pp_02").await);
        let other = stage::tenant(&world, "other").await;
        let (_, of_other) = key(&world, &other, &["*.*"]).await;
        let (_, reads) = key(&world, &one.tenant, &["users.read"]).await;
        let (_, nothing) = key(&world, &one.tenant, &["roles.read"]).await;
        let kai = member(&world, "kai", &one.tenant).await;
        let by_id = format!("/v1/partner-portals/{}/users", one.tenant.id);
        assert_eq!(get(&router, &by_id, &one.key).await.body, get(&router, &one.users, &one.key).await.body);
        assert_eq!(get(&router, &format!("{by_id}/{}", kai.id), &one.key).await.status, 200);
        let before = state::all(&world).await;
        let upper = one.tenant.id.to_string().to_uppercase();
        for (named, key) in [(two.tenant.slug.as_str(), &one.key), (&two.tenant.id.to_string(), &one.key), ("pp_99", &one.key), (NOTHING, &one.key), (&upper, &one.key), ("PP_01", &one.key),
            ("%ff", &one.key), ("%00", &one.key), ("other", &one.key), ("root", &one.key), ("other", &of_other), (&other.id.to_string(), &of_other), ("pp_01", &of_other), ("pp_02", &nothing)] {
            for (method, path, body) in rows(&one) {
                let path = path.replace("pp_01", named);
                let answer = ask(&router, &(method.clone(), path, body), &[("authorization", &format!("Bearer {key}"))]).await;
                assert_eq!(refused(&answer), NOT_FOUND, "{method} {named}");
                assert_eq!(rates(&answer)[0], 500);
            }
        }
        let may = async |key: &str| {
            let mut statuses = Vec::new();
            for row in [rows(&one), vec![(Method::DELETE, one.of(&kai), None), (Method::GET, one.of(&kai), None)]].concat() {
                let answer = ask(&router, &row, &[("authorization", &format!("Bearer {key}"))]).await;
                if answer.status == 403 {
                    assert_eq!(refused(&answer), FORBIDDEN);
                }
                statuses.push(answer.status);
            }
            statuses
        };
        assert_eq!(may(&reads).await, [200, 404, 403, 403, 403, 200]);
        assert_eq!(may(&nothing).await, [403, 403, 403, 403, 403, 403]);
        assert_eq!(state::all(&world).await, before);
    }

    // 003-1, 003-R15, 003-R16, 003-R19
    async fn a_service_account_calls_each_row_five_hundred_times_a_minute(world: World) {
        let (router, one) = (world.router("http://localhost"), portal(&world, "pp_01").await);
        let kai = member(&world, "kai", &one.tenant).await;
        let first = get(&router, &one.users, &one.key).await;
        assert_eq!((first.status, rates(&first), first.header("retry-after")), (200, [500, 499, 60], ""));
        let wrong = get(&router, &format!("{}?limit=0", one.users), &one.key).await;
        assert_eq!((wrong.status, rates(&wrong)), (400, [500, 498, 60]));
        world.services.clock.advance(20);
        let head = asked(&router, (Method::HEAD, &one.users), &one.key).await;
        assert_eq!((head.status, rates(&head)), (200, [500, 497, 40]), "counts as GET");
        let lost = get(&router, "/v1/partner-portals/pp_99/users", &one.key).await;
        assert_eq!((lost.status, rates(&lost)), (404, [500, 496, 40]), "the same row");
        for left in (0..496).rev() {
            assert_eq!(rates(&get(&router, &one.users, &one.key).await), [500, left, 40]);
        }
        for _ in 0..2 {
            let over = get(&router, &one.users, &one.key).await;
            assert_eq!((refused(&over), rates(&over), over.header("retry-after")), (TOO_MANY, [500, 0, 40], "40"));
        }
        assert_eq!(asked(&router, (Method::HEAD, &one.users), &one.key).await.status, 429);
        // Another row, another account, and no account at all go on; another key of the same one doesn't.
        assert_eq!(rates(&get(&router, &one.of(&kai), &one.key).await), [500, 499, 60]);
        let posted = post(&router, &one, &json!({})).await;
        assert_eq!((posted.status, rates(&posted)), (400, [500, 499, 60]));
        assert_eq!(rates(&delete(&router, &format!("{}/x", one.users), &one.key).await), [500, 499, 60]);
        let (_, second) = key(&world, &one.tenant, &["users.read"]).await;
        assert_eq!(rates(&get(&router, &one.users, &second).await), [500, 499, 60]);
        assert_eq!(get(&router, &one.users, "sk:none").await.status, 401);
        let new = NewToken { kind: TokenKind::ServiceKey, ..of_account((one.account, one.tenant.id), "second") };
        let same = made(&world, NewToken { bounds: unbounded(), audience: String::new(), scope: String::new(), ..new }).await;
        assert!(same.starts_with("sk:"));
        assert_eq!(refused(&get(&router, &one.users, &same).await), TOO_MANY);
        world.services.clock.advance(39);
        assert_eq!(rates(&get(&router, &one.users, &one.key).await), [500, 0, 1]);
        world.services.clock.advance(1);
        assert_eq!(rates(&get(&router, &one.users, &one.key).await), [500, 499, 60]);
        // Each answer has an id of its own.
        let ids: Vec<String> = [get(&router, &one.users, "").await, get(&router, &one.users, "").await].iter().map(|answer| { refused(answer); answer.header("x-request-id").to_owned() }).collect();
        assert_ne!(ids[0], ids[1]);
    }
}
