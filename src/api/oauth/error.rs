//! Errors as OAuth says them (RFC 6749, 5.2).

use axum::{
    Json,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::answer::fresh;
use crate::domain::error::{Error, Refused};

/// What an operation returns.
pub type Result<T> = std::result::Result<T, Problem>;

/// Why an operation did nothing.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    description: String,
    wait: Option<i64>,
    /// How to say who one is (RFC 9110, 11.6.1).
    challenge: Option<&'static str>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, description: impl Into<String>) -> Self {
        Self { status, code, description: description.into(), wait: None, challenge: None }
    }

    /// What was sent is not what this takes.
    pub fn request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// No grant of this kind is given here.
    pub fn unsupported(description: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", description)
    }

    /// The program didn't prove which one it is.
    pub fn client() -> Self {
        let challenge = Some("Basic realm=\"castellan\"");
        Self { challenge, ..Self::new(StatusCode::UNAUTHORIZED, "invalid_client", "Client authentication failed") }
    }

    /// The token that says who is calling isn't taken (RFC 6750, 3.1).
    pub fn token() -> Self {
        let challenge = Some("Bearer realm=\"castellan\", error=\"invalid_token\"");
        Self { challenge, ..Self::new(StatusCode::UNAUTHORIZED, "invalid_token", "The token isn't taken here") }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Unauthenticated | Error::WrongCredentials => Self::client(),
            Error::Refused(Refused::Scope) => {
                Self::new(StatusCode::BAD_REQUEST, "invalid_scope", Refused::Scope.to_string())
            }
            Error::Forbidden(permission) => {
                let challenge = Some("Bearer realm=\"castellan\", error=\"insufficient_scope\"");
                let text = format!("This needs the permission {permission}");
                Self { challenge, ..Self::new(StatusCode::FORBIDDEN, "insufficient_scope", text) }
            }
            Error::Throttled(wait) => {
                let text = "Too many tries; wait before the next";
                Self { wait: Some(wait), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", text) }
            }
            Error::Busy | Error::Storage => {
                let text = "The server can't do this at the moment";
                Self { wait: Some(5), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", text) }
            }
            other => {
                tracing::error!(error = %other, "an OAuth request failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Something broke on our side")
            }
        }
    }
}

/// Shows in OAuth's way what the server itself refuses, like a body that is too large.
pub async fn show(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if is_json || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (code, text) = match status {
        StatusCode::SERVICE_UNAVAILABLE => ("temporarily_unavailable", "The server is busy; try again in a moment"),
        status if status.is_server_error() => ("server_error", "Something broke on our side"),
        _ => ("invalid_request", "The request can't be read"),
    };
    let mut shown = Problem::new(status, code, text).into_response();
    for kept in [header::ALLOW, header::CONNECTION, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&kept) {
            shown.headers_mut().insert(kept, value.clone());
        }
    }
    shown
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.code, "error_description": self.description }));
        let mut response = fresh((self.status, body));
        let headers = response.headers_mut();
        if let Some(challenge) = self.challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(wait) = self.wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        response
    }
}
