//! OAuth: tokens for client credentials, looked up and ended.

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use castellan::{
    domain::{
        clients::{
            commands::{AddClient, RotateClient},
            credential::{DeleteClient, DisableClient, EnableClient},
            input::NewClient,
            store::Client,
        },
        tokens::access::LIFETIME,
    },
    model::client::ClientRole,
};

use super::{Answer, send};
use crate::{
    domain::stage::{group, last_id, of_service, tenant},
    support::{World, changes::*, on_both_engines},
};

const TOKEN: &str = "/oauth/v1/token";
const GRANT: (&str, &str) = ("grant_type", "client_credentials");

/// Client credentials in tenant `a` that work for a group of it, with their secret.
async fn appowner(world: &World, name: &str) -> (Client, String) {
    let a = tenant(world, name).await;
    let team = group(world, "team", &a).await;
    let groups = vec![team.id];
    let role = ClientRole::ApiAppowner;
    let new = NewClient { role, services: Vec::new(), groups, ..of_service(a.id, name) };
    let (add, secret) = AddClient::prepare(&world.operator(), new);
    (run(&world.operator(), add).await.unwrap(), secret)
}

fn form(path: &str, fields: &[(&str, &str)]) -> Request<Body> {
    let kind = "application/x-www-form-urlencoded";
    let body = serde_urlencoded::to_string(fields).unwrap();
    Request::post(path).header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap()
}

/// A form with the id and the secret in the header.
fn basic(path: &str, (client, secret): (&Client, &str), fields: &[(&str, &str)]) -> Request<Body> {
    let mut request = form(path, fields);
    let coded = STANDARD.encode(format!("{}:{secret}", client.id));
    request.headers_mut().insert(header::AUTHORIZATION, format!("Basic {coded}").parse().unwrap());
    request
}

async fn issued(router: &Router, (client, secret): (&Client, &str)) -> String {
    let answer = send(router, basic(TOKEN, (client, secret), &[GRANT])).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["access_token"].as_str().unwrap().to_owned()
}

async fn looked_up(router: &Router, asking: (&Client, &str), token: &str) -> Answer {
    send(router, basic("/oauth/introspect", asking, &[("token", token)])).await
}

