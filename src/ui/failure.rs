//! Failures as pages: what happened, and what the reader can do about it.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRequestParts, Request, State},
    http::{StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use leptos::prelude::*;

use super::{
    bare,
    layout::{console, gate},
    visit::{Visit, retry_after},
};
use crate::{
    domain::{ctx::Ctx, error::Error, permissions, roles::Role},
    model::permission::Permission,
    server::{
        AppState,
        error::{refusal, sentence, status},
        request::RequestId,
    },
};

/// A handler's error on its way to [`as_page`].
#[derive(Clone)]
struct Failure(Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = status(&self).into_response();
        response.extensions_mut().insert(Failure(Arc::new(self)));
        response
    }
}

/// Makes pages (or JSON) of failures.
pub async fn as_page(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit = Visit::from_request_parts(&mut parts, &state).await;
    let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.to_string());
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let failure = response.extensions_mut().remove::<Failure>().and_then(|failure| Arc::into_inner(failure.0));
    match (failure, visit) {
        (None, _) => response,
        (Some(error), Ok(visit)) => {
            let roles = giving(&visit, &error).await;
            page(&visit, (error, roles), request_id.unwrap_or_default())
        }
        (Some(_), Err(status)) => status.into_response(),
    }
}

/// Roles that a refusal names: more would not help the reader to choose.
const SUGGESTED: usize = 5;

/// Roles that would have allowed it, for readers who may see roles. A failure to find them is no second failure.
async fn giving(visit: &Visit, error: &Error) -> Vec<Role> {
    match error {
        Error::Forbidden(permission) if visit.ctx.may(Permission::RolesList) => {
            let roles = permissions::giving(&visit.ctx, *permission).await;
            roles.map_or(Vec::new(), |roles| roles.rows.into_iter().take(SUGGESTED).collect())
        }
        _ => Vec::new(),
    }
}

fn page(visit: &Visit, (error, roles): (Error, Vec<Role>), request_id: String) -> Response {
    let visit = &if visit.is_get { visit.clone() } else { visit.clone().at("/admin") };
    let status = status(&error);
    let wait = retry_after(&error);
    let heading = heading(&error);
    let advice = advice(&error);
    let refusal = refusal(error);
    let mut response = if visit.wants_json() {
        Json(&refusal).into_response()
    } else {
        let messages: Vec<String> = match refusal.fields.is_empty() {
            true => vec![refusal.message],
            false => refusal.fields.iter().map(|(_, message)| sentence(message)).collect(),
        };
        let view = move || {
            view! {
                <div class="empty">
                    <h1>{heading}</h1>
                    {messages.into_iter().map(|message| view! { <p>{message}</p> }).collect_view()}
                    <p>{advice}</p>
                    {(!roles.is_empty()).then(|| view! {
                        <p>"Roles that allow it: "{roles.iter().map(|role| view! {
                            <a class="link" href=format!("/admin/roles/{}", role.id)><bdi>{role.name.clone()}</bdi></a>" "
                        }).collect_view()}</p>
                    })}
                    {status.is_server_error().then(|| view! { <p class="hint">"Request "<code>{request_id}</code></p> })}
                    <div class="do"><a class="btn" href="/admin">"Start page"</a></div>
                </div>
            }
        };
        if visit.ctx.user().is_ok() { console(visit, heading, view) } else { gate(visit, heading, view) }
    };
    *response.status_mut() = status;
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    response
}

const fn heading(error: &Error) -> &'static str {
    match error {
        Error::Forbidden(_) => "You may not do this",
        Error::NotFound(_) => "There is nothing here",
        Error::Throttled(_) | Error::Busy => "Please wait",
        Error::Internal(_) => "Something broke on our side",
        Error::Refused(_) | Error::InTheWay(_) => "This can't be done",
        Error::Unauthenticated => "Sign in first",
        Error::Invalid(_) | Error::WrongCredentials | Error::Stale => "Nothing was saved",
    }
}

fn advice(error: &Error) -> String {
    match error {
        Error::Forbidden(missing) => {
            format!("{missing} allows: {}. An administrator can give you a role with it.", missing.sentence())
        }
        Error::NotFound(_) => "It may have been deleted, or the address is mistyped.".into(),
        Error::Internal(_) => "If it stays, give this number to whoever runs the server; it leads to the log.".into(),
        _ => String::new(),
    }
}

/// 404 for paths that no route has, and for methods that a path doesn't take: axum would answer those with an
/// empty 405, which tells a reader nothing.
pub async fn not_found(_: Ctx) -> Response {
    Error::NotFound("page").into_response()
}

/// A failure before there is a caller.
pub fn failure(parts: &Parts, error: Error) -> Response {
    let status = status(&error);
    tracing::error!(path = parts.uri.path(), %error, "no caller could be found");
    match status {
        StatusCode::SERVICE_UNAVAILABLE => {
            bare::page(status, "Please wait", "The server is busy. Try again in a moment.")
        }
        _ => bare::broken(),
    }
}
