//! What the server does by itself: it removes what time has made worthless, reminds, and checks the log.

use std::time::Duration;

use crate::{
    db::{Presence, Tx},
    domain::{
        audit,
        calling::Caller,
        ctx::{Ctx, Origin, Services},
        deleted,
        error::Result,
        grants, kept_answers, names, outbox, passkeys, refusals, reset_requests, sessions, throttle, tokens, usage,
        users,
    },
};

const EVERY: Duration = Duration::from_secs(60);
/// Removing is done in every round of this many.
const SWEEP_EVERY: u64 = 10;

/// The context of what the server does by itself.
#[must_use]
pub fn context(services: &Services) -> Ctx {
    Ctx::new(services.clone(), Caller::System, Origin::default())
}

/// Goes round for ever.
pub async fn keep_up(services: Services) {
    let ctx = context(&services);
    let mut every = tokio::time::interval(EVERY);
    for round in 0_u64.. {
        every.tick().await;
        report("counting what was refused", refusals::write(&ctx).await);
        report("noting what was used", usage::write(&ctx).await);
        if round % SWEEP_EVERY == 0 {
            sweep(&ctx).await;
            report("checking the audit log", audit::check::check_if_due(&ctx).await);
        }
    }
}

/// Answers requests for new passwords, soon after they came.
pub async fn answer_requests(services: Services) {
    const SOON: Duration = Duration::from_secs(1);
    let ctx = context(&services);
    loop {
        match reset_requests::answer_next(&ctx).await {
            Ok(true) => continue,
            Ok(false) => tokio::time::sleep(SOON).await,
            failed => {
                report("answering requests for new passwords", failed.map(drop));
                tokio::time::sleep(EVERY).await;
            }
        }
    }
}

/// Says that a server is at work, as long as it is: see [`Presence`].
pub async fn stay_at_work(mut at_work: Presence) {
    loop {
        tokio::time::sleep(EVERY).await;
        report("saying that a server is at work", at_work.renew().await.map_err(Into::into));
    }
}

/// Folds names anew as long as there are some to fold: see [`names::refold`].
pub async fn fold_names(services: Services) {
    let ctx = context(&services);
    loop {
        match names::refold::step(&ctx).await {
            Ok(true) => {}
            Ok(false) => return,
            failed => {
                report("folding names", failed.map(drop));
                tokio::time::sleep(EVERY).await;
            }
        }
    }
}

/// Each chore in a transaction of its own: one that fails must not stop the others.
pub async fn sweep(ctx: &Ctx) {
    report("sweeping limits", sweep_limits(ctx).await);
    report("sweeping refusals", alone(ctx, async |tx| refusals::sweep(ctx, tx).await).await);
    report("sweeping sessions", alone(ctx, async |tx| Ok(sessions::store::sweep(tx, ctx.now()).await?)).await);
    report("sweeping access tokens", alone(ctx, async |tx| tokens::access::sweep(ctx, tx).await).await);
    report("forgetting answers", alone(ctx, async |tx| kept_answers::sweep(ctx, tx).await).await);
    report(
        "forgetting answers of passkeys",
        alone(ctx, async |tx| Ok(passkeys::store::sweep(tx, ctx.now()).await?)).await,
    );
    report("forgetting what was used long ago", alone(ctx, async |tx| usage::sweep(ctx, tx).await).await);
    report("forgetting old mail", sweep_mail(ctx).await);
    report("forgetting what was deleted", alone(ctx, async |tx| deleted::sweep::sweep(ctx, tx).await).await);
    report("forgetting changes of addresses", alone(ctx, async |tx| forget_addresses(ctx, tx).await).await);
    report("reminding", alone(ctx, async |tx| grants::remind::remind(ctx, tx).await.map(drop)).await);
}

/// A batch in each transaction. What is left after so many is left to the next round.
async fn sweep_limits(ctx: &Ctx) -> Result<()> {
    const BATCH: i64 = 1000;
    for _ in 0..100 {
        let mut tx = ctx.begin().await?;
        let swept = throttle::sweep(ctx, &mut tx, BATCH).await?;
        tx.commit().await?;
        if swept < BATCH.unsigned_abs() {
            break;
        }
    }
    Ok(())
}

/// What was sent or given up is kept for so many days.
async fn sweep_mail(ctx: &Ctx) -> Result<()> {
    const DAYS: i64 = 90;
    const BATCH: i64 = 500;
    for _ in 0..100 {
        let mut tx = ctx.begin().await?;
        let swept = outbox::store::sweep(&mut tx, ctx.now().plus_seconds(-DAYS * 24 * 60 * 60), BATCH).await?;
        tx.commit().await?;
        if swept < BATCH.unsigned_abs() {
            break;
        }
    }
    Ok(())
}

/// Those that can't be taken back any more. What is left after so many is left to the next round.
async fn forget_addresses(ctx: &Ctx, tx: &mut Tx) -> Result<()> {
    const BATCH: i64 = 1000;
    Ok(users::address_store::sweep(tx, ctx.now(), BATCH).await?)
}

async fn alone(ctx: &Ctx, chore: impl AsyncFnOnce(&mut Tx) -> Result<()>) -> Result<()> {
    let mut tx = ctx.begin().await?;
    chore(&mut tx).await?;
    Ok(tx.commit().await?)
}

fn report(chore: &str, done: Result<()>) {
    if let Err(error) = done {
        tracing::warn!(%error, "{chore} failed; it is tried again");
    }
}
