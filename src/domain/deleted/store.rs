//! The trash.

use serde::{Serialize, de::DeserializeOwned};
use sqlx::query_scalar;
use uuid::Uuid;

use super::roles::forget_holders;
use crate::{
    db::{Conn, Tx, on, statements},
    domain::{
        ctx::Ctx,
        error::{Error, Refused, Result},
    },
};

statements! {
    KEEP = "insert into deleted (id, kind, name, snapshot, deleted_at) values ($1, $2, $3, $4, $5)
        on conflict (id) do update set name = excluded.name, snapshot = excluded.snapshot, deleted_at = excluded.deleted_at";
    TAKE = "delete from deleted where id = $1 and kind = $2 returning snapshot";
    FORGET = "delete from deleted where deleted_at <= $1";
    FORGET_VERSIONS = "delete from role_versions
        where not exists (select 1 from roles r where r.id = role_versions.role_id)
            and not exists (select 1 from deleted d where d.kind = 'role' and d.name = role_versions.role_id)";
}

/// How long something can be brought back, in seconds.
pub const KEPT: i64 = 30 * 24 * 60 * 60;

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

/// Forgets what was deleted more than 30 days ago.
pub async fn sweep(ctx: &Ctx, conn: &mut Conn) -> Result<()> {
    let end = ctx.now().plus_seconds(-KEPT);
    forget_holders(conn, end).await?;
    on!(conn, |c| sqlx::query(FORGET).bind(end).execute(c).await?.rows_affected());
    on!(conn, |c| sqlx::query(FORGET_VERSIONS).execute(c).await?.rows_affected());
    Ok(())
}
