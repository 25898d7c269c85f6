//! The lock-out guards that ask the access rules: somebody who may do everything, without an end, must be left, and nobody
//! ends it for themselves.

use sqlx::query_scalar;

use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        ctx::Ctx,
        error::{Refused, Result},
    },
    model::id::UserId,
};

/// Somebody of these who can sign in and may do everything everywhere, without an end.
macro_rules! lasting {
    ($whom:literal) => {
        concat!(
            "select e.user_id from effective_grants e
        where e.role_id in (select role_id from role_permissions where pattern = '*.*')
            and e.tenant_id is null and e.begins <= $1 and e.ends = 9223372036854775807
            and ",
            $whom,
            " and exists (select 1 from users u where u.id = e.user_id and u.status = 'active')
            and (not exists (select 1 from memberships m where m.user_id = e.user_id)
                or exists (select 1 from memberships m where m.user_id = e.user_id and m.status = 'active'))
        limit 1"
        )
    };
}

statements! {
    /// Anybody, or user $2.
    LASTING = lasting!("(cast($2 as uuid) is null or e.user_id = $2)");
    /// Anybody but user $2.
    OTHERS = lasting!("e.user_id <> $2");
}

/// Held over a change that may take access away.
#[must_use = "check it after the change"]
#[derive(Debug)]
pub struct Watch {
    had_one: bool,
    caller_was_one: bool,
}

/// Looks whether there is an administrator, and whether the caller is one. Other changes wait until this one is over:
/// actions write one after the other ([`Db::begin`](crate::db::Db::begin)).
pub async fn watch(ctx: &Ctx, tx: &mut Tx) -> Result<Watch> {
    let caller_was_one = caller_is_one(ctx, tx).await?;
    Ok(Watch { had_one: caller_was_one || is_left(ctx, tx, None).await?, caller_was_one })
}

impl Watch {
    /// Refuses the change if there was an administrator before it and is none after it, or if the caller was one and
    /// isn't any more.
    pub async fn check(self, ctx: &Ctx, tx: &mut Tx) -> Result<()> {
        if self.caller_was_one && caller_is_one(ctx, tx).await? {
            return Ok(());
        }
        if self.had_one && !is_left(ctx, tx, None).await? {
            return Err(Refused::LastAdministrator.into());
        }
        match self.caller_was_one {
            true => Err(Refused::Yourself.into()),
            false => Ok(()),
        }
    }
}

async fn caller_is_one(ctx: &Ctx, tx: &mut Tx) -> Result<bool> {
    match ctx.user_id() {
        Some(caller) => is_left(ctx, tx, Some(caller)).await,
        None => Ok(false),
    }
}

async fn is_left(ctx: &Ctx, conn: &mut Conn, user: Option<UserId>) -> Result<bool> {
    let one: Option<UserId> = on!(conn, |c| query_scalar(LASTING).bind(ctx.now()).bind(user).fetch_optional(c).await?);
    Ok(one.is_some())
}

/// Whether somebody is the only administrator.
pub async fn is_last(ctx: &Ctx, conn: &mut Conn, user: UserId) -> Result<bool> {
    let other: Option<UserId> =
        on!(conn, |c| query_scalar(OTHERS).bind(ctx.now()).bind(user).fetch_optional(c).await?);
    Ok(other.is_none() && is_left(ctx, conn, Some(user)).await?)
}
