//! How every answer is given.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

/// An answer that nobody keeps (RFC 6749, 5.1).
pub fn fresh(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}
