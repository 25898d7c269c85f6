//! Checking the whole log. It may take longer than a request, so a page starts it, shows how far it is, and can be left;
//! over several nodes it runs once.

use serde::{Deserialize, Serialize};

use super::chain::{Checked, Walk};
use crate::{
    db::Conn,
    domain::{
        action::Action,
        ctx::Ctx,
        error::{Refused, Result},
        settings, turn,
    },
    model::timestamp::{SKEW, Timestamp},
};

const LAST: &str = "audit-check";
const RUNNING: &str = "audit-check-running";
/// A check that said nothing for so many seconds ended with its process.
const SILENCE: i64 = 60;
/// Rows after which a running check says how far it is.
const STEP: i64 = 10_000;
/// Seconds after which the log is checked again by itself.
const EVERY: i64 = 24 * 60 * 60;

/// A check that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    said_at: Timestamp,
    /// Rows that were seen.
    pub seen: i64,
    /// Rows there are.
    pub of: i64,
}

/// What is known of the log: what the last check found, and how far the next is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    /// `None` before the first.
    pub last: Option<Checked>,
    /// `None` where none is under way.
    pub running: Option<Running>,
}

/// Checks the whole log now.
pub async fn verify(ctx: &Ctx) -> Result<Checked> {
    require(ctx)?;
    let mut walk = Walk::begin(ctx).await?;
    loop {
        if let Some(checked) = walk.step(ctx).await? {
            keep(ctx, &checked).await?;
            return Ok(checked);
        }
    }
}

/// Begins to check the whole log, unless a check is under way. Answers whether it has ended, when it has; a caller who
/// gives up before doesn't stop it.
pub async fn check(ctx: &Ctx) -> Result<bool> {
    require(ctx)?;
    let ctx = ctx.clone();
    let work = tokio::spawn(async move {
        if !claim(&ctx).await? {
            return Ok(false);
        }
        let done = run(&ctx).await;
        done.map(|()| true).inspect_err(|error| tracing::warn!(%error, "the audit log could not be checked"))
    });
    work.await.unwrap_or(Ok(false))
}

/// Checks the log if that is due, by the time of the last check.
pub async fn check_if_due(ctx: &Ctx) -> Result<()> {
    let last = checks(ctx).await?.last.map(|last| ctx.now().seconds_since(last.at));
    match last {
        Some(ago) if (-SKEW..EVERY).contains(&ago) => Ok(()),
        _ => check(ctx).await.map(drop),
    }
}

async fn run(ctx: &Ctx) -> Result<()> {
    let checked = walk(ctx).await;
    put(ctx, RUNNING, &None::<Running>).await?;
    keep(ctx, &checked?).await
}

async fn walk(ctx: &Ctx) -> Result<Checked> {
    let mut walk = Walk::begin(ctx).await?;
    let mut next = STEP;
    loop {
        if let Some(checked) = walk.step(ctx).await? {
            return Ok(checked);
        }
        let (seen, of) = walk.seen();
        if seen >= next {
            next = seen + STEP;
            let said = put(ctx, RUNNING, &Running { seen, of, said_at: ctx.now() }).await;
            // How far it is can be said later; the check itself must not begin anew for that.
            said.unwrap_or_else(|error| tracing::warn!(%error, "a check of the audit log could not say how far it is"));
        }
    }
}

/// Of two at once, one gets it.
async fn claim(ctx: &Ctx) -> Result<bool> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    if running(&ctx, &mut tx).await?.is_some() {
        return Ok(false);
    }
    let new = Running { said_at: ctx.now(), seen: 0, of: 0 };
    settings::put(&mut tx, RUNNING, &text(&new)).await?;
    tx.commit().await?;
    Ok(true)
}

async fn running(ctx: &Ctx, conn: &mut Conn) -> Result<Option<Running>> {
    Ok(parsed(settings::find(conn, RUNNING).await?).filter(|running| is_alive(ctx, running)))
}

/// Whether whoever makes the check said something lately.
fn is_alive(ctx: &Ctx, running: &Running) -> bool {
    (-SKEW..SILENCE).contains(&ctx.now().seconds_since(running.said_at))
}

async fn keep(ctx: &Ctx, checked: &Checked) -> Result<()> {
    if let Some(broken) = &checked.broken {
        tracing::error!(?broken, "the audit log is not as it was written");
    }
    put(ctx, LAST, checked).await
}

async fn put(ctx: &Ctx, name: &str, value: &impl Serialize) -> Result<()> {
    let mut tx = ctx.begin_unlocked().await?;
    settings::put(&mut tx, name, &text(value)).await?;
    Ok(tx.commit().await?)
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn parsed<T: for<'de> Deserialize<'de>>(text: Option<String>) -> Option<T> {
    text.and_then(|text| serde_json::from_str(&text).ok())
}

/// What is known of the log; nothing in a tenant, which sees a part only.
pub async fn checks(ctx: &Ctx) -> Result<Checks> {
    ctx.require(Action::ReadAudit)?;
    if ctx.tenant().is_some() {
        return Ok(Checks::default());
    }
    let [last, running] = settings::both(&mut *ctx.read().await?, [LAST, RUNNING]).await?;
    Ok(Checks { last: parsed(last), running: parsed(running).filter(|running| is_alive(ctx, running)) })
}

/// The log belongs to the installation.
fn require(ctx: &Ctx) -> Result<()> {
    ctx.require(Action::ReadAudit)?;
    match ctx.tenant() {
        Some(_) => Err(Refused::OfInstallation.into()),
        None => Ok(()),
    }
}
