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
        tenants::acting,
    },
    http::state::AppState,
    model::{id::TenantId, scope::Scope},
};

/// The context of whoever proved who they are, in a way that the family takes ([`Takes`], put there by its router), and may
/// do something by it.
#[derive(Clone, Debug)]
pub struct Known(pub Ctx);

/// The same, for what may be done even by whoever must set a password or confirm their address first.
#[derive(Clone, Debug)]
pub struct Beginner(pub Ctx);

impl Known {
    /// The same caller at work in the installation, whatever their token is bound to: what they may is bounded by it anyway.
    #[must_use]
    pub fn everywhere(self) -> Ctx {
        self.0.working_in(Scope::Everywhere)
    }
}

impl FromRequestParts<AppState> for Known {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let Beginner(ctx) = Beginner::from_request_parts(parts, state).await?;
        match ctx.user().ok().and_then(|user| user.lacks) {
            Some(lack) => Err(lack.error().into()),
            None => Ok(Self(ctx)),
        }
    }
}

impl FromRequestParts<AppState> for Beginner {
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

/// Whoever proved who they are, at work in the tenant that their token acts in.
pub struct InTenant(pub Ctx, pub TenantId);

impl FromRequestParts<AppState> for InTenant {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let Known(ctx) = Known::from_request_parts(parts, state).await?;
        let (ctx, tenant) = at_home(ctx).await?;
        Ok(Self(ctx, tenant))
    }
}

/// The same, for what may be done even by whoever must set a password or confirm their address first.
pub struct BeginnerInTenant(pub Ctx, pub TenantId);

impl FromRequestParts<AppState> for BeginnerInTenant {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let Beginner(ctx) = Beginner::from_request_parts(parts, state).await?;
        let (ctx, tenant) = at_home(ctx).await?;
        Ok(Self(ctx, tenant))
    }
}

async fn at_home(ctx: Ctx) -> Result<(Ctx, TenantId)> {
    let tenant = acting::home(&ctx).await?;
    Ok((ctx.working_in(Scope::Tenant(tenant)), tenant))
}
