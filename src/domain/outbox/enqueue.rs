//! Writing mail.

use super::{
    letter::{Letter, Recipient},
    store::{self, NewMessage},
};
use crate::{
    db::Tx,
    domain::{ctx::Ctx, error::Result},
    model::{id::MessageId, timestamp::Timestamp},
};

/// Puts a message into the outbox, within the change that it tells of. What it holds is worth nothing after `expires_at`.
pub async fn enqueue(
    ctx: &Ctx,
    tx: &mut Tx,
    to: &Recipient,
    (letter, expires_at): (Letter, Option<Timestamp>),
) -> Result<MessageId> {
    let id = MessageId(ctx.id());
    store::insert(&ctx.services.key, tx, NewMessage { id, to, letter, now: ctx.now(), expires_at }).await?;
    Ok(id)
}
