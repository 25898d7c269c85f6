//! Telling people before their access ends: through the outbox, once for each end.

use serde_json::json;
use sqlx::query_as;

use crate::{
    db::{Tx, on, statements},
    domain::{clock::exact, ctx::Ctx, error::Result, messages},
    model::{id::GrantId, timestamp::Timestamp},
};

statements! {
    /// Grants that end soon, of people and of the people directly in groups, whose end nobody was told of.
    ENDING = "select g.id, u.email, coalesce(r.name, g.permission) as name, g.expires_at as until
        from grants g left join roles r on r.id = g.role_id
            join users u on u.id = g.user_id or (g.group_id is not null and u.id in (
                select m.user_id from group_members m where m.group_id = g.group_id and m.user_id is not null))
        where g.id in (select id from grants where expires_at > $1 and expires_at <= $2 and reminded_at is null
                and expires_at - created_at > $3 order by expires_at, id limit $4)
            and u.disabled_at is null";
    MARK = "update grants set reminded_at = $1 where id in (
        select id from grants where expires_at > $1 and expires_at <= $2 and reminded_at is null
            and expires_at - created_at > $3 order by expires_at, id limit $4)";
}

/// So long before the end, in seconds.
const AHEAD: i64 = 3 * 24 * 60 * 60;
/// Grants told of in one go; the next go takes the next.
const BATCH: i64 = 100;

#[derive(sqlx::FromRow)]
struct Ending {
    id: GrantId,
    email: String,
    name: String,
    until: Timestamp,
}

/// Writes a message to everybody whose access ends within three days. Access that was given for less than that is
/// not told of: its holder has just heard how long it lasts. Says how many messages were written.
pub async fn remind(ctx: &Ctx, tx: &mut Tx) -> Result<usize> {
    let soon = ctx.now().plus_seconds(AHEAD);
    let ending: Vec<Ending> =
        on!(tx, |c| query_as(ENDING).bind(ctx.now()).bind(soon).bind(AHEAD * 1000).bind(BATCH).fetch_all(c).await?);
    for Ending { id, email, name, until } in &ending {
        let variables = json!({ "grant": id, "access": name, "until": exact(*until) });
        messages::enqueue(ctx, tx, email, ("access-ends", &variables)).await?;
    }
    on!(tx, |c| sqlx::query(MARK)
        .bind(ctx.now())
        .bind(soon)
        .bind(AHEAD * 1000)
        .bind(BATCH)
        .execute(c)
        .await?
        .rows_affected());
    Ok(ending.len())
}
