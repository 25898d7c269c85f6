//! How paths, methods, bodies and errors are told.

use super::*;

use crate::domain::state;

async fn raw(router: &Router, (method, path): (Method, &str), headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let request = Request::builder().method(method).uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    send(router, request.body(Body::from(body)).unwrap()).await
}

/// The methods that an answer allows, in order.
fn allowed(answer: &Answer) -> Vec<&str> {
    let mut methods: Vec<&str> = answer.header("allow").split(',').map(str::trim).collect();
    methods.sort_unstable();
    methods
}

on_both_engines! {
    // 003-1, 003-2, 003-R12, 003-R19, 003-R20, 003-R31
    async fn paths_and_methods_that_there_are_not_are_told_in_the_familys_shape(world: World) {
        let (router, one) = (world.router("http://localhost"), portal(&world, "pp_01").await);
        let kai = member(&world, "kai", &one.tenant).await;
        let user = one.of(&kai);
        let before = state::all(&world).await;
        for (path, methods, others) in [
            (&one.users, ["GET", "HEAD", "POST"], [Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE]),
            (&user, ["DELETE", "GET", "HEAD"], [Method::PUT, Method::PATCH, Method::POST, Method::TRACE]),
        ] {
            for method in others {
                for key in [one.key.as_str(), ""] {
                    let answer = asked(&router, (method.clone(), path), key).await;
                    assert_eq!((refused(&answer).0, allowed(&answer)), (405, methods.to_vec()), "{method} {path}");
                    assert_eq!(rates(&answer), [-1; 3], "it is no row's");
                }
            }
            let options = raw(&router, (Method::OPTIONS, path), &[("origin", "https://elsewhere.example")], Vec::new()).await;
            assert_eq!((options.status, allowed(&options), options.header("access-control-allow-origin")), (204, methods.to_vec(), ""));
            let (shown, head) = (get(&router, path, &one.key).await, asked(&router, (Method::HEAD, path), &one.key).await);
            assert_eq!((head.status, &head.body, head.header("content-type")), (shown.status, &Value::Null, shown.header("content-type")));
            assert_eq!(refused_head(&asked(&router, (Method::HEAD, path), "").await), 401);
        }
        let root = "/v1/partner-portals";
        for path in ["", "/", "//", "//users", "/pp_01", "/pp_01/", "/pp_01/user", "/pp_01/users/", "/pp_01/users/a/b", "/pp_01/users/a/", "/pp_01/users//", "/pp_01/users/a/b/c", "/pp_01//users"] {
            for key in [one.key.as_str(), ""] {
                let answer = get(&router, &format!("{root}{path}"), key).await;
                assert_eq!(refused(&answer), NOT_FOUND, "{path}");
            }
        }
        let beside = get(&router, "/v1/partner-portalsx", &one.key).await;
        assert_eq!((beside.status, &beside.body["code"]), (404, &json!("not_found")), "another family's");
        assert_eq!(state::all(&world).await, before);
    }

    // 003-3, 003-R19, 003-R20, 003-R21, 003-R33
    async fn bodies_that_cannot_be_read_change_nothing(world: World) {
        let (router, one) = (world.router("http://localhost"), portal(&world, "pp_01").await);
        let (before, bearer) = (state::all(&world).await, format!("Bearer {}", one.key));
        let json_ = "application/json";
        for (kind, body, status) in [
            ("text/plain", b"{}".to_vec(), 415), ("", b"{}".to_vec(), 415), ("application/x-www-form-urlencoded", b"email=x".to_vec(), 415),
            (json_, b"{".to_vec(), 400), (json_, b"".to_vec(), 400), (json_, b"[]".to_vec(), 400), (json_, b"null".to_vec(), 400), (json_, b"{}".to_vec(), 400),
            (json_, vec![b'{', b'"', 0xff, b'"', b':', b'1', b'}'], 400), (json_, vec![b'['; 60_000], 400), (json_, br#"{"attributes":[{"id":"a","value":1e999}]}"#.to_vec(), 400),
            ("application/json; charset=utf-8", b"{}".to_vec(), 400), (json_, vec![b' '; 65_537], 413),
        ] {
            let answer = raw(&router, (Method::POST, &one.users), &[("authorization", &bearer), ("content-type", kind)], body).await;
            assert_eq!(refused(&answer).0, status, "{kind} {}", answer.body);
        }
        assert_eq!(state::all(&world).await, before);
    }
}

/// The status of what has no body.
fn refused_head(answer: &Answer) -> u16 {
    assert_eq!((&answer.body, answer.header("www-authenticate")), (&Value::Null, "Bearer"));
    answer.status
}
