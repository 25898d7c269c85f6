//! What every page handler needs to know of a request, and the ways to answer it.

use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use serde_json::json;

use super::{
    done::{Done, Notice},
    effect,
    form::FormState,
    overtaken::Overtaken,
};
use crate::{
    domain::{
        ctx::Ctx,
        error::{Error, Result},
    },
    model::{error::Refusal, fields::Fields, words::words},
    server::{
        cookies::{self, Name},
        error,
        request::WorksIn,
        state::{AppState, Site},
    },
};

words! {
    /// The colours a reader chose; without a choice the system's.
    Theme {
        /// Dark on light.
        Light = "light",
        /// Light on dark.
        Dark = "dark",
    }
}

/// What an island is told that asks what a form would do which somebody overtook.
const OVERTAKEN: &str = "Somebody changed this while you had it open. Save to see what they changed beside what you \
    changed: nothing is overwritten by that.";

/// A request as a page handler sees it.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Who is asking.
    pub ctx: Ctx,
    /// How the outside sees this server.
    pub site: std::sync::Arc<Site>,
    /// The colours the reader chose.
    pub theme: Option<Theme>,
    /// What their last action did.
    pub done: Option<Notice>,
    /// The name of the tenant that they work in.
    pub tenant: Option<String>,
    /// The path and query they are at.
    pub here: String,
    /// The browser's name for itself.
    pub user_agent: String,
    /// The marks by which the browser is known; empty without any.
    pub known: String,
    /// Whether the request asks for a page, rather than sending something.
    pub is_get: bool,
    /// Whether an island asks, which wants JSON.
    wants_json: bool,
}

impl FromRequestParts<AppState> for Visit {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> std::result::Result<Self, StatusCode> {
        let ctx = Ctx::from_request_parts(parts, state).await?;
        let headers = &parts.headers;
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_get = parts.method == axum::http::Method::GET;
        let done = match cookies::read(&state.site, headers, Name::Done, Notice::decode).filter(|_| is_get) {
            Some(notice) => Some(notice.checked(&ctx).await),
            None => None,
        };
        let tenant = parts.extensions.get::<WorksIn>().map(|tenant| tenant.0.clone());
        Ok(Self {
            ctx,
            site: state.site.clone(),
            theme: cookies::read(&state.site, headers, Name::Theme, Theme::parse),
            done,
            tenant,
            here: parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            user_agent: text(header::USER_AGENT).to_owned(),
            known: cookies::all(&state.site, headers, Name::Known).collect::<Vec<_>>().join("~"),
            is_get,
            wants_json: text(header::ACCEPT) == "application/json",
        })
    }
}

impl Visit {
    /// After a form was accepted: on to `location`, which will say what was done.
    #[must_use]
    pub fn done(&self, location: &str, done: Done, n: u64) -> Response {
        let mut response = self.go(location);
        let code = cookies::done(&self.site, &done.encode(n, self.ctx.origin.request_id));
        response.headers_mut().append(header::SET_COOKIE, code);
        response
    }

    /// On to `location`: as a redirect, or as JSON for an island.
    #[must_use]
    pub fn go(&self, location: &str) -> Response {
        match self.wants_json {
            true => Json(json!({ "location": location })).into_response(),
            false => Redirect::to(location).into_response(),
        }
    }

    /// A refused form: the page again with what was typed and what to mend, or the messages alone for an
    /// island. What a form can't mend (no permission, not there, broken) goes on as a failure.
    pub fn refused(&self, refused: Error, typed: Fields, page: impl FnOnce(FormState) -> Response) -> Result<Response> {
        if !refused.is_mendable() {
            return Err(refused);
        }
        let (status, wait) = (error::status(&refused), retry_after(&refused));
        let refusal = error::refusal(refused);
        let mut response = match self.wants_json {
            true if effect::peeks(&typed) => return Ok(Json(&refusal).into_response()),
            true => Json(&refusal).into_response(),
            false => page(FormState { typed, refusal: Some(refusal) }),
        };
        *response.status_mut() = status;
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, wait);
        }
        Ok(response)
    }

    /// A form that somebody overtook: 409, with both edits in the form.
    pub fn overtaken(&self, overtaken: Overtaken, page: impl FnOnce(FormState) -> Response) -> Result<Response> {
        let Overtaken { form, refusal } = overtaken;
        let mut response = match self.wants_json {
            // The form in the browser still holds the old version: only a fresh page can save knowingly.
            true if effect::peeks(&form) => return Ok(Json(&refusal).into_response()),
            true if effect::asks(&form) => Json(Refusal { message: OVERTAKEN.into(), ..refusal }).into_response(),
            true => StatusCode::CONFLICT.into_response(),
            false => page(FormState { typed: form, refusal: Some(refusal) }),
        };
        *response.status_mut() = StatusCode::CONFLICT;
        Ok(response)
    }

    /// A question that wasn't answered in time, or can't be answered with yes: asked again about what is there now.
    pub fn ask_again(&self, error: Error, now: Fields, page: impl FnOnce(FormState) -> Response) -> Result<Response> {
        match error {
            Error::Stale => {
                let message = "Somebody changed this while you had it open. Look at it again before you go on.".into();
                self.overtaken(Overtaken { form: now, refusal: Refusal { message, ..Refusal::default() } }, page)
            }
            other => self.refused(other, now, page),
        }
    }

    /// The same visit as if it were at `here`: for pages that answer a post and have no address of their own
    /// to come back to.
    #[must_use]
    pub fn at(self, here: &str) -> Self {
        Self { here: here.to_owned(), ..self }
    }

    /// Whether the answer should be JSON.
    #[must_use]
    pub const fn wants_json(&self) -> bool {
        self.wants_json
    }
}

/// The `Retry-After` of an answer, where waiting helps.
pub fn retry_after(error: &Error) -> Option<HeaderValue> {
    error::retry_after(error).map(HeaderValue::from)
}
