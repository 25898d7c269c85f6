//! The rows of sessions. The cookie carries a random token; the database its hash.

use sqlx::{query_as, query_scalar};

use crate::{
    db::{Conn, Result, Tx, on, statements},
    domain::access::patterns::patterns,
    model::{
        id::{SessionId, TenantId, UserId},
        timestamp::{SKEW, Timestamp},
        words::words,
    },
};

/// Whether a session runs, found by its token's hash. One that awaits something is nobody's.
macro_rules! alive {
    () => {
        "s.token_hash = $1 and s.awaits = '' and s.expires_at > $2 and s.last_seen_at + s.idle > $2 and s.created_at <= $3 and u.status = 'active'"
    };
}

statements! {
    /// Whose session it is, and a row for each place in which they may do something: one look, because every request
    /// asks. Joined with the user, so that disabling takes effect on the next request. What a clock made that was ahead
    /// isn't believed ($3), or it would last until then.
    CALLER = concat!("select s.id, u.display_name, u.login as email, u.locale, u.time_zone, s.user_id, s.last_seen_at, s.proved_at,
            (select t.id from tenants t where t.slug = $4) as wanted, (select t.name from tenants t where t.slug = $4) as wanted_name,
            u.ip_allowlist, cast(null as uuid) as tenant_id, '' as patterns
        from sessions s join users u on u.id = s.user_id where ", alive!(), "
        union all
        select cast(null as uuid), '', '', '', '', cast(null as uuid), cast(0 as bigint), cast(0 as bigint), cast(null as uuid), cast(null as text), '[]', e.tenant_id, ", patterns!(), "
        from effective_grants e
        where e.user_id = (select s.user_id from sessions s join users u on u.id = s.user_id where ", alive!(), ")
            and e.begins <= $2 and e.ends > $2 group by e.tenant_id");
    IS_ALIVE = "select s.user_id from sessions s join users u on u.id = s.user_id
        where s.id = $1 and s.awaits = '' and s.expires_at > $2 and s.last_seen_at + s.idle > $2 and s.created_at <= $3
            and u.status = 'active'";
    INSERT = "insert into sessions (id, token_hash, user_id, address, user_agent, created_at, expires_at, awaits, enrolment,
            last_seen_at, idle, proved_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $6, $10, $6)";
    PROVED = "update sessions set proved_at = $2 where id = $1 and awaits = ''";
    DATA = "select data from sessions where token_hash = $1";
    PUT_DATA = "update sessions set data = $2 where token_hash = $1";
    DELETE_BY_HASH = "delete from sessions where token_hash = $1";
    /// A sign-in that waits, found by its token's hash.
    PENDING = "select s.id, s.user_id, s.awaits, s.enrolment, s.user_agent, u.login
        from sessions s join users u on u.id = s.user_id
        where s.token_hash = $1 and s.awaits <> '' and s.expires_at > $2 and s.created_at <= $3 and u.status = 'active'";
    IS_PENDING = "select count(*) from sessions where id = $1 and awaits <> '' and expires_at > $2";
    END_PENDING = "delete from sessions where id = $1 and awaits <> '' and expires_at > $2";
    DELETE = "delete from sessions where id = $1";
    DELETE_OF_USER = "delete from sessions where user_id = $1";
    DELETE_OTHERS = "delete from sessions where user_id = $1 and id <> $2";
    COUNT_OF_USER = "select count(*) from sessions where user_id = $1 and awaits = '' and expires_at > $2
        and last_seen_at + idle > $2 and created_at <= $3";
    OF_USER = "select id, address, user_agent, created_at, last_seen_at from sessions
        where user_id = $1 and awaits = '' and expires_at > $2 and last_seen_at + idle > $2 and created_at <= $3
        order by last_seen_at desc, id desc limit $4";
    DELETE_ONE_OF_USER = "delete from sessions where id = $1 and user_id = $2 returning id, address, user_agent, created_at, last_seen_at";
    /// Those that nobody used any more are over by then, too.
    SWEEP = "delete from sessions where expires_at <= $1";
    SWEEP_FUTURE = "delete from sessions where expires_at > $1";
}

/// How long a sign-in lasts, in seconds: a working day.
pub const LIFETIME: i64 = 12 * 60 * 60;

/// How long a session lasts that nobody uses, in seconds. When it was last used is known to five minutes.
pub const IDLE: i64 = 2 * 60 * 60;

