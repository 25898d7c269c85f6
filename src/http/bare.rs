//! The page for when nothing else works: no database, no caller, no view.

use axum::{
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};

use super::{assets::MANIFEST, error};
use crate::domain::error::Error;

/// 500 as a page that needs nothing. The request's id is in the `x-request-id` header and in the log.
#[must_use]
pub fn broken() -> Response {
    page(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something broke on our side",
        "If you were saving something, look whether it is there before you repeat it. If this stays, look for this \
         request in the log.",
    )
}

/// A page of one heading and one sentence.
#[must_use]
pub fn page(status: StatusCode, heading: &str, sentence: &str) -> Response {
    let css = &MANIFEST.css;
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{heading} · Castellan</title>\
         <link rel=\"icon\" href=\"/favicon.svg\"><link rel=\"stylesheet\" href=\"{css}\"></head>\
         <body class=\"gate\"><main id=\"main\"><div class=\"empty\"><h1>{heading}</h1><p>{sentence}</p>\
         <div class=\"do\"><a class=\"btn\" href=\"/\">Start page</a></div></div></main></body></html>"
    );
    (status, Html(html)).into_response()
}

/// A failure before there is a caller.
pub fn no_caller(parts: &Parts, error: Error) -> Response {
    tracing::error!(path = parts.uri.path(), %error, "no caller could be found");
    match error::retry_after(&error) {
        Some(seconds) => wait(seconds),
        None => broken(),
    }
}

/// 503 as a page, with when to come back.
#[must_use]
pub fn wait(seconds: i64) -> Response {
    let text = "The server is busy. Try again in a moment.";
    let mut response = page(StatusCode::SERVICE_UNAVAILABLE, "Please wait", text);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}
