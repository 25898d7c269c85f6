//! What the sender asks of the outbox, and tells it. No rule looks at this, so nothing of it is in the log.

use sqlx::{query, query_as, query_scalar};

use super::store::{Message, find};
use crate::{
    db::{Conn, on, statements},
    domain::{ctx::Ctx, error::Result},
    model::{id::MessageId, timestamp::Timestamp},
};

statements! {
    IS_DUE = "select count(*) from (select id from messages
        where sent_at is null and failed_at is null and next_attempt_at <= $1 limit 1) due";
    /// Takes the message that has waited longest, and has it tried again later in any case: whoever dies with it in hand
    /// loses nothing. Of two senders that see the same one, the second finds its time moved.
    CLAIM = "update messages set next_attempt_at = $2, attempts = attempts + 1
        where id = (select id from messages where sent_at is null and failed_at is null and next_attempt_at <= $1
            order by next_attempt_at, id limit 1) and next_attempt_at <= $1 and sent_at is null and failed_at is null
        returning id, attempts";
    SENT = "update messages set sent_at = $2, sealed = $3, last_error = null where id = $1";
    RETRY = "update messages set next_attempt_at = $2, last_error = $3 where id = $1 and sent_at is null";
    FAILED = "update messages set failed_at = $2, sealed = $3, last_error = $4 where id = $1 and sent_at is null";
}

/// How long a sender has, in seconds: longer than any mail server takes to answer.
const IN_HAND: i64 = 10 * 60;
/// How long a message waits after each failure, in seconds; after the last of them it has failed.
pub const WAITS: [i64; 9] = [30, 2 * 60, 10 * 60, 30 * 60, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600];
/// A mail server's words are kept up to here.
const WORDS_MAX: usize = 500;

/// Why a message was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Perhaps later, in these words.
    ForNow(String),
    /// Never, in these words.
    ForGood(String),
}

/// Whether a message is to be sent now; asked first, because a claim is a write.
pub async fn is_due(conn: &mut Conn, now: Timestamp) -> Result<bool> {
    let due: i64 = on!(conn, |c| query_scalar(IS_DUE).bind(now).fetch_one(c).await?);
    Ok(due > 0)
}

/// The message that is to be sent next, which no other sender takes meanwhile.
pub async fn claim(ctx: &Ctx) -> Result<Option<Message>> {
    if !is_due(&mut *ctx.read().await?, ctx.now()).await? {
        return Ok(None);
    }
    let mut tx = ctx.begin_unlocked().await?;
    let now = ctx.now();
    let claimed: Option<(MessageId, i64)> =
        on!(tx, |c| query_as(CLAIM).bind(now).bind(now.plus_seconds(IN_HAND)).fetch_optional(c).await?);
    let message = match claimed {
        Some((id, _)) => find(&mut tx, id).await?,
        None => None,
    };
    tx.commit().await?;
    Ok(message)
}

/// The mail server took it: what opens an account is kept no longer.
pub async fn sent(ctx: &Ctx, message: &Message) -> Result<()> {
    let sealed = without_code(ctx, message);
    let mut tx = ctx.begin_unlocked().await?;
    on!(tx, |c| query(SENT).bind(message.id).bind(ctx.now()).bind(sealed).execute(c).await?.rows_affected());
    Ok(tx.commit().await?)
}

/// It was not taken. It is tried again after a while, unless it was refused for good, was tried often enough, or is worth
/// nothing by then.
pub async fn failed(ctx: &Ctx, message: &Message, failure: Failure) -> Result<()> {
    let wait = usize::try_from(message.attempts - 1).ok().and_then(|tries| WAITS.get(tries));
    let next = wait.map(|wait| ctx.now().plus_seconds(*wait));
    let next = next.filter(|next| message.expires_at.is_none_or(|end| *next < end));
    let (next, words) = match failure {
        Failure::ForGood(words) => (None, words),
        Failure::ForNow(words) => (next, words),
    };
    let words: String = words.chars().take(WORDS_MAX).collect();
    let mut tx = ctx.begin_unlocked().await?;
    match next {
        Some(next) => {
            on!(tx, |c| query(RETRY).bind(message.id).bind(next).bind(words).execute(c).await?.rows_affected())
        }
        None => {
            let sealed = without_code(ctx, message);
            on!(tx, |c| query(FAILED)
                .bind(message.id)
                .bind(ctx.now())
                .bind(sealed)
                .bind(words)
                .execute(c)
                .await?
                .rows_affected())
        }
    };
    Ok(tx.commit().await?)
}

/// What a message says, sealed, without what opens an account; nothing where it can't be opened.
fn without_code(ctx: &Ctx, message: &Message) -> Option<Vec<u8>> {
    let key = &ctx.services.key;
    let mut content = message.content(key)?;
    content.letter = content.letter.without_code();
    Some(content.seal(key, message.id))
}
