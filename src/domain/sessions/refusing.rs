//! What becomes of a wrong password or code: it is counted, and the one that reaches a limit is an event.

use serde_json::json;

use crate::domain::{
    action::Action,
    audit,
    change::{Change, Target},
    clock::exact,
    ctx::Ctx,
    error::Result,
    refusals::{self, kind::RefusalKind},
    throttle, users,
};

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
    Ok(tx.commit().await?)
}
