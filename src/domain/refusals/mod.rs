//! What was refused: counted by day and kind, and logged with a keyed hash of the login. Not written row by row, because
//! strangers make as many as they like; what concerns a person is an event of theirs (see [`super::sessions`]).

pub mod kind;

use std::sync::atomic::Ordering;

use sqlx::{query, query_as};

use self::kind::RefusalKind;
use super::{action::Action, ctx::Ctx, error::Result, secrets::hex};
use crate::{
    db::{Tx, on, statements},
    model::timestamp::Timestamp,
};

statements! {
    ADD = "insert into refusals (day, kind, times) values ($1, $2, $3)
        on conflict (day, kind) do update set times = refusals.times + excluded.times";
    SINCE = "select kind, cast(sum(times) as bigint) as times from refusals where day >= $1 group by kind order by kind";
    SWEEP = "delete from refusals where day < $1";
}

const MILLISECONDS_A_DAY: i64 = 86_400_000;
/// Days that are counted.
pub const KEPT_DAYS: i64 = 30;

/// Notes a refusal. Only whoever has the key file can tell whose login a hash is.
pub fn note(ctx: &Ctx, refusal: RefusalKind, login: Option<&str>) {
    ctx.services.refusals.counter(refusal).fetch_add(1, Ordering::Relaxed);
    let login = login.map(|login| hashed(ctx, login));
    let (user, address) = (ctx.user_id().map(|id| id.to_string()), ctx.origin.address.map(|from| from.to_string()));
    tracing::info!(reason = refusal.word(), login, user, address, "refused");
}

fn hashed(ctx: &Ctx, login: &str) -> String {
    hex(&ctx.services.key.mac("logged login", login.as_bytes())[..6])
}

/// Writes down what was counted since the last time.
pub async fn write(ctx: &Ctx) -> Result<()> {
    let counter = |refusal: &RefusalKind| (*refusal, ctx.services.refusals.counter(*refusal).load(Ordering::Relaxed));
    let counted: Vec<(RefusalKind, u64)> =
        RefusalKind::ALL.iter().map(counter).filter(|(_, times)| *times > 0).collect();
    if counted.is_empty() {
        return Ok(());
    }
    let mut tx = ctx.begin_unlocked().await?;
    for (refusal, times) in &counted {
        add(&mut tx, ctx.now(), (*refusal, i64::try_from(*times).unwrap_or(i64::MAX))).await?;
    }
    tx.commit().await?;
    for (refusal, times) in counted {
        ctx.services.refusals.counter(refusal).fetch_sub(times, Ordering::Relaxed);
    }
    Ok(())
}

/// Counts a refusal within a change.
pub async fn add(tx: &mut Tx, now: Timestamp, (refusal, times): (RefusalKind, i64)) -> Result<()> {
    on!(tx, |c| query(ADD).bind(day(now)).bind(refusal.word()).bind(times).execute(c).await?.rows_affected());
    Ok(())
}

/// How often something was refused, by reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Counted {
    /// Why.
    #[sqlx(try_from = "String")]
    pub kind: RefusalKind,
    /// How often.
    pub times: i64,
}

/// What was refused today and on so many `days` before (in UTC), on other nodes but for the last minute. It belongs to the
/// installation: in a tenant nothing.
pub async fn lately(ctx: &Ctx, days: i64) -> Result<Vec<Counted>> {
    ctx.require(Action::ReadAudit)?;
    if ctx.tenant().is_some() {
        return Ok(Vec::new());
    }
    let mut conn = ctx.read().await?;
    let written: Vec<Counted> = on!(conn, |c| query_as(SINCE).bind(day(ctx.now()) - days).fetch_all(c).await?);
    let counted = |kind: &RefusalKind| {
        let written = written.iter().find(|row| row.kind == *kind).map_or(0, |row| row.times);
        let fresh = ctx.services.refusals.counter(*kind).load(Ordering::Relaxed);
        Counted { kind: *kind, times: written.saturating_add_unsigned(fresh) }
    };
    Ok(RefusalKind::ALL.iter().map(counted).filter(|row| row.times > 0).collect())
}

/// Forgets old days.
pub async fn sweep(ctx: &Ctx, tx: &mut Tx) -> Result<()> {
    on!(tx, |c| query(SWEEP).bind(day(ctx.now()) - KEPT_DAYS).execute(c).await?.rows_affected());
    Ok(())
}

const fn day(at: Timestamp) -> i64 {
    at.0.div_euclid(MILLISECONDS_A_DAY)
}
