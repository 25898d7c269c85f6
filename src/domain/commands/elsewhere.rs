//! A change that is made where the caller doesn't work: what they may there is asked as it is everywhere.

use crate::{
    db::Tx,
    domain::{
        action::Action,
        command::{Applied, Command},
        ctx::Ctx,
        error::Result,
    },
    model::scope::Scope,
};

/// The change, and where it is made.
pub struct Elsewhere<C> {
    /// Where it takes its permission.
    pub scope: Scope,
    /// Where it works.
    pub works: Scope,
    /// What it is.
    pub command: C,
}

impl<C: Command> Command for Elsewhere<C> {
    const ACTION: Action = C::ACTION;
    type Done = C::Done;

    async fn apply(&self, ctx: &Ctx, tx: &mut Tx) -> Result<Applied<C::Done>> {
        // What happens in another tenant takes its permission there.
        ctx.clone().working_in(self.scope).require(C::ACTION)?;
        self.command.apply(&ctx.clone().working_in(self.works), tx).await
    }
}
