//! What is asked about users.

use super::store::{self, User};
use crate::{
    db::Conn,
    domain::{
        action::Action,
        ctx::Ctx,
        error::{Error, Result},
        mask,
    },
    model::{id::UserId, permission::Permission},
};

/// The user with this id, who must be there: somebody outside the active tenant is not.
pub async fn require(ctx: &Ctx, conn: &mut Conn, id: UserId) -> Result<User> {
    store::find(ctx.tenant(), conn, id).await?.ok_or(Error::NotFound("user"))
}

/// The user with this id, as the caller may see them.
pub async fn find(ctx: &Ctx, id: UserId) -> Result<User> {
    as_seen_for(ctx, Action::ReadUser, id).await
}

/// The user with this id, as far as the caller may see them, for whoever may do `action` to them: a page that asks about it
/// says whom it would touch.
pub async fn as_seen_for(ctx: &Ctx, action: Action, id: UserId) -> Result<User> {
    ctx.require(action)?;
    let mut user = require(ctx, &mut *ctx.read().await?, id).await?;
    if ctx.user_id() != Some(id) && !ctx.may(Permission::DataUnmask) {
        user.phone = user.phone.as_deref().map(mask::phone);
    }
    Ok(user)
}
