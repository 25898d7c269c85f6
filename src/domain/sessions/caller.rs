//! Who a session's holder is, and whether they still are.

use std::net::IpAddr;

use super::store;
use crate::{
    db::{Conn, Tx},
    domain::{
        access,
        calling::{CallingUser, Proof},
        ctx::Ctx,
        error::{Error, Refused, Result},
        secrets::token_hash,
        users::allowlist,
    },
    model::{id::TenantId, permission::PermissionSet, timestamp::Timestamp},
};

/// Somebody by their session.
#[derive(Debug)]
pub struct Found {
    /// Who, with what they may do.
    pub user: CallingUser,
    /// The tenant that they want to work in, and its name, if there is one of that short name.
    pub wanted: Option<(TenantId, String)>,
    /// When the session was last used, as far as that is written down.
    pub last_seen_at: Timestamp,
    /// The language and region of the person.
    pub locale: String,
    /// Their time zone; empty for that of their browser.
    pub time_zone: String,
}

/// Who a cookie's token belongs to at `now`, and the tenant of the short name that they want to work in. From where they
/// aren't let in, they are nobody.
pub async fn resolve(
    conn: &mut Conn,
    token: &str,
    now: Timestamp,
    (wanted, address): (Option<&str>, Option<IpAddr>),
) -> Result<Option<Found>> {
    let rows = store::caller(conn, &token_hash(token), now, wanted).await?;
    let (whose, gives): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.id.is_some());
    let whose = whose.into_iter().next().filter(|row| allowlist::admits(&row.ip_allowlist, address));
    let whose = whose.and_then(|row| Some((row.id?, row.user_id?, row)));
    let Some((session, id, row)) = whose else {
        return Ok(None);
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
        proved_at: Some(row.proved_at),
    };
    Ok(Some(Found {
        user,
        wanted: row.wanted.zip(row.wanted_name),
        last_seen_at: row.last_seen_at,
        locale: row.locale,
        time_zone: row.time_zone,
    }))
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
