//! Who may do what, at a moment. Grants count while they run: nothing sweeps them.

use sqlx::query_scalar;

use super::error::Result;
use crate::{
    db::{Conn, Tx, on, statements},
    model::{
        id::{ADMIN_ROLE, UserId},
        permission::PermissionSet,
        timestamp::Timestamp,
    },
};

statements! {
    /// Patterns that a user holds everywhere, directly or through groups that may nest.
    PATTERNS = "with recursive member_of (group_id) as (
            select group_id from group_members where user_id = $1
            union
            select m.group_id from group_members m join member_of o on m.member_group_id = o.group_id
        ), held (role_id, permission) as (
            select role_id, permission from grants
            where (user_id = $1 or group_id in (select group_id from member_of))
                and tenant_id is null
                and (valid_from is null or valid_from <= $2)
                and (expires_at is null or expires_at > $2)
        )
        select p.pattern from role_permissions p where p.role_id in (select role_id from held where role_id is not null)
        union
        select permission from held where permission is not null";
    /// People besides $1 who can sign in and may do everything, without an end.
    OTHER_ADMINISTRATORS = "with recursive lasting (user_id, group_id) as (
            select user_id, group_id from grants
            where tenant_id is null and expires_at is null and (valid_from is null or valid_from <= $2)
                and role_id in (select role_id from role_permissions where pattern = '*.*')
        ), holding (group_id) as (
            select group_id from lasting where group_id is not null
            union
            select m.member_group_id from group_members m join holding h on m.group_id = h.group_id
            where m.member_group_id is not null
        )
        select count(*) from users u
        where u.status = 'active' and u.id <> $1 and (
            u.id in (select user_id from lasting where user_id is not null)
            or u.id in (select user_id from group_members where user_id is not null
                and group_id in (select group_id from holding)))";
    /// Changes nothing, and makes the next writer wait: two removals of the last two administrators
    /// must see each other on Postgres. (SQLite has one writer.)
    QUEUE_FOR_ADMINISTRATORS = "update roles set version = version where id = $1";
}

/// What a user may do everywhere at `now`.
pub async fn permissions(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<PermissionSet> {
    let patterns: Vec<String> = on!(conn, |c| query_scalar(PATTERNS).bind(user).bind(now).fetch_all(c).await?);
    Ok(PermissionSet::from_patterns(patterns.iter().map(String::as_str)))
}

/// Whether nobody would be left who may do everything, were it not for `user`.
pub async fn is_last_administrator(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<bool> {
    on!(tx, |c| sqlx::query(QUEUE_FOR_ADMINISTRATORS).bind(ADMIN_ROLE).execute(c).await?.rows_affected());
    if !permissions(tx, user, now).await?.contains_all() {
        return Ok(false);
    }
    let others: i64 = on!(tx, |c| query_scalar(OTHER_ADMINISTRATORS).bind(user).bind(now).fetch_one(c).await?);
    Ok(others == 0)
}
