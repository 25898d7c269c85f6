//! Passwords that somebody had: their hashes are kept where it is asked that none of the last ones is chosen again, and
//! nowhere else.

use sqlx::{query, query_scalar};

use super::store;
use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        ctx::Ctx,
        error::Result,
        passwords::{hasher::Verdict, rules::Password},
        tenants,
    },
    model::{error::FieldErrors, id::UserId, timestamp::Timestamp},
};

statements! {
    /// What somebody else gave them for a while was never theirs.
    KEEP = "insert into former_passwords (user_id, position, hash)
        select u.id, coalesce((select max(f.position) from former_passwords f where f.user_id = u.id), 0) + 1, u.password_hash
        from users u where u.id = $1 and u.password_hash is not null and u.password_expires_at is null";
    FORGET = "delete from former_passwords where user_id = $1
        and position <= (select max(f.position) from former_passwords f where f.user_id = $1) - $2";
    PRESENT = "select password_hash from users where id = $1 and password_hash is not null";
    LAST = "select hash from former_passwords where user_id = $1 order by position desc limit $2";
}

/// Hashes a new password of somebody, if it is none of the last ones. Called before a transaction begins: each comparison
/// costs a hash.
pub async fn hash_new(ctx: &Ctx, user: UserId, password: Password) -> Result<String> {
    let (asked, last) = last(ctx, user).await?;
    for hash in last {
        if ctx.hasher().await.verify(password.clone(), Some(hash)).await? != Verdict::Wrong {
            let told = format!("this is one of the last {asked} passwords; choose another");
            return Err(FieldErrors::one("password", told).into());
        }
    }
    ctx.hasher().await.hash(password).await
}

/// How many of somebody's passwords can't be chosen again, and the hashes of those that are known.
async fn last(ctx: &Ctx, user: UserId) -> Result<(usize, Vec<String>)> {
    let conn = &mut *ctx.read().await?;
    let asked = asked(conn, user).await?;
    if asked == 0 {
        return Ok((0, Vec::new()));
    }
    let mut hashes: Vec<String> = on!(conn, |c| query_scalar(PRESENT).bind(user).fetch_all(c).await?);
    let kept: Vec<String> = on!(conn, |c| query_scalar(LAST).bind(user).bind(before(asked)).fetch_all(c).await?);
    hashes.extend(kept);
    Ok((asked, hashes))
}

/// Puts a password in place of the one before.
pub async fn replace(now: Timestamp, tx: &mut Tx, user: UserId, hash: &str) -> Result<()> {
    keep(tx, user).await?;
    Ok(store::store_password(now, tx, user, hash).await?)
}

/// The same with one that its user must change, and that lets nobody in from `until` on.
pub async fn replace_for_now(
    now: Timestamp,
    tx: &mut Tx,
    user: UserId,
    (hash, until): (&str, Timestamp),
) -> Result<()> {
    keep(tx, user).await?;
    Ok(store::store_temporary(now, tx, user, (hash, until)).await?)
}

/// Keeps the present password among the last ones, as many as are asked for.
async fn keep(tx: &mut Tx, user: UserId) -> Result<()> {
    let asked = asked(tx, user).await?;
    if asked > 0 {
        on!(tx, |c| query(KEEP).bind(user).execute(c).await?.rows_affected());
    }
    on!(tx, |c| query(FORGET).bind(user).bind(before(asked)).execute(c).await?.rows_affected());
    Ok(())
}

async fn asked(conn: &mut Conn, user: UserId) -> Result<usize> {
    Ok(tenants::asked::of_user(conn, user).await?.password_history())
}

/// How many there are before the present one.
fn before(asked: usize) -> i64 {
    i64::try_from(asked.saturating_sub(1)).unwrap_or_default()
}
