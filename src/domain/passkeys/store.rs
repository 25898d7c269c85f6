//! The SQL of passkeys, and of the challenges that were answered.

use sqlx::{query, query_as, query_scalar};

use crate::{
    db::{Conn, Result, Tx, on, statements},
    model::{
        id::{PasskeyId, UserId},
        timestamp::Timestamp,
    },
};

statements! {
    LIST = "select id, user_id, name, created_at, last_used_at from passkeys where user_id = $1
        order by created_at, id limit $2";
    FIND = "select id, user_id, name, created_at, last_used_at from passkeys where id = $1";
    COUNT = "select count(*) from passkeys where user_id = $1";
    CREDENTIAL_IDS = "select credential_id from passkeys where user_id = $1 order by created_at, id limit $2";
    /// By what a device calls it, with the login of its owner.
    KNOWN = "select p.id, p.user_id, p.credential, u.login from passkeys p join users u on u.id = p.user_id
        where p.credential_id = $1";
    INSERT = "insert into passkeys (id, user_id, name, credential_id, credential, created_at)
        values ($1, $2, $3, $4, $5, $6) on conflict (credential_id) do nothing";
    RENAME = "update passkeys set name = $2 where id = $1";
    USED = "update passkeys set credential = $2, last_used_at = $3 where id = $1";
    DELETE = "delete from passkeys where id = $1";
    /// Of two answers to one challenge, one is taken.
    ANSWER = "insert into passkey_answers (challenge_hash, expires_at) values ($1, $2)
        on conflict (challenge_hash) do nothing";
    SWEEP = "delete from passkey_answers where expires_at <= $1";
}

/// Passkeys of one person.
pub const MAX: i64 = 20;

/// A passkey, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PasskeyRow {
    /// UUIDv7.
    pub id: PasskeyId,
    /// Whose it is.
    pub user_id: UserId,
    /// What they call it.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// What an answer is checked by.
#[derive(Debug, sqlx::FromRow)]
pub struct Known {
    /// Which passkey.
    pub id: PasskeyId,
    /// Whose it is.
    pub user_id: UserId,
    /// The public half, as it is kept.
    pub credential: String,
    /// As what its owner signs in.
    pub login: String,
}

/// A passkey that is about to be kept.
#[derive(Debug)]
pub struct NewPasskey<'a> {
    /// Its id.
    pub id: PasskeyId,
    /// Whose.
    pub user: UserId,
    /// What they call it.
    pub name: &'a str,
    /// What the device calls it.
    pub credential_id: &'a [u8],
    /// The public half.
    pub credential: &'a str,
}

/// All of a person's, in the order in which they were added.
pub async fn list(conn: &mut Conn, user: UserId) -> Result<Vec<PasskeyRow>> {
    Ok(on!(conn, |c| query_as(LIST).bind(user).bind(MAX).fetch_all(c).await?))
}

/// The one with this id.
pub async fn find(conn: &mut Conn, id: PasskeyId) -> Result<Option<PasskeyRow>> {
    Ok(on!(conn, |c| query_as(FIND).bind(id).fetch_optional(c).await?))
}

/// How many a person has.
pub async fn count(conn: &mut Conn, user: UserId) -> Result<i64> {
    Ok(on!(conn, |c| query_scalar(COUNT).bind(user).fetch_one(c).await?))
}

/// What devices call a person's.
pub async fn credential_ids(conn: &mut Conn, user: UserId) -> Result<Vec<Vec<u8>>> {
    Ok(on!(conn, |c| query_scalar(CREDENTIAL_IDS).bind(user).bind(MAX).fetch_all(c).await?))
}

/// The one that a device calls so.
pub async fn known(conn: &mut Conn, credential_id: &[u8]) -> Result<Option<Known>> {
    Ok(on!(conn, |c| query_as(KNOWN).bind(credential_id).fetch_optional(c).await?))
}

/// Keeps one; `false` if it is kept already, whoever it belongs to.
pub async fn insert(tx: &mut Tx, new: &NewPasskey<'_>, now: Timestamp) -> Result<bool> {
    let rows = on!(tx, |c| query(INSERT)
        .bind(new.id)
        .bind(new.user)
        .bind(new.name)
        .bind(new.credential_id)
        .bind(new.credential)
        .bind(now)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Gives one another name.
pub async fn rename(tx: &mut Tx, id: PasskeyId, name: &str) -> Result<()> {
    on!(tx, |c| query(RENAME).bind(id).bind(name).execute(c).await?.rows_affected());
    Ok(())
}

/// Notes that one was used, with what is known of it since.
pub async fn used(tx: &mut Tx, id: PasskeyId, credential: &str, now: Timestamp) -> Result<()> {
    on!(tx, |c| query(USED).bind(id).bind(credential).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

/// Removes one.
pub async fn delete(tx: &mut Tx, id: PasskeyId) -> Result<()> {
    on!(tx, |c| query(DELETE).bind(id).execute(c).await?.rows_affected());
    Ok(())
}

/// Uses a challenge up; `false` if it was answered before.
pub async fn answer(tx: &mut Tx, challenge_hash: &[u8], expires_at: Timestamp) -> Result<bool> {
    Ok(on!(tx, |c| query(ANSWER).bind(challenge_hash).bind(expires_at).execute(c).await?.rows_affected()) == 1)
}

/// Forgets challenges that nobody can answer any more.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<()> {
    on!(tx, |c| query(SWEEP).bind(now).execute(c).await?.rows_affected());
    Ok(())
}
