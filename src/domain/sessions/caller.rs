//! Who a session's holder is, and whether they still are.

use std::net::IpAddr;

use super::store;
use crate::{
    db::{Conn, Tx},
    domain::{
        access,
        calling::{Caller, CallingUser, Proof},
        ctx::Ctx,
        error::{Error, Refused, Result},
        secrets::token_hash,
        users::allowlist,
    },
    model::{id::TenantId, permission::PermissionSet, timestamp::Timestamp},
};

/// Who a cookie's token belongs to at `now`, with what they may do, and the name of the tenant that they want to work in.
/// From where they aren't let in, they are nobody.
pub async fn resolve(
    conn: &mut Conn,
    token: &str,
    now: Timestamp,
    (wanted, address): (Option<TenantId>, Option<IpAddr>),
) -> Result<(Caller, Option<String>)> {
    let rows = store::caller(conn, &token_hash(token), now, wanted).await?;
    let (whose, gives): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.id.is_some());
    let whose = whose.into_iter().next().filter(|row| allowlist::admits(&row.ip_allowlist, address));
    let whose = whose.and_then(|row| Some((row.id?, row.user_id?, row)));
    let Some((session, id, row)) = whose else {
        return Ok((Caller::Anonymous, None));
    };
    let effective = access::load::sum(gives.into_iter().map(|row| (row.tenant_id, row.patterns)));
    let by = Proof::Session(session);
    let user = CallingUser {
        id,
        name: row.display_name,
        email: row.email,
        by,
        effective,
        bounds: PermissionSet::all(),
        lacks: None,
    };
    Ok((Caller::User(Box::new(user)), row.wanted))
}

/// Whether the caller still is who they were when the request came, and may do all that they might then.
pub async fn look_again(ctx: &Ctx, tx: &mut Tx) -> Result<()> {
    let (user, session) = (ctx.user()?, ctx.session()?);
    if store::user(tx, session, ctx.now()).await? != Some(user.id) {
        return Err(Error::Unauthenticated);
    }
    match access::load::effective(tx, user.id, ctx.now()).await?.covers(&user.effective) {
        true => Ok(()),
        false => Err(Refused::LostMeanwhile.into()),
    }
}
