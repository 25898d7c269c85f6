//! Limits on tries, kept in the database: they survive a restart and hold over several nodes.
//!
//! A try is counted before the work it buys, so that a parallel flood gains nothing.

use sqlx::query_as;

use super::{
    ctx::Ctx,
    error::{Error, Result},
};
use crate::db::{Conn, on, statements};

statements! {
    COUNT = "insert into throttles (subject, tries, resets_at) values ($1, 1, $2)
        on conflict (subject) do update set
            tries = case when throttles.resets_at <= $3 then 1 else throttles.tries + 1 end,
            resets_at = case when throttles.resets_at <= $3 then excluded.resets_at else throttles.resets_at end
        returning tries, resets_at";
    FORGET = "delete from throttles where subject = $1";
    SWEEP = "delete from throttles where resets_at <= $1";
}

/// So many tries in so many seconds.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// What is limited; part of the subject's hash.
    pub name: &'static str,
    /// Tries that pass.
    pub tries: i64,
    /// Length of the window in seconds.
    pub seconds: i64,
}

/// Sign-ins for one login.
pub const ACCOUNT: Limit = Limit { name: "sign-in account", tries: 10, seconds: 15 * 60 };
/// Sign-ins from one address: several people may share it.
pub const ADDRESS: Limit = Limit { name: "sign-in address", tries: 60, seconds: 15 * 60 };
/// Guesses of the set-up code from one address.
pub const SETUP: Limit = Limit { name: "setup address", tries: 20, seconds: 15 * 60 };
/// Guesses of mailed codes from one address.
pub const CODE: Limit = Limit { name: "code address", tries: 30, seconds: 15 * 60 };

/// Counts a try of `subject` and refuses it beyond the limit. Commits by itself: a failed sign-in must count.
pub async fn count(ctx: &Ctx, limit: Limit, subject: &str) -> Result<()> {
    let now = ctx.now();
    let resets_at = now.plus_seconds(limit.seconds);
    let key = key(ctx, limit, subject);
    let mut tx = ctx.services.db.begin_alongside().await?;
    let (tries, resets_at): (i64, i64) =
        on!(tx, |c| query_as(COUNT).bind(key).bind(resets_at).bind(now).fetch_one(c).await?);
    tx.commit().await?;
    if tries <= limit.tries { Ok(()) } else { Err(Error::Throttled((resets_at - now.0 + 999) / 1000)) }
}

/// Counts a try from the caller's address. IPv6 callers own a /64, so that is what is counted.
pub async fn count_address(ctx: &Ctx, limit: Limit) -> Result<()> {
    match ctx.origin.address {
        Some(std::net::IpAddr::V6(v6)) => count(ctx, limit, &format!("{:x?}", &v6.segments()[..4])).await,
        Some(v4) => count(ctx, limit, &v4.to_string()).await,
        None => Ok(()),
    }
}

/// Forgets the tries of `subject`: after success, or when an operator unlocks it.
pub async fn forget(ctx: &Ctx, conn: &mut Conn, limit: Limit, subject: &str) -> Result<()> {
    let key = key(ctx, limit, subject);
    on!(conn, |c| sqlx::query(FORGET).bind(key).execute(c).await?.rows_affected());
    Ok(())
}

/// Removes windows that are over.
pub async fn sweep(ctx: &Ctx, conn: &mut Conn) -> Result<()> {
    on!(conn, |c| sqlx::query(SWEEP).bind(ctx.now()).execute(c).await?.rows_affected());
    Ok(())
}

/// Keyed, so that the table tells nobody who tried to sign in, or from where.
fn key(ctx: &Ctx, limit: Limit, subject: &str) -> Vec<u8> {
    ctx.services.key.mac(limit.name, subject.as_bytes()).to_vec()
}
