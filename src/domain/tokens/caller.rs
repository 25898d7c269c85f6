//! Which program is calling, or whom it acts for: by a token, and by the secret of client credentials.

use super::caller_store::{self, By, CarriedRow};
use crate::{
    db::{Conn, Tx},
    domain::{
        access::{self, effective::EffectivePermissions},
        bounds,
        calling::{Caller, CallingClient, CallingUser, Lack, Proof},
        ctx::Ctx,
        error::{Error, Refused, Result},
        refusals::{self, kind::RefusalKind},
        secrets::token_hash,
        throttle,
        users::allowlist,
    },
    model::{
        client::ClientRole,
        id::{ClientId, TenantId, TokenId},
        permission::PermissionSet,
        scope::Scope,
        timestamp::Timestamp,
        token::TokenKind,
    },
};

/// The credentials with this id, if the secret is theirs and they are not locked out. Unknown ids, wrong secrets, locked
/// credentials and a place that they are not taken from are told the same, and are limited as wrong passwords are.
pub async fn prove(ctx: &Ctx, id: &str, secret: &str) -> Result<CallingClient> {
    throttle::require_open(ctx, id).await?;
    let found = match id.parse::<ClientId>() {
        Ok(id) => {
            let conn = &mut *ctx.read().await?;
            caller_store::by_secret(conn, id, &token_hash(secret), ctx.now()).await?
        }
        Err(_) => None,
    };
    let Some(found) = found.filter(|found| bounds::admits(&found.allowed_from, ctx.origin.address)) else {
        // Counted, and never given back.
        let _counted = throttle::sign_in(ctx, id, None).await?;
        refusals::note(ctx, RefusalKind::WrongSecret, Some(id));
        return Err(Error::WrongCredentials);
    };
    let by = Proof::Secret(found.secret);
    Ok(client((found.id, found.name), found.tenant_id, found.role, by))
}

/// Credentials never exceed their role in their tenant.
fn client((id, name): (ClientId, String), tenant: TenantId, role: ClientRole, by: Proof) -> CallingClient {
    let effective = EffectivePermissions::of(Scope::Tenant(tenant), role.permissions());
    CallingClient { id, name, tenant, role, by, effective }
}

/// What a token stands for at the present moment.
#[derive(Clone, Debug)]
pub struct Carried {
    /// Which token.
    pub id: TokenId,
    /// What it is for.
    pub kind: TokenKind,
    /// The tenant that it is bound to, or that its client belongs to.
    pub tenant: Option<TenantId>,
    /// What an access or account token says that it may be used for.
    pub scope: String,
    /// Since when it works.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Whoever it acts for, with what they may do by it.
    pub caller: Caller,
    allowed_from: String,
    ip_allowlist: String,
}

/// What a token stands for, if it works; wherever it is used from.
pub async fn carried(ctx: &Ctx, conn: &mut Conn, token: &str) -> Result<Option<Carried>> {
    look_up(conn, By::Hash(&token_hash(token)), ctx.now()).await
}

/// Whoever carries the token, if it works, is one of these kinds, and may be used from where the request comes.
pub async fn by_token(ctx: &Ctx, token: &str, kinds: &[TokenKind]) -> Result<Carried> {
    let found = {
        let conn = &mut *ctx.read().await?;
        carried(ctx, conn, token).await?
    };
    let fits = |found: &Carried| kinds.contains(&found.kind) && bounds::admits(&found.allowed_from, ctx.origin.address);
    let Some(found) = found.filter(fits) else {
        refusals::note(ctx, RefusalKind::WrongToken, None);
        return Err(Error::Unauthenticated);
    };
    match allowlist::admits(&found.ip_allowlist, ctx.origin.address) {
        true => Ok(found),
        false => Err(Error::NotFromHere),
    }
}

async fn look_up(conn: &mut Conn, by: By<'_>, now: Timestamp) -> Result<Option<Carried>> {
    let rows = caller_store::carried(conn, by, now).await?;
    let (token, gives): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.id.is_some());
    let Some(token) = token.into_iter().next() else {
        return Ok(None);
    };
    let owners = access::load::sum(gives.into_iter().map(|row| (row.place, row.patterns)));
    Ok(read(token, &owners))
}

/// `None` for what no version of this program writes.
fn read(row: CarriedRow, owners: &EffectivePermissions) -> Option<Carried> {
    let (id, kind) = (row.id?, row.token_kind()?);
    let by = Proof::Token(id, row.name);
    let (caller, tenant) = match (row.user_id, row.client_id) {
        (Some(user), _) => {
            let bounds = PermissionSet::from_patterns(row.permissions.split(' '));
            let lacks = match (row.must_change, row.is_unverified) {
                (true, _) => Some(Lack::Password),
                (false, true) => Some(Lack::Address),
                (false, false) => None,
            };
            let effective = if lacks.is_some() { Default::default() } else { owners.within(row.tenant_id, bounds) };
            let (name, email) = (row.user_name, row.email);
            let caller = CallingUser { id: user, name, email, by, effective, bounds, lacks, proved_at: None };
            (Caller::User(Box::new(caller)), row.tenant_id)
        }
        (None, Some(id)) => {
            let (role, tenant) = (ClientRole::parse(&row.role?)?, row.tenant_id?);
            (Caller::Client(Box::new(client((id, row.client_name), tenant, role, by))), Some(tenant))
        }
        (None, None) => return None,
    };
    Some(Carried {
        id,
        kind,
        tenant,
        scope: row.scope,
        created_at: row.created_at,
        expires_at: row.expires_at,
        caller,
        allowed_from: row.allowed_from,
        ip_allowlist: row.ip_allowlist,
    })
}

/// Whether the credentials that are calling by a secret still work.
pub async fn secret_works(client: &CallingClient, ctx: &Ctx, tx: &mut Tx) -> Result<()> {
    match client.by {
        Proof::Secret(secret) if caller_store::works(tx, secret, ctx.now()).await? => Ok(()),
        _ => Err(Error::Unauthenticated),
    }
}

/// Whether the token that is calling still works, and allows all that it did when the request came.
pub async fn look_again(ctx: &Ctx, tx: &mut Tx, token: TokenId) -> Result<()> {
    let found = look_up(tx, By::Id(token), ctx.now()).await?.ok_or(Error::Unauthenticated)?;
    let now = ctx.clone().called_by(found.caller).effective();
    match now.covers(&ctx.effective()) {
        true => Ok(()),
        false => Err(Refused::LostMeanwhile.into()),
    }
}
