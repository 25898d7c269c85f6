//! Links that an administrator has sent.

use super::{Purpose, mailing, require_useful};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        change::Change,
        command::{Applied, Command},
        ctx::Ctx,
        error::Result,
        users::{self, store::User},
    },
    model::id::UserId,
};

/// Sends somebody a link to set a new password, which nobody else is told; older ones stop working. Their password works
/// until they follow it.
#[derive(Clone, Copy, Debug)]
pub struct SendResetLink {
    /// To whom.
    pub user: UserId,
}

impl Command for SendResetLink {
    const ACTION: Action = Action::SendResetLink;
    type Done = User;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<User>> {
        let user = users::queries::require(ctx, tx, self.user).await?;
        require_useful(ctx, tx, &user).await?;
        mailing::send(ctx, tx, Purpose::PasswordReset, user.id).await?;
        let change = Change::new(Self::ACTION, user.target());
        Ok(Applied::changed(user, change))
    }
}
