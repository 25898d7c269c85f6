//! Sends what waits in the outbox, one message after the other.

use std::time::Duration;

use super::{letter::render, sender::Sender};
use crate::domain::{
    ctx::Ctx,
    error::Result,
    outbox::{
        delivery::{self, Failure},
        store::Message,
    },
};

/// How often it is looked whether there is something to send.
const EVERY: Duration = Duration::from_secs(2);

/// Goes on for ever.
pub async fn keep_sending(ctx: Ctx, sender: Sender, base: String) {
    loop {
        match send_next(&ctx, &sender, &base).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the outbox can't be read; it is tried again"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Sends the message that has waited longest; says whether there was one.
pub async fn send_next(ctx: &Ctx, sender: &Sender, base: &str) -> Result<bool> {
    let Some(message) = delivery::claim(ctx).await? else {
        return Ok(false);
    };
    match hand_over(ctx, sender, base, &message).await {
        Ok(()) => delivery::sent(ctx, &message).await?,
        Err(failure) => {
            let (Failure::ForNow(words) | Failure::ForGood(words)) = &failure;
            tracing::warn!(message = %message.id, attempts = message.attempts, reason = words, "a message was not taken");
            delivery::failed(ctx, &message, failure).await?;
        }
    }
    Ok(true)
}

async fn hand_over(ctx: &Ctx, sender: &Sender, base: &str, message: &Message) -> std::result::Result<(), Failure> {
    let content = message.content(&ctx.services.key);
    let content = content.ok_or_else(|| Failure::ForGood("what it says can't be opened by this key file".into()))?;
    let rendered = render(&content, (&message.locale, &message.recipient), base);
    let rendered = rendered.ok_or_else(|| Failure::ForGood("it can't be put into words".into()))?;
    sender.send(message.id, &message.recipient, &rendered).await
}
