//! Which key pair signed a request, and where it reaches.

use super::{
    credential::purpose,
    signature::Signed,
    store::{self, allowed},
};
use crate::{
    db::Tx,
    domain::{
        access::effective::EffectivePermissions,
        bounds,
        calling::{Caller, CallingKeyPair},
        ctx::Ctx,
        error::{Error, Result},
        refusals::{self, kind::RefusalKind},
    },
    model::{id::TenantId, scope::Scope},
};

/// The pair that signed the request, if its signature fits, is fresh, and comes from where the pair is taken from.
/// Failures aren't counted against the key, which is public: nobody guesses a secret of 256 bits, and whoever knows the key
/// could lock its programs out.
pub async fn prove(ctx: &Ctx, signed: &Signed<'_>) -> Result<CallingKeyPair> {
    let found = store::by_key(&mut *ctx.read().await?, signed.key, ctx.now()).await?;
    let fits = |known: &store::Known| {
        let secret = ctx.services.key.open(&purpose(known.id), &known.secret_sealed);
        known.is_resellers == signed.is_resellers
            && secret.is_some_and(|secret| signed.fits(&secret, ctx.now()))
            && bounds::admits(&known.allowed_from, ctx.origin.address)
    };
    let Some(known) = found.filter(fits) else {
        refusals::note(ctx, RefusalKind::WrongToken, None);
        return Err(Error::Unauthenticated);
    };
    let permissions = allowed(&known.permissions);
    Ok(CallingKeyPair {
        id: known.id,
        name: known.name,
        tenant: known.tenant_id,
        is_resellers: known.is_resellers,
        permissions,
        effective: EffectivePermissions::of(Scope::Tenant(known.tenant_id), permissions),
    })
}

/// The same caller at work in a tenant that the pair reaches: its own, or a domain of its reseller. Any other isn't there.
pub async fn reaching(ctx: &Ctx, tenant: TenantId) -> Result<Ctx> {
    let Caller::KeyPair(pair) = &ctx.caller else {
        return Err(Error::Unauthenticated);
    };
    let reaches = pair.tenant == tenant
        || pair.is_resellers && store::is_domain_of(&mut *ctx.read().await?, tenant, pair.tenant).await?;
    if !reaches {
        return Err(Error::NotFound("account"));
    }
    let effective = EffectivePermissions::of(Scope::Tenant(tenant), pair.permissions);
    let pair = CallingKeyPair { effective, ..(**pair).clone() };
    Ok(ctx.clone().called_by(Caller::KeyPair(Box::new(pair))).working_in(Scope::Tenant(tenant)))
}

/// Whether the pair that is calling still works, and reaches where it works.
pub async fn look_again(ctx: &Ctx, tx: &mut Tx, pair: &CallingKeyPair) -> Result<()> {
    let reaches = match ctx.tenant() {
        Some(tenant) if tenant != pair.tenant => store::is_domain_of(tx, tenant, pair.tenant).await?,
        _ => true,
    };
    match reaches && store::works(tx, pair.id, ctx.now()).await? {
        true => Ok(()),
        false => Err(Error::Unauthenticated),
    }
}
