//! Who a session's holder is, and whether they still are.

use super::store;
use crate::{
    db::{Conn, Tx},
    domain::{
        access,
        ctx::{Caller, Ctx, SignedInUser},
        error::{Error, Refused, Result},
        secrets::token_hash,
    },
    model::timestamp::Timestamp,
};

/// Who a cookie's token belongs to at `now`, with what they may do.
pub async fn resolve(conn: &mut Conn, token: &str, now: Timestamp) -> Result<Caller> {
    let Some(found) = store::resolve(conn, &token_hash(token), now).await? else {
        return Ok(Caller::Anonymous);
    };
    let holdings = access::load::holdings(conn, found.user_id, now).await?;
    Ok(Caller::User(Box::new(SignedInUser {
        id: found.user_id,
        name: found.display_name,
        email: found.email,
        session: found.id,
        holdings,
    })))
}

/// Whether the caller still is who they were when the request came, and may do all that they might then.
pub async fn look_again(ctx: &Ctx, tx: &mut Tx) -> Result<()> {
    let Ok(user) = ctx.user() else {
        return Ok(());
    };
    if store::user(tx, user.session, ctx.now()).await? != Some(user.id) {
        return Err(Error::Unauthenticated);
    }
    match access::load::holdings(tx, user.id, ctx.now()).await?.covers(&user.holdings) {
        true => Ok(()),
        false => Err(Refused::LostMeanwhile.into()),
    }
}
