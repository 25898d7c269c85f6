//! What a change would do, by doing it and rolling it back: so the answer can't be wrong.

mod affected;
mod compare;
mod describe;
mod effect;
mod groups;
mod names;
mod nothing;
mod snapshot;
mod timeline;

use self::{
    affected::concerned,
    compare::compare,
    describe::{describe, name, touched},
    snapshot::Snapshot,
};
pub use self::{
    affected::{Affected, BOUND, Concerned, People, STATEMENTS, count, gather, touched_by},
    describe::STATEMENTS as DESCRIBE_STATEMENTS,
    effect::{Difference, Effect, Left, SHOWN, Touched, When},
    groups::{Group, Groups, groups},
    names::{NAMED, Named, STATEMENTS as NAMES_STATEMENTS},
    nothing::{Nothing, STATEMENTS as NOTHING_STATEMENTS},
    snapshot::STATEMENTS as SNAPSHOT_STATEMENTS,
    timeline::Span,
};
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        error::{Error, Result},
    },
};

/// What `change` would do to whom it affects, by running it and rolling it back. What the caller may not do is an error,
/// as in the change itself; what a rule forbids is part of the answer. One that touches too many isn't run.
pub async fn what_if(
    ctx: &Ctx,
    affected: &Affected,
    change: impl AsyncFnOnce(&mut Tx) -> Result<()>,
) -> Result<Effect> {
    what_if_writing(ctx, affected, 0, change).await
}

/// [`what_if`] of a change that would write so many rows.
pub async fn what_if_writing(
    ctx: &Ctx,
    affected: &Affected,
    rows: i64,
    change: impl AsyncFnOnce(&mut Tx) -> Result<()>,
) -> Result<Effect> {
    let mut effect = Effect::at(ctx.now());
    effect.uncounted = concerned(ctx, affected, rows).await?;
    match effect.uncounted {
        Some(_) => Ok(effect),
        None => run(ctx, &affected.people, effect, change).await,
    }
}

async fn run(
    ctx: &Ctx,
    people: &People,
    mut effect: Effect,
    change: impl AsyncFnOnce(&mut Tx) -> Result<()>,
) -> Result<Effect> {
    let mut tx = ctx.begin().await?;
    gather(&mut tx, people).await?;
    let before = Snapshot::take(&mut tx, effect.now).await?;
    match change(&mut tx).await {
        Ok(()) => {}
        Err(Error::Refused(refused)) => return Ok(Effect { refused: Some(refused), ..effect }),
        Err(other) => return Err(other),
    }
    let after = Snapshot::take(&mut tx, effect.now).await?;
    let ended = |before: i64, after: i64| (before - after).max(0);
    (effect.tokens, effect.sessions) = (ended(before.tokens, after.tokens), ended(before.sessions, after.sessions));
    let mut compared = compare(&before, &after, effect.now);
    (effect.losing, effect.gaining) = (touched(&compared, false), touched(&compared, true));
    effect.omitted = compared.keep(SHOWN);
    describe(&mut tx, &compared, &mut effect).await?;
    if effect.is_nothing() {
        effect.nothing = Some(nothing::why(&mut tx, people, effect.now).await?);
    }
    drop(tx);
    name(ctx, &compared, &mut effect).await?;
    Ok(effect)
}
