//! What is asked about key pairs.

use super::store::{self, KeyPair};
use crate::{
    domain::{
        action::Action,
        ctx::Ctx,
        error::{Error, Result},
        keyset::PAGE,
    },
    model::id::KeyPairId,
};

/// One page of key pairs of the tenant that the caller works in, or of all, after an id, and the id after which the next
/// begins.
pub async fn list(ctx: &Ctx, after: KeyPairId) -> Result<(Vec<KeyPair>, Option<KeyPairId>)> {
    ctx.require(Action::ListKeyPairs)?;
    let mut rows = store::page(ctx.tenant(), &mut *ctx.read().await?, after).await?;
    let more = rows.len() as i64 > PAGE;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|pair| pair.id);
    Ok((rows, next))
}

/// The key pair with this id.
pub async fn read(ctx: &Ctx, id: KeyPairId) -> Result<KeyPair> {
    ctx.require(Action::ReadKeyPair)?;
    store::find(ctx.tenant(), &mut *ctx.read().await?, id).await?.ok_or(Error::NotFound("key pair"))
}
