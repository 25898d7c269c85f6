//! The SQL of access and refresh tokens: nobody looks after them one by one, and they end by themselves.

use sqlx::query_as;

use crate::{
    db::{Result, Tx, on, statements},
    model::{
        id::{ClientId, ClientSecretId, TenantId, TokenId, UserId},
        timestamp::{SKEW, Timestamp},
        token::TokenKind,
    },
};

statements! {
    INSERT = "insert into tokens (id, tenant_id, kind, name, client_id, user_id, scope, prefix, token_hash, expires_at, created_at,
            updated_at, begun_at)
        values ($1, $2, $3, '', $4, $5, $6, $7, $8, $9, $10, $10, $11)";
    USED = "update client_secrets set last_used_at = $2 where id = $1";
    DELETE = "delete from tokens where token_hash = $1 and client_id = $2";
    /// Of two at once, one takes it. What a clock made that was ahead isn't believed.
    TAKE_REFRESH = "delete from tokens where token_hash = $1 and kind = 'refresh' and expires_at > $2 and created_at <= $3
        returning (select u.login from users u where u.id = tokens.user_id), coalesce(begun_at, created_at)";
    SWEEP = "delete from tokens where kind in ('access', 'refresh') and expires_at <= $1";
}

/// Whose a token is.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// A program's, of this tenant.
    Client(ClientId, TenantId),
    /// A person's.
    User(UserId),
}

/// A token that is about to work.
#[derive(Debug)]
pub struct NewAccess<'a> {
    /// Its id.
    pub id: TokenId,
    /// An access or a refresh token.
    pub kind: TokenKind,
    /// Whose.
    pub whose: Whose,
    /// What it may be used for.
    pub scope: &'a str,
    /// The hash of the whole.
    pub hash: &'a [u8],
    /// When it is made.
    pub now: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When its person signed in, of a refresh token.
    pub begun_at: Option<Timestamp>,
}

/// Inserts a token.
pub async fn insert(tx: &mut Tx, new: &NewAccess<'_>) -> Result<()> {
    let (client, tenant, user) = match new.whose {
        Whose::Client(client, tenant) => (Some(client), Some(tenant), None),
        Whose::User(user) => (None, None, Some(user)),
    };
    on!(tx, |c| sqlx::query(INSERT)
        .bind(new.id)
        .bind(tenant)
        .bind(new.kind.word())
        .bind(client)
        .bind(user)
        .bind(new.scope)
        .bind(new.kind.prefix())
        .bind(new.hash)
        .bind(new.expires_at)
        .bind(new.now)
        .bind(new.begun_at)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// Notes when a secret was used.
pub async fn used(tx: &mut Tx, secret: ClientSecretId, now: Timestamp) -> Result<()> {
    on!(tx, |c| sqlx::query(USED).bind(secret).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

/// Uses a refresh token up, and says whose login it was for, and when they signed in; `None` for what is none, or is over or
/// used.
pub async fn take_refresh(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<Option<(String, Timestamp)>> {
    let latest = now.plus_seconds(SKEW);
    Ok(on!(tx, |c| query_as(TAKE_REFRESH).bind(hash).bind(now).bind(latest).fetch_optional(c).await?))
}

/// Removes the token with this hash, if it was given to these credentials; says whether it was.
pub async fn delete(tx: &mut Tx, hash: &[u8], client: ClientId) -> Result<bool> {
    Ok(on!(tx, |c| sqlx::query(DELETE).bind(hash).bind(client).execute(c).await?.rows_affected()) > 0)
}

/// Removes access and refresh tokens that are over at `now`.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<()> {
    on!(tx, |c| sqlx::query(SWEEP).bind(now).execute(c).await?.rows_affected());
    Ok(())
}
