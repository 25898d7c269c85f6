//! How changes are made: may I, begin, apply, record, commit. Nobody else records, and nobody else begins or commits but
//! for bookkeeping that no rule looks at.

pub mod accounts;
pub mod back_office;
pub mod bulk;
pub mod clients;
pub mod domain_people;
mod domain_roles;
mod elsewhere;
pub mod inviting;
pub mod own;
pub mod people;
pub mod portal_people;
pub mod preview;
pub mod service_keys;
pub mod tenant_people;
pub mod undo;

use super::{
    action::Action,
    audit,
    command::{AnyCommand, Applied, Command},
    ctx::Ctx,
    error::Result,
    turn,
};
use crate::db::Tx;

/// Makes one change.
pub async fn run<C: Command>(ctx: &Ctx, command: C) -> Result<C::Done> {
    ctx.require(C::ACTION)?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let done = within(&ctx, &mut tx, &command).await?;
    tx.commit().await?;
    Ok(done)
}

/// Makes one change within a transaction of somebody else: set-up, made-up people, and undoing.
pub async fn within<C: Command>(ctx: &Ctx, tx: &mut Tx, command: &C) -> Result<C::Done> {
    ctx.require(C::ACTION)?;
    let applied = command.apply(ctx, tx).await?;
    record(ctx, tx, applied).await
}

/// Writes into the log what a command did, unless it was so already.
pub async fn record<T>(ctx: &Ctx, tx: &mut Tx, applied: Applied<T>) -> Result<T> {
    if let Some(change) = applied.change {
        audit::record::record(ctx, tx, change).await?;
    }
    Ok(applied.done)
}

/// Makes several changes in one transaction, all or none, each with its own permission and its own event.
pub async fn run_all(ctx: &Ctx, commands: &[&dyn AnyCommand]) -> Result<()> {
    for command in commands {
        ctx.require(command.action())?;
    }
    let (ctx, mut tx) = turn::begin(ctx).await?;
    for command in commands {
        ctx.require(command.action())?;
        each(&ctx, &mut tx, *command).await?;
    }
    Ok(tx.commit().await?)
}

/// The same for what one operation of a program changes at once: `action` has the rule that its contract names, and stands
/// in for the permissions of the single changes. Bounds, guards and *nobody gives what they lack* hold as always.
pub async fn run_as(ctx: &Ctx, action: Action, commands: &[&dyn AnyCommand]) -> Result<()> {
    ctx.require(action)?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    ctx.require(action)?;
    for command in commands {
        each(&ctx, &mut tx, *command).await?;
    }
    Ok(tx.commit().await?)
}

/// Makes what was planned in its turn, and ends it: between looking and writing nothing changes.
async fn finish(ctx: &Ctx, mut tx: Tx, commands: &Gathered) -> Result<()> {
    for command in commands {
        each(ctx, &mut tx, &**command).await?;
    }
    Ok(tx.commit().await?)
}

/// One of several changes.
pub type Boxed = Box<dyn AnyCommand>;

/// What one operation changes, gathered one by one.
pub type Gathered = Vec<Boxed>;

/// [`run_as`] of what was gathered.
pub async fn run_gathered(ctx: &Ctx, action: Action, commands: &Gathered) -> Result<()> {
    let commands: Vec<&dyn AnyCommand> = commands.iter().map(|command| &**command).collect();
    run_as(ctx, action, &commands).await
}

/// Makes one change within a transaction whose caller was asked another rule than the command's own permission, and ends it.
async fn end<C: Command>(ctx: &Ctx, mut tx: Tx, command: &C) -> Result<C::Done> {
    let applied = command.apply(ctx, &mut tx).await?;
    let done = record(ctx, &mut tx, applied).await?;
    tx.commit().await?;
    Ok(done)
}

/// Makes one of several changes that the caller may make; says whether it wasn't so already.
async fn each(ctx: &Ctx, tx: &mut Tx, command: &dyn AnyCommand) -> Result<bool> {
    let change = command.apply(ctx, tx).await?;
    record(ctx, tx, Applied { done: change.is_some(), change }).await
}
