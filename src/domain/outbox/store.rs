//! The SQL of the outbox.

use sqlx::query_as;

use super::letter::{Content, Letter, Recipient};
use crate::{
    db::{Conn, Result, Tx, on, statements},
    domain::{keyset::PAGE, secrets::SecretKey},
    model::{
        id::{MessageId, UserId},
        mail::MessageState,
        timestamp::Timestamp,
    },
};

/// What is read of a message.
macro_rules! columns {
    () => {
        "select id, user_id, recipient, template, variables, sealed, locale, created_at, next_attempt_at, sent_at,
            failed_at, expires_at, attempts, last_error
        from messages where "
    };
}

statements! {
    INSERT = "insert into messages (id, user_id, recipient, template, variables, sealed, locale, created_at, next_attempt_at,
            expires_at)
        values ($1, $2, $3, $4, '', $5, $6, $7, $7, $8)";
    FIND = concat!(columns!(), "id = $1");
    /// The newest first.
    LIST = concat!(columns!(), "id < $1 order by id desc limit $2");
    LIST_WAITING = concat!(columns!(), "sent_at is null and failed_at is null and id < $1 order by id desc limit $2");
    LIST_SENT = concat!(columns!(), "sent_at is not null and id < $1 order by id desc limit $2");
    LIST_FAILED = concat!(columns!(), "failed_at is not null and id < $1 order by id desc limit $2");
    TRY_NOW = "update messages set next_attempt_at = $2, failed_at = null, attempts = 0 where id = $1 and sent_at is null";
    SWEEP = "delete from messages where id in (select id from messages
        where created_at < $1 and (sent_at is not null or failed_at is not null) order by created_at, id limit $2)";
}

/// A message of the outbox.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Message {
    /// UUIDv7; its Message-ID is made of it.
    pub id: MessageId,
    /// Who gets it, while they are there.
    pub user_id: Option<UserId>,
    /// Where it goes.
    pub recipient: String,
    /// What kind of letter it is.
    pub template: String,
    variables: String,
    sealed: Option<Vec<u8>>,
    /// The recipient's language and region.
    pub locale: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub next_attempt_at: Timestamp,
    /// When the mail server took it.
    pub sent_at: Option<Timestamp>,
    /// When it was given up.
    pub failed_at: Option<Timestamp>,
    /// It is worth nothing after this.
    pub expires_at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: i64,
    /// What went wrong the last time, in the mail server's words.
    pub last_error: Option<String>,
}

impl Message {
    /// How far it is.
    #[must_use]
    pub const fn state(&self) -> MessageState {
        match (self.sent_at, self.failed_at) {
            (Some(_), _) => MessageState::Sent,
            (None, Some(_)) => MessageState::Failed,
            (None, None) => MessageState::Waiting,
        }
    }

    /// What it says; `None` where it can't be opened.
    #[must_use]
    pub fn content(&self, key: &SecretKey) -> Option<Content> {
        match &self.sealed {
            Some(sealed) => Content::open(key, self.id, sealed),
            None => Content::of_variables(&self.template, &self.variables),
        }
    }
}

/// A message that is about to be written.
#[derive(Debug)]
pub struct NewMessage<'a> {
    /// Its id.
    pub id: MessageId,
    /// Who gets it.
    pub to: &'a Recipient,
    /// What it says.
    pub letter: Letter,
    /// When.
    pub now: Timestamp,
    /// What it holds is worth nothing after this.
    pub expires_at: Option<Timestamp>,
}

/// Puts a message into the outbox.
pub async fn insert(key: &SecretKey, tx: &mut Tx, new: NewMessage<'_>) -> Result<()> {
    let template = new.letter.template();
    let content = Content { name: new.to.display_name.clone(), letter: new.letter };
    on!(tx, |c| sqlx::query(INSERT)
        .bind(new.id)
        .bind(new.to.id)
        .bind(&new.to.login)
        .bind(template)
        .bind(content.seal(key, new.id))
        .bind(&new.to.locale)
        .bind(new.now)
        .bind(new.expires_at)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// The message with this id.
pub async fn find(conn: &mut Conn, id: MessageId) -> Result<Option<Message>> {
    Ok(on!(conn, |c| query_as(FIND).bind(id).fetch_optional(c).await?))
}

/// One page of messages before an id, the newest first, and one more; of one state, or of all.
pub async fn page(conn: &mut Conn, before: MessageId, state: Option<MessageState>) -> Result<Vec<Message>> {
    let sql = match state {
        None => LIST,
        Some(MessageState::Waiting) => LIST_WAITING,
        Some(MessageState::Sent) => LIST_SENT,
        Some(MessageState::Failed) => LIST_FAILED,
    };
    Ok(on!(conn, |c| query_as(sql).bind(before).bind(PAGE + 1).fetch_all(c).await?))
}

/// Has a message tried at once that wasn't sent; says whether it wasn't.
pub async fn try_now(tx: &mut Tx, id: MessageId, now: Timestamp) -> Result<bool> {
    Ok(on!(tx, |c| sqlx::query(TRY_NOW).bind(id).bind(now).execute(c).await?.rows_affected()) > 0)
}

/// Removes at most `limit` messages that were done with before a moment.
pub async fn sweep(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(SWEEP).bind(before).bind(limit).execute(c).await?.rows_affected()))
}
