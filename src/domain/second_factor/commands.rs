//! Binding a second factor, and saying that somebody must have one.

use std::fmt;

use serde_json::json;

use super::{check::purpose, store, totp};
use crate::{
    db::Tx,
    domain::{
        action::Action,
        change::{Change, Target},
        command::{Applied, Command},
        ctx::Ctx,
        error::{Error, Result},
        users,
    },
    model::{id::UserId, user::SecondFactor},
};

/// Binds an authenticator app to whoever is calling, who has no second factor yet, once they typed a code of it.
pub struct BindSecondFactor {
    /// What the app was given.
    pub secret: Vec<u8>,
    /// What it shows.
    pub code: String,
}

impl fmt::Debug for BindSecondFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BindSecondFactor(…)")
    }
}

impl Command for BindSecondFactor {
    const ACTION: Action = Action::BindSecondFactor;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let user = ctx.user()?;
        let step = totp::step_of(&self.secret, &self.code, ctx.now()).ok_or(Error::WrongCode)?;
        let sealed = ctx.services.key.seal(&purpose(user.id), &self.secret);
        // Of two at once, one is bound.
        if !store::bind(tx, user.id, &sealed, step).await? {
            return Err(Error::Stale);
        }
        let change = Change::new(Self::ACTION, Target::user(user.id, &user.name))
            .before(json!({"second factor": SecondFactor::None}))
            .after(json!({"second factor": SecondFactor::Totp}));
        Ok(Applied::changed((), change))
    }
}

/// Says that somebody must have a second factor, and sends codes to whoever has none (contract 001, rule 7); or that they
/// need none, and removes the one that they have. What is removed can't be brought back.
#[derive(Clone, Copy, Debug)]
pub struct RequireSecondFactor {
    /// Of whom.
    pub user: UserId,
    /// Whether they must have one.
    pub required: bool,
}

impl Command for RequireSecondFactor {
    const ACTION: Action = Action::RequireSecondFactor;
    type Done = ();

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<()>> {
        let user = users::queries::require(ctx, tx, self.user).await?;
        users::guards::require_not_above_caller(ctx, tx, user.id).await?;
        let before = store::of(tx, user.id).await?;
        match self.required {
            true => store::require_mailed(tx, user.id).await?,
            false => {
                store::reset(tx, user.id).await?;
                store::require_none(tx, user.id).await?;
            }
        }
        let after = store::of(tx, user.id).await?;
        if before == after {
            return Ok(Applied::unchanged(()));
        }
        let state = |(bound, required): (SecondFactor, bool)| json!({"second factor": bound, "required": required});
        let change = Change::new(Self::ACTION, user.target()).before(state(before)).after(state(after));
        Ok(Applied::changed((), change))
    }
}
