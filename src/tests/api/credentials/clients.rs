//! Rows about client credentials.

use castellan::model::client::ClientRole;

use super::*;
use crate::{
    domain::{
        stage::{group, tenant},
        state,
    },
    support::on_both_engines,
};

on_both_engines! {
    // 000-1, 000-R1, 000-R18
    async fn client_credentials_are_made_and_their_secret_is_told_once(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, ada) = admin(&world, "ada", &a).await;
        let team = group(&world, "team", &a).await;
        let body = json!({"name": " night-export ", "role": "api_appowner", "subscriberGroups": [team.id, team.id], "more": [1]});
        let made = post(&router, CLIENTS, &ada, &body).await;
        let (id, secret) = (made.body["id"].clone(), made.body["clientSecret"].as_str().unwrap().to_owned());
        let shown = json!({"id": id, "clientId": id, "name": "night-export", "role": "api_appowner", "serviceIds": [],
            "subscriberGroups": [team.id], "tenantId": a.id, "createdAt": THEN, "updatedAt": THEN});
        assert_eq!((made.status, &made.body), (200, &with(shown.clone(), json!({"clientSecret": secret}))));
        assert_eq!(events(&world).await[0], "credentials.add");
        let id = id.as_str().unwrap();
        let path = format!("{CLIENTS}/{id}");
        assert_eq!(get(&router, &path, &ada).await.body, shown, "never again");
        assert_eq!(get(&router, CLIENTS, &ada).await.body["content"], json!([shown]));
        let changed = patch(&router, &path, &ada, &json!({"name": "other"})).await;
        assert_eq!((changed.status, changed.body.get("clientSecret")), (200, None));
        let issued = issued(&router, (id, &secret)).await;
        let scope = format!("dpod.tuid.{0} dpod.tenant.api_appowner dpod.tuid.{0}.sguid.{1}", a.id, team.id);
        let expected = json!({"access_token": issued.body["access_token"], "token_type": "bearer", "expires_in": 3599, "scope": scope, "jti": issued.body["jti"]});
        assert_eq!((issued.status, &issued.body), (200, &expected));
        assert!(issued.body["access_token"].as_str().unwrap().starts_with("at_") && issued.body["jti"].is_string());
        assert_eq!(world.count("select count(*) from client_secrets").await, 1);
        let kept = world.text("select string_agg(coalesce(before, '') || coalesce(after, '') || coalesce(undo_data, ''), ' ') from events").await;
        assert!(!kept.contains(&secret));
    }

    // 000-1, 000-R26
    async fn whatever_is_wrong_with_new_client_credentials_is_named_and_nothing_is_made(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let ((_, ada), (_, grace)) = (admin(&world, "ada", &a).await, admin(&world, "grace", &b).await);
        let (team, others) = (group(&world, "team", &a).await, group(&world, "others", &b).await);
        let body = json!({"name": "ci", "role": "api_service", "serviceIds": [SERVICE], "subscriberGroups": [team.id]});
        assert_eq!(post(&router, CLIENTS, &ada, &body).await.status, 200);
        let before = state::all(&world).await;
        for (member, members) in [
            ("name", json!({"name": null})), ("name", json!({"name": " "})), ("name", json!({"name": "x".repeat(101)})), ("name", json!({"name": 7})), ("name", json!({"name": "a\u{0}"})),
            ("role", json!({"role": null})), ("role", json!({"role": "api_root"})), ("role", json!({"role": ["api_service"]})),
            ("serviceIds", json!({"serviceIds": null})), ("serviceIds", json!({"serviceIds": []})), ("serviceIds", json!({"serviceIds": ["x"]})), ("serviceIds", json!({"serviceIds": SERVICE})),
            ("subscriberGroups", json!({"role": "api_appowner", "subscriberGroups": null})), ("subscriberGroups", json!({"role": "api_appowner", "subscriberGroups": []})),
            ("subscriberGroups", json!({"subscriberGroups": ["x"]})), ("subscriberGroups", json!({"subscriberGroups": [7]})),
        ] {
            let answer = post(&router, CLIENTS, &ada, &with(with(body.clone(), json!({"name": "other"})), members)).await;
            assert_eq!(wrong(&answer), (400, member), "{}", answer.body);
        }
        let none = post(&router, CLIENTS, &ada, &json!({"name": "other"})).await;
        assert_eq!(none.body, json!({"code": "validation_error", "message": "Request is not valid", "errors": [{"field": "role", "message": "is required"}]}));
        for unknown in [json!(NOTHING), json!(others.id)] {
            let answer = post(&router, CLIENTS, &ada, &with(body.clone(), json!({"name": "other", "subscriberGroups": [unknown]}))).await;
            assert_eq!(refused(&answer), (404, "not_found"), "{}", answer.body);
        }
        for taken in ["ci", "CI"] {
            let answer = post(&router, CLIENTS, &ada, &with(body.clone(), json!({"name": taken}))).await;
            assert_eq!(refused(&answer), (409, "conflict"));
        }
        assert_eq!(state::all(&world).await, before);
        let elsewhere = post(&router, CLIENTS, &grace, &json!({"name": "ci", "role": "api_appowner", "subscriberGroups": [others.id]})).await;
        assert_eq!(elsewhere.status, 200, "of another tenant: {}", elsewhere.body);
    }

    // 000-2, 000-R19, 000-R20, 000-R21
    async fn a_list_goes_by_age_in_pages_and_is_filtered(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let ((_, ada), team) = (admin(&world, "ada", &a).await, group(&world, "team", &a).await);
        program(&world, &router, (ClientRole::ApiService, &b, &[])).await;
        for (name, members) in [
            ("zeta", json!({"role": "api_service", "serviceIds": [SERVICE]})), ("alpha", json!({"role": "api_appowner", "subscriberGroups": [team.id]})),
            ("beta", json!({"role": "api_service", "serviceIds": [NOTHING]})), ("both", json!({"role": "api_service", "serviceIds": [NOTHING, SERVICE]})),
        ] {
            assert_eq!(post(&router, CLIENTS, &ada, &with(members, json!({"name": name}))).await.status, 200);
            world.services.clock.advance(1);
        }
        let page = async |query: &str| get(&router, &format!("{CLIENTS}?{query}"), &ada).await;
        let whole = page("").await;
        assert_eq!((named(&whole, "name"), counts(&whole)), (vec!["zeta", "alpha", "beta", "both"], [0, 4, 4, 1]));
        assert!(whole.work.statements <= 7, "{:?}", whole.work);
        let second = page("page=1&size=3").await;
        assert_eq!((named(&second, "name"), counts(&second)), (vec!["both"], [1, 1, 4, 2]));
        for behind in ["page=2&size=3", "page=2147483647"] {
            let answer = page(behind).await;
            assert_eq!((answer.status, &answer.body["content"], &answer.body["size"], &answer.body["totalElements"]), (200, &json!([]), &json!(0), &json!(4)), "{behind}");
        }
        for (query, names) in [
            ("role=api_service", vec!["zeta", "beta", "both"]), ("role=api_spadmin", vec![]), ("role=api_appowner", vec!["alpha"]),
            (&format!("serviceIds={NOTHING}"), vec!["beta", "both"]), (&format!("serviceIds={NOTHING},{SERVICE}"), vec!["zeta", "beta", "both"]),
            (&format!("serviceIds={SERVICE}&serviceIds={NOTHING}&role=api_service"), vec!["zeta", "beta", "both"]),
            (&format!("serviceIds={}", NOTHING.to_uppercase()), vec!["beta", "both"]), ("serviceIds=01a2016a-fa5c-71e0-b490-b29a1e32cc61", vec![]),
        ] {
            let answer = page(query).await;
            assert_eq!((answer.status, named(&answer, "name")), (200, names), "{query}");
            assert_eq!(answer.body["totalElements"], answer.body["size"], "{query}: what is counted is what is filtered");
        }
        for (query, parameter) in [
            ("page=-1", "page"), ("page=x", "page"), ("page=1.5", "page"), ("page=", "page"), ("size=0", "size"), ("size=101", "size"), ("size=-5", "size"), ("size=ten", "size"),
            ("role=api_root", "role"), ("role=", "role"), ("serviceIds=x", "serviceIds"), ("serviceIds=", "serviceIds"), ("page=1&page=1", "page"),
        ] {
            assert_eq!(wrong(&page(query).await), (400, parameter), "{query}");
        }
        assert_eq!(page("size=100").await.status, 200);
    }

    // 000-3, 000-R24
    async fn one_is_shown_and_those_of_other_tenants_are_not_there(world: World) {
        let (router, a, b) = (world.router("http://localhost"), tenant(&world, "a").await, tenant(&world, "b").await);
        let (_, ada) = admin(&world, "ada", &a).await;
        let (mine, others) = (program(&world, &router, (ClientRole::ApiService, &a, &[])).await, program(&world, &router, (ClientRole::ApiService, &b, &[])).await);
        let shown = get(&router, &mine.path(), &ada).await;
        let name = shown.body["name"].clone();
        let expected = json!({"id": mine.id, "clientId": mine.id, "name": name, "role": "api_service", "serviceIds": [SERVICE], "subscriberGroups": [],
            "tenantId": a.id, "createdAt": THEN, "updatedAt": THEN});
        assert_eq!((shown.status, &shown.body), (200, &expected));
        assert_eq!(get(&router, &format!("{CLIENTS}/{}", mine.id.to_string().to_uppercase()), &ada).await.body, expected, "ids are answered in small letters");
        let before = state::all(&world).await;
        for path in [others.path(), format!("{CLIENTS}/{NOTHING}")] {
            for (method, body) in [(Method::GET, None), (Method::PATCH, Some(json!({"name": "x"}))), (Method::DELETE, None)] {
                let answer = match body {
                    Some(body) => sent(&router, (method.clone(), &path), &ada, &body).await,
                    None => asked(&router, (method.clone(), &path), &ada).await,
                };
                assert_eq!(refused(&answer), (404, "not_found"), "{method} {path}");
            }
            assert_eq!(refused(&knock(&router, &format!("{path}/resetSecret"), &ada).await), (404, "not_found"));
        }
        for id in ["x", "01a2016a", "%00"] {
            assert_eq!(refused(&get(&router, &format!("{CLIENTS}/{id}"), &ada).await), (400, "validation_error"), "{id}");
        }
        assert_eq!(wrong(&get(&router, &format!("{CLIENTS}/x"), &ada).await), (400, "id"));
        assert_eq!(state::all(&world).await, before);
    }

    // 000-4, 000-R22, 000-R23, 000-R26
    async fn what_is_named_is_changed_and_a_role_never_is(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((_, ada), team, other) = (admin(&world, "ada", &a).await, group(&world, "team", &a).await, group(&world, "other", &a).await);
        let made = post(&router, CLIENTS, &ada, &json!({"name": "ci-runner", "role": "api_appowner", "subscriberGroups": [team.id]})).await.body;
        post(&router, CLIENTS, &ada, &json!({"name": "taken", "role": "api_service", "serviceIds": [SERVICE]})).await;
        let path = format!("{CLIENTS}/{}", made["id"].as_str().unwrap());
        world.services.clock.advance(60);
        let renamed = patch(&router, &path, &ada, &json!({"name": "ci-runner-2", "more": 1})).await;
        let expected = with(made, json!({"name": "ci-runner-2", "clientSecret": null, "updatedAt": "2026-11-22T00:01:00Z"}));
        assert_eq!((renamed.status, &renamed.body), (200, &expected));
        assert_eq!(events(&world).await[0], "credentials.update");
        let mut both = vec![team.id, other.id];
        both.sort_unstable();
        let moved = patch(&router, &path, &ada, &json!({"subscriberGroups": [other.id, team.id], "serviceIds": [SERVICE]})).await;
        assert_eq!((&moved.body["subscriberGroups"], &moved.body["serviceIds"], &moved.body["name"]), (&json!(both), &json!([SERVICE]), &json!("ci-runner-2")));
        let before = state::all(&world).await;
        for empty in [json!({}), json!({"clientSecret": "x"}), json!({"name": null})] {
            let answer = patch(&router, &path, &ada, &empty).await;
            assert_eq!((answer.status, &answer.body), (400, &json!({"code": "no_fields", "message": "Send at least one member to change"})), "{empty}");
        }
        for role in [json!("api_spadmin"), json!("api_appowner"), json!("nonsense"), json!(7)] {
            for body in [json!({"role": role}), json!({"role": role, "name": "z"})] {
                assert_eq!(wrong(&patch(&router, &path, &ada, &body).await), (400, "role"), "{body}");
            }
        }
        for (member, body) in [("name", json!({"name": ""})), ("name", json!({"name": "x".repeat(101)})), ("subscriberGroups", json!({"subscriberGroups": []})), ("subscriberGroups", json!({"subscriberGroups": ["x"]})), ("serviceIds", json!({"serviceIds": "x"}))] {
            assert_eq!(wrong(&patch(&router, &path, &ada, &body).await), (400, member), "{body}");
        }
        assert_eq!(refused(&patch(&router, &path, &ada, &json!({"subscriberGroups": [NOTHING]})).await), (404, "not_found"));
        assert_eq!(refused(&patch(&router, &path, &ada, &json!({"name": "TAKEN"})).await), (409, "conflict"));
        assert_eq!(patch(&router, &path, &ada, &json!({"name": "ci-runner-2"})).await.status, 200, "as it is");
        assert_eq!(state::all(&world).await, before);
    }

    // 000-5, 000-R4, 000-R18
    async fn deleted_credentials_are_gone_and_so_are_their_tokens(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, ada) = admin(&world, "ada", &a).await;
        let gone = program(&world, &router, (ClientRole::ApiSpadmin, &a, &[])).await;
        let kept = program(&world, &router, (ClientRole::ApiSpadmin, &a, &[])).await;
        assert_eq!(get(&router, USERS, &gone.token).await.status, 200);
        let deleted = delete(&router, &gone.path(), &kept.token).await;
        assert_eq!((deleted.status, deleted.body), (204, Value::Null));
        assert_eq!(events(&world).await[0], "credentials.delete");
        assert_eq!(refused(&get(&router, USERS, &gone.token).await), (401, "unauthenticated"));
        assert_eq!(issued(&router, (&gone.id.to_string(), &gone.secret)).await.error(), (401, "invalid_client"));
        assert_eq!(refused(&delete(&router, &gone.path(), &ada).await), (404, "not_found"));
        assert_eq!(get(&router, USERS, &kept.token).await.status, 200);
    }

    // 000-6, 000-R2, 000-R1, 000-R18
    async fn a_new_secret_ends_the_old_one_and_the_tokens_at_once(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (_, ada) = admin(&world, "ada", &a).await;
        let kept = program(&world, &router, (ClientRole::ApiSpadmin, &a, &[])).await;
        let team = group(&world, "team", &a).await;
        let one = program(&world, &router, (ClientRole::ApiAppowner, &a, &[&team])).await;
        let path = format!("{GROUPS}/{}", team.id);
        assert_eq!(get(&router, &path, &one.token).await.status, 200);
        let shown = get(&router, &one.path(), &ada).await.body;
        world.services.clock.advance(90);
        let reset = knock(&router, &format!("{}/resetSecret", one.path()), &ada).await;
        let secret = reset.body["clientSecret"].as_str().unwrap().to_owned();
        assert_ne!(secret, one.secret);
        let expected = with(shown, json!({"clientSecret": secret, "updatedAt": "2026-11-22T00:01:30Z"}));
        assert_eq!((reset.status, &reset.body), (200, &expected));
        assert_eq!(events(&world).await[0], "credentials.rotate");
        assert_eq!(refused(&get(&router, &path, &one.token).await), (401, "unauthenticated"));
        assert_eq!(issued(&router, (&one.id.to_string(), &one.secret)).await.error(), (401, "invalid_client"));
        let again = issued(&router, (&one.id.to_string(), &secret)).await;
        assert_eq!(get(&router, &path, again.body["access_token"].as_str().unwrap()).await.status, 200);
        assert_eq!(get(&router, USERS, &kept.token).await.status, 200, "others go on");
    }

    // 000-R3
    async fn a_token_says_what_held_when_it_was_issued(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let ((_, ada), team, other) = (admin(&world, "ada", &a).await, group(&world, "team", &a).await, group(&world, "other", &a).await);
        let one = program(&world, &router, (ClientRole::ApiAppowner, &a, &[&team])).await;
        let scope = async || issued(&router, (&one.id.to_string(), &one.secret)).await.body["scope"].as_str().unwrap().to_owned();
        let of = |groups: &[&Group]| {
            let words = groups.iter().map(|group| format!("dpod.tuid.{}.sguid.{}", a.id, group.id));
            [format!("dpod.tuid.{}", a.id), "dpod.tenant.api_appowner".to_owned()].into_iter().chain(words).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(scope().await, of(&[&team]));
        assert_eq!(patch(&router, &one.path(), &ada, &json!({"subscriberGroups": [other.id]})).await.status, 200);
        assert_eq!(scope().await, of(&[&other]));
        let form = [("token", one.token.as_str()), ("client_id", &one.id.to_string()), ("client_secret", &one.secret)].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let request = Request::post("/oauth/introspect").header("content-type", "application/x-www-form-urlencoded");
        let seen = send(&router, request.body(Body::from(serde_urlencoded::to_string(form).unwrap())).unwrap()).await;
        assert_eq!(seen.body["scope"], json!(of(&[&team])), "{}", seen.body);
        let spadmin = program(&world, &router, (ClientRole::ApiSpadmin, &a, &[])).await;
        let answer = issued(&router, (&spadmin.id.to_string(), &spadmin.secret)).await;
        assert_eq!(answer.body["scope"], json!(format!("dpod.tuid.{} dpod.tenant.api_spadmin", a.id)));
    }

    // 000-1, 000-2, 000-3, 000-4, 000-5, 000-6, 000-R24, 000-R25
    async fn an_application_owner_looks_after_the_credentials_of_their_groups(world: World) {
        let (router, a) = (world.router("http://localhost"), tenant(&world, "a").await);
        let (mine, others) = (group(&world, "mine", &a).await, group(&world, "others", &a).await);
        let (_, grace) = owner(&world, "grace", (&a, &[&mine])).await;
        let foreign = program(&world, &router, (ClientRole::ApiAppowner, &a, &[&others])).await;
        let shared = program(&world, &router, (ClientRole::ApiAppowner, &a, &[&mine, &others])).await;
        let nobodys = program(&world, &router, (ClientRole::ApiService, &a, &[])).await;
        let provider = program(&world, &router, (ClientRole::ApiSpadmin, &a, &[&mine])).await;
        let made = post(&router, CLIENTS, &grace, &json!({"name": "mine", "role": "api_service", "serviceIds": [SERVICE], "subscriberGroups": [mine.id]})).await;
        assert_eq!((made.status, &made.body["subscriberGroups"]), (200, &json!([mine.id])), "{}", made.body);
        let (id, secret) = (made.body["id"].as_str().unwrap(), made.body["clientSecret"].as_str().unwrap());
        assert_eq!(issued(&router, (id, secret)).await.status, 200);
        let path = format!("{CLIENTS}/{id}");
        let listed = get(&router, CLIENTS, &grace).await;
        assert_eq!((named(&listed, "id"), counts(&listed)), (vec![id], [0, 1, 1, 1]));
        assert!(listed.work.statements <= 7, "{:?}", listed.work);
        assert_eq!(get(&router, &path, &grace).await.status, 200);
        assert_eq!(patch(&router, &path, &grace, &json!({"name": "ours"})).await.body["name"], "ours");
        assert_eq!(knock(&router, &format!("{path}/resetSecret"), &grace).await.status, 200);
        let before = state::all(&world).await;
        for other in [&foreign, &shared, &nobodys] {
            assert_eq!(refused(&get(&router, &other.path(), &grace).await), (404, "not_found"));
            assert_eq!(refused(&patch(&router, &other.path(), &grace, &json!({"name": "x"})).await), (404, "not_found"));
            assert_eq!(refused(&knock(&router, &format!("{}/resetSecret", other.path()), &grace).await), (404, "not_found"));
            assert_eq!(refused(&delete(&router, &other.path(), &grace).await), (404, "not_found"));
        }
        for group in [json!(others.id), json!(NOTHING)] {
            let answer = post(&router, CLIENTS, &grace, &json!({"name": "x", "role": "api_appowner", "subscriberGroups": [group]})).await;
            assert_eq!(refused(&answer), (404, "not_found"), "{group}");
        }
        let without = post(&router, CLIENTS, &grace, &json!({"name": "x", "role": "api_service", "serviceIds": [SERVICE]})).await;
        assert_eq!(wrong(&without), (400, "subscriberGroups"));
        for groups in [json!([mine.id]), json!([])] {
            let answer = post(&router, CLIENTS, &grace, &json!({"name": "x", "role": "api_spadmin", "subscriberGroups": groups})).await;
            assert_eq!(refused(&answer), (403, "forbidden"), "{groups}");
        }
        assert_eq!(refused(&patch(&router, &provider.path(), &grace, &json!({"name": "x"})).await), (403, "forbidden"));
        assert_eq!(refused(&knock(&router, &format!("{}/resetSecret", provider.path()), &grace).await), (403, "forbidden"));
        assert_eq!(refused(&delete(&router, &provider.path(), &grace).await), (403, "forbidden"));
        assert_eq!(refused(&patch(&router, &path, &grace, &json!({"subscriberGroups": [others.id]})).await), (404, "not_found"));
        assert_eq!(wrong(&patch(&router, &path, &grace, &json!({"subscriberGroups": []})).await), (400, "subscriberGroups"));
        assert_eq!(state::all(&world).await, before);
        assert_eq!(delete(&router, &path, &grace).await.status, 204);
    }

    // 000-1, 000-4, 000-5, 000-6, 000-R25
    async fn an_administrator_of_a_tenant_makes_and_touches_no_credentials_of_a_provider(world: World) {
        let (root, router, a) = (world.set_up().await, world.router("http://localhost"), tenant(&world, "a").await);
        let (_, iris) = admin(&world, "iris", &a).await;
        let one = program(&world, &router, (ClientRole::ApiSpadmin, &a, &[])).await;
        let before = state::all(&world).await;
        let body = json!({"name": "x", "role": "api_spadmin"});
        assert_eq!(refused(&post(&router, CLIENTS, &iris, &body).await), (403, "forbidden"));
        assert_eq!(refused(&patch(&router, &one.path(), &iris, &json!({"name": "x"})).await), (403, "forbidden"));
        assert_eq!(refused(&knock(&router, &format!("{}/resetSecret", one.path()), &iris).await), (403, "forbidden"));
        assert_eq!(refused(&delete(&router, &one.path(), &iris).await), (403, "forbidden"));
        assert_eq!(state::all(&world).await, before);
        let spadmin = made(&world, crate::domain::stage::personal(root.id, None)).await;
        assert_eq!(post(&router, CLIENTS, &spadmin, &body).await.status, 200, "whoever is administrator everywhere");
        assert_eq!(post(&router, CLIENTS, &one.token, &body).await.status, 200, "and a program of the provider");
        assert_eq!(patch(&router, &one.path(), &one.token, &json!({"name": "y"})).await.status, 200);
    }
}
