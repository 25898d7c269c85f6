//! OAuth for programs: the client credentials grant (RFC 6749, 4.4), introspection (RFC 7662), revocation (RFC 7009), and
//! where these are (RFC 8414). No password grant and no implicit one: RFC 9700 forbids both.

mod answer;
mod error;
mod form;

use axum::{
    Json, Router,
    extract::State,
    middleware::from_fn,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use self::{
    answer::fresh,
    error::{Problem, Result},
    form::Asked,
};
use crate::{
    domain::{
        caller::{Presented, Takes, identify},
        calling::Caller,
        commands::run,
        ctx::Ctx,
        error::Error,
        tokens::{
            access::{IssueAccess, LIFETIME, RevokeAccess},
            caller::{Carried, prove},
            queries::introspect as look_up,
        },
    },
    http::{layers::for_programs, state::AppState},
    model::{scope::Scope, token::TokenKind},
};

const GRANT: &str = "client_credentials";

/// The operations, by their paths. `/oauth/token` is another name for the first.
pub fn routes(state: &AppState) -> Router<AppState> {
    let table = Router::new()
        .route("/oauth/v1/token", post(token))
        .route("/oauth/token", post(token))
        .route("/oauth/introspect", post(introspect))
        .route("/oauth/revoke", post(revoke))
        .route("/.well-known/oauth-authorization-server", get(metadata));
    for_programs(table, state).layer(from_fn(error::show))
}

/// The context of the program that proved itself in `asked`.
async fn caller(ctx: Ctx, asked: &Asked) -> Result<Ctx> {
    let (id, secret) = asked.client()?;
    let client = prove(&ctx, id, secret).await?;
    let scope = Scope::Tenant(client.tenant);
    let ctx = ctx.called_by(Caller::Client(Box::new(client))).working_in(scope);
    ctx.note_use(None);
    Ok(ctx)
}

/// Who may look tokens up besides programs with a secret: whoever carries one that isn't bound to what an account is for.
const LOOKING_UP: Takes = Takes {
    bearers: &[TokenKind::Access, TokenKind::Personal, TokenKind::ServiceKey],
    clients: true,
    stand_alone: false,
    signed: false,
};

/// The context of whoever asks about a token (RFC 7662, 2.1): a program, or whoever carries a token of their own.
async fn asking(ctx: Ctx, asked: &Asked) -> Result<Ctx> {
    let Some(token) = asked.bearer() else {
        return caller(ctx, asked).await;
    };
    let presented = Presented { bearer: Some(token), ..Presented::default() };
    match identify(ctx, &presented, &LOOKING_UP).await {
        Err(Error::Unauthenticated) => Err(Problem::token()),
        identified => Ok(identified?),
    }
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
    let ctx = asking(ctx, &asked).await?;
    let found = look_up(&ctx, asked.needed("token")?).await?;
    Ok(fresh(Json(found.map_or_else(|| json!({ "active": false }), |found| active(&ctx, &state, &found)))))
}

/// What a token stands for (RFC 7662, 2.2). One that is somebody's allows what they may at this moment, by permission.
fn active(ctx: &Ctx, state: &AppState, token: &Carried) -> Value {
    let acts = ctx.clone().called_by(token.caller.clone()).working_in(Scope::from(token.tenant));
    let (subject, client, name) = match &token.caller {
        Caller::Client(client) => (Some(client.id.to_string()), Some(client.id), None),
        Caller::User(user) => (Some(user.id.to_string()), None, Some(&user.email)),
        _ => (None, None, None),
    };
    let scope = match client {
        Some(_) => token.scope.clone(),
        None => acts.permissions().iter().map(|permission| permission.name()).collect::<Vec<_>>().join(" "),
    };
    let mut answer = json!({
        "active": true,
        "scope": scope,
        "sub": subject,
        "token_type": "bearer",
        "iat": token.created_at.0 / 1000,
        "iss": state.site.public_url,
        "jti": token.id,
    });
    // What there isn't is left out, not null.
    for (member, value) in [
        ("client_id", json!(client)),
        ("username", json!(name)),
        ("exp", json!(token.expires_at.map(|end| end.0 / 1000))),
    ] {
        if !value.is_null() {
            answer[member] = value;
        }
    }
    answer
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
