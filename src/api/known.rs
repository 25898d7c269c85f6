//! Who is calling an operation: the context that a handler takes.

use axum::{body::Bytes, extract::FromRequestParts, http::request::Parts};

use super::{
    presented::presented,
    problem::{Problem, Result},
};
use crate::{
    domain::{
        caller::{Takes, identify},
        ctx::Ctx,
    },
    model::scope::Scope,
    server::state::AppState,
};

/// The context of whoever proved who they are, in a way that the family takes ([`Takes`], put there by its router).
#[derive(Clone, Debug)]
pub struct Known(pub Ctx);

impl Known {
    /// The same caller at work in the installation, whatever their token is bound to: what they may is bounded by it anyway.
    /// Whoever must do something first is nobody here, not even to look at themselves.
    pub fn everywhere(self) -> Result<Ctx> {
        if let Some(lack) = self.0.user().ok().and_then(|user| user.lacks) {
            return Err(lack.error().into());
        }
        Ok(self.0.working_in(Scope::Everywhere))
    }
}

impl FromRequestParts<AppState> for Known {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self> {
        let takes = parts.extensions.get::<Takes>().copied().ok_or_else(Problem::unauthenticated)?;
        let ctx = parts.extensions.get::<Ctx>().cloned().ok_or_else(Problem::unauthenticated)?;
        // Only families that take signatures have their body read before.
        let body = parts.extensions.get::<Bytes>().cloned().unwrap_or_default();
        let presented = presented(&parts.headers, &body).map_err(|_| Problem::unauthenticated())?;
        Ok(Self(identify(ctx, &presented, &takes).await?))
    }
}
