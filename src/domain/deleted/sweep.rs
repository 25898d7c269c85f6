//! Emptying the trash.

use super::roles::forget_holders;
use crate::{
    db::{Conn, on, statements},
    domain::{ctx::Ctx, error::Result},
};

statements! {
    FORGET = "delete from deleted where deleted_at <= $1";
    FORGET_VERSIONS = "delete from role_versions
        where not exists (select 1 from roles r where r.id = role_versions.role_id)
            and not exists (select 1 from deleted d where d.kind = 'role' and d.name = role_versions.role_id)";
}

/// How long something can be brought back, in seconds.
pub const KEPT: i64 = 30 * 24 * 60 * 60;

/// Forgets what was deleted more than 30 days ago.
pub async fn sweep(ctx: &Ctx, conn: &mut Conn) -> Result<()> {
    let end = ctx.now().plus_seconds(-KEPT);
    forget_holders(conn, end).await?;
    on!(conn, |c| sqlx::query(FORGET).bind(end).execute(c).await?.rows_affected());
    on!(conn, |c| sqlx::query(FORGET_VERSIONS).execute(c).await?.rows_affected());
    Ok(())
}
