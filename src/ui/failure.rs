//! Failures as pages: what happened, and what the reader can do about it.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRequestParts, Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};
use leptos::prelude::*;

use super::{
    layout::{console, gate},
    visit::{Visit, retry_after},
};
use crate::{
    domain::{
        ctx::Ctx,
        error::{Error, Refused},
        permissions,
        refusals::{self, kind::RefusalKind},
        roles::store::Role,
    },
    model::{error::Refusal, permission::Permission},
    server::{
        error::{refusal, sentence, status},
        request::RequestId,
        state::AppState,
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
    let (parts, body) = request.into_parts();
    let mut asked = parts.clone();
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let failure = response.extensions_mut().remove::<Failure>().and_then(|failure| Arc::into_inner(failure.0));
    let Some(error) = failure else {
        return response;
    };
    let request_id = asked.extensions.get::<RequestId>().map(|id| id.0.to_string());
    match Visit::from_request_parts(&mut asked, &state).await {
        Ok(visit) => {
            if matches!(error, Error::Forbidden(_)) {
                refusals::note(&visit.ctx, RefusalKind::NotAllowed, None);
            }
            let roles = giving(&visit, &error).await;
            page(&visit, (error, roles), request_id.unwrap_or_default())
        }
        Err(status) => status.into_response(),
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
    let (status, wait) = (status(&error), retry_after(&error));
    let (heading, help) = (heading(&error), Help::of(&error, roles, request_id));
    let refusal = refusal(error);
    let mut response = if visit.wants_json() {
        Json(&refusal).into_response()
    } else {
        let view = move || view! { <Failed heading refusal help/> };
        if visit.ctx.user().is_ok() { console(visit, heading, view) } else { gate(visit, heading, view) }
    };
    *response.status_mut() = status;
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    response
}

/// What a reader can do about a failure.
enum Help {
    /// Get this permission, which these roles give.
    Get(Permission, Vec<Role>),
    /// Look at the address again.
    LookAgain,
    /// Report the request of this number.
    Report(String),
    /// Ask for another link.
    AskAgain,
    /// What the message says.
    AsSaid,
}

impl Help {
    fn of(error: &Error, roles: Vec<Role>, request_id: String) -> Self {
        match error {
            Error::Forbidden(missing) => Self::Get(*missing, roles),
            Error::NotFound(_) => Self::LookAgain,
            Error::Refused(Refused::DeadLink) => Self::AskAgain,
            Error::Internal(_) | Error::Busy | Error::Storage | Error::Unknown => Self::Report(request_id),
            _ => Self::AsSaid,
        }
    }
}

#[component]
fn Failed(heading: &'static str, refusal: Refusal, help: Help) -> impl IntoView {
    let again = matches!(help, Help::AskAgain)
        .then(|| view! { <a class="btn main" href="/forgot-password">"Ask for a new link"</a> });
    let messages = match (&help, refusal.fields.is_empty()) {
        // Said with the help, and with what it allows.
        (Help::Get(..), _) => Vec::new(),
        (_, true) => vec![refusal.message],
        (_, false) => refusal.fields.iter().map(|(_, message)| sentence(message)).collect(),
    };
    let help = match help {
        Help::Get(missing, roles) => view! { <Missing missing roles/> }.into_any(),
        Help::LookAgain => view! { <p>"It may have been deleted, or the address is mistyped."</p> }.into_any(),
        Help::Report(id) => view! {
            <p>"If it stays, give this number to whoever runs the server; it leads to the log."</p>
            <p class="hint">"Request "<code>{id}</code></p>
        }
        .into_any(),
        Help::AskAgain | Help::AsSaid => ().into_any(),
    };
    view! {
        <div class="empty">
            <h1>{heading}</h1>
            {messages.into_iter().map(|message| view! { <p>{message}</p> }).collect_view()}
            {help}
            <div class="do">{again}<a class="btn" href="/admin">"Start page"</a></div>
        </div>
    }
}

/// The permission that is needed, and the roles that give it, as far as the reader may know them.
#[component]
fn Missing(missing: Permission, roles: Vec<Role>) -> impl IntoView {
    let colon = (!roles.is_empty()).then_some(": ");
    let role = |(place, role): (usize, Role)| {
        let comma = (place > 0).then_some(", ");
        view! { {comma}<a class="link" href=format!("/admin/roles/{}", role.id)><bdi>{role.name}</bdi></a> }
    };
    view! {
        <p>"You need "<code>{missing.name()}</code>": "{missing.sentence()}"."</p>
        <p>"An administrator can give you a role with it"{colon}{roles.into_iter().enumerate().map(role).collect_view()}"."</p>
    }
}

const fn heading(error: &Error) -> &'static str {
    match error {
        Error::Forbidden(_) => "You may not do this",
        Error::NotFound(_) => "There is nothing here",
        Error::Throttled(_) | Error::Busy => "Please wait",
        Error::Storage => "Nothing can be saved just now",
        Error::Unknown => "This may have been saved",
        Error::Internal(_) => "Something broke on our side",
        Error::Refused(_) | Error::InTheWay(_) => "This can't be done",
        Error::Unauthenticated => "Sign in first",
        Error::NotFromHere => "Not from this address",
        Error::MustConfirmAddress => "Confirm your address first",
        Error::MustChangePassword => "Change your password first",
        Error::Invalid(_) | Error::WrongCredentials | Error::WrongCode | Error::CodeNeeded | Error::Stale => {
            "Nothing was saved"
        }
    }
}

/// 404 for paths that no route has, and for methods that a path doesn't take: axum would answer those with an
/// empty 405, which tells a reader nothing.
pub async fn not_found(_: Ctx) -> Response {
    Error::NotFound("page").into_response()
}
