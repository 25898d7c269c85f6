//! The SQL of second factors, and of the codes that are typed.

use sqlx::{query, query_as, query_scalar};
use uuid::Uuid;

use crate::{
    db::{Conn, Result, Tx, on, statements},
    model::{
        id::{SessionId, UserId},
        timestamp::{SKEW, Timestamp},
        user::SecondFactor,
    },
};

statements! {
    TOTP_SECRET = "select totp_secret from users where id = $1 and second_factor = 'totp'";
    /// Of two at once, one takes it. Steps from $3 on are of a clock that was ahead.
    TAKE_STEP = "update users set totp_step = $2
        where id = $1 and second_factor = 'totp' and (totp_step is null or totp_step < $2 or totp_step >= $3)";
    BIND = "update users set second_factor = 'totp', totp_secret = $2, totp_step = $3
        where id = $1 and (second_factor <> 'totp' or $4)";
    RESET = "update users set second_factor = 'none', totp_secret = null, totp_step = null where id = $1";
    OF = "select second_factor, second_factor_required from users where id = $1";
    REQUIRE_MAILED = "update users set second_factor_required = true,
            second_factor = case when second_factor = 'none' then 'email' else second_factor end where id = $1";
    REQUIRE_NONE = "update users set second_factor_required = false where id = $1";
    DELETE_PASSKEYS = "delete from passkeys where user_id = $1";
    END_ENROLMENTS = "delete from sessions where user_id = $1 and awaits = 'second_factor'";
    /// Whether one is asked of them, by name or by a role that they have.
    IS_ASKED = "select count(*) from users u where u.id = $1 and (u.second_factor_required or exists (
        select 1 from effective_grants e where e.user_id = $1 and e.begins <= $2 and e.ends > $2
            and e.role_id in (select id from roles where second_factor_required)))";
    CLEAR_RECOVERY = "delete from recovery_codes where user_id = $1";
    PUT_RECOVERY = "insert into recovery_codes (user_id, code_hash, created_at) values ($1, $2, $3)";
    TAKE_RECOVERY = "update recovery_codes set used_at = $3 where user_id = $1 and code_hash = $2 and used_at is null";
    RECOVERY_LEFT = "select count(*) from recovery_codes where user_id = $1 and used_at is null";
    DELETE_CODES = "delete from codes where user_id = $1 and purpose = 'second_factor'";
    REPLACE_CODE = "delete from codes where user_id = $1 and purpose = 'second_factor' and session_id is not distinct from $2";
    INSERT_CODE = "insert into codes (id, user_id, purpose, code_hash, created_at, expires_at, session_id)
        values ($1, $2, 'second_factor', $3, $4, $5, $6)";
    /// Counted before it is compared, so that tries at once are no more than tries one after the other.
    TRY_CODE = "update codes set attempts = attempts + 1
        where user_id = $1 and purpose = 'second_factor' and session_id is not distinct from $2 and used_at is null
            and expires_at > $3 and created_at <= $4 and attempts < $5
        returning id, code_hash";
    USE_CODE = "update codes set used_at = $2 where id = $1";
}

