//! Requests that are safe to repeat: whoever names a key of their own with a request gets the same answer for it again, for a
//! day. What is kept is written with the change itself, so there is never one without the other; refusals aren't kept.

use sqlx::{query, query_as};
use uuid::Uuid;

use super::{
    calling::Caller,
    ctx::Ctx,
    error::{Error, Result},
    secrets::token_hash,
};
use crate::db::{Tx, on, statements};

statements! {
    FIND = "select id, fingerprint, status, sealed from kept_answers where caller_id = $1 and key_hash = $2 and expires_at > $3";
    FORGET = "delete from kept_answers where caller_id = $1 and key_hash = $2 and expires_at <= $3";
    KEEP = "insert into kept_answers (id, caller_id, key_hash, fingerprint, status, sealed, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing";
    SWEEP = "delete from kept_answers where expires_at <= $1";
}

/// How long an answer is kept, in seconds: a day.
const LIFETIME: i64 = 24 * 60 * 60;

/// A request that can be repeated.
#[derive(Clone, Debug)]
pub struct Repeatable {
    caller: Uuid,
    key_hash: Vec<u8>,
    fingerprint: Vec<u8>,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// What there is of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It was answered.
    Answer(Answer),
    /// Another request had this key.
    Other,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    fingerprint: Vec<u8>,
    status: i32,
    sealed: Vec<u8>,
}

/// What an answer is sealed for.
#[must_use]
pub fn purpose(id: Uuid) -> String {
    format!("answer {id}")
}

impl Repeatable {
    /// A request of whoever is calling, under the key that it names; `said` is all that it asks for.
    pub fn new(ctx: &Ctx, key: &str, said: &str) -> Result<Self> {
        let caller = match &ctx.caller {
            Caller::User(user) => user.id.0,
            Caller::Client(client) => client.id.0,
            Caller::KeyPair(pair) => pair.id.0,
            Caller::Anonymous | Caller::CommandLine | Caller::System => return Err(Error::Unauthenticated),
        };
        Ok(Self { caller, key_hash: token_hash(key), fingerprint: token_hash(said) })
    }

    /// What there is of it; `None` if it is new.
    pub async fn find(&self, ctx: &Ctx) -> Result<Option<Kept>> {
        let conn = &mut *ctx.read().await?;
        let row: Option<Row> = on!(conn, |c| query_as(FIND)
            .bind(self.caller)
            .bind(&self.key_hash)
            .bind(ctx.now())
            .fetch_optional(c)
            .await?);
        let Some(row) = row else { return Ok(None) };
        if row.fingerprint != self.fingerprint {
            return Ok(Some(Kept::Other));
        }
        let body = ctx.services.key.open(&purpose(row.id), &row.sealed);
        let body = body.ok_or_else(|| Error::Internal("a kept answer can't be opened".into()))?;
        let status = u16::try_from(row.status).unwrap_or_default();
        Ok(Some(Kept::Answer(Answer { status, body })))
    }

    /// Keeps an answer; `false` if another request under the key was quicker.
    pub async fn keep(&self, ctx: &Ctx, tx: &mut Tx, answer: &Answer) -> Result<bool> {
        let (id, now) = (ctx.id(), ctx.now());
        on!(tx, |c| query(FORGET).bind(self.caller).bind(&self.key_hash).bind(now).execute(c).await?.rows_affected());
        let rows = on!(tx, |c| query(KEEP)
            .bind(id)
            .bind(self.caller)
            .bind(&self.key_hash)
            .bind(&self.fingerprint)
            .bind(i32::from(answer.status))
            .bind(ctx.services.key.seal(&purpose(id), &answer.body))
            .bind(now.plus_seconds(LIFETIME))
            .execute(c)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }
}

/// Removes answers that are over.
pub async fn sweep(ctx: &Ctx, tx: &mut Tx) -> Result<()> {
    on!(tx, |c| query(SWEEP).bind(ctx.now()).execute(c).await?.rows_affected());
    Ok(())
}
