//! Browser sign-ins. The cookie carries a random token; the database its hash.

use serde_json::json;
use sqlx::{query_as, query_scalar};

use super::{
    clock::{SKEW, exact},
    command::{Applied, Command},
    ctx::{Caller, Ctx, SignedInUser},
    engine,
    error::{Error, Refused, Result},
    events::{self, Change, Target},
    passwords::{Hasher, Password, Verdict},
    refusals::{self, RefusalKind},
    secrets::{new_token, token_hash},
    throttle,
    users::{self, store::Credentials},
    verb::Verb,
};
use crate::{
    db::{Conn, Tx, on, statements},
    model::{
        id::{SessionId, UserId},
        timestamp::Timestamp,
    },
};

statements! {
    /// Joined with the user, so that disabling takes effect on the next request. What a clock made that was ahead isn't
    /// believed ($3), or it would last until then.
    RESOLVE = "select s.id, s.user_id, u.display_name, u.email from sessions s join users u on u.id = s.user_id
        where s.token_hash = $1 and s.expires_at > $2 and s.created_at <= $3 and u.status = 'active'";
    IS_ALIVE = "select s.user_id from sessions s join users u on u.id = s.user_id
        where s.id = $1 and s.expires_at > $2 and s.created_at <= $3 and u.status = 'active'";
    INSERT = "insert into sessions (id, token_hash, user_id, address, user_agent, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    DELETE = "delete from sessions where id = $1";
    DELETE_OF_USER = "delete from sessions where user_id = $1";
    COUNT_OF_USER = "select count(*) from sessions where user_id = $1 and expires_at > $2 and created_at <= $3";
    SWEEP = "delete from sessions where expires_at <= $1";
    SWEEP_FUTURE = "delete from sessions where expires_at > $1";
}

/// How long a sign-in lasts, in seconds: a working day.
pub const LIFETIME: i64 = 12 * 60 * 60;
const USER_AGENT_MAX: usize = 300;

/// A sign-in form and the browser it came from.
#[derive(Debug)]
pub struct SignIn<'a> {
    /// What was typed as the login.
    pub login: &'a str,
    /// What was typed as the password.
    pub password: &'a str,
    /// The browser's name for itself.
    pub user_agent: &'a str,
    /// The marks of a browser that signed in before; empty without any.
    pub known: &'a str,
}

/// What a browser gets that signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// For the session's cookie.
    pub token: String,
    /// The marks by which the browser is known from now on.
    pub known: String,
}

/// Signs a user in. Unknown logins, wrong passwords and disabled users cost the same and are told the same.
pub async fn sign_in(ctx: &Ctx, form: SignIn<'_>) -> Result<SignedIn> {
    let login = users::naming::stored_login(&mut ctx.read().await?, form.login).await?;
    let device = throttle::device(ctx, form.known, &login);
    let attempt = throttle::sign_in(ctx, &login, device.as_deref()).await?;
    let signed_in = compare_and_start(ctx, &form, (&login, &attempt)).await;
    match &signed_in {
        Ok(_) => {}
        Err(Error::WrongCredentials) => refuse(ctx, &login, &attempt).await?,
        // Not compared, or right and then in vain: nobody failed.
        Err(_) => attempt.was_none(ctx).await?,
    }
    signed_in
}

async fn compare_and_start(ctx: &Ctx, form: &SignIn<'_>, (login, attempt): (&str, &throttle::Try)) -> Result<SignedIn> {
    let (user, upgraded) = check(ctx, form.password, login).await?.ok_or(Error::WrongCredentials)?;
    let mut tx = ctx.services.db.begin().await?;
    // Between the check and now the user may have been disabled, or their password changed.
    if users::store::credentials(&mut tx, login).await?.is_none_or(|now| now != user) {
        return Err(Error::WrongCredentials);
    }
    let token = start(ctx, &mut tx, &user, form).await?;
    users::store::signed_in(ctx, &mut tx, user.id, upgraded).await?;
    attempt.was_right(ctx, &mut tx).await?;
    let change = Change::new(Verb::SignIn, Target::user(user.id, &user.display_name));
    events::record(ctx, &mut tx, change.by(user.id, &user.display_name)).await?;
    tx.commit().await?;
    Ok(SignedIn { token, known: throttle::remember(ctx, form.known, login) })
}

/// Whose login it is, if the password is theirs, with a hash to store instead of an older one.
async fn check(ctx: &Ctx, password: &str, login: &str) -> Result<Option<(Credentials, Option<String>)>> {
    let found = users::store::credentials(&mut ctx.read().await?, login).await?;
    let verdict = verify(&ctx.services.hasher, password, found.as_ref()).await?;
    Ok(match (found, verdict) {
        (Some(user), Verdict::Right { upgraded }) => Some((user, upgraded)),
        _ => None,
    })
}

