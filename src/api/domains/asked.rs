//! Who asks, and about which domain.

use axum::{
    body::Body,
    extract::{FromRequestParts, Request},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;

use crate::{
    api::{
        known::Known,
        presented::presented,
        problem::{Problem, Result},
    },
    domain::{caller::Takes, ctx::Ctx, error::Error},
    model::token::TokenKind,
    server::{request::RequestId, state::AppState},
};

/// What opens the rows about tokens: bearers, too.
const OF_TOKENS: Takes =
    Takes { bearers: &[TokenKind::Account, TokenKind::Personal], clients: false, stand_alone: true, signed: true };
/// What opens the rows about users.
const OF_USERS: Takes = Takes { bearers: &[], clients: false, stand_alone: true, signed: true };

/// Whoever may ask about tokens.
pub struct ForTokens(pub Ctx);

/// Whoever may ask about users.
pub struct ForUsers(pub Ctx);

impl FromRequestParts<AppState> for ForTokens {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        known(parts, state).await.map(Self)
    }
}

impl FromRequestParts<AppState> for ForUsers {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        known(parts, state).await.map(Self)
    }
}

async fn known(parts: &mut Parts, state: &AppState) -> Result<Ctx> {
    match Known::from_request_parts(parts, state).await {
        Ok(Known(ctx)) => Ok(ctx),
        Err(Problem::Domain(error)) if matches!(*error, Error::Unauthenticated) && is_signed(&parts.headers) => {
            Err(Problem::Coded(StatusCode::UNAUTHORIZED, "401", "Bad signature".to_owned()))
        }
        Err(other) => Err(other),
    }
}

/// Whether the request came with a whole signature and nothing else.
fn is_signed(headers: &HeaderMap) -> bool {
    presented(headers, &[]).is_ok_and(|it| it.signed.is_some() && it.bearer.is_none() && it.stand_alone.is_none())
}

/// Says what opens the row, and keeps the raw body beside the request, also where none is asked for: a signature covers it.
/// It is bounded and in memory by now.
pub async fn prepare(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = body.collect().await else {
        return Problem::Status(StatusCode::BAD_REQUEST).into_response();
    };
    let bytes = body.to_bytes();
    let is_of_tokens = ["/v2/", "/ws/"].iter().any(|root| parts.uri.path().starts_with(root));
    parts.extensions.insert(if is_of_tokens { OF_TOKENS } else { OF_USERS });
    parts.extensions.insert(bytes.clone());
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

/// Says the id of the request by the contract's name, too, whatever comes of it.
pub async fn correlate(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().copied();
    let mut response = next.run(request).await;
    if let Some(id) = id.and_then(|RequestId(id)| HeaderValue::from_str(&id.to_string()).ok()) {
        response.headers_mut().insert(HeaderName::from_static("x-devo-cid"), id);
    }
    response
}
