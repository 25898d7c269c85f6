//! The SQL of access tokens: nobody looks after them one by one, and they end by themselves.

use crate::{
    db::{Result, Tx, on, statements},
    model::{
        id::{ClientId, ClientSecretId, TenantId, TokenId, UserId},
        timestamp::Timestamp,
    },
};

statements! {
    INSERT = "insert into tokens (id, tenant_id, kind, name, client_id, scope, prefix, token_hash, expires_at, created_at, updated_at)
        values ($1, $2, 'access', '', $3, $4, $5, $6, $7, $8, $8)";
    INSERT_OF_USER = "insert into tokens (id, kind, name, user_id, prefix, token_hash, expires_at, created_at, updated_at)
        values ($1, 'access', '', $2, $3, $4, $5, $6, $6)";
    USED = "update client_secrets set last_used_at = $2 where id = $1";
    DELETE = "delete from tokens where token_hash = $1 and client_id = $2";
    SWEEP = "delete from tokens where kind = 'access' and expires_at <= $1";
}

/// An access token that is about to work.
#[derive(Debug)]
pub struct NewAccess<'a> {
    /// Its id.
    pub id: TokenId,
    /// Whose tenant.
    pub tenant: TenantId,
    /// Whose.
    pub client: ClientId,
    /// What it may be used for.
    pub scope: &'a str,
    /// How it begins.
    pub prefix: &'a str,
    /// The hash of the whole.
    pub hash: &'a [u8],
    /// When it is made.
    pub now: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// An access token of somebody that is about to work.
#[derive(Debug)]
pub struct NewOfUser<'a> {
    /// Its id.
    pub id: TokenId,
    /// How it begins.
    pub prefix: &'a str,
    /// The hash of the whole.
    pub hash: &'a [u8],
    /// When it is made.
    pub now: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Inserts a token of somebody.
pub async fn insert_of_user(tx: &mut Tx, user: UserId, new: &NewOfUser<'_>) -> Result<()> {
    on!(tx, |c| sqlx::query(INSERT_OF_USER)
        .bind(new.id)
        .bind(user)
        .bind(new.prefix)
        .bind(new.hash)
        .bind(new.expires_at)
        .bind(new.now)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// Inserts a token, and notes when the secret was used that it was made for.
pub async fn insert(tx: &mut Tx, new: &NewAccess<'_>, secret: ClientSecretId) -> Result<()> {
    on!(tx, |c| sqlx::query(INSERT)
        .bind(new.id)
        .bind(new.tenant)
        .bind(new.client)
        .bind(new.scope)
        .bind(new.prefix)
        .bind(new.hash)
        .bind(new.expires_at)
        .bind(new.now)
        .execute(c)
        .await?
        .rows_affected());
    on!(tx, |c| sqlx::query(USED).bind(secret).bind(new.now).execute(c).await?.rows_affected());
    Ok(())
}

/// Removes the token with this hash, if it was given to these credentials; says whether it was.
pub async fn delete(tx: &mut Tx, hash: &[u8], client: ClientId) -> Result<bool> {
    Ok(on!(tx, |c| sqlx::query(DELETE).bind(hash).bind(client).execute(c).await?.rows_affected()) > 0)
}

/// Removes access tokens that are over at `now`.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<()> {
    on!(tx, |c| sqlx::query(SWEEP).bind(now).execute(c).await?.rows_affected());
    Ok(())
}
