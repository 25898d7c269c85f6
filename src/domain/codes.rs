//! One-time links. A code is bound to its user and purpose, hashed, single use, expiring, and voided by a newer one.

use serde_json::json;
use sqlx::query_as;

use super::{
    access::{self, effective::EffectivePermissions},
    action::Action,
    audit,
    change::Change,
    command::{Applied, Command},
    ctx::Ctx,
    error::{Error, Refused, Result},
    passwords::rules::{About, Password},
    refusals::{self, kind::RefusalKind},
    secrets::{new_token, token_hash},
    sessions, tenants,
    throttle::{self, kind::LaneKind},
    tokens, turn,
    users::{self, store::User},
};
use crate::{
    db::{Conn, Tx, on, statements},
    model::{
        error::FieldErrors,
        id::UserId,
        permission::Permission,
        timestamp::{SKEW, Timestamp},
        user::UserStatus,
    },
};

statements! {
    VOID = "update codes set used_at = $3 where user_id = $1 and purpose = $2 and used_at is null";
    VOID_ALL = "update codes set used_at = $2 where user_id = $1 and used_at is null";
    INSERT = "insert into codes (id, user_id, purpose, code_hash, created_at, expires_at, made_by)
        values ($1, $2, $3, $4, $5, $6, $7)";
    FIND = "select user_id, made_by from codes where code_hash = $1 and purpose = $2 and used_at is null and expires_at > $3
        and created_at <= $4";
    CLAIM = "update codes set used_at = $3
        where code_hash = $1 and purpose = $2 and used_at is null and expires_at > $3 and created_at <= $4
        returning user_id, made_by";
}

const PASSWORD_RESET: &str = "password_reset";
/// How long a set-password link lives, in seconds.
pub const RESET_LIFETIME: i64 = 60 * 60;

/// Makes a set-password link's code for a user; older ones stop working. Answers the code, which is kept nowhere.
#[derive(Clone, Copy, Debug)]
pub struct MakePasswordLink {
    /// For whom.
    pub user: UserId,
}

impl Command for MakePasswordLink {
    const ACTION: Action = Action::MakePasswordLink;
    type Done = (User, String);

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<(User, String)>> {
        let user = users::queries::require(ctx, tx, self.user).await?;
        require_useful(ctx, tx, &user).await?;
        let code = new_token();
        let (now, user_id) = (ctx.now(), user.id);
        on!(tx, |c| sqlx::query(VOID).bind(user_id).bind(PASSWORD_RESET).bind(now).execute(c).await?.rows_affected());
        on!(tx, |c| sqlx::query(INSERT)
            .bind(ctx.id())
            .bind(user_id)
            .bind(PASSWORD_RESET)
            .bind(token_hash(&code))
            .bind(now)
            .bind(now.plus_seconds(RESET_LIFETIME))
            .bind(ctx.user_id())
            .execute(c)
            .await?
            .rows_affected());
        let change = Change::new(Self::ACTION, user.target());
        Ok(Applied::changed((user, code), change))
    }
}

/// Refuses to make a link that could not be used.
async fn require_useful(ctx: &Ctx, conn: &mut Conn, user: &User) -> Result<()> {
    users::guards::require_not_above_caller(ctx, conn, user.id).await?;
    match user.status {
        _ if users::store::is_service_account(conn, user.id).await? => Err(Refused::ServiceAccount.into()),
        UserStatus::Disabled => Err(Refused::Disabled.into()),
        _ => Ok(()),
    }
}

/// The rule that forbids the caller to make a link for a user, if one does: pages offer what will work.
pub async fn why_no_link(ctx: &Ctx, conn: &mut Conn, user: &User) -> Result<Option<Refused>> {
    ctx.require(MakePasswordLink::ACTION)?;
    match require_useful(ctx, conn, user).await {
        Err(Error::Refused(refused)) => Ok(Some(refused)),
        other => other.map(|()| None),
    }
}

/// Voids every code of a user: it was sent to an address, or for an account, that is not theirs any more.
pub async fn void_all(ctx: &Ctx, tx: &mut Tx, user: UserId) -> Result<()> {
    on!(tx, |c| sqlx::query(VOID_ALL).bind(user).bind(ctx.now()).execute(c).await?.rows_affected());
    Ok(())
}

/// Whether a code would still work. The link's page asks this before it shows its form; it changes nothing.
pub async fn is_alive(ctx: &Ctx, code: &str) -> Result<bool> {
    let Some(issued) = guessed(ctx, code).await? else {
        return Ok(false);
    };
    let mut conn = ctx.read().await?;
    let user = users::queries::require(ctx, &mut conn, issued.0).await?;
    opens(ctx, &mut conn, &user, issued.1).await
}