/// A code that is about to be sent.
#[derive(Debug)]
pub struct NewCode {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub user: UserId,
    /// The sign-in that it belongs to; `None` for a program's.
    pub session: Option<SessionId>,
    /// What is kept of it.
    pub hash: Vec<u8>,
    /// When it is made.
    pub now: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// The sealed secret of a person's app, if they have one.
pub async fn totp_secret(conn: &mut Conn, user: UserId) -> Result<Option<Vec<u8>>> {
    Ok(on!(conn, |c| query_scalar::<_, Option<Vec<u8>>>(TOTP_SECRET).bind(user).fetch_optional(c).await?).flatten())
}

/// Takes the code of a step; `false` if it, or a later one, was taken before.
pub async fn take_step(tx: &mut Tx, user: UserId, step: i64, unbelieved: i64) -> Result<bool> {
    let rows = on!(tx, |c| query(TAKE_STEP).bind(user).bind(step).bind(unbelieved).execute(c).await?.rows_affected());
    Ok(rows == 1)
}

/// Binds an app to somebody; `false` if they have one that it doesn't replace. The code of `step` is taken with it.
pub async fn bind(tx: &mut Tx, user: UserId, (sealed, step): (&[u8], i64), replaces: bool) -> Result<bool> {
    Ok(on!(tx, |c| query(BIND).bind(user).bind(sealed).bind(step).bind(replaces).execute(c).await?.rows_affected())
        == 1)
}

/// Removes all there is of a person's second factor, and sign-ins that wait for it; says how many passkeys that were.
pub async fn reset(tx: &mut Tx, user: UserId) -> Result<u64> {
    for sql in [RESET, CLEAR_RECOVERY, DELETE_CODES, END_ENROLMENTS] {
        on!(tx, |c| query(sql).bind(user).execute(c).await?.rows_affected());
    }
    Ok(on!(tx, |c| query(DELETE_PASSKEYS).bind(user).execute(c).await?.rows_affected()))
}

/// What somebody has, and whether they must have one.
pub async fn of(conn: &mut Conn, user: UserId) -> Result<(SecondFactor, bool)> {
    let found: Option<(String, bool)> = on!(conn, |c| query_as(OF).bind(user).fetch_optional(c).await?);
    let (word, required) = found.unwrap_or_default();
    Ok((SecondFactor::parse(&word).unwrap_or(SecondFactor::None), required))
}

/// Says that somebody must have one: codes to their address, where they have none.
pub async fn require_mailed(tx: &mut Tx, user: UserId) -> Result<()> {
    on!(tx, |c| query(REQUIRE_MAILED).bind(user).execute(c).await?.rows_affected());
    Ok(())
}

/// Says that somebody needs none.
pub async fn require_none(tx: &mut Tx, user: UserId) -> Result<()> {
    on!(tx, |c| query(REQUIRE_NONE).bind(user).execute(c).await?.rows_affected());
    Ok(())
}

/// Whether a second factor is asked of somebody at `now`, wherever they belong: by name, or by a role that they have.
pub async fn is_asked(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<bool> {
    let asked: i64 = on!(conn, |c| query_scalar(IS_ASKED).bind(user).bind(now).fetch_one(c).await?);
    Ok(asked > 0)
}

/// Forgets somebody's recovery codes.
pub async fn clear_recovery(tx: &mut Tx, user: UserId) -> Result<()> {
    on!(tx, |c| query(CLEAR_RECOVERY).bind(user).execute(c).await?.rows_affected());
    Ok(())
}

/// Keeps a recovery code of somebody.
pub async fn put_recovery(tx: &mut Tx, (user, hash): (UserId, &[u8]), now: Timestamp) -> Result<()> {
    on!(tx, |c| query(PUT_RECOVERY).bind(user).bind(hash).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

/// Takes a recovery code; `false` if it is none, or was taken before.
pub async fn take_recovery(tx: &mut Tx, (user, hash): (UserId, &[u8]), now: Timestamp) -> Result<bool> {
    Ok(on!(tx, |c| query(TAKE_RECOVERY).bind(user).bind(hash).bind(now).execute(c).await?.rows_affected()) == 1)
}

/// How many recovery codes are left.
pub async fn recovery_left(conn: &mut Conn, user: UserId) -> Result<i64> {
    Ok(on!(conn, |c| query_scalar(RECOVERY_LEFT).bind(user).fetch_one(c).await?))
}

/// Keeps a code in place of the one before it.
pub async fn put_code(tx: &mut Tx, new: &NewCode) -> Result<()> {
    on!(tx, |c| query(REPLACE_CODE).bind(new.user).bind(new.session).execute(c).await?.rows_affected());
    on!(tx, |c| query(INSERT_CODE)
        .bind(new.id)
        .bind(new.user)
        .bind(&new.hash)
        .bind(new.now)
        .bind(new.expires_at)
        .bind(new.session)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// A code that may still be tried, which this try is counted against; at most so many are.
pub async fn try_code(
    tx: &mut Tx,
    (user, session): (UserId, Option<SessionId>),
    now: Timestamp,
    tries: i64,
) -> Result<Option<(Uuid, Vec<u8>)>> {
    Ok(on!(tx, |c| query_as(TRY_CODE)
        .bind(user)
        .bind(session)
        .bind(now)
        .bind(now.plus_seconds(SKEW))
        .bind(tries)
        .fetch_optional(c)
        .await?))
}

/// Uses a code up.
pub async fn use_code(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<()> {
    on!(tx, |c| query(USE_CODE).bind(id).bind(now).execute(c).await?.rows_affected());
    Ok(())
}
