//! The same change for many users at once, and what it would do. Whom a rule protects is left out and named.

use futures_util::future::BoxFuture;

use super::each;
use crate::{
    db::Tx,
    domain::{
        access::preview::{
            effect::Effect,
            trial::{Trial, try_out},
        },
        affected::Affected,
        command::AnyCommand,
        ctx::Ctx,
        error::{Error, Refused, Result},
        turn,
        users::{
            access::{DisableUser, EnableUser},
            queries::require,
            removal::DeleteUser,
            store::User,
        },
    },
    model::{error::FieldErrors, id::UserId, user::BulkAction},
};

/// Users in one go: a transaction must not hold the database for long.
pub const BULK_MAX: usize = 200;

/// What a bulk change does, or would do, to one user.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The user as they were.
    pub user: User,
    /// What happens to them.
    pub result: BulkResult,
}

/// What happens to one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkResult {
    /// They change.
    Done,
    /// They already are that way.
    Already,
    /// A rule protects them.
    Refused(Refused),
}

/// These people, each once.
#[must_use]
pub fn each_once(mut ids: Vec<UserId>) -> Vec<UserId> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Does `action` to every user of `ids` in one transaction.
/// Users that a rule protects are left out and named; users that are gone are passed over.
pub async fn run(ctx: &Ctx, action: BulkAction, ids: &[UserId]) -> Result<Vec<Outcome>> {
    check(ctx, action, ids)?;
    let (ctx, mut tx) = turn::begin(ctx).await?;
    let outcomes = all(&ctx, &mut tx, action, ids).await?;
    tx.commit().await?;
    Ok(outcomes)
}

/// What [`run`] would do: to each user, and to what people may do.
pub async fn preview(ctx: &Ctx, action: BulkAction, ids: &[UserId]) -> Result<(Vec<Outcome>, Effect)> {
    check(ctx, action, ids)?;
    let mut trial = All { action, ids, outcomes: Vec::new() };
    let effect = try_out(ctx, &Affected::users(ids.to_vec()), &mut trial).await?;
    Ok((trial.outcomes, effect))
}

struct All<'a> {
    action: BulkAction,
    ids: &'a [UserId],
    outcomes: Vec<Outcome>,
}

impl Trial for All<'_> {
    fn make<'a>(&'a mut self, ctx: &'a Ctx, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.outcomes = all(ctx, tx, self.action, self.ids).await?;
            Ok(())
        })
    }
}

fn command(action: BulkAction, user: UserId) -> Box<dyn AnyCommand> {
    match action {
        BulkAction::Enable => Box::new(EnableUser { user }),
        BulkAction::Disable => Box::new(DisableUser { user }),
        BulkAction::Delete => Box::new(DeleteUser { user, unchanged: None }),
    }
}

fn check(ctx: &Ctx, action: BulkAction, ids: &[UserId]) -> Result<()> {
    let few = FieldErrors::one("user", format!("select between 1 and {BULK_MAX} people"));
    let first = ids.first().copied();
    ctx.require(command(action, first.unwrap_or(UserId(uuid::Uuid::nil()))).action())?;
    if first.is_none() || ids.len() > BULK_MAX { Err(few.into()) } else { Ok(()) }
}

async fn all(ctx: &Ctx, tx: &mut Tx, action: BulkAction, ids: &[UserId]) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::with_capacity(ids.len());
    for id in ids {
        match one(ctx, tx, action, *id).await {
            Ok(outcome) => outcomes.push(outcome),
            Err(Error::NotFound(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(outcomes)
}

async fn one(ctx: &Ctx, tx: &mut Tx, action: BulkAction, id: UserId) -> Result<Outcome> {
    let (user, command) = (require(ctx, tx, id).await?, command(action, id));
    ctx.require(command.action())?;
    tx.savepoint().await?;
    let result = match each(ctx, tx, &*command).await {
        Ok(true) => BulkResult::Done,
        Ok(false) => BulkResult::Already,
        Err(Error::Refused(refused)) => {
            // A guard may see the loss only after it was written.
            tx.rollback_to_savepoint().await?;
            BulkResult::Refused(refused)
        }
        Err(other) => return Err(other),
    };
    Ok(Outcome { user, result })
}
