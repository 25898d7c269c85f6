//! Taking the log elsewhere, a batch at a time: an export of any length costs the memory of one batch.

use super::{event::Event, list::fetch, query::EventQuery};
use crate::domain::{action::Action, ctx::Ctx, error::Result};

/// Rows of one batch.
pub const BATCH: usize = 1000;

/// The next events of an export, newest first; the following call asks for what is older than the last.
pub async fn batch(ctx: &Ctx, query: &EventQuery) -> Result<Vec<Event>> {
    ctx.require(Action::ReadAudit)?;
    fetch(ctx, &mut *ctx.read().await?, query, BATCH).await
}
