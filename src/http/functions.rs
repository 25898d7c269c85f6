//! How server functions are called: by an island, which wants JSON, or by a form without a script, which is posted to the
//! page that it is on, names its function, and gets that page back.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Json,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header, request::Parts, response::Parts as Head},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::handle_server_fns_with_context;

use super::{
    access::rule,
    error::{refusal, say_when, status},
    fields::{BY, FUNCTION, PEEK, PREVIEW, SECRETS},
    kept::Kept as Typed,
    page,
    request::{AGAIN, safe_next, with_next},
    visit::{Answered, Visit},
};
use crate::{
    domain::{
        error::{Error, Result},
        refusals::{self, kind::RefusalKind},
    },
    model::{
        error::{FieldErrors, Refusal},
        fields::Fields,
    },
};

/// What is told of a form which somebody overtook to whoever asked only what it would do.
const OVERTAKEN: &str = "Somebody changed this while you had it open. Save to see what they changed beside what you \
    changed: nothing is overwritten by that.";

/// No answer of a function is larger.
const ANSWER_MAX: usize = 1024 * 1024;

/// The error of a function on its way to [`call`]: what is sent to a browser says less than a page shows.
#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<Option<Error>>>);

impl Kept {
    fn put(&self, error: Error) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let refusal = refusal(&error);
        if let Some(kept) = use_context::<Kept>() {
            kept.put(error);
        }
        refusal
    }
}

impl From<FieldErrors> for Refusal {
    fn from(errors: FieldErrors) -> Self {
        Error::from(errors).into()
    }
}

/// Calls the function that a request names: that of its path, or that of its form's field.
pub async fn call(mut parts: Parts, body: Bytes) -> Response {
    let Some(visit) = parts.extensions.get::<Visit>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let typed = Fields::decode(&String::from_utf8_lossy(&body));
    let page_uri = parts.uri.clone();
    let is_on_a_page = rule(page_uri.path()).is_none();
    if is_on_a_page {
        // A path that is none leads to no function, which is said below.
        let named = typed.all(FUNCTION).last().and_then(|path| path.parse().ok());
        parts.uri = named.unwrap_or_default();
    }
    let function = parts.uri.path().to_owned();
    let (mut head, outcome) = answer(&parts, &visit, body).await;
    if let Err(Error::Forbidden(_)) = &outcome {
        refusals::note(&visit.ctx, RefusalKind::NotAllowed, None);
    }
    // What was sent to the function itself has no page to come back to.
    if wants_json(&parts) || !is_on_a_page && outcome.is_ok() && !head.headers.contains_key(header::LOCATION) {
        return json(&visit, (&function, &typed), (head, outcome));
    }
    match outcome {
        Ok(_) if head.headers.contains_key(header::LOCATION) => {
            head.status = StatusCode::SEE_OTHER;
            Response::from_parts(head, Body::empty())
        }
        Err(error) if way_in(&visit, &error).is_some() => prove_first(&visit, &error, &typed).into_response(),
        outcome => {
            parts.uri = page_uri;
            parts.method = Method::GET;
            let answered = Answered { function, typed: typed.without(&SECRETS), outcome };
            page::answering(Request::from_parts(parts, Body::empty()), answered).await
        }
    }
}

fn wants_json(parts: &Parts) -> bool {
    parts.headers.get(header::ACCEPT).is_some_and(|kinds| kinds == "application/json")
}

/// The page where whoever sent a form says who they are, if that is all that stands in its way.
fn way_in(visit: &Visit, error: &Error) -> Option<&'static str> {
    match error {
        Error::Unauthenticated if visit.ctx.user().is_err() => Some("/signin"),
        Error::ProofTooOld => Some(AGAIN),
        _ => None,
    }
}

/// Sends whoever sent a form to the page where they say who they are, with what they typed kept where that is known to be
/// somebody's.
fn prove_first(visit: &Visit, error: &Error, typed: &Fields) -> impl IntoResponse + use<> {
    let page = safe_next(&visit.here).filter(|here| !here.starts_with("/fn/")).unwrap_or("/admin");
    let function = typed.all(FUNCTION).last().unwrap_or_default().to_owned();
    let kept = typed.text(BY).parse().ok().and_then(|by| {
        Typed::new(&visit.ctx, (by, page), function, typed.clone().without(&SECRETS)).cookie(&visit.site, &visit.ctx)
    });
    let to = with_next(way_in(visit, error).unwrap_or("/signin"), Some(page));
    (AppendHeaders(kept.map(|cookie| (header::SET_COOKIE, cookie))), Redirect::to(&to))
}

/// The answer as an island takes it, with its real status; where to go on to stands in its `location`.
fn json(visit: &Visit, (function, typed): (&str, &Fields), (mut head, outcome): (Head, Result<Bytes>)) -> Response {
    let error = match outcome {
        Ok(value) => {
            head.status = StatusCode::OK;
            return Response::from_parts(head, Body::from(value));
        }
        Err(error) => error,
    };
    if !typed.text(PEEK).is_empty() && error.is_mendable() {
        return Json(()).into_response();
    }
    let mut told = refusal(&error);
    match &error {
        error if way_in(visit, error).is_some() => {
            let mut response = prove_first(visit, error, typed).into_response();
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            return response;
        }
        Error::Stale if function.ends_with(PREVIEW) => told.message = OVERTAKEN.into(),
        // The form in the browser still holds the old version: only a fresh page can save knowingly.
        Error::Stale => told = Refusal::default(),
        Error::Internal(_) | Error::Unknown => {
            if let Some(id) = visit.ctx.origin.request_id {
                told.message.push_str(&format!(" If it stays, tell whoever runs the server this number: {id}."));
            }
        }
        _ => {}
    }
    let mut response = (status(&error), Json(told)).into_response();
    say_when(response.headers_mut(), &error);
    response
}

/// What the function answers, and the headers that it set; never a redirect to the `Referer`, which Leptos adds for forms.
async fn answer(parts: &Parts, visit: &Visit, body: Bytes) -> (Head, Result<Bytes>) {
    let nothing = || Response::new(()).into_parts().0;
    let allowed = rule(parts.uri.path()).ok_or(Error::NotFound("function")).and_then(|rule| rule.admit(&visit.ctx));
    if let Err(error) = allowed {
        return (nothing(), Err(error));
    }
    let mut asked = Request::from_parts(parts.clone(), Body::from(body));
    asked.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let kept = Kept::default();
    let context = {
        let (visit, kept) = (visit.clone(), kept.clone());
        move || {
            provide_context(visit.clone());
            provide_context(kept.clone());
        }
    };
    let response = handle_server_fns_with_context(context, asked).await.into_response();
    let (head, body) = response.into_parts();
    if let Some(error) = kept.take() {
        return (head, Err(error));
    }
    match to_bytes(body, ANSWER_MAX).await {
        Ok(value) if head.status.is_success() || head.status.is_redirection() => (head, Ok(value)),
        // Its arguments couldn't be read: nothing else is refused without an error of ours.
        _ => (nothing(), Err(FieldErrors::one("form", "open the page again and send it once more").into())),
    }
}
