//! One-time links. A code is bound to its user and purpose, hashed, single use, expiring, and voided by a newer one.

use serde_json::json;
use sqlx::query_scalar;

use super::{
    ctx::Ctx,
    error::{Error, Refused, Result},
    events::{self, Change},
    passwords::Password,
    secrets::{new_token, token_hash},
    sessions, throttle,
    users::{self, User},
    verb::Verb,
};
use crate::{
    db::{Conn, Tx, on, statements},
    model::{error::FieldErrors, id::UserId, timestamp::Timestamp, user::UserStatus},
};

statements! {
    VOID = "update codes set used_at = $3 where user_id = $1 and purpose = $2 and used_at is null";
    INSERT = "insert into codes (id, user_id, purpose, code_hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)";
    FIND = "select user_id from codes where code_hash = $1 and purpose = $2 and used_at is null and expires_at > $3";
    CLAIM = "update codes set used_at = $3
        where code_hash = $1 and purpose = $2 and used_at is null and expires_at > $3 returning user_id";
}

const PASSWORD_RESET: &str = "password_reset";
/// How long a set-password link lives, in seconds.
pub const RESET_LIFETIME: i64 = 60 * 60;

/// Makes a set-password link's code for a user; older ones stop working.
pub async fn issue_reset(ctx: &Ctx, user: UserId) -> Result<(User, String)> {
    ctx.require(Verb::MakePasswordLink)?;
    let mut tx = ctx.begin().await?;
    let user = users::require(ctx, &mut tx, user).await?;
    users::guards::no_more_than_oneself(ctx, &mut tx, user.id).await?;
    let code = issue_reset_in(ctx, &mut tx, &user).await?;
    tx.commit().await?;
    Ok((user, code))
}

/// [`issue_reset`] within a larger change.
pub async fn issue_reset_in(ctx: &Ctx, tx: &mut Tx, user: &User) -> Result<String> {
    let code = new_token();
    on!(tx, |c| sqlx::query(VOID).bind(user.id).bind(PASSWORD_RESET).bind(ctx.now()).execute(c).await?.rows_affected());
    on!(tx, |c| sqlx::query(INSERT)
        .bind(ctx.id())
        .bind(user.id)
        .bind(PASSWORD_RESET)
        .bind(token_hash(&code))
        .bind(ctx.now())
        .bind(ctx.now().plus_seconds(RESET_LIFETIME))
        .execute(c)
        .await?
        .rows_affected());
    events::record(ctx, tx, Change::new(Verb::MakePasswordLink, user.target())).await?;
    Ok(code)
}

/// Whether a code would still work. The link's page asks this before it shows its form; it changes nothing.
pub async fn is_alive(ctx: &Ctx, code: &str) -> Result<bool> {
    throttle::count_address(ctx, throttle::CODE).await?;
    Ok(find(&mut ctx.read().await?, code, ctx.now()).await?.is_some())
}

async fn find(conn: &mut Conn, code: &str, now: Timestamp) -> Result<Option<UserId>> {
    let hash = token_hash(code);
    Ok(on!(conn, |c| query_scalar(FIND).bind(hash).bind(PASSWORD_RESET).bind(now).fetch_optional(c).await?))
}

/// Sets a password by a code, ends every session of the user, and doesn't sign them in.
pub async fn redeem_reset(ctx: &Ctx, code: &str, password: &str) -> Result<()> {
    throttle::count_address(ctx, throttle::CODE).await?;
    let mut conn = ctx.read().await?;
    let id = find(&mut conn, code, ctx.now()).await?.ok_or(Refused::DeadLink)?;
    let user = users::require(ctx, &mut conn, id).await?;
    drop(conn);
    let password = Password::parse(password, &user.login).map_err(|e| FieldErrors::one("password", e))?;
    let hash = ctx.services.hasher.hash(password).await?;
    let mut tx = ctx.begin().await?;
    claim(ctx, &mut tx, code).await?;
    let user = users::require(ctx, &mut tx, id).await?;
    if user.status == UserStatus::Disabled {
        return Err(Refused::DeadLink.into());
    }
    users::store_password(ctx, &mut tx, id, &hash).await?;
    let ended = sessions::end_all(&mut tx, id).await?;
    let change = Change::new(Verb::SetPassword, user.target()).after(json!({"sessions ended": ended}));
    events::record(ctx, &mut tx, change.by(user.id, &user.display_name)).await?;
    tx.commit().await?;
    Ok(())
}

/// Uses a code up; of two at once, one gets it.
async fn claim(ctx: &Ctx, tx: &mut Tx, code: &str) -> Result<()> {
    let hash = token_hash(code);
    let claimed: Option<UserId> =
        on!(tx, |c| query_scalar(CLAIM).bind(hash).bind(PASSWORD_RESET).bind(ctx.now()).fetch_optional(c).await?);
    claimed.map(|_| ()).ok_or(Error::Refused(Refused::DeadLink))
}
