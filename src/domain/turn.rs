//! A turn to write: its caller waited for it, so who they are and what they may do is looked at again, and what time it
//! is, too.

use super::{
    ctx::{Caller, Ctx},
    error::Result,
    sessions, tokens,
};
use crate::db::Tx;

/// A transaction for writing, and the caller's context at the moment at which it begins. Whoever was signed out, disabled
/// or lost a permission meanwhile writes nothing any more.
pub async fn begin(ctx: &Ctx) -> Result<(Ctx, Tx)> {
    let mut tx = ctx.begin().await?;
    let ctx = ctx.at(ctx.services.clock.now());
    match &ctx.caller {
        Caller::User(_) => sessions::caller::look_again(&ctx, &mut tx).await?,
        Caller::Client(client) => tokens::caller::look_again(client, &mut tx).await?,
        Caller::Anonymous | Caller::CommandLine | Caller::System => {}
    }
    Ok((ctx, tx))
}
