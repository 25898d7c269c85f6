//! What is asked about sessions: by whoever's they are, and by whoever may end them.

use super::store::{self, SessionView};
use crate::{
    db::Conn,
    domain::{
        action::Action,
        ctx::Ctx,
        error::{Error, Result},
        users::{self, store::User},
    },
    model::{id::UserId, permission::Permission},
};

/// The sessions of somebody that run, the one that was used last first; at most so many.
pub async fn list(ctx: &Ctx, user: UserId) -> Result<Vec<SessionView>> {
    ctx.require(Action::EndSession)?;
    let conn = &mut *ctx.read().await?;
    let user = whose(ctx, conn, user).await?;
    Ok(store::list(conn, user.id, ctx.now()).await?)
}

/// The same of a user whom the caller sees; nothing for those who may not end them.
pub async fn of_user(ctx: &Ctx, conn: &mut Conn, user: &User) -> Result<Option<Vec<SessionView>>> {
    let may_end = ctx.user_id() == Some(user.id) || ctx.may(Permission::UsersRevoke);
    Ok(if may_end { Some(store::list(conn, user.id, ctx.now()).await?) } else { None })
}

/// Somebody whose sessions the caller may look at: oneself, wherever one works, or with `users.revoke` whom one sees.
pub async fn whose(ctx: &Ctx, conn: &mut Conn, user: UserId) -> Result<User> {
    if ctx.user_id() == Some(user) {
        return users::store::find(None, conn, user).await?.ok_or(Error::Unauthenticated);
    }
    match ctx.may(Permission::UsersRevoke) {
        true => users::queries::require(ctx, conn, user).await,
        false => Err(Error::Forbidden(Permission::UsersRevoke)),
    }
}
