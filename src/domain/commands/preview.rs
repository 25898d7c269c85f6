//! What a change would do.

use futures_util::future::BoxFuture;

use crate::{
    db::Tx,
    domain::{
        access::preview::{
            effect::Effect,
            trial::{Trial, try_out},
        },
        command::AnyCommand,
        ctx::Ctx,
        error::Result,
    },
};

/// Makes a change and rolls it back: so the answer can't be wrong. What the caller may not do is an error, as in the
/// change itself; what a rule forbids is part of the answer.
pub async fn preview(ctx: &Ctx, command: &dyn AnyCommand) -> Result<Effect> {
    ctx.require(command.action())?;
    let affected = command.affects(ctx, &mut *ctx.read().await?).await?.unwrap_or_default();
    try_out(ctx, &affected, &mut One(command)).await
}

struct One<'a>(&'a dyn AnyCommand);

impl Trial for One<'_> {
    fn make<'a>(&'a mut self, ctx: &'a Ctx, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.0.apply(ctx, tx).await.map(drop) })
    }
}
