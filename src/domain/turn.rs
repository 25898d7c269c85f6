//! A turn to write: its caller waited for it, so who they are and what they may do is looked at again, and what time it
//! is, too.

use super::{caller, ctx::Ctx, error::Result};
use crate::db::Tx;

/// A transaction for writing, and the caller's context at the moment at which it begins. Whoever was signed out, disabled
/// or lost a permission meanwhile writes nothing any more.
pub async fn begin(ctx: &Ctx) -> Result<(Ctx, Tx)> {
    let mut tx = ctx.begin().await?;
    let ctx = ctx.at(ctx.services.clock.now());
    caller::look_again(&ctx, &mut tx).await?;
    Ok((ctx, tx))
}