/// Whether a code that is not used up opens its user's account; one that doesn't is noted.
async fn opens(ctx: &Ctx, conn: &mut Conn, user: &User, maker: Option<UserId>) -> Result<bool> {
    let opens = user.status != UserStatus::Disabled && is_still_covered(ctx, conn, (user.id, maker)).await?;
    if !opens {
        refusals::note(ctx, RefusalKind::DeadLink, Some(&user.login));
    }
    Ok(opens)
}

/// Looks a code up for somebody who may be guessing; only wrong ones count.
async fn guessed(ctx: &Ctx, code: &str) -> Result<Option<Issued>> {
    let attempt = throttle::from_network(ctx, LaneKind::Link).await?;
    let found = find(&mut *ctx.read().await?, code, ctx.now()).await?;
    match found {
        Some(_) => attempt.was_none(ctx).await?,
        None => refusals::note(ctx, RefusalKind::DeadLink, None),
    }
    Ok(found)
}

/// Whose code it is, and who made it, where that was a user.
type Issued = (UserId, Option<UserId>);

async fn find(conn: &mut Conn, code: &str, now: Timestamp) -> Result<Option<Issued>> {
    let hash = token_hash(code);
    Ok(on!(conn, |c| query_as(FIND)
        .bind(hash)
        .bind(PASSWORD_RESET)
        .bind(now)
        .bind(now.plus_seconds(SKEW))
        .fetch_optional(c)
        .await?))
}

/// Sets a password by a code, ends every session and personal token of the user, and doesn't sign them in.
pub async fn redeem_reset(ctx: &Ctx, code: &str, password: &str) -> Result<()> {
    let (id, _) = guessed(ctx, code).await?.ok_or(Refused::DeadLink)?;
    let mut conn = ctx.read().await?;
    let user = users::queries::require(ctx, &mut conn, id).await?;
    let places = tenants::store::names_of(&mut conn, id).await?;
    // Not held while hashing.
    drop(conn);
    let own = [&user.first_name, &user.last_name, &user.display_name];
    let names: Vec<&str> = own.into_iter().chain(&places).map(String::as_str).collect();
    let about = About { login: &user.login, names: &names };
    let password = Password::parse(password, &about).map_err(|e| FieldErrors::one("password", e))?;
    let hash = ctx.hasher().await.hash(password).await?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let ctx = &ctx;
    let maker = claim(ctx, &mut tx, code).await?;
    let user = users::queries::require(ctx, &mut tx, id).await?;
    if !opens(ctx, &mut tx, &user, maker).await? {
        return Err(Refused::DeadLink.into());
    }
    users::store::store_password(ctx.now(), &mut tx, id, &hash).await?;
    let ended = sessions::store::end_all(&mut tx, id).await?;
    tokens::store::end_personal(&mut tx, id).await?;
    let change = Change::new(Action::SetPassword, user.target()).after(json!({"sessions ended": ended}));
    audit::record::record(ctx, &mut tx, change.by(user.id, &user.display_name)).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether whoever made the link still may make links, and do all that its user may. It opens the account to them, and
/// either may have changed since.
async fn is_still_covered(ctx: &Ctx, conn: &mut Conn, (user, maker): Issued) -> Result<bool> {
    let Some(maker) = maker.filter(|maker| *maker != user) else {
        return Ok(true);
    };
    let held = match users::queries::require(ctx, conn, maker).await {
        Ok(maker) if maker.status != UserStatus::Disabled => access::load::effective(conn, maker.id, ctx.now()).await?,
        Ok(_) | Err(Error::NotFound(_)) => EffectivePermissions::default(),
        Err(other) => return Err(other),
    };
    let may = held.anywhere().contains(Permission::UsersPasswordReset);
    Ok(may && held.covers(&access::load::potential(conn, user, ctx.now()).await?))
}

/// Uses a code up; of two at once, one gets it. Says who made it, where that was a user.
async fn claim(ctx: &Ctx, tx: &mut Tx, code: &str) -> Result<Option<UserId>> {
    let hash = token_hash(code);
    let now = ctx.now();
    let claimed: Option<Issued> = on!(tx, |c| query_as(CLAIM)
        .bind(hash)
        .bind(PASSWORD_RESET)
        .bind(now)
        .bind(now.plus_seconds(SKEW))
        .fetch_optional(c)
        .await?);
    let (_, maker) = claimed.ok_or(Refused::DeadLink)?;
    Ok(maker)
}
