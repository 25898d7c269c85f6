//! OAuth for programs: the client credentials grant (RFC 6749, 4.4), introspection (RFC 7662), revocation (RFC 7009), and
//! where these are (RFC 8414). No password grant and no implicit one: RFC 9700 forbids both.

mod answer;
mod error;
mod form;

use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;

use self::{
    answer::fresh,
    error::{Problem, Result},
    form::Asked,
};
use crate::{
    domain::{
        commands::run,
        ctx::{Caller, Ctx},
        tokens::{
            caller::prove,
            commands::{IssueAccess, LIFETIME, RevokeAccess},
            queries::introspect as look_up,
        },
    },
    server::state::AppState,
};

const GRANT: &str = "client_credentials";

/// The operations, by their paths. `/oauth/token` is another name for the first.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/oauth/v1/token", post(token))
        .route("/oauth/token", post(token))
        .route("/oauth/introspect", post(introspect))
        .route("/oauth/revoke", post(revoke))
        .route("/.well-known/oauth-authorization-server", get(metadata))
}

/// The context of the program that proved itself in `asked`.
async fn caller(ctx: Ctx, asked: &Asked) -> Result<Ctx> {
    let (id, secret) = asked.client()?;
    let client = prove(&ctx, id, secret).await?;
    Ok(ctx.called_by(Caller::Client(Box::new(client))))
}

async fn token(ctx: Ctx, asked: Result<Asked>) -> Result<Response> {
    let asked = asked?;
    match asked.needed("grant_type")? {
        GRANT => {}
        _ => return Err(Problem::unsupported("the only grant here is client_credentials")),
    }
    let ctx = caller(ctx, &asked).await?;
    let scope = asked.text("scope").split_ascii_whitespace().map(str::to_owned).collect();
    let issued = run(&ctx, IssueAccess { scope }).await?;
    Ok(fresh(Json(json!({
        "access_token": issued.token,
        "token_type": "bearer",
        // A second less, for the way here.
        "expires_in": LIFETIME - 1,
        "scope": issued.scope,
        "jti": issued.id,
    }))))
}

async fn introspect(State(state): State<AppState>, ctx: Ctx, asked: Result<Asked>) -> Result<Response> {
    let asked = asked?;
    let ctx = caller(ctx, &asked).await?;
    let found = look_up(&ctx, asked.needed("token")?).await?;
    Ok(fresh(Json(match found {
        None => json!({ "active": false }),
        Some(access) => json!({
            "active": true,
            "scope": access.scope,
            "client_id": access.client_id,
            "sub": access.client_id,
            "token_type": "bearer",
            "iat": access.created_at.0 / 1000,
            "exp": access.expires_at.0 / 1000,
            "iss": state.site.public_url,
            "jti": access.id,
        }),
    })))
}

async fn revoke(ctx: Ctx, asked: Result<Asked>) -> Result<Response> {
    let asked = asked?;
    let ctx = caller(ctx, &asked).await?;
    run(&ctx, RevokeAccess::of(asked.needed("token")?)).await?;
    Ok(fresh(Json(json!({}))))
}

async fn metadata(State(state): State<AppState>) -> Response {
    let url = &state.site.public_url;
    let methods = ["client_secret_basic", "client_secret_post"];
    Json(json!({
        "issuer": url,
        "token_endpoint": format!("{url}/oauth/v1/token"),
        "introspection_endpoint": format!("{url}/oauth/introspect"),
        "revocation_endpoint": format!("{url}/oauth/revoke"),
        "grant_types_supported": [GRANT],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
    }))
    .into_response()
}
