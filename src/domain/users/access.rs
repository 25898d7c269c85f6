//! Whether a user can sign in.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    guards,
    queries::require,
    store::{self, User},
};
use crate::{
    db::{Conn, Tx},
    domain::{
        access::administrators,
        action::Action,
        affected::Affected,
        change::Change,
        codes,
        command::{Applied, Command, UndoCommand},
        ctx::Ctx,
        error::Result,
        sessions, tokens,
    },
    model::{id::UserId, user::UserStatus},
};

/// Locks a user out and ends their sessions and personal tokens; their account tokens and service keys are refused as long
/// as they are locked out. Doing it twice is not an error. Answers how many sessions ended.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct DisableUser {
    /// Who.
    pub user: UserId,
}

impl Command for DisableUser {
    const ACTION: Action = Action::DisableUser;
    type Done = (User, u64);

    async fn affects(&self, _: &Ctx, _: &mut Conn) -> Result<Option<Affected>> {
        Ok(Some(Affected::user(self.user)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<(User, u64)>> {
        let user = require(ctx, tx, self.user).await?;
        if user.status == UserStatus::Disabled {
            return Ok(Applied::unchanged((user, 0)));
        }
        guards::may_lose_access(ctx, tx, &user).await?;
        let watch = administrators::watch(ctx, tx).await?;
        store::disable(ctx.now(), tx, self.user).await?;
        watch.check(ctx, tx).await?;
        let ended = sessions::store::end_all(tx, self.user).await?;
        tokens::store::end_personal(tx, self.user).await?;
        codes::void_all(ctx, tx, self.user).await?;
        let change = Change::new(Self::ACTION, user.target())
            .before(json!({"status": user.status}))
            .after(json!({"status": UserStatus::Disabled, "sessions ended": ended}))
            .undo(&EnableUser { user: self.user });
        Ok(Applied::changed((user, ended), change))
    }
}

impl UndoCommand for DisableUser {
    const KIND: &'static str = "disable-user";

    fn subject(&self) -> String {
        self.user.to_string()
    }
}

/// Lets a user sign in again. Doing it twice is not an error.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct EnableUser {
    /// Who.
    pub user: UserId,
}

impl Command for EnableUser {
    const ACTION: Action = Action::EnableUser;
    type Done = User;

    async fn affects(&self, _: &Ctx, _: &mut Conn) -> Result<Option<Affected>> {
        Ok(Some(Affected::user(self.user)))
    }

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<User>> {
        let before = require(ctx, tx, self.user).await?;
        if before.status != UserStatus::Disabled {
            return Ok(Applied::unchanged(before));
        }
        guards::require_not_above_caller(ctx, tx, self.user).await?;
        store::enable(ctx.now(), tx, self.user).await?;
        let after = require(ctx, tx, self.user).await?;
        let change = Change::new(Self::ACTION, after.target())
            .before(json!({"status": before.status}))
            .after(json!({"status": after.status}))
            .undo(&DisableUser { user: self.user });
        Ok(Applied::changed(after, change))
    }
}

impl UndoCommand for EnableUser {
    const KIND: &'static str = "enable-user";

    fn subject(&self) -> String {
        self.user.to_string()
    }
}
