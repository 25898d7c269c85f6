//! How a family shows what went wrong: one layer around all of its paths, so that a body that is too large, a method that
//! there isn't and an unknown path look as its own errors do.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use uuid::Uuid;

use super::problem::Problem;
use crate::{
    domain::{
        ctx::Ctx,
        error::Error,
        refusals::{self, kind::RefusalKind},
    },
    http::{error::retry_after, request::RequestId},
};

/// What was asked for, as far as an error names it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The method.
    pub method: Method,
    /// The path.
    pub path: String,
    /// The request's id, which the log has, too.
    pub request: Option<Uuid>,
}

/// An error as a family says it: its status, and its body.
pub type Face = fn(&Problem, &Asked) -> (StatusCode, serde_json::Value);

/// Shows every failure in the family's way, and answers `OPTIONS` with the methods that a path has (contracts, rule 11): no
/// credential is asked for, and nothing is said to pages of other sites.
pub async fn show(State(face): State<Face>, request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().map(|id| id.0);
    let asked = Asked { method: request.method().clone(), path: request.uri().path().to_owned(), request: id };
    let response = next.run(request).await;
    let status = response.status();
    if asked.method == Method::OPTIONS && status == StatusCode::METHOD_NOT_ALLOWED {
        // The router says beside it which methods there are.
        return StatusCode::NO_CONTENT.into_response();
    }
    let problem = match response.extensions().get::<Problem>() {
        Some(problem) => problem.clone(),
        None if status.is_client_error() || status.is_server_error() => Problem::Status(status),
        None => return response,
    };
    if let (Problem::Domain(error), Some(ctx)) = (&problem, response.extensions().get::<Ctx>())
        && matches!(**error, Error::Forbidden(_))
    {
        refusals::note(ctx, RefusalKind::NotAllowed, None);
    }
    faced(face, &problem, &asked, response)
}

/// A path of a family that it doesn't have.
pub async fn unknown() -> Problem {
    Problem::Status(StatusCode::NOT_FOUND)
}

fn faced(face: Face, problem: &Problem, asked: &Asked, before: Response) -> Response {
    let (status, body) = face(problem, asked);
    if status.is_server_error()
        && let Problem::Domain(error) = problem
    {
        tracing::error!(%error, path = asked.path, "a program's request failed");
    }
    let (mut parts, _) = before.into_parts();
    parts.status = status;
    for stale in [header::CONTENT_LENGTH, header::CONTENT_TYPE, header::TRANSFER_ENCODING] {
        parts.headers.remove(stale);
    }
    let text = body.to_string();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if status == StatusCode::UNAUTHORIZED {
        parts.headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(wait) = wait(problem) {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    parts.headers.insert(HeaderName::from_static("cache-control"), HeaderValue::from_static("no-store"));
    Response::from_parts(parts, Body::from(text))
}

/// How many seconds to wait before the next try.
fn wait(problem: &Problem) -> Option<i64> {
    match problem {
        Problem::Domain(error) => retry_after(error),
        _ => None,
    }
}

/// What the server itself refuses, as a sentence.
#[must_use]
pub fn sentence(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "There is nothing at this address",
        StatusCode::METHOD_NOT_ALLOWED => "This address has other methods; see Allow",
        StatusCode::PAYLOAD_TOO_LARGE => "What was sent is too large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "Send JSON: application/json",
        StatusCode::REQUEST_TIMEOUT => "What was sent came too slowly",
        StatusCode::SERVICE_UNAVAILABLE => "The server is busy; try again in a moment",
        status if status.is_server_error() => "Something broke on our side; the log has it under the x-request-id",
        _ => "Request is not valid",
    }
}

/// What the server itself refuses, as a code; `None` for what can't be used as it was sent, which each family has a word of its
/// own for.
#[must_use]
pub fn code_of(status: StatusCode) -> Option<&'static str> {
    Some(match status {
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
        StatusCode::REQUEST_TIMEOUT => "timeout",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        status if status.is_server_error() => "internal",
        _ => return None,
    })
}
