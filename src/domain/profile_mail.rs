//! Telling somebody by mail that others made or changed their profile (contract 001, rule 11).

use super::{
    action::Action,
    change::Change,
    codes::mailing,
    command::{Applied, Command},
    ctx::Ctx,
    error::Result,
    outbox::{letter::Letter, telling},
    users,
};
use crate::{db::Tx, model::id::UserId};

/// What the mail says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    Made { has_link: bool },
    Changed,
}

/// Tells somebody about their profile.
#[derive(Clone, Copy, Debug)]
pub struct SendProfile {
    user: UserId,
    says: Says,
}

impl SendProfile {
    /// That it was made, with a link to set a password where that leads anywhere.
    #[must_use]
    pub const fn made(user: UserId, has_link: bool) -> Self {
        Self { user, says: Says::Made { has_link } }
    }

    /// That it was changed.
    #[must_use]
    pub const fn changed(user: UserId) -> Self {
        Self { user, says: Says::Changed }
    }
}

impl Command for SendProfile {
    const ACTION: Action = Action::SendProfile;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let user = users::queries::require(ctx, tx, self.user).await?;
        match self.says {
            Says::Made { has_link } => {
                mailing::send_profile(ctx, tx, user.id, has_link).await?;
            }
            Says::Changed => telling::tell(ctx, tx, user.id, Letter::ProfileChanged).await?,
        }
        Ok(Applied::changed((), Change::new(Self::ACTION, user.target())))
    }
}
