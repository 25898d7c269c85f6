//! The same change for many users at once, and what it would do.

use super::{
    access::{disable_in, enable_in},
    removal::delete_in,
    verbs::require,
};
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        engine::what_if::{self, People},
        error::{Error, Refused, Result},
        users::User,
        verb::Verb,
    },
    model::{
        error::FieldErrors,
        id::UserId,
        user::{BulkAction, UserStatus},
    },
};

/// Users in one go: a transaction must not hold the database for long.
pub const BULK_MAX: usize = 200;

/// What a bulk change does, or would do, to one user.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The user as they were.
    pub user: User,
    /// What happens to them.
    pub effect: Effect,
}

/// What happens to one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// They change; so many sessions end.
    Done(u64),
    /// They already are that way.
    Already,
    /// A rule protects them.
    Refused(Refused),
}

/// Does `action` to every user of `ids` in one transaction.
/// Users that a rule protects are left out and named; users that are gone are passed over.
pub async fn bulk(ctx: &Ctx, action: BulkAction, ids: &[UserId]) -> Result<Vec<Outcome>> {
    check(ctx, action, ids)?;
    let mut tx = ctx.begin().await?;
    let outcomes = each(ctx, &mut tx, action, ids).await?;
    tx.commit().await?;
    Ok(outcomes)
}

/// What [`bulk`] would do: to each user, and to what people may do.
pub async fn what_if_bulk(ctx: &Ctx, action: BulkAction, ids: &[UserId]) -> Result<(Vec<Outcome>, what_if::Effect)> {
    check(ctx, action, ids)?;
    let dry = ctx.rehearsing();
    let mut outcomes = Vec::new();
    let change = async |tx: &mut Tx| {
        outcomes = each(&dry, tx, action, ids).await?;
        Ok(())
    };
    let effect = what_if::what_if(&dry, &People::Users(ids.to_vec()).into(), change).await?;
    Ok((outcomes, effect))
}

fn check(ctx: &Ctx, action: BulkAction, ids: &[UserId]) -> Result<()> {
    ctx.require(match action {
        BulkAction::Enable => Verb::EnableUser,
        BulkAction::Disable => Verb::DisableUser,
        BulkAction::Delete => Verb::DeleteUser,
    })?;
    match ids.is_empty() || ids.len() > BULK_MAX {
        true => Err(FieldErrors::one("user", format!("select between 1 and {BULK_MAX} people")).into()),
        false => Ok(()),
    }
}

async fn each(ctx: &Ctx, tx: &mut Tx, action: BulkAction, ids: &[UserId]) -> Result<Vec<Outcome>> {
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
    let user = require(ctx, tx, id).await?;
    let disabled = user.status == UserStatus::Disabled;
    tx.savepoint().await?;
    let effect = match action {
        BulkAction::Enable if !disabled => Ok(Effect::Already),
        BulkAction::Disable if disabled => Ok(Effect::Already),
        BulkAction::Enable => enable_in(ctx, tx, id).await.map(|_| Effect::Done(0)),
        BulkAction::Disable => disable_in(ctx, tx, id).await.map(|(_, ended)| Effect::Done(ended)),
        BulkAction::Delete => delete_in(ctx, tx, id).await.map(|_| Effect::Done(0)),
    };
    let effect = match effect {
        Err(Error::Refused(refused)) => {
            // A guard may see the loss only after it was written.
            tx.rollback_to_savepoint().await?;
            Effect::Refused(refused)
        }
        other => other?,
    };
    Ok(Outcome { user, effect })
}
