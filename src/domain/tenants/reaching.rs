//! Which domains a credential reaches (contract 004). Any other isn't there.

use super::{
    memberships,
    naming::{self, Domain},
};
use crate::{
    domain::{
        calling::Caller,
        ctx::Ctx,
        domain_rules::DomainRule,
        error::{Error, Result},
        key_pairs,
    },
    model::{id::TenantId, scope::Scope},
};

/// Whether a reseller's key pair is calling, which makes domains out of tenants.
#[must_use]
pub fn is_resellers(ctx: &Ctx) -> bool {
    resellers(ctx).is_some()
}

/// The reseller whose key pair is calling.
#[must_use]
pub fn resellers(ctx: &Ctx) -> Option<TenantId> {
    match &ctx.caller {
        Caller::KeyPair(pair) if pair.is_resellers => Some(pair.tenant),
        _ => None,
    }
}

/// Refuses what only a reseller's key pair may do.
pub fn require_resellers(ctx: &Ctx) -> Result<()> {
    match is_resellers(ctx) {
        true => Ok(()),
        false => Err(DomainRule::ResellersOnly.into()),
    }
}

/// The caller at work in the domain of this name, which the operation calls `noun`.
pub async fn named(ctx: &Ctx, name: &str, noun: &'static str) -> Result<(Ctx, Domain)> {
    let domain = naming::find(&mut *ctx.read().await?, name).await?.ok_or(Error::NotFound(noun))?;
    let ctx = match (&ctx.caller, ctx.tenant()) {
        (Caller::KeyPair(_), _) => {
            let reached = key_pairs::caller::reaching(ctx, domain.id).await;
            reached.map_err(|error| if matches!(error, Error::NotFound(_)) { Error::NotFound(noun) } else { error })?
        }
        (_, Some(own)) if own == domain.id => ctx.clone(),
        // A token that is bound to no tenant is taken where its owner counts.
        (Caller::User(user), None)
            if memberships::store::is_active(&mut *ctx.read().await?, user.id, domain.id).await? =>
        {
            ctx.clone().working_in(Scope::Tenant(domain.id))
        }
        _ => return Err(Error::NotFound(noun)),
    };
    Ok((ctx, domain))
}

/// The caller at work in a domain that the credential reaches, as somebody looked already.
pub async fn within(ctx: &Ctx, domain: TenantId) -> Result<Ctx> {
    match &ctx.caller {
        Caller::KeyPair(_) => key_pairs::caller::reaching(ctx, domain).await,
        _ => Ok(ctx.clone()),
    }
}

/// The domain that the credential belongs to, where the caller works already.
pub async fn own(ctx: &Ctx) -> Result<Domain> {
    let tenant = ctx.tenant().ok_or(Error::NotFound("domain"))?;
    naming::of(&mut *ctx.read().await?, tenant).await?.ok_or(Error::NotFound("domain"))
}
