//! Telling people before their access ends: through the outbox, once for each end.

use sqlx::query_as;

use crate::{
    db::{Tx, on, statements},
    domain::{
        clock::exact,
        ctx::Ctx,
        error::Result,
        outbox::{
            enqueue::enqueue,
            letter::{Letter, Recipient},
        },
    },
    model::{
        id::{GrantId, UserId},
        timestamp::Timestamp,
    },
};

statements! {
    /// A grant whose holders are to be told now: three days ($2) before its end, or in the middle of one that is
    /// shorter than six.
    NEXT = "select g.id, g.expires_at as until, g.reminded_to,
            coalesce(r.name, g.permission) as access, e.name as group_name, t.name as tenant_name
        from grants g left join roles r on r.id = g.role_id left join groups e on e.id = g.group_id
            left join tenants t on t.id = g.tenant_id
        where g.expires_at > $1 and g.expires_at <= $2 and g.reminded_at is null
            and g.expires_at - $1 <= $1 - case when g.valid_from > g.created_at then g.valid_from else g.created_at end
        order by g.expires_at, g.id limit 1";
    /// People whom it reaches, after $2 and at most $3. Where it doesn't count, nothing ends.
    PEOPLE = "select u.id, u.display_name, u.login, u.locale from users u
        where u.id in (select e.user_id from effective_grants e where e.grant_id = $1)
            and u.disabled_at is null and u.kind = 'human' and (cast($2 as uuid) is null or u.id > $2)
        order by u.id limit $3";
    TOLD_SOME = "update grants set reminded_to = $2 where id = $1";
    TOLD_ALL = "update grants set reminded_at = $2, reminded_to = null where id = $1";
}

/// So long before the end, in seconds.
const AHEAD: i64 = 3 * 24 * 60 * 60;
/// Messages written in one go, and grants looked at; the next go takes the next.
const BATCH: usize = 500;

#[derive(sqlx::FromRow)]
struct Ending {
    id: GrantId,
    until: Timestamp,
    reminded_to: Option<UserId>,
    access: String,
    group_name: Option<String>,
    tenant_name: Option<String>,
}

/// Writes a message to everybody whose access ends soon, through nested groups as well: what it is, where, through
/// which group, and until when. Says how many messages were written.
pub async fn remind(ctx: &Ctx, tx: &mut Tx) -> Result<usize> {
    let (mut left, mut written) = (BATCH, 0);
    while left > 0 {
        let soon = ctx.now().plus_seconds(AHEAD);
        let next: Option<Ending> = on!(tx, |c| query_as(NEXT).bind(ctx.now()).bind(soon).fetch_optional(c).await?);
        let Some(ending) = next else { break };
        let told = tell(ctx, tx, &ending, left).await?;
        written += told;
        left = left.saturating_sub(told.max(1));
    }
    Ok(written)
}

/// Tells at most `limit` of the people whom the grant reaches, and remembers how far it came.
async fn tell(ctx: &Ctx, tx: &mut Tx, ending: &Ending, limit: usize) -> Result<usize> {
    let people: Vec<Recipient> =
        on!(tx, |c| query_as(PEOPLE).bind(ending.id).bind(ending.reminded_to).bind(limit as i64).fetch_all(c).await?);
    for to in &people {
        let letter = Letter::AccessEnds {
            access: ending.access.clone(),
            tenant: ending.tenant_name.clone(),
            group: ending.group_name.clone(),
            until: exact(ending.until),
        };
        // When it has ended, nobody needs to hear that it will.
        enqueue(ctx, tx, to, (letter, Some(ending.until))).await?;
    }
    match people.last() {
        Some(Recipient { id: last, .. }) if people.len() == limit => {
            on!(tx, |c| sqlx::query(TOLD_SOME).bind(ending.id).bind(last).execute(c).await?.rows_affected())
        }
        _ => on!(tx, |c| sqlx::query(TOLD_ALL).bind(ending.id).bind(ctx.now()).execute(c).await?.rows_affected()),
    };
    Ok(people.len())
}
