//! The trash: what something was, under its id.

use serde::{Serialize, de::DeserializeOwned};
use sqlx::query_as;
use uuid::Uuid;

use crate::{
    db::{Tx, on, statements},
    domain::{
        ctx::Ctx,
        error::{Error, Refused, Result},
    },
};

statements! {
    KEEP = "insert into deleted (id, kind, name, version, snapshot, deleted_at) values ($1, $2, $3, $4, $5, $6)
        on conflict (id) do update set name = excluded.name, version = excluded.version, snapshot = excluded.snapshot,
            deleted_at = excluded.deleted_at";
    TAKE = "delete from deleted where id = $1 and kind = $2 returning version, snapshot";
}

/// What something was that is gone. It is read again by later programs, so it changes as undo commands do: fields are added
/// with a default, and never get another meaning without a version of their own.
pub trait Snapshot: Serialize + DeserializeOwned {
    /// What kind of thing it was.
    const KIND: &'static str;
    /// Rises when a field changes its meaning. 0 is what was kept before there were versions, and reads the same as 1.
    const VERSION: i64 = 1;
}

/// Keeps something that is about to be removed, under its id.
pub async fn keep<S: Snapshot>(ctx: &Ctx, tx: &mut Tx, (id, name): (Uuid, &str), kept: &S) -> Result<()> {
    let snapshot = serde_json::to_string(kept).map_err(|e| Error::Internal(format!("a snapshot: {e}")))?;
    on!(tx, |c| sqlx::query(KEEP)
        .bind(id)
        .bind(S::KIND)
        .bind(name)
        .bind(S::VERSION)
        .bind(snapshot)
        .bind(ctx.now())
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// Takes back what was kept; refuses if it was forgotten, or kept by a later program than this.
pub async fn take<S: Snapshot>(tx: &mut Tx, id: Uuid) -> Result<S> {
    let kept: Option<(i64, String)> = on!(tx, |c| query_as(TAKE).bind(id).bind(S::KIND).fetch_optional(c).await?);
    let (version, snapshot) = kept.ok_or(Refused::Forgotten)?;
    if version > S::VERSION {
        return Err(Refused::KeptLater.into());
    }
    serde_json::from_str(&snapshot).map_err(|e| Error::Internal(format!("a snapshot: {e}")))
}
