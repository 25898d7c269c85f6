//! Why a change would do nothing.

use sqlx::{query_as, query_scalar};

use super::People;
use crate::{
    db::{Tx, on, statements},
    domain::error::Result,
    model::{id::UserId, timestamp::Timestamp},
};

statements! {
    ANYBODY = "select user_id from what_if_people limit 1";
    /// How many of them are there after the change, and how many of those are disabled.
    DISABLED = "select count(u.id), count(u.disabled_at) from what_if_people w cross join users u
        where u.id = w.user_id";
    /// Something that was given to them in a tenant where they are no active member.
    WAITING = "with recursive up (user_id, group_id) as (
            select m.user_id, m.group_id from what_if_people w cross join group_members m where m.user_id = w.user_id
            union
            select up.user_id, m.group_id from up cross join group_members m where m.member_group_id = up.group_id
        ), held (user_id, tenant_id) as (
            select g.user_id, g.tenant_id from what_if_people w cross join grants g
            where g.user_id = w.user_id and (g.expires_at is null or g.expires_at > $1)
            union all
            select up.user_id, g.tenant_id from up cross join grants g
            where g.group_id = up.group_id and (g.expires_at is null or g.expires_at > $1)
        )
        select h.user_id from held h where h.tenant_id is not null and not exists (select 1 from memberships m
            where m.user_id = h.user_id and m.tenant_id = h.tenant_id and m.status = 'active')
        limit 1";
}

/// Why nobody gains or loses anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// Nobody is in the group.
    EmptyGroup,
    /// Nobody holds the role.
    UnheldRole,
    /// Everybody whom it is about is disabled.
    Disabled,
    /// Access in a tenant waits for an active membership.
    Waiting,
    /// They may do the same as before.
    Same,
}

/// Finds why, after a change that did nothing.
pub(super) async fn why(tx: &mut Tx, people: &People, now: Timestamp) -> Result<Nothing> {
    let anybody: Option<UserId> = on!(tx, |c| query_scalar(ANYBODY).fetch_optional(c).await?);
    match people {
        People::Group(_) if anybody.is_none() => return Ok(Nothing::EmptyGroup),
        People::Role(_) if anybody.is_none() => return Ok(Nothing::UnheldRole),
        _ => {}
    }
    let (there, disabled): (i64, i64) = on!(tx, |c| query_as(DISABLED).fetch_one(c).await?);
    if there > 0 && there == disabled {
        return Ok(Nothing::Disabled);
    }
    let waiting: Option<UserId> = on!(tx, |c| query_scalar(WAITING).bind(now).fetch_optional(c).await?);
    Ok(if waiting.is_some() { Nothing::Waiting } else { Nothing::Same })
}
