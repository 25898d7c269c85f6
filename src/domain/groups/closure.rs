//! In which groups a group is, at any depth: `group_closure` holds each group with itself and with every group around
//! it, so that no question has to walk from group to group.

use sqlx::query_scalar;

use crate::{
    db::{Conn, Result, Tx, on, statements},
    model::id::GroupId,
};

statements! {
    ALONE = "insert into group_closure (group_id, ancestor_id) values ($1, $1) on conflict do nothing";
    /// Whatever is in $1 is in whatever $2 is in.
    JOIN = "insert into group_closure (group_id, ancestor_id)
        select i.group_id, o.ancestor_id from group_closure i cross join group_closure o
        where i.ancestor_id = $1 and o.group_id = $2 on conflict do nothing";
    /// Whatever is in $1 is no more in what $1 was in.
    PART = "delete from group_closure
        where group_id in (select i.group_id from group_closure i where i.ancestor_id = $1)
            and ancestor_id in (
                select o.ancestor_id from group_closure o where o.group_id = $1 and o.ancestor_id <> $1)";
    /// What is in $1 is still in these, perhaps by another way.
    STILL_IN = "insert into group_closure (group_id, ancestor_id)
        with recursive reach (group_id, ancestor_id) as (
            select group_id, group_id from group_closure where ancestor_id = $1
            union
            select r.group_id, m.group_id from reach r join group_members m on m.member_group_id = r.ancestor_id
        )
        select group_id, ancestor_id from reach where true on conflict do nothing";
    LEAVE_ALL = "delete from group_members where member_group_id = $1";
    CONTAINS = "select exists (select 1 from group_closure where ancestor_id = $1 and group_id = $2)";
}

/// Of a new group, which nothing is in or around yet.
pub async fn begin(tx: &mut Tx, group: GroupId) -> Result<()> {
    on!(tx, |c| sqlx::query(ALONE).bind(group).execute(c).await?.rows_affected());
    Ok(())
}

/// After `inner` was put into `outer`.
pub async fn join(tx: &mut Tx, inner: GroupId, outer: GroupId) -> Result<()> {
    on!(tx, |c| sqlx::query(JOIN).bind(inner).bind(outer).execute(c).await?.rows_affected());
    Ok(())
}

/// After `inner` was taken out of a group.
pub async fn part(tx: &mut Tx, inner: GroupId) -> Result<()> {
    on!(tx, |c| sqlx::query(PART).bind(inner).execute(c).await?.rows_affected());
    on!(tx, |c| sqlx::query(STILL_IN).bind(inner).execute(c).await?.rows_affected());
    Ok(())
}

/// Takes a group that is about to be deleted out of every group around it: what is in it is in those no more, unless
/// by another way.
pub async fn leave_all(tx: &mut Tx, group: GroupId) -> Result<()> {
    on!(tx, |c| sqlx::query(LEAVE_ALL).bind(group).execute(c).await?.rows_affected());
    part(tx, group).await
}

/// Whether `inner` is `outer` or inside it.
pub async fn contains(conn: &mut Conn, outer: GroupId, inner: GroupId) -> Result<bool> {
    Ok(on!(conn, |c| query_scalar(CONTAINS).bind(outer).bind(inner).fetch_one(c).await?))
}
