//! Which credentials open what, and what surrounds every request.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;

use crate::{
    api::{presented::presented, problem::Problem},
    domain::{caller::Takes, error::Error},
    http::request::RequestId,
    model::token::TokenKind,
};

/// What opens the rows about tokens: bearers, too.
const OF_TOKENS: Takes =
    Takes { bearers: &[TokenKind::Account, TokenKind::Personal], clients: false, stand_alone: true, signed: true };
/// What opens the rows about users.
const OF_USERS: Takes = Takes { bearers: &[], clients: false, stand_alone: true, signed: true };

/// Where the rows about tokens stand.
const TOKENS: [&str; 2] = ["/v2/", "/ws/"];

/// Puts beside the request what its credential is read from: which credentials the row takes, and the raw body, also where
/// none is asked for, because a signature covers it. The body is bounded and in memory by now. A signature that doesn't fit
/// is told as one.
pub async fn attend(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = body.collect().await else {
        return Problem::Status(StatusCode::BAD_REQUEST).into_response();
    };
    let is_of_tokens = TOKENS.iter().any(|root| parts.uri.path().starts_with(root));
    parts.extensions.insert(if is_of_tokens { OF_TOKENS } else { OF_USERS });
    let (bytes, is_signed) = (body.to_bytes(), is_signed(&parts.headers));
    parts.extensions.insert(bytes.clone());
    let mut response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    if is_signed && is_nobodys(&response) {
        let told = Problem::Coded(StatusCode::UNAUTHORIZED, "401", "Bad signature".to_owned());
        response.extensions_mut().insert(told);
    }
    response
}

/// Whether the request came with a whole signature and nothing else.
fn is_signed(headers: &HeaderMap) -> bool {
    presented(headers, &[]).is_ok_and(|it| it.signed.is_some() && it.bearer.is_none() && it.stand_alone.is_none())
}

fn is_nobodys(response: &Response) -> bool {
    let problem = response.extensions().get::<Problem>();
    matches!(problem, Some(Problem::Domain(error)) if matches!(**error, Error::Unauthenticated))
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
