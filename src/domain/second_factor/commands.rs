//! Binding a second factor.

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
    },
    model::user::SecondFactor,
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