on_both_engines! {
    async fn a_token_is_given_looked_up_and_ended(world: World) {
        let ((client, secret), router) = (appowner(&world, "a").await, world.router("http://localhost"));
        let id = client.id.to_string();
        for request in [
            basic(TOKEN, (&client, &secret), &[GRANT]),
            form("/oauth/token", &[GRANT, ("client_id", &id), ("client_secret", &secret)]),
        ] {
            let answer = send(&router, request).await;
            assert_eq!((answer.status, answer.header("cache-control"), answer.header("pragma")), (200, "no-store", "no-cache"));
            let body = &answer.body;
            assert_eq!((body["token_type"].as_str(), body["expires_in"].as_i64()), (Some("bearer"), Some(LIFETIME - 1)));
            let words: Vec<&str> = body["scope"].as_str().unwrap().split(' ').collect();
            let of_tenant = format!("dpod.tuid.{}", client.tenant_id);
            assert_eq!(words[..2], [of_tenant.as_str(), "dpod.tenant.api_appowner"]);
            assert!(words[2].starts_with(&format!("{of_tenant}.sguid.")) && words.len() == 3);
        }
        let token = issued(&router, (&client, &secret)).await;
        let seen = looked_up(&router, (&client, &secret), &token).await;
        assert_eq!((&seen.body["active"], seen.body["client_id"].as_str()), (&true.into(), Some(id.as_str())));
        assert_eq!((seen.work.snapshots, seen.work.statements), (1, 3), "its tries, its secret, the token; nothing is written");
        let exp = seen.body["exp"].as_i64().unwrap();
        assert_eq!(exp - seen.body["iat"].as_i64().unwrap(), LIFETIME);
        let ended = send(&router, basic("/oauth/revoke", (&client, &secret), &[("token", &token)])).await;
        assert_eq!(ended.status, 200);
        assert_eq!(looked_up(&router, (&client, &secret), &token).await.body, serde_json::json!({"active": false}));
        let again = send(&router, basic("/oauth/revoke", (&client, &secret), &[("token", &token)])).await;
        assert_eq!(again.status, 200, "one that is none is no error (RFC 7009, 2.2)");
    }

    async fn a_scope_is_narrowed_and_never_widened(world: World) {
        let ((client, secret), router) = (appowner(&world, "a").await, world.router("http://localhost"));
        let asked = async |scope: &str| send(&router, basic(TOKEN, (&client, &secret), &[GRANT, ("scope", scope)])).await;
        assert_eq!(asked("dpod.tenant.api_appowner").await.body["scope"], "dpod.tenant.api_appowner");
        for wrong in ["dpod.tenant.admin", "dpod.tenant.api_appowner *", "dpod.tuid.x"] {
            assert_eq!(asked(wrong).await.error(), (400, "invalid_scope"), "{wrong}");
        }
    }

    async fn bad_requests_are_told_as_rfc_6749_says(world: World) {
        let ((client, secret), router) = (appowner(&world, "a").await, world.router("http://localhost"));
        let (id, mine) = (client.id.to_string(), (&client, secret.as_str()));
        let events = world.count("select count(*) from events").await;
        let password = ("grant_type", "password");
        for (request, expected) in [
            (basic(TOKEN, mine, &[]), (400, "invalid_request")),
            (basic(TOKEN, mine, &[password]), (400, "unsupported_grant_type")),
            (basic(TOKEN, mine, &[GRANT, GRANT]), (400, "invalid_request")),
            (basic(TOKEN, mine, &[GRANT, ("client_id", &id), ("client_secret", &secret)]), (400, "invalid_request")),
            (basic(TOKEN, mine, &[GRANT, ("client_id", "other")]), (400, "invalid_request")),
            (basic(TOKEN, mine, &[GRANT, ("scope", "a\0")]), (400, "invalid_request")),
            (form(TOKEN, &[GRANT]), (401, "invalid_client")),
            (form(TOKEN, &[GRANT, ("client_id", "x"), ("client_secret", "y")]), (401, "invalid_client")),
            (basic(TOKEN, (&client, "wrong"), &[GRANT]), (401, "invalid_client")),
            (basic("/oauth/introspect", mine, &[]), (400, "invalid_request")),
            (form("/oauth/introspect", &[("token", "x")]), (401, "invalid_client")),
            (form("/oauth/revoke", &[("token", "x")]), (401, "invalid_client")),
            (Request::post(TOKEN).body(Body::from("{}")).unwrap(), (400, "invalid_request")),
            (Request::post(TOKEN).header("content-type", "application/x-www-form-urlencoded").body(Body::from(vec![0xff])).unwrap(), (400, "invalid_request")),
        ] {
            let answer = send(&router, request).await;
            assert_eq!(answer.error(), expected, "{}", answer.body);
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(answer.header("www-authenticate").is_empty(), answer.status != 401);
        }
        assert_eq!(world.count("select count(*) from events").await, events, "nothing changed");
        assert_eq!(world.count("select count(*) from tokens").await, 0);
    }

    async fn what_is_locked_out_rotated_or_deleted_is_refused_at_once(world: World) {
        let ((client, first), ctx) = (appowner(&world, "a").await, world.operator());
        let router = world.router("http://localhost");
        let token = issued(&router, (&client, &first)).await;
        run(&ctx, DisableClient { id: client.id }).await.unwrap();
        assert_eq!(send(&router, basic(TOKEN, (&client, &first), &[GRANT])).await.error(), (401, "invalid_client"));
        run(&ctx, EnableClient { id: client.id }).await.unwrap();
        let active = async |by: &str| looked_up(&router, (&client, by), &token).await.body["active"] == true;
        assert!(active(&first).await);
        let (rotate, second) = RotateClient::prepare(client.id);
        run(&ctx, rotate).await.unwrap();
        assert!(active(&first).await && active(&second).await, "two secrets work while one takes over");
        let (rotate, third) = RotateClient::prepare(client.id);
        run(&ctx, rotate).await.unwrap();
        assert_eq!(send(&router, basic(TOKEN, (&client, &first), &[GRANT])).await.status, 401, "the oldest ended");
        assert!(active(&second).await && active(&third).await);
        let version = world.count("select version from clients").await;
        run(&ctx, DeleteClient { id: client.id, version }).await.unwrap();
        assert_eq!(send(&router, basic(TOKEN, (&client, &third), &[GRANT])).await.status, 401);
        assert_eq!(world.count("select count(*) from tokens").await, 0, "its tokens went with it");
    }

    async fn a_token_ends_after_an_hour_and_is_another_tenants_to_nobody(world: World) {
        let ((client, secret), (other, others)) = (appowner(&world, "a").await, appowner(&world, "b").await);
        let router = world.router("http://localhost");
        let token = issued(&router, (&client, &secret)).await;
        assert_eq!(looked_up(&router, (&other, &others), &token).await.body, serde_json::json!({"active": false}));
        let revoked = send(&router, basic("/oauth/revoke", (&other, &others), &[("token", &token)])).await;
        assert_eq!(revoked.status, 200);
        assert_eq!(looked_up(&router, (&client, &secret), &token).await.body["active"], true, "it wasn't theirs to end");
        world.services.clock.advance(LIFETIME);
        assert_eq!(looked_up(&router, (&client, &secret), &token).await.body["active"], false);
    }

    async fn a_group_that_comes_back_has_its_programs_again(world: World) {
        let ((client, secret), ctx) = (appowner(&world, "a").await, world.operator());
        let router = world.router("http://localhost");
        let scope = async || send(&router, basic(TOKEN, (&client, &secret), &[GRANT])).await.body["scope"].as_str().unwrap().to_owned();
        let before = scope().await;
        let group = castellan::domain::groups::queries::list(&ctx, "team", "").await.unwrap().rows.remove(0);
        run(&ctx, DeleteGroup { group: group.id, version: 1, unused: false }).await.unwrap();
        let deleted = last_id(&world).await;
        assert!(!scope().await.contains("sguid"));
        undo(&ctx, deleted).await.unwrap();
        assert_eq!(scope().await, before);
    }

    async fn guessing_secrets_is_limited_and_counted(world: World) {
        let ((client, secret), router) = (appowner(&world, "a").await, world.router("http://localhost"));
        for _ in 0..10 {
            assert_eq!(send(&router, basic(TOKEN, (&client, "wrong"), &[GRANT])).await.status, 401);
        }
        let limited = send(&router, basic(TOKEN, (&client, &secret), &[GRANT])).await;
        assert_eq!(limited.error(), (429, "temporarily_unavailable"));
        assert!(limited.header("retry-after").parse::<i64>().unwrap() > 0);
    }

    async fn a_client_finds_out_where_everything_is(world: World) {
        let router = world.router("http://localhost");
        let answer = send(&router, Request::get("/.well-known/oauth-authorization-server").body(Body::empty()).unwrap()).await;
        let url = answer.body["issuer"].as_str().unwrap().to_owned();
        for (name, path) in [("token_endpoint", TOKEN), ("introspection_endpoint", "/oauth/introspect"), ("revocation_endpoint", "/oauth/revoke")] {
            assert_eq!(answer.body[name], format!("{url}{path}"), "{name}");
            assert_eq!(send(&router, Request::get(path).body(Body::empty()).unwrap()).await.status, 405);
        }
        assert_eq!(answer.body["grant_types_supported"], serde_json::json!(["client_credentials"]));
    }

    async fn no_secret_is_kept(world: World) {
        let ((client, secret), router) = (appowner(&world, "a").await, world.router("http://localhost"));
        let token = issued(&router, (&client, &secret)).await;
        for table in [
            "select string_agg(name || role || service_ids, ' ') from clients",
            "select string_agg(prefix || scope || name, ' ') from tokens",
            "select string_agg(coalesce(after, '') || coalesce(undo_data, ''), ' ') from events",
        ] {
            let text = world.text(table).await;
            assert!(!text.is_empty() && !text.contains(&secret) && !text.contains(&token), "{table}");
        }
    }
}
