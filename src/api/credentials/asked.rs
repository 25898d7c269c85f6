//! Who asks, where, and about which id.

use std::str::FromStr;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};

use crate::{
    api::{
        body::Body,
        known::{Beginner, Known},
        parameters::id as parsed,
        problem::{Problem, Result},
    },
    domain::{ctx::Ctx, tenants::acting},
    model::{id::TenantId, scope::Scope},
    server::state::AppState,
};

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

/// The id in the path.
pub fn id<T: FromStr>(text: &str) -> Result<T> {
    parsed(text).ok_or_else(|| Problem::parameter("id", "must be a UUID"))
}

/// Refuses a change that names nothing that can be changed (rule R22).
pub fn require_any(body: &Body, names: &[&str]) -> Result<()> {
    match body.has_any(names) {
        true => Ok(()),
        false => {
            let message = "Send at least one member to change".to_owned();
            Err(Problem::Coded(StatusCode::BAD_REQUEST, "no_fields", message))
        }
    }
}
