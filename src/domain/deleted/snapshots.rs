//! The trash: what something was, under its id.

use serde::{Serialize, de::DeserializeOwned};
use sqlx::query_scalar;
use uuid::Uuid;

use crate::{
    db::{Tx, on, statements},
    domain::{
        ctx::Ctx,
        error::{Error, Refused, Result},
    },
};

statements! {
    KEEP = "insert into deleted (id, kind, name, snapshot, deleted_at) values ($1, $2, $3, $4, $5)
        on conflict (id) do update set name = excluded.name, snapshot = excluded.snapshot, deleted_at = excluded.deleted_at";
    TAKE = "delete from deleted where id = $1 and kind = $2 returning snapshot";
}

/// Keeps something that is about to be removed, under its id.
pub async fn keep(ctx: &Ctx, tx: &mut Tx, (id, kind, name): (Uuid, &str, &str), kept: &impl Serialize) -> Result<()> {
    let snapshot = serde_json::to_string(kept).map_err(|e| Error::Internal(format!("a snapshot: {e}")))?;
    on!(tx, |c| sqlx::query(KEEP)
        .bind(id)
        .bind(kind)
        .bind(name)
        .bind(snapshot)
        .bind(ctx.now())
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// Takes back what was kept; refuses if it was forgotten.
pub async fn take<T: DeserializeOwned>(tx: &mut Tx, id: Uuid, kind: &str) -> Result<T> {
    let snapshot: Option<String> = on!(tx, |c| query_scalar(TAKE).bind(id).bind(kind).fetch_optional(c).await?);
    let snapshot = snapshot.ok_or(Refused::Forgotten)?;
    serde_json::from_str(&snapshot).map_err(|e| Error::Internal(format!("a snapshot: {e}")))
}
