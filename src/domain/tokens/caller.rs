//! Which program is calling: by its secret, and by an access token.

use super::store;
use crate::{
    db::{Conn, Tx},
    domain::{
        access::effective::EffectivePermissions,
        ctx::{CallingClient, Ctx},
        error::{Error, Result},
        refusals::{self, kind::RefusalKind},
        secrets::token_hash,
        throttle,
    },
    model::{id::ClientId, scope::Scope},
};

/// The credentials with this id, if the secret is theirs and they are not locked out. Unknown ids, wrong secrets and
/// locked credentials are told the same, and are limited as wrong passwords are.
pub async fn prove(ctx: &Ctx, id: &str, secret: &str) -> Result<CallingClient> {
    throttle::require_open(ctx, id).await?;
    let found = match id.parse::<ClientId>() {
        Ok(id) => store::by_secret(&mut *ctx.read().await?, id, &token_hash(secret)).await?,
        Err(_) => None,
    };
    let Some(found) = found else {
        // Counted, and never given back.
        let _counted = throttle::sign_in(ctx, id, None).await?;
        refusals::note(ctx, RefusalKind::WrongSecret, Some(id));
        return Err(Error::WrongCredentials);
    };
    Ok(CallingClient {
        id: found.id,
        name: found.name,
        tenant: found.tenant_id,
        role: found.role,
        secret: found.secret,
        effective: EffectivePermissions::of(Scope::Tenant(found.tenant_id), found.role.permissions()),
    })
}

/// Whether the credentials that are calling still work.
pub async fn look_again(client: &CallingClient, tx: &mut Tx) -> Result<()> {
    match store::works(tx, client.secret).await? {
        true => Ok(()),
        false => Err(Error::Unauthenticated),
    }
}

/// What an access token stands for at the present moment, if it works.
pub async fn carried(ctx: &Ctx, conn: &mut Conn, token: &str) -> Result<Option<store::Access>> {
    Ok(store::find(conn, &token_hash(token), ctx.now()).await?)
}
