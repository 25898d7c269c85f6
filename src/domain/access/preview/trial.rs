//! Making a change to see what it does, and rolling it back: so the answer cannot be wrong.

use futures_util::future::BoxFuture;

use super::{
    compare::compare,
    describe::{describe, name, touched},
    effect::{Effect, SHOWN},
    gather::{concerned, gather, gathered},
    nothing,
    snapshot::Snapshot,
};
use crate::{
    db::Tx,
    domain::{
        affected::{Affected, People},
        ctx::Ctx,
        error::{Error, Refused, Result},
        turn,
    },
};

/// A change that is tried out. A trait and no closure: the compiler can't tell of a generic asynchronous one that it may
/// move between threads.
pub trait Trial: Send {
    /// Makes the change; more than once, where it takes two looks.
    fn make<'a>(&'a mut self, ctx: &'a Ctx, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>>;
}

/// What a change would do to whom it affects, by making it and rolling it back. What the caller may not do is an error,
/// as in the change itself; what a rule forbids is part of the answer. One that touches too many isn't made.
pub async fn try_out(ctx: &Ctx, affected: &Affected, trial: &mut dyn Trial) -> Result<Effect> {
    match concerned(ctx, affected).await? {
        Some(concerned) => Ok(Effect { uncounted: Some(concerned), ..Effect::at(ctx.now()) }),
        None => run(ctx, affected, trial).await,
    }
}

async fn run(ctx: &Ctx, affected: &Affected, trial: &mut dyn Trial) -> Result<Effect> {
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let (ctx, now) = (&ctx, ctx.now());
    gather(&mut tx, &affected.people).await?;
    if affected.after.is_some()
        && let Some(refused) = gather_after(ctx, &mut tx, (affected, &mut *trial)).await?
    {
        return Ok(Effect::refused(now, refused));
    }
    let before = Snapshot::take(&mut tx, now).await?;
    if let Some(refused) = tried(ctx, &mut tx, trial).await? {
        return Ok(Effect::refused(now, refused));
    }
    // Somebody who comes back was not there to be gathered before.
    gather(&mut tx, &affected.people).await?;
    let after = Snapshot::take(&mut tx, now).await?;
    compared(ctx, tx, (&before, &after), affected).await
}

/// Makes the change; the rule that forbids it, if one does.
async fn tried(ctx: &Ctx, tx: &mut Tx, trial: &mut dyn Trial) -> Result<Option<Refused>> {
    match trial.make(ctx, tx).await {
        Err(Error::Refused(refused)) => Ok(Some(refused)),
        other => other.map(|()| None),
    }
}

/// Gathers whom a change touches that brings back what they hold something through: it is made once to see them.
async fn gather_after(
    ctx: &Ctx,
    tx: &mut Tx,
    (affected, trial): (&Affected, &mut dyn Trial),
) -> Result<Option<Refused>> {
    tx.savepoint().await?;
    if let Some(refused) = tried(ctx, tx, trial).await? {
        return Ok(Some(refused));
    }
    gather(tx, &affected.people).await?;
    let people = gathered(tx).await?;
    tx.rollback_to_savepoint().await?;
    gather(tx, &People::Users(people)).await?;
    Ok(None)
}

async fn compared(
    ctx: &Ctx,
    mut tx: Tx,
    (before, after): (&Snapshot, &Snapshot),
    affected: &Affected,
) -> Result<Effect> {
    let mut effect = Effect::at(ctx.now());
    let ended = |before: i64, after: i64| (before - after).max(0);
    (effect.tokens, effect.sessions) = (ended(before.tokens, after.tokens), ended(before.sessions, after.sessions));
    let mut compared = compare(before, after, effect.now);
    (effect.losing, effect.gaining) = (touched(&compared, false), touched(&compared, true));
    effect.omitted = compared.keep(SHOWN);
    describe(&mut tx, &compared, &mut effect).await?;
    if effect.is_nothing() {
        let enabled = [before.enabled, after.enabled];
        effect.nothing = Some(nothing::why(&mut tx, &affected.people, enabled, effect.now).await?);
    }
    drop(tx);
    name(ctx, &compared, &mut effect).await?;
    Ok(effect)
}
