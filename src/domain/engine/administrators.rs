//! The last of the lock-out guards: somebody who may do everything, without an end, must be left.

use sqlx::query_scalar;

use crate::{
    db::{Tx, on, statements},
    domain::error::{Refused, Result},
    model::{id::UserId, timestamp::Timestamp},
};

statements! {
    /// Somebody who can sign in and may do everything everywhere, without an end.
    LASTING = "with recursive lasting (user_id, group_id) as (
            select user_id, group_id from grants
            where tenant_id is null and expires_at is null and (valid_from is null or valid_from <= $1)
                and role_id in (select role_id from role_permissions where pattern = '*.*')
        ), reach (group_id) as (
            select group_id from lasting where group_id is not null
            union
            select m.member_group_id from reach r join group_members m on m.group_id = r.group_id
            where m.member_group_id is not null
        ), holding (user_id) as (
            select user_id from lasting where user_id is not null
            union all
            select m.user_id from reach r cross join group_members m
            where m.group_id = r.group_id and m.user_id is not null
        )
        select u.id from holding h join users u on u.id = h.user_id where u.status = 'active' limit 1";
}

/// Held over a change that may take access away.
#[must_use = "check it after the change"]
#[derive(Debug)]
pub struct Watch {
    had_one: bool,
}

/// Looks whether there is an administrator. Other changes wait until this one is over: verbs write one after the
/// other ([`Db::begin`](crate::db::Db::begin)).
pub async fn watch(tx: &mut Tx, now: Timestamp) -> Result<Watch> {
    Ok(Watch { had_one: is_left(tx, now).await? })
}

impl Watch {
    /// Refuses the change if there was an administrator before it and is none after it.
    pub async fn check(self, tx: &mut Tx, now: Timestamp) -> Result<()> {
        match self.had_one && !is_left(tx, now).await? {
            true => Err(Refused::LastAdministrator.into()),
            false => Ok(()),
        }
    }
}

async fn is_left(tx: &mut Tx, now: Timestamp) -> Result<bool> {
    let one: Option<UserId> = on!(tx, |c| query_scalar(LASTING).bind(now).fetch_optional(c).await?);
    Ok(one.is_some())
}
