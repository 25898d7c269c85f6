//! Who is calling, as headers say it: bearers, `standAloneToken` and signatures, through the real router.

use axum::{
    Json, Router,
    body::{Body, Bytes},
    http::{HeaderMap, Request, StatusCode},
    routing::post,
};
use castellan::{
    api::presented::presented,
    domain::{
        caller::{Takes, identify},
        ctx::Ctx,
        key_pairs::commands::AddKeyPair,
        secrets::{hex, hmac},
        tokens::commands::AddToken,
    },
    http::{
        layers::{for_programs, router},
        state::{AppState, Surfaces},
    },
    model::{permission::Permission, principal::Principal, scope::Scope, token::TokenKind},
};

use super::{Answer, send};
use crate::{
    domain::stage::{give, lasting, member, of_account, of_key_pair, personal, tenant},
    support::{World, changes::*, on_both_engines},
};

const ANY: Takes = Takes {
    bearers: &[TokenKind::Access, TokenKind::Personal, TokenKind::ServiceKey, TokenKind::Account],
    clients: true,
    stand_alone: true,
    signed: true,
};

/// An operation that any credential opens, and that says who came.
async fn who(ctx: Ctx, headers: HeaderMap, body: Bytes) -> Result<Json<String>, StatusCode> {
    let presented = presented(&headers, &body).map_err(|_| StatusCode::UNAUTHORIZED)?;
    let ctx = identify(ctx, &presented, &ANY).await.map_err(|_| StatusCode::UNAUTHORIZED)?;
    Ok(Json(castellan::domain::audit::record::actor(&ctx, None).2))
}

async fn nobody() -> Json<String> {
    Json("nobody".into())
}

fn routes(state: &AppState) -> Router<AppState> {
    for_programs(Router::new().route("/who", post(who)).route("/nobody", post(nobody)), state)
}

const SURFACES: Surfaces = Surfaces { api: routes, ..castellan::SURFACES };

fn served(world: &World) -> Router {
    router(AppState::new(world.services.clone(), world.site("http://localhost"), &SURFACES))
}

async fn asked(router: &Router, headers: &[(&str, &str)], body: &str) -> Answer {
    let request = headers.iter().fold(Request::post("/who"), |request, (name, value)| request.header(*name, *value));
    send(router, request.body(Body::from(body.to_owned())).unwrap()).await
}

on_both_engines! {
    async fn a_used_bearer_costs_one_statement_and_no_write(world: World) {
        let (ctx, a, router) = (&world.operator(), tenant(&world, "a").await, served(&world));
        let ada = member(&world, "ada", &a).await;
        give(&world, &lasting(Principal::User(ada.id), Permission::UsersList, Scope::Tenant(a.id))).await;
        let stranger = send(&router, Request::post("/nobody").body(Body::empty()).unwrap()).await;
        for (kind, new) in [("account", of_account((ada.id, a.id), "ci")), ("personal", personal(ada.id, Some(a.id)))] {
            let (add, value) = AddToken::prepare(ctx, new);
            run(ctx, add).await.unwrap();
            let before = crate::domain::state::all(&world).await;
            let answer = asked(&router, &[("authorization", &format!("Bearer {value}"))], "").await;
            assert_eq!(answer.status, 200, "{kind}");
            assert_eq!(answer.work.statements, stranger.work.statements + 1, "{kind}");
            assert_eq!(crate::domain::state::all(&world).await, before, "{kind} writes nothing");
            assert_eq!(world.count("select count(*) from tokens where last_used_at is not null").await, 0, "{kind}");
        }
    }

    async fn headers_are_read_in_any_case_and_believed_whole(world: World) {
        let (ctx, a, router) = (&world.operator(), tenant(&world, "a").await, served(&world));
        let ada = member(&world, "ada", &a).await;
        let (add, account) = AddToken::prepare(ctx, of_account((ada.id, a.id), "ci"));
        run(ctx, add).await.unwrap();
        for name in ["standAloneToken", "standalonetoken", "STANDALONETOKEN"] {
            assert_eq!(asked(&router, &[(name, &account)], "").await.body, "ada (token ci)", "{name}");
        }
        let (add, secret) = AddKeyPair::prepare(ctx, of_key_pair(a.id, "pair"));
        let key = run(ctx, add).await.unwrap().api_key;
        let timestamp = world.services.clock.now().0.to_string();
        let sign = |body: &str| hex(&hmac(secret.as_bytes(), &[key.as_bytes(), body.as_bytes(), timestamp.as_bytes()]));
        let of_body = sign("{\"a\": 1}");
        let headers = [("X-Logtrust-Timestamp", timestamp.as_str()), ("X-LOGTRUST-SIGN", &of_body), ("x-logtrust-domain-apikey", &key)];
        assert_eq!(asked(&router, &headers, "{\"a\": 1}").await.body, "pair");
        assert_eq!(asked(&router, &headers, "{\"a\":1}").await.status, 401, "the body as it was sent");
        let empty = sign("");
        let headers = [headers[0], ("x-logtrust-sign", &empty), headers[2]];
        assert_eq!(asked(&router, &headers, "").await.status, 200);
        assert_eq!(asked(&router, &headers[..2], "").await.status, 401, "half a signature");
        let two = [headers.as_slice(), &[("x-logtrust-reseller-apikey", key.as_str())]].concat();
        assert_eq!(asked(&router, &two, "").await.status, 401, "two keys");
        let both = [headers.as_slice(), &[("standAloneToken", account.as_str())]].concat();
        assert_eq!(asked(&router, &both, "").await.status, 401, "in two ways");
        assert_eq!(asked(&router, &[], "").await.status, 401);
    }
}
