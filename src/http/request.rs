//! Reading a request: who is calling, from where, with what form.

use std::convert::Infallible;

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, StatusCode, request::Parts},
};
use uuid::Uuid;

use super::{
    address, cookies,
    state::{AppState, Site},
};
use crate::{
    domain::ctx::{Ctx, Origin},
    model::fields::Fields,
};

/// The id that the log and error pages share; put there by the outermost layer.
#[derive(Clone, Copy, Debug)]
pub struct RequestId(pub Uuid);

/// The tenant that the caller works in; put there by the caller layer.
#[derive(Clone, Debug)]
pub struct WorksIn {
    /// As addresses name it.
    pub slug: String,
    /// As people name it.
    pub name: String,
}

/// Handlers take the context that the caller layer made.
impl FromRequestParts<AppState> for Ctx {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, StatusCode> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// A form's or a query's fields.
impl FromRequest<AppState> for Fields {
    type Rejection = StatusCode;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, StatusCode> {
        let body = String::from_request(request, state).await.map_err(|refused| refused.status())?;
        Ok(Self::decode(&body))
    }
}

/// The query string's fields.
#[derive(Clone, Debug)]
pub struct Query(pub Fields);

impl FromRequestParts<AppState> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        Ok(Self(Fields::decode(parts.uri.query().unwrap_or_default())))
    }
}

/// What the session cookies of a request carry.
#[must_use]
pub fn session_tokens(site: &Site, headers: &HeaderMap) -> Vec<String> {
    cookies::all(site, headers, cookies::Name::Session).map(str::to_owned).collect()
}

/// Where a request came from.
pub fn origin(site: &Site, parts: &Parts) -> Origin {
    let request_id = parts.extensions.get::<RequestId>().map(|id| id.0);
    Origin { address: address::of(site, parts), request_id }
}

/// Where somebody who is signed in proves once more who they are.
pub const AGAIN: &str = "/signin/again";

/// A place on this server to go on to after sign-in: one leading slash, nothing that leaves the site.
#[must_use]
pub fn safe_next(next: &str) -> Option<&str> {
    let safe = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= 2000
        && next.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\');
    safe.then_some(next)
}

/// A page of sign-in that remembers where its reader wanted to.
#[must_use]
pub fn with_next(page: &str, next: Option<&str>) -> String {
    match next {
        Some(next) => {
            let mark = if page.contains('?') { '&' } else { '?' };
            format!("{page}{mark}{}", Fields::default().with("next", next).encode())
        }
        None => page.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_stays_on_this_server() {
        assert_eq!(safe_next("/admin/users?q=a"), Some("/admin/users?q=a"));
        for bad in ["", "//evil.example", "https://evil.example", "/\\evil", "/a\nb", "/a b", "javascript:alert(1)"] {
            assert_eq!(safe_next(bad), None, "{bad:?}");
        }
    }
}
