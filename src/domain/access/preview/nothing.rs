//! Why a change would do nothing.

use sqlx::query_scalar;

use crate::{
    db::{Tx, on, statements},
    domain::{affected::People, error::Result},
    model::{id::UserId, timestamp::Timestamp},
};

statements! {
    ANYBODY = "select user_id from what_if_people limit 1";
    /// Something that reaches them and doesn't count: in a tenant where they are no active member.
    WAITING = "select w.user_id from what_if_people w cross join grants g
        where (g.user_id = w.user_id or g.group_id in (select c.ancestor_id from group_members p join group_closure c
                on c.group_id = p.group_id where p.user_id = w.user_id))
            and (g.expires_at is null or g.expires_at > $1)
            and not exists (select 1 from effective_grants e where e.user_id = w.user_id and e.grant_id = g.id)
        limit 1";
}

/// Why nobody gains or loses anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// Nobody is in the group.
    EmptyGroup,
    /// Nobody holds the role.
    UnheldRole,
    /// Everybody whom it is about was disabled before, and is after it.
    Disabled,
    /// Access in a tenant waits for an active membership.
    Waiting,
    /// They may do the same as before.
    Same,
}

/// Finds why, after a change that did nothing; before it and after it so many of them weren't disabled.
pub async fn why(tx: &mut Tx, people: &People, enabled: [i64; 2], now: Timestamp) -> Result<Nothing> {
    let anybody: Option<UserId> = on!(tx, |c| query_scalar(ANYBODY).fetch_optional(c).await?);
    match people {
        People::Group(_) if anybody.is_none() => return Ok(Nothing::EmptyGroup),
        People::Role(_) if anybody.is_none() => return Ok(Nothing::UnheldRole),
        _ => {}
    }
    if anybody.is_some() && enabled == [0, 0] {
        return Ok(Nothing::Disabled);
    }
    let waiting: Option<UserId> = on!(tx, |c| query_scalar(WAITING).bind(now).fetch_optional(c).await?);
    Ok(if waiting.is_some() { Nothing::Waiting } else { Nothing::Same })
}