/// How long a sign-in waits for its second step, or for another password, in seconds.
pub const PENDING_LIFETIME: i64 = 10 * 60;

/// So many sessions of one person are shown: nobody has as many browsers.
const SHOWN: i64 = 100;

/// A session, as whoever may end it sees it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionView {
    /// Its id.
    pub id: SessionId,
    /// Where it came from.
    pub address: Option<String>,
    /// The browser's name for itself.
    pub user_agent: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to five minutes.
    pub last_seen_at: Timestamp,
}

words! {
    /// What is missing before a session is anybody's.
    Awaits {
        /// Nothing: it is a whole session.
        Nothing = "",
        /// A code.
        SecondFactor = "second_factor",
        /// Another password in place of a temporary one.
        Password = "password",
    }
}

/// A session that is about to begin.
#[derive(Debug)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// The hash of what the cookie carries.
    pub token_hash: Vec<u8>,
    /// Whose it is.
    pub user: UserId,
    /// Where it comes from.
    pub address: Option<String>,
    /// The browser's name for itself.
    pub user_agent: String,
    /// When it begins.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// How long it lasts unused, in milliseconds.
    pub idle: i64,
    /// What it awaits.
    pub awaits: Awaits,
    /// The secret of an app that is offered in it, sealed.
    pub enrolment: Option<Vec<u8>>,
}

/// A sign-in that waits.
#[derive(sqlx::FromRow)]
pub struct PendingRow {
    /// Its session.
    pub id: SessionId,
    /// Whose it is going to be.
    pub user_id: UserId,
    /// What it awaits.
    #[sqlx(try_from = "String")]
    pub awaits: Awaits,
    /// The secret of an app that is offered in it, sealed.
    pub enrolment: Option<Vec<u8>>,
    /// The browser's name for itself.
    pub user_agent: String,
    /// As what they sign in.
    pub login: String,
}

/// What is known of whoever carries a token: whose session it is, or what they may do in one place.
#[derive(Debug, sqlx::FromRow)]
pub struct CallerRow {
    /// The session; `None` in a row that says what they may do.
    pub id: Option<SessionId>,
    /// The user, with the session.
    pub user_id: Option<UserId>,
    /// Their display name.
    pub display_name: String,
    /// Their e-mail address.
    pub email: String,
    /// Their language and region.
    pub locale: String,
    /// Their time zone; empty for that of their browser.
    pub time_zone: String,
    /// When the session was last used, as far as that is written down.
    pub last_seen_at: Timestamp,
    /// When its holder last proved who they are.
    pub proved_at: Timestamp,
    /// The tenant that they want to work in.
    pub wanted: Option<TenantId>,
    /// Its name.
    pub wanted_name: Option<String>,
    /// From where they are let in.
    pub ip_allowlist: String,
    /// Where they may do what the patterns say; `None` for everywhere.
    pub tenant_id: Option<TenantId>,
    /// What they may do there.
    pub patterns: String,
}

