//! The same change for many users at once, with a preview that runs the real thing and rolls it back.

use super::verbs::{delete_in, disable_in, enable_in, require};
use crate::{
    db::Tx,
    domain::{
        ctx::Ctx,
        error::{Error, Refused, Result},
        users::User,
    },
    model::{
        error::FieldErrors,
        id::UserId,
        permission::Permission,
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

/// Does `action` to every user of `ids` in one transaction, or with `dry_run` only says what it would do.
/// Users that a rule protects are left out and named; users that are gone are passed over.
pub async fn bulk(ctx: &Ctx, action: BulkAction, ids: &[UserId], dry_run: bool) -> Result<Vec<Outcome>> {
    ctx.require(match action {
        BulkAction::Enable => Permission::UsersEnable,
        BulkAction::Disable => Permission::UsersRevoke,
        BulkAction::Delete => Permission::UsersDelete,
    })?;
    if ids.is_empty() || ids.len() > BULK_MAX {
        return Err(FieldErrors::one("user", format!("select between 1 and {BULK_MAX} people")).into());
    }
    let mut tx = ctx.begin().await?;
    let mut outcomes = Vec::with_capacity(ids.len());
    for id in ids {
        match one(ctx, &mut tx, action, *id).await {
            Ok(outcome) => outcomes.push(outcome),
            Err(Error::NotFound(_)) => {}
            Err(other) => return Err(other),
        }
    }
    if !dry_run {
        tx.commit().await?;
    }
    Ok(outcomes)
}

async fn one(ctx: &Ctx, tx: &mut Tx, action: BulkAction, id: UserId) -> Result<Outcome> {
    let user = require(tx, id).await?;
    let disabled = user.status == UserStatus::Disabled;
    let effect = match action {
        BulkAction::Enable if !disabled => Ok(Effect::Already),
        BulkAction::Disable if disabled => Ok(Effect::Already),
        BulkAction::Enable => enable_in(ctx, tx, id).await.map(|_| Effect::Done(0)),
        BulkAction::Disable => disable_in(ctx, tx, id).await.map(|(_, ended)| Effect::Done(ended)),
        BulkAction::Delete => delete_in(ctx, tx, id).await.map(|_| Effect::Done(0)),
    };
    let effect = match effect {
        Err(Error::Refused(refused)) => Effect::Refused(refused),
        other => other?,
    };
    Ok(Outcome { user, effect })
}
