//! What was deleted and can still come back, as the log tells it: newest first, with who deleted it.

use sqlx::{query_as, query_scalar};

use super::sweep::KEPT;
use crate::{
    db::{Conn, on, statements},
    domain::{action::Action, ctx::Ctx, error::Result, keyset::PAGE},
    model::{id::EventId, permission::Permission, timestamp::Timestamp},
};

/// The newest deletions of one kind that nobody took back, as a table of this name: read from the index of its action.
macro_rules! gone {
    ($action:literal, $name:literal) => {
        concat!(
            "select * from (
                select id, seq, at, actor_name, target_kind, target_name from events e
                where action = '",
            $action,
            "' and seq >= $1 and seq < $2 and (cast($3 as uuid) is null or exists (
                        select 1 from tenants_of_events o where o.tenant = $3 and o.event = e.seq))
                    and not exists (select 1 from events back where back.undoes = e.id)
                order by seq desc limit $4
            ) ",
            $name
        )
    };
}

statements! {
    FIRST_SINCE = "select seq from events where at > $1 order by at, seq limit 1";
    LIST = concat!(
        "select * from (",
        gone!("users.delete", "gone_users"),
        " union all ",
        gone!("roles.delete", "gone_roles"),
        " union all ",
        gone!("groups.delete", "gone_groups"),
        ") gone order by seq desc limit $4"
    );
}

/// Something that can come back.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Deleted {
    /// The event of its deletion: undoing it brings it back.
    #[sqlx(rename = "id")]
    pub event: EventId,
    /// Its place in the log.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// By whom, as they were called then.
    pub actor_name: String,
    /// `user`, `role` or `group`.
    #[sqlx(rename = "target_kind")]
    pub kind: String,
    /// Its last name.
    #[sqlx(rename = "target_name")]
    pub name: String,
}

impl Deleted {
    /// Until when it can come back.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.at.plus_seconds(KEPT)
    }

    /// Whether the caller may ask for it back.
    #[must_use]
    pub fn may_come_back(&self, ctx: &Ctx) -> bool {
        let adding = match self.kind.as_str() {
            "user" => Permission::UsersAdd,
            "role" => Permission::RolesAdd,
            _ => Permission::GroupsAdd,
        };
        ctx.may(Permission::AuditUndo) && ctx.may(adding)
    }
}

/// One page of what can still come back, as far as the caller may know of it, and where the next one begins.
pub async fn list(ctx: &Ctx, before: Option<i64>) -> Result<(Vec<Deleted>, Option<i64>)> {
    ctx.require(Action::ReadAudit)?;
    let mut conn = ctx.read().await?;
    let Some(first) = first_kept(ctx, &mut conn).await? else {
        return Ok((Vec::new(), None));
    };
    let mut rows: Vec<Deleted> = on!(conn, |c| query_as(LIST)
        .bind(first)
        .bind(before.unwrap_or(i64::MAX))
        .bind(ctx.tenant())
        .bind(PAGE + 1)
        .fetch_all(c)
        .await?);
    let more = rows.len() as i64 > PAGE;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|last| last.seq);
    Ok((rows, next))
}

/// The place in the log since which nothing is forgotten yet.
async fn first_kept(ctx: &Ctx, conn: &mut Conn) -> Result<Option<i64>> {
    let since = ctx.now().plus_seconds(-KEPT);
    Ok(on!(conn, |c| query_scalar(FIRST_SINCE).bind(since).fetch_optional(c).await?))
}
