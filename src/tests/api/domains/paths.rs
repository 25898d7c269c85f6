//! What holds for all paths: both spellings, ids of requests, methods and media types.

use super::*;

on_both_engines! {
    // 004-R57, 004-R58
    async fn every_answer_has_an_id_and_unknown_paths_look_like_the_family(world: World) {
        let quay = quay(&world).await;
        let mut seen = std::collections::BTreeSet::new();
        for root in ["/v2", "/ws", "/user", "/probio"] {
            for path in ["", "/", "/x", "/x/y", "/accounts", "/accounts/north@quay", "/accounts/north@quay/tokens/1/2/3", "/email", "/email/x/", "/internal/x", "/domain"] {
                for by in [&By::Nothing, &quay.pair] {
                    let answer = quay.get(&world, by, &format!("{root}{path}")).await;
                    assert_eq!(told(&answer), 404, "{root}{path}");
                    assert!(seen.insert(answer.header("x-devo-cid").to_owned()), "{root}{path}");
                }
            }
        }
        for path in ["/v2/user/internal", "/ws/accounts/north@quay/tokens", "/probio/v2/accounts/north@quay/tokens", "/v2/accounts/north@quay/credentials/tokens", "/v2/accounts/north@quay/tokens/"] {
            assert_eq!(told(&quay.get(&world, &quay.pair, path).await), 404, "{path}");
        }
        for by in [&By::Nothing, &quay.pair] {
            assert!(seen.insert(quay.get(&world, by, "/user/domain/north@quay").await.header("x-devo-cid").to_owned()));
        }
    }

    // 004-A1, 004-A3, 004-B1, 004-B2, 004-C1, 004-C2, 004-C3, 004-R58
    async fn both_spellings_do_the_same(world: World) {
        let quay = quay(&world).await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        let ewa = json!({"domain": "north@quay", "email": "ewa@north.example", "role": "NO_PRIVILEGES", "userName": "Ewa"});
        done(&quay.post(&world, &quay.pair, "/probio/user/internal", &ewa).await);
        let path = format!("/probio{}/role", of_in("ewa@north.example", "north@quay"));
        assert_eq!(part(&quay.put(&world, &quay.pair, &path, &json!({"roles": "ADMIN"})).await, &["role"]), [json!("ADMIN")]);
        let body = json!({"name": "x", "user": lin.login, "audience": "a", "scopes": "b"});
        let tokens = "/ws/accounts/north%40quay/credentials/tokens";
        assert_eq!(part(&quay.post(&world, &quay.pair, tokens, &body).await, &["id"]), [json!(1)]);
        for (method, rest) in [(Method::PUT, "/1/disable"), (Method::PUT, "/1/enable"), (Method::PUT, "/1/rename"), (Method::GET, "/1")] {
            done(&quay.ask(&world, &quay.pair, (method, &format!("{tokens}{rest}"))).await);
        }
        let lin = of(&lin.login);
        for (one, other) in [("/v2/accounts/north@quay/tokens", tokens), ("/user/domain/north@quay", "/probio/user/domain/north@quay"), (&lin, &format!("/probio{lin}"))] {
            assert_eq!(done(&quay.get(&world, &quay.pair, one).await), done(&quay.get(&world, &quay.pair, other).await));
        }
        assert_eq!(*done(&quay.ask(&world, &quay.pair, (Method::DELETE, &format!("{tokens}/1"))).await), json!({}));
    }

    // 004-R57, 004-R59
    async fn methods_and_media_types_are_told(world: World) {
        let quay = quay(&world).await;
        let lin = quay.owned(&world, &quay.north, "lin").await;
        let path = of_in(&lin.login, "north@quay");
        let wrong = quay.ask(&world, &quay.pair, (Method::PATCH, &path)).await;
        assert_eq!(told(&wrong), 405);
        assert!(wrong.header("allow").contains("GET") && wrong.header("allow").contains("DELETE"));
        let options = quay.ask(&world, &By::Nothing, (Method::OPTIONS, "/user/internal")).await;
        assert_eq!((options.status, options.header("allow"), options.header("access-control-allow-origin")), (204, "POST", ""));
        let head = quay.ask(&world, &quay.pair, (Method::HEAD, &path)).await;
        assert_eq!((head.status, &head.body), (200, &Value::Null));
        let By::Pair(pair) = &quay.pair else { unreachable!() };
        let now = world.services.clock.now().0;
        let text = first().to_string();
        for (kind, body, status) in [("text/plain", text.clone(), 415), ("application/json; charset=utf-8", text.clone(), 400), ("application/json", format!("{}{}", long(65_536), text), 413)] {
            let mut request = Request::post("/user/internal").header("content-type", kind);
            for (name, value) in pair.headers(&body, now) {
                request = request.header(name, value);
            }
            let answer = send(&quay.router, request.body(Body::from(body)).unwrap()).await;
            assert_eq!(told(&answer), status, "{kind}");
            assert_eq!(answer.header("x-devo-cid").len(), 36);
        }
        let mut request = Request::post("/user/internal").header("content-type", "application/json");
        let bytes = [b'{', b'"', 0xff, b'"', b':', b'1', b'}'];
        let at = now.to_string();
        let sign = hex(&hmac(pair.secret.as_bytes(), &[pair.key.as_bytes(), &bytes, at.as_bytes()]));
        for (name, value) in [(pair.header, pair.key.as_str()), ("x-logtrust-timestamp", &at), ("x-logtrust-sign", &sign)] {
            request = request.header(name, value);
        }
        assert_eq!(told(&send(&quay.router, request.body(Body::from(bytes.to_vec())).unwrap()).await), 400, "no UTF-8");
        assert_eq!(told(&quay.get(&world, &quay.pair, "/user/email/%ff").await), 400, "nor in a path");
    }

    // 004-R60
    async fn what_is_lost_in_between_is_refused(world: World) {
        let quay = quay(&world).await;
        quay.owned(&world, &quay.north, "lin").await;
        let ida = with_role(&world, "ida", (ADMIN_ROLE, &quay.north)).await;
        let token = By::Token(account(&world, &ida, &quay.north).await);
        done(&quay.get(&world, &token, "/user/domain/north@quay").await);
        let path = format!("{}/role", of_in(&ida.login, "north@quay"));
        done(&quay.put(&world, &quay.pair, &path, &json!({"roles": ["NO_PRIVILEGES"]})).await);
        assert_eq!(told(&quay.get(&world, &token, "/user/domain/north@quay").await), 403, "a role that was taken");
    }

    // 004-A3, 004-B1
    async fn what_is_made_can_be_repeated_under_a_key(world: World) {
        let quay = quay(&world).await;
        let By::Pair(pair) = &quay.pair else { unreachable!() };
        let keyed = async |path: &str, key: &str, body: &str| {
            let mut request = Request::post(path).header("content-type", "application/json").header("idempotency-key", key);
            for (name, value) in pair.headers(body, world.services.clock.now().0) {
                request = request.header(name, value);
            }
            send(&quay.router, request.body(Body::from(body.to_owned())).unwrap()).await
        };
        let rows = [
            ("/user/internal", first().to_string(), json!({"domain": "north@quay", "email": "ewa@north.example", "role": "ADMIN", "userName": "Ewa"}).to_string()),
            ("/ws/accounts/north@quay/credentials/tokens", json!({"name": "x", "user": "lin@north.example", "audience": "a", "scopes": "b"}).to_string(), json!({"name": "y", "user": "lin@north.example", "audience": "a", "scopes": "b"}).to_string()),
        ];
        for (path, body, other) in rows {
            let one = keyed(path, path, &body).await;
            done(&one);
            let before = (state::all(&world).await, mail(&world).await.len());
            // Signed anew, as a program does that lost the answer.
            world.services.clock.advance(1);
            let two = keyed(path, path, &body).await;
            assert_eq!((done(&two), two.header("idempotent-replayed")), (done(&one), "true"));
            assert_eq!(two.header("x-devo-cid"), two.header("x-request-id"));
            assert_eq!(told(&keyed(path, path, &other).await), 400, "another request");
            assert_eq!((state::all(&world).await, mail(&world).await.len()), before);
            assert_eq!(follow(&world, &link(&world, "lin@north.example").await, PASSWORD).await == 303, path == "/user/internal");
        }
        let wrong = Request::post("/user/internal").header("idempotency-key", "k").header("content-type", "application/json");
        let mut headers = pair.headers("", 0);
        headers[2].1 = long(64);
        let wrong = headers.into_iter().fold(wrong, |request, (name, value)| request.header(name, value));
        assert_eq!(refused(&send(&quay.router, wrong.body(Body::empty()).unwrap()).await), (401, 401, "Bad signature"));
    }
}
