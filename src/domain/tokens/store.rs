//! The SQL of access tokens, and their rows. Of a token only its hash is kept.

use sqlx::{query_as, query_scalar};

use crate::{
    db::{Conn, Result, Tx, on, statements},
    model::{
        client::ClientRole,
        id::{ClientId, ClientSecretId, TenantId, TokenId},
        timestamp::Timestamp,
    },
};

statements! {
    /// Credentials whose secret it is, unless they are locked out.
    BY_SECRET = "select c.id, c.tenant_id, c.name, c.role, s.id as secret
        from clients c join client_secrets s on s.client_id = c.id
        where c.id = $1 and s.secret_hash = $2 and c.disabled_at is null";
    /// The token with its client, so that disabling takes effect on the next request.
    FIND = "select t.id, t.scope, t.created_at, t.expires_at, c.id as client_id, c.tenant_id, c.name, c.role
        from tokens t join clients c on c.id = t.client_id
        where t.token_hash = $1 and t.kind = 'access' and t.expires_at > $2 and t.disabled_at is null
            and c.disabled_at is null";
    INSERT = "insert into tokens (id, number, tenant_id, kind, name, client_id, scope, prefix, token_hash, expires_at, created_at,
            updated_at)
        select $1, coalesce(max(number), 0) + 1, $2, 'access', '', $3, $4, $5, $6, $7, $8, $8 from tokens";
    WORKS = "select count(*) from client_secrets s join clients c on c.id = s.client_id
        where s.id = $1 and c.disabled_at is null";
    DELETE = "delete from tokens where token_hash = $1 and client_id = $2";
    USED = "update client_secrets set last_used_at = $2 where id = $1";
    SWEEP = "delete from tokens where kind = 'access' and expires_at <= $1";
}

/// Credentials that proved themselves.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Proved {
    /// Which.
    pub id: ClientId,
    /// The tenant that they belong to.
    pub tenant_id: TenantId,
    /// What people call them.
    pub name: String,
    /// What they may be used for.
    #[sqlx(try_from = "String")]
    pub role: ClientRole,
    /// By which secret.
    pub secret: ClientSecretId,
}

/// An access token that works, and whose it is.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Access {
    /// UUIDv7.
    pub id: TokenId,
    /// What it may be used for.
    pub scope: String,
    /// Since when it works.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The credentials that it was given to.
    pub client_id: ClientId,
    /// The tenant that they belong to.
    pub tenant_id: TenantId,
    /// What people call them.
    pub name: String,
    /// What they may be used for.
    #[sqlx(try_from = "String")]
    pub role: ClientRole,
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

/// The credentials with this id whose secret has this hash, unless they are locked out.
pub async fn by_secret(conn: &mut Conn, client: ClientId, hash: &[u8]) -> Result<Option<Proved>> {
    Ok(on!(conn, |c| query_as(BY_SECRET).bind(client).bind(hash).fetch_optional(c).await?))
}

/// Whether a secret still works.
pub async fn works(conn: &mut Conn, secret: ClientSecretId) -> Result<bool> {
    let count: i64 = on!(conn, |c| query_scalar(WORKS).bind(secret).fetch_one(c).await?);
    Ok(count > 0)
}

/// The token with this hash, if it works at `now`.
pub async fn find(conn: &mut Conn, hash: &[u8], now: Timestamp) -> Result<Option<Access>> {
    Ok(on!(conn, |c| query_as(FIND).bind(hash).bind(now).fetch_optional(c).await?))
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
