//! What programs use, through the real router.

mod accounts;
pub mod back_office;
mod bearers;
mod callers;
mod credentials;
mod documents;
mod domains;
mod doors;
mod lists;
mod login;
mod management;
mod oauth;
mod passwordreset;
mod people;
mod portals;
mod repeating;
mod roles;
mod trust;

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request},
};
use castellan::db::Work;
use http_body_util::BodyExt;
use serde_json::Value;
use std::net::SocketAddr;
use tower::ServiceExt;

/// What a program was answered.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
    pub work: Work,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Its status and the code of its error.
    pub fn error(&self) -> (u16, &str) {
        (self.status, self.body["error"].as_str().unwrap_or_default())
    }
}

/// Sends a request as a program does: no cookies, nothing that says where it comes from.
pub async fn send(router: &Router, request: Request<Body>) -> Answer {
    let mut request = request;
    request.extensions_mut().insert(ConnectInfo::<SocketAddr>("192.0.2.7:9".parse().unwrap()));
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    let work = parts.extensions.get().copied().unwrap_or_default();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body, work }
}