/// Counts a wrong password. One that reached a limit is an event of the person who is locked out by it; where there is
/// no such person the same is written, and taken back, so that the time tells nothing.
async fn refuse(ctx: &Ctx, login: &str, attempt: &throttle::Try) -> Result<()> {
    refusals::note(ctx, RefusalKind::WrongPassword, Some(login));
    let Some((lane, until)) = attempt.locks() else {
        return Ok(());
    };
    let mut tx = ctx.services.db.begin().await?;
    refusals::add(&mut tx, ctx.now(), (RefusalKind::Locked, 1)).await?;
    let found = users::store::credentials(&mut tx, login).await?;
    let target = found.as_ref().map_or_else(Target::sign_in, |user| Target::user(user.id, &user.display_name));
    let change = Change::new(Verb::LockSignIn, target).after(json!({"sign-in": lane.label(), "until": exact(until)}));
    tx.savepoint().await?;
    events::record(ctx, &mut tx, change).await?;
    match found {
        // One statement in either case.
        Some(_) => tx.savepoint().await?,
        None => tx.rollback_to_savepoint().await?,
    }
    Ok(tx.commit().await?)
}

/// Somebody who can't sign in is verified against nothing, which costs the same.
async fn verify(hasher: &Hasher, typed: &str, user: Option<&Credentials>) -> Result<Verdict> {
    let hash = user.filter(|user| user.can_sign_in()).and_then(|user| user.password_hash.clone());
    hasher.verify(Password::attempt(typed), hash).await
}

async fn start(ctx: &Ctx, tx: &mut Tx, user: &Credentials, form: &SignIn<'_>) -> Result<String> {
    // The session that the browser already had ends: ids are never kept over a sign-in.
    if let Ok(before) = ctx.user() {
        on!(tx, |c| sqlx::query(DELETE).bind(before.session).execute(c).await?.rows_affected());
    }
    let token = new_token();
    let user_agent: String = form.user_agent.chars().take(USER_AGENT_MAX).collect();
    on!(tx, |c| sqlx::query(INSERT)
        .bind(ctx.id())
        .bind(token_hash(&token))
        .bind(user.id)
        .bind(ctx.origin.address.map(|address| address.to_string()))
        .bind(user_agent)
        .bind(ctx.now())
        .bind(ctx.now().plus_seconds(LIFETIME))
        .execute(c)
        .await?
        .rows_affected());
    Ok(token)
}

/// Ends the caller's own session.
#[derive(Clone, Copy, Debug)]
pub struct SignOut;

impl Command for SignOut {
    const ACTION: Verb = Verb::SignOut;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let user = ctx.user()?;
        on!(tx, |c| sqlx::query(DELETE).bind(user.session).execute(c).await?.rows_affected());
        Ok(Applied::changed((), Change::new(Self::ACTION, Target::user(user.id, &user.name))))
    }
}

#[derive(sqlx::FromRow)]
struct Resolved {
    id: SessionId,
    user_id: UserId,
    display_name: String,
    email: String,
}

/// Who a cookie's token belongs to at `now`, with what they may do.
pub async fn resolve(conn: &mut Conn, token: &str, now: Timestamp) -> Result<Caller> {
    let found: Option<Resolved> = on!(conn, |c| query_as(RESOLVE)
        .bind(token_hash(token))
        .bind(now)
        .bind(now.plus_seconds(SKEW))
        .fetch_optional(c)
        .await?);
    let Some(found) = found else {
        return Ok(Caller::Anonymous);
    };
    let holdings = engine::holdings(conn, found.user_id, now).await?;
    Ok(Caller::User(Box::new(SignedInUser {
        id: found.user_id,
        name: found.display_name,
        email: found.email,
        session: found.id,
        holdings,
    })))
}

/// Whether the caller still is who they were when the request came, and may do all that they might then.
pub async fn look_again(ctx: &Ctx, tx: &mut Tx) -> Result<()> {
    let Ok(user) = ctx.user() else {
        return Ok(());
    };
    let now = ctx.now();
    let alive: Option<UserId> = on!(tx, |c| query_scalar(IS_ALIVE)
        .bind(user.session)
        .bind(now)
        .bind(now.plus_seconds(SKEW))
        .fetch_optional(c)
        .await?);
    if alive != Some(user.id) {
        return Err(Error::Unauthenticated);
    }
    match engine::holdings(tx, user.id, now).await?.covers(&user.holdings) {
        true => Ok(()),
        false => Err(Refused::LostMeanwhile.into()),
    }
}

/// Ends every session of a user, within a larger change; says how many.
pub async fn end_all(tx: &mut Tx, user: UserId) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(DELETE_OF_USER).bind(user).execute(c).await?.rows_affected()))
}

/// How many sessions a user has at `now`.
pub async fn count(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<i64> {
    let future = now.plus_seconds(SKEW);
    Ok(on!(conn, |c| query_scalar(COUNT_OF_USER).bind(user).bind(now).bind(future).fetch_one(c).await?))
}

/// Removes sessions that are over, or that end later than any that could begin now.
pub async fn sweep(ctx: &Ctx, tx: &mut Tx) -> Result<()> {
    let latest = ctx.now().plus_seconds(LIFETIME + SKEW);
    on!(tx, |c| sqlx::query(SWEEP).bind(ctx.now()).execute(c).await?.rows_affected());
    on!(tx, |c| sqlx::query(SWEEP_FUTURE).bind(latest).execute(c).await?.rows_affected());
    Ok(())
}
