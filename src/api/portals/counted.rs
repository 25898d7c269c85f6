//! How often a service account asks: every answer of an operation to a key that works says how it stands (rules R15 and R16).

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    api::{known::Known, problem::Problem},
    domain::error::Error,
    http::{
        rates::{CALLS, Rates, Standing},
        state::AppState,
    },
};

const HEADERS: [&str; 3] = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];

/// Finds out who is calling, counts the call for them and the row, and hands on what they are.
pub async fn count(State((state, rates)): State<(AppState, Arc<Rates>)>, request: Request, next: Next) -> Response {
    let Some(row) = row(&request) else {
        return next.run(request).await;
    };
    let (mut parts, body) = request.into_parts();
    let known = match Known::from_request_parts(&mut parts, &state).await {
        Ok(known) => known,
        Err(problem) => return problem.into_response(),
    };
    // Whoever carries a service key is an account.
    let Some(who) = known.0.user_id() else {
        return Problem::unauthenticated().into_response();
    };
    let standing = rates.count(known.0.now(), (who, row));
    let mut response = if standing.passes {
        parts.extensions.insert(known);
        next.run(Request::from_parts(parts, body)).await
    } else {
        Problem::from(Error::Throttled(standing.reset)).into_response()
    };
    say(&mut response, standing);
    response
}

/// The row of the contract that a request is for, if its path has such a method.
fn row(request: &Request) -> Option<&'static str> {
    let is_one = request.extensions().get::<MatchedPath>()?.as_str().ends_with("}");
    match (request.method(), is_one) {
        (&Method::GET | &Method::HEAD, false) => Some("003-1"),
        (&Method::GET | &Method::HEAD, true) => Some("003-2"),
        (&Method::POST, false) => Some("003-3"),
        (&Method::DELETE, true) => Some("003-4"),
        _ => None,
    }
}

fn say(response: &mut Response, standing: Standing) {
    let values = [i64::from(CALLS), i64::from(standing.remaining), standing.reset];
    for (name, value) in HEADERS.into_iter().zip(values) {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}
