//! What is asked about the outbox. It belongs to the installation: in a tenant there is none.

use super::{
    letter::Content,
    store::{self, Message},
};
use crate::{
    domain::{
        action::Action,
        ctx::Ctx,
        error::{Error, Result},
        keyset::PAGE,
    },
    model::{id::MessageId, mail::MessageState},
};

/// Before everything: no id is greater.
pub const NEWEST: MessageId = MessageId(uuid::Uuid::max());

/// One page of messages before an id, the newest first, and the id before which the next begins.
pub async fn list(
    ctx: &Ctx,
    before: MessageId,
    state: Option<MessageState>,
) -> Result<(Vec<Message>, Option<MessageId>)> {
    ctx.require(Action::ListMessages)?;
    ctx.require_everywhere("message")?;
    let mut rows = store::page(&mut *ctx.read().await?, before, state).await?;
    let more = rows.len() as i64 > PAGE;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|message| message.id);
    Ok((rows, next))
}

/// The message with this id.
pub async fn read(ctx: &Ctx, id: MessageId) -> Result<Message> {
    ctx.require(Action::ReadMessage)?;
    ctx.require_everywhere("message")?;
    store::find(&mut *ctx.read().await?, id).await?.ok_or(Error::NotFound("message"))
}

/// The message with this id, and what it says with asterisks in place of what opens an account; nothing where this key file
/// doesn't open it.
pub async fn preview(ctx: &Ctx, id: MessageId) -> Result<(Message, Option<Content>)> {
    let message = read(ctx, id).await?;
    let content = message.content(&ctx.services.key).map(Content::blanked);
    Ok((message, content))
}
