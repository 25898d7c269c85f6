//! What becomes of a wrong password or code: it is counted, and the one that reaches a limit is an event.

use serde_json::json;

use crate::{
    db::Tx,
    domain::{
        action::Action,
        audit,
        change::{Change, Target},
        clock::exact,
        ctx::Ctx,
        error::Result,
        outbox::{
            enqueue::enqueue,
            letter::{Letter, Recipient},
        },
        refusals::{self, kind::RefusalKind},
        throttle, users,
    },
    model::{id::UserId, timestamp::Timestamp},
};

/// Seconds between two mails that say that sign-in is locked: strangers lock it as often as they like.
const TOLD_EVERY: i64 = 60 * 60;

/// Counts what was typed wrong for `login`. What reached a limit is an event of the person who is locked out by it; where
/// there is no such person the same is written, and taken back, so that the time tells nothing.
pub async fn refuse(ctx: &Ctx, kind: RefusalKind, login: &str, attempt: &throttle::Try) -> Result<()> {
    refusals::note(ctx, kind, Some(login));
    let Some((lane, until)) = attempt.locks() else {
        return Ok(());
    };
    let mut tx = ctx.begin().await?;
    refusals::add(&mut tx, ctx.now(), (RefusalKind::Locked, 1)).await?;
    let found = users::store::credentials(&mut tx, login).await?;
    let target = found.as_ref().map_or_else(Target::sign_in, |user| Target::user(user.id, &user.display_name));
    let change = Change::new(Action::LockSignIn, target).after(json!({"sign-in": lane.label(), "until": exact(until)}));
    tx.savepoint().await?;
    audit::record::record(ctx, &mut tx, change).await?;
    match found {
        // One statement in either case.
        Some(_) => tx.savepoint().await?,
        None => tx.rollback_to_savepoint().await?,
    }
    tell(ctx, &mut tx, (found.map(|user| user.id), login), until).await?;
    Ok(tx.commit().await?)
}

/// Tells whoever is locked out, once an hour and no oftener. Where nobody is told the same is written, and taken back.
async fn tell(ctx: &Ctx, tx: &mut Tx, (user, login): (Option<UserId>, &str), until: Timestamp) -> Result<()> {
    let is_due = users::store::tell_of_lock(ctx.now(), tx, (user, ctx.now().plus_seconds(-TOLD_EVERY))).await?;
    let to = users::store::recipient(tx, user).await?;
    let is_told = is_due && to.is_some();
    let to = to.unwrap_or_else(|| Recipient::nobody(login));
    tx.savepoint().await?;
    enqueue(ctx, tx, &to, (Letter::SignInLocked { until: exact(until) }, None)).await?;
    match is_told {
        true => Ok(tx.savepoint().await?),
        false => Ok(tx.rollback_to_savepoint().await?),
    }
}
