//! Who asks, in which portal, and about whom.

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{StatusCode, request::Parts},
};

use crate::{
    api::{
        known::Known,
        problem::{Problem, Result},
    },
    domain::{
        ctx::Ctx,
        error::{Error, Result as Done},
        tenants::acting,
    },
    http::state::AppState,
    model::id::{TenantId, UserId},
};

/// Whoever proved who they are, at work in the portal that the path names, which is their own.
pub struct InPortal {
    /// The caller.
    pub ctx: Ctx,
    /// The portal.
    pub portal: TenantId,
    user: String,
}

impl FromRequestParts<AppState> for InPortal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let Known(known) = parts.extensions.get::<Known>().cloned().ok_or_else(Problem::unauthenticated)?;
        // What is written of a request that can be repeated is committed with its answer: that was said since.
        let ctx = parts.extensions.get::<Ctx>().cloned().ok_or_else(Problem::unauthenticated)?;
        let ctx = ctx.called_by(known.caller).working_in(known.scope);
        // Text that is no UTF-8 names nothing.
        let named = RawPathParams::from_request_parts(parts, state).await;
        let named = named.map_err(|_| Problem::Status(StatusCode::NOT_FOUND))?;
        let of = |name: &str| named.iter().find(|(other, _)| *other == name).map(|(_, text)| text.to_owned());
        let portal = acting::portal(&ctx, &of("portalId").unwrap_or_default()).await?;
        Ok(Self { ctx, portal, user: of("userId").unwrap_or_default() })
    }
}

impl InPortal {
    /// Whom the path names. An id is compared as it is, so another spelling of one is nobody's.
    pub fn user(&self) -> Done<UserId> {
        let id = self.user.parse::<UserId>().ok().filter(|id| id.to_string() == self.user);
        id.ok_or(Error::NotFound("user"))
    }
}
