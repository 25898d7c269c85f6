//! The outbox: mail is written in the transaction of the change that it tells of, and sent later.

use serde_json::Value;

use super::{ctx::Ctx, error::Result};
use crate::db::{Tx, on, statements};

statements! {
    INSERT = "insert into messages (id, recipient, template, variables, created_at) values ($1, $2, $3, $4, $5)";
}

/// Puts a message into the outbox. Never hand over secrets: administrators read the outbox.
pub async fn enqueue(ctx: &Ctx, tx: &mut Tx, to: &str, (template, variables): (&str, &Value)) -> Result<()> {
    on!(tx, |c| sqlx::query(INSERT)
        .bind(ctx.id())
        .bind(to)
        .bind(template)
        .bind(variables.to_string())
        .bind(ctx.now())
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}