/// Begins a session.
pub async fn insert(tx: &mut Tx, new: &NewSession) -> Result<()> {
    on!(tx, |c| sqlx::query(INSERT)
        .bind(new.id)
        .bind(&new.token_hash)
        .bind(new.user)
        .bind(&new.address)
        .bind(&new.user_agent)
        .bind(new.created_at)
        .bind(new.expires_at)
        .bind(new.awaits.word())
        .bind(&new.enrolment)
        .bind(new.idle)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// Who carries the token with this hash at `now`, and what they may do; nothing of a session that is over. `wanted` is the
/// short name of the tenant that they want to work in.
pub async fn caller(
    conn: &mut Conn,
    token_hash: &[u8],
    now: Timestamp,
    wanted: Option<&str>,
) -> Result<Vec<CallerRow>> {
    let latest = now.plus_seconds(SKEW);
    Ok(on!(conn, |c| query_as(CALLER).bind(token_hash).bind(now).bind(latest).bind(wanted).fetch_all(c).await?))
}

/// Whose session it is, if it runs at `now`.
pub async fn user(conn: &mut Conn, session: SessionId, now: Timestamp) -> Result<Option<UserId>> {
    let latest = now.plus_seconds(SKEW);
    Ok(on!(conn, |c| query_scalar(IS_ALIVE).bind(session).bind(now).bind(latest).fetch_optional(c).await?))
}

/// The sign-in that waits under the token with this hash.
pub async fn pending(conn: &mut Conn, token_hash: &[u8], now: Timestamp) -> Result<Option<PendingRow>> {
    let latest = now.plus_seconds(SKEW);
    Ok(on!(conn, |c| query_as(PENDING).bind(token_hash).bind(now).bind(latest).fetch_optional(c).await?))
}

/// Whether a sign-in still waits.
pub async fn is_pending(tx: &mut Tx, session: SessionId, now: Timestamp) -> Result<bool> {
    let count: i64 = on!(tx, |c| query_scalar(IS_PENDING).bind(session).bind(now).fetch_one(c).await?);
    Ok(count > 0)
}

/// Ends a sign-in that waits; `false` if it doesn't any more. Of two at once, one ends it.
pub async fn end_pending(tx: &mut Tx, session: SessionId, now: Timestamp) -> Result<bool> {
    Ok(on!(tx, |c| sqlx::query(END_PENDING).bind(session).bind(now).execute(c).await?.rows_affected()) == 1)
}

/// Keeps that the holder of a session proved who they are.
pub async fn proved(tx: &mut Tx, session: SessionId, now: Timestamp) -> Result<()> {
    on!(tx, |c| sqlx::query(PROVED).bind(session).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

/// What is kept in the session whose token has this hash, as JSON; nothing of one that isn't there.
pub async fn data(conn: &mut Conn, token_hash: &[u8]) -> Result<Option<String>> {
    Ok(on!(conn, |c| query_scalar(DATA).bind(token_hash).fetch_optional(c).await?))
}

/// Keeps this in it, if it is still there.
pub async fn put_data(tx: &mut Tx, token_hash: &[u8], data: &str) -> Result<()> {
    on!(tx, |c| sqlx::query(PUT_DATA).bind(token_hash).bind(data).execute(c).await?.rows_affected());
    Ok(())
}

/// Ends the session whose token has this hash.
pub async fn end_by_hash(tx: &mut Tx, token_hash: &[u8]) -> Result<()> {
    on!(tx, |c| sqlx::query(DELETE_BY_HASH).bind(token_hash).execute(c).await?.rows_affected());
    Ok(())
}

/// Ends one session.
pub async fn end(tx: &mut Tx, session: SessionId) -> Result<()> {
    on!(tx, |c| sqlx::query(DELETE).bind(session).execute(c).await?.rows_affected());
    Ok(())
}

/// Ends every session of a user; says how many.
pub async fn end_all(tx: &mut Tx, user: UserId) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(DELETE_OF_USER).bind(user).execute(c).await?.rows_affected()))
}

/// Ends every session of a user but this one; says how many.
pub async fn end_others(tx: &mut Tx, user: UserId, kept: SessionId) -> Result<u64> {
    Ok(on!(tx, |c| sqlx::query(DELETE_OTHERS).bind(user).bind(kept).execute(c).await?.rows_affected()))
}

/// How many sessions a user has at `now`.
pub async fn count(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<i64> {
    let latest = now.plus_seconds(SKEW);
    Ok(on!(conn, |c| query_scalar(COUNT_OF_USER).bind(user).bind(now).bind(latest).fetch_one(c).await?))
}

/// The sessions of a user that run at `now`, the one that was used last first.
pub async fn list(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<Vec<SessionView>> {
    let latest = now.plus_seconds(SKEW);
    Ok(on!(conn, |c| query_as(OF_USER).bind(user).bind(now).bind(latest).bind(SHOWN).fetch_all(c).await?))
}

/// Ends one session of a user; says which it was, if it is theirs.
pub async fn end_of_user(tx: &mut Tx, user: UserId, session: SessionId) -> Result<Option<SessionView>> {
    Ok(on!(tx, |c| query_as(DELETE_ONE_OF_USER).bind(session).bind(user).fetch_optional(c).await?))
}

/// Removes sessions that are over at `now`, and those that end later than any that could begin now.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<()> {
    let latest = now.plus_seconds(LIFETIME + SKEW);
    on!(tx, |c| sqlx::query(SWEEP).bind(now).execute(c).await?.rows_affected());
    on!(tx, |c| sqlx::query(SWEEP_FUTURE).bind(latest).execute(c).await?.rows_affected());
    Ok(())
}
