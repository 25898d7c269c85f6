//! Browser sign-ins. The cookie carries a random token; the database its hash.

use sqlx::{query_as, query_scalar};

use super::{
    ctx::{Caller, Ctx, SignedInUser},
    engine,
    error::{Error, Result},
    events::{self, Change, Target},
    parse,
    passwords::{Hasher, Password, Verdict},
    secrets::{new_token, token_hash},
    throttle,
    users::{self, Credentials},
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
    /// Joined with the user, so that disabling takes effect on the next request.
    RESOLVE = "select s.id, s.user_id, u.display_name, u.email from sessions s join users u on u.id = s.user_id
        where s.token_hash = $1 and s.expires_at > $2 and u.status = 'active'";
    INSERT = "insert into sessions (id, token_hash, user_id, address, user_agent, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    DELETE = "delete from sessions where id = $1";
    DELETE_BY_TOKEN = "delete from sessions where token_hash = $1";
    DELETE_OF_USER = "delete from sessions where user_id = $1";
    COUNT_OF_USER = "select count(*) from sessions where user_id = $1 and expires_at > $2";
    SWEEP = "delete from sessions where expires_at <= $1";
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
    /// The session cookie that the browser already had, which ends: ids are never kept over a sign-in.
    pub previous: Option<&'a str>,
}

/// Signs a user in; answers the token for the cookie. Unknown logins, wrong passwords and disabled users
/// cost the same and are told the same.
pub async fn sign_in(ctx: &Ctx, form: SignIn<'_>) -> Result<String> {
    let login = parse::login(form.login);
    throttle::count_address(ctx, throttle::ADDRESS).await?;
    throttle::count(ctx, throttle::ACCOUNT, &login).await?;
    let found = users::credentials(&mut ctx.read().await?, &login).await?;
    let verdict = verify(&ctx.services.hasher, form.password, found.as_ref()).await?;
    let mut tx = ctx.begin().await?;
    let (Some(user), Verdict::Right { upgraded }) = (found, verdict) else {
        events::record(ctx, &mut tx, Change::new(Verb::RefuseSignIn, Target::sign_in())).await?;
        tx.commit().await?;
        return Err(Error::WrongCredentials);
    };
    // Between the check and now the user may have been disabled, or their password changed.
    if users::credentials(&mut tx, &login).await?.is_none_or(|now| now != user) {
        return Err(Error::WrongCredentials);
    }
    let token = start(ctx, &mut tx, &user, &form).await?;
    users::signed_in(ctx, &mut tx, user.id, upgraded).await?;
    throttle::forget(ctx, &mut tx, throttle::ACCOUNT, &login).await?;
    let change = Change::new(Verb::SignIn, Target::user(user.id, &user.display_name));
    events::record(ctx, &mut tx, change.by(user.id, &user.display_name)).await?;
    tx.commit().await?;
    Ok(token)
}

/// Somebody who can't sign in is verified against nothing, which costs the same.
async fn verify(hasher: &Hasher, typed: &str, user: Option<&Credentials>) -> Result<Verdict> {
    let hash = user.filter(|user| user.can_sign_in()).and_then(|user| user.password_hash.clone());
    hasher.verify(Password::attempt(typed), hash).await
}

async fn start(ctx: &Ctx, tx: &mut Tx, user: &Credentials, form: &SignIn<'_>) -> Result<String> {
    if let Some(previous) = form.previous {
        on!(tx, |c| sqlx::query(DELETE_BY_TOKEN).bind(token_hash(previous)).execute(c).await?.rows_affected());
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
pub async fn sign_out(ctx: &Ctx) -> Result<()> {
    let user = ctx.user()?;
    let mut tx = ctx.begin().await?;
    on!(tx, |c| sqlx::query(DELETE).bind(user.session).execute(c).await?.rows_affected());
    events::record(ctx, &mut tx, Change::new(Verb::SignOut, Target::user(user.id, &user.name))).await?;
    tx.commit().await?;
    Ok(())
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
    let found: Option<Resolved> =
        on!(conn, |c| query_as(RESOLVE).bind(token_hash(token)).bind(now).fetch_optional(c).await?);
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

/// Ends every session of a user, within a larger change; says how many.
pub async fn end_all(tx: &mut Tx, user: UserId) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(DELETE_OF_USER).bind(user).execute(c).await?.rows_affected()))
}

/// How many sessions a user has at `now`.
pub async fn count(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<i64> {
    Ok(on!(conn, |c| query_scalar(COUNT_OF_USER).bind(user).bind(now).fetch_one(c).await?))
}

/// Removes sessions that are over.
pub async fn sweep(ctx: &Ctx, conn: &mut Conn) -> Result<()> {
    on!(conn, |c| sqlx::query(SWEEP).bind(ctx.now()).execute(c).await?.rows_affected());
    Ok(())
}
